#include "cmd/command.h"

#include "cmd/complete.h"

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	(void)ctx, (void)err;
	jz_complete(argc - 1, argv + 1, stdout);
	return 0;
}

static const struct jz_arg args[] = {
	{.metavar = "WORD", .optional = true, .many = true},
	{0},
};

const struct jz_command jz_cmd_complete = {
	.name = "complete",
	.group = "help",
	.summary = "what a shell may offer here",
	.args = args,
	.run = run,
	.hidden = true,
};

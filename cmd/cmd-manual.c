#include "cmd/command.h"

#include "cmd/man.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"

/* Written by the build for every page; not for people, who say `jzbf help`. */
static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	const struct jz_command *command;

	(void)ctx;
	if (argc < 2) {
		jz_man_program(stdout);
		return 0;
	}
	if (jz_eq(argv[1], "heads")) {
		jz_man_heads(stdout);
		return 0;
	}
	if (jz_eq(argv[1], "case.5") || jz_eq(argv[1], "psych.5"))
		return jz_man_record(jz_eq(argv[1], "case.5") ? "case" : "psych", stdout, err);
	command = jz_command_find(argv[1]);
	if (!command)
		return jz_fail(err, JZ_E_USAGE, _("unknown command '%s'"), argv[1]);
	jz_man_command(command, stdout);
	return 0;
}

static const struct jz_arg args[] = {
	{.metavar = "COMMAND", .complete = JZ_COMPLETE_COMMAND, .optional = true},
	{0},
};

const struct jz_command jz_cmd_manual = {
	.name = "manual",
	.group = "help",
	.summary = "write a manual page",
	.args = args,
	.run = run,
	.hidden = true,
};

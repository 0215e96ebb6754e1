#include "cmd/command.h"

#include <stdio.h>
#include "lib/base/i18n.h"

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	(void)ctx, (void)argc, (void)argv, (void)err;
	printf("jzbf %s\n", JZ_VERSION);
	return 0;
}

const struct jz_command jz_cmd_version = {
	.name = "version",
	.group = "help",
	.summary = N_("print the version"),
	.run = run,
};

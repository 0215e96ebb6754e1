#include "cmd/command.h"

#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"

/* The scripts lie beside this file; the build makes string literals of them. */
static const char bash_script[] =
#include "cmd/completion.bash.inc"
	;

static const char zsh_script[] =
#include "cmd/completion.zsh.inc"
	;

static const char fish_script[] =
#include "cmd/completion.fish.inc"
	;

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	(void)ctx, (void)argc, (void)err;
	if (jz_eq(argv[1], "bash"))
		fputs(bash_script, stdout);
	else
		fputs(jz_eq(argv[1], "zsh") ? zsh_script : fish_script, stdout);
	return 0;
}

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

static const struct jz_arg args[] = {
	{.metavar = N_("SHELL"),
	 .help = N_("the shell that is to complete command lines"),
	 .complete = JZ_COMPLETE_VALUES,
	 .values = shells},
	{0},
};

static const char *const about[] = {
	N_("Prints a script for the shell. It asks jzbf itself for what fits, so that new "
	   "commands, "
	   "options and record ids turn up without a new script. Fields and their codes are "
	   "offered from the schema, one dot at a time. Completing reads no record."),
	NULL,
};

static const char *const examples[] = {
	"eval \"$(jzbf completion bash)\"",
	N_("complete in this bash from now on"),
	"jzbf completion fish > ~/.config/fish/completions/jzbf.fish",
	N_("complete in every fish"),
	NULL,
};

const struct jz_command jz_cmd_completion = {
	.name = "completion",
	.group = "help",
	.summary = N_("print a script that completes command lines in a shell"),
	.args = args,
	.about = about,
	.examples = examples,
	.run = run,
};

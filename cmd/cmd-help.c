#include "cmd/command.h"

#include <stdio.h>
#include <unistd.h>
#include "cmd/help.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/model/label.h"

/* The manual page of that name in the language of the messages, beside the translations; NULL:
 * none. The caller frees. */
static char *find_page(const char *page, int section)
{
	const char *locale = jz_locale_dir();
	const char *const languages[] = {jz_lang_zh() ? "zh_CN/" : "", ""};

	for (size_t i = 0; locale && i < JZ_COUNT(languages); i++) {
		jz_autofree char *path = jz_xasprintf("%s/../man/%sman%d/%s.%d", locale,
						      languages[i], section, page, section);

		if (jz_exists(path))
			return jz_steal(path);
	}
	return NULL;
}

/* Becomes man(1) if a terminal, the program and the page are there; returns if not. */
static int show_manual(const char *page, struct jz_err *err)
{
	jz_autofree char *path = NULL;

	if (!isatty(STDOUT_FILENO) || !jz_in_path("man"))
		return 0;
	for (int section = 1; !path && section <= 5; section += 4)
		path = find_page(page, section);
	if (!path)
		return 0;
	execlp("man", "man", "-l", path, (char *)NULL);
	return jz_fail_errno(err, "man");
}

static int no_such_topic(const char *name, struct jz_err *err)
{
	return jz_fail(err, JZ_E_USAGE, _("no help on '%s': there is no such command"), name);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	const struct jz_command *command;
	const struct jz_command *sub = NULL;
	jz_autofree char *page = NULL;
	int rc;

	(void)ctx;
	if (argc < 2) {
		jz_help_all(stdout);
		return 0;
	}
	page = jz_xasprintf("jzbf-%s", argv[1]);
	rc = show_manual(page, err);
	if (rc)
		return rc;
	command = jz_command_find(argv[1]);
	if (!command)
		return no_such_topic(argv[1], err);
	if (argc > 2 && !(sub = jz_command_sub(command, argv[2])))
		return no_such_topic(argv[2], err);
	jz_help_command(sub ? command : NULL, sub ? sub : command, stdout);
	return 0;
}

static const struct jz_arg args[] = {
	{.metavar = N_("COMMAND"),
	 .help = N_("the command to explain"),
	 .complete = JZ_COMPLETE_COMMAND,
	 .optional = true},
	{.metavar = N_("SUBCOMMAND"), .help = N_("its subcommand"), .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Shows the manual page of a command on a terminal, or the short help where there is no "
	   "terminal or no manual. Without a command, lists all of them."),
	NULL,
};

static const char *const examples[] = {
	"jzbf help intake",
	N_("the manual page of intake"),
	NULL,
};

const struct jz_command jz_cmd_help = {
	.name = "help",
	.group = "help",
	.summary = N_("explain a command"),
	.args = args,
	.about = about,
	.examples = examples,
	.run = run,
};

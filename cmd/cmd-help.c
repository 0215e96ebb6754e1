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

/* Becomes man(1) if it and the page are there; returns if not. */
static int show_manual(const char *page, int section, struct jz_err *err)
{
	jz_autofree char *path = jz_in_path("man") ? find_page(page, section) : NULL;

	if (!path)
		return 0;
	execlp("man", "man", "-l", path, (char *)NULL);
	return jz_fail_errno(err, "man");
}

static int no_such_topic(const char *name, struct jz_err *err)
{
	return jz_fail(err, JZ_E_USAGE,
		       _("no help on '%s': no such command, or no man(1) to show the page"), name);
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
	command = jz_command_find(argv[1]);
	if (!command || isatty(STDOUT_FILENO)) {
		rc = show_manual(page, command ? 1 : 5, err);
		if (rc)
			return rc;
	}
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
	N_("'store', 'case', 'psych' and 'schema' are topics too: how a store is made and how to "
	   "read "
	   "it without jzbf, the fields of a record, the form of schemas."),
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

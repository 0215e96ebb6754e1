#include "cmd/command.h"

#include <stdio.h>
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/port/git.h"

/* A libgit2 that cannot be loaded is no reason to hide the version: whoever asks may be looking for why. */
static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	char version[32];
	const char *library;
	struct jz_err why = JZ_ERR_INIT;

	(void)argc, (void)argv, (void)err;
	printf("jzbf %s\n", JZ_VERSION);
	if (jz_git_library(version, &library, &why))
		jz_note(ctx, "%s", why.message);
	else if (library)
		printf(_("libgit2 %s, loaded from %s\n"), version, library);
	else
		printf(_("libgit2 %s, linked in\n"), version);
	return 0;
}

static const char *const about[] = {
	N_("The second line says which libgit2 is at work. Linked in, it is as old as this jzbf: an "
	   "update of libgit2 takes effect when jzbf is built anew. Loaded, it is the system's, and "
	   "its updates take effect at once."),
	NULL,
};

const struct jz_command jz_cmd_version = {
	.name = "version",
	.group = "help",
	.summary = N_("print the version"),
	.about = about,
	.run = run,
};

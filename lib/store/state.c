#include "lib/store/state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/port/git.h"

int jz_state_path(const char *subject, const char *git_dir, char real[PATH_MAX], char **out,
		  struct jz_err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	jz_autofree char *base = NULL;
	char id[JZ_GIT_ID];

	if (state && *state == '/')
		base = jz_xasprintf("%s/jzbf/%s", state, subject);
	else if (home && *home == '/')
		base = jz_xasprintf("%s/.local/state/jzbf/%s", home, subject);
	else
		return jz_fail(err, JZ_E_IO, _("neither XDG_STATE_HOME nor HOME is set"));
	if (!realpath(git_dir, real))
		return jz_fail_errno(err, git_dir);
	if (strchr(real, '\n'))
		return jz_fail(err, JZ_E_IO, _("the repository's path has a line break in it"));
	jz_git_hash(real, strlen(real), id);
	*out = jz_path_join(base, id);
	return 0;
}

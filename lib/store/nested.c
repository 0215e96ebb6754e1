/* A store inside the working tree of another one. */
#include <limits.h>
#include <string.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/store-impl.h"
#include "lib/store/trust.h"

/* The directory that holds what lies at a path; false: the root, which has none. */
static bool step_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || !slash[1])
		return false;
	slash[slash == path] = '\0';
	return true;
}

/* The working tree of a store that a repository lies in; NULL: none. A linked working tree in its
 * own repository's is no other store. */
static char *outer_store(struct jz_git *git)
{
	char at[PATH_MAX];
	const char *tree = jz_git_workdir(git);

	if (!realpath(tree ? tree : jz_git_place(git), at))
		return NULL;
	while (step_up(at)) {
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
		jz_cleanup(jz_git_free_p) struct jz_git *outer = NULL;

		if (jz_git_open(at, &outer, NULL))
			return NULL;
		tree = jz_git_workdir(outer);
		if (tree && strcmp(jz_git_dir(outer), jz_git_dir(git)) &&
		    !jz_store_office_text(outer, &text))
			return jz_xstrdup(tree);
		if (!realpath(tree ? tree : jz_git_place(outer), at))
			return NULL;
	}
	return NULL;
}

/* Did the user name just this one, or look at it before? */
static bool is_meant(struct jz_store *store, const char *dir)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	const char *tree = jz_git_workdir(store->git);
	char named[PATH_MAX], there[PATH_MAX];

	if (dir && realpath(dir, named) &&
	    ((tree && realpath(tree, there) && !strcmp(named, there)) ||
	     (realpath(jz_git_dir(store->git), there) && !strcmp(named, there))))
		return true;
	return !jz_trust_load(store, &trust, NULL) && *trust.root;
}

int jz_store_check_nested(struct jz_store *store, const char *dir, struct jz_err *err)
{
	jz_autofree char *outer = outer_store(store->git);
	const char *tree = jz_git_workdir(store->git);

	if (!outer || is_meant(store, dir))
		return 0;
	if (!tree)
		tree = jz_git_dir(store->git);
	return jz_fail(err, JZ_E_CONFLICT,
		       _("'%s' is a store inside the working tree of the store '%s': somebody may have "
			 "put it there for you to find; if you mean it, name it once: 'jzbf -C %s list'"),
		       tree, outer, tree);
}

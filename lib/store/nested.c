/* A store inside the working tree of another one. */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
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

/* The directory that a repository was found in: of "DIRECTORY/.git", else itself. */
static bool directory_of(const struct jz_git *git, char out[PATH_MAX])
{
	return jz_copy(out, PATH_MAX, jz_git_place(git)) && (!jz_ends_with(out, "/.git") || step_up(out));
}

static bool has_repository(const char *directory)
{
	jz_autofree char *inside = jz_path_join(directory, ".git");
	struct stat st;

	return !lstat(inside, &st);
}

/* The working tree of a store that a repository lies in; NULL: none. Upwards from where it lies, one
 * directory after the other: what it or another one on the way says of its working tree leads
 * nowhere, and one that cannot be opened hides nothing. A linked working tree in its own
 * repository's is no other store. */
static char *outer_store(struct jz_git *git)
{
	char at[PATH_MAX];

	if (!directory_of(git, at))
		return NULL;
	while (step_up(at)) {
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
		jz_cleanup(jz_git_free_p) struct jz_git *outer = NULL;

		if (has_repository(at) && !jz_git_open(at, &outer, NULL) && jz_git_workdir(outer) &&
		    strcmp(jz_git_dir(outer), jz_git_dir(git)) &&
		    !jz_store_office_text(outer, &text))
			return jz_xstrdup(at);
	}
	return NULL;
}

/* Did the user name just this one, or look at it before? */
static bool is_meant(struct jz_store *store, const char *dir)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	char named[PATH_MAX], there[PATH_MAX];

	if (dir && realpath(dir, named) && directory_of(store->git, there) &&
	    (!strcmp(named, there) || !strcmp(named, jz_git_place(store->git))))
		return true;
	return !jz_trust_load(store, &trust, NULL) && *trust.root;
}

int jz_store_check_nested(struct jz_store *store, const char *dir, struct jz_err *err)
{
	jz_autofree char *outer = outer_store(store->git);
	char tree[PATH_MAX];

	if (!outer || is_meant(store, dir))
		return 0;
	directory_of(store->git, tree);
	return jz_fail(err, JZ_E_CONFLICT,
		       _("'%s' is a store inside the working tree of the store '%s': somebody may have "
			 "put it there for you to find; if you mean it, name it once: 'jzbf -C %s list'"),
		       tree, outer, tree);
}

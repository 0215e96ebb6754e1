#include "lib/store/verify-impl.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"

static int collect(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	struct jz_altered *altered = jz_xcalloc(1, sizeof(*altered));

	altered->path = jz_xstrdup(path);
	jz_copy(altered->old_blob, sizeof(altered->old_blob), old_blob);
	jz_copy(altered->new_blob, sizeof(altered->new_blob), new_blob);
	jz_vec_push(data, altered);
	return 0;
}

static void free_altered(struct jz_altered *altered)
{
	free(altered->path);
	free(altered);
}

void jz_verify_release_altered(struct jz_vec *altered)
{
	for (size_t i = 0; i < altered->len; i++)
		free_altered(altered->items[i]);
	jz_vec_release(altered);
}

static int flaw_odd(void *data, const char *path, enum jz_git_odd what)
{
	static const char *const sentences[] = {
		[JZ_GIT_ODD_TWICE] = N_("its directory has two entries of this name: whoever "
					"lists it sees another file than whoever looks it up"),
		[JZ_GIT_ODD_ORDER] = N_("its directory is not in git's order: not everybody would "
					"find what is in it"),
		[JZ_GIT_ODD_NAME] = N_("its name has a slash: it pretends to lie elsewhere"),
		[JZ_GIT_ODD_MODE] = N_("not a plain file: a link, executable, or another "
				       "repository"),
	};

	jz_flaw(data, path, "path", "%s", _(sentences[what]));
	return 0;
}

int jz_verify_altered(struct jz_trial *trial, struct jz_err *err)
{
	const struct jz_git_commit *commit = trial->commit;
	struct jz_git *git = trial->verify->git;
	struct jz_vec one = JZ_VEC_INIT, two = JZ_VEC_INIT;
	int rc = jz_git_odd_entries(git, commit->parent_count ? commit->parents : "", commit->id,
				    flaw_odd, trial, err);

	if (rc)
		return rc;
	if (commit->parent_count < 2)
		return jz_git_changes(git, commit->parent_count ? commit->parents : "", commit->id,
				      collect, &trial->altered, err);
	rc = jz_git_changes(git, commit->parents, commit->id, collect, &one, err);
	if (!rc)
		rc = jz_git_changes(git, commit->parents + JZ_GIT_ID, commit->id, collect, &two,
				    err);
	if (!rc)
		rc = jz_verify_merge(trial, &one, &two, err);
	for (size_t i = 0; i < one.len; i++)
		if (one.items[i])
			free_altered(one.items[i]);
	jz_vec_release(&one);
	jz_verify_release_altered(&two);
	return rc;
}

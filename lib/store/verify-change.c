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

void jz_verify_free_altered(struct jz_altered *altered)
{
	free(altered->path);
	free(altered);
}

void jz_verify_release_altered(struct jz_vec *altered)
{
	for (size_t i = 0; i < altered->len; i++)
		jz_verify_free_altered(altered->items[i]);
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
			jz_verify_free_altered(one.items[i]);
	jz_vec_release(&one);
	jz_verify_release_altered(&two);
	return rc;
}

/* ---- the memory of ciphertexts ---- */

void jz_verify_remember(struct jz_verify *verify, const char *message, const char *path,
			const char *blob)
{
	struct jz_seen *seen;

	if (!*blob || !jz_ends_with(path, ".gpg") || jz_map_gets(&verify->seen, blob))
		return;
	seen = jz_xcalloc(1, sizeof(*seen));
	jz_copy(seen->path, sizeof(seen->path), path);
	seen->revision = jz_message_revision(message, path);
	jz_map_puts(&verify->seen, blob, seen);
}

struct recall {
	struct jz_verify *verify;
	const struct jz_git_commit *commit;
	struct jz_err *err;
	int rc;
};

static int recall_path(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	struct recall *recall = data;

	(void)old_blob;
	jz_verify_remember(recall->verify, recall->commit->message, path, new_blob);
	return 0;
}

/* Of a merge only what it changed itself counts here; the sides are recalled on their own. */
static int recall_commit(void *data, const struct jz_git_commit *commit)
{
	struct recall *recall = data;

	recall->commit = commit;
	recall->rc =
		jz_git_changes(recall->verify->git, commit->parent_count ? commit->parents : "",
			       commit->id, recall_path, recall, recall->err);
	return recall->rc ? 1 : 0;
}

int jz_verify_recall(struct jz_verify *verify, const struct jz_strs *judged, struct jz_err *err)
{
	struct recall recall = {.verify = verify, .err = err};
	int rc = 0;

	for (size_t i = 0; !rc && judged && i < judged->len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;

		rc = jz_git_ancestry(verify->git, judged->items[i], NULL, &ids, err);
		for (size_t k = 0; !rc && k < ids.len; k++) {
			rc = jz_git_show(verify->git, ids.items[k], recall_commit, &recall, err);
			if (rc > 0)
				rc = recall.rc;
		}
	}
	return rc;
}

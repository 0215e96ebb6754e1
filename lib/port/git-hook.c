#include "lib/port/git.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

/* libgit2 asks the backend with the greatest number first; its own have 1 and 2. */
#define BEFORE_ALL 999

int jz_git_see_quarantine(struct jz_git *git, struct jz_err *err)
{
	const char *dir = getenv("GIT_QUARANTINE_PATH");
	int rc = 0;

	if (dir && *dir)
		rc = git_odb_add_disk_alternate(git->odb, dir);
	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot open the object database")) : 0;
}

/* Not libgit2's own store in memory: what that reads has no NUL behind it, which libgit2 1.5 looks
 * for in commits. And not uncompressed: what it writes so, it does not read. */
int jz_git_imagine(struct jz_git *git, const char *dir, struct jz_err *err)
{
	git_odb_backend *files;
	int rc = git_odb_backend_loose(&files, dir, 1, 0, 0700, 0600);

	if (!rc)
		rc = git_odb_add_backend(git->odb, files, BEFORE_ALL);
	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot open the object database")) : 0;
}

int jz_git_staged(struct jz_git *git, char tree[JZ_GIT_ID], struct jz_err *err)
{
	const char *given = getenv("GIT_INDEX_FILE");
	git_index *index = NULL;
	git_oid oid;
	int rc = given && *given ? git_index_open(&index, given)
				 : git_repository_index(&index, git->repo);

	if (!rc)
		rc = git_index_write_tree_to(&oid, index, git->repo);
	git_index_free(index);
	if (rc == GIT_EUNMERGED)
		return jz_fail(err, JZ_E_CONFLICT, _("some paths are still in conflict"));
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read git's index"));
	jz_git_hex(&oid, tree);
	return 0;
}

static int add_merge_head(const git_oid *oid, void *data)
{
	char id[JZ_GIT_ID];

	jz_git_hex(oid, id);
	jz_strs_add(data, id);
	return 0;
}

int jz_git_merge_heads(struct jz_git *git, struct jz_strs *out, struct jz_err *err)
{
	int rc = git_repository_mergehead_foreach(git->repo, add_merge_head, out);

	return rc && rc != GIT_ENOTFOUND
		       ? jz_git_fail(err, JZ_E_IO, rc, _("cannot read MERGE_HEAD"))
		       : 0;
}

int jz_git_set_head(struct jz_git *git, const char *ref, struct jz_err *err)
{
	int rc = git_repository_set_head(git->repo, ref);

	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot set HEAD")) : 0;
}

/* Two branches that meet. */
#include "lib/base/i18n.h"
#include "lib/port/git-impl.h"

int jz_git_merge_base(struct jz_git *git, const char *a, const char *b, char base[JZ_GIT_ID],
		      struct jz_err *err)
{
	git_oid left, right, found;
	int rc = jz_git_oid(a, &left, err);

	if (!rc)
		rc = jz_git_oid(b, &right, err);
	if (rc)
		return rc;
	rc = git_merge_base(&found, git->repo, &left, &right);
	base[0] = '\0';
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot compare two branches"));
	jz_git_hex(&found, base);
	return 0;
}

static void hex_or_none(const git_index_entry *entry, char out[JZ_GIT_ID])
{
	out[0] = '\0';
	if (entry)
		jz_git_hex(&entry->id, out);
}

static int walk(git_index_conflict_iterator *iterator, jz_git_clash_fn *each, void *data)
{
	const git_index_entry *base, *ours, *theirs;
	int rc = 0;

	while (!rc && !git_index_conflict_next(&base, &ours, &theirs, iterator)) {
		const git_index_entry *any = base ? base : ours ? ours : theirs;
		char ids[3][JZ_GIT_ID];

		hex_or_none(base, ids[0]);
		hex_or_none(ours, ids[1]);
		hex_or_none(theirs, ids[2]);
		rc = each(data, any->path, ids[0], ids[1], ids[2]);
	}
	return rc;
}

int jz_git_clashes(struct jz_git *git, jz_git_clash_fn *each, void *data, struct jz_err *err)
{
	git_index_conflict_iterator *iterator = NULL;
	git_index *index = NULL;
	int rc;

	if (!git->workdir)
		return 0;
	rc = git_repository_index(&index, git->repo);
	if (!rc)
		rc = git_index_read(index, 1);
	if (!rc)
		rc = git_index_conflict_iterator_new(&iterator, index);
	if (rc)
		rc = jz_git_fail(err, JZ_E_IO, rc, _("cannot read git's index"));
	else
		rc = walk(iterator, each, data);
	git_index_conflict_iterator_free(iterator);
	git_index_free(index);
	return rc;
}

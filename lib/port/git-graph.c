#include "lib/port/git.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

int jz_git_walk_fail(const struct jz_git *git, struct jz_err *err, int code, int git_code)
{
	if (git_code == GIT_ENOTFOUND && git_repository_is_shallow(git->repo) == 1)
		return jz_fail(err, JZ_E_IO,
			       _("this clone is shallow, and a history without its beginning cannot "
				 "be verified: 'git fetch --unshallow' brings the rest"));
	return jz_git_fail(err, code, git_code, _("cannot walk the history"));
}

static int begin_walk(struct jz_git *git, const char *tip, const struct jz_strs *hidden,
		      git_revwalk **out, struct jz_err *err)
{
	git_oid oid;
	int rc = jz_git_oid(tip, &oid, err);

	if (rc)
		return rc;
	rc = git_revwalk_new(out, git->repo);
	if (!rc)
		rc = git_revwalk_sorting(*out, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
	if (!rc)
		rc = git_revwalk_push(*out, &oid);
	for (size_t i = 0; !rc && hidden && i < hidden->len; i++) {
		rc = jz_git_oid(hidden->items[i], &oid, err);
		if (rc)
			return rc;
		rc = git_revwalk_hide(*out, &oid);
	}
	return rc ? jz_git_walk_fail(git, err, rc == GIT_ENOTFOUND ? JZ_E_FINDINGS : JZ_E_IO, rc)
		  : 0;
}

int jz_git_ancestry(struct jz_git *git, const char *tip, const struct jz_strs *hidden,
		    struct jz_strs *out, struct jz_err *err)
{
	git_revwalk *walk = NULL;
	char id[JZ_GIT_ID];
	git_oid oid;
	int step = 0, rc = begin_walk(git, tip, hidden, &walk, err);

	while (!rc && !(step = git_revwalk_next(&oid, walk))) {
		jz_git_hex(&oid, id);
		jz_strs_add(out, id);
	}
	git_revwalk_free(walk);
	if (!rc && step != GIT_ITEROVER)
		return jz_git_walk_fail(git, err, JZ_E_IO, step);
	return rc;
}

int jz_git_merge_bases(struct jz_git *git, const char *a, const char *b, struct jz_strs *out,
		       struct jz_err *err)
{
	git_oidarray bases = {0};
	char id[JZ_GIT_ID];
	git_oid one, two;
	int rc = jz_git_oid(a, &one, err);

	if (!rc)
		rc = jz_git_oid(b, &two, err);
	if (rc)
		return rc;
	rc = git_merge_bases(&bases, git->repo, &one, &two);
	for (size_t i = 0; !rc && i < bases.count; i++) {
		jz_git_hex(&bases.ids[i], id);
		jz_strs_add(out, id);
	}
	git_oidarray_dispose(&bases);
	return rc && rc != GIT_ENOTFOUND ? jz_git_walk_fail(git, err, JZ_E_IO, rc) : 0;
}

int jz_git_refs(struct jz_git *git, const char *prefix, jz_git_ref_fn *each, void *data,
		struct jz_err *err)
{
	git_reference_iterator *iterator = NULL;
	const char *name;
	char id[JZ_GIT_ID];
	git_oid oid;
	int stopped = 0, rc = git_reference_iterator_new(&iterator, git->repo);

	while (!rc && !stopped && !(rc = git_reference_next_name(&name, iterator))) {
		if (!jz_starts_with(name, prefix) ||
		    git_reference_name_to_id(&oid, git->repo, name))
			continue; /* a symbolic one that leads nowhere */
		jz_git_hex(&oid, id);
		stopped = each(data, name, id);
	}
	git_reference_iterator_free(iterator);
	if (rc && rc != GIT_ITEROVER)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot list the branches"));
	return stopped;
}

void jz_git_hash(const void *bytes, size_t len, char id[JZ_GIT_ID])
{
	git_oid oid;

	git_odb_hash(&oid, bytes, len, GIT_OBJECT_BLOB);
	jz_git_hex(&oid, id);
}

#include "lib/port/git.h"

#include "lib/base/i18n.h"
#include "lib/port/git-impl.h"
#include "lib/port/git-trail.h"

static struct jz_git_person person(const git_signature *signature)
{
	return (struct jz_git_person){.name = signature->name,
				      .email = signature->email,
				      .time = signature->when.time,
				      .offset = signature->when.offset};
}

static int show(git_commit *commit, jz_git_log_fn *each, void *data)
{
	struct jz_buf parents = JZ_BUF_INIT;
	struct jz_git_commit out = {.parent_count = git_commit_parentcount(commit),
				    .author = person(git_commit_author(commit)),
				    .committer = person(git_commit_committer(commit)),
				    .message = git_commit_message(commit)};
	int rc;

	jz_git_hex(git_commit_id(commit), out.id);
	for (size_t i = 0; i < out.parent_count; i++) {
		char id[JZ_GIT_ID];

		jz_git_hex(git_commit_parent_id(commit, (unsigned)i), id);
		jz_buf_add(&parents, id, sizeof(id));
	}
	out.parents = parents.data;
	rc = each(data, &out);
	jz_buf_release(&parents);
	return rc;
}

int jz_git_show(struct jz_git *git, const char *commit, jz_git_log_fn *each, void *data,
		struct jz_err *err)
{
	jz_cleanup(jz_git_free_commit) git_commit *found = NULL;
	int rc = jz_git_lookup_commit(git, commit, &found, err);

	return rc ? rc : show(found, each, data);
}

static int walk_all(struct jz_git *git, const char *from, jz_git_log_fn *each, void *data,
		    struct jz_err *err)
{
	git_revwalk *walk = NULL;
	git_oid oid;
	int stopped = 0, rc = jz_git_oid(from, &oid, err);

	if (rc)
		return rc;
	rc = git_revwalk_new(&walk, git->repo);
	if (!rc)
		rc = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	if (!rc)
		rc = git_revwalk_push(walk, &oid);
	while (!rc && !stopped && !(rc = git_revwalk_next(&oid, walk))) {
		jz_cleanup(jz_git_free_commit) git_commit *commit = NULL;

		rc = git_commit_lookup(&commit, git->repo, &oid);
		if (!rc)
			stopped = show(commit, each, data);
	}
	git_revwalk_free(walk);
	if (rc && rc != GIT_ITEROVER)
		return jz_git_walk_fail(git, err, JZ_E_IO, rc);
	return stopped;
}

struct showing {
	struct jz_git *git;
	jz_git_log_fn *each;
	void *data;
	struct jz_err *err;
};

static int show_touched(void *data, const struct jz_git_seen *seen)
{
	const struct showing *showing = data;

	return seen->touched ? jz_git_show(showing->git, seen->commit, showing->each, showing->data,
					   showing->err)
			     : 0;
}

int jz_git_log(struct jz_git *git, const char *from, const char *path, jz_git_log_fn *each,
	       void *data, struct jz_err *err)
{
	struct showing showing = {git, each, data, err};

	return path ? jz_git_walk_path(git, from, path, show_touched, &showing, err)
		    : walk_all(git, from, each, data, err);
}

int jz_git_signature(struct jz_git *git, const char *commit, struct jz_buf *signature,
		     struct jz_buf *payload, struct jz_err *err)
{
	git_buf sig = {0}, text = {0};
	git_oid oid;
	int rc = jz_git_oid(commit, &oid, err);

	if (rc)
		return rc;
	rc = git_commit_extract_signature(&sig, &text, git->repo, &oid, NULL);
	if (rc == GIT_ENOTFOUND)
		return jz_fail(err, JZ_E_FINDINGS, _("commit %.10s is not signed"), commit);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read a signature"));
	jz_buf_add(signature, sig.ptr, sig.size);
	jz_buf_add(payload, text.ptr, text.size);
	git_buf_dispose(&sig);
	git_buf_dispose(&text);
	return 0;
}

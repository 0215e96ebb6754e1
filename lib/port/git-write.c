#include "lib/port/git.h"

#include "lib/base/i18n.h"
#include "lib/port/git-impl.h"

int jz_git_write_blob(struct jz_git *git, const void *bytes, size_t len, char blob[JZ_GIT_ID],
		      struct jz_err *err)
{
	git_oid oid;
	int rc = git_odb_write(&oid, git->odb, bytes, len, GIT_OBJECT_BLOB);

	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot write to the repository"));
	jz_git_hex(&oid, blob);
	return 0;
}

int jz_git_write_tree(struct jz_git *git, const char *commit, const struct jz_git_put *puts,
		      size_t count, char tree[JZ_GIT_ID], struct jz_err *err)
{
	jz_cleanup(jz_git_free_tree) git_tree *base = NULL;
	jz_autofree git_tree_update *updates = jz_xcalloc(count ? count : 1, sizeof(*updates));
	git_oid oid;
	int rc = jz_git_lookup_tree(git, commit, &base, err);

	for (size_t i = 0; !rc && i < count; i++) {
		updates[i].path = puts[i].path;
		updates[i].filemode = GIT_FILEMODE_BLOB;
		updates[i].action = puts[i].blob ? GIT_TREE_UPDATE_UPSERT : GIT_TREE_UPDATE_REMOVE;
		if (puts[i].blob)
			rc = jz_git_oid(puts[i].blob, &updates[i].id, err);
	}
	if (rc)
		return rc;
	rc = git_tree_create_updated(&oid, git->repo, base, count, updates);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot write a tree"));
	jz_git_hex(&oid, tree);
	return 0;
}

static int sign_and_write(struct jz_git *git, const git_buf *content, jz_git_sign_fn *sign,
			  void *data, git_oid *out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf signature = JZ_BUF_INIT;
	int rc = 0;

	if (sign)
		rc = sign(data, content->ptr, content->size, &signature, err);
	if (rc)
		return rc;
	/* A newline at the end would become an empty continuation line of the header. */
	while (signature.len && signature.data[signature.len - 1] == '\n')
		jz_buf_truncate(&signature, signature.len - 1);
	if (sign && !signature.len)
		return jz_fail(err, JZ_E_CRYPTO, _("the signature is empty"));
	rc = git_commit_create_with_signature(out, git->repo, content->ptr,
					      sign ? signature.data : NULL, NULL);
	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot write a commit")) : 0;
}

#define MAX_PARENTS 2

int jz_git_write_merge(struct jz_git *git, const char *tree, const char *const *parents,
		       size_t count, const struct jz_git_person *who, const char *message,
		       jz_git_sign_fn *sign, void *data, char commit[JZ_GIT_ID], struct jz_err *err)
{
	git_commit *bases[MAX_PARENTS] = {NULL};
	jz_cleanup(jz_git_free_tree) git_tree *root = NULL;
	git_signature *person = NULL;
	git_buf content = {0};
	git_oid oid;
	int rc = count > MAX_PARENTS ? jz_fail(err, JZ_E_BUG, _("cannot make a commit"))
				     : jz_git_oid(tree, &oid, err);

	for (size_t i = 0; !rc && i < count; i++)
		rc = jz_git_lookup_commit(git, parents[i], &bases[i], err);
	if (!rc) {
		rc = git_tree_lookup(&root, git->repo, &oid);
		if (!rc)
			rc = git_signature_new(&person, who->name, who->email, who->time,
					       who->offset);
		if (!rc)
			rc = git_commit_create_buffer(&content, git->repo, person, person, NULL,
						      message, root, count,
						      (const git_commit **)bases);
		rc = rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot make a commit"))
			: sign_and_write(git, &content, sign, data, &oid, err);
	}
	git_signature_free(person);
	git_buf_dispose(&content);
	for (size_t i = 0; i < MAX_PARENTS; i++)
		git_commit_free(bases[i]);
	if (!rc)
		jz_git_hex(&oid, commit);
	return rc;
}

int jz_git_write_commit(struct jz_git *git, const char *tree, const char *parent,
			const struct jz_git_person *who, const char *message, jz_git_sign_fn *sign,
			void *data, char commit[JZ_GIT_ID], struct jz_err *err)
{
	return jz_git_write_merge(git, tree, &parent, parent && *parent ? 1 : 0, who, message, sign,
				  data, commit, err);
}

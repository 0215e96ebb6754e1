#include "lib/port/git.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

static const struct {
	const char *name;
	git_object_t type;
} types[] = {{"commit", GIT_OBJECT_COMMIT}, {"tree", GIT_OBJECT_TREE}, {"blob", GIT_OBJECT_BLOB}};

bool jz_git_has(struct jz_git *git, const char *id)
{
	git_oid oid;
	size_t len;
	git_object_t type;

	return !jz_git_oid(id, &oid, NULL) && !git_odb_read_header(&len, &type, git->odb, &oid);
}

int jz_git_object(struct jz_git *git, const char *id, const char **type, struct jz_buf *out,
		  struct jz_err *err)
{
	git_odb_object *object;
	git_oid oid;
	int rc = jz_git_oid(id, &oid, err);

	if (rc)
		return rc;
	rc = git_odb_read(&object, git->odb, &oid);
	if (rc)
		return jz_git_fail(err, rc == GIT_ENOTFOUND ? JZ_E_FINDINGS : JZ_E_IO, rc,
				   _("cannot read an object of the repository"));
	*type = "tag";
	for (size_t i = 0; i < JZ_COUNT(types); i++)
		if (types[i].type == git_odb_object_type(object))
			*type = types[i].name;
	jz_buf_add(out, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return 0;
}

int jz_git_put_object(struct jz_git *git, const char *type, const void *bytes, size_t len,
		      char id[JZ_GIT_ID], struct jz_err *err)
{
	git_oid oid;
	int rc = GIT_EINVALID;

	for (size_t i = 0; i < JZ_COUNT(types); i++)
		if (jz_eq(type, types[i].name))
			rc = git_odb_write(&oid, git->odb, bytes, len, types[i].type);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot write to the repository"));
	jz_git_hex(&oid, id);
	return 0;
}

int jz_git_dir_tree(struct jz_git *git, const char *commit, const char *dir, char tree[JZ_GIT_ID],
		    struct jz_err *err)
{
	jz_cleanup(jz_git_free_tree) git_tree *root = NULL;
	git_tree_entry *entry;
	int rc = jz_git_lookup_tree(git, commit, &root, err);

	if (rc)
		return rc;
	if (!*dir) {
		jz_git_hex(git_tree_id(root), tree);
		return 0;
	}
	rc = git_tree_entry_bypath(&entry, root, dir);
	if (rc)
		return jz_fail(err, JZ_E_FINDINGS, _("'%s' is not in the commit"), dir);
	rc = git_tree_entry_type(entry) == GIT_OBJECT_TREE ? 0 : JZ_E_FINDINGS;
	if (!rc)
		jz_git_hex(git_tree_entry_id(entry), tree);
	git_tree_entry_free(entry);
	return rc ? jz_fail(err, rc, _("'%s' is not in the commit"), dir) : 0;
}

#include "lib/port/git.h"

#include "lib/base/i18n.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

int jz_git_lookup_commit(struct jz_git *git, const char *commit, git_commit **out,
			 struct jz_err *err)
{
	git_oid oid;
	int rc = jz_git_oid(commit, &oid, err);

	if (rc)
		return rc;
	rc = git_commit_lookup(out, git->repo, &oid);
	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot read a commit")) : 0;
}

int jz_git_lookup_tree(struct jz_git *git, const char *commit, git_tree **out, struct jz_err *err)
{
	jz_cleanup(jz_git_free_commit) git_commit *found = NULL;
	int rc;

	*out = NULL;
	if (!commit || !*commit)
		return 0;
	rc = jz_git_lookup_commit(git, commit, &found, err);
	if (rc)
		return rc;
	rc = git_commit_tree(out, found);
	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot read a tree")) : 0;
}

int jz_git_resolve(struct jz_git *git, const char *rev, char commit[JZ_GIT_ID], struct jz_err *err)
{
	git_object *named = NULL, *peeled = NULL;
	int rc = git_revparse_single(&named, git->repo, rev);

	if (!rc)
		rc = git_object_peel(&peeled, named, GIT_OBJECT_COMMIT);
	if (!rc)
		jz_git_hex(git_object_id(peeled), commit);
	git_object_free(named);
	git_object_free(peeled);
	if (rc == GIT_EAMBIGUOUS)
		return jz_fail(err, JZ_E_FINDINGS, _("revision '%s' is ambiguous"), rev);
	if (rc)
		return jz_fail(err, JZ_E_FINDINGS, _("no commit is named '%s'"), rev);
	return 0;
}

int jz_git_resolve_before(struct jz_git *git, const char *from, int64_t moment,
			  char commit[JZ_GIT_ID], struct jz_err *err)
{
	git_commit *at = NULL, *parent;
	int rc = jz_git_lookup_commit(git, from, &at, err);

	if (rc)
		return rc;
	while (git_commit_time(at) >= moment) {
		if (!git_commit_parentcount(at)) {
			git_commit_free(at);
			return jz_fail(err, JZ_E_FINDINGS, _("the history begins later"));
		}
		rc = git_commit_parent(&parent, at, 0);
		git_commit_free(at);
		if (rc)
			return jz_git_fail(err, JZ_E_IO, rc, _("cannot read a commit"));
		at = parent;
	}
	jz_git_hex(git_commit_id(at), commit);
	git_commit_free(at);
	return 0;
}

bool jz_git_descends(struct jz_git *git, const char *commit, const char *ancestor)
{
	git_oid a, b;
	size_t ahead, behind;

	if (jz_git_oid(commit, &a, NULL) || jz_git_oid(ancestor, &b, NULL))
		return false;
	/* git_graph_descendant_of() of libgit2 1.5 leaks where the two share no history */
	return git_oid_equal(&a, &b) ||
	       (!git_graph_ahead_behind(&ahead, &behind, git->repo, &a, &b) && !behind);
}

static int read_blob(struct jz_git *git, const git_oid *oid, const char *blob, size_t limit,
		     struct jz_buf *out, struct jz_err *err)
{
	git_odb_object *object;
	git_object_t type;
	size_t len;
	int rc = git_odb_read_header(&len, &type, git->odb, oid);

	if (!rc && type != GIT_OBJECT_BLOB)
		return jz_fail(err, JZ_E_IO, _("object %s is not a file"), blob);
	if (!rc && len > limit)
		return jz_fail(err, JZ_E_INVALID, _("larger than %zu bytes"), limit);
	if (!rc)
		rc = git_odb_read(&object, git->odb, oid);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read a file of the repository"));
	jz_buf_add(out, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return 0;
}

int jz_git_blob(struct jz_git *git, const char *blob, size_t limit, struct jz_buf *out,
		struct jz_err *err)
{
	git_oid oid;
	int rc = jz_git_oid(blob, &oid, err);

	if (rc)
		return rc;
	jz_secret_pause(); /* what git holds is encrypted, or no secret */
	rc = read_blob(git, &oid, blob, limit, out, err);
	jz_secret_resume();
	return rc;
}

int jz_git_path_blob(struct jz_git *git, const char *commit, const char *path, char blob[JZ_GIT_ID],
		     struct jz_err *err)
{
	jz_cleanup(jz_git_free_tree) git_tree *tree = NULL;
	git_tree_entry *entry;
	bool is_file;
	int rc = jz_git_lookup_tree(git, commit, &tree, err);

	if (rc)
		return rc;
	rc = tree ? git_tree_entry_bypath(&entry, tree, path) : GIT_ENOTFOUND;
	if (rc && rc != GIT_ENOTFOUND)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read a tree"));
	is_file = !rc && git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
	if (is_file)
		jz_git_hex(git_tree_entry_id(entry), blob);
	if (!rc)
		git_tree_entry_free(entry);
	return is_file ? 0 : jz_fail(err, JZ_E_FINDINGS, _("'%s' is not in the commit"), path);
}

struct walk {
	const char *dir; /* with the slash */
	struct jz_buf path;
	jz_git_walk_fn *each;
	jz_git_enter_fn *enter; /* NULL: go in everywhere */
	void *data;
	int stopped;
};

static int walk_entry(const char *root, const git_tree_entry *entry, void *payload)
{
	struct walk *walk = payload;
	bool is_dir = git_tree_entry_type(entry) == GIT_OBJECT_TREE;
	char id[JZ_GIT_ID];

	if (is_dir && !walk->enter)
		return 0;
	walk->path.len = 0; /* names are no secrets: no wiping between thousands of them */
	jz_buf_addf(&walk->path, "%s%s%s", walk->dir, root, git_tree_entry_name(entry));
	jz_git_hex(git_tree_entry_id(entry), id);
	if (is_dir)
		return walk->enter(walk->data, walk->path.data, id);
	walk->stopped = walk->each(walk->data, walk->path.data, id);
	return walk->stopped ? -1 : 0;
}

int jz_git_walk(struct jz_git *git, const char *commit, const char *dir, jz_git_walk_fn *each,
		void *data, struct jz_err *err)
{
	return jz_git_walk_dirs(git, commit, dir, each, NULL, data, err);
}

int jz_git_walk_dirs(struct jz_git *git, const char *commit, const char *dir, jz_git_walk_fn *each,
		     jz_git_enter_fn *enter, void *data, struct jz_err *err)
{
	jz_cleanup(jz_git_free_tree) git_tree *tree = NULL;
	jz_autofree char *slashed = NULL;
	struct walk walk = {
		.dir = "", .path = JZ_BUF_INIT, .each = each, .enter = enter, .data = data};
	git_tree_entry *entry;
	int rc = jz_git_lookup_tree(git, commit, &tree, err);

	if (rc || !tree)
		return rc;
	if (*dir) {
		git_tree *sub = NULL;

		rc = git_tree_entry_bypath(&entry, tree, dir);
		if (rc == GIT_ENOTFOUND)
			return 0;
		if (!rc) {
			rc = git_tree_lookup(&sub, git->repo, git_tree_entry_id(entry));
			git_tree_entry_free(entry);
		}
		if (rc)
			return jz_git_fail(err, JZ_E_IO, rc, _("cannot read a tree"));
		git_tree_free(tree);
		tree = sub;
		walk.dir = slashed = jz_xasprintf("%s/", dir);
	}
	rc = git_tree_walk(tree, GIT_TREEWALK_PRE, walk_entry, &walk);
	jz_buf_release(&walk.path);
	if (walk.stopped)
		return walk.stopped;
	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot read a tree")) : 0;
}

struct changes {
	struct jz_git *git;
	jz_git_change_fn *each; /* may be NULL */
	jz_git_tree_fn *tree;	/* may be NULL */
	jz_git_odd_fn *odd;	/* may be NULL */
	void *data;
	int stopped;
	struct jz_err *err;
};

static int diff_trees(struct changes *changes, const char *prefix, const git_tree *old_tree,
		      const git_tree *new_tree);

static int sub_tree(struct changes *changes, const git_tree_entry *entry, git_tree **out)
{
	int rc;

	*out = NULL;
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return 0;
	rc = git_tree_lookup(out, changes->git->repo, git_tree_entry_id(entry));
	return rc ? jz_git_fail(changes->err, JZ_E_IO, rc, _("cannot read a tree")) : 0;
}

static bool same_entry(const git_tree_entry *a, const git_tree_entry *b)
{
	return a && b && git_tree_entry_type(a) == git_tree_entry_type(b) &&
	       git_oid_equal(git_tree_entry_id(a), git_tree_entry_id(b));
}

/* One name on both sides: its file, and its directory. */
static int diff_entry(struct changes *changes, const char *prefix, const git_tree_entry *a,
		      const git_tree_entry *b)
{
	jz_cleanup(jz_git_free_tree) git_tree *old_sub = NULL;
	jz_cleanup(jz_git_free_tree) git_tree *new_sub = NULL;
	jz_autofree char *path = NULL;
	char old_blob[JZ_GIT_ID] = "", new_blob[JZ_GIT_ID] = "";
	int rc;

	if (same_entry(a, b))
		return 0;
	path = jz_xasprintf("%s%s", prefix, git_tree_entry_name(a ? a : b));
	if (a && git_tree_entry_type(a) != GIT_OBJECT_TREE)
		jz_git_hex(git_tree_entry_id(a), old_blob);
	if (b && git_tree_entry_type(b) != GIT_OBJECT_TREE)
		jz_git_hex(git_tree_entry_id(b), new_blob);
	if (changes->each && (*old_blob || *new_blob)) {
		changes->stopped = changes->each(changes->data, path, old_blob, new_blob);
		if (changes->stopped)
			return changes->stopped;
	}
	rc = sub_tree(changes, a, &old_sub);
	if (!rc)
		rc = sub_tree(changes, b, &new_sub);
	if (!rc && (old_sub || new_sub)) {
		jz_autofree char *dir = jz_xasprintf("%s/", path);

		rc = diff_trees(changes, dir, old_sub, new_sub);
	}
	return rc;
}

static void tell_tree(struct changes *changes, const git_tree *tree)
{
	char id[JZ_GIT_ID];

	if (!tree || !changes->tree)
		return;
	jz_git_hex(git_tree_id(tree), id);
	changes->tree(changes->data, id);
}

static int diff_trees(struct changes *changes, const char *prefix, const git_tree *old_tree,
		      const git_tree *new_tree)
{
	size_t old_count = old_tree ? git_tree_entrycount(old_tree) : 0;
	size_t new_count = new_tree ? git_tree_entrycount(new_tree) : 0;
	int rc = 0;

	tell_tree(changes, old_tree);
	tell_tree(changes, new_tree);
	if (changes->odd && new_tree)
		rc = jz_git_tree_odd(new_tree, prefix, changes->odd, changes->data);
	for (size_t i = 0; !rc && i < old_count; i++) {
		const git_tree_entry *a = git_tree_entry_byindex(old_tree, i);
		const git_tree_entry *b = NULL;

		if (new_tree)
			b = git_tree_entry_byname(new_tree, git_tree_entry_name(a));
		rc = diff_entry(changes, prefix, a, b);
	}
	for (size_t i = 0; !rc && i < new_count; i++) {
		const git_tree_entry *b = git_tree_entry_byindex(new_tree, i);

		if (!old_tree || !git_tree_entry_byname(old_tree, git_tree_entry_name(b)))
			rc = diff_entry(changes, prefix, NULL, b);
	}
	return rc;
}

static int compare(struct changes *changes, const char *old_commit, const char *new_commit)
{
	jz_cleanup(jz_git_free_tree) git_tree *old_tree = NULL;
	jz_cleanup(jz_git_free_tree) git_tree *new_tree = NULL;
	int rc = jz_git_lookup_tree(changes->git, old_commit, &old_tree, changes->err);

	if (!rc)
		rc = jz_git_lookup_tree(changes->git, new_commit, &new_tree, changes->err);
	return rc ? rc : diff_trees(changes, "", old_tree, new_tree);
}

int jz_git_changes(struct jz_git *git, const char *old_commit, const char *new_commit,
		   jz_git_change_fn *each, void *data, struct jz_err *err)
{
	struct changes changes = {.git = git, .each = each, .data = data, .err = err};

	return compare(&changes, old_commit, new_commit);
}

int jz_git_compared_trees(struct jz_git *git, const char *old_commit, const char *new_commit,
			  jz_git_tree_fn *each, void *data, struct jz_err *err)
{
	struct changes changes = {.git = git, .tree = each, .data = data, .err = err};

	return compare(&changes, old_commit, new_commit);
}

int jz_git_odd_entries(struct jz_git *git, const char *old_commit, const char *new_commit,
		       jz_git_odd_fn *each, void *data, struct jz_err *err)
{
	struct changes changes = {.git = git, .odd = each, .data = data, .err = err};

	return compare(&changes, old_commit, new_commit);
}

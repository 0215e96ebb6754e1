#include "lib/store/bundle.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/port/seal-sha256.h"
#include "lib/base/str.h"
#include "lib/base/tar.h"
#include "lib/store/bundle-impl.h"
#include "lib/store/store-impl.h"

#define README_MAX ((size_t)1 << 16)

struct making {
	struct jz_store *store;
	const struct jz_bundle_opts *opts;
	struct jz_strs objects; /* ids, in no order, some twice */
	struct jz_map seen;	/* of trees of keys/ that were walked */
	struct jz_buf sums;
	int fd;
};

/* ---- which objects ---- */

static void want_tree(void *data, const char *tree)
{
	struct making *making = data;

	jz_strs_add(&making->objects, tree);
}

static int want_key(void *data, const char *path, const char *blob)
{
	struct making *making = data;

	if (jz_ends_with(path, ".asc"))
		jz_strs_add(&making->objects, blob);
	return 0;
}

/* What a commit is judged by, and what its children are. */
static int want_law(struct making *making, const char *commit, struct jz_err *err)
{
	static const char *const files[] = {"access.yaml", "jzbf.yaml"};
	struct jz_git *git = making->store->git;
	char id[JZ_GIT_ID];
	int rc = jz_git_dir_tree(git, commit, "", id, err);

	if (rc)
		return rc;
	jz_strs_add(&making->objects, id);
	for (size_t i = 0; i < JZ_COUNT(files); i++)
		if (!jz_git_path_blob(git, commit, files[i], id, NULL))
			jz_strs_add(&making->objects, id);
	if (jz_git_dir_tree(git, commit, "keys", id, NULL) || jz_map_gets(&making->seen, id))
		return 0;
	jz_map_puts(&making->seen, id, making);
	jz_strs_add(&making->objects, id);
	return jz_git_walk(git, commit, "keys", want_key, making, err);
}

static int want_cipher(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	struct making *making = data;

	(void)old_blob;
	if (*new_blob && jz_ends_with(path, ".gpg") && jz_git_has(making->store->git, new_blob))
		jz_strs_add(&making->objects, new_blob);
	return 0;
}

static int want_difference(struct making *making, const char *old, const char *new,
			   struct jz_err *err)
{
	struct jz_git *git = making->store->git;
	int rc = jz_git_compared_trees(git, old, new, want_tree, making, err);

	if (!rc && making->opts->ciphertext)
		rc = jz_git_changes(git, old, new, want_cipher, making, err);
	return rc;
}

struct wanted {
	struct making *making;
	struct jz_err *err;
	int rc;
};

static int want_commit(void *data, const struct jz_git_commit *commit)
{
	struct wanted *wanted = data;
	struct making *making = wanted->making;
	jz_cleanup(jz_strs_release) struct jz_strs bases = JZ_STRS_INIT;
	struct jz_err *err = wanted->err;
	size_t parents = commit->parent_count;
	int rc = want_law(making, commit->id, err);

	if (!rc && !parents)
		rc = want_difference(making, "", commit->id, err);
	if (!rc && parents == 2)
		rc = jz_git_merge_bases(making->store->git, commit->parents,
					commit->parents + JZ_GIT_ID, &bases, err);
	for (size_t i = 0; !rc && i < parents; i++) {
		const char *parent = commit->parents + i * JZ_GIT_ID;

		rc = want_law(making, parent, err);
		if (!rc)
			rc = want_difference(making, parent, commit->id, err);
		for (size_t k = 0; !rc && k < bases.len; k++)
			rc = jz_git_compared_trees(making->store->git, bases.items[k], parent,
						   want_tree, making, err);
	}
	wanted->rc = rc;
	return 0;
}

static int want_all(struct making *making, const struct jz_bundle_facts *facts, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs range = JZ_STRS_INIT, from = JZ_STRS_INIT;
	struct jz_git *git = making->store->git;
	int rc;

	if (*facts->from)
		jz_strs_add(&from, facts->from);
	rc = jz_git_ancestry(git, facts->to, NULL, &making->objects, err);
	if (!rc)
		rc = jz_git_ancestry(git, facts->to, &from, &range, err);
	if (!rc)
		rc = want_law(making, facts->root, err);
	if (!rc && *facts->from)
		rc = want_law(making, facts->from, err);
	for (size_t i = 0; !rc && i < range.len; i++) {
		struct wanted wanted = {making, err, 0};

		rc = jz_git_show(git, range.items[i], want_commit, &wanted, err);
		rc = rc ? rc : wanted.rc;
	}
	jz_strs_sort(&making->objects);
	jz_strs_uniq(&making->objects);
	return rc;
}

/* ---- writing ---- */

static int put(struct making *making, const char *name, const struct jz_buf *bytes,
	       struct jz_err *err)
{
	jz_autofree char *full = jz_xasprintf(JZ_BUNDLE_DIR "%s", name);
	char sum[65];

	jz_sha256(bytes->data, bytes->len, sum);
	jz_buf_addf(&making->sums, "%s  %s\n", sum, name);
	return jz_tar_add(making->fd, full, bytes->data, bytes->len, err);
}

static int put_file_of(struct making *making, const char *name, const char *commit,
		       const char *path, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	char blob[JZ_GIT_ID];
	int rc = jz_git_path_blob(making->store->git, commit, path, blob, err);

	if (!rc)
		rc = jz_git_blob(making->store->git, blob, README_MAX * 64, &bytes, err);
	return rc ? rc : put(making, name, &bytes, err);
}

static int put_object(struct making *making, const char *id, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_autofree char *name = NULL;
	const char *type;
	int rc = jz_git_object(making->store->git, id, &type, &bytes, err);

	if (rc)
		return rc;
	name = jz_xasprintf("objects/%s.%s", id, type);
	return put(making, name, &bytes, err);
}

static int add_key_path(void *data, const char *path, const char *blob)
{
	(void)blob;
	if (jz_ends_with(path, ".asc"))
		jz_strs_add(data, path);
	return 0;
}

/* Those of the last commit, and of the first what is not there any more. */
static int put_keys(struct making *making, const struct jz_bundle_facts *facts, struct jz_err *err)
{
	const char *const ends[] = {facts->to, facts->from};
	jz_cleanup(jz_strs_release) struct jz_strs paths = JZ_STRS_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < JZ_COUNT(ends); i++)
		if (*ends[i])
			rc = jz_git_walk(making->store->git, ends[i], "keys", add_key_path, &paths,
					 err);
	jz_strs_sort(&paths);
	jz_strs_uniq(&paths);
	for (size_t i = 0; !rc && i < paths.len; i++) {
		rc = put_file_of(making, paths.items[i], facts->to, paths.items[i], err);
		if (rc == JZ_E_FINDINGS)
			rc = put_file_of(making, paths.items[i], facts->from, paths.items[i], err);
	}
	return rc;
}

static int put_readme(struct making *making, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_autofree char *path = NULL;
	const char *dir = jz_schema_dir();
	int rc;

	if (!dir)
		return jz_fail(err, JZ_E_IO, _("the schemas are not installed"));
	path = jz_path_join(dir, "bundle-readme.txt");
	rc = jz_file_read(path, README_MAX, &text, err);
	return rc ? rc : put(making, "README.txt", &text, err);
}

static int put_sums(struct making *making, struct jz_snapshot *snapshot, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf signature = JZ_BUF_INIT;
	struct jz_keyview view;
	int rc;

	jz_snapshot_view(snapshot, &view);
	rc = jz_keyring_sign(jz_store_keyring(making->store), &view, making->sums.data,
			     making->sums.len, &signature, err);
	if (!rc)
		rc = jz_tar_add(making->fd, JZ_BUNDLE_DIR "SHA256SUMS", making->sums.data,
				making->sums.len, err);
	if (!rc)
		rc = jz_tar_add(making->fd, JZ_BUNDLE_DIR "SHA256SUMS.asc", signature.data,
				signature.len, err);
	return rc ? rc : jz_tar_end(making->fd, err);
}

static int put_all(struct making *making, struct jz_snapshot *snapshot,
		   const struct jz_bundle_facts *facts, const struct jz_buf *lines,
		   struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf head = JZ_BUF_INIT;
	int rc;

	jz_bundle_head(facts, "jzbf " JZ_VERSION, &head);
	rc = put(making, "manifest.json", &head, err);
	if (!rc)
		rc = put(making, "commits.ndjson", lines, err);
	if (!rc)
		rc = put_readme(making, err);
	if (!rc && *facts->from)
		rc = put_file_of(making, "access-from.yaml", facts->from, "access.yaml", err);
	if (!rc)
		rc = put_file_of(making, "access-to.yaml", facts->to, "access.yaml", err);
	if (!rc)
		rc = put_keys(making, facts, err);
	for (size_t i = 0; !rc && i < making->objects.len; i++)
		rc = put_object(making, making->objects.items[i], err);
	return rc ? rc : put_sums(making, snapshot, err);
}

/* Whoever makes it must be able to sign as a person of the last commit. */
static int name_maker(struct making *making, struct jz_snapshot *snapshot,
		      struct jz_bundle_facts *facts, struct jz_err *err)
{
	const struct jz_person *me;
	const char *key;
	int rc = jz_keyring_me(jz_store_keyring(making->store), snapshot->access, &me, err);

	if (rc)
		return rc;
	key = jz_person_key_on(me, jz_today());
	if (!key)
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' has no key in force today"), me->id);
	jz_copy(facts->maker, sizeof(facts->maker), me->id);
	jz_copy(facts->maker_key, sizeof(facts->maker_key), key);
	return 0;
}

static int write_file(struct making *making, struct jz_snapshot *snapshot,
		      const struct jz_bundle_facts *facts, const struct jz_buf *lines,
		      struct jz_err *err)
{
	jz_autofree char *part = jz_xasprintf("%s.part", making->opts->file);
	jz_autoclose int fd =
		open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	int rc;

	if (fd < 0)
		return jz_fail_errno(err, making->opts->file);
	making->fd = fd;
	rc = put_all(making, snapshot, facts, lines, err);
	if (!rc && (fsync(fd) || rename(part, making->opts->file)))
		rc = jz_fail_errno(err, making->opts->file);
	if (rc)
		unlink(part);
	return rc;
}

int jz_bundle_make(struct jz_store *store, const struct jz_bundle_opts *opts,
		   struct jz_bundle_facts *facts, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_buf_release) struct jz_buf lines = JZ_BUF_INIT;
	struct making making = {.store = store, .opts = opts, .sums = JZ_BUF_INIT};
	int rc = jz_snapshot_at(store, opts->to, &snapshot, err);

	*facts = (struct jz_bundle_facts){.ciphertext = opts->ciphertext};
	jz_copy(facts->from, sizeof(facts->from), opts->from);
	jz_copy(facts->to, sizeof(facts->to), opts->to);
	if (!rc && *opts->from && !jz_git_descends(store->git, opts->to, opts->from))
		rc = jz_fail(err, JZ_E_FINDINGS, _("%.10s does not come after %.10s"), opts->to,
			     opts->from);
	if (!rc)
		rc = name_maker(&making, snapshot, facts, err);
	if (!rc)
		rc = jz_bundle_begin(store, facts, err);
	if (!rc)
		rc = jz_bundle_lines(store, facts, NULL, opts->progress, opts->data, &lines, err);
	if (!rc)
		rc = want_all(&making, facts, err);
	if (!rc)
		rc = write_file(&making, snapshot, facts, &lines, err);
	jz_strs_release(&making.objects);
	jz_map_release(&making.seen, NULL);
	jz_buf_release(&making.sums);
	return rc;
}

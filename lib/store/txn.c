#include "lib/store/txn.h"

#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/yaml.h"
#include "lib/store/txn-seal.h"

void jz_txn_init(struct jz_txn *txn, struct jz_store *store, const struct jz_change_opts *opts,
		 struct jz_findings *findings)
{
	memset(txn, 0, sizeof(*txn));
	txn->store = store;
	txn->opts = opts;
	txn->findings = findings;
}

static void free_put(struct jz_put *put)
{
	jz_buf_release(&put->bytes);
	jz_buf_release(&put->row);
	jz_strs_release(&put->assigned);
	free(put);
}

static void drop_puts(struct jz_txn *txn)
{
	jz_sealing_free(txn->sealing);
	txn->sealing = NULL;
	for (size_t i = 0; i < txn->puts.len; i++)
		free_put(txn->puts.items[i]);
	jz_vec_release(&txn->puts);
	jz_map_release(&txn->by_path, NULL);
}

void jz_txn_only_check(struct jz_txn *txn)
{
	drop_puts(txn);
	txn->only_check = true;
}

bool jz_txn_broken(const struct jz_txn *txn)
{
	return txn->broken;
}

void jz_txn_release(struct jz_txn *txn)
{
	drop_puts(txn);
	jz_access_free(txn->access);
	jz_snapshot_free(txn->snapshot);
}

struct jz_snapshot *jz_txn_snapshot(struct jz_txn *txn)
{
	return txn->snapshot;
}

static int view_read(void *data, const char *path, struct jz_buf *out, struct jz_err *err)
{
	struct jz_txn *txn = data;
	const struct jz_put *put = jz_map_gets(&txn->by_path, path);

	if (!put || put->kind[0])
		return jz_snapshot_file(txn->snapshot, path, out, err);
	if (put->removed)
		return jz_fail(err, JZ_E_FINDINGS, _("'%s' is removed by this change"), path);
	jz_buf_add(out, put->bytes.data, put->bytes.len);
	return 0;
}

void jz_txn_view(struct jz_txn *txn, struct jz_keyview *out)
{
	*out = (struct jz_keyview){.access = txn->access ? txn->access
							 : jz_snapshot_access(txn->snapshot),
				   .read = view_read,
				   .data = txn};
}

/* The put of a path, an earlier one of this transaction emptied. */
static struct jz_put *new_put(struct jz_txn *txn, const char *path)
{
	struct jz_put *put = jz_map_gets(&txn->by_path, path);

	if (put) {
		jz_buf_clear(&put->bytes);
		jz_buf_clear(&put->row);
		jz_strs_release(&put->assigned);
		put->removed = false;
		return put;
	}
	put = jz_xcalloc(1, sizeof(*put));
	jz_buf_init(&put->bytes);
	jz_buf_init(&put->row);
	jz_copy(put->path, sizeof(put->path), path);
	jz_vec_push(&txn->puts, put);
	jz_map_puts(&txn->by_path, path, put);
	return put;
}

/* ---- files ---- */

/* Plain relative paths only, and never a record past its checks. */
static int check_path(const char *path, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs parts = JZ_STRS_INIT;
	bool good = *path && strlen(path) < JZ_PUT_PATH && !jz_starts_with(path, "cases/");

	jz_strs_split(&parts, path, '/');
	for (size_t i = 0; good && i < parts.len; i++)
		good = parts.items[i][0] && strcmp(parts.items[i], ".") &&
		       strcmp(parts.items[i], "..") && strcasecmp(parts.items[i], ".git");
	return good ? 0 : jz_fail(err, JZ_E_BUG, _("'%s' is no path for a file of a store"), path);
}

static int check_settings(struct jz_txn *txn, const char *path, const void *bytes, size_t len,
			  struct jz_access **access, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = NULL;
	jz_cleanup(jz_policy_free_p) struct jz_policy *policy = NULL;
	struct jz_node *root;
	int rc = 0;

	if (!strcmp(path, "access.yaml")) {
		rc = jz_access_parse(bytes, len, access, err);
	} else if (!strcmp(path, "jzbf.yaml")) {
		arena = jz_arena_new();
		rc = jz_office_parse(arena, bytes, len, &root, err);
		if (!rc)
			rc = jz_policy_load(root, &policy, err);
		if (!rc)
			jz_copy(txn->office, sizeof(txn->office),
				jz_map_text(jz_map_get(root, "office"), "code"));
	}
	if (rc)
		jz_err_file(err, path);
	return rc;
}

int jz_txn_put_file(struct jz_txn *txn, const char *path, const void *bytes, size_t len,
		    struct jz_err *err)
{
	struct jz_access *access = NULL;
	int rc = check_path(path, err);

	if (!rc)
		rc = check_settings(txn, path, bytes, len, &access, err);
	if (rc)
		return rc;
	if (access && txn->sealing) {
		jz_access_free(access);
		return jz_fail(err, JZ_E_BUG, "records were put before 'access.yaml'");
	}
	if (access) {
		jz_access_free(txn->access);
		txn->access = access;
	}
	jz_buf_add(&new_put(txn, path)->bytes, bytes, len);
	return 0;
}

int jz_txn_remove_file(struct jz_txn *txn, const char *path, struct jz_err *err)
{
	char blob[JZ_GIT_ID];
	int rc = check_path(path, err);

	if (rc)
		return rc;
	if (!jz_txn_holds(txn, path, blob))
		return jz_fail(err, JZ_E_FINDINGS, _("'%s' is not in the store"), path);
	new_put(txn, path)->removed = true;
	return 0;
}

/* ---- records ---- */

static int put_record(struct jz_txn *txn, const char *path, const char *kind, const char *id,
		      int64_t revision, const struct jz_node *root, struct jz_buf *text,
		      struct jz_err *err)
{
	struct jz_put *put;
	int rc;

	if (jz_map_gets(&txn->by_path, path))
		return jz_fail(err, JZ_E_BUG, "'%s' is put twice", path);
	put = new_put(txn, path);
	jz_copy(put->kind, sizeof(put->kind), kind);
	jz_copy(put->id, sizeof(put->id), id);
	put->revision = revision;
	jz_txn_assigned(root, &put->assigned);
	if (txn->opts->dry_run)
		return 0;
	if (!strcmp(kind, "case"))
		jz_index_row(txn->store, root, &put->row);
	put->bytes = *text;
	jz_buf_init(text);
	rc = jz_txn_seal(txn, put, err);
	txn->broken = rc != 0;
	return rc;
}

int jz_txn_put(struct jz_txn *txn, const char *kind, const char *id, struct jz_node *root,
	       struct jz_arena *arena, const struct jz_record *before, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	char path[JZ_PUT_PATH];
	int rc = jz_txn_check(txn, kind, id, root, arena, before, err);

	if (!rc)
		rc = jz_record_text(kind, root, &text, err);
	if (rc || txn->only_check)
		return rc;
	rc = jz_record_path(kind, id, path, sizeof(path), err);
	return rc ? rc
		  : put_record(txn, path, kind, id, jz_next_revision(before), root, &text, err);
}

int jz_txn_put_again(struct jz_txn *txn, struct jz_record *record, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = jz_txn_check_base(txn, record->path, record->id, record, err);

	if (rc)
		return rc;
	jz_txn_stamp(record->arena, record->root, record->kind, record->id, record);
	/* It was read a moment ago, so it need not be shown that it reads back. */
	jz_yaml_write(record->root, &text);
	return put_record(txn, record->path, record->kind, record->id, jz_next_revision(record),
			  record->root, &text, err);
}

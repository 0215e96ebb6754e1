#include "lib/store/txn.h"

#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/port/yaml.h"
#include "lib/store/known.h"
#include "lib/store/txn-impl.h"

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

void jz_txn_release(struct jz_txn *txn)
{
	for (size_t i = 0; i < txn->puts.len; i++)
		free_put(txn->puts.items[i]);
	jz_vec_release(&txn->puts);
	jz_map_release(&txn->by_path, NULL);
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

static bool in_commit(struct jz_txn *txn, const char *path, char blob[JZ_GIT_ID])
{
	return !jz_git_path_blob(txn->store->git, txn->snapshot->commit, path, blob, NULL);
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
	if (!in_commit(txn, path, blob))
		return jz_fail(err, JZ_E_FINDINGS, _("'%s' is not in the store"), path);
	new_put(txn, path)->removed = true;
	return 0;
}

/* ---- records ---- */

/* Sets a key of the head of a record, where readers look first. */
static void stamp(struct jz_arena *arena, struct jz_node *root, const char *key,
		  struct jz_node *value, uint32_t place, bool fresh)
{
	struct jz_node *old = jz_map_get(root, key);
	struct jz_pair pair;

	if (old)
		value->notes = old->notes;
	if (fresh) /* whatever made the record, its head stands at the top */
		jz_map_remove(root, key);
	else if (old)
		place = UINT32_MAX;
	jz_map_set(arena, root, key, value);
	if (place == UINT32_MAX)
		return;
	pair = root->pairs[root->len - 1];
	memmove(root->pairs + place + 1, root->pairs + place,
		(root->len - 1 - place) * sizeof(*root->pairs));
	root->pairs[place] = pair;
}

static int64_t stamp_head(struct jz_arena *arena, struct jz_node *root, const char *kind,
			  const char *id, const struct jz_record *before)
{
	jz_autofree char *format = jz_xasprintf("jzbf/%s/1", kind);
	int64_t revision = before ? before->revision + 1 : 1;

	stamp(arena, root, "format", jz_node_string(arena, format), 0, !before);
	stamp(arena, root, "id", jz_node_string(arena, id), 1, !before);
	stamp(arena, root, "revision", jz_node_int(arena, revision), 2, !before);
	return revision;
}

static bool psych_exists(struct jz_txn *txn, const char *id)
{
	char path[JZ_PUT_PATH], blob[JZ_GIT_ID];

	if (jz_record_path("psych", id, path, sizeof(path), NULL))
		return false;
	return jz_map_gets(&txn->by_path, path) || in_commit(txn, path, blob);
}

/* The present revision must be the one that the caller started from. */
static int check_base(struct jz_txn *txn, const char *path, const char *id,
		      const struct jz_record *before, struct jz_err *err)
{
	char blob[JZ_GIT_ID];
	bool there = in_commit(txn, path, blob);

	if (!before && there)
		return jz_fail(err, JZ_E_CONFLICT, _("record '%s' is there already"), id);
	if (before && (!there || strcmp(blob, before->blob)))
		return jz_fail(err, JZ_E_CONFLICT,
			       _("record '%s' has been changed meanwhile; look at it again"), id);
	return 0;
}

/* What a record is does not change; only the revision is counted here, whatever it says. */
static int check_head(const struct jz_node *root, const struct jz_record *before,
		      struct jz_err *err)
{
	static const char *const keys[] = {"format", "id"};

	for (size_t i = 0; before && i < JZ_COUNT(keys); i++) {
		const struct jz_node *stated = jz_map_get(root, keys[i]);

		if (stated && !jz_eq(jz_node_text(stated), jz_map_text(before->root, keys[i])))
			return jz_fail_at(err, JZ_E_INVALID, stated->line, stated->column,
					  _("the '%s' of a record cannot be changed"), keys[i]);
	}
	return 0;
}

static bool is_closed(const struct jz_node *root)
{
	return jz_has(jz_map_get(root, "closing"), "closed_on");
}

/* A case that takes up another identity number, or is opened again: the person may have an open
 * case already (6.2.4). Who takes a person in has looked before. */
static int check_person(struct jz_txn *txn, const char *kind, const char *id,
			const struct jz_node *root, const struct jz_record *before,
			struct jz_err *err)
{
	static const char *const numbers[] = {"id_number", "old_id"};
	jz_cleanup(jz_known_release) struct jz_known known = {0};
	const struct jz_known_case *same;
	bool look = false;
	int rc;

	if (!before || strcmp(kind, "case"))
		return 0;
	for (size_t i = 0; i < JZ_COUNT(numbers); i++) {
		const char *now = jz_map_text(jz_map_get(root, "person"), numbers[i]);

		look = look || (now && !jz_eq(now, jz_map_text(jz_map_get(before->root, "person"),
							       numbers[i])));
	}
	if (is_closed(root) || !(look || is_closed(before->root)))
		return 0;
	rc = jz_known_load(txn->snapshot, &known, NULL, NULL, err);
	if (rc)
		return rc;
	same = jz_known_find(&known, root);
	if (!same || same->closed || jz_eq(same->id, id))
		return 0;
	return jz_fail(err, JZ_E_INVALID, _("this person has an open case already: '%s'"),
		       same->id);
}

static bool lists(const struct jz_node *list, const char *text)
{
	for (size_t i = 0; i < jz_seq_len(list); i++)
		if (jz_eq(jz_node_text(jz_seq_get(list, i)), text))
			return true;
	return false;
}

/* Who is newly assigned must be able to open the record: an auditor's name there would look like
 * care that nobody gives. Who has left since stays named. */
static int check_assigned(struct jz_txn *txn, const struct jz_node *root,
			  const struct jz_record *before, struct jz_err *err)
{
	const struct jz_node *now = jz_map_get(root, "assigned");
	const struct jz_node *then = before ? jz_map_get(before->root, "assigned") : NULL;
	struct jz_keyview view;

	jz_txn_view(txn, &view);
	for (size_t i = 0; view.access && i < jz_seq_len(now); i++) {
		const char *id = jz_node_text(jz_seq_get(now, i));
		const struct jz_person *person = id ? jz_access_person(view.access, id) : NULL;

		if (person && !lists(then, id) && !jz_person_reads(person, jz_today()))
			return jz_fail(err, JZ_E_INVALID,
				       _("'%s' cannot be assigned: no role of theirs that reads "
					 "records is in force"),
				       person->id);
	}
	return 0;
}

static void put_record(struct jz_txn *txn, const char *path, const char *kind, const char *id,
		       int64_t revision, const struct jz_node *root, const struct jz_buf *text)
{
	const struct jz_node *assigned = jz_map_get(root, "assigned");
	struct jz_put *put = new_put(txn, path);

	jz_copy(put->kind, sizeof(put->kind), kind);
	jz_copy(put->id, sizeof(put->id), id);
	put->revision = revision;
	jz_buf_add(&put->bytes, text->data, text->len);
	if (!strcmp(kind, "case"))
		jz_index_row(txn->store, root, &put->row);
	for (size_t i = 0; i < jz_seq_len(assigned); i++)
		jz_strs_add(&put->assigned, jz_node_text(jz_seq_get(assigned, i)));
}

int jz_txn_put(struct jz_txn *txn, const char *kind, const char *id, struct jz_node *root,
	       struct jz_arena *arena, const struct jz_record *before, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	char path[JZ_PUT_PATH];
	int64_t revision;
	int rc = jz_record_path(kind, id, path, sizeof(path), err);

	if (!rc)
		rc = check_base(txn, path, id, before, err);
	if (rc)
		return rc;
	if (root->kind != JZ_MAP)
		return jz_fail(err, JZ_E_INVALID, _("a record must be a mapping"));
	rc = check_head(root, before, err);
	if (rc)
		return rc;
	revision = stamp_head(arena, root, kind, id, before);
	rc = jz_record_check(kind, id, root, before ? before->root : NULL, psych_exists(txn, id),
			     jz_snapshot_policy(txn->snapshot), txn->findings, err);
	if (!rc)
		rc = check_person(txn, kind, id, root, before, err);
	if (!rc)
		rc = check_assigned(txn, root, before, err);
	if (!rc)
		rc = jz_record_text(kind, root, &text, err);
	if (!rc)
		put_record(txn, path, kind, id, revision, root, &text);
	return rc;
}

int jz_txn_put_again(struct jz_txn *txn, struct jz_record *record, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int64_t revision;
	int rc = check_base(txn, record->path, record->id, record, err);

	if (rc)
		return rc;
	revision = stamp_head(record->arena, record->root, record->kind, record->id, record);
	/* It was read a moment ago, so it need not be shown that it reads back. */
	jz_yaml_write(record->root, &text);
	put_record(txn, record->path, record->kind, record->id, revision, record->root, &text);
	return 0;
}

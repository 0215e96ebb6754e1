/* What a record must be before it is put, beyond what record-check.c knows without a store. */
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/store/known.h"
#include "lib/store/txn-impl.h"

bool jz_txn_holds(struct jz_txn *txn, const char *path, char blob[JZ_GIT_ID])
{
	return !jz_git_path_blob(txn->store->git, txn->snapshot->commit, path, blob, NULL);
}

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

int64_t jz_next_revision(const struct jz_record *before)
{
	return before ? before->revision + 1 : 1;
}

void jz_txn_stamp(struct jz_arena *arena, struct jz_node *root, const char *kind,
		       const char *id, const struct jz_record *before)
{
	jz_autofree char *format = jz_xasprintf("jzbf/%s/1", kind);

	stamp(arena, root, "format", jz_node_string(arena, format), 0, !before);
	stamp(arena, root, "id", jz_node_string(arena, id), 1, !before);
	stamp(arena, root, "revision", jz_node_int(arena, jz_next_revision(before)), 2, !before);
}

static bool psych_exists(struct jz_txn *txn, const char *id)
{
	char path[JZ_PUT_PATH], blob[JZ_GIT_ID];

	if (jz_record_path("psych", id, path, sizeof(path), NULL))
		return false;
	return jz_map_gets(&txn->by_path, path) || jz_txn_holds(txn, path, blob);
}

/* The present revision must be the one that the caller started from. */
int jz_txn_check_base(struct jz_txn *txn, const char *path, const char *id,
		      const struct jz_record *before, struct jz_err *err)
{
	char blob[JZ_GIT_ID];
	bool there = jz_txn_holds(txn, path, blob);

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

void jz_txn_assigned(const struct jz_node *root, struct jz_strs *out)
{
	const struct jz_node *list = jz_map_get(root, "assigned");

	for (size_t i = 0; i < jz_seq_len(list); i++)
		jz_strs_add(out, jz_node_text(jz_seq_get(list, i)));
}

/* Who is newly assigned must be able to open the record: an auditor's name there would look like
 * care that nobody gives. Who has left since stays named. */
static int check_assigned(struct jz_txn *txn, const char *kind, const struct jz_node *root,
			  const struct jz_record *before, struct jz_err *err)
{
	const struct jz_node *then = before ? jz_map_get(before->root, "assigned") : NULL;
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT, to = JZ_STRS_INIT;
	struct jz_keyview view;

	jz_txn_view(txn, &view);
	if (!view.access)
		return 0;
	jz_txn_assigned(root, &ids);
	for (size_t i = 0; i < ids.len; i++) {
		const char *id = ids.items[i];
		const struct jz_person *person = jz_access_person(view.access, id);

		if (person && !lists(then, id) && !jz_person_reads(person, jz_today()))
			return jz_fail(err, JZ_E_INVALID,
				       _("'%s' cannot be assigned: no role of theirs that reads "
					 "records is in force"),
				       person->id);
	}
	return jz_access_recipients(view.access, kind, &ids, jz_today(), &to, err);
}

int jz_txn_check(struct jz_txn *txn, const char *kind, const char *id, struct jz_node *root,
		 struct jz_arena *arena, const struct jz_record *before, struct jz_err *err)
{
	char path[JZ_PUT_PATH];
	int rc = jz_record_path(kind, id, path, sizeof(path), err);

	if (!rc)
		rc = jz_txn_check_base(txn, path, id, before, err);
	if (rc)
		return rc;
	if (root->kind != JZ_MAP)
		return jz_fail(err, JZ_E_INVALID, _("a record must be a mapping"));
	rc = check_head(root, before, err);
	if (rc)
		return rc;
	jz_txn_stamp(arena, root, kind, id, before);
	rc = jz_record_check(kind, id, root, before ? before->root : NULL, psych_exists(txn, id),
			     jz_snapshot_policy(txn->snapshot), txn->findings, err);
	if (!rc)
		rc = check_person(txn, kind, id, root, before, err);
	return rc ? rc : check_assigned(txn, kind, root, before, err);
}

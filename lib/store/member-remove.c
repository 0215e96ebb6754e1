#include "lib/store/member.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/member-impl.h"

struct remove_call {
	struct jz_store *store;
	const char *id;
	bool rotate;
	bool *rotated;
	struct jz_strs *notes;
};

/* Ends every entry that still runs as of yesterday; one that has not begun by then, before it
 * began. */
static void end_spans(struct jz_member_edit *edit, struct jz_node *list)
{
	const struct jz_date yesterday = jz_date_add_days(edit->today, -1);

	for (size_t i = 0; i < jz_seq_len(list); i++) {
		struct jz_node *item = jz_seq_get(list, i);
		struct jz_date from = {0}, until = {0}, end = yesterday;
		const char *from_text = jz_map_text(item, "from");
		const char *until_text = jz_map_text(item, "until");
		char text[11];

		if (until_text && jz_date_parse(until_text, &until) &&
		    jz_date_cmp(until, yesterday) <= 0)
			continue;
		if (from_text && jz_date_parse(from_text, &from) &&
		    jz_date_cmp(from, yesterday) > 0)
			end = jz_date_add_days(from, -1);
		jz_date_format(end, text);
		jz_map_set(edit->arena, item, "until", jz_node_string(edit->arena, text));
	}
}

static int check_custodian_left(struct jz_txn *txn, struct jz_date day, struct jz_err *err)
{
	struct jz_keyview view;

	jz_txn_view(txn, &view);
	for (size_t i = 0; i < view.access->count; i++) {
		const struct jz_person *person = &view.access->people[i];

		if (jz_person_has_role(person, JZ_ROLE_CUSTODIAN, day) &&
		    jz_person_key_on(person, day))
			return 0;
	}
	return jz_fail(err, JZ_E_INVALID,
		       _("the last custodian cannot be removed: add another one first"));
}

static bool holds_any(const struct jz_person *person, struct jz_date day)
{
	for (int key = 0; key < JZ_ROLE_KEY_COUNT; key++)
		if (jz_person_holds(person, (enum jz_role_key)key, day))
			return true;
	return false;
}

static void say_what_stays(const struct jz_person *person, const bool *rotated, struct jz_date day,
			   struct jz_strs *notes)
{
	jz_strs_addf(notes,
		     _("what was encrypted to '%s' in earlier commits stays readable to them in "
		       "every copy that they have"),
		     person->id);
	for (int key = 0; key < JZ_ROLE_KEY_COUNT; key++)
		if (jz_person_holds(person, (enum jz_role_key)key, day) && !rotated[key])
			jz_strs_addf(
				notes,
				key == JZ_KEY_OFFICE
					? _("'%s' had the office role key and can open new cases "
					    "with it too, if they get at the repository: replace "
					    "it with 'jzbf access rotate office'")
					: _("'%s' had the clinical role key and can open new psych "
					    "files with it too, if they get at the repository: a "
					    "psychologist begins to replace it with 'jzbf access "
					    "rotate clinical'"),
				person->id);
}

/* Replaces the role keys that the person held, as far as the caller can open them. */
static int rotate_held(struct jz_member_edit *edit, const struct jz_person *person, bool *rotated,
		       struct jz_err *err)
{
	const struct jz_access *base = jz_snapshot_access(jz_txn_snapshot(edit->txn));
	const struct jz_person *me;
	int rc = jz_keyring_me(edit->keyring, base, &me, err);

	for (int key = 0; !rc && key < JZ_ROLE_KEY_COUNT; key++) {
		char fingerprint[JZ_FPR_LEN + 1];

		if (!jz_person_holds(person, (enum jz_role_key)key, edit->today) ||
		    !jz_person_holds(me, (enum jz_role_key)key, edit->today))
			continue;
		rc = jz_edit_rotate(edit, (enum jz_role_key)key, fingerprint, err);
		rotated[key] = !rc;
	}
	return rc;
}

/* A clinical key that waits to be put in force was made known to the person. */
static int drop_next(struct jz_member_edit *edit, const struct jz_person *person,
		     struct jz_strs *notes, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf next = JZ_BUF_INIT;

	if (!jz_person_holds(person, JZ_KEY_CLINICAL, edit->today) ||
	    jz_snapshot_file(jz_txn_snapshot(edit->txn), JZ_NEXT_CLINICAL, &next, NULL))
		return 0;
	jz_strs_add(notes, _("the clinical role key that waited to be put in force was known to "
			     "them, and is dropped: a psychologist begins again"));
	return jz_txn_remove_file(edit->txn, JZ_NEXT_CLINICAL, err);
}

static int remove_in(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct remove_call *call = data;
	const struct jz_access *base = jz_snapshot_access(jz_txn_snapshot(txn));
	jz_cleanup(jz_edit_release) struct jz_member_edit edit = {.txn = txn};
	const struct jz_person *person = jz_access_person(base, call->id);
	int rc = jz_edit_begin(&edit, call->store, txn, err);

	memset(call->rotated, 0, JZ_ROLE_KEY_COUNT * sizeof(*call->rotated));
	jz_strs_release(call->notes);
	if (rc)
		return rc;
	if (!person || person->recovery || !jz_person_in_force(person, edit.today))
		return jz_fail(err, JZ_E_FINDINGS, _("'%s' holds no role today"), call->id);
	end_spans(&edit, jz_map_get(jz_edit_person(&edit, call->id), "roles"));
	end_spans(&edit, jz_map_get(jz_edit_person(&edit, call->id), "keys"));
	rc = jz_edit_put(&edit, err);
	if (!rc)
		rc = check_custodian_left(txn, edit.today, err);
	if (!rc && call->rotate)
		rc = rotate_held(&edit, person, call->rotated, err);
	if (!rc)
		rc = jz_edit_seal(txn, edit.keyring, call->notes, err);
	if (!rc)
		rc = drop_next(&edit, person, call->notes, err);
	if (!rc)
		say_what_stays(person, call->rotated, edit.today, call->notes);
	if (!rc && call->rotate && !holds_any(person, edit.today))
		jz_strs_addf(call->notes, _("no role key was replaced: '%s' held none today"),
			     person->id);
	return rc;
}

int jz_member_remove(struct jz_store *store, const char *id, bool rotate, bool *rotated,
		     struct jz_change_opts *opts, struct jz_strs *notes, struct jz_err *err)
{
	struct remove_call call = {store, id, rotate, rotated, notes};

	opts->verb = "access";
	return jz_store_change(store, opts, remove_in, &call, err);
}

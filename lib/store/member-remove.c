#include "lib/store/member.h"

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/yaml.h"
#include "lib/store/member-impl.h"

struct remove_call {
	struct jz_store *store;
	const char *id;
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

/* Writes a case anew under the transaction's access.yaml. */
static int rewrite(struct jz_txn *txn, const struct jz_entry *entry, struct jz_err *err)
{
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	int rc = jz_record_read(jz_txn_snapshot(txn), entry, &record, err);

	return rc ? rc
		  : jz_txn_put(txn, entry->kind, entry->id, record->root, record->arena, record,
			       err);
}

/* Does the record name one of the person's keys? Nothing is decrypted. */
static int names_person(struct jz_member_edit *edit, const struct jz_entry *entry,
			const struct jz_strs *keys, bool *names, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	struct jz_keyview view;
	int rc = jz_snapshot_file(jz_txn_snapshot(edit->txn), entry->path, &cipher, err);

	jz_snapshot_view(jz_txn_snapshot(edit->txn), &view);
	return rc ? rc
		  : jz_keyring_names(edit->keyring, &view, cipher.data, cipher.len, keys, names,
				     err);
}

static int rewrite_records(struct jz_member_edit *edit, const struct jz_strs *keys,
			   struct jz_strs *notes, struct jz_err *err)
{
	struct jz_snapshot *snapshot = jz_txn_snapshot(edit->txn);
	jz_autofree struct jz_entry *entries = NULL;
	struct jz_keyview view;
	size_t count = 0;
	int rc = jz_snapshot_entries(snapshot, NULL, &entries, &count, err);

	jz_snapshot_view(snapshot, &view);

	for (size_t i = 0; !rc && i < count; i++) {
		struct jz_err why = JZ_ERR_INIT;
		bool names = false;

		if (names_person(edit, &entries[i], keys, &names, &why)) {
			jz_strs_addf(notes, _("%s (%s) cannot be looked at: %s"), entries[i].id,
				     entries[i].kind, why.message);
			continue;
		}
		if (!names)
			continue;
		/* One operation of the own key for all; without the role each record costs one. */
		jz_keyring_open_role(edit->keyring, &view, JZ_KEY_OFFICE, NULL);
		if (rewrite(edit->txn, &entries[i], &why))
			jz_strs_addf(
				notes,
				_("%s (%s) could not be encrypted anew and still names them: %s"),
				entries[i].id, entries[i].kind, why.message);
	}
	return rc;
}

static void say_what_stays(const struct jz_person *person, struct jz_date day,
			   struct jz_strs *notes)
{
	jz_strs_addf(notes,
		     _("what was encrypted to '%s' in earlier commits stays readable to them in "
		       "every copy that they have"),
		     person->id);
	for (int key = 0; key < JZ_ROLE_KEY_COUNT; key++)
		if (jz_person_holds(person, (enum jz_role_key)key, day))
			jz_strs_addf(
				notes,
				key == JZ_KEY_OFFICE
					? _("'%s' had the office role key: until it is replaced "
					    "they can "
					    "open new cases too, if they get at the repository")
					: _("'%s' had the clinical role key: until it is replaced "
					    "they can "
					    "open new psych files too, if they get at the "
					    "repository"),
				person->id);
}

static int remove_in(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct remove_call *call = data;
	const struct jz_access *base = jz_snapshot_access(jz_txn_snapshot(txn));
	jz_cleanup(jz_edit_release) struct jz_member_edit edit = {.txn = txn};
	jz_cleanup(jz_strs_release) struct jz_strs keys = JZ_STRS_INIT;
	const struct jz_person *person = jz_access_person(base, call->id);
	int rc = jz_edit_begin(&edit, call->store, txn, err);

	jz_strs_release(call->notes);
	if (rc)
		return rc;
	if (!person || !jz_person_in_force(person, edit.today))
		return jz_fail(err, JZ_E_FINDINGS, _("'%s' holds no role today"), call->id);
	for (size_t i = 0; i < person->key_count; i++)
		jz_strs_add(&keys, person->keys[i].fingerprint);
	end_spans(&edit, jz_map_get(jz_edit_person(&edit, call->id), "roles"));
	end_spans(&edit, jz_map_get(jz_edit_person(&edit, call->id), "keys"));
	rc = jz_edit_put(&edit, err);
	if (!rc)
		rc = check_custodian_left(txn, edit.today, err);
	if (!rc)
		rc = jz_edit_seal(txn, edit.keyring, call->notes, err);
	if (!rc)
		rc = rewrite_records(&edit, &keys, call->notes, err);
	if (!rc)
		say_what_stays(person, edit.today, call->notes);
	return rc;
}

int jz_member_remove(struct jz_store *store, const char *id, struct jz_change_opts *opts,
		     struct jz_strs *notes, struct jz_err *err)
{
	struct remove_call call = {store, id, notes};

	opts->verb = "access";
	return jz_store_change(store, opts, remove_in, &call, err);
}

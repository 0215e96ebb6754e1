#include "lib/store/member-impl.h"

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/yaml.h"

int jz_edit_begin(struct jz_member_edit *edit, struct jz_store *store, struct jz_txn *txn,
		  struct jz_err *err)
{
	const struct jz_access *access = jz_snapshot_access(jz_txn_snapshot(txn));
	const struct jz_person *me;
	int rc;

	*edit = (struct jz_member_edit){
		.txn = txn, .keyring = jz_store_keyring(store), .today = jz_today()};
	rc = jz_keyring_me(edit->keyring, access, &me, err);
	if (rc)
		return rc;
	if (!jz_person_has_role(me, JZ_ROLE_CUSTODIAN, edit->today) && !me->recovery)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("only a custodian may change access.yaml, and '%s' is none"),
			       me->id);
	edit->arena = jz_arena_new();
	edit->root = jz_node_clone(edit->arena, access->root);
	return 0;
}

void jz_edit_release(struct jz_member_edit *edit)
{
	jz_arena_free(edit->arena);
	edit->arena = NULL;
}

int jz_edit_put_file(struct jz_member_edit *edit, const char *path, const struct jz_buf *bytes,
		     struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf present = JZ_BUF_INIT;

	if (!jz_snapshot_file(jz_txn_snapshot(edit->txn), path, &present, NULL) &&
	    present.len == bytes->len && !memcmp(present.data, bytes->data, bytes->len))
		return 0;
	return jz_txn_put_file(edit->txn, path, bytes->data, bytes->len, err);
}

int jz_edit_put(struct jz_member_edit *edit, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_yaml_write(edit->root, &text);
	return jz_edit_put_file(edit, "access.yaml", &text, err);
}

struct jz_node *jz_edit_person(const struct jz_member_edit *edit, const char *id)
{
	const struct jz_node *people = jz_map_get(edit->root, "people");

	for (size_t i = 0; i < jz_seq_len(people); i++) {
		struct jz_node *person = jz_seq_get(people, i);

		if (jz_eq(jz_map_text(person, "id"), id))
			return person;
	}
	return NULL;
}

void jz_edit_push_span(struct jz_member_edit *edit, struct jz_node *list, const char *key,
		       const char *value, struct jz_date from, struct jz_date until)
{
	struct jz_arena *arena = edit->arena;
	struct jz_node *item = jz_node_map(arena);
	char day[11];

	jz_map_set(arena, item, key, jz_node_string(arena, value));
	jz_date_format(from.year ? from : edit->today, day);
	jz_map_set(arena, item, "from", jz_node_string(arena, day));
	if (until.year) {
		jz_date_format(until, day);
		jz_map_set(arena, item, "until", jz_node_string(arena, day));
	}
	jz_seq_push(arena, list, item);
}

int jz_edit_put_secret(struct jz_txn *txn, struct jz_keyring *keyring, enum jz_role_key key,
		       const struct jz_buf *secret, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs holders = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf sealed = JZ_BUF_INIT;
	struct jz_keyview view;
	int rc;

	jz_txn_view(txn, &view);
	rc = jz_access_role_holders(view.access, key, jz_today(), &holders, err);
	if (!rc)
		rc = jz_keyring_encrypt(keyring, &view, &holders, secret->data, secret->len,
					&sealed, err);
	return rc ? rc
		  : jz_txn_put_file(txn, jz_role_secret_path(key), sealed.data, sealed.len, err);
}

/* Is the role secret encrypted to its holders of today already? */
static int is_sealed(struct jz_keyring *keyring, const struct jz_keyview *view,
		     enum jz_role_key key, bool *sealed, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs holders = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf present = JZ_BUF_INIT;
	int rc = jz_access_role_holders(view->access, key, jz_today(), &holders, err);

	if (!rc)
		rc = view->read(view->data, jz_role_secret_path(key), &present, err);
	return rc ? rc
		  : jz_keyring_sealed_to(keyring, view, present.data, present.len, &holders, sealed,
					 err);
}

static int seal_one(struct jz_txn *txn, struct jz_keyring *keyring, enum jz_role_key key,
		    struct jz_strs *notes, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf secret = JZ_BUF_INIT;
	const struct jz_access *base = jz_snapshot_access(jz_txn_snapshot(txn));
	const struct jz_person *me;
	struct jz_keyview view;
	bool sealed = false;
	int rc;

	jz_txn_view(txn, &view);
	rc = is_sealed(keyring, &view, key, &sealed, err);
	if (rc || sealed)
		return rc;
	rc = jz_keyring_me(keyring, base, &me, err);
	if (rc)
		return rc;
	if (key == JZ_KEY_OFFICE && !me->recovery &&
	    !jz_person_has_role(me, JZ_ROLE_CUSTODIAN, jz_today())) {
		jz_strs_add(notes, _("the office role secret is not encrypted to its holders of "
				     "today: have a custodian run 'jzbf access seal'"));
		return 0;
	}
	rc = jz_keyring_role_secret(keyring, &view, key, &secret, err);
	if (rc == JZ_E_CRYPTO && key == JZ_KEY_CLINICAL) {
		jz_strs_add(notes,
			    _("the clinical role secret still stands as it was, for you cannot "
			      "open it: have a psychologist run 'jzbf access seal'"));
		return 0;
	}
	return rc ? rc : jz_edit_put_secret(txn, keyring, key, &secret, err);
}

int jz_edit_seal(struct jz_txn *txn, struct jz_keyring *keyring, struct jz_strs *notes,
		 struct jz_err *err)
{
	int rc = 0;

	for (int key = 0; !rc && key < JZ_ROLE_KEY_COUNT; key++)
		rc = seal_one(txn, keyring, (enum jz_role_key)key, notes, err);
	return rc;
}

int jz_edit_make_role(struct jz_txn *txn, struct jz_keyring *keyring, enum jz_role_key key,
		      const char *office, const char *path, char fingerprint[JZ_FPR_LEN + 1],
		      struct jz_buf *secret, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf half = JZ_BUF_INIT;
	jz_autofree char *name = jz_xasprintf("jzbf %s role key %s",
					      jz_role_key_word(key), office);
	char place[64];
	int rc = jz_keyring_make_role(keyring, name, fingerprint, &half, secret, err);

	if (rc)
		return rc;
	jz_key_path(fingerprint, place);
	return jz_txn_put_file(txn, path ? path : place, half.data, half.len, err);
}

int jz_edit_put_recovery(struct jz_member_edit *edit, const struct jz_buf *recovery,
			 struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf clean = JZ_BUF_INIT;
	char fingerprint[JZ_FPR_LEN + 1], path[64];
	int rc = jz_keyring_take_key(edit->keyring, recovery->data, recovery->len, fingerprint,
				     &clean, err);

	if (rc)
		return rc;
	jz_map_set(edit->arena, edit->root, "recovery_key",
		   jz_node_string(edit->arena, fingerprint));
	jz_key_path(fingerprint, path);
	return jz_edit_put_file(edit, path, &clean, err);
}

struct recovery_call {
	struct jz_store *store;
	const struct jz_buf *key;
	struct jz_strs *notes;
};

static int recovery_in(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct recovery_call *call = data;
	const struct jz_access *base = jz_snapshot_access(jz_txn_snapshot(txn));
	jz_cleanup(jz_edit_release) struct jz_member_edit edit = {.txn = txn};
	const char *now;
	int rc = jz_edit_begin(&edit, call->store, txn, err);

	jz_strs_release(call->notes);
	if (!rc && !call->key && !base->recovery)
		return jz_fail(err, JZ_E_FINDINGS, _("the store has no recovery key"));
	if (!rc && call->key)
		rc = jz_edit_put_recovery(&edit, call->key, err);
	else if (!rc)
		jz_map_remove(edit.root, "recovery_key");
	if (!rc)
		rc = jz_edit_put(&edit, err);
	if (!rc)
		rc = jz_edit_seal(txn, edit.keyring, call->notes, err);
	if (rc || !base->recovery)
		return rc;
	now = jz_map_text(edit.root, "recovery_key");
	if (!jz_eq(now, base->recovery))
		jz_strs_add(call->notes,
			    _("whoever has the former recovery key can open both role keys for "
			      "ever: if it may be in wrong hands, replace them with 'jzbf access "
			      "rotate office' and 'jzbf access rotate clinical'"));
	return 0;
}

int jz_member_recovery(struct jz_store *store, const struct jz_buf *key,
		       struct jz_change_opts *opts, struct jz_strs *notes, struct jz_err *err)
{
	struct recovery_call call = {store, key, notes};

	opts->verb = "access";
	return jz_store_change(store, opts, recovery_in, &call, err);
}

struct seal_call {
	struct jz_store *store;
	struct jz_strs *notes;
};

static int seal_all(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct seal_call *call = data;

	jz_strs_release(call->notes);
	return jz_edit_seal(txn, jz_store_keyring(call->store), call->notes, err);
}

int jz_member_seal(struct jz_store *store, struct jz_change_opts *opts, struct jz_strs *notes,
		   struct jz_err *err)
{
	struct seal_call call = {store, notes};

	opts->verb = "access";
	return jz_store_change(store, opts, seal_all, &call, err);
}

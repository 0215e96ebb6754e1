#include "lib/store/rotate.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/keyring.h"
#include "lib/store/member-impl.h"
#include "lib/store/stale.h"

struct call {
	struct jz_store *store;
	enum jz_role_key key;
	bool again;
	const struct jz_change_opts *opts;
	struct jz_rotated *out;
};

/* ---- access.yaml ---- */

/* Since when the key in force was: the day on which the one before it was retired, else the first
 * day of anybody. */
static void in_force_since(const struct jz_access *access, enum jz_role_key key, char out[11])
{
	struct jz_date first = jz_today();

	for (size_t i = 0; i < access->count; i++)
		for (size_t r = 0; r < access->people[i].role_count; r++) {
			struct jz_date from = access->people[i].roles[r].span.from;

			if (from.year && jz_date_cmp(from, first) < 0)
				first = from;
		}
	for (size_t i = 0; i < access->retired_count; i++)
		if (access->retired[i].key == key)
			first = access->retired[i].span.until;
	jz_date_format(first, out);
}

static void set(struct jz_arena *arena, struct jz_node *map, const char *key, const char *text)
{
	jz_map_set(arena, map, key, jz_node_string(arena, text));
}

/* Names the key in force as retired, and another one in its place. */
static void replace(struct jz_member_edit *edit, enum jz_role_key key, const char *fingerprint)
{
	const struct jz_access *access = jz_snapshot_access(jz_txn_snapshot(edit->txn));
	struct jz_node *list = jz_map_get(edit->root, "retired_role_keys");
	struct jz_node *keys = jz_map_get(edit->root, "role_keys");
	struct jz_node *item = jz_node_map(edit->arena);
	char since[11], today[11];

	in_force_since(access, key, since);
	jz_date_format(edit->today, today);
	set(edit->arena, item, "role_key", jz_role_key_word(key));
	set(edit->arena, item, "fingerprint", access->role_key[key]);
	set(edit->arena, item, "from", since);
	set(edit->arena, item, "until", today);
	if (!list) {
		list = jz_node_seq(edit->arena);
		jz_map_set(edit->arena, edit->root, "retired_role_keys", list);
	}
	jz_seq_push(edit->arena, list, item);
	set(edit->arena, keys, jz_role_key_word(key), fingerprint);
}

/* ---- the keys ---- */

/* The new secret half, and behind it what the present role secret holds. */
static int make_key(struct jz_txn *txn, struct jz_keyring *keyring, enum jz_role_key key,
		    const char *path, char fingerprint[JZ_FPR_LEN + 1], struct jz_buf *secrets,
		    struct jz_err *err)
{
	struct jz_snapshot *snapshot = jz_txn_snapshot(txn);
	struct jz_keyview view;
	int rc = jz_edit_make_role(txn, keyring, key, jz_snapshot_code(snapshot), path, fingerprint,
				   secrets, err);

	jz_snapshot_view(snapshot, &view);
	return rc ? rc : jz_keyring_role_secret(keyring, &view, key, secrets, err);
}

int jz_edit_rotate(struct jz_member_edit *edit, enum jz_role_key key,
		   char fingerprint[JZ_FPR_LEN + 1], struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf secrets = JZ_BUF_INIT;
	int rc = make_key(edit->txn, edit->keyring, key, NULL, fingerprint, &secrets, err);

	if (rc)
		return rc;
	replace(edit, key, fingerprint);
	rc = jz_edit_put(edit, err);
	return rc ? rc : jz_edit_put_secret(edit->txn, edit->keyring, key, &secrets, err);
}

/* A psychologist: the new key beside the old one, which stays in force. */
static int prepare(struct jz_txn *txn, const struct call *call, struct jz_err *err)
{
	struct jz_keyring *keyring = jz_store_keyring(call->store);
	jz_cleanup(jz_buf_release) struct jz_buf secrets = JZ_BUF_INIT;
	int rc = make_key(txn, keyring, call->key, JZ_NEXT_CLINICAL, call->out->fingerprint,
			  &secrets, err);

	return rc ? rc : jz_edit_put_secret(txn, keyring, call->key, &secrets, err);
}

/* A custodian: what a psychologist prepared comes into force. */
static int put_in_force(struct jz_member_edit *edit, const struct jz_buf *next,
			const struct call *call, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf clean = JZ_BUF_INIT;
	char path[64];
	int rc = jz_keyring_take_key(edit->keyring, next->data, next->len, call->out->fingerprint,
				     &clean, err);

	if (rc)
		return rc;
	jz_key_path(call->out->fingerprint, path);
	rc = jz_txn_put_file(edit->txn, path, clean.data, clean.len, err);
	if (!rc)
		rc = jz_txn_remove_file(edit->txn, JZ_NEXT_CLINICAL, err);
	if (rc)
		return rc;
	replace(edit, call->key, call->out->fingerprint);
	return jz_edit_put(edit, err);
}

/* ---- whose turn it is ---- */

static bool anybody_holds(const struct jz_access *access, enum jz_role_key key)
{
	for (size_t i = 0; i < access->count; i++)
		if (jz_person_holds(&access->people[i], key, jz_today()))
			return true;
	return false;
}

/* As long as nobody holds the clinical key the custodians keep it. */
static bool can_open(const struct jz_access *access, const struct jz_person *me,
		     enum jz_role_key key)
{
	return jz_person_holds(me, key, jz_today()) ||
	       (!anybody_holds(access, key) &&
		jz_person_has_role(me, JZ_ROLE_CUSTODIAN, jz_today()));
}

static int may_rotate(const struct jz_access *access, const struct jz_person *me,
		      enum jz_role_key key, bool prepared, struct jz_err *err)
{
	bool custodian = jz_person_has_role(me, JZ_ROLE_CUSTODIAN, jz_today());

	if (!custodian && (key == JZ_KEY_OFFICE || !can_open(access, me, key)))
		return jz_fail(err, JZ_E_CRYPTO,
			       _("only a custodian may replace a role key, and '%s' is none"),
			       me->id);
	if (!can_open(access, me, key) && !prepared)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("you cannot open the clinical role key: have a psychologist run "
				 "'jzbf access rotate clinical' first, then run it yourself"));
	return 0;
}

static int unfinished(struct jz_snapshot *snapshot, enum jz_role_key key, bool *found,
		      struct jz_err *err)
{
	const struct jz_stale_if nothing = {.left = NULL};
	struct jz_stale stale = {0};
	int rc = jz_stale_find(snapshot, &nothing, &stale, err);

	*found = false;
	for (size_t i = 0; !rc && i < stale.count; i++)
		*found = *found || (stale.items[i].role_lags &&
				    jz_role_key_of(stale.items[i].entry.kind) == key);
	jz_stale_release(&stale);
	return rc;
}

static int step_of(struct call *call, struct jz_snapshot *snapshot, bool prepared,
		   struct jz_err *err)
{
	const struct jz_access *access = jz_snapshot_access(snapshot);
	const struct jz_person *me;
	bool lags = false;
	int rc = jz_keyring_me(jz_store_keyring(call->store), access, &me, err);

	if (!rc && !call->again)
		rc = unfinished(snapshot, call->key, &lags, err);
	if (rc)
		return rc;
	call->out->step = JZ_ROTATE_RESUME;
	if (lags)
		return 0;
	rc = may_rotate(access, me, call->key, prepared, err);
	if (jz_person_has_role(me, JZ_ROLE_CUSTODIAN, jz_today()))
		call->out->step = JZ_ROTATE_REPLACED;
	else
		call->out->step = prepared ? JZ_ROTATE_WAITS : JZ_ROTATE_PREPARED;
	return rc;
}

static int replace_in(struct jz_txn *txn, const struct call *call, const struct jz_buf *next,
		      struct jz_err *err)
{
	jz_cleanup(jz_edit_release) struct jz_member_edit edit = {.txn = txn};
	int rc = jz_edit_begin(&edit, call->store, txn, err);

	if (rc)
		return rc;
	return next->len ? put_in_force(&edit, next, call, err)
			 : jz_edit_rotate(&edit, call->key, call->out->fingerprint, err);
}

static int rotate_in(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct call *call = data;
	struct jz_snapshot *snapshot = jz_txn_snapshot(txn);
	jz_cleanup(jz_buf_release) struct jz_buf next = JZ_BUF_INIT;
	int rc;

	memset(call->out, 0, sizeof(*call->out));
	if (call->key == JZ_KEY_CLINICAL)
		(void)jz_snapshot_file(snapshot, JZ_NEXT_CLINICAL, &next, NULL);
	rc = step_of(call, snapshot, next.len > 0, err);
	if (rc || call->opts->dry_run)
		return rc;
	if (call->out->step == JZ_ROTATE_REPLACED)
		return replace_in(txn, call, &next, err);
	return call->out->step == JZ_ROTATE_PREPARED ? prepare(txn, call, err) : 0;
}

int jz_rotate(struct jz_store *store, enum jz_role_key key, bool again, struct jz_change_opts *opts,
	      struct jz_rotated *out, struct jz_err *err)
{
	struct call call = {store, key, again, opts, out};

	opts->verb = key == JZ_KEY_OFFICE ? "rotate office key" : "rotate clinical key";
	return jz_store_change(store, opts, rotate_in, &call, err);
}

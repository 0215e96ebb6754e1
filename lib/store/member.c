#include "lib/store/member.h"

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/member-impl.h"

struct add_call {
	struct jz_store *store;
	const struct jz_member *member;
	struct jz_strs *notes;
	bool *ended;
};

/* The person's map, a new one at the end if there is none. */
static int find_or_make(struct jz_member_edit *edit, const struct jz_member *member,
			struct jz_node **out, struct jz_err *err)
{
	struct jz_node *person = jz_edit_person(edit, member->id);
	struct jz_arena *arena = edit->arena;

	if (person) {
		if (member->name)
			jz_map_set(arena, person, "name", jz_node_string(arena, member->name));
		*out = person;
		return 0;
	}
	if (!member->name || !member->roles->len || !member->key)
		return jz_fail(err, JZ_E_USAGE,
			       _("'%s' is new: a name (--name), a role (--role) and a key "
				 "(--key or --key-file) are needed"),
			       member->id);
	person = jz_node_map(arena);
	jz_map_set(arena, person, "id", jz_node_string(arena, member->id));
	jz_map_set(arena, person, "name", jz_node_string(arena, member->name));
	jz_map_set(arena, person, "roles", jz_node_seq(arena));
	jz_map_set(arena, person, "keys", jz_node_seq(arena));
	jz_seq_push(arena, jz_map_get(edit->root, "people"), person);
	*out = person;
	return 0;
}

static struct jz_date first_day(const struct jz_member_edit *edit, const struct jz_member *member)
{
	return member->from.year ? member->from : edit->today;
}

static bool runs_on(const struct jz_node *item, struct jz_date day)
{
	const char *from = jz_map_text(item, "from"), *until = jz_map_text(item, "until");
	struct jz_span span = {0};

	return (!from || jz_date_parse(from, &span.from)) &&
	       (!until || jz_date_parse(until, &span.until)) && jz_span_holds(&span, day);
}

/* Adds an entry, or moves the end of the one that runs on its first day. */
static void add_span(struct jz_member_edit *edit, const struct jz_member *member,
		     struct jz_node *list, const char *key, const char *value)
{
	char until[11];

	for (size_t i = 0; i < jz_seq_len(list); i++) {
		struct jz_node *item = jz_seq_get(list, i);

		if (!jz_eq(jz_map_text(item, key), value) ||
		    !runs_on(item, first_day(edit, member)))
			continue;
		jz_date_format(member->until, until);
		if (member->until.year)
			jz_map_set(edit->arena, item, "until", jz_node_string(edit->arena, until));
		return;
	}
	jz_edit_push_span(edit, list, key, value, member->from, member->until);
}

/* Learns the files that the store has of the person's keys, so that nothing of them (a revocation)
 * gets lost. A file that cannot be learnt is what adding mends. */
static void learn_present(struct jz_member_edit *edit, const char *id)
{
	struct jz_snapshot *snapshot = jz_txn_snapshot(edit->txn);
	const struct jz_person *before = jz_access_person(jz_snapshot_access(snapshot), id);
	struct jz_keyview view;
	struct jz_key_state state;

	jz_snapshot_view(snapshot, &view);
	for (size_t i = 0; before && i < before->key_count; i++)
		jz_keyring_key_state(edit->keyring, &view, before->keys[i].fingerprint, &state,
				     NULL);
}

/* Another key takes the place of those that run on its first day. */
static void end_others(struct jz_member_edit *edit, const struct jz_member *member,
		       struct jz_node *list, const char *fingerprint, bool *ended)
{
	const struct jz_date first = first_day(edit, member);
	char end[11];

	jz_date_format(jz_date_add_days(first, -1), end);
	for (size_t i = 0; !member->until.year && i < jz_seq_len(list); i++) {
		struct jz_node *item = jz_seq_get(list, i);

		if (jz_eq(jz_map_text(item, "fingerprint"), fingerprint) || !runs_on(item, first))
			continue;
		jz_map_set(edit->arena, item, "until", jz_node_string(edit->arena, end));
		*ended = true;
	}
}

/* The key's file, and its entry unless the key is in force for the person already. */
static int add_key(struct jz_member_edit *edit, const struct jz_member *member,
		   struct jz_node *person, char fingerprint[JZ_FPR_LEN + 1], bool *ended,
		   struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf clean = JZ_BUF_INIT;
	char path[64];
	int rc;

	learn_present(edit, member->id);
	rc = jz_keyring_take_key(edit->keyring, member->key->data, member->key->len, fingerprint,
				 &clean, err);
	if (rc)
		return rc;
	add_span(edit, member, jz_map_get(person, "keys"), "fingerprint", fingerprint);
	end_others(edit, member, jz_map_get(person, "keys"), fingerprint, ended);
	jz_key_path(fingerprint, path);
	return jz_edit_put_file(edit, path, &clean, err);
}

/* An office gets its first psychologist: the clinical role key that a custodian kept until then has
 * sealed nothing, and a new one that no custodian ever held takes its place. */
static int renew_clinical(struct jz_member_edit *edit, struct jz_buf *secret, struct jz_err *err)
{
	struct jz_snapshot *snapshot = jz_txn_snapshot(edit->txn);
	struct jz_node *keys = jz_map_get(edit->root, "role_keys");
	jz_autofree struct jz_entry *entries = NULL;
	char fingerprint[JZ_FPR_LEN + 1], path[64];
	size_t count = 0;
	int rc = jz_snapshot_entries(snapshot, "psych", &entries, &count, err);

	if (rc || count)
		return rc;
	rc = jz_edit_make_role(edit->txn, edit->keyring, JZ_KEY_CLINICAL,
			       jz_snapshot_code(snapshot), NULL, fingerprint, secret, err);
	if (rc)
		return rc;
	jz_key_path(jz_snapshot_access(snapshot)->role_key[JZ_KEY_CLINICAL], path);
	jz_map_set(edit->arena, keys, "clinical", jz_node_string(edit->arena, fingerprint));
	return jz_txn_remove_file(edit->txn, path, err);
}

static bool anybody_holds(const struct jz_access *access, enum jz_role_key key, struct jz_date day)
{
	for (size_t i = 0; i < access->count; i++)
		if (jz_person_holds(&access->people[i], key, day))
			return true;
	return false;
}

static int seal_after_add(struct jz_member_edit *edit, struct add_call *call, struct jz_err *err)
{
	const struct jz_access *base = jz_snapshot_access(jz_txn_snapshot(edit->txn));
	jz_cleanup(jz_buf_release) struct jz_buf clinical = JZ_BUF_INIT;
	struct jz_keyview view;
	int rc;

	jz_txn_view(edit->txn, &view);
	if (!anybody_holds(base, JZ_KEY_CLINICAL, edit->today) &&
	    anybody_holds(view.access, JZ_KEY_CLINICAL, edit->today)) {
		rc = renew_clinical(edit, &clinical, err);
		if (!rc && clinical.len)
			rc = jz_edit_put(edit, err);
		if (!rc && clinical.len)
			rc = jz_edit_put_secret(edit->txn, edit->keyring, JZ_KEY_CLINICAL,
						&clinical, err);
		if (rc)
			return rc;
	}
	return jz_edit_seal(edit->txn, edit->keyring, call->notes, err);
}

static int check_new_key(struct jz_member_edit *edit, const char *fingerprint, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT;
	struct jz_keyview view;

	jz_txn_view(edit->txn, &view);
	jz_strs_add(&one, fingerprint);
	return jz_keyring_check(edit->keyring, &view, &one, err);
}

static int add_in(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct add_call *call = data;
	jz_cleanup(jz_edit_release) struct jz_member_edit edit = {.txn = txn};
	char fingerprint[JZ_FPR_LEN + 1] = "";
	struct jz_node *person = NULL;
	int rc = jz_edit_begin(&edit, call->store, txn, err);

	jz_strs_release(call->notes);
	*call->ended = false;
	if (!rc)
		rc = find_or_make(&edit, call->member, &person, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < call->member->roles->len; i++)
		add_span(&edit, call->member, jz_map_get(person, "roles"), "role",
			 call->member->roles->items[i]);
	if (call->member->key)
		rc = add_key(&edit, call->member, person, fingerprint, call->ended, err);
	if (!rc)
		rc = jz_edit_put(&edit, err);
	if (!rc && fingerprint[0])
		rc = check_new_key(&edit, fingerprint, err);
	return rc ? rc : seal_after_add(&edit, call, err);
}

int jz_member_add(struct jz_store *store, const struct jz_member *member,
		  struct jz_change_opts *opts, struct jz_strs *notes, bool *ended,
		  struct jz_err *err)
{
	struct add_call call = {store, member, notes, ended};

	opts->verb = "access";
	return jz_store_change(store, opts, add_in, &call, err);
}

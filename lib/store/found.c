#include "lib/store/member.h"

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/git.h"
#include "lib/port/yaml.h"
#include "lib/store/clone.h"
#include "lib/store/member-impl.h"

struct found_call {
	struct jz_store *store;
	const struct jz_founding *founding;
	struct jz_buf key; /* the founder's public key file */
};

/* The founder is who works here, and their key must do, before anything is made. */
static int check_own_key(struct found_call *call, struct jz_err *err)
{
	const char *said = getenv("JZBF_PERSON");
	jz_cleanup(jz_keyring_free_p) struct jz_keyring *keyring =
		jz_keyring_new(call->founding->person);
	jz_cleanup(jz_strs_release) struct jz_strs own = JZ_STRS_INIT;
	const char *fingerprint = call->founding->fingerprint;
	int rc;

	if (said && *said && !jz_eq(said, call->founding->person))
		return jz_fail(err, JZ_E_USAGE,
			       _("JZBF_PERSON says that '%s' works here, and --person '%s'"), said,
			       call->founding->person);
	rc = jz_keyring_own_keys(keyring, &own, err);
	if (!rc && !jz_strs_has(&own, fingerprint))
		return jz_fail(err, JZ_E_CRYPTO, _("the secret key %.16s is not in your keyring: import it "
				 "there (gpg --import), or point GNUPGHOME at the one that has it"),
			       strlen(fingerprint) == JZ_FPR_LEN ? fingerprint + 24 : fingerprint);
	if (!rc)
		rc = jz_keyring_export_own(keyring, fingerprint, &call->key, err);
	return rc;
}

static void set(struct jz_arena *arena, struct jz_node *map, const char *key, const char *text)
{
	if (text)
		jz_map_set(arena, map, key, jz_node_string(arena, text));
}

static int put_office(struct jz_txn *txn, const struct jz_founding *founding, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_node *root = jz_node_map(arena), *office = jz_node_map(arena);
	struct jz_node *standard = jz_node_map(arena);

	set(arena, root, "format", "jzbf/office/1");
	jz_map_set(arena, root, "office", office);
	set(arena, office, "code", founding->code);
	set(arena, office, "name", founding->name);
	set(arena, office, "region", founding->region);
	jz_map_set(arena, root, "standard", standard);
	set(arena, standard, "id", "连山社区矫正教育帮扶服务规范");
	set(arena, standard, "version", "征求意见稿");
	set(arena, root, "locale", founding->locale);
	set(arena, root, "timezone", founding->timezone);
	set(arena, root, "clock", jz_clock_pinned() ? "pinned" : NULL);
	jz_yaml_write(root, &text);
	return jz_txn_put_file(txn, "jzbf.yaml", text.data, text.len, err);
}

static struct jz_node *founder(struct jz_member_edit *edit, const struct jz_founding *founding)
{
	const struct jz_date open = {0};
	struct jz_arena *arena = edit->arena;
	struct jz_node *person = jz_node_map(arena), *roles = jz_node_seq(arena);
	struct jz_node *keys = jz_node_seq(arena);

	set(arena, person, "id", founding->person);
	set(arena, person, "name", founding->person_name);
	jz_map_set(arena, person, "roles", roles);
	jz_edit_push_span(edit, roles, "role", jz_role_word(JZ_ROLE_CUSTODIAN), open, open);
	for (size_t i = 0; founding->roles && i < founding->roles->len; i++)
		if (!jz_eq(founding->roles->items[i], jz_role_word(JZ_ROLE_CUSTODIAN)))
			jz_edit_push_span(edit, roles, "role", founding->roles->items[i], open,
					  open);
	jz_map_set(arena, person, "keys", keys);
	jz_edit_push_span(edit, keys, "fingerprint", founding->fingerprint, open, open);
	return person;
}

static int put_key(struct jz_txn *txn, const char *fingerprint, const struct jz_buf *bytes,
		   struct jz_err *err)
{
	char path[64];

	jz_key_path(fingerprint, path);
	return jz_txn_put_file(txn, path, bytes->data, bytes->len, err);
}

/* access.yaml and both role keys, made new. */
static int put_access(struct jz_member_edit *edit, struct found_call *call, struct jz_err *err)
{
	static const char *const words[JZ_ROLE_KEY_COUNT] = {"office", "clinical"};
	const struct jz_founding *founding = call->founding;
	jz_cleanup(jz_buf_release) struct jz_buf office = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf clinical = JZ_BUF_INIT;
	struct jz_buf *secrets[JZ_ROLE_KEY_COUNT] = {&office, &clinical};
	struct jz_node *people = jz_node_seq(edit->arena), *keys = jz_node_map(edit->arena);
	char fingerprint[JZ_FPR_LEN + 1];
	int rc = 0;

	set(edit->arena, edit->root, "format", "jzbf/access/1");
	jz_map_set(edit->arena, edit->root, "people", people);
	jz_seq_push(edit->arena, people, founder(edit, founding));
	jz_map_set(edit->arena, edit->root, "role_keys", keys);
	for (int k = 0; !rc && k < JZ_ROLE_KEY_COUNT; k++) {
		rc = jz_edit_make_role(edit->txn, edit->keyring, (enum jz_role_key)k,
				       founding->code, NULL, fingerprint, secrets[k], err);
		if (!rc)
			set(edit->arena, keys, words[k], fingerprint);
	}
	if (!rc && founding->recovery)
		rc = jz_edit_put_recovery(edit, founding->recovery, err);
	if (!rc)
		rc = jz_edit_put(edit, err);
	for (int k = 0; !rc && k < JZ_ROLE_KEY_COUNT; k++)
		rc = jz_edit_put_secret(edit->txn, edit->keyring, (enum jz_role_key)k, secrets[k],
					err);
	return rc;
}

static int found_in(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct found_call *call = data;
	jz_cleanup(jz_edit_release) struct jz_member_edit edit = {
		.txn = txn, .keyring = jz_store_keyring(call->store), .today = jz_today()};
	int rc;

	edit.arena = jz_arena_new();
	edit.root = jz_node_map(edit.arena);
	rc = put_office(txn, call->founding, err);
	if (!rc)
		rc = jz_txn_put_file(txn, ".gitattributes", jz_gitattributes,
				     strlen(jz_gitattributes), err);
	if (!rc)
		rc = put_key(txn, call->founding->fingerprint, &call->key, err);
	return rc ? rc : put_access(&edit, call, err);
}

/* The first commit of a store is the first of its history: verifying begins there. */
static int check_empty(struct jz_store *store, const char *dir, struct jz_err *err)
{
	char commit[JZ_GIT_ID];
	int rc = jz_git_head(jz_store_git(store), NULL, commit, err);

	if (!rc && commit[0])
		return jz_fail(err, JZ_E_CONFLICT,
			       _("'%s' has commits already: a store begins in an empty repository"),
			       dir);
	return rc;
}

int jz_office_found(const char *dir, bool bare, const struct jz_founding *founding,
		    struct jz_change_opts *opts, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	struct found_call call = {.founding = founding, .key = JZ_BUF_INIT};
	int rc = check_own_key(&call, err);

	jz_zone_use(founding->timezone);
	if (!rc)
		rc = jz_store_create(dir, bare, &store, err);
	if (!rc)
		rc = check_empty(store, dir, err);
	if (!rc)
		rc = jz_clone_set_person(store, founding->person, err);
	if (!rc)
		rc = jz_clone_configure(store, err);
	if (!rc) {
		call.store = store;
		opts->verb = "init";
		rc = jz_store_change(store, opts, found_in, &call, err);
	}
	jz_buf_release(&call.key);
	return rc;
}

#include "lib/store/verify-impl.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/openpgp.h"
#include "lib/store/keyring.h"
#include "lib/store/store-impl.h"

#define BIT(role)  (1u << (role))
/* Takes the ids of a key's encryption subkeys out of the list. Did the message name any? */
static int strike_key(struct jz_trial *trial, const char *fingerprint, struct jz_strs *ids,
		      bool *named, struct jz_err *err)
{
	struct jz_keyfile *file;
	int rc = jz_verify_key(trial->verify, trial->commit->id, fingerprint, &file, err);

	*named = false;
	for (size_t i = 0; !rc && file && file->key && i < file->key->count; i++) {
		const struct jz_gpg_subkey *subkey = &file->key->subkeys[i];

		for (size_t k = 0; subkey->can_encrypt && k < ids->len; k++) {
			if (!jz_eq(ids->items[k], subkey->keyid))
				continue;
			ids->items[k][0] = '\0';
			*named = true;
		}
	}
	return rc;
}

static bool left(const struct jz_strs *ids)
{
	for (size_t i = 0; i < ids->len; i++)
		if (ids->items[i][0])
			return true;
	return false;
}

/* Who is meant must be there, and nobody else be left. */
static int require(struct jz_trial *trial, const char *path, const struct jz_strs *fingerprints,
		   struct jz_strs *ids, struct jz_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < fingerprints->len; i++) {
		bool named;

		rc = strike_key(trial, fingerprints->items[i], ids, &named, err);
		if (!rc && !named)
			jz_flaw(trial, path, "recipients",
				_("not encrypted to key %.16s, which must be able to read it"),
				fingerprints->items[i] + 24);
	}
	return rc;
}

static void name_strangers(struct jz_trial *trial, const char *path, const struct jz_strs *ids)
{
	for (size_t i = 0; i < ids->len; i++)
		if (ids->items[i][0])
			jz_flaw(trial, path, "recipients",
				_("encrypted to key %.16s too, which must not read it"),
				ids->items[i]);
}

/* Strikes those who may be assigned a record of the kind on the day. */
static int strike_possible(struct jz_trial *trial, const struct jz_access *access, bool psych,
			   struct jz_strs *ids, struct jz_err *err)
{
	unsigned roles = psych ? BIT(JZ_ROLE_PSYCHOLOGIST)
			       : BIT(JZ_ROLE_CUSTODIAN) | BIT(JZ_ROLE_SUPERVISOR) |
					 BIT(JZ_ROLE_CASEWORKER) | BIT(JZ_ROLE_PSYCHOLOGIST);
	int rc = 0;

	for (size_t i = 0; !rc && left(ids) && i < access->count; i++) {
		const struct jz_person *person = &access->people[i];
		bool may = false, named;

		for (int r = 0; r < JZ_ROLE_COUNT; r++)
			may = may || ((roles & BIT(r)) &&
				      jz_person_has_role(person, (enum jz_role)r, trial->day));
		for (size_t k = 0; may && !rc && k < person->key_count; k++)
			if (jz_span_holds(&person->keys[k].span, trial->day))
				rc = strike_key(trial, person->keys[k].fingerprint, ids, &named,
						err);
	}
	return rc;
}

/* The ciphertext and its recipients' key ids; false: a flaw was found. */
static bool open_cipher(struct jz_trial *trial, const struct jz_altered *altered,
			struct jz_buf *cipher, struct jz_strs *ids)
{
	struct jz_err why = JZ_ERR_INIT;
	int rc = jz_git_blob(trial->verify->git, altered->new_blob, JZ_CIPHER_MAX, cipher, &why);

	if (!rc)
		rc = jz_openpgp_recipients(cipher->data, cipher->len, ids, &why);
	if (rc)
		jz_flaw(trial, altered->path, "ciphertext",
			_("not one whole encrypted message: %s"), why.message);
	return !rc;
}

static int exact_recipients(struct jz_trial *trial, const char *kind, const struct jz_node *root,
			    struct jz_strs *out, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs assigned = JZ_STRS_INIT;
	const struct jz_node *list = jz_map_get(root, "assigned");

	for (size_t i = 0; i < jz_seq_len(list); i++) {
		const char *id = jz_node_text(jz_seq_get(list, i));

		jz_strs_add(&assigned, id ? id : "");
	}
	return jz_access_recipients(trial->law.access, kind, &assigned, trial->day, out, err);
}

/* What only the plaintext tells. *opened: it was decrypted. */
static int judge_plain(struct jz_trial *trial, const struct jz_altered *altered, const char *kind,
		       const char *id, long long revision, struct jz_strs *ids, bool *opened,
		       struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	jz_cleanup(jz_strs_release) struct jz_strs exact = JZ_STRS_INIT;
	struct jz_err why = JZ_ERR_INIT;
	struct jz_entry entry = {.kind = ""};
	int rc = jz_snapshot_at(trial->verify->store, trial->commit->id, &snapshot, err);

	*opened = false;
	if (rc)
		return rc;
	jz_copy(entry.kind, sizeof(entry.kind), kind);
	jz_copy(entry.id, sizeof(entry.id), id);
	jz_copy(entry.path, sizeof(entry.path), altered->path);
	memcpy(entry.blob, altered->new_blob, JZ_GIT_ID);
	rc = jz_record_read(snapshot, &entry, &record, &why);
	if (rc == JZ_E_CRYPTO && (why.foreign || why.keyless))
		return 0;
	*opened = true;
	if (rc) {
		jz_flaw(trial, altered->path, rc == JZ_E_CRYPTO ? "ciphertext" : "record", "%s",
			why.message);
		return 0;
	}
	if (revision && record->revision != revision)
		jz_flaw(trial, altered->path, "record",
			_("the record is revision %lld, not %lld as the message says"),
			(long long)record->revision, revision);
	rc = jz_verify_renumbered(trial, record, altered, err);
	if (rc)
		return rc;
	rc = exact_recipients(trial, kind, record->root, &exact, &why);
	if (rc) {
		jz_flaw(trial, altered->path, "recipients", "%s", why.message);
		return 0;
	}
	rc = require(trial, altered->path, &exact, ids, err);
	if (!rc)
		name_strangers(trial, altered->path, ids);
	return rc;
}

/* Left out of a package on purpose. */
static bool is_absent(const struct jz_trial *trial, const char *blob)
{
	return trial->verify->partial && !jz_git_has(trial->verify->git, blob);
}

/* Was one of the person's keys a recipient of what stood there? */
static int could_read(struct jz_trial *trial, const struct jz_person *person, const char *blob,
		      bool *could, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	int rc = jz_git_blob(trial->verify->git, blob, JZ_CIPHER_MAX, &cipher, NULL);

	*could = rc || jz_openpgp_recipients(cipher.data, cipher.len, &ids, NULL);
	if (*could) /* a flaw of the commit that put it there */
		return 0;
	for (size_t i = 0; !rc && !*could && i < person->key_count; i++)
		rc = strike_key(trial, person->keys[i].fingerprint, &ids, could, err);
	return rc;
}

/* Nobody writes into a record that is not theirs to read: on each side the signer holds the role key
 * or was a recipient. */
static int judge_writer(struct jz_trial *trial, const struct jz_altered *altered, bool psych,
			struct jz_err *err)
{
	const char *const blobs[] = {altered->old_blob, altered->other_blob};
	bool could = true;
	int rc = 0;

	for (size_t i = 0; !rc && could && trial->signer && i < trial->parents; i++) {
		const struct jz_access *access = trial->parent[i].access;
		const struct jz_person *person =
			access ? jz_access_person(access, trial->signer) : NULL;

		if (*blobs[i] && person && !is_absent(trial, blobs[i]) &&
		    !jz_person_holds(person, psych ? JZ_KEY_CLINICAL : JZ_KEY_OFFICE, trial->day))
			rc = could_read(trial, person, blobs[i], &could, err);
	}
	if (!rc && !could)
		jz_flaw(trial, altered->path, "role",
			_("'%s' changes a record that was not theirs to read"), trial->signer);
	return rc;
}

int jz_verify_record(struct jz_trial *trial, const struct jz_altered *altered, const char *kind,
		     const char *id, long long revision, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs role = JZ_STRS_INIT;
	bool whole, psych = jz_eq(kind, "psych"), opened = false;
	int rc = judge_writer(trial, altered, psych, err);

	if (rc)
		return rc;
	whole = !is_absent(trial, altered->new_blob) &&
		open_cipher(trial, altered, &cipher, &ids);
	if (whole && trial->law.access && trial->verify->full)
		rc = judge_plain(trial, altered, kind, id, revision, &ids, &opened, err);
	if (!opened)
		trial->verify->out->sealed++;
	if (rc || !whole || opened || !trial->law.access)
		return rc;
	jz_strs_add(&role, trial->law.access->role_key[psych ? JZ_KEY_CLINICAL : JZ_KEY_OFFICE]);
	rc = require(trial, altered->path, &role, &ids, err);
	if (!rc)
		rc = strike_possible(trial, trial->law.access, psych, &ids, err);
	if (!rc)
		name_strangers(trial, altered->path, &ids);
	return rc;
}

static int strike_allowed(struct jz_trial *trial, const struct jz_access *access, const char *kind,
			  struct jz_strs *ids, struct jz_err *err)
{
	bool psych = jz_eq(kind, "psych"), named;
	int rc = strike_key(trial, access->role_key[psych ? JZ_KEY_CLINICAL : JZ_KEY_OFFICE], ids,
			    &named, err);

	return rc ? rc : strike_possible(trial, access, psych, ids, err);
}

int jz_verify_readers(struct jz_trial *trial, const struct jz_altered *altered, const char *kind,
		      const struct jz_access *side, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs now = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs then = JZ_STRS_INIT;
	int rc;

	if (!open_cipher(trial, altered, &cipher, &now))
		return 0;
	for (size_t i = 0; i < now.len; i++)
		jz_strs_add(&then, now.items[i]);
	rc = strike_allowed(trial, trial->law.access, kind, &now, err);
	if (!rc)
		rc = strike_allowed(trial, side, kind, &then, err);
	for (size_t i = 0; !rc && i < now.len; i++)
		if (now.items[i][0] && !then.items[i][0])
			jz_flaw(trial, altered->path, "recipients",
				_("encrypted to key %.16s, which must not read it any more after "
				  "this merge"),
				now.items[i]);
	return rc;
}

int jz_verify_secret(struct jz_trial *trial, const struct jz_altered *altered, enum jz_role_key key,
		     struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs holders = JZ_STRS_INIT;
	struct jz_err why = JZ_ERR_INIT;
	int rc;

	if (is_absent(trial, altered->new_blob) || !open_cipher(trial, altered, &cipher, &ids) ||
	    !trial->law.access)
		return 0;
	if (jz_access_role_holders(trial->law.access, key, trial->day, &holders, &why)) {
		jz_flaw(trial, altered->path, "recipients", "%s", why.message);
		return 0;
	}
	rc = require(trial, altered->path, &holders, &ids, err);
	if (!rc)
		name_strangers(trial, altered->path, &ids);
	return rc || !trial->verify->full ? rc : jz_verify_halves(trial, key, err);
}

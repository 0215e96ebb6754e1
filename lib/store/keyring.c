#include "lib/store/keyring.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/openpgp.h"
#include "lib/store/keyring-impl.h"

struct jz_keyring *jz_keyring_new(const char *person)
{
	struct jz_keyring *keyring = jz_xcalloc(1, sizeof(*keyring));
	const char *chosen = getenv("JZBF_PERSON");

	if (chosen && *chosen)
		person = chosen;
	keyring->person = person && *person ? jz_xstrdup(person) : NULL;
	keyring->own = jz_gpg_new(NULL);
	keyring->home = (struct jz_tmpdir)JZ_TMPDIR_INIT;
	for (size_t i = 0; i < JZ_KEYRING_TWINS; i++)
		keyring->twins[i] = (struct jz_tmpdir)JZ_TMPDIR_INIT;
	return keyring;
}

static void free_known(void *value)
{
	struct known_key *known = value;

	jz_gpg_key_free(known->key);
	free(known);
}

void jz_keyring_free(struct jz_keyring *keyring)
{
	if (!keyring)
		return;
	jz_gpg_sign_free(keyring->signing);
	jz_keyring_end_homes(keyring);
	jz_gpg_free(keyring->own);
	jz_map_release(&keyring->known, free_known);
	jz_strs_release(&keyring->own_keys);
	jz_strs_release(&keyring->own_ids);
	jz_strs_release(&keyring->opened);
	free(keyring->person);
	free(keyring);
}

const char *jz_keyring_person(const struct jz_keyring *keyring)
{
	return keyring->person;
}

/* What secret keys this user has: looked up once. */
static int list_own(struct jz_keyring *keyring, struct jz_err *err)
{
	int failed = 0;

	if (!keyring->own_listed)
		failed = jz_gpg_secret_keys(keyring->own, &keyring->own_keys, &keyring->own_ids,
					    err);
	keyring->own_listed = !failed;
	return failed;
}

/* The one person of access.yaml whose secret key is here. */
static int recognise(struct jz_keyring *keyring, const struct jz_access *access, struct jz_err *err)
{
	const struct jz_strs *own = &keyring->own_keys;
	const struct jz_person *found = NULL;
	int failed = list_own(keyring, err);

	if (failed)
		return failed;
	for (size_t i = 0; i < own->len; i++) {
		const struct jz_person *owner = jz_access_key_owner(access, own->items[i]);

		if (!owner || owner == found || (found && owner->recovery))
			continue;
		if (found && !found->recovery)
			return jz_fail(
				err, JZ_E_CRYPTO,
				_("you have the keys of several people: say who works in this "
				  "clone with 'git config jzbf.person ID'"));
		found = owner;
	}
	if (!found)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("you have no secret key of anybody in access.yaml"));
	keyring->person = jz_xstrdup(found->id);
	return 0;
}

int jz_keyring_me(struct jz_keyring *keyring, const struct jz_access *access,
		  const struct jz_person **out, struct jz_err *err)
{
	const struct jz_person *me;

	if (!keyring->person) {
		int failed = recognise(keyring, access, err);

		if (failed)
			return failed;
	}
	me = jz_access_person(access, keyring->person);
	if (!me)
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' is not in access.yaml"), keyring->person);
	if (!jz_person_in_force(me, jz_today()))
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' holds no role today"), keyring->person);
	*out = me;
	return 0;
}

void jz_author_email(const struct jz_person *person, const char *office, char *out, size_t size)
{
	snprintf(out, size, "%s@%s.jzbf.invalid", person->id, office);
	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
}

/* ---- reading ---- */

bool jz_keyring_shares_id(const struct jz_gpg_key *key, const struct jz_strs *ids)
{
	for (size_t i = 0; key && i < key->count; i++)
		if (key->subkeys[i].can_encrypt && jz_strs_has(ids, key->subkeys[i].keyid))
			return true;
	return false;
}

int jz_keyring_own_recipient(struct jz_keyring *keyring, const struct jz_strs *ids, bool *own,
			     struct jz_err *err)
{
	int failed = list_own(keyring, err);

	if (failed)
		return failed;
	*own = false;
	for (size_t i = 0; i < ids->len; i++)
		*own = *own || jz_strs_has(&keyring->own_ids, ids->items[i]);
	return 0;
}

/* The fingerprint of the person of this clone if they may read records but their secret key is not
 * in this keyring; else NULL. */
static const char *absent_key(struct jz_keyring *keyring, const struct jz_access *access)
{
	const struct jz_person *me =
		keyring->person ? jz_access_person(access, keyring->person) : NULL;
	const char *fingerprint = me ? jz_person_key_on(me, jz_today()) : NULL;

	if (!fingerprint || !jz_person_reads(me, jz_today()) || list_own(keyring, NULL))
		return NULL;
	for (size_t i = 0; i < me->key_count; i++)
		if (jz_strs_has(&keyring->own_keys, me->keys[i].fingerprint))
			return NULL;
	return fingerprint;
}

int jz_keyring_not_for_us(struct jz_keyring *keyring, const struct jz_keyview *view,
			  const char *message, struct jz_err *err)
{
	const char *absent = view ? absent_key(keyring, jz_keyview_today(view)->access) : NULL;

	if (absent) {
		jz_fail(err, JZ_E_CRYPTO,
			_("the secret key of '%s', %.16s, is not in your keyring: import it "
			  "there (gpg --import), or point GNUPGHOME at the one that has it"),
			keyring->person, absent + 24);
		if (err)
			err->keyless = true;
		return JZ_E_CRYPTO;
	}
	jz_fail(err, JZ_E_CRYPTO, "%s", message);
	if (err) {
		err->foreign = true;
		err->keyless = true;
	}
	return JZ_E_CRYPTO;
}

int jz_keyring_decrypt(struct jz_keyring *keyring, const struct jz_keyview *view,
		       const void *cipher, size_t len, struct jz_buf *plain, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	bool own = false, role = false;
	int failed = jz_openpgp_recipients(cipher, len, &ids, err);

	keyring->used_own = true;
	for (size_t i = 0; !failed && !role && i < keyring->opened.len; i++)
		role = jz_keyring_shares_id(jz_keyring_known(keyring, keyring->opened.items[i]),
					    &ids);
	if (!failed && !role && !keyring->own_listed) {
		bool no_key;

		/* Trying takes no longer than looking whose secret keys are here. */
		failed = jz_gpg_decrypt(keyring->own, cipher, len, JZ_PLAIN_MAX, plain, &no_key,
					err);
		if (!failed || !no_key)
			return failed;
		failed = 0;
	} else if (!failed && !role) {
		failed = jz_keyring_own_recipient(keyring, &ids, &own, err);
	}
	if (!failed && !role && !own)
		failed = jz_keyring_open_named(keyring, view, &ids, &role, err);
	if (failed)
		return failed;
	keyring->used_own = !role;
	if (role)
		return jz_gpg_decrypt(keyring->private, cipher, len, JZ_PLAIN_MAX, plain, NULL,
				      err);
	return own ? jz_gpg_decrypt(keyring->own, cipher, len, JZ_PLAIN_MAX, plain, NULL, err)
		   : jz_keyring_not_for_us(
				keyring, view, _("not encrypted to any key that you have here"), err);
}

bool jz_keyring_used_own(const struct jz_keyring *keyring)
{
	return keyring->used_own;
}

/* ---- signing ---- */

/* The own key of today. */
static int find_signing_key(struct jz_keyring *keyring, const struct jz_keyview *view,
			    const char **fingerprint, struct jz_err *err)
{
	const struct jz_person *me;
	int failed = jz_keyring_me(keyring, view->access, &me, err);

	if (failed)
		return failed;
	*fingerprint = jz_person_key_on(me, jz_today());
	return *fingerprint ? 0
			    : jz_fail(err, JZ_E_CRYPTO, _("'%s' (%s) has no key in force"), me->id,
				      me->name);
}

int jz_keyring_sign_start(struct jz_keyring *keyring, const struct jz_keyview *view,
			  struct jz_err *err)
{
	const char *fingerprint;
	int failed = find_signing_key(keyring, view, &fingerprint, err);

	if (failed || keyring->signing)
		return failed;
	jz_copy(keyring->signing_by, sizeof(keyring->signing_by), fingerprint);
	return jz_gpg_sign_start(keyring->own, fingerprint, &keyring->signing, err);
}

void jz_keyring_sign_drop(struct jz_keyring *keyring)
{
	jz_gpg_sign_free(keyring->signing);
	keyring->signing = NULL;
}

/* With the gpg that was started ahead, if it is of this key. */
static int sign(struct jz_keyring *keyring, const char *fingerprint, const void *bytes, size_t len,
		struct jz_buf *made, char signer[JZ_FPR_LEN + 1], struct jz_err *err)
{
	struct jz_gpg_signing *signing = jz_steal(keyring->signing);

	if (signing && jz_eq(keyring->signing_by, fingerprint))
		return jz_gpg_sign_end(signing, bytes, len, made, signer, err);
	jz_gpg_sign_free(signing);
	return jz_gpg_sign(keyring->own, fingerprint, bytes, len, made, signer, err);
}

int jz_keyring_sign(struct jz_keyring *keyring, const struct jz_keyview *view, const void *bytes,
		    size_t len, struct jz_buf *signature, struct jz_err *err)
{
	jz_cleanup(jz_keyring_look_release) struct jz_look look = JZ_LOOK_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf made = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT;
	const struct jz_gpg_key *known;
	const char *fingerprint;
	char signer[JZ_FPR_LEN + 1];
	int failed = find_signing_key(keyring, view, &fingerprint, err);

	if (failed)
		return failed;
	jz_strs_add(&one, fingerprint);
	failed = jz_keyring_look_start(keyring, view, &one, &look, err);
	if (!failed)
		failed = sign(keyring, fingerprint, bytes, len, &made, signer, err);
	if (!failed)
		failed = jz_keyring_look_end(keyring, &look, err);
	if (failed)
		return failed;
	/* Others verify with the key file in the store: the subkey that signed must be in there. */
	known = jz_keyring_known(keyring, fingerprint);
	for (size_t i = 0; known && i < known->count; i++) {
		if (jz_eq(known->subkeys[i].fingerprint, signer)) {
			jz_buf_add(signature, made.data, made.len);
			return 0;
		}
	}
	return jz_fail(
		err, JZ_E_CRYPTO,
		_("your key signed with a new subkey that the store does not know yet: have a "
		  "custodian run 'jzbf access add' with your present public key"));
}

int jz_keyring_verify(struct jz_keyring *keyring, const struct jz_keyview *view, const void *bytes,
		      size_t len, const struct jz_buf *signature, const struct jz_person **out,
		      struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs all = JZ_STRS_INIT;
	const struct jz_access *access = view->access;
	char fingerprint[JZ_FPR_LEN + 1];
	const struct jz_person *signer;
	struct jz_gpg *private;
	int64_t when = 0;
	bool expired;
	int failed = jz_keyring_private(keyring, &private, err);

	for (size_t i = 0; i < access->count; i++)
		for (size_t k = 0; k < access->people[i].key_count; k++)
			jz_strs_add(&all, access->people[i].keys[k].fingerprint);
	if (!failed)
		failed = jz_keyring_learn(keyring, view, &all, err);
	if (!failed)
		failed = jz_gpg_verify(private, bytes, len, signature->data, signature->len,
				       fingerprint, &when, &expired, err);
	if (failed)
		return failed;
	signer = jz_access_key_owner(access, fingerprint);
	if (!signer || !jz_person_in_force(signer, jz_local_date(when)))
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the signature is by nobody who was in force then"));
	*out = signer;
	return 0;
}

/* ---- making keys ---- */

int jz_keyring_make_role(struct jz_keyring *keyring, const char *user_id,
			 char fingerprint[JZ_FPR_LEN + 1], struct jz_buf *public_half,
			 struct jz_buf *secret_half, struct jz_err *err)
{
	struct jz_gpg *private;
	int failed = jz_keyring_secret_home(keyring, &private, err);

	if (!failed)
		failed = jz_gpg_generate(private, user_id, fingerprint, err);
	if (!failed)
		failed = jz_gpg_export(private, fingerprint, false, public_half, err);
	if (!failed)
		failed = jz_gpg_export(private, fingerprint, true, secret_half, err);
	return failed;
}

int jz_keyring_export_own(struct jz_keyring *keyring, const char *fingerprint,
			  struct jz_buf *public_half, struct jz_err *err)
{
	return jz_gpg_export(keyring->own, fingerprint, false, public_half, err);
}

int jz_keyring_own_keys(struct jz_keyring *keyring, struct jz_strs *fingerprints,
			struct jz_err *err)
{
	int failed = list_own(keyring, err);

	for (size_t i = 0; !failed && i < keyring->own_keys.len; i++)
		jz_strs_add(fingerprints, keyring->own_keys.items[i]);
	return failed;
}

int jz_keyring_take_key(struct jz_keyring *keyring, const void *bytes, size_t len,
			char fingerprint[JZ_FPR_LEN + 1], struct jz_buf *clean, struct jz_err *err)
{
	char found[JZ_FPR_LEN + 1];
	struct jz_gpg *private;
	int failed = jz_keyring_private(keyring, &private, err);

	if (!failed)
		failed = jz_gpg_import_one(private, bytes, len, found, err);
	if (!failed)
		failed = jz_gpg_export(private, found, false, clean, err);
	if (!failed)
		jz_copy(fingerprint, JZ_FPR_LEN + 1, found);
	return failed;
}

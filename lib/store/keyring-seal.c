#include "lib/store/keyring-impl.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/openpgp.h"

static bool has_usable_encryption(const struct jz_gpg_key *key)
{
	for (size_t i = 0; i < key->count; i++)
		if (key->subkeys[i].usable && key->subkeys[i].can_encrypt)
			return true;
	return false;
}

static bool has_encryption(const struct jz_gpg_key *key)
{
	for (size_t i = 0; i < key->count; i++)
		if (key->subkeys[i].can_encrypt)
			return true;
	return false;
}

/* Can this key receive today? If not, the person's name and the short fingerprint say whose it is.
 */
static int check_key(const struct jz_access *access, const char *fingerprint,
		     const struct jz_gpg_key *key, struct jz_err *err)
{
	const char *tail = fingerprint + 24;
	char who[160];

	jz_keyring_name(access, fingerprint, who, sizeof(who));
	if (!key)
		return jz_fail(err, JZ_E_CRYPTO, _("no public key of %s, %.16s, in the store"), who,
			       tail);
	if (key->revoked)
		return jz_fail(err, JZ_E_CRYPTO, _("the key of %s, %.16s, has been revoked"), who,
			       tail);
	if (key->expired)
		return jz_fail(err, JZ_E_CRYPTO, _("the key of %s, %.16s, has expired: its owner extends it ('gpg "
				 "--quick-set-expire') and exports it, and a custodian runs 'jzbf "
				 "access add' with the new file"),
			       who, tail);
	if (key->invalid)
		return jz_fail(err, JZ_E_CRYPTO, _("the key of %s, %.16s, is not valid"), who,
			       tail);
	if (has_usable_encryption(key))
		return 0;
	if (has_encryption(key))
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encryption subkey of %s, %.16s, has expired or been revoked"),
			       who, tail);
	return jz_fail(err, JZ_E_CRYPTO, _("the key of %s, %.16s, has no encryption subkey"), who,
		       tail);
}

static int check_keys(const struct jz_keyring *keyring, const struct jz_keyview *view,
		      const struct jz_strs *fingerprints, struct jz_err *err)
{
	int failed = 0;

	for (size_t i = 0; !failed && i < fingerprints->len; i++)
		failed = check_key(view->access, fingerprints->items[i],
				   jz_keyring_known(keyring, fingerprints->items[i]), err);
	return failed;
}

static int check_not_nobody(const struct jz_strs *fingerprints, struct jz_err *err)
{
	return fingerprints->len ? 0 : jz_fail(err, JZ_E_BUG, "encrypting to nobody");
}

int jz_keyring_check(struct jz_keyring *keyring, const struct jz_keyview *view,
		     const struct jz_strs *fingerprints, struct jz_err *err)
{
	int failed = check_not_nobody(fingerprints, err);

	if (!failed)
		failed = jz_keyring_look(keyring, view, fingerprints, err);
	return failed ? failed : check_keys(keyring, view, fingerprints, err);
}

/* How many of the ids are encryption subkeys of the key. */
static size_t count_named(const struct jz_gpg_key *key, const struct jz_strs *ids)
{
	size_t named = 0;

	for (size_t i = 0; key && i < key->count; i++)
		for (size_t k = 0; k < ids->len; k++)
			named += key->subkeys[i].can_encrypt &&
				 jz_eq(key->subkeys[i].keyid, ids->items[k]);
	return named;
}

/* The message must name one encryption subkey of each recipient, and nobody else. */
static int check_sealed(const struct jz_keyring *keyring, const struct jz_strs *fingerprints,
			const void *cipher, size_t len, bool *exactly, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	int failed = jz_openpgp_recipients(cipher, len, &ids, err);

	if (failed)
		return failed;
	*exactly = ids.len == fingerprints->len;
	for (size_t i = 0; *exactly && i < fingerprints->len; i++)
		*exactly =
			count_named(jz_keyring_known(keyring, fingerprints->items[i]), &ids) == 1;
	return 0;
}

int jz_keyring_sealed_to(struct jz_keyring *keyring, const struct jz_keyview *view,
			 const void *cipher, size_t len, const struct jz_strs *fingerprints,
			 bool *exactly, struct jz_err *err)
{
	int failed = jz_keyring_look(keyring, view, fingerprints, err);

	return failed ? failed : check_sealed(keyring, fingerprints, cipher, len, exactly, err);
}

int jz_keyring_names(struct jz_keyring *keyring, const struct jz_keyview *view, const void *cipher,
		     size_t len, const struct jz_strs *fingerprints, bool *any, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	int failed = jz_keyring_look(keyring, view, fingerprints, err);

	if (!failed)
		failed = jz_openpgp_recipients(cipher, len, &ids, err);
	if (failed)
		return failed;
	*any = false;
	for (size_t i = 0; i < fingerprints->len; i++)
		*any = *any || count_named(jz_keyring_known(keyring, fingerprints->items[i]), &ids);
	return 0;
}

int jz_keyring_check_message(const struct jz_keyring *keyring, const struct jz_strs *fingerprints,
			     const void *cipher, size_t len, struct jz_err *err)
{
	bool exactly = false;
	int failed = check_sealed(keyring, fingerprints, cipher, len, &exactly, err);

	if (!failed && !exactly)
		return jz_fail(
			err, JZ_E_CRYPTO,
			_("gpg did not encrypt to exactly the recipients that were asked for"));
	return failed;
}

int jz_keyring_check_size(size_t len, struct jz_err *err)
{
	if (len && len <= JZ_PLAIN_MAX)
		return 0;
	return jz_fail(err, JZ_E_INVALID, _("a record must have between 1 and %u bytes"),
		       JZ_PLAIN_MAX);
}

int jz_keyring_key_ids(struct jz_keyring *keyring, const struct jz_keyview *view,
		       const char *fingerprint, struct jz_strs *keyids, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT;
	const struct jz_gpg_key *key;
	int failed;

	jz_strs_add(&one, fingerprint);
	failed = jz_keyring_look(keyring, view, &one, err);
	if (failed)
		return failed;
	key = jz_keyring_known(keyring, fingerprint);
	for (size_t i = 0; key && i < key->count; i++)
		if (!jz_strs_has(keyids, key->subkeys[i].keyid))
			jz_strs_add(keyids, key->subkeys[i].keyid);
	return 0;
}

static int seal(const struct jz_keyring *keyring, const struct jz_strs *fingerprints,
		const void *plain, size_t len, struct jz_buf *sealed, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs files = JZ_STRS_INIT;

	for (size_t i = 0; i < fingerprints->len; i++) {
		jz_autofree char *file = jz_keyring_key_file(keyring, fingerprints->items[i]);

		jz_strs_add(&files, file);
	}
	return jz_gpg_encrypt(keyring->private, &files, plain, len, sealed, err);
}

int jz_keyring_encrypt(struct jz_keyring *keyring, const struct jz_keyview *view,
		       const struct jz_strs *fingerprints, const void *plain, size_t len,
		       struct jz_buf *cipher, struct jz_err *err)
{
	jz_cleanup(jz_keyring_look_release) struct jz_look look = JZ_LOOK_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf sealed = JZ_BUF_INIT;
	struct jz_err why = JZ_ERR_INIT;
	int made = 0, failed = jz_keyring_check_size(len, err);

	if (!failed)
		failed = check_not_nobody(fingerprints, err);
	if (!failed)
		failed = jz_keyring_look_start(keyring, view, fingerprints, &look, err);
	if (failed)
		return failed;
	/* At the same time. What is wrong with a key is said in our words rather than gpg's. */
	made = seal(keyring, fingerprints, plain, len, &sealed, &why);
	failed = jz_keyring_look_end(keyring, &look, err);
	if (!failed && made)
		failed = jz_keyring_look_anew(keyring, view, fingerprints, err);
	if (!failed)
		failed = check_keys(keyring, view, fingerprints, err);
	if (!failed && made) {
		failed = made;
		if (err)
			*err = why;
	}
	if (!failed)
		failed = jz_keyring_check_message(keyring, fingerprints, sealed.data, sealed.len,
						  err);
	if (!failed)
		jz_buf_add(cipher, sealed.data, sealed.len);
	return failed;
}

long long jz_keyring_end_of(const struct jz_keyring *keyring, const char *fingerprint)
{
	const struct jz_gpg_key *key = jz_keyring_known(keyring, fingerprint);
	long long ends = key ? key->expires : 0;

	for (size_t i = 0; key && i < key->count; i++) {
		const struct jz_gpg_subkey *subkey = &key->subkeys[i];

		if (subkey->usable && subkey->can_encrypt && subkey->expires &&
		    (!ends || subkey->expires < ends))
			ends = subkey->expires;
	}
	return ends;
}

int jz_keyring_key_state(struct jz_keyring *keyring, const struct jz_keyview *view,
			 const char *fingerprint, struct jz_key_state *out, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT, mine = JZ_STRS_INIT;
	struct jz_key_state state = {0};
	const struct jz_gpg_key *key;
	int failed;

	jz_strs_add(&one, fingerprint);
	failed = jz_keyring_look(keyring, view, &one, err);
	if (failed)
		return failed;
	key = jz_keyring_known(keyring, fingerprint);
	if (!key)
		return jz_fail(err, JZ_E_CRYPTO, _("no key %.16s in this keyring"),
			       fingerprint + 24);
	state.revoked = key->revoked;
	state.expired = key->expired;
	state.expires = jz_keyring_end_of(keyring, fingerprint);
	for (size_t i = 0; i < key->count; i++) {
		const struct jz_gpg_subkey *subkey = &key->subkeys[i];

		if (!subkey->usable)
			continue;
		state.can_sign = state.can_sign || subkey->can_sign;
		state.can_encrypt = state.can_encrypt || subkey->can_encrypt;
	}
	state.usable = !check_key(view->access, fingerprint, key, NULL);
	failed = jz_keyring_own_keys(keyring, &mine, err);
	if (failed)
		return failed;
	state.secret = jz_strs_has(&mine, fingerprint);
	*out = state;
	return 0;
}

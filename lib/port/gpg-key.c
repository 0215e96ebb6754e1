#include "lib/port/gpg.h"

#include <strings.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"

#define KEY_FILE_MAX ((size_t)1 << 20)

static void copy_subkey(const struct _gpgme_subkey *from, struct jz_gpg_subkey *to)
{
	jz_copy(to->keyid, sizeof(to->keyid), from->keyid ? from->keyid : "");
	jz_copy(to->fingerprint, sizeof(to->fingerprint), from->fpr ? from->fpr : "");
	to->usable = !from->revoked && !from->expired && !from->disabled && !from->invalid;
	to->can_encrypt = from->can_encrypt;
	to->can_sign = from->can_sign;
	to->secret = from->secret;
	to->expires = from->expires > 0 ? from->expires : 0;
}

static struct jz_gpg_key *copy_key(gpgme_key_t from)
{
	struct jz_gpg_key *key = jz_xcalloc(1, sizeof(*key));
	size_t i = 0;

	jz_copy(key->fingerprint, sizeof(key->fingerprint), from->fpr ? from->fpr : "");
	key->revoked = from->revoked;
	key->expired = from->expired;
	key->invalid = from->invalid || from->disabled;
	for (gpgme_subkey_t s = from->subkeys; s; s = s->next)
		key->count++;
	key->subkeys = jz_xcalloc(key->count ? key->count : 1, sizeof(*key->subkeys));
	for (gpgme_subkey_t s = from->subkeys; s; s = s->next)
		copy_subkey(s, &key->subkeys[i++]);
	key->expires = key->count ? key->subkeys[0].expires : 0;
	return key;
}

gpgme_error_t jz_gpg_find(gpgme_ctx_t ctx, const char *fingerprint, bool secret, gpgme_key_t *out)
{
	gpgme_error_t bad;

	gpgme_set_keylist_mode(ctx, GPGME_KEYLIST_MODE_LOCAL);
	bad = gpgme_op_keylist_start(ctx, fingerprint, secret);
	if (!bad)
		bad = gpgme_op_keylist_next(ctx, out);
	gpgme_op_keylist_end(ctx);
	return bad;
}

int jz_gpg_keys(struct jz_gpg *gpg, const struct jz_strs *fingerprints, bool secret,
		struct jz_gpg_key **out, struct jz_err *err)
{
	gpgme_keylist_mode_t mode = GPGME_KEYLIST_MODE_LOCAL;
	gpgme_error_t bad;
	gpgme_key_t key;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	for (size_t i = 0; i < fingerprints->len; i++) {
		out[i] = NULL;
		if (!failed && (strlen(fingerprints->items[i]) != 40 ||
				!jz_is_hex(fingerprints->items[i], 40)))
			failed = jz_fail(err, JZ_E_INVALID, _("'%s' is not a key fingerprint"),
					 fingerprints->items[i]);
	}
	if (failed || !fingerprints->len)
		return failed;
	gpgme_set_keylist_mode(ctx, secret ? mode | GPGME_KEYLIST_MODE_WITH_SECRET : mode);
	bad = gpgme_op_keylist_ext_start(ctx, (const char **)fingerprints->items, 0, 0);
	while (!bad && !(bad = gpgme_op_keylist_next(ctx, &key))) {
		/* gpg also finds a key by a subkey's fingerprint: that is another key. */
		for (size_t i = 0; i < fingerprints->len; i++)
			if (!out[i] && jz_eq(key->fpr, fingerprints->items[i]))
				out[i] = copy_key(key);
		gpgme_key_unref(key);
	}
	gpgme_op_keylist_end(ctx);
	if (gpgme_err_code(bad) == GPG_ERR_EOF)
		return 0;
	for (size_t i = 0; i < fingerprints->len; i++) {
		jz_gpg_key_free(out[i]);
		out[i] = NULL;
	}
	return jz_gpg_fail(err, bad, _("cannot list keys"));
}

void jz_gpg_key_free(struct jz_gpg_key *key)
{
	if (!key)
		return;
	free(key->subkeys);
	free(key);
}

int jz_gpg_secret_keys(struct jz_gpg *gpg, struct jz_strs *fingerprints, struct jz_strs *keyids,
		       struct jz_err *err)
{
	gpgme_error_t bad;
	gpgme_key_t key;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (failed)
		return failed;
	gpgme_set_keylist_mode(ctx, GPGME_KEYLIST_MODE_LOCAL);
	bad = gpgme_op_keylist_start(ctx, NULL, 1);
	while (!bad && !(bad = gpgme_op_keylist_next(ctx, &key))) {
		if (key->fpr)
			jz_strs_add(fingerprints, key->fpr);
		for (gpgme_subkey_t s = key->subkeys; s; s = s->next)
			if (s->secret && s->keyid)
				jz_strs_add(keyids, s->keyid);
		gpgme_key_unref(key);
	}
	gpgme_op_keylist_end(ctx);
	return gpgme_err_code(bad) == GPG_ERR_EOF ? 0
						  : jz_gpg_fail(err, bad, _("cannot list keys"));
}

static bool was_imported(gpgme_import_result_t result, const char *fingerprint)
{
	for (gpgme_import_status_t s = result->imports; s; s = s->next)
		if (jz_eq(s->fpr, fingerprint) && !s->result)
			return true;
	return false;
}

int jz_gpg_refuse_secret(struct jz_err *err)
{
	return jz_fail(err, JZ_E_CRYPTO,
		       _("the key file holds a secret key: its owner hands over the public one "
			 "only ('gpg --armor --export'), and should replace a key that others "
			 "have seen"));
}

static int import(struct jz_gpg *gpg, const void *bytes, size_t len, bool secret,
		  gpgme_import_result_t *out, struct jz_err *err)
{
	jz_autodata data = NULL;
	gpgme_error_t bad;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (!failed)
		failed = jz_gpg_input(bytes, len, &data, err);
	if (failed)
		return failed;
	bad = gpgme_op_import(ctx, data);
	if (bad)
		return jz_gpg_fail(err, bad, _("cannot import a key"));
	*out = gpgme_op_import_result(ctx);
	return !secret && (*out)->secret_read ? jz_gpg_refuse_secret(err) : 0;
}

int jz_gpg_import(struct jz_gpg *gpg, const void *bytes, size_t len,
		  const struct jz_strs *fingerprints, struct jz_err *err)
{
	gpgme_import_result_t result;
	int failed = import(gpg, bytes, len, false, &result, err);

	if (failed)
		return failed;
	for (gpgme_import_status_t s = result->imports; s; s = s->next)
		if (!jz_strs_has(fingerprints, s->fpr))
			return jz_fail(err, JZ_E_CRYPTO, _("a key file holds another key, %.16s"),
				       s->fpr && strlen(s->fpr) == 40 ? s->fpr + 24 : "?");
	for (size_t i = 0; i < fingerprints->len; i++)
		if (!was_imported(result, fingerprints->items[i]))
			return jz_fail(err, JZ_E_CRYPTO,
				       _("the key file of %.16s does not hold the key"),
				       fingerprints->items[i] + 24);
	return 0;
}

int jz_gpg_import_secrets(struct jz_gpg *gpg, const void *bytes, size_t len,
			  struct jz_strs *fingerprints, struct jz_err *err)
{
	gpgme_import_result_t result;
	int failed = import(gpg, bytes, len, true, &result, err);

	if (failed)
		return failed;
	for (gpgme_import_status_t s = result->imports; s; s = s->next)
		if (s->fpr && !s->result && (s->status & GPGME_IMPORT_SECRET) &&
		    !jz_strs_has(fingerprints, s->fpr))
			jz_strs_add(fingerprints, s->fpr);
	return 0;
}

int jz_gpg_import_one(struct jz_gpg *gpg, const void *bytes, size_t len, char fingerprint[41],
		      struct jz_err *err)
{
	gpgme_import_result_t result;
	gpgme_import_status_t first;
	int failed = import(gpg, bytes, len, false, &result, err);

	if (failed)
		return failed;
	first = result->imports;
	for (gpgme_import_status_t s = first; s; s = s->next)
		if (!jz_eq(s->fpr, first->fpr))
			return jz_fail(err, JZ_E_INVALID,
				       _("the key file holds several keys, not one"));
	if (!first || first->result || !first->fpr || strlen(first->fpr) != 40)
		return jz_fail(err, JZ_E_INVALID, _("the key file holds no key"));
	jz_copy(fingerprint, 41, first->fpr);
	return 0;
}

int jz_gpg_export(struct jz_gpg *gpg, const char *fingerprint, bool secret, struct jz_buf *out,
		  struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	struct jz_gpg_sink sink = {&bytes, KEY_FILE_MAX, 0, false};
	jz_autodata data = NULL;
	gpgme_error_t bad;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (!failed)
		failed = jz_gpg_output(&sink, &data, err);
	if (failed)
		return failed;
	gpgme_set_armor(ctx, !secret);
	bad = gpgme_op_export(ctx, fingerprint,
			      secret ? GPGME_EXPORT_MODE_SECRET : GPGME_EXPORT_MODE_MINIMAL, data);
	gpgme_set_armor(ctx, 0);
	if (bad)
		return jz_gpg_fail(err, bad, _("cannot export a key"));
	if (!bytes.len)
		return jz_fail(err, JZ_E_CRYPTO, _("no key %.16s in this keyring"),
			       fingerprint + 24);
	jz_buf_add(out, bytes.data, bytes.len);
	return 0;
}

int jz_gpg_generate(struct jz_gpg *gpg, const char *name, char fingerprint[41], struct jz_err *err)
{
	jz_autofree char *parameters = NULL;
	gpgme_genkey_result_t result;
	gpgme_error_t bad;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (failed)
		return failed;
	parameters =
		jz_xasprintf("<GnupgKeyParms format=\"internal\">\n"
			     "%%no-protection\n"
			     "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign\n"
			     "Subkey-Type: ECDH\nSubkey-Curve: cv25519\nSubkey-Usage: encrypt\n"
			     "Name-Real: %s\nExpire-Date: 0\n</GnupgKeyParms>\n",
			     name);
	bad = gpgme_op_genkey(ctx, parameters, NULL, NULL);
	if (bad)
		return jz_gpg_fail(err, bad, _("cannot make a key"));
	result = gpgme_op_genkey_result(ctx);
	if (!result->fpr || strlen(result->fpr) != 40)
		return jz_fail(err, JZ_E_CRYPTO, _("gpg made no key"));
	jz_copy(fingerprint, 41, result->fpr);
	return 0;
}

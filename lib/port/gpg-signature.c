#include "lib/port/gpg.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"

static int check_signature(gpgme_ctx_t ctx, gpgme_key_t key, char signer[41], struct jz_err *err)
{
	gpgme_sign_result_t result = gpgme_op_sign_result(ctx);
	gpgme_new_signature_t made = result ? result->signatures : NULL;

	if (!made || made->next || result->invalid_signers)
		return jz_fail(err, JZ_E_CRYPTO, _("gpg did not make one signature"));
	for (gpgme_subkey_t s = key->subkeys; s; s = s->next) {
		if (jz_eq(s->fpr, made->fpr)) {
			jz_copy(signer, 41, made->fpr);
			return 0;
		}
	}
	return jz_fail(err, JZ_E_CRYPTO, _("gpg signed with another key"));
}

/* The secret key to sign with. */
static int signing_key(struct jz_gpg *gpg, gpgme_ctx_t ctx, const char *fingerprint,
		       gpgme_key_t *out, struct jz_err *err)
{
	gpgme_error_t bad = 0;

	*out = jz_gpg_remembered(gpg, fingerprint);
	if (*out)
		gpgme_key_ref(*out);
	else
		bad = jz_gpg_find(ctx, fingerprint, true, out);
	if (bad)
		return jz_fail(err, JZ_E_CRYPTO, _("the secret key %.16s is not in your keyring"),
			       fingerprint + 24);
	if ((*out)->revoked)
		jz_fail(err, JZ_E_CRYPTO, _("your key %.16s has been revoked"), fingerprint + 24);
	else if ((*out)->expired)
		jz_fail(err, JZ_E_CRYPTO, _("your key %.16s has expired"), fingerprint + 24);
	else if (!(*out)->can_sign)
		jz_fail(err, JZ_E_CRYPTO, _("your key %.16s cannot sign"), fingerprint + 24);
	else
		return 0;
	gpgme_key_unref(*out);
	return JZ_E_CRYPTO;
}

int jz_gpg_sign(struct jz_gpg *gpg, const char *fingerprint, const void *bytes, size_t len,
		struct jz_buf *signature, char signer[41], struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf made = JZ_BUF_INIT;
	struct jz_gpg_sink sink = {&made, (size_t)1 << 16, 0, false};
	jz_autodata in = NULL;
	jz_autodata out = NULL;
	gpgme_key_t key;
	gpgme_error_t bad;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (!failed)
		failed = jz_gpg_input(bytes, len, &in, err);
	if (!failed)
		failed = jz_gpg_output(&sink, &out, err);
	if (!failed)
		failed = signing_key(gpg, ctx, fingerprint, &key, err);
	if (failed)
		return failed;
	gpgme_signers_clear(ctx);
	bad = gpgme_signers_add(ctx, key);
	gpgme_set_armor(ctx, 1);
	if (!bad)
		bad = gpgme_op_sign(ctx, in, out, GPGME_SIG_MODE_DETACH);
	gpgme_set_armor(ctx, 0);
	failed = bad ? jz_gpg_fail(err, bad, _("cannot sign"))
		     : check_signature(ctx, key, signer, err);
	gpgme_signers_clear(ctx);
	gpgme_key_unref(key);
	if (!failed)
		jz_buf_add(signature, made.data, made.len);
	return failed;
}

/* The primary key that a signing subkey belongs to. */
static int primary_of(gpgme_ctx_t ctx, const char *subkey, char fingerprint[41], struct jz_err *err)
{
	gpgme_key_t key;
	gpgme_error_t bad;

	bad = jz_gpg_find(ctx, subkey, false, &key);
	if (bad)
		return jz_fail(err, JZ_E_CRYPTO, _("the signature is by an unknown key"));
	jz_copy(fingerprint, 41, key->fpr ? key->fpr : "");
	gpgme_key_unref(key);
	return 0;
}

/* gpg's verdict on the one signature; the result lives as long as the context's next operation. */
static int check_one(gpgme_ctx_t ctx, const void *bytes, size_t len, const void *signature,
		     size_t signature_len, gpgme_signature_t *out, struct jz_err *err)
{
	jz_autodata text = NULL;
	jz_autodata sig = NULL;
	gpgme_verify_result_t result;
	gpgme_error_t bad;
	int failed = jz_gpg_input(bytes, len, &text, err);

	if (!failed)
		failed = jz_gpg_input(signature, signature_len, &sig, err);
	if (failed)
		return failed;
	bad = gpgme_op_verify(ctx, sig, text, NULL);
	if (bad)
		return jz_gpg_fail(err, bad, _("cannot check a signature"));
	result = gpgme_op_verify_result(ctx);
	*out = result ? result->signatures : NULL;
	if (!*out || (*out)->next)
		return jz_fail(err, JZ_E_CRYPTO, _("there is not exactly one signature"));
	return 0;
}

int jz_gpg_check(struct jz_gpg *gpg, const void *bytes, size_t len, const void *signature,
		 size_t signature_len, struct jz_gpg_made *out, bool *known, struct jz_err *err)
{
	gpgme_signature_t made = NULL;
	gpg_err_code_t state;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (!failed)
		failed = check_one(ctx, bytes, len, signature, signature_len, &made, err);
	if (failed)
		return failed;
	state = gpgme_err_code(made->status);
	*known = state != GPG_ERR_NO_PUBKEY;
	if (!*known)
		return 0;
	if (state != GPG_ERR_NO_ERROR && state != GPG_ERR_KEY_EXPIRED &&
	    state != GPG_ERR_CERT_REVOKED)
		return jz_fail(err, JZ_E_CRYPTO, _("the signature is bad"));
	out->revoked = state == GPG_ERR_CERT_REVOKED;
	out->expired = state == GPG_ERR_KEY_EXPIRED;
	out->time = (int64_t)made->timestamp;
	jz_copy(out->subkey, sizeof(out->subkey), made->fpr ? made->fpr : "");
	return 0;
}

int jz_gpg_verify(struct jz_gpg *gpg, const void *bytes, size_t len, const void *signature,
		  size_t signature_len, char fingerprint[41], int64_t *signed_at, bool *expired,
		  struct jz_err *err)
{
	struct jz_gpg_made made;
	gpgme_ctx_t ctx;
	bool known;
	int failed = jz_gpg_check(gpg, bytes, len, signature, signature_len, &made, &known, err);

	if (!failed && !known)
		failed = jz_fail(err, JZ_E_CRYPTO, _("the signature is by an unknown key"));
	if (!failed && made.revoked)
		failed = jz_fail(err, JZ_E_CRYPTO, _("the signature is by a revoked key"));
	if (!failed)
		failed = jz_gpg_context(gpg, &ctx, err);
	if (failed)
		return failed;
	*signed_at = made.time;
	*expired = made.expired;
	return primary_of(ctx, made.subkey, fingerprint, err);
}

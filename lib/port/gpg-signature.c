#include "lib/port/gpg.h"

#include <stdlib.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"
#include "lib/port/gpg-run.h"

#define SIGNATURE_MAX ((size_t)1 << 16)

/* What gpg said while it signed. */
struct signing {
	struct jz_gpg_said said;
	char signer[41];
	gpgme_error_t reason; /* why it did not */
};

static void note_signing(void *data, const char *word, const char *rest)
{
	struct signing *signing = data;
	const char *last = strrchr(rest, ' ');

	jz_gpg_hear(&signing->said, JZ_GPG_SIGNING, word, rest);
	if (!strcmp(word, "SIG_CREATED") && last)
		jz_copy(signing->signer, sizeof(signing->signer), last + 1);
	if (!strcmp(word, "FAILURE") && last)
		signing->reason = (gpgme_error_t)strtoul(last + 1, NULL, 10);
}

/* Why a key does not sign, as far as the keyring tells it. */
static int explain(struct jz_gpg *gpg, const char *fingerprint, gpgme_error_t reason,
		   struct jz_err *err)
{
	const char *tail = fingerprint + 24;
	gpgme_key_t key;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (failed)
		return failed;
	if (jz_gpg_find(ctx, fingerprint, true, &key))
		return jz_fail(err, JZ_E_CRYPTO, _("the secret key %.16s is not in your keyring: import it "
				 "there (gpg --import), or point GNUPGHOME at the one that has it"),
			       tail);
	if (key->revoked)
		jz_fail(err, JZ_E_CRYPTO, _("your key %.16s has been revoked"), tail);
	else if (key->expired)
		jz_fail(err, JZ_E_CRYPTO, _("your key %.16s has expired: extend it ('gpg --quick-set-expire'), export it "
			  "('gpg --armor --export') and have a custodian run 'jzbf access add YOUR-ID "
			  "--key-file FILE'"),
			tail);
	else if (!key->can_sign)
		jz_fail(err, JZ_E_CRYPTO, _("your key %.16s cannot sign"), tail);
	else
		jz_gpg_fail(err, reason, _("cannot sign"));
	gpgme_key_unref(key);
	return JZ_E_CRYPTO;
}

int jz_gpg_sign(struct jz_gpg *gpg, const char *fingerprint, const void *bytes, size_t len,
		struct jz_buf *signature, char signer[41], struct jz_err *err)
{
	const char *const words[] = {"--armor", "--local-user", fingerprint, "--detach-sign"};
	jz_cleanup(jz_strs_release) struct jz_strs args = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf made = JZ_BUF_INIT;
	struct jz_gpg_run run = JZ_GPG_RUN_INIT;
	struct signing signing = {0};
	int failed;

	for (size_t i = 0; i < JZ_COUNT(words); i++)
		jz_strs_add(&args, words[i]);
	failed = jz_gpg_run_start(&run, jz_gpg_home(gpg), &args, bytes, len, SIGNATURE_MAX, err);
	if (!failed)
		failed = jz_gpg_run_end(&run, &made, note_signing, &signing, err);
	if (failed)
		return failed;
	if (!signing.said.okay)
		return explain(gpg, fingerprint, signing.reason, err);
	if (!jz_gpg_is_good(&signing.said, JZ_GPG_SIGNING) || strlen(signing.signer) != 40 || !made.len)
		return jz_fail(err, JZ_E_CRYPTO, _("gpg did not make one signature"));
	jz_copy(signer, 41, signing.signer);
	jz_buf_add(signature, made.data, made.len);
	return 0;
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

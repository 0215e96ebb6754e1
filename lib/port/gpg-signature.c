#include "lib/port/gpg.h"

#include <stdlib.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"
#include "lib/port/gpg-run.h"

#define SIGNATURE_MAX ((size_t)1 << 16)

/* What gpg said while it signed. */
struct said {
	struct jz_gpg_said said;
	char signer[41];
	gpgme_error_t reason; /* why it did not */
};

static void note_signing(void *data, const char *word, const char *rest)
{
	struct said *said = data;
	const char *last = strrchr(rest, ' ');

	jz_gpg_hear(&said->said, JZ_GPG_SIGNING, word, rest);
	if (!strcmp(word, "SIG_CREATED") && last)
		jz_copy(said->signer, sizeof(said->signer), last + 1);
	if (!strcmp(word, "FAILURE") && last)
		said->reason = (gpgme_error_t)strtoul(last + 1, NULL, 10);
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

struct jz_gpg_signing {
	struct jz_gpg *gpg;
	char fingerprint[41];
	struct jz_gpg_run run;
};

int jz_gpg_sign_start(struct jz_gpg *gpg, const char *fingerprint, struct jz_gpg_signing **out,
		      struct jz_err *err)
{
	const char *const words[] = {"--armor", "--local-user", fingerprint, "--detach-sign"};
	jz_cleanup(jz_strs_release) struct jz_strs args = JZ_STRS_INIT;
	struct jz_gpg_signing *signing = jz_xcalloc(1, sizeof(*signing));
	int failed;

	*signing = (struct jz_gpg_signing){.gpg = gpg, .run = JZ_GPG_RUN_INIT};
	jz_copy(signing->fingerprint, sizeof(signing->fingerprint), fingerprint);
	for (size_t i = 0; i < JZ_COUNT(words); i++)
		jz_strs_add(&args, words[i]);
	failed = jz_gpg_run_open(&signing->run, jz_gpg_home(gpg), &args, SIGNATURE_MAX, err);
	if (failed)
		jz_gpg_sign_free(signing);
	else
		*out = signing;
	return failed;
}

int jz_gpg_sign_end(struct jz_gpg_signing *signing, const void *bytes, size_t len,
		    struct jz_buf *signature, char signer[41], struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf made = JZ_BUF_INIT;
	struct said said = {0};
	int failed = jz_gpg_run_feed(&signing->run, bytes, len, err);

	if (!failed)
		failed = jz_gpg_run_end(&signing->run, &made, note_signing, &said, err);
	if (!failed && !said.said.okay)
		failed = explain(signing->gpg, signing->fingerprint, said.reason, err);
	jz_gpg_sign_free(signing);
	if (failed)
		return failed;
	if (!jz_gpg_is_good(&said.said, JZ_GPG_SIGNING) || strlen(said.signer) != 40 || !made.len)
		return jz_fail(err, JZ_E_CRYPTO, _("gpg did not make one signature"));
	jz_copy(signer, 41, said.signer);
	jz_buf_add(signature, made.data, made.len);
	return 0;
}

void jz_gpg_sign_free(struct jz_gpg_signing *signing)
{
	if (signing)
		jz_gpg_run_release(&signing->run);
	free(signing);
}

int jz_gpg_sign(struct jz_gpg *gpg, const char *fingerprint, const void *bytes, size_t len,
		struct jz_buf *signature, char signer[41], struct jz_err *err)
{
	struct jz_gpg_signing *signing;
	int failed = jz_gpg_sign_start(gpg, fingerprint, &signing, err);

	return failed ? failed : jz_gpg_sign_end(signing, bytes, len, signature, signer, err);
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

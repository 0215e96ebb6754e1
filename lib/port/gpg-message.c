#include "lib/port/gpg.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"

#define CIPHER_MAX ((size_t)64 << 20)

/* What gpg said while it decrypted; the exit status and the plaintext alone prove nothing. */
struct verdict {
	unsigned okay;
	unsigned intact;
	unsigned plaintexts;
	unsigned failures;
};

static gpgme_error_t note_status(void *hook, const char *keyword, const char *args)
{
	/* NEWSIG: nothing of a store is signed inside, and whether gpg minds a bad signature
	 * depends on the keys that it happens to know. */
	static const char *const fatal[] = {"DECRYPTION_FAILED",
					    "BADMDC",
					    "NEWSIG",
					    "NODATA",
					    "UNEXPECTED",
					    "TRUNCATED",
					    "BADARMOR",
					    "FAILURE",
					    "DECRYPTION_COMPLIANCE_FAILED"};
	struct verdict *verdict = hook;

	verdict->okay += !strcmp(keyword, "DECRYPTION_OKAY");
	verdict->intact += !strcmp(keyword, "GOODMDC");
	verdict->plaintexts += !strcmp(keyword, "PLAINTEXT");
	/* A first own key that cannot open the message does not matter when a second one can. */
	if (!strcmp(keyword, "ERROR") && !jz_starts_with(args, "pkdecrypt_failed"))
		verdict->failures++;
	for (size_t i = 0; i < JZ_COUNT(fatal); i++)
		verdict->failures += !strcmp(keyword, fatal[i]);
	return 0;
}

static int judge(const struct verdict *verdict, gpgme_ctx_t ctx, size_t len, struct jz_err *err)
{
	gpgme_decrypt_result_t result = gpgme_op_decrypt_result(ctx);

	if (verdict->okay != 1 || verdict->intact != 1 || verdict->failures || !result ||
	    result->legacy_cipher_nomdc || result->unsupported_algorithm)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encrypted message is damaged or was tampered with"));
	if (verdict->plaintexts != 1)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encrypted message does not hold exactly one document"));
	if (!len)
		return jz_fail(err, JZ_E_CRYPTO, _("the encrypted message is empty inside"));
	return 0;
}

/* Is it only that no secret key for any recipient is here? */
static bool lacks_key(gpgme_error_t bad, gpgme_ctx_t ctx)
{
	gpgme_decrypt_result_t result;

	if (gpgme_err_code(bad) == GPG_ERR_NO_SECKEY)
		return true;
	if (gpgme_err_code(bad) != GPG_ERR_DECRYPT_FAILED)
		return false;
	result = gpgme_op_decrypt_result(ctx);
	if (!result || !result->recipients)
		return false;
	for (gpgme_recipient_t r = result->recipients; r; r = r->next)
		if (gpgme_err_code(r->status) != GPG_ERR_NO_SECKEY)
			return false;
	return true;
}

static int decrypt_failure(gpgme_error_t bad, gpgme_ctx_t ctx, bool *no_key, struct jz_err *err)
{
	if (lacks_key(bad, ctx)) {
		if (no_key)
			*no_key = true;
		return jz_fail(err, JZ_E_CRYPTO, _("not encrypted to any key that you have here"));
	}
	switch (gpgme_err_code(bad)) {
	case GPG_ERR_DECRYPT_FAILED:
	case GPG_ERR_NO_DATA:
	case GPG_ERR_BAD_DATA:
	case GPG_ERR_INV_PACKET:
	case GPG_ERR_UNEXPECTED:
	case GPG_ERR_CHECKSUM:
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encrypted message is damaged or was tampered with"));
	default:
		return jz_gpg_fail(err, bad, _("cannot decrypt"));
	}
}

int jz_gpg_decrypt(struct jz_gpg *gpg, const void *cipher, size_t len, size_t limit,
		   struct jz_buf *plain, bool *no_key, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	struct jz_gpg_sink sink = {&bytes, limit, 0, false};
	jz_autodata in = NULL;
	jz_autodata out = NULL;
	struct verdict verdict = {0};
	gpgme_error_t bad;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (no_key)
		*no_key = false;
	if (!failed)
		failed = jz_gpg_input(cipher, len, &in, err);
	if (!failed)
		failed = jz_gpg_output(&sink, &out, err);
	if (failed)
		return failed;
	gpgme_set_status_cb(ctx, note_status, &verdict);
	bad = gpgme_op_decrypt(ctx, in, out);
	gpgme_set_status_cb(ctx, NULL, NULL);
	if (sink.over)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encrypted message holds more than %zu bytes"), limit);
	if (bad)
		return decrypt_failure(bad, ctx, no_key, err);
	failed = judge(&verdict, ctx, bytes.len, err);
	if (!failed)
		jz_buf_add(plain, bytes.data, bytes.len);
	return failed;
}

int jz_gpg_encrypt(struct jz_gpg *gpg, const struct jz_strs *fingerprints, const void *plain,
		   size_t len, struct jz_buf *cipher, struct jz_err *err)
{
	const gpgme_encrypt_flags_t flags =
		GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO;
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf to = JZ_BUF_INIT;
	struct jz_gpg_sink sink = {&bytes, CIPHER_MAX, 0, false};
	jz_autodata in = NULL;
	jz_autodata out = NULL;
	gpgme_encrypt_result_t result;
	gpgme_error_t bad;
	gpgme_ctx_t ctx;
	int failed = jz_gpg_context(gpg, &ctx, err);

	if (!failed)
		failed = jz_gpg_input(plain, len, &in, err);
	if (!failed)
		failed = jz_gpg_output(&sink, &out, err);
	if (failed)
		return failed;
	for (size_t i = 0; i < fingerprints->len; i++)
		jz_buf_addf(&to, "%s\n", fingerprints->items[i]);
	gpgme_set_armor(ctx, 0);
	bad = gpgme_op_encrypt_ext(ctx, NULL, to.data, flags, in, out);
	if (bad)
		return jz_gpg_fail(err, bad, _("cannot encrypt"));
	result = gpgme_op_encrypt_result(ctx);
	if (!result || result->invalid_recipients || !bytes.len)
		return jz_fail(err, JZ_E_CRYPTO, _("gpg left a recipient out"));
	jz_buf_add(cipher, bytes.data, bytes.len);
	return 0;
}

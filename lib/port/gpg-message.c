#include "lib/port/gpg.h"

#include <stdlib.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"
#include "lib/port/gpg-run.h"

#define CIPHER_MAX ((size_t)64 << 20)

/* What gpg said while it decrypted, and what tells why it could not. */
struct verdict {
	struct jz_gpg_said said;
	unsigned recipients;
	unsigned absent;      /* secret keys of recipients that are not here */
	gpgme_error_t reason; /* why a key that is here did not open it */
};

static void note_decrypting(void *data, const char *word, const char *rest)
{
	static const char pkdecrypt[] = "pkdecrypt_failed ";
	struct verdict *verdict = data;

	jz_gpg_hear(&verdict->said, JZ_GPG_DECRYPTING, word, rest);
	verdict->recipients += !strcmp(word, "ENC_TO");
	verdict->absent += !strcmp(word, "NO_SECKEY");
	if (!strcmp(word, "ERROR") && jz_starts_with(rest, pkdecrypt))
		verdict->reason = (gpgme_error_t)strtoul(rest + strlen(pkdecrypt), NULL, 10);
}

/* Why it failed, where people can mend it; else it is the message. */
static bool is_for_people(gpgme_error_t reason)
{
	switch (gpgme_err_code(reason)) {
	case GPG_ERR_NO_ERROR:
	case GPG_ERR_BAD_DATA:
	case GPG_ERR_CHECKSUM:
	case GPG_ERR_INV_DATA:
	case GPG_ERR_INV_PACKET:
	case GPG_ERR_WRONG_SECKEY:
		return false;
	default:
		return true;
	}
}

static int judge(const struct verdict *verdict, size_t len, bool *no_key, struct jz_err *err)
{
	const struct jz_gpg_said *said = &verdict->said;

	if (!said->okay && verdict->recipients && verdict->absent >= verdict->recipients) {
		if (no_key)
			*no_key = true;
		return jz_fail(err, JZ_E_CRYPTO, _("not encrypted to any key that you have here"));
	}
	if (!said->okay && is_for_people(verdict->reason))
		return jz_gpg_fail(err, verdict->reason, _("cannot decrypt"));
	if (said->okay != 1 || said->intact != 1 || said->failures)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encrypted message is damaged or was tampered with"));
	if (said->single != 1)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encrypted message does not hold exactly one document"));
	if (!len)
		return jz_fail(err, JZ_E_CRYPTO, _("the encrypted message is empty inside"));
	return 0;
}

struct jz_gpg_decryption {
	struct jz_gpg_run run;
};

int jz_gpg_decrypt_start(struct jz_gpg *gpg, const void *cipher, size_t len, size_t limit,
			 struct jz_gpg_decryption **out, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs args = JZ_STRS_INIT;
	struct jz_gpg_decryption *decryption = jz_xcalloc(1, sizeof(*decryption));
	int failed;

	decryption->run = (struct jz_gpg_run)JZ_GPG_RUN_INIT;
	jz_strs_add(&args, "--decrypt");
	failed = jz_gpg_run_start(&decryption->run, jz_gpg_home(gpg), &args, cipher, len, limit,
				  err);
	if (failed)
		jz_gpg_decrypt_free(decryption);
	else
		*out = decryption;
	return failed;
}

int jz_gpg_decrypt_end(struct jz_gpg_decryption *decryption, struct jz_buf *plain, bool *no_key,
		       struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	struct verdict verdict = {0};
	int failed;

	if (no_key)
		*no_key = false;
	failed = jz_gpg_run_end(&decryption->run, &bytes, note_decrypting, &verdict, err);
	if (!failed)
		failed = judge(&verdict, bytes.len, no_key, err);
	if (!failed)
		jz_buf_add(plain, bytes.data, bytes.len);
	jz_gpg_decrypt_free(decryption);
	return failed;
}

void jz_gpg_decrypt_free(struct jz_gpg_decryption *decryption)
{
	if (decryption)
		jz_gpg_run_release(&decryption->run);
	free(decryption);
}

int jz_gpg_decrypt(struct jz_gpg *gpg, const void *cipher, size_t len, size_t limit,
		   struct jz_buf *plain, bool *no_key, struct jz_err *err)
{
	struct jz_gpg_decryption *decryption;
	int failed;

	if (no_key)
		*no_key = false;
	failed = jz_gpg_decrypt_start(gpg, cipher, len, limit, &decryption, err);
	return failed ? failed : jz_gpg_decrypt_end(decryption, plain, no_key, err);
}

static void note_encrypting(void *data, const char *word, const char *rest)
{
	jz_gpg_hear(data, JZ_GPG_ENCRYPTING, word, rest);
}

int jz_gpg_encrypt(struct jz_gpg *gpg, const struct jz_strs *key_files, const void *plain,
		   size_t len, struct jz_buf *cipher, struct jz_err *err)
{
	/* "no-keyring": two that would make one in the same new home wait for each other. */
	static const char *const first[] = {"--no-keyring",   "--no-armor",	"--no-encrypt-to",
					    "--always-trust", "--set-filename", ""};
	jz_cleanup(jz_strs_release) struct jz_strs args = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	struct jz_gpg_run run = JZ_GPG_RUN_INIT;
	struct jz_gpg_said said = {0};
	int failed;

	for (size_t i = 0; i < JZ_COUNT(first); i++)
		jz_strs_add(&args, first[i]);
	for (size_t i = 0; i < key_files->len; i++) {
		jz_strs_add(&args, "--recipient-file");
		jz_strs_add(&args, key_files->items[i]);
	}
	jz_strs_add(&args, "--encrypt");
	failed = jz_gpg_run_start(&run, jz_gpg_home(gpg), &args, plain, len, CIPHER_MAX, err);
	if (!failed)
		failed = jz_gpg_run_end(&run, &bytes, note_encrypting, &said, err);
	if (failed)
		return failed;
	if (!jz_gpg_is_good(&said, JZ_GPG_ENCRYPTING) || !bytes.len)
		return jz_fail(err, JZ_E_CRYPTO, _("gpg left a recipient out"));
	jz_buf_add(cipher, bytes.data, bytes.len);
	return 0;
}

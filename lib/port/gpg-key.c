#include "lib/port/gpg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"
#include "lib/port/gpg-run.h"

#define KEY_FILE_MAX  ((size_t)1 << 20)
#define KEYRING_MAX   ((size_t)1 << 30) /* that gpg may write while it imports */
#define IMPORT_SECRET 16		/* a flag of IMPORT_OK */

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

void jz_gpg_key_free(struct jz_gpg_key *key)
{
	if (!key)
		return;
	free(key->subkeys);
	free(key);
}

/* What gpg said while it imported. */
struct imported {
	struct jz_gpg_said said;
	struct jz_strs all;    /* fingerprints of what came in, or was there already */
	struct jz_strs secret; /* those of which a secret half came */
	bool ended;
	long secret_halves; /* that were in the file */
};

static void release_imported(struct imported *imported)
{
	jz_strs_release(&imported->all);
	jz_strs_release(&imported->secret);
}

/* "IMPORT_OK FLAGS FINGERPRINT", "IMPORT_RES" with numbers, of which the tenth counts secret halves.
 */
static void note_importing(void *data, const char *word, const char *rest)
{
	struct imported *imported = data;
	char fingerprint[41] = "";
	unsigned flags = 0;

	jz_gpg_hear(&imported->said, JZ_GPG_KEEPING, word, rest);
	if (jz_eq(word, "IMPORT_OK") && sscanf(rest, "%u %40s", &flags, fingerprint) == 2) {
		if (!jz_strs_has(&imported->all, fingerprint))
			jz_strs_add(&imported->all, fingerprint);
		if (flags & IMPORT_SECRET && !jz_strs_has(&imported->secret, fingerprint))
			jz_strs_add(&imported->secret, fingerprint);
	}
	if (jz_eq(word, "IMPORT_RES"))
		imported->ended = sscanf(rest, "%*d %*d %*d %*d %*d %*d %*d %*d %*d %ld",
					 &imported->secret_halves) == 1;
}

int jz_gpg_refuse_secret(struct jz_err *err)
{
	return jz_fail(err, JZ_E_CRYPTO,
		       _("the key file holds a secret key: its owner hands over the public one "
			 "only ('gpg --armor --export'), and should replace a key that others "
			 "have seen"));
}

/* secret: secret halves are wanted; else they are refused. */
static int import(struct jz_gpg *gpg, const void *bytes, size_t len, bool secret,
		  struct imported *out, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs args = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf nothing = JZ_BUF_INIT;
	struct jz_gpg_run run = JZ_GPG_RUN_INIT;
	int failed;

	jz_strs_add(&args, "--import");
	failed = jz_gpg_run_start(&run, jz_gpg_home(gpg), &args, bytes, len, KEYRING_MAX, err);
	if (!failed)
		failed = jz_gpg_run_end(&run, &nothing, note_importing, out, err);
	if (!failed && !out->ended)
		failed = jz_fail(err, JZ_E_CRYPTO, _("cannot import a key"));
	if (!failed && !secret && out->secret_halves)
		failed = jz_gpg_refuse_secret(err);
	return failed;
}

int jz_gpg_import(struct jz_gpg *gpg, const void *bytes, size_t len,
		  const struct jz_strs *fingerprints, struct jz_err *err)
{
	jz_cleanup(release_imported) struct imported imported = {.ended = false};
	int failed = import(gpg, bytes, len, false, &imported, err);

	if (failed)
		return failed;
	for (size_t i = 0; i < imported.all.len; i++)
		if (!jz_strs_has(fingerprints, imported.all.items[i]))
			return jz_fail(err, JZ_E_CRYPTO, _("a key file holds another key, %.16s"),
				       strlen(imported.all.items[i]) == 40 ? imported.all.items[i] + 24 : "?");
	for (size_t i = 0; i < fingerprints->len; i++)
		if (!jz_strs_has(&imported.all, fingerprints->items[i]))
			return jz_fail(err, JZ_E_CRYPTO,
				       _("the key file of %.16s does not hold the key"),
				       fingerprints->items[i] + 24);
	return 0;
}

int jz_gpg_import_secrets(struct jz_gpg *gpg, const void *bytes, size_t len,
			  struct jz_strs *fingerprints, struct jz_err *err)
{
	jz_cleanup(release_imported) struct imported imported = {.ended = false};
	int failed = import(gpg, bytes, len, true, &imported, err);

	for (size_t i = 0; !failed && i < imported.secret.len; i++)
		if (!jz_strs_has(fingerprints, imported.secret.items[i]))
			jz_strs_add(fingerprints, imported.secret.items[i]);
	return failed;
}

int jz_gpg_import_one(struct jz_gpg *gpg, const void *bytes, size_t len, char fingerprint[41],
		      struct jz_err *err)
{
	jz_cleanup(release_imported) struct imported imported = {.ended = false};
	int failed = import(gpg, bytes, len, false, &imported, err);

	if (failed)
		return failed;
	if (imported.all.len > 1)
		return jz_fail(err, JZ_E_INVALID,
				       _("the key file holds several keys, not one"));
	if (!imported.all.len || imported.said.failures || strlen(imported.all.items[0]) != 40)
		return jz_fail(err, JZ_E_INVALID, _("the key file holds no key"));
	jz_copy(fingerprint, 41, imported.all.items[0]);
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

/* What gpg's status words mean: each of them in each operation, and lines that are odd. */
#include "lib/port/gpg-status.h"

#include <stdlib.h>
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "tests/unit/tap.h"

static const enum jz_gpg_doing all[] = {JZ_GPG_DECRYPTING, JZ_GPG_ENCRYPTING, JZ_GPG_VERIFYING,
					JZ_GPG_SIGNING, JZ_GPG_KEEPING};

/* Each word of GnuPG's doc/DETAILS and those that it forgets, and where it is a failure: d(ecrypt),
 * e(ncrypt), v(erify), s(ign), k(eys). */
static const char *const words[][2] = {
	{"NEWSIG", "d"},
	{"GOODSIG", "d"},
	{"EXPSIG", "dv"},
	{"EXPKEYSIG", "dv"},
	{"REVKEYSIG", "dv"},
	{"BADSIG", "dv"},
	{"ERRSIG", "dv"},
	{"VALIDSIG", "d"},
	{"SIG_ID", ""},
	{"ENC_TO", ""},
	{"BEGIN_DECRYPTION", ""},
	{"END_DECRYPTION", ""},
	{"DECRYPTION_KEY", ""},
	{"DECRYPTION_INFO", ""},
	{"DECRYPTION_FAILED", "devsk"},
	{"DECRYPTION_OKAY", ""},
	{"SESSION_KEY", ""},
	{"BEGIN_ENCRYPTION", ""},
	{"END_ENCRYPTION", ""},
	{"FILE_START", ""},
	{"FILE_DONE", ""},
	{"FILE_ERROR", "devsk"},
	{"BEGIN_SIGNING", ""},
	{"ALREADY_SIGNED", ""},
	{"SIG_CREATED", ""},
	{"NOTATION_NAME", ""},
	{"NOTATION_FLAGS", ""},
	{"NOTATION_DATA", ""},
	{"POLICY_URL", ""},
	{"PLAINTEXT", "es"},
	{"PLAINTEXT_LENGTH", ""},
	{"ATTRIBUTE", ""},
	{"SIG_SUBPACKET", ""},
	{"ENCRYPTION_COMPLIANCE_MODE", ""},
	{"DECRYPTION_COMPLIANCE_MODE", ""},
	{"DECRYPTION_COMPLIANCE_FAILED", "devsk"},
	{"VERIFICATION_COMPLIANCE_MODE", ""},
	{"GOODMDC", ""},
	{"BADMDC", "devsk"},
	{"ERRMDC", "devsk"},
	{"INV_RECP", "e"},
	{"INV_SGNR", "s"},
	{"NO_RECP", "e"},
	{"NO_SGNR", "s"},
	{"KEY_CONSIDERED", ""},
	{"KEYEXPIRED", ""},
	{"KEYREVOKED", ""},
	{"NO_PUBKEY", "dv"},
	{"NO_SECKEY", ""},
	{"KEY_CREATED", ""},
	{"KEY_NOT_CREATED", "k"},
	{"TRUST_UNDEFINED", ""},
	{"TRUST_NEVER", ""},
	{"TRUST_MARGINAL", ""},
	{"TRUST_FULLY", ""},
	{"TRUST_ULTIMATE", ""},
	{"TOFU_USER", ""},
	{"TOFU_STATS", ""},
	{"TOFU_STATS_SHORT", ""},
	{"TOFU_STATS_LONG", ""},
	{"PKA_TRUST_GOOD", ""},
	{"PKA_TRUST_BAD", ""},
	{"GET_BOOL", ""},
	{"GET_LINE", ""},
	{"GET_HIDDEN", ""},
	{"GOT_IT", ""},
	{"USERID_HINT", ""},
	{"NEED_PASSPHRASE", ""},
	{"NEED_PASSPHRASE_SYM", "d"},
	{"NEED_PASSPHRASE_PIN", ""},
	{"MISSING_PASSPHRASE", ""},
	{"BAD_PASSPHRASE", ""},
	{"GOOD_PASSPHRASE", ""},
	{"CANCELED_BY_USER", ""},
	{"IMPORT_CHECK", ""},
	{"IMPORTED", ""},
	{"IMPORT_OK", ""},
	{"IMPORT_PROBLEM", "k"},
	{"IMPORT_RES", ""},
	{"EXPORTED", ""},
	{"EXPORT_RES", ""},
	{"CARDCTRL", ""},
	{"SC_OP_FAILURE", ""},
	{"SC_OP_SUCCESS", ""},
	{"NODATA", "devsk"},
	{"UNEXPECTED", "devsk"},
	{"TRUNCATED", "devsk"},
	{"ERROR", "devsk"},
	{"WARNING", ""},
	{"NOTE", ""},
	{"SUCCESS", ""},
	{"FAILURE", "devsk"},
	{"BADARMOR", "devsk"},
	{"DELETE_PROBLEM", ""},
	{"PROGRESS", ""},
	{"BACKUP_KEY_CREATED", ""},
	{"MOUNTPOINT", ""},
	{"PINENTRY_LAUNCHED", ""},
	/* no words of gpg, though they look like some */
	{"", ""},
	{"BAD", ""},
	{"XBADMDC", ""},
	{"BADMDCX", ""},
	{"BAD_MDC", ""},
	{"badmdc", ""},
	{"FAILUR", ""},
	{"ERRORS", ""},
};

static void each_word(void)
{
	for (size_t i = 0; i < JZ_COUNT(words); i++) {
		char got[8] = "", *to = got;

		for (size_t k = 0; k < JZ_COUNT(all); k++)
			if (jz_gpg_is_failure(all[k], words[i][0], ""))
				*to++ = "devsk"[k];
		is_str(got, words[i][1], words[i][0]);
	}
}

static void with_more(void)
{
	ok(!jz_gpg_is_failure(JZ_GPG_DECRYPTING, "ERROR", "pkdecrypt_failed 83886179"),
	   "another key may open it");
	ok(jz_gpg_is_failure(JZ_GPG_ENCRYPTING, "ERROR", "pkdecrypt_failed 83886179"),
	   "but only where one is needed");
	ok(jz_gpg_is_failure(JZ_GPG_DECRYPTING, "ERROR", "nomdc_with_legacy_cipher 152"),
	   "another error is one");
	ok(jz_gpg_is_failure(JZ_GPG_DECRYPTING, "ERROR", "pkdecrypt_failed_not 1"), "this too");
	ok(!jz_gpg_is_failure(JZ_GPG_KEEPING, "ERROR", "keylist.getkey 9"), "no such key");
	ok(jz_gpg_is_failure(JZ_GPG_DECRYPTING, "DECRYPTION_INFO", "0 9 0"), "no integrity");
	ok(jz_gpg_is_failure(JZ_GPG_DECRYPTING, "DECRYPTION_INFO", "0 9"), "told in the old way");
	ok(!jz_gpg_is_failure(JZ_GPG_DECRYPTING, "DECRYPTION_INFO", "2 9 0"), "an MDC");
	ok(!jz_gpg_is_failure(JZ_GPG_DECRYPTING, "DECRYPTION_INFO", "0 9 2"), "AEAD");
}

/* ---- whole operations, as a text ---- */

static enum jz_gpg_doing doing;

static void hear(void *data, const char *word, const char *rest)
{
	jz_gpg_hear(data, doing, word, rest);
}

static bool good(enum jz_gpg_doing what, const char *text, size_t len)
{
	jz_cleanup(jz_buf_release) struct jz_buf copy = JZ_BUF_INIT;
	struct jz_gpg_said said = {0};

	doing = what;
	jz_buf_add(&copy, text, len);
	jz_gpg_read_all_status(copy.data, copy.len, hear, &said);
	return jz_gpg_is_good(&said, doing);
}
#define GOOD(what, text) good(what, text, sizeof(text) - 1)

#define G	  "[GNUPG:] "
#define DECRYPTED                                                                                  \
	G "ENC_TO 0123456789ABCDEF 18 0\n" G "NO_SECKEY 0123456789ABCDEF\n" G                      \
	  "BEGIN_DECRYPTION\n" G "DECRYPTION_INFO 2 9 0\n" G "PLAINTEXT 62 0 \n" G                 \
	  "DECRYPTION_OKAY\n" G "GOODMDC\n" G "END_DECRYPTION\n"
#define ENCRYPTED G "BEGIN_ENCRYPTION 2 9\n" G "END_ENCRYPTION\n"
#define VERIFIED                                                                                   \
	G "NEWSIG\n" G "GOODSIG 0123456789ABCDEF anna\n" G "VALIDSIG 01 2026-01-01 1 0 4 0 22\n" G \
	  "TRUST_NEVER 0 pgp\n"

static void operations(void)
{
	ok(GOOD(JZ_GPG_DECRYPTING, DECRYPTED), "decrypted");
	ok(GOOD(JZ_GPG_ENCRYPTING, ENCRYPTED), "encrypted");
	ok(GOOD(JZ_GPG_VERIFYING, VERIFIED), "verified");
	ok(GOOD(JZ_GPG_SIGNING, G "BEGIN_SIGNING H8\n" G "SIG_CREATED D 22 8 00 1 AB\n"), "signed");
	for (size_t i = 0; i < JZ_COUNT(all); i++)
		ok(GOOD(all[i], "") == (all[i] == JZ_GPG_KEEPING), "nothing proves nothing");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED DECRYPTED), "two messages");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "PLAINTEXT 62 0 \n"), "two documents");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "NEWSIG\n"), "a signature inside");
	ok(!GOOD(JZ_GPG_DECRYPTING, ENCRYPTED), "something else was done");
	ok(!GOOD(JZ_GPG_VERIFYING, VERIFIED VERIFIED), "two signatures");
	ok(!GOOD(JZ_GPG_VERIFYING, G "NEWSIG\n" VERIFIED), "a second that cannot be checked");
	ok(!GOOD(JZ_GPG_ENCRYPTING, ENCRYPTED G "INV_RECP 5 AB\n"), "a recipient was left out");
}

/* ---- odd lines ---- */

static void odd_lines(void)
{
	ok(GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "\n" G " \n[GNUPG:]\n\n" G "bad\n"), "empty words");
	ok(GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "NEWS_OF_2027 FAILURE ERROR BADMDC\n"),
	   "a word to come, and others as what stands behind");
	ok(GOOD(JZ_GPG_DECRYPTING, DECRYPTED "gpg: BADMDC\n" G " BADMDC\n"), "no status line");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "BADMDC\r\n"), "CR");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "BADMDC\t1\n"), "TAB");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "BADMDC: 1\n"), "a colon");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "NOTE \0\n"), "a zero byte");
	ok(!GOOD(JZ_GPG_DECRYPTING, "\0\n" DECRYPTED), "in a line that is none");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "NOTE\0\n" G "BADMDC\n"), "hiding another line");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED G "FAIL"), "cut off in the word");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED "["), "and before it");
	ok(!GOOD(JZ_GPG_DECRYPTING, DECRYPTED "\0"), "and a zero byte alone");
	ok(!good(JZ_GPG_DECRYPTING, DECRYPTED, sizeof(DECRYPTED) - 2), "even in a harmless one");
}

/* However the bytes come in, the same is heard; what has not ended is left over. */
static void pieces(void)
{
	static const char text[] = DECRYPTED G "NOT";
	int bad = 0;

	doing = JZ_GPG_DECRYPTING;
	for (size_t step = 1; step < sizeof(text); step++) {
		jz_cleanup(jz_buf_release) struct jz_buf line = JZ_BUF_INIT;
		struct jz_gpg_said said = {0};

		for (size_t at = 0; at < sizeof(text) - 1; at += step) {
			size_t left = sizeof(text) - 1 - at, used;

			jz_buf_add(&line, text + at, left < step ? left : step);
			used = jz_gpg_read_status(line.data, line.len, hear, &said);
			memmove(line.data, line.data + used, line.len - used);
			jz_buf_truncate(&line, line.len - used);
		}
		bad += !jz_gpg_is_good(&said, doing) || line.len != strlen(G "NOT");
	}
	is_int(bad, 0, "in pieces of every size");
}

static void long_lines(void)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_buf_adds(&text, DECRYPTED G);
	for (int i = 0; i < 1000000; i++)
		jz_buf_addc(&text, 'F');
	jz_buf_adds(&text, "\n" G "NOTE ");
	for (int i = 0; i < 1000000; i++)
		jz_buf_adds(&text, i % 9 ? "\xff" : " BADMDC");
	jz_buf_addc(&text, '\n');
	ok(good(JZ_GPG_DECRYPTING, text.data, text.len), "long words and long lines");
	jz_buf_adds(&text, G "BADMDC ");
	for (int i = 0; i < 1000000; i++)
		jz_buf_addc(&text, '\r');
	jz_buf_addc(&text, '\n');
	ok(!good(JZ_GPG_DECRYPTING, text.data, text.len), "hide no failure");
}

int main(void)
{
	each_word();
	with_more();
	operations();
	odd_lines();
	pieces();
	long_lines();
	return done_testing();
}

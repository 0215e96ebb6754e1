#include "lib/port/openpgp.h"

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "tests/unit/tap.h"

/* A version 3 session key packet for the key id 0102030405060708, new format. */
#define PKESK "\xc1\x0c\x03\x01\x02\x03\x04\x05\x06\x07\x08\x12\x00\x00"
/* The same for nobody in particular. */
#define HIDDEN "\xc1\x0c\x03\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00"
#define SEIPD  "\xd2\x05\x01\xaa\xaa\xaa\xaa"
#define SED    "\xc9\x04\xaa\xaa\xaa\xaa"

static int read_ids(const char *bytes, size_t len, struct jz_strs *ids, struct jz_err *err)
{
	/* Exactly as many bytes as there are, so that a sanitizer sees any look beyond them. */
	jz_autofree char *copy = jz_xmalloc(len ? len : 1);

	memcpy(copy, bytes, len);
	return jz_openpgp_recipients(copy, len, ids, err);
}

static void refused(const char *bytes, size_t len, const char *word, const char *what)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	struct jz_err err = JZ_ERR_INIT;
	int rc = read_ids(bytes, len, &ids, &err);

	ok(rc == JZ_E_CRYPTO && !ids.len && strstr(err.message, word), "%s: %s", what, err.message);
}
#define REFUSED(text, word, what) refused(text, sizeof(text) - 1, word, what)

static void accepts(void)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf parts = JZ_BUF_INIT;
	char block[512];

	is_int(read_ids(PKESK PKESK SEIPD, sizeof(PKESK PKESK SEIPD) - 1, &ids, NULL), 0,
	       "two recipients are read");
	is_int(ids.len, 2, "both of them");
	is_str(ids.items[0], "0102030405060708", "as upper-case hex");

	memset(block, 'x', sizeof(block));
	jz_buf_add(&parts, PKESK "\xd2\xe9", sizeof(PKESK "\xd2\xe9") - 1);
	jz_buf_add(&parts, block, sizeof(block));
	jz_buf_add(&parts,
		   "\x03"
		   "abc",
		   4);
	is_int(read_ids(parts.data, parts.len, &ids, NULL), 0, "a body in parts is read");
	for (size_t len = sizeof(PKESK) - 1; len < parts.len; len++) {
		if (read_ids(parts.data, len, &ids, NULL) == 0) {
			ok(false, "cut at %zu it was accepted", len);
			return;
		}
	}
	ok(true, "and refused wherever it is cut");
	jz_buf_add(&parts, "\n", 1);
	refused(parts.data, parts.len, "behind", "junk behind the last part");
}

int main(void)
{
	accepts();
	REFUSED("", "empty", "nothing");
	REFUSED("format: jzbf/case/1\n", "not an OpenPGP", "plain text");
	REFUSED("-----BEGIN PGP MESSAGE-----\n", "not an OpenPGP", "armor");
	REFUSED(PKESK, "cut off", "no body");
	REFUSED(SEIPD, "no recipient", "a body for nobody");
	REFUSED(HIDDEN SEIPD, "hides", "a hidden recipient");
	REFUSED(PKESK SED, "integrity", "a body without integrity protection");
	REFUSED("\xc3\x04\x04\x09\x00\x08" SEIPD, "passphrase", "a passphrase");
	REFUSED("\xcb\x06\x62\x00\x00\x00\x00\x00", "not encrypted", "a literal");
	REFUSED(PKESK SEIPD PKESK SEIPD, "behind", "a second message");
	REFUSED(PKESK SEIPD "\xca\x03PGP", "behind", "a marker behind the message");
	REFUSED(PKESK "\xd2\xff\xff\xff\xff\xff\x01", "cut off", "a length beyond the end");
	REFUSED("\xc1\xe9\x03", "cut off", "a recipient in parts");
	REFUSED("\xc1\x05\x03\x01\x02\x03\x04" SEIPD, "unknown kind",
		"a recipient that is too short");
	REFUSED("\x87\x01", "not an OpenPGP", "a packet without a length");
	return done_testing();
}

#include "lib/port/gpg-status.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

#define DECRYPT JZ_GPG_DECRYPTING
#define ENCRYPT JZ_GPG_ENCRYPTING
#define VERIFY	JZ_GPG_VERIFYING
#define SIGN	JZ_GPG_SIGNING
#define KEEP	JZ_GPG_KEEPING
#define ANY	(DECRYPT | ENCRYPT | VERIFY | SIGN | KEEP)

/* The words of failure, and in which operations they are. */
static const struct {
	const char *word;
	unsigned char in;
} failures[] = {
	/* of the message */
	{"BADARMOR", ANY},
	{"BADMDC", ANY},
	{"BADSIG", DECRYPT | VERIFY},
	{"DECRYPTION_COMPLIANCE_FAILED", ANY},
	{"DECRYPTION_FAILED", ANY},
	{"ERRMDC", ANY},
	{"ERRSIG", DECRYPT | VERIFY},
	{"EXPSIG", DECRYPT | VERIFY},
	{"GOODSIG", DECRYPT},
	{"NEED_PASSPHRASE_SYM", DECRYPT},
	{"NEWSIG", DECRYPT},
	{"NODATA", ANY},
	{"PLAINTEXT", ENCRYPT | SIGN},
	{"UNEXPECTED", ANY},
	{"VALIDSIG", DECRYPT},
	/* of a key */
	{"EXPKEYSIG", DECRYPT | VERIFY},
	{"IMPORT_PROBLEM", KEEP},
	{"INV_RECP", ENCRYPT},
	{"INV_SGNR", SIGN},
	{"KEY_NOT_CREATED", KEEP},
	{"NO_PUBKEY", DECRYPT | VERIFY},
	{"NO_RECP", ENCRYPT},
	{"NO_SGNR", SIGN},
	{"REVKEYSIG", DECRYPT | VERIFY},
	/* of the process */
	{"ERROR", ANY},
	{"FAILURE", ANY},
	{"FILE_ERROR", ANY},
	{"TRUNCATED", ANY},
};

/* "DECRYPTION_INFO MDC CIPHER [AEAD]": neither this nor that. */
static bool has_no_integrity(const char *rest)
{
	const char *last = strrchr(rest, ' ');

	return jz_starts_with(rest, "0 ") && last && (last == strchr(rest, ' ') || !atoi(last));
}

bool jz_gpg_is_failure(enum jz_gpg_doing doing, const char *word, const char *rest)
{
	if (doing == DECRYPT && !strcmp(word, "ERROR") && jz_starts_with(rest, "pkdecrypt_failed "))
		return false;
	if (doing == KEEP && !strcmp(word, "ERROR") && jz_starts_with(rest, "keylist.getkey "))
		return false;
	if (doing == DECRYPT && !strcmp(word, "DECRYPTION_INFO"))
		return has_no_integrity(rest);
	for (size_t i = 0; i < JZ_COUNT(failures); i++)
		if (*word == *failures[i].word && !strcmp(word, failures[i].word))
			return failures[i].in & doing;
	return false;
}

/* The words that must come once. */
struct wanted {
	const char *okay, *intact, *single;
};

static struct wanted wanted_of(enum jz_gpg_doing doing)
{
	switch (doing) {
	case JZ_GPG_DECRYPTING:
		return (struct wanted){"DECRYPTION_OKAY", "GOODMDC", "PLAINTEXT"};
	case JZ_GPG_ENCRYPTING:
		return (struct wanted){"END_ENCRYPTION", "BEGIN_ENCRYPTION", NULL};
	case JZ_GPG_VERIFYING:
		return (struct wanted){"VALIDSIG", "GOODSIG", "NEWSIG"};
	case JZ_GPG_SIGNING:
		return (struct wanted){"SIG_CREATED", NULL, NULL};
	case JZ_GPG_KEEPING:
		break;
	}
	return (struct wanted){NULL, NULL, NULL};
}

void jz_gpg_hear(struct jz_gpg_said *said, enum jz_gpg_doing doing, const char *word,
		 const char *rest)
{
	struct wanted wanted = wanted_of(doing);

	said->okay += jz_eq(word, wanted.okay);
	said->intact += jz_eq(word, wanted.intact);
	said->single += jz_eq(word, wanted.single);
	said->failures += jz_gpg_is_failure(doing, word, rest);
}

bool jz_gpg_is_good(const struct jz_gpg_said *said, enum jz_gpg_doing doing)
{
	struct wanted wanted = wanted_of(doing);

	return !said->failures && said->okay == (wanted.okay != NULL) &&
	       said->intact == (wanted.intact != NULL) && said->single == (wanted.single != NULL);
}

static bool is_of_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A line without its end; the byte behind it is zero. */
static void read_line(char *line, size_t len, jz_gpg_note *note, void *data)
{
	static const char prefix[] = "[GNUPG:] ";
	char *word = line + sizeof(prefix) - 1, *rest;

	if (strlen(line) != len) {
		note(data, JZ_GPG_NOT_A_LINE, "");
		return;
	}
	if (!jz_starts_with(line, prefix))
		return;
	for (rest = word; is_of_word(*rest); rest++)
		;
	if (*rest)
		*rest++ = '\0';
	note(data, word, rest);
}

size_t jz_gpg_read_status(char *text, size_t len, jz_gpg_note *note, void *data)
{
	char *line = text, *end;

	while ((end = memchr(line, '\n', len - (size_t)(line - text)))) {
		*end = '\0';
		read_line(line, (size_t)(end - line), note, data);
		line = end + 1;
	}
	return (size_t)(line - text);
}

void jz_gpg_read_all_status(char *text, size_t len, jz_gpg_note *note, void *data)
{
	if (len && jz_gpg_read_status(text, len, note, data) < len)
		note(data, JZ_GPG_NOT_A_LINE, "");
}

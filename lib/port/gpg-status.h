/*
 * Inside lib/port/gpg*.c only: what gpg says on its status descriptor, and what that means. All
 * that gpg does is judged by these words: its exit status, its standard error and the mere
 * presence of output prove nothing.
 *
 * A line is "[GNUPG:] WORD REST" (doc/DETAILS of GnuPG). WORD is upper-case letters, digits and
 * "_", and ends where something else begins. Words that are not in the table below are ignored, as
 * DETAILS demands: versions to come add some. What must be there is therefore asked for: an
 * operation is good when each of its words came exactly once and no word of failure did.
 *
 *	decrypt	DECRYPTION_OKAY, GOODMDC (integrity), PLAINTEXT (one document inside)
 *	encrypt	END_ENCRYPTION, BEGIN_ENCRYPTION
 *	verify	VALIDSIG, GOODSIG, NEWSIG (one signature)
 *	sign	SIG_CREATED
 *
 * Words of failure (gpg-status.c has the table: which of them in which operation)
 * - of the message: DECRYPTION_FAILED, BADMDC, ERRMDC, NODATA, UNEXPECTED, BADARMOR, BADSIG,
 *   ERRSIG, EXPSIG, DECRYPTION_COMPLIANCE_FAILED; DECRYPTION_INFO when it tells of no integrity
 *   check; when decrypting, any signature (NEWSIG and all that end in SIG: nothing of a store is
 *   signed inside, and whether gpg minds a bad one depends on the keys that it happens to know)
 *   and NEED_PASSPHRASE_SYM (nothing of a store opens by a password); PLAINTEXT when encrypting or
 *   signing;
 * - of a key: INV_RECP, NO_RECP, INV_SGNR, NO_SGNR, NO_PUBKEY, EXPKEYSIG, REVKEYSIG,
 *   KEY_NOT_CREATED, IMPORT_PROBLEM;
 * - of the process: ERROR, FAILURE, FILE_ERROR, TRUNCATED.
 *
 * No failure by themselves, since another key may do it, and the words that must come are missing
 * if none does: NO_SECKEY (told of every recipient whose key is elsewhere), "ERROR
 * pkdecrypt_failed", "ERROR keylist.getkey" (none of the keys is there), BAD_PASSPHRASE, MISSING_PASSPHRASE, SC_OP_FAILURE, CANCELED_BY_USER.
 * KEYEXPIRED and KEYREVOKED are told of subkeys that are not even used. Harmless are all others:
 * ENC_TO, BEGIN_DECRYPTION, END_DECRYPTION, DECRYPTION_KEY, SESSION_KEY, FILE_START, FILE_DONE,
 * BEGIN_SIGNING, ALREADY_SIGNED, SIG_ID, NOTATION_*, POLICY_URL, PLAINTEXT_LENGTH, ATTRIBUTE,
 * SIG_SUBPACKET, *_COMPLIANCE_MODE, KEY_CONSIDERED, KEY_CREATED, TRUST_* (whom to trust is for
 * access.yaml to say, not for the user's web), TOFU_*, PKA_TRUST_*, GET_*, GOT_IT, USERID_HINT,
 * NEED_PASSPHRASE, NEED_PASSPHRASE_PIN, GOOD_PASSPHRASE, IMPORT_CHECK, IMPORTED, IMPORT_OK,
 * IMPORT_RES, EXPORTED, EXPORT_RES, CARDCTRL, SC_OP_SUCCESS, WARNING, NOTE, SUCCESS,
 * DELETE_PROBLEM, PROGRESS, BACKUP_KEY_CREATED, MOUNTPOINT, PINENTRY_LAUNCHED.
 */
#ifndef JZ_PORT_GPG_STATUS_H
#define JZ_PORT_GPG_STATUS_H

#include <stdbool.h>
#include <stddef.h>

enum jz_gpg_doing {
	JZ_GPG_DECRYPTING = 1,
	JZ_GPG_ENCRYPTING = 2,
	JZ_GPG_VERIFYING = 4,
	JZ_GPG_SIGNING = 8,
	JZ_GPG_KEEPING = 16, /* keys: listing, importing, exporting, making them */
};

/* Is this a word of failure in that operation? rest: what stands behind it, "" if nothing. */
bool jz_gpg_is_failure(enum jz_gpg_doing doing, const char *word, const char *rest);

/* What was said of one message. */
struct jz_gpg_said {
	unsigned okay;	 /* each of the words above, in the order in which they stand there */
	unsigned intact;
	unsigned single;
	unsigned failures;
};
void jz_gpg_hear(struct jz_gpg_said *said, enum jz_gpg_doing doing, const char *word,
		 const char *rest);
bool jz_gpg_is_good(const struct jz_gpg_said *said, enum jz_gpg_doing doing);

/* What a line is that gpg cannot have written, or did not finish: a failure, whatever it does. */
#define JZ_GPG_NOT_A_LINE "UNEXPECTED"

/* A line without its end may be so long; one that is longer is not gpg's. */
#define JZ_GPG_LINE_MAX ((size_t)1 << 16)

typedef void jz_gpg_note(void *data, const char *word, const char *rest);

/* Calls note for each line of the text that is ended and a status line, and returns how many bytes
 * that were; what is left over is a line that has not ended yet. Changes the text. A line with a
 * zero byte in it is noted as JZ_GPG_NOT_A_LINE. */
size_t jz_gpg_read_status(char *text, size_t len, jz_gpg_note *note, void *data);

/* The same of a text that is whole: a line that has not ended is JZ_GPG_NOT_A_LINE. */
void jz_gpg_read_all_status(char *text, size_t len, jz_gpg_note *note, void *data);

#endif

/*
 * The outside of an OpenPGP message (RFC 4880, RFC 9580), read without decrypting anything: to whom
 * it is encrypted, and that it is one whole message and nothing else.
 *
 * Accepted is exactly: one or more public-key encrypted session keys of version 3 that name their
 * recipient, then one packet of integrity-protected encrypted data (tag 18, or the AEAD of
 * GnuPG 2.3, tag 20), ending where the bytes end. Binary, not armored. Refused: plain or merely
 * signed or compressed data, encryption to a passphrase, encrypted data without integrity
 * protection (tag 9), hidden recipients, a cut-off packet, anything behind the message.
 */
#ifndef JZ_PORT_OPENPGP_H
#define JZ_PORT_OPENPGP_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/vec.h"

/* Adds the recipients' key ids to *keyids in the order of the message: 16 hex digits, upper case,
 * each of an encryption subkey. JZ_E_CRYPTO says what is wrong; nothing is added then. */
int jz_openpgp_recipients(const void *bytes, size_t len, struct jz_strs *keyids,
			  struct jz_err *err);

#endif

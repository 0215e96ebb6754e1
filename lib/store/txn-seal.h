/*
 * The blobs of a transaction: files as they are, records encrypted to exactly the people who may
 * read them. Records to the same people go through gpg co-processes together; if one of all cannot
 * be encrypted, the transaction is refused as a whole.
 *
 * Of many records none waits for the commit: as soon as enough of them go to the same people, their
 * co-processes start, and while they work the caller makes the next record. So only some dozens of
 * plaintexts are held at a time, whatever the transaction's size. What came of them goes into a pack
 * that nobody knows of before the commit is written (lib/port/git-pack.h).
 */
#ifndef JZ_STORE_TXN_SEAL_H
#define JZ_STORE_TXN_SEAL_H

#include "lib/store/keyring.h"
#include "lib/store/txn-impl.h"

/* Adds the fingerprints that a record must be encrypted to. The error names the record. */
int jz_txn_recipients(const struct jz_access *access, const struct jz_put *put, struct jz_strs *out,
		      struct jz_err *err);

/* Takes up a record that was put, for good. */
int jz_txn_seal(struct jz_txn *txn, struct jz_put *put, struct jz_err *err);

/* Writes all blobs that are not written yet: put->blob, but for what removes a path. */
int jz_txn_write_blobs(struct jz_txn *txn, struct jz_err *err);

/* Ends the co-processes and forgets what they made. */
void jz_sealing_free(struct jz_sealing *sealing);

#endif

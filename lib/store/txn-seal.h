/*
 * The blobs of a transaction: files as they are, records encrypted to exactly the people who may
 * read them. Records to the same people go through gpg co-processes together; if one of all cannot
 * be encrypted, the transaction is refused as a whole.
 */
#ifndef JZ_STORE_TXN_SEAL_H
#define JZ_STORE_TXN_SEAL_H

#include "lib/store/keyring.h"
#include "lib/store/txn-impl.h"

/* Adds the fingerprints that a record must be encrypted to. The error names the record. */
int jz_txn_recipients(const struct jz_access *access, const struct jz_put *put, struct jz_strs *out,
		      struct jz_err *err);

/* blobs[i]: the blob of the i-th put; left alone where it removes a path. */
int jz_txn_write_blobs(struct jz_txn *txn, struct jz_keyring *keyring,
		       const struct jz_keyview *view, char (*blobs)[JZ_GIT_ID], struct jz_err *err);

#endif

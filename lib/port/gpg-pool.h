/*
 * Decrypting many messages: long-lived `gpg --decrypt-files` co-processes, each fed one file name
 * after the other. The names are links in a private directory on a tmpfs to memfds that the
 * co-process inherits, so no plaintext touches a file system, and a message costs no new process.
 *
 * A message counts as read only if between its FILE_START and its FILE_DONE there was exactly one
 * DECRYPTION_OKAY and one GOODMDC, no word of failure, and something came out. A co-process that
 * dies takes down its present message alone; another one takes its place.
 *
 * No prompt is possible here: for keys without a passphrase (role keys). One thread.
 */
#ifndef JZ_PORT_GPG_POOL_H
#define JZ_PORT_GPG_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct jz_gpg_pool;

/* home: the GnuPG home with the secret keys. dir: an existing private directory on a tmpfs, in
 * which the pool makes its links. */
int jz_gpg_pool_new(const char *home, const char *dir, size_t workers, size_t limit,
		    struct jz_gpg_pool **out, struct jz_err *err);
void jz_gpg_pool_free(struct jz_gpg_pool *pool); /* ends the co-processes, removes the links */

/* Decrypts `count` messages. feed() appends the ciphertext of message i, or returns non-zero to
 * leave the message out; done() gets its plaintext (which it may take out of the buffer), or NULL
 * if it was left out or could not be read here. done() is called once a message, in order; a result
 * that is not 0 stops all and is returned. */
struct jz_gpg_pool_job {
	size_t count;
	int (*feed)(void *data, size_t i, struct jz_buf *cipher);
	int (*done)(void *data, size_t i, struct jz_buf *plain);
	void *data;
};
int jz_gpg_pool_run(struct jz_gpg_pool *pool, const struct jz_gpg_pool_job *job,
		    struct jz_err *err);

#endif

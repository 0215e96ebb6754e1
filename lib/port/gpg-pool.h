/*
 * Decrypting or encrypting many messages: long-lived `gpg --decrypt-files` or `--encrypt-files`
 * co-processes, each fed one file name after the other. The names are links in a private directory
 * on a tmpfs to memfds that the co-process inherits, so no plaintext touches a file system, and a
 * message costs no new process. Each has its next message at hand before it has done with one.
 *
 * A message counts as read only if between its FILE_START and its FILE_DONE there was exactly one
 * DECRYPTION_OKAY and one GOODMDC, no word of failure, and something came out; as encrypted, with
 * one BEGIN_ENCRYPTION and one END_ENCRYPTION instead. A co-process that dies takes down its
 * present message alone; another one takes its place and goes on with the next.
 *
 * No prompt is possible here: for keys without a passphrase (role keys), and for public ones. One
 * thread.
 */
#ifndef JZ_PORT_GPG_POOL_H
#define JZ_PORT_GPG_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/vec.h"

struct jz_gpg_pool;

struct jz_gpg_pool_opts {
	const char *home; /* the GnuPG home with the keys */
	/* Homes with the same keys, one for each co-process in turn, so that each has an agent of
	 * its own; NULL: all share `home`. */
	const struct jz_strs *homes;
	const char *dir;  /* an existing private directory on a tmpfs, for the links */
	size_t workers;
	size_t limit;			  /* bytes of one result */
	const struct jz_strs *recipients; /* encrypt to these fingerprints; NULL: decrypt */
};
int jz_gpg_pool_new(const struct jz_gpg_pool_opts *opts, struct jz_gpg_pool **out,
		    struct jz_err *err);

/* How many co-processes pay for so many messages: one a core, each with `least` to do. */
size_t jz_gpg_pool_size(size_t count, size_t least);

void jz_gpg_pool_free(struct jz_gpg_pool *pool); /* ends the co-processes, removes the links */

/* Gets what became of message i (which it may take out of the buffer), or NULL if it was left out or
 * gpg did not vouch for it. Called once a message, in order; a result that is not 0 stops all and is
 * returned. */
typedef int jz_gpg_done_fn(void *data, size_t i, struct jz_buf *result);

/* Works through `count` messages. feed() appends message i, or returns non-zero to leave it out. */
struct jz_gpg_pool_job {
	size_t count;
	int (*feed)(void *data, size_t i, struct jz_buf *message);
	jz_gpg_done_fn *done;
	void *data;
};
int jz_gpg_pool_run(struct jz_gpg_pool *pool, const struct jz_gpg_pool_job *job,
		    struct jz_err *err);

/* The same message by message, for whoever makes them one after the other: the co-processes work
 * meanwhile. begin() counts from 0; put() hands one over (NULL: left out), which it copies, and waits
 * only while there is no room; drain() waits for what is still at work. done() is called from within
 * put() and drain(), up to some dozens of messages later. */
void jz_gpg_pool_begin(struct jz_gpg_pool *pool, jz_gpg_done_fn *done, void *data);
int jz_gpg_pool_put(struct jz_gpg_pool *pool, const struct jz_buf *message, struct jz_err *err);
int jz_gpg_pool_drain(struct jz_gpg_pool *pool, struct jz_err *err);

#endif

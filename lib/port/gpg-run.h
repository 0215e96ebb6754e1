/*
 * Inside lib/port/gpg*.c only: one operation by one gpg, started without gpgme (which would first
 * ask gpg for its version, once a home, and forks twice for each). Output and status are memfds, and
 * input is one unless it comes later: gpg can be left to work while something else is done, and no
 * plaintext touches a file system. What gpg says on its status is judged line by line; its exit
 * status proves nothing.
 *
 * The passphrase, if there is one, is asked for by the agent's pinentry.
 */
#ifndef JZ_PORT_GPG_RUN_H
#define JZ_PORT_GPG_RUN_H

#include <stddef.h>
#include <sys/types.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/vec.h"
#include "lib/port/gpg-status.h"

struct jz_gpg_run {
	pid_t pid; /* 0: not at work */
	int in;
	int out;
	int status;
	size_t limit;
};
#define JZ_GPG_RUN_INIT                                                                            \
	{                                                                                          \
		0, -1, -1, -1, 0                                                                   \
	}

/* Starts gpg in a home (NULL: the user's own) with these arguments. It writes at most limit bytes,
 * and a little more than that is what tells of a bomb. */
int jz_gpg_run_start(struct jz_gpg_run *run, const char *home, const struct jz_strs *args,
		     const void *input, size_t len, size_t limit, struct jz_err *err);

/* The same before the input is there, so that gpg starts while it is made. It ends when this thread
 * does. */
int jz_gpg_run_open(struct jz_gpg_run *run, const char *home, const struct jz_strs *args,
		    size_t limit, struct jz_err *err);

/* All of the input, once. Where gpg has ended before it took all, its status tells why. */
int jz_gpg_run_feed(struct jz_gpg_run *run, const void *input, size_t len, struct jz_err *err);

/* Waits for its end. Appends what it wrote, and calls note() with every status line (gpg-status.h). JZ_E_CRYPTO: it wrote more than its limit. */
int jz_gpg_run_end(struct jz_gpg_run *run, struct jz_buf *out, jz_gpg_note *note, void *data,
		   struct jz_err *err);

/* Ends it at once, if it is still at work. */
void jz_gpg_run_release(struct jz_gpg_run *run);

#endif

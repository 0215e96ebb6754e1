/*
 * What a person has settled of a sync that stopped: outside of the repository (state.h, subject
 * "sync"), for nobody but they may settle. A settled record is kept as ciphertext, under the two
 * versions that it settles, so that it counts wherever these two meet and nowhere else. The file "stopped" says that a sync waits for somebody.
 */
#ifndef JZ_STORE_SETTLED_H
#define JZ_STORE_SETTLED_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/vec.h"

struct jz_store;

/* Appends it. JZ_E_FINDINGS: nothing is settled of these two. */
int jz_settled_read(struct jz_store *store, const char *ours, const char *theirs,
		    struct jz_buf *out, struct jz_err *err);
int jz_settled_write(struct jz_store *store, const char *ours, const char *theirs,
		     const struct jz_buf *bytes, struct jz_err *err);

/* A sync that stopped. */
struct jz_stopped {
	char remote[128];
	char commit[41];      /* theirs */
	struct jz_strs paths; /* still to be settled */
};
#define JZ_STOPPED_INIT                                                                            \
	{                                                                                          \
		"", "", JZ_STRS_INIT                                                               \
	}
void jz_stopped_release(struct jz_stopped *stopped);

/* JZ_E_FINDINGS: none. JZ_E_INVALID: the file is not one of ours. */
int jz_stopped_read(struct jz_store *store, struct jz_stopped *out, struct jz_err *err);
int jz_stopped_write(struct jz_store *store, const struct jz_stopped *stopped, struct jz_err *err);

/* Drops it, and all that was settled. */
int jz_stopped_clear(struct jz_store *store, struct jz_err *err);

#endif

/*
 * Encrypting anew what lags behind access.yaml (stale.h): in commits of a few hundred records, each
 * of which verifies and leaves everything readable, so that other writers get in between and a
 * process that is killed leaves nothing but less to do. Never more than one commit's records are in
 * memory.
 */
#ifndef JZ_STORE_RESEAL_H
#define JZ_STORE_RESEAL_H

#include "lib/base/vec.h"
#include "lib/store/stale.h"

struct jz_resealed {
	size_t records; /* encrypted anew */
	size_t bytes;	/* of their ciphertexts before */
	size_t commits;
	size_t left[JZ_ROLE_KEY_COUNT]; /* still as they were, for others to do */
	struct jz_strs touched; /* ids, in the order in which they were done */
	struct jz_strs failed;	/* one sentence for each that could not be read or written */
};
void jz_resealed_release(struct jz_resealed *resealed);

struct jz_reseal_opts {
	bool dry_run;		    /* counts only: records and bytes are what would be done */
	struct jz_stale_if suppose; /* with dry_run */
	void (*progress)(void *data, size_t done, size_t total); /* may be NULL */
	void *data;
};

/* Does what this person can do. JZ_E_FINDINGS: some could not be read (failed). Whatever else fails
 * (the disk, another writer) leaves what was committed by then. */
int jz_reseal(struct jz_store *store, const struct jz_reseal_opts *opts, struct jz_resealed *out,
	      struct jz_err *err);

#endif

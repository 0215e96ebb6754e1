/*
 * What a person could read, told by the history alone: to which keys each ciphertext of each record
 * was encrypted, and which role keys were sealed to the person. Nothing is decrypted, so anybody
 * with a clone can ask.
 *
 * A ciphertext counts as readable when it names a subkey of any key that the person ever had in
 * access.yaml, or of a role key whose secret half was ever sealed to one of those: whoever held a
 * role key opens with it what was written before and after, in every copy of the history. All
 * commits that the snapshot's commit reaches are looked at, merged branches too.
 */
#ifndef JZ_STORE_EXPOSURE_H
#define JZ_STORE_EXPOSURE_H

#include "lib/store/access.h"
#include "lib/store/store.h"

/* What opens a ciphertext: bit JZ_KEY_OFFICE or JZ_KEY_CLINICAL of a role key, or the own key. */
#define JZ_BY_ROLE(key) (1u << (key))
#define JZ_BY_OWN	(1u << JZ_ROLE_KEY_COUNT)

struct jz_moment {
	char commit[41]; /* "": none */
	int64_t time;	 /* the committer's, seconds */
	int offset;	 /* minutes east of UTC */
};

/* One record. Between first and last there may have been ciphertexts that were not readable. */
struct jz_exposed {
	char kind[24];
	char id[40];
	struct jz_moment first; /* the first commit with a readable ciphertext of it */
	struct jz_moment last;	/* the last such commit; the snapshot's own: still there */
	struct jz_moment ended; /* the commit that put another ciphertext or none in its place */
	size_t count;		/* different readable ciphertexts */
	unsigned by;		/* what opens any of them */
};

/* One role key that was sealed to the person. */
struct jz_held {
	enum jz_role_key key;
	char fingerprint[JZ_FPR_LEN + 1];
	struct jz_moment first;
	struct jz_moment last; /* the snapshot's own commit: still held */
};

struct jz_exposure {
	char *name;		    /* as in the newest access.yaml that knows the person */
	struct jz_exposed *records; /* by id and kind */
	size_t record_count;
	struct jz_held *held; /* oldest last */
	size_t held_count;
	size_t commits;		  /* looked at */
	struct jz_strs undecided; /* what could not be judged and why, translated sentences */
};
void jz_exposure_release(struct jz_exposure *exposure);

/* progress (may be NULL) is told how many of how many commits are done. JZ_E_FINDINGS: no commit's
 * access.yaml knows the person. */
int jz_exposure_read(struct jz_snapshot *snapshot, const char *person, struct jz_exposure *out,
		     void (*progress)(void *data, size_t done, size_t total), void *data,
		     struct jz_err *err);

#endif

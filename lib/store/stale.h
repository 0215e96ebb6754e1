/*
 * Records whose ciphertext lags behind access.yaml: not sealed to the role key in force, or sealed
 * to a key that must not read them any more (a retired role key, somebody who left, a key that was
 * replaced). What remains of an interrupted rotation is found so, by nothing but the commit:
 * recipients are read from the outside, and nothing is decrypted.
 *
 * A record that lacks somebody who was assigned, but is sealed to nobody wrong, is not seen.
 */
#ifndef JZ_STORE_STALE_H
#define JZ_STORE_STALE_H

#include "lib/store/access.h"
#include "lib/store/store.h"

/* What would be stale if this were so, for previews; all zero: what is stale. */
struct jz_stale_if {
	bool renewed[JZ_ROLE_KEY_COUNT]; /* this role key were replaced */
	const char *left;		 /* this person had left; NULL: nobody */
};

struct jz_stale_record {
	struct jz_entry entry;
	size_t bytes;	/* of ciphertext */
	char *to;	/* key ids of its recipients, in order */
	bool role_lags; /* the role key in force is not among them */
};

struct jz_stale {
	struct jz_stale_record *items; /* those with the same recipients stand together */
	size_t count;
	size_t records; /* looked at */
	size_t unknown; /* of these, no encrypted message */
};

/* Looks at all records of a commit. */
int jz_stale_find(struct jz_snapshot *snapshot, const struct jz_stale_if *suppose,
		  struct jz_stale *out, struct jz_err *err);
/* Has anything ended, so that there may be stale records? Saves looking at all of them. */
bool jz_stale_possible(const struct jz_access *access);

void jz_stale_release(struct jz_stale *stale);

/* The role key that a kind of record goes to. */
enum jz_role_key jz_role_key_of(const char *kind);

#endif

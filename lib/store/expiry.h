/*
 * Keys that end within the days that office policy sets (key_days), or have ended: those of the
 * people in force, the role keys, the recovery key.
 */
#ifndef JZ_STORE_EXPIRY_H
#define JZ_STORE_EXPIRY_H

#include "lib/store/access.h"
#include "lib/store/store.h"

struct jz_ending {
	char fingerprint[JZ_FPR_LEN + 1];
	char who[160]; /* "张三 (zhang)", "the office role key": translated */
	bool over;     /* expired or revoked: nothing can be encrypted to it */
	struct jz_date day;
};

struct jz_endings {
	struct jz_ending *items;
	size_t count;
};
void jz_endings_release(struct jz_endings *endings);

/* A key that cannot be looked at is left to doctor. */
int jz_endings_find(struct jz_snapshot *snapshot, struct jz_endings *out, struct jz_err *err);

/* After something was signed: the sentence to the person whose own key ends soon, allocated; NULL:
 * nothing to say. Starts nothing. */
char *jz_ending_own(struct jz_snapshot *snapshot);

#endif

/*
 * How a commit becomes the head: one way for changes of this clone, merges and what was fetched.
 * The store's lock (lock.h) is held from the first look at the head to the end.
 */
#ifndef JZ_STORE_LAND_H
#define JZ_STORE_LAND_H

#include "lib/store/store-impl.h"

/* Finishes or drops what a killed process left; see jz_store_notice(). */
int jz_land_settle(struct jz_store *store, struct jz_err *err);

/* The branch and the commit to build upon ("": none yet), verified. JZ_E_CONFLICT: HEAD is
 * detached or not verified, or git is in the midst of something. */
int jz_land_base(struct jz_store *store, char ref[256], char head[JZ_GIT_ID], struct jz_err *err);

bool jz_head_is(struct jz_store *store, const char *commit);

/* Marker, branch, working tree, index, marker away: in this order a kill leaves the old state or
 * the new one, and in the new one a marker of what is still to follow. *landed: the branch stands
 * at pending->to, also where what comes after it failed. */
int jz_land(struct jz_store *store, const struct jz_pending *pending,
	    const struct jz_git_person *who, bool *landed, struct jz_err *err);

#endif

/* Inside lib/store/sync*.c only. */
#ifndef JZ_STORE_SYNC_IMPL_H
#define JZ_STORE_SYNC_IMPL_H

#include "lib/store/sync.h"

/* Merges theirs into the head and lands it, with the store's lock held. The items of the result are
 * filled; where there are snags nothing lands. dry_run: the same, but nothing lands in any case. */
int jz_sync_merge(struct jz_store *store, const char *ref, const char *head, const char *theirs,
		  bool dry_run, struct jz_sync_result *result, struct jz_err *err);

/* Moves the head forward to a commit that contains it. */
int jz_sync_forward(struct jz_store *store, const char *ref, const char *head, const char *to,
		    struct jz_err *err);

/* Fills doubles and unread of the result, by the cases that it names. Not in a dry run. */
int jz_sync_doubles(struct jz_store *store, struct jz_sync_result *result, struct jz_err *err);

/* Adds what a list of paths says to the items of the result. */
void jz_sync_note(struct jz_sync_result *result, const struct jz_meets *meets);

#endif

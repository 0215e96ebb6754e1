/*
 * Drafts: what somebody was writing about a record when the edit was interrupted or refused. A
 * draft is kept outside of the repository (state.h, subject "drafts"), encrypted to its writer alone,
 * and remembers the revision that it began from. It is never part of the store's history.
 */
#ifndef JZ_STORE_DRAFT_H
#define JZ_STORE_DRAFT_H

#include "lib/store/store.h"

struct jz_draft {
	char kind[24];
	char id[40];
	int64_t revision; /* of the record that the edit began from */
};

/* Encrypts the text to one's own key and stores it; an older draft of the record is replaced. */
int jz_draft_save(struct jz_snapshot *snapshot, const struct jz_draft *draft, const char *text,
		  size_t len, struct jz_err *err);

/* Reads the draft of a record; JZ_E_FINDINGS: there is none. */
int jz_draft_load(struct jz_snapshot *snapshot, struct jz_draft *draft, struct jz_buf *text,
		  struct jz_err *err);

int jz_draft_drop(struct jz_store *store, const char *kind, const char *id, struct jz_err *err);

/* The records that have a draft, as "kind id". */
void jz_draft_list(struct jz_store *store, struct jz_strs *out);

/* Turns what killed editors of this store left on the tmpfs into drafts. Returns how many. */
int jz_draft_rescue(struct jz_snapshot *snapshot);

/* The marker that an edit puts into its private directory before any plaintext. */
int jz_draft_mark(struct jz_store *store, const char *dir, const struct jz_draft *draft,
		  struct jz_err *err);

#endif

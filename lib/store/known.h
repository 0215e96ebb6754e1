/*
 * The people whom a store knows already, by the number of their identity document. No list of
 * numbers is kept anywhere: the records, or their sealed summaries (index.h), are opened and compared
 * in memory, and the numbers wiped.
 */
#ifndef JZ_STORE_KNOWN_H
#define JZ_STORE_KNOWN_H

#include <stdbool.h>
#include "lib/base/map.h"
#include "lib/base/vec.h"
#include "lib/store/store.h"

struct jz_known_case {
	char id[40];
	bool closed;
	struct jz_known_case *other; /* of the same number; an open one comes first */
};

struct jz_known {
	struct jz_map people; /* number to its first struct jz_known_case */
	size_t read;	      /* records looked into */
	size_t unreadable;    /* records that could not be: people among them are not known */
	char commit[41];      /* of which they are */
};

/* Reads all cases of the snapshot. progress may be NULL. */
int jz_known_load(struct jz_snapshot *snapshot, struct jz_known *out,
		  void (*progress)(void *data, size_t done), void *data, struct jz_err *err);
void jz_known_release(struct jz_known *known);

/* The case of the same person (the open one if there are several); NULL: none. record is the tree
 * of a case; its obsolete number counts as well. */
const struct jz_known_case *jz_known_find(const struct jz_known *known,
					  const struct jz_node *record);

/* Adds a case that is not in the store yet. */
void jz_known_add(struct jz_known *known, const char *id, const struct jz_node *record);

/* Where a person has several open cases: their ids, "LS-2026-0003 LS-2026-0004", sorted. Intake
 * refuses that; two clones that are merged can bring it about. */
void jz_known_doubles(const struct jz_known *known, struct jz_strs *out);

#endif

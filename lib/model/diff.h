/*
 * What differs between two revisions of a record, field by field: maps by key, lists of items by
 * the item's `id`, lists of anything else as one value. `revision` and the order of keys are no
 * difference.
 */
#ifndef JZ_MODEL_DIFF_H
#define JZ_MODEL_DIFF_H

#include "lib/base/node.h"

enum jz_diff_kind { JZ_DIFF_ADDED, JZ_DIFF_REMOVED, JZ_DIFF_CHANGED };

struct jz_diff {
	enum jz_diff_kind kind;
	const char *path;	      /* "services[a7k2m9q4].outcome"; lives during the call */
	const struct jz_node *before; /* NULL: added */
	const struct jz_node *after;  /* NULL: removed */
};

/* Calls each() for every difference, in the order of `after`, then what is only in `before`. An
 * item or map that is on one side only is one difference. before or after may be NULL: an empty
 * record. */
typedef void jz_diff_fn(void *data, const struct jz_diff *diff);
void jz_diff(const struct jz_node *before, const struct jz_node *after, jz_diff_fn *each,
	     void *data);

/* Calls each() for every leaf of a record: its scalars, and its lists without ids. */
typedef void jz_leaf_fn(void *data, const char *path, const struct jz_node *leaf);
void jz_leaves(const struct jz_node *record, jz_leaf_fn *each, void *data);

#endif

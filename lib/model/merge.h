/*
 * Three-way merge of records by meaning: maps by key, lists of items by their `id`, lists that the
 * schema calls sets (uniqueItems) by value, everything else as one value.
 *
 * What one side changed is taken; what both changed alike is no conflict; what both changed
 * differently is a clash. `revision` of the record is the greater of both and one more.
 *
 * Swapping the sides gives the same tree (as long as there is no clash): what is in the base keeps
 * the base's order, or that of the one side that rearranged it; new keys stand where the schema has
 * them, by name where it does not know them; new items of both sides behind the item that they were
 * put behind, each side's in its own order, and between the sides the smaller id first.
 *
 * Several clones may merge in any order: the content is the same at the end, but the order of new
 * items and of joined comment lines may be another one.
 *
 * Comments stay with their values. The side that changed a comment wins; where both did, the lines
 * of both stand there. Removing what the other side only commented on is a clash too.
 */
#ifndef JZ_MODEL_MERGE_H
#define JZ_MODEL_MERGE_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/node.h"
#include "lib/base/vec.h"
#include "lib/model/shape.h"

enum jz_side { JZ_SIDE_NONE, JZ_SIDE_OURS, JZ_SIDE_THEIRS };

enum jz_clash_kind {
	JZ_CLASH_CHANGED,	 /* both changed it, differently */
	JZ_CLASH_ADDED,		 /* both added it, differently */
	JZ_CLASH_OURS_REMOVED,	 /* we removed what they changed */
	JZ_CLASH_THEIRS_REMOVED, /* they removed what we changed */
};

/* A place that a person must settle. path is as people type it (lib/model/field.h):
 * "services[a7k2m9q4].outcome". The nodes are the sides' own (NULL: not there). */
struct jz_clash {
	enum jz_clash_kind kind;
	const char *path;
	const struct jz_node *base;
	const struct jz_node *ours;
	const struct jz_node *theirs;
};

struct jz_merge {
	struct jz_arena *arena; /* of the result, the clashes and their paths */
	struct jz_shape shape;	/* of the record; schema NULL: every plain list is one value */
	/* Which side the tree takes where there is a clash; NULL: ours. The clash is listed unless
	 * settled is set to true. */
	enum jz_side (*choose)(void *data, const struct jz_clash *clash, bool *settled);
	void *data;
	struct jz_vec clashes; /* out: struct jz_clash, in the arena */
	struct jz_buf path;    /* used while it runs */
};

/* base may be NULL: both sides made the record anew. The result shares nothing with the inputs. */
struct jz_node *jz_merge_trees(struct jz_merge *merge, const struct jz_node *base,
			       const struct jz_node *ours, const struct jz_node *theirs);
void jz_merge_release(struct jz_merge *merge);

#endif

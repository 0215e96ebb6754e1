/* What the files of the three-way merge share. */
#ifndef JZ_MODEL_MERGE_IMPL_H
#define JZ_MODEL_MERGE_IMPL_H

#include "lib/model/merge.h"

/* The three versions of a place; NULL: not there. */
struct jz_three {
	const struct jz_node *base;
	const struct jz_node *ours;
	const struct jz_node *theirs;
};

/* The merged value of a place, NULL: not there. */
struct jz_node *jz_merge_value(struct jz_merge *merge, const struct jz_shape *shape,
			       const struct jz_three *three);

/* Lists of maps that all have an `id` of their own. */
bool jz_merge_by_id(const struct jz_three *three);
struct jz_node *jz_merge_items(struct jz_merge *merge, const struct jz_shape *shape,
			       const struct jz_three *three);

struct jz_node *jz_merge_set(struct jz_merge *merge, const struct jz_three *three);

/* Equal, comments too; empty lines between them do not count. */
bool jz_merge_same(const struct jz_node *a, const struct jz_node *b);

/* Gives node the comments of all three. */
void jz_merge_notes(struct jz_arena *arena, struct jz_node *node, const struct jz_three *three);

#endif

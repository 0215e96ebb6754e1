/* What the readers share: entries of collections that are still open, and closing one into a node.
 */
#ifndef JZ_PORT_TREE_H
#define JZ_PORT_TREE_H

#include <stddef.h>
#include "lib/base/node.h"

/* Entries of all open collections, the innermost last; items use the value alone. */
struct jz_entries {
	struct jz_pair *pairs;
	size_t len, cap;
};

void jz_entries_push(struct jz_entries *entries, const struct jz_pair *pair);
void jz_entries_release(struct jz_entries *entries);

/* Moves the entries from base on into the map or sequence. Returns the first pair whose key an
 * earlier one has (the map is unfinished then), NULL if all differ. */
const struct jz_pair *jz_entries_close(struct jz_entries *entries, size_t base,
				       struct jz_arena *arena, struct jz_node *node);

#endif

/*
 * Inside lib/port/git*.c only: what git's index remembers of trees (the extension TREE), so that
 * `git status` need not read those of directories in which nothing changed.
 */
#ifndef JZ_PORT_GIT_CACHE_TREE_H
#define JZ_PORT_GIT_CACHE_TREE_H

#include <stdbool.h>
#include "lib/base/buf.h"
#include "lib/base/map.h"

/* Appends it without the trees of these directories ("": the root). false: it is damaged, and what
 * was appended is of no use. */
bool jz_git_cache_tree_copy(const struct jz_buf *from, const struct jz_map *changed,
			    struct jz_buf *out);

#endif

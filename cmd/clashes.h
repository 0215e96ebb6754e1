/* Clashes of a merge, for people. */
#ifndef JZ_CMD_CLASHES_H
#define JZ_CMD_CLASHES_H

#include <stdio.h>
#include "lib/model/merge.h"

/* "person.phone: both sides changed it", one line each, without values. */
void jz_print_clash(const char *id, const struct jz_clash *clash, FILE *to);
void jz_print_clashes(const char *id, const struct jz_vec *clashes, FILE *to);

/* "ours: anna, 2026-03-02, 1a2b3c4d5e": who changed a path last, as seen from a commit. */
struct jz_store;
void jz_print_last_change(struct jz_store *store, const char *side, const char *from,
			  const char *path, FILE *to);

#endif

/* Clashes of a merge, for people. */
#ifndef JZ_CMD_CLASHES_H
#define JZ_CMD_CLASHES_H

#include <stdio.h>
#include "lib/model/merge.h"

/* "person.phone: both sides changed it", one line each, without values. */
void jz_print_clash(const char *id, const struct jz_clash *clash, FILE *to);
void jz_print_clashes(const char *id, const struct jz_vec *clashes, FILE *to);

#endif

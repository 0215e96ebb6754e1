/* `jzbf check [CASE…]` on a store: schema and rules of cases as of a day. */
#ifndef JZ_CMD_CHECK_STORE_H
#define JZ_CMD_CHECK_STORE_H

#include "cmd/command.h"

struct jz_check_store {
	const char *at;	  /* NULL: HEAD */
	const char *date; /* NULL: the day of at, or today */
	bool json;	  /* findings as JSON */
	bool strict;	  /* warnings count as findings too */
	bool closing;	  /* the rules that must hold before a case is closed, too */
	const char *const *cases;
	size_t count; /* 0: all */
};

/* Prints the findings; JZ_E_FINDINGS with an empty message if there are any that count, or a record
 * that cannot be read. */
int jz_check_store(struct jz_ctx *ctx, const struct jz_check_store *what, struct jz_err *err);

#endif

/* Intake of one person and of many: what both parts share. */
#ifndef JZ_CMD_INTAKE_H
#define JZ_CMD_INTAKE_H

#include "cmd/case-change.h"
#include "lib/store/known.h"

/* Values of the options of --csv. */
struct jz_intake_csv {
	const char *file;
	const char *map;
	const char *encoding;
	const char *rejects;
};

/* Takes in every row of a CSV file, by one commit. */
int jz_intake_csv(struct jz_change *change, const struct jz_intake_csv *csv, int argc, char **argv,
		  struct jz_err *err);

/* The people of the store, with progress. */
int jz_intake_known(struct jz_ctx *ctx, struct jz_snapshot *snapshot, struct jz_known *out,
		    struct jz_err *err);
void jz_intake_warn_unreadable(const struct jz_known *known);

/* What a new record says without being told: the worker, the kind of document, the minor track. */
void jz_intake_derive(struct jz_arena *arena, const struct jz_shape *shape, struct jz_node *root,
		      const char *me);

#endif

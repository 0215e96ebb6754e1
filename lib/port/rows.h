/* Rows on their way out: a list of values written as JSON, YAML, NDJSON or CSV, one at a time. */
#ifndef JZ_PORT_ROWS_H
#define JZ_PORT_ROWS_H

#include <stdbool.h>
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/port/convert.h"

struct jz_rows {
	const struct jz_convert *how;
	bool dry; /* check alone, write nothing */
	size_t count;
	struct jz_arena *arena; /* of the header */
	struct jz_node *heads;	/* CSV: a map with the keys of the first row */
	struct jz_buf out;
};

void jz_rows_init(struct jz_rows *rows, const struct jz_convert *how, bool dry);
void jz_rows_release(struct jz_rows *rows);

/* CSV without rows still has a header: the keys of a map. */
int jz_rows_head(struct jz_rows *rows, const struct jz_node *heads, struct jz_err *err);
int jz_rows_put(struct jz_rows *rows, struct jz_node *row, struct jz_err *err);
int jz_rows_end(struct jz_rows *rows, struct jz_err *err);

#endif

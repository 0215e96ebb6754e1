/*
 * The summary of a case: the record with everything taken away that no listing or report looks at.
 * Which fields stay is data (schemas/summary.yaml).
 *
 * A summary is written as bytes, many of them one behind the other in a page, and read back as a
 * tree that lib/model and lib/report take like a whole record. A page holds each text once: later
 * rows point back at it, so a row is read within its page only. The trees of a page point into it.
 *
 * Pages come out of the index, where their seal vouches for them; bytes that make no sense are
 * still refused, never followed.
 */
#ifndef JZ_STORE_SUMMARY_H
#define JZ_STORE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/map.h"
#include "lib/base/node.h"

#define JZ_SUMMARY_VERSION 32

/* Loads schemas/summary.yaml at the first call; the rest needs it. */
int jz_summary_start(struct jz_err *err);

/* Changes with the program, the format of a row, the schema of a case and the list of fields: rows of
 * another version are none. */
const uint8_t *jz_summary_version(void);

/* Is a path, such as services.kind, kept with its whole value? */
bool jz_summary_covers(const char *path);

/* ---- writing ---- */

struct jz_summary_page {
	struct jz_buf bytes;
	struct jz_map texts; /* where in the page each one stands, plus one */
};
void jz_summary_page_init(struct jz_summary_page *page);
void jz_summary_page_clear(struct jz_summary_page *page); /* wipes */
void jz_summary_page_release(struct jz_summary_page *page);

/* Appends the row of a typed and checked record (or of a row). False, and nothing is appended: the record
 * holds something where nothing of its kind belongs. */
bool jz_summary_add(struct jz_summary_page *page, const struct jz_node *record);

/* ---- reading ---- */

/* Memory for the nodes of one row, used again for the next. */
struct jz_summary_room {
	char *memory;
	size_t size;
};
#define JZ_SUMMARY_ROOM_INIT                                                                       \
	{                                                                                          \
		NULL, 0                                                                            \
	}
void jz_summary_room_release(struct jz_summary_room *room); /* wipes */

/* The tree of the row that begins at a place of a page; it lives until the room is used again, and
 * as long as the page. NULL: that is no row. */
const struct jz_node *jz_summary_row(const char *page, size_t len, size_t at,
				     struct jz_summary_room *room);

#endif

/*
 * The summary of a case: the record with everything taken away that no listing or report looks at.
 * Which fields stay is data (schemas/summary.yaml).
 *
 * A summary is written as bytes, many of them one behind the other in a page, and read back as a
 * tree that lib/model and lib/report take like a whole record. A page holds each text once, as a
 * table behind its rows, so a row is read within its page only. The trees of a page point into it.
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

/* Which of its fields somebody wants to see. */
#define JZ_SUMMARY_MOST 256
struct jz_summary_wanted {
	uint32_t children[JZ_SUMMARY_MOST]; /* of each field, by its number */
};

/* paths: such as "services.kind analysis.cognition? ", each with a blank behind it; NULL: everything that
 * there is. With a question mark it is enough to see whether there is something. False: a summary
 * does not hold one of them with its whole value, so the record itself must be read. */
bool jz_summary_want(const char *paths, struct jz_summary_wanted *out);

/* ---- writing ---- */

struct jz_summary_page {
	struct jz_buf bytes; /* the rows; after jz_summary_page_end() the whole page */
	struct jz_buf table; /* of its texts */
	struct jz_map texts[2]; /* the number of each, plus one; strings, and numbers */
	size_t text_count;
};
void jz_summary_page_init(struct jz_summary_page *page);
void jz_summary_page_clear(struct jz_summary_page *page); /* wipes */
void jz_summary_page_release(struct jz_summary_page *page);

/* Appends the row of a typed and checked record (or of a row). False, and nothing is appended: the record
 * holds something where nothing of its kind belongs. */
bool jz_summary_add(struct jz_summary_page *page, const struct jz_node *record);

/* The page is whole: its bytes are what jz_summary_open() takes. Nothing is added to it any more. */
void jz_summary_page_end(struct jz_summary_page *page);

/* ---- reading ---- */

/* A page: its rows, and a node for each of its texts. */
struct jz_summary_view {
	const char *page;
	size_t rows; /* bytes of them */
	struct jz_node *texts;
	size_t text_count;
	size_t text_cap;
};
#define JZ_SUMMARY_VIEW_INIT                                                                       \
	{                                                                                          \
		NULL, 0, NULL, 0, 0                                                                \
	}
/* The page must outlive what is looked at; the view may have been of another one. False: that is no
 * page. */
bool jz_summary_open(struct jz_summary_view *view, const char *page, size_t len);
void jz_summary_view_release(struct jz_summary_view *view);

/* Memory for the maps and lists of one row, used again for the next. */
struct jz_summary_room {
	char *memory;
	size_t size;
};
#define JZ_SUMMARY_ROOM_INIT                                                                       \
	{                                                                                          \
		NULL, 0                                                                            \
	}
void jz_summary_room_release(struct jz_summary_room *room); /* wipes */

/* The tree of the row that begins at a place of a page, without what is not wanted (NULL: all is); it
 * lives until the room is used again, and as long as view and page. NULL: that is no row, as far as
 * it was looked at. */
const struct jz_node *jz_summary_row(const struct jz_summary_view *view, size_t at,
				     const struct jz_summary_wanted *wanted,
				     struct jz_summary_room *room);

#endif

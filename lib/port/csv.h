/*
 * CSV as RFC 4180 has it: commas, quotes doubled, rows ended by CRLF, LF or CR. The first row is
 * the header. Nothing is trimmed, every value is text. Empty lines are skipped. UTF-8 only;
 * encoding.h converts.
 *
 * Refused with line and column: an empty or duplicate header, a row that has more or fewer fields
 * than the header, a quote in the wrong place, a field that is not closed, a field over the limit,
 * and no header at all.
 *
 * Defusing: a spreadsheet runs a cell that begins with = + - @, their full-width forms, a tab, CR
 * or LF. Such a cell is written with an apostrophe before it, unless it is a plain number like -5;
 * a cell that has apostrophes before such a beginning already gets one more. Reading takes one
 * apostrophe off again, so that write and read give back every text.
 */
#ifndef JZ_PORT_CSV_H
#define JZ_PORT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define JZ_CSV_MAX_BYTES   (16u << 20) /* of a file, for callers that read one */
#define JZ_CSV_MAX_FIELD   (1u << 20)
#define JZ_CSV_MAX_COLUMNS 1024

struct jz_csv_cell {
	const char *text; /* NUL-terminated behind len; lives as long as the callback */
	size_t len;
	unsigned line;	 /* where the field begins */
	unsigned column; /* in characters, quote included */
};

struct jz_csv_row {
	size_t number; /* 0: the header; data rows count from 1 */
	size_t count;
	const struct jz_csv_cell *cells;
	const struct jz_csv_cell *heads; /* the header's cells, also in row 0; live to the end */
};

/* Called for the header first (number 0), then for each row. A failure ends the reading. */
typedef int (*jz_csv_fn)(void *data, const struct jz_csv_row *row, struct jz_err *err);

int jz_csv_each(const char *text, size_t len, jz_csv_fn fn, void *data, struct jz_err *err);

/* How many rows stand behind the header, by quotes and line feeds alone: to show progress. */
size_t jz_csv_rows(const char *text, size_t len);

/* A row as a map from header to text. */
struct jz_node *jz_csv_row_node(struct jz_arena *arena, const struct jz_csv_row *row);

/* Writing: cell by cell; first: no comma before it. */
void jz_csv_write(const char *text, size_t len, bool first, struct jz_buf *out);
void jz_csv_end_row(struct jz_buf *out);

#endif

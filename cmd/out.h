/*
 * Output for people: aligned tables, colour, progress, and messages on standard error. Machine
 * output goes through lib/port/json.h and the CSV writer and is never translated.
 */
#ifndef JZ_CMD_OUT_H
#define JZ_CMD_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/model/finding.h"

struct jz_ctx;

/* Columns of the terminal, 80 if unknown. */
int jz_term_columns(void);

/* Prints text wrapped to the columns, each line after indent spaces; Chinese breaks between any two
 * characters but not before closing punctuation. */
void jz_print_wrapped(FILE *to, const char *text, int indent, int columns);

/* The same for a text that begins at column `at` of a line that something else was printed on. */
void jz_print_hanging(FILE *to, const char *text, int at, int indent, int columns);

/* A table that aligns its columns by display width. Cells are copied. */
struct jz_table;
struct jz_table *jz_table_new(size_t columns, const char *const *heads); /* heads may be NULL */
void jz_table_cell(struct jz_table *table, const char *text);		 /* row by row */
void jz_table_print(struct jz_table *table, FILE *to);
void jz_table_free(struct jz_table *table);

/* printf of one line to people. Whatever the values bring along (a name, a path, an argument of
 * somebody hostile) neither steers the terminal nor begins a line of its own. */
__attribute__((format(printf, 2, 3))) void jz_say(FILE *to, const char *fmt, ...);

/* "jzbf: file:line:column: field: message [clause]" */
void jz_print_error(const struct jz_err *err);
__attribute__((format(printf, 2, 3))) void jz_note(const struct jz_ctx *ctx, const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void jz_warn(const char *fmt, ...);

/* Lines of position, field, sentence, clause: what several rules say of one thing, or one of several
 * things, is one line with all their clauses. The field is named by its titles where they were looked
 * up (jz_findings_titles()), else by its pointer. Or one JSON document, each finding by itself:
 * {"format":"jzbf/findings/1","errors":N,"findings":[{"severity":"error"|"warning"|"info","file",
 * "line","column","path","rule","clause","message"}]}, unknown ones null. */
void jz_print_findings(const struct jz_findings *findings, FILE *to, bool color);
void jz_print_findings_json(const struct jz_findings *findings, FILE *to);
struct jz_node *jz_findings_node(const struct jz_findings *findings, struct jz_arena *arena);

/* A JSON document with a newline behind it, two spaces a level. */
void jz_print_json(const struct jz_node *node, FILE *to);

/* A progress bar on a terminal, shown after one second: "label  1234/10000 12%". */
struct jz_progress {
	const char *label;
	size_t total;
	long long drawn_ms; /* when the line was drawn last */
	bool on;
	bool shown;
};
void jz_progress_start(struct jz_progress *progress, const struct jz_ctx *ctx, const char *label,
		       size_t total);
void jz_progress_update(struct jz_progress *progress, size_t done);
void jz_progress_end(struct jz_progress *progress);

/* Flushes standard output; a write that failed (disk full, closed pipe) is JZ_E_IO. The message is
 * empty when the reader of a pipe went away. */
int jz_stdout_check(struct jz_err *err);

#endif

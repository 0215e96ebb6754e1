/* Printing what differs between revisions of a record: for log, diff and blame. */
#ifndef JZ_CMD_CHANGES_H
#define JZ_CMD_CHANGES_H

#include <stdbool.h>
#include <stdio.h>
#include "lib/base/vec.h"
#include "lib/model/codes.h"
#include "lib/model/diff.h"
#include "lib/model/shape.h"

enum jz_change_form { JZ_CHANGES_TEXT, JZ_CHANGES_JSON, JZ_CHANGES_CSV };
extern const char *const jz_text_json_csv[]; /* the values of --format, in this order */
enum jz_change_form jz_change_form(const char *word);

struct jz_changes {
	struct jz_shape shape; /* of the record's kind */
	struct jz_codes *codes;
	bool values; /* old and new values, not only the fields */
	enum jz_change_form form;
	int indent;		/* text */
	struct jz_arena *arena; /* json */
	struct jz_node *list;	/* json: {path, change, before, after} are collected here */
	const char *const
		*cells; /* csv: what stands before path, change, before, after; NULL-ended */
	size_t count;	/* what was printed */
	const struct jz_strs
		*but; /* leave out what has no path in here, above or below; NULL: none */
};

/* The shape and labels of a kind of record; a kind without a schema has none. */
void jz_changes_init(struct jz_changes *changes, const char *kind, struct jz_codes *codes,
		     enum jz_change_form form);

/* before or after may be NULL. */
void jz_changes_print(struct jz_changes *changes, const struct jz_node *before,
		      const struct jz_node *after);

/* What a merge made new: differs from every one of the sides (count >= 1), printed against the
 * first. */
void jz_changes_print_merge(struct jz_changes *changes, const struct jz_node *const *sides,
			    size_t count, const struct jz_node *after);

/* "path (title)"; the title in the person's language, if the path has one. */
void jz_change_path(const struct jz_changes *changes, const char *path, struct jz_buf *out);

/* A value on one line, cut after some columns: "3 fields" for what has parts. */
void jz_change_value(const struct jz_changes *changes, const char *path,
		     const struct jz_node *value, struct jz_buf *out);

/* A value as one CSV cell: a text as it is, what has parts as JSON; NULL: an empty one. */
void jz_change_cell(const struct jz_node *value, struct jz_buf *out);

/* A row of CSV to standard output; NULL-ended. */
void jz_csv_row(const char *const *cells);

/* Names revisions that could not be read on standard error, neighbours of one reason in one line,
 * and counts them; returns JZ_E_FINDINGS with an empty message if there were any. */
int jz_revisions_unread(const char *id, size_t scanned, const struct jz_strs *commits,
			const struct jz_strs *reasons, struct jz_err *err);

#endif

/*
 * A report as a document: facts about the report itself, headings, paragraphs, tables, bars.
 * Whoever makes one says what is in it once; the renderers (render.h) turn it into text, CSV, JSON
 * or HTML.
 *
 * Every cell and fact has a machine value, which never changes with the language, and what a person
 * is shown. Texts are copied. A document may hold decrypted text: freeing it wipes it.
 */
#ifndef JZ_REPORT_DOC_H
#define JZ_REPORT_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/node.h"

struct jz_column {
	const char *key;   /* for machines: "n" */
	const char *label; /* for people */
	bool number;	   /* aligned right; JSON prints the value as a number */
};

enum jz_block_kind {
	JZ_BLOCK_HEADING,
	JZ_BLOCK_TEXT,
	JZ_BLOCK_NOTICE,
	JZ_BLOCK_FACTS,
	JZ_BLOCK_TABLE,
	JZ_BLOCK_BARS
};

struct jz_cell {
	const char *value; /* machine; NULL: none (JSON null) */
	const char *shown;
};

struct jz_bar {
	const char *key;
	const char *label;
	long n;
	long total; /* 0: no denominator */
};

struct jz_block {
	enum jz_block_kind kind;
	const char *key;  /* tables, bars, facts: name for machines */
	const char *text; /* heading, paragraph, notice; caption of a table or of bars */
	int level;	  /* heading: 1 or 2 */
	bool of_record;	  /* shows fields of doc->record */
	struct jz_column *columns;
	size_t column_count;
	bool gather; /* jz_doc_gather() */
	struct jz_cell *cells; /* row by row; facts: pairs of (key, label) and (value, shown) */
	size_t cell_count;
	size_t cell_cap;
	struct jz_bar *bars;
	size_t bar_count;
	size_t bar_cap;
	struct jz_block *next;
};

struct jz_doc {
	struct jz_arena *arena;
	const char *name;	      /* "indicators" */
	const char *title;	      /* for people */
	const char *lang;	      /* "zh-CN" or "en", for HTML */
	const struct jz_node *record; /* JSON gives it as it is, instead of its fields; or NULL */
	bool of_record; /* blocks that are added from now on show fields of the record */
	struct jz_block *first;
	struct jz_block *last;
};

struct jz_doc *jz_doc_new(const char *name, const char *title);
void jz_doc_free(struct jz_doc *doc);
JZ_DEFINE_AUTO(struct jz_doc, jz_doc_free)

/* The record that the document is about; copied. */
void jz_doc_record(struct jz_doc *doc, const struct jz_node *record);

void jz_doc_heading(struct jz_doc *doc, int level, const char *text);
void jz_doc_text(struct jz_doc *doc, const char *text);
void jz_doc_notice(struct jz_doc *doc, const char *text); /* shown prominently */

/* A list of label and value. Facts that follow go to the list that was begun last. */
void jz_doc_facts(struct jz_doc *doc, const char *key);
void jz_doc_fact(struct jz_doc *doc, const char *key, const char *label, const char *value,
		 const char *shown);

/* A table; cells follow row by row. shown NULL: as value; value NULL: nothing there. */
void jz_doc_table(struct jz_doc *doc, const char *key, const char *caption,
		  const struct jz_column *columns, size_t count);
void jz_doc_cell(struct jz_doc *doc, const char *value, const char *shown);
void jz_doc_cell_int(struct jz_doc *doc, long value);

/* People see rows of the table just begun that differ only in the last column as one row. */
void jz_doc_gather(struct jz_doc *doc);
/* How many rows, from this one on, those are; 1 where nothing is gathered. */
size_t jz_block_gathered(const struct jz_block *block, size_t row);

/* Horizontal bars, drawn in HTML; the same figures must stand in a table. */
void jz_doc_bars(struct jz_doc *doc, const char *key, const char *caption);
void jz_doc_bar(struct jz_doc *doc, const char *key, const char *label, long n, long total);

#endif

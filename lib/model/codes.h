/*
 * Code tables: schemas/codes/NAME.yaml, or the table of that name under `codes:` in jzbf.yaml,
 * which replaces the built-in one as a whole. A row is a map {code, zh, en} with what else the
 * table knows (valid_from, until, stage, …). Tables are read when first asked for; one thread.
 */
#ifndef JZ_MODEL_CODES_H
#define JZ_MODEL_CODES_H

#include "lib/base/date.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

struct jz_codes;

/* office: the root of jzbf.yaml, copied as far as it is needed; NULL: built-in tables only. */
struct jz_codes *jz_codes_new(const struct jz_node *office);
void jz_codes_free(struct jz_codes *codes);
JZ_DEFINE_AUTO(struct jz_codes, jz_codes_free)

/* The rows of a table, a sequence; NULL: its file has none. JZ_E_USAGE: there is no such table; else
 * why its file cannot be read. */
int jz_codes_read(struct jz_codes *codes, const char *table, const struct jz_node **rows,
		  struct jz_err *err);

/* The same where nothing depends on it; NULL: there is no such table, or it cannot be read. */
const struct jz_node *jz_codes_rows(struct jz_codes *codes, const char *table);

/* One row; NULL: no such table or code. */
const struct jz_node *jz_codes_find(struct jz_codes *codes, const char *table, const char *code);

/* True if the row is in use on that day (valid_from to until, both included). Outside of it a code
 * is not offered, and a case that did not have it before may not take it. */
bool jz_code_valid(const struct jz_node *row, struct jz_date on);

/* The label in the language of the messages; the code itself where the table does not know it. The
 * text lives as long as codes (or as code does). */
const char *jz_codes_label(struct jz_codes *codes, const char *table, const char *code);

/* Appends "code label, code label, …", for an error: a long table is cut off. */
void jz_codes_choices(struct jz_codes *codes, const char *table, struct jz_buf *out);

/* Calls visit for every value of a record that its schema (schemas/KIND.yaml) ties to a code table,
 * in the record's order; table is the table's name. Safe in any thread. */
typedef void jz_codes_visit(void *data, const char *table, const struct jz_node *value,
			    const struct jz_hop *place);
int jz_codes_walk(const char *kind, const struct jz_node *record,
		  jz_codes_visit *visit, void *data, struct jz_err *err);

#endif

/*
 * JSON Schema 2020-12, compiled once and used many times (design.md, section 4 lists the keywords).
 *
 * jz_schema_type() gives every plain YAML scalar of a document the type that the schema expects at
 * its place (the text is never guessed at where the schema says string), falling back to YAML 1.2
 * core typing where the schema is silent. jz_schema_check() then judges a typed tree and changes
 * nothing. Both are safe to call from several threads with one compiled schema.
 */
#ifndef JZ_MODEL_SCHEMA_H
#define JZ_MODEL_SCHEMA_H

#include <stdbool.h>
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/model/finding.h"

struct jz_schema;

struct jz_schema_opts {
	bool assert_format; /* `format` is an assertion */
};

/* Compiles a typed tree; keeps nothing of it (the tree may die). A wrong schema is JZ_E_INVALID
 * with position and JSON Pointer. opts may be NULL. */
int jz_schema_compile(const struct jz_node *root, const struct jz_schema_opts *opts,
		      struct jz_schema **out, struct jz_err *err);
void jz_schema_free(struct jz_schema *schema);
JZ_DEFINE_AUTO(struct jz_schema, jz_schema_free)

/* Reads and compiles schemas/NAME.yaml of the program's own data, with formats asserted. The result
 * is kept for the life of the process; do not free. */
int jz_schema_builtin(const char *name, const struct jz_schema **out, struct jz_err *err);

void jz_schema_type(const struct jz_schema *schema, struct jz_node *document);

/* Appends findings; returns 0 if the document is valid, JZ_E_INVALID otherwise. */
int jz_schema_check(const struct jz_schema *schema, const struct jz_node *document,
		    struct jz_findings *findings);

#endif

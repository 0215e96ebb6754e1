/*
 * JSON Schema 2020-12, compiled once and used many times: all keywords of the core, applicator,
 * unevaluated and validation vocabularies, references inside the document ($ref, $anchor, embedded
 * $id, $dynamicRef), and `format` where it is asserted. Numbers are exact, lengths are code points,
 * patterns are ECMA-262 (lib/port/regex.h). Unknown keywords are annotations; a reference to
 * another document and a dialect other than 2020-12 are errors.
 *
 * jz_schema_type() gives every plain YAML scalar of a document the type that the schema expects at
 * its place (the text is never guessed at where the schema says string), falling back to YAML 1.2
 * core typing where the schema is silent. jz_schema_check() then judges a typed tree and changes
 * nothing. Both are safe to call from several threads with one compiled schema.
 *
 * How a place is typed. The types allowed there are gathered from the schema alone, before anything
 * is checked: `type`, and the kinds of `const` and `enum`; $ref, $dynamicRef and allOf narrow them;
 * the branches of anyOf, oneOf, if/then/else and dependentSchemas are united and then may narrow,
 * but never contradict, what always holds; `not` says nothing; a branch that says nothing does not
 * count. Places are found through properties, patternProperties, additionalProperties, prefixItems,
 * items, contains and unevaluated*. Then, for the text of the scalar:
 * - its core type is allowed, or nothing is said: the core type (12 under [string, integer] is 12);
 * - else text is allowed: text (012 and null under [string, integer] are text);
 * - else the core type, and the check will say what is wrong.
 *
 * Hostile input: a check that would take too many steps, too deep a recursion or too much
 * backtracking in a pattern ends with a finding and JZ_E_INVALID, also inside `not`; never
 * silently.
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

/* Reads and compiles a file, JSON if its name ends so, else YAML ("-": standard input); errors name
 * the file. */
int jz_schema_read(const char *path, const struct jz_schema_opts *opts, struct jz_schema **out,
		   struct jz_err *err);

/* Reads and compiles schemas/NAME.yaml of the program's own data, with formats asserted. The result
 * is kept for the life of the process; do not free. */
int jz_schema_builtin(const char *name, const struct jz_schema **out, struct jz_err *err);

void jz_schema_type(const struct jz_schema *schema, struct jz_node *document);

/* Appends findings; returns 0 if the document is valid, JZ_E_INVALID otherwise. */
int jz_schema_check(const struct jz_schema *schema, const struct jz_node *document,
		    struct jz_findings *findings);

#endif

/*
 * The schema of a record as a guide for people: which fields a place has, what they are called,
 * which of them must be there, which codes they take. The validator (schema.h) judges; this only
 * shows the way, so it reads the plain subset that the project's own record schemas use:
 * properties, items, local $ref, enum with x-labels, x-codes, x-clause, titles.
 *
 * A shape borrows from the schema document, which stays in memory for the life of the process.
 */
#ifndef JZ_MODEL_SHAPE_H
#define JZ_MODEL_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/vec.h"

struct jz_shape {
	const struct jz_node *schema; /* the place in the schema document; NULL: anything goes */
	const struct jz_node *root;   /* the document, for $ref */
};

enum jz_shape_type {
	JZ_TYPE_STRING = 1,
	JZ_TYPE_NUMBER = 2, /* integer or number */
	JZ_TYPE_BOOL = 4,
	JZ_TYPE_NULL = 8,
	JZ_TYPE_ARRAY = 16,
	JZ_TYPE_OBJECT = 32,
	JZ_TYPE_ANY = 63,
};

/* The shape of schemas/NAME.yaml ("case", "psych"). */
int jz_shape_open(const char *name, struct jz_shape *out, struct jz_err *err);

/* The value of a keyword at this place: its own, else that of what $ref names. NULL: none. */
const struct jz_node *jz_shape_word(const struct jz_shape *shape, const char *word);

unsigned jz_shape_type(const struct jz_shape *shape); /* enum jz_shape_type, or-ed */

/* The shape behind a key; false: no such field. An extension field (x-…) takes anything. */
bool jz_shape_key(const struct jz_shape *shape, const char *key, size_t len, struct jz_shape *out);
bool jz_shape_items(const struct jz_shape *shape, struct jz_shape *out);

/* True where the list is one of items with an `id` of their own. */
bool jz_shape_has_ids(const struct jz_shape *shape);

/* True where the value is such an id (the item's own, or a reference to one). */
bool jz_shape_is_item_id(const struct jz_shape *shape);

/* True where the value is the id of one of the staff, a person of access.yaml. */
bool jz_shape_is_staff(const struct jz_shape *shape);

/* True where the value is a moment, a date with a time. */
bool jz_shape_is_moment(const struct jz_shape *shape);

/* The name of the code table that the value comes from ("sex"); false: none. */
bool jz_shape_table(const struct jz_shape *shape, char *out, size_t size);

/* Place of a key among the properties, for the order in which a record is written; keys that the
 * schema does not list come last. */
size_t jz_shape_rank(const struct jz_shape *shape, const char *key, size_t len);

bool jz_shape_required(const struct jz_shape *shape, const char *key);

/* The property names that the place lists. */
size_t jz_shape_count(const struct jz_shape *shape);
const char *jz_shape_name(const struct jz_shape *shape, size_t index);

/* Title and description in the language of the messages; NULL: none. */
const char *jz_shape_title(const struct jz_shape *shape);
const char *jz_shape_description(const struct jz_shape *shape);
const char *jz_shape_clause(const struct jz_shape *shape);

/* The label of a word of the place's enum (x-labels) in the language of the messages; the word
 * itself where there is none. */
const char *jz_shape_label(const struct jz_shape *shape, const char *word);

/* Walks "person.name", "services[].outcome" or "/services/3/outcome" down from a shape; indexes and
 * ids are passed over. false: no such field. */
bool jz_shape_at(const struct jz_shape *shape, const char *path, struct jz_shape *out);

/* The clause that the schema names at the end of such a path, or nearest above it; NULL: none. */
const char *jz_shape_clause_at(const struct jz_shape *shape, const char *path);

#endif

/*
 * What people write into a record: one value typed on a command line or in a cell, or a YAML
 * document with the fields of an item. Both are brought into the record's own words, guided by the
 * schema, before they are merged: empty fields are dropped, a code may be given by its code or by
 * its Chinese or English label, yes and no by the words for them, and every item of a list gets an
 * id.
 *
 * Scalars stay untyped text (node.h) until the record is put: jz_schema_type() does that.
 */
#ifndef JZ_MODEL_ITEM_H
#define JZ_MODEL_ITEM_H

#include "lib/base/err.h"
#include "lib/base/map.h"
#include "lib/base/node.h"
#include "lib/model/codes.h"
#include "lib/model/shape.h"

#define JZ_ITEM_ID_LEN 8

/* A new id for an item of a list; 27^8 of them, so two clones never choose the same. */
void jz_item_new_id(char out[JZ_ITEM_ID_LEN + 1]);

/* Names that a document gives to its own new items, so that they can refer to one another: an `id`
 * that is too short for an id ("g1") is such a name, and is replaced wherever a reference to an
 * item stands. The values are ids on the heap. */
struct jz_item_names {
	struct jz_map ids;
};
void jz_item_names_release(struct jz_item_names *names);

/* One value as a person wrote it, brought into the words of the place: blanks around it cut, a
 * label turned into its code, a word into true or false,
 * a local "2026-03-02 09:30" into that moment with its offset, a list split (codes and ids at
 * commas, sentences at semicolons and line ends). JZ_E_INVALID: no such code, or the place takes no
 * single value. Errors never repeat the value. */
int jz_item_value(const struct jz_shape *shape, struct jz_codes *codes, struct jz_arena *arena,
		  const char *text, size_t len, struct jz_node **out, struct jz_err *err);

/* Brings a document of the shape into the words of the record, in place. *out is NULL when nothing
 * is left of it. Keys that the schema does not know are JZ_E_INVALID with position and suggestion.
 */
int jz_item_prepare(const struct jz_shape *shape, struct jz_codes *codes,
		    struct jz_item_names *names, struct jz_arena *arena, struct jz_node *doc,
		    struct jz_node **out, struct jz_err *err);

/* Sets a key where the schema wants it among its neighbours. */
void jz_item_set(const struct jz_shape *shape, struct jz_arena *arena, struct jz_node *map,
		 const char *key, struct jz_node *value);

/* Merges a prepared document: maps by key, lists of items by id (a new id is appended), anything
 * else is replaced. */
void jz_item_merge(const struct jz_shape *shape, struct jz_arena *arena, struct jz_node *into,
		   const struct jz_node *from);

/* The list at a key of the map, made where it is missing. */
struct jz_node *jz_item_list(const struct jz_shape *shape, struct jz_arena *arena,
			     struct jz_node *map, const char *key);

/* Takes empty maps and lists out of a map, at any depth; not `keep` (may be NULL), nor what
 * extension fields hold. */
void jz_item_prune(struct jz_node *map, const struct jz_node *keep);

/* "did you mean" for a key that the shape does not know, as a translated tail of a sentence; ""
 * when nothing is close. The result lives in the arena. */
const char *jz_item_suggest(const struct jz_shape *shape, struct jz_arena *arena, const char *key);

#endif

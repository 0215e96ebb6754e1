/*
 * The neutral tree that every reader (YAML, JSON, CSV) makes and every writer takes. No vendor type
 * gets behind it. A tree lives in one arena and dies with it; nodes are never freed one by one.
 *
 * Numbers stay the digits that were written. A YAML plain scalar is a JZ_STRING with `plain` set
 * until somebody types it: the schema (lib/model/schema.h) or the YAML 1.2 core rules
 * (jz_node_type_core). A tree from JSON is typed from the start.
 */
#ifndef JZ_BASE_NODE_H
#define JZ_BASE_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "lib/base/arena.h"
#include "lib/base/buf.h"

enum jz_kind { JZ_NULL, JZ_BOOL, JZ_NUMBER, JZ_STRING, JZ_SEQ, JZ_MAP };

/* Comments that a YAML source had around a value. Text without the leading "#", lines joined by
 * '\n'; an empty line between comments is kept as an empty line marked by '\f'. NULL: none. */
struct jz_notes {
	const char *head; /* whole lines before the key or item */
	const char *line; /* behind the value or the key, on its line */
	const char *foot; /* whole lines behind the last entry of a collection or document */
};

struct jz_node {
	uint8_t kind; /* enum jz_kind */
	bool plain;   /* an untyped plain YAML scalar (kind JZ_STRING) */
	bool truth;   /* JZ_BOOL */
	uint32_t line;
	uint32_t column; /* 1-based, in characters; 0: made by the program */
	uint32_t len;	 /* bytes of text; items; pairs */
	uint32_t cap;	 /* room in items or pairs */
	union {
		const char *text; /* JZ_STRING, JZ_NUMBER: NUL-terminated behind len */
		struct jz_node **items;
		struct jz_pair *pairs;
	};
	struct jz_notes *notes; /* NULL: no comments */
};

struct jz_pair {
	const char *key; /* NUL-terminated behind key_len */
	uint32_t key_len;
	uint32_t line;
	uint32_t column;
	struct jz_node *value;
};

/* Making nodes; text is copied into the arena. */
struct jz_node *jz_node_null(struct jz_arena *arena);
struct jz_node *jz_node_bool(struct jz_arena *arena, bool truth);
struct jz_node *jz_node_number(struct jz_arena *arena, const char *digits, size_t len);
struct jz_node *jz_node_int(struct jz_arena *arena, int64_t value);
struct jz_node *jz_node_string(struct jz_arena *arena, const char *text);
struct jz_node *jz_node_stringn(struct jz_arena *arena, const char *text, size_t len);
struct jz_node *jz_node_seq(struct jz_arena *arena);
struct jz_node *jz_node_map(struct jz_arena *arena);
struct jz_node *jz_node_clone(struct jz_arena *arena,
			      const struct jz_node *node); /* deep, notes too */

/* Changing. set replaces the value in place or appends; the pair's position in the map stays. */
void jz_map_set(struct jz_arena *arena, struct jz_node *map, const char *key,
		struct jz_node *value);
void jz_map_setn(struct jz_arena *arena, struct jz_node *map, const char *key, size_t key_len,
		 struct jz_node *value);
bool jz_map_remove(struct jz_node *map, const char *key);
void jz_seq_push(struct jz_arena *arena, struct jz_node *seq, struct jz_node *item);
void jz_seq_remove(struct jz_node *seq, size_t index);

/* Looking. All take NULL or a node of another kind and then find nothing. */
struct jz_node *jz_map_getn(const struct jz_node *map, const char *key, size_t key_len);
static inline struct jz_node *jz_map_get(const struct jz_node *map, const char *key)
{
	return jz_map_getn(map, key, strlen(key)); /* a constant, nearly always */
}
/* 0 for what is no sequence */
static inline size_t jz_seq_len(const struct jz_node *seq)
{
	return seq && seq->kind == JZ_SEQ ? seq->len : 0;
}
static inline struct jz_node *jz_seq_get(const struct jz_node *seq, size_t index)
{
	return index < jz_seq_len(seq) ? seq->items[index] : NULL;
}

/* Text of a string or number, NULL otherwise. */
static inline const char *jz_node_text(const struct jz_node *node)
{
	return node && (node->kind == JZ_STRING || node->kind == JZ_NUMBER) ? node->text : NULL;
}
/* Text of the string or number at map's key. */
static inline const char *jz_map_text(const struct jz_node *map, const char *key)
{
	return jz_node_text(jz_map_get(map, key));
}
bool jz_map_true(const struct jz_node *map, const char *key); /* is the boolean true */
bool jz_node_to_int(const struct jz_node *node, int64_t *out);

/* Looks along "a.b[2].c" or "a.list[ID].c" (the item whose `id` is ID); "" is the node itself.
 * NULL: not there, or the path is malformed. */
struct jz_node *jz_node_at(const struct jz_node *node, const char *path);

/* Deep equality. Numbers compare by value (1.0 equals 1), maps without order, comments not at all.
 */
bool jz_node_equal(const struct jz_node *a, const struct jz_node *b);

/* Types one plain scalar, or a whole tree, by the YAML 1.2 core schema (true/false/null/~/empty,
 * JSON numbers, 0o17 and 0x1F stay text, .inf and .nan stay text: JSON has no word for them). */
void jz_node_type_core(struct jz_node *tree);

/* True if the text is a number as JSON writes it, possibly with a leading +. */
bool jz_is_number(const char *text, size_t len);

/* Appends "/token" to a JSON Pointer with ~ and / escaped. */
void jz_pointer_key(struct jz_buf *pointer, const char *key, size_t key_len);
void jz_pointer_index(struct jz_buf *pointer, size_t index);

/* Where a walk stands: frames on its stack, of which a JSON Pointer is made only where somebody asks
 * for one. NULL is the root. */
struct jz_hop {
	const struct jz_hop *up; /* NULL: right below the root */
	const char *key;	   /* of a map; NULL: an item of a sequence */
	size_t key_len;
	size_t index; /* of a sequence */
};
void jz_hop_pointer(const struct jz_hop *place, struct jz_buf *pointer); /* appends */

#endif

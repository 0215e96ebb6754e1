#include "lib/model/item.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

void jz_item_new_id(char out[JZ_ITEM_ID_LEN + 1])
{
	jz_random_token(out, JZ_ITEM_ID_LEN);
}

void jz_item_names_release(struct jz_item_names *names)
{
	jz_map_release(&names->ids, free);
}

const char *jz_item_suggest(const struct jz_shape *shape, struct jz_arena *arena, const char *key)
{
	size_t count = jz_shape_count(shape);
	const char **names = jz_arena_alloc(arena, (count + 1) * sizeof(*names));
	const char *best;

	for (size_t i = 0; i < count; i++)
		names[i] = jz_shape_name(shape, i);
	best = jz_closest(key, names);
	return best ? jz_arena_printf(arena, _("; did you mean '%s'?"), best) : "";
}

/* ---- preparing ---- */

struct prepare {
	struct jz_codes *codes;
	struct jz_item_names *names;
	struct jz_arena *arena;
	struct jz_err *err;
};

/* The id behind a document's own name for an item, made when the name is first seen. */
static const char *named_id(struct prepare *p, const char *name)
{
	char *id = jz_map_gets(&p->names->ids, name);

	if (!id) {
		id = jz_xcalloc(1, JZ_ITEM_ID_LEN + 1);
		jz_item_new_id(id);
		jz_map_puts(&p->names->ids, name, id);
	}
	return id;
}

static int at_node(const struct prepare *p, const struct jz_node *node, int rc)
{
	if (rc && p->err && !p->err->line) {
		p->err->line = node->line;
		p->err->column = node->column;
	}
	return rc;
}

static int prepare_node(struct prepare *p, const struct jz_shape *shape, struct jz_node *node,
			struct jz_node **out);

static int prepare_scalar(struct prepare *p, const struct jz_shape *shape, struct jz_node *node,
			  struct jz_node **out)
{
	unsigned type = jz_shape_type(shape);
	bool empty = !node->len ||
		     (node->plain && (!strcmp(node->text, "~") || !strcmp(node->text, "null")));

	if (empty && shape->schema && (type & JZ_TYPE_NULL)) {
		*out = jz_node_null(p->arena);
		return 0;
	}
	*out = NULL;
	if (empty)
		return 0;
	if (jz_shape_is_item_id(shape) && node->len < JZ_ITEM_ID_LEN)
		*out = jz_node_string(p->arena, named_id(p, node->text));
	else if (shape->schema &&
		 (jz_shape_word(shape, "x-codes") || jz_shape_word(shape, "enum") ||
		  type == JZ_TYPE_BOOL || type == JZ_TYPE_ARRAY || jz_shape_is_moment(shape)))
		return at_node(p, node,
			       jz_item_value(shape, p->codes, p->arena, node->text, node->len, out,
					     p->err));
	else
		*out = node;
	return 0;
}

static int prepare_seq(struct prepare *p, const struct jz_shape *shape, struct jz_node *node,
		       struct jz_node **out)
{
	struct jz_node *list = jz_node_seq(p->arena);
	bool with_ids = jz_shape_has_ids(shape);
	struct jz_shape item;

	if (!jz_shape_items(shape, &item))
		return at_node(p, node,
			       jz_fail(p->err, JZ_E_INVALID, _("a list where none belongs")));
	for (uint32_t i = 0; i < node->len; i++) {
		struct jz_node *value;
		int rc = prepare_node(p, &item, node->items[i], &value);

		if (rc)
			return rc;
		if (!value)
			continue;
		if (with_ids && value->kind == JZ_MAP && !jz_map_get(value, "id")) {
			char id[JZ_ITEM_ID_LEN + 1];

			jz_item_new_id(id);
			jz_item_set(&item, p->arena, value, "id", jz_node_string(p->arena, id));
		}
		jz_seq_push(p->arena, list, value);
	}
	list->line = node->line;
	list->column = node->column;
	*out = list->len ? list : NULL;
	return 0;
}

static int prepare_map(struct prepare *p, const struct jz_shape *shape, struct jz_node *node,
		       struct jz_node **out)
{
	struct jz_node *map = jz_node_map(p->arena);

	for (uint32_t i = 0; i < node->len; i++) {
		struct jz_pair *pair = &node->pairs[i];
		struct jz_shape below;
		struct jz_node *value;
		int rc;

		if (!jz_shape_key(shape, pair->key, pair->key_len, &below))
			return jz_fail_at(p->err, JZ_E_INVALID, pair->line, pair->column,
					  _("there is no field '%s' here%s"), pair->key,
					  jz_item_suggest(shape, p->arena, pair->key));
		rc = prepare_node(p, &below, pair->value, &value);
		if (rc) {
			jz_err_prefix(p->err, "%s", pair->key);
			return rc;
		}
		if (value)
			jz_item_set(shape, p->arena, map, pair->key, value);
	}
	map->line = node->line;
	map->column = node->column;
	*out = map->len ? map : NULL;
	return 0;
}

static int prepare_node(struct prepare *p, const struct jz_shape *shape, struct jz_node *node,
			struct jz_node **out)
{
	node->notes = NULL; /* the comments of a template are no part of the record */
	switch (node->kind) {
	case JZ_MAP:
		return prepare_map(p, shape, node, out);
	case JZ_SEQ:
		return prepare_seq(p, shape, node, out);
	case JZ_STRING:
		return prepare_scalar(p, shape, node, out);
	case JZ_NULL:
		*out = jz_shape_type(shape) & JZ_TYPE_NULL && shape->schema ? node : NULL;
		return 0;
	default:
		*out = node;
		return 0;
	}
}

int jz_item_prepare(const struct jz_shape *shape, struct jz_codes *codes,
		    struct jz_item_names *names, struct jz_arena *arena, struct jz_node *doc,
		    struct jz_node **out, struct jz_err *err)
{
	struct jz_err here = JZ_ERR_INIT;
	struct prepare p = {codes, names, arena, err ? err : &here};

	return prepare_node(&p, shape, doc, out);
}

/* ---- merging ---- */

void jz_item_set(const struct jz_shape *shape, struct jz_arena *arena, struct jz_node *map,
		 const char *key, struct jz_node *value)
{
	uint32_t before = map->len;
	size_t rank = jz_shape_rank(shape, key, strlen(key));

	jz_map_set(arena, map, key, value);
	if (map->len == before || rank == SIZE_MAX)
		return;
	for (uint32_t at = map->len - 1; at > 0; at--) {
		struct jz_pair *left = &map->pairs[at - 1], swap = *left;

		if (jz_shape_rank(shape, left->key, left->key_len) <= rank)
			return;
		*left = map->pairs[at];
		map->pairs[at] = swap;
	}
}

static struct jz_node *item_by_id(const struct jz_node *list, const char *id)
{
	for (size_t i = 0; id && i < jz_seq_len(list); i++)
		if (jz_eq(jz_map_text(jz_seq_get(list, i), "id"), id))
			return jz_seq_get(list, i);
	return NULL;
}

static void merge_list(const struct jz_shape *shape, struct jz_arena *arena, struct jz_node *into,
		       const struct jz_node *from)
{
	struct jz_shape item;

	jz_shape_items(shape, &item);
	for (uint32_t i = 0; i < from->len; i++) {
		struct jz_node *old = item_by_id(into, jz_map_text(from->items[i], "id"));

		if (old)
			jz_item_merge(&item, arena, old, from->items[i]);
		else
			jz_seq_push(arena, into, jz_node_clone(arena, from->items[i]));
	}
}

void jz_item_merge(const struct jz_shape *shape, struct jz_arena *arena, struct jz_node *into,
		   const struct jz_node *from)
{
	for (uint32_t i = 0; from->kind == JZ_MAP && i < from->len; i++) {
		const struct jz_pair *pair = &from->pairs[i];
		struct jz_node *old = jz_map_getn(into, pair->key, pair->key_len);
		struct jz_shape below;

		if (!jz_shape_key(shape, pair->key, pair->key_len, &below))
			below.schema = NULL;
		if (old && old->kind == JZ_MAP && pair->value->kind == JZ_MAP)
			jz_item_merge(&below, arena, old, pair->value);
		else if (old && old->kind == JZ_SEQ && pair->value->kind == JZ_SEQ &&
			 jz_shape_has_ids(&below))
			merge_list(&below, arena, old, pair->value);
		else
			jz_item_set(shape, arena, into, pair->key,
				    jz_node_clone(arena, pair->value));
	}
}

struct jz_node *jz_item_list(const struct jz_shape *shape, struct jz_arena *arena,
			     struct jz_node *map, const char *key)
{
	struct jz_node *list = jz_map_get(map, key);

	if (!list || list->kind != JZ_SEQ) {
		list = jz_node_seq(arena);
		jz_item_set(shape, arena, map, key, list);
	}
	return list;
}

void jz_item_prune(struct jz_node *map, const struct jz_node *keep)
{
	for (uint32_t i = 0; map->kind == JZ_SEQ && i < map->len; i++)
		jz_item_prune(map->items[i], keep);
	for (uint32_t i = 0; map->kind == JZ_MAP && i < map->len;) {
		struct jz_pair *pair = &map->pairs[i];
		struct jz_node *value = pair->value;

		if (!jz_starts_with(pair->key, "x-"))
			jz_item_prune(value, keep);
		if ((value->kind == JZ_MAP || value->kind == JZ_SEQ) && !value->len &&
		    value != keep && !jz_starts_with(pair->key, "x-"))
			jz_map_remove(map, pair->key);
		else
			i++;
	}
}

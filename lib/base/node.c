#include "lib/base/node.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"

static struct jz_node *node_new(struct jz_arena *arena, enum jz_kind kind)
{
	struct jz_node *node = jz_arena_alloc(arena, sizeof(*node));

	node->kind = (uint8_t)kind;
	return node;
}

struct jz_node *jz_node_null(struct jz_arena *arena)
{
	return node_new(arena, JZ_NULL);
}

struct jz_node *jz_node_bool(struct jz_arena *arena, bool truth)
{
	struct jz_node *node = node_new(arena, JZ_BOOL);

	node->truth = truth;
	return node;
}

static struct jz_node *text_node(struct jz_arena *arena, enum jz_kind kind, const char *text,
				 size_t len)
{
	struct jz_node *node = node_new(arena, kind);

	node->text = jz_arena_strndup(arena, text, len);
	node->len = (uint32_t)len;
	return node;
}

struct jz_node *jz_node_number(struct jz_arena *arena, const char *digits, size_t len)
{
	return text_node(arena, JZ_NUMBER, digits, len);
}

struct jz_node *jz_node_int(struct jz_arena *arena, int64_t value)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%lld", (long long)value);

	return jz_node_number(arena, digits, (size_t)len);
}

struct jz_node *jz_node_string(struct jz_arena *arena, const char *text)
{
	return jz_node_stringn(arena, text, strlen(text));
}

struct jz_node *jz_node_stringn(struct jz_arena *arena, const char *text, size_t len)
{
	return text_node(arena, JZ_STRING, text, len);
}

struct jz_node *jz_node_seq(struct jz_arena *arena)
{
	return node_new(arena, JZ_SEQ);
}

struct jz_node *jz_node_map(struct jz_arena *arena)
{
	return node_new(arena, JZ_MAP);
}

static const char *clone_text(struct jz_arena *arena, const char *text)
{
	return text ? jz_arena_strdup(arena, text) : NULL;
}

struct jz_node *jz_node_clone(struct jz_arena *arena, const struct jz_node *node)
{
	struct jz_node *copy = jz_arena_alloc(arena, sizeof(*copy));

	*copy = *node;
	if (node->notes) {
		copy->notes = jz_arena_alloc(arena, sizeof(*copy->notes));
		copy->notes->head = clone_text(arena, node->notes->head);
		copy->notes->line = clone_text(arena, node->notes->line);
		copy->notes->foot = clone_text(arena, node->notes->foot);
	}
	if (node->kind == JZ_STRING || node->kind == JZ_NUMBER) {
		copy->text = jz_arena_strndup(arena, node->text, node->len);
	} else if (node->kind == JZ_SEQ) {
		copy->cap = node->len;
		copy->items = jz_arena_alloc(arena, node->len * sizeof(*copy->items));
		for (uint32_t i = 0; i < node->len; i++)
			copy->items[i] = jz_node_clone(arena, node->items[i]);
	} else if (node->kind == JZ_MAP) {
		copy->cap = node->len;
		copy->pairs = jz_arena_alloc(arena, node->len * sizeof(*copy->pairs));
		for (uint32_t i = 0; i < node->len; i++) {
			copy->pairs[i] = node->pairs[i];
			copy->pairs[i].key =
				jz_arena_strndup(arena, node->pairs[i].key, node->pairs[i].key_len);
			copy->pairs[i].value = jz_node_clone(arena, node->pairs[i].value);
		}
	}
	return copy;
}

/* Room for one more element of the given size; the old array stays in the arena. */
static void *room(struct jz_arena *arena, struct jz_node *node, void *old, size_t size)
{
	void *bigger;

	if (node->len < node->cap)
		return old;
	node->cap = node->cap ? node->cap * 2 : 4;
	bigger = jz_arena_alloc(arena, node->cap * size);
	if (node->len)
		memcpy(bigger, old, node->len * size);
	return bigger;
}

static struct jz_pair *find_pair(const struct jz_node *map, const char *key, size_t key_len)
{
	if (!map || map->kind != JZ_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->len; i++)
		/* Keys of one length differ in their first letter more often than not. */
		if (map->pairs[i].key_len == key_len && (!key_len || *map->pairs[i].key == *key) &&
		    !memcmp(map->pairs[i].key, key, key_len))
			return &map->pairs[i];
	return NULL;
}

void jz_map_setn(struct jz_arena *arena, struct jz_node *map, const char *key, size_t key_len,
		 struct jz_node *value)
{
	struct jz_pair *pair = find_pair(map, key, key_len);

	if (pair) {
		pair->value = value;
		return;
	}
	map->pairs = room(arena, map, map->pairs, sizeof(*map->pairs));
	pair = &map->pairs[map->len++];
	memset(pair, 0, sizeof(*pair));
	pair->key = jz_arena_strndup(arena, key, key_len);
	pair->key_len = (uint32_t)key_len;
	pair->value = value;
}

void jz_map_set(struct jz_arena *arena, struct jz_node *map, const char *key, struct jz_node *value)
{
	jz_map_setn(arena, map, key, strlen(key), value);
}

bool jz_map_remove(struct jz_node *map, const char *key)
{
	struct jz_pair *pair = find_pair(map, key, strlen(key));
	size_t at;

	if (!pair)
		return false;
	at = (size_t)(pair - map->pairs);
	memmove(pair, pair + 1, (map->len - at - 1) * sizeof(*pair));
	map->len--;
	return true;
}

void jz_seq_push(struct jz_arena *arena, struct jz_node *seq, struct jz_node *item)
{
	seq->items = room(arena, seq, seq->items, sizeof(*seq->items));
	seq->items[seq->len++] = item;
}

void jz_seq_remove(struct jz_node *seq, size_t index)
{
	if (!seq || seq->kind != JZ_SEQ || index >= seq->len)
		return;
	memmove(&seq->items[index], &seq->items[index + 1],
		(seq->len - index - 1) * sizeof(*seq->items));
	seq->len--;
}

struct jz_node *jz_map_getn(const struct jz_node *map, const char *key, size_t key_len)
{
	struct jz_pair *pair = find_pair(map, key, key_len);

	return pair ? pair->value : NULL;
}

bool jz_map_true(const struct jz_node *map, const char *key)
{
	const struct jz_node *node = jz_map_get(map, key);

	return node && node->kind == JZ_BOOL && node->truth;
}

static struct jz_node *by_id(const struct jz_node *seq, const char *id, size_t len)
{
	for (size_t i = 0; i < jz_seq_len(seq); i++) {
		const struct jz_node *node = jz_map_get(seq->items[i], "id");

		if (jz_node_text(node) && node->len == len && !memcmp(node->text, id, len))
			return seq->items[i];
	}
	return NULL;
}

static struct jz_node *by_bracket(const struct jz_node *seq, const char *text, size_t len)
{
	size_t index = 0;

	if (len && len < 8 && strspn(text, "0123456789") >= len) {
		for (size_t i = 0; i < len; i++)
			index = index * 10 + (size_t)(text[i] - '0');
		return jz_seq_get(seq, index);
	}
	return by_id(seq, text, len);
}

struct jz_node *jz_node_at(const struct jz_node *node, const char *path)
{
	while (node && *path) {
		if (*path == '[') {
			size_t len = strcspn(++path, "]");

			if (!path[len])
				return NULL;
			node = by_bracket(node, path, len);
			path += len + 1;
			if (*path == '.' && path[1])
				path++;
		} else {
			size_t len = strcspn(path, ".[");

			if (!len)
				return NULL;
			node = jz_map_getn(node, path, len);
			path += len;
			if (*path == '.' && path[1])
				path++;
		}
	}
	return (struct jz_node *)(uintptr_t)node;
}

void jz_pointer_key(struct jz_buf *pointer, const char *key, size_t key_len)
{
	size_t from = 0;

	jz_buf_addc(pointer, '/');
	for (size_t i = 0; i < key_len; i++) {
		if (key[i] != '~' && key[i] != '/')
			continue;
		jz_buf_add(pointer, key + from, i - from);
		jz_buf_adds(pointer, key[i] == '~' ? "~0" : "~1");
		from = i + 1;
	}
	jz_buf_add(pointer, key + from, key_len - from);
}

void jz_pointer_index(struct jz_buf *pointer, size_t index)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + index % 10);
	while (index /= 10);
	digits[--at] = '/';
	jz_buf_add(pointer, digits + at, sizeof(digits) - at);
}

void jz_hop_pointer(const struct jz_hop *place, struct jz_buf *pointer)
{
	if (!place)
		return;
	jz_hop_pointer(place->up, pointer);
	if (place->key)
		jz_pointer_key(pointer, place->key, place->key_len);
	else
		jz_pointer_index(pointer, place->index);
}

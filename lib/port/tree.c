#include "lib/port/tree.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"

#define LINEAR_KEYS 16 /* maps up to this size are compared key by key */

void jz_entries_push(struct jz_entries *entries, const struct jz_pair *pair)
{
	if (entries->len == entries->cap) {
		entries->cap = entries->cap ? entries->cap * 2 : 256;
		entries->pairs =
			jz_xrealloc(entries->pairs, entries->cap * sizeof(*entries->pairs));
	}
	entries->pairs[entries->len++] = *pair;
}

void jz_entries_release(struct jz_entries *entries)
{
	free(entries->pairs);
	memset(entries, 0, sizeof(*entries));
}

static bool same_key(const struct jz_pair *a, const struct jz_pair *b)
{
	return a->key_len == b->key_len && !memcmp(a->key, b->key, a->key_len);
}

/* The first pair whose key stands before it too. */
static const struct jz_pair *find_hashed(const struct jz_pair *pairs, size_t len)
{
	size_t size = 4 * LINEAR_KEYS;
	jz_autofree uint32_t *table = NULL; /* 1 + the place of a pair */

	while (size < 2 * len)
		size *= 2;
	table = jz_xcalloc(size, sizeof(*table));
	for (size_t i = 0; i < len; i++) {
		size_t at = jz_hash(pairs[i].key, pairs[i].key_len) & (size - 1);

		for (; table[at]; at = (at + 1) & (size - 1))
			if (same_key(&pairs[table[at] - 1], &pairs[i]))
				return &pairs[i];
		table[at] = (uint32_t)i + 1;
	}
	return NULL;
}

static const struct jz_pair *find_duplicate(const struct jz_pair *pairs, size_t len)
{
	if (len > LINEAR_KEYS)
		return find_hashed(pairs, len);
	for (size_t i = 1; i < len; i++)
		for (size_t j = 0; j < i; j++)
			if (same_key(&pairs[i], &pairs[j]))
				return &pairs[i];
	return NULL;
}

const struct jz_pair *jz_entries_close(struct jz_entries *entries, size_t base,
				       struct jz_arena *arena, struct jz_node *node)
{
	const struct jz_pair *pairs = entries->pairs ? entries->pairs + base : NULL;
	size_t len = entries->len - base;
	const struct jz_pair *twice = node->kind == JZ_MAP ? find_duplicate(pairs, len) : NULL;

	if (twice || !len)
		return twice;
	node->len = node->cap = (uint32_t)len;
	if (node->kind == JZ_MAP) {
		node->pairs = jz_arena_alloc(arena, len * sizeof(*node->pairs));
		memcpy(node->pairs, pairs, len * sizeof(*pairs));
	} else {
		node->items = jz_arena_alloc(arena, len * sizeof(*node->items));
		for (size_t i = 0; i < len; i++)
			node->items[i] = pairs[i].value;
	}
	entries->len = base;
	return NULL;
}

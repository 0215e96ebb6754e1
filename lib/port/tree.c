#include "lib/port/tree.h"

#include <stdlib.h>
#include <string.h>

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

static int key_order(const void *a, const void *b)
{
	const struct jz_pair *x = *(const struct jz_pair *const *)a;
	const struct jz_pair *y = *(const struct jz_pair *const *)b;
	int order = memcmp(x->key, y->key, x->key_len < y->key_len ? x->key_len : y->key_len);

	if (order)
		return order;
	if (x->key_len != y->key_len)
		return x->key_len < y->key_len ? -1 : 1;
	return x < y ? -1 : 1;
}

static const struct jz_pair *find_duplicate(const struct jz_pair *pairs, size_t len)
{
	const struct jz_pair *found = NULL;
	jz_autofree const struct jz_pair **sorted = NULL;

	if (len <= LINEAR_KEYS) {
		for (size_t i = 1; i < len; i++)
			for (size_t j = 0; j < i; j++)
				if (same_key(&pairs[i], &pairs[j]))
					return &pairs[i];
		return NULL;
	}
	sorted = jz_xmalloc(len * sizeof(*sorted));
	for (size_t i = 0; i < len; i++)
		sorted[i] = &pairs[i];
	qsort(sorted, len, sizeof(*sorted), key_order);
	for (size_t i = 1; i < len; i++)
		if (same_key(sorted[i], sorted[i - 1]) && (!found || sorted[i] < found))
			found = sorted[i];
	return found;
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

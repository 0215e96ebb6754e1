/* Two trees that nobody can tell apart: kinds, texts, positions, comments. */
#ifndef TESTS_SAME_TREE_H
#define TESTS_SAME_TREE_H

#include <string.h>
#include "lib/base/node.h"

static bool same_tree(const struct jz_node *a, const struct jz_node *b)
{
	if (a->kind != b->kind || a->plain != b->plain || a->line != b->line ||
	    a->column != b->column || a->len != b->len || a->notes || b->notes)
		return false;
	for (uint32_t i = 0; a->kind == JZ_SEQ && i < a->len; i++)
		if (!same_tree(a->items[i], b->items[i]))
			return false;
	for (uint32_t i = 0; a->kind == JZ_MAP && i < a->len; i++) {
		const struct jz_pair *x = &a->pairs[i], *y = &b->pairs[i];

		if (x->key_len != y->key_len || memcmp(x->key, y->key, x->key_len + 1) != 0 ||
		    x->line != y->line || x->column != y->column || !same_tree(x->value, y->value))
			return false;
	}
	return a->kind >= JZ_SEQ || !memcmp(a->text, b->text, a->len + 1);
}

#endif

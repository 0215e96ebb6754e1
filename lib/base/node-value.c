/* The values of a tree: YAML 1.2 core typing, numbers as text, equality. */
#include "lib/base/node.h"

#include <limits.h>
#include <string.h>

#include "lib/base/decimal.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

static size_t span(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

bool jz_is_number(const char *text, size_t len)
{
	size_t at = len && (*text == '-' || *text == '+');
	size_t n = span(text + at, len - at);

	if (!n || (n > 1 && text[at] == '0'))
		return false;
	at += n;
	if (at < len && text[at] == '.') {
		n = span(text + at + 1, len - at - 1);
		if (!n)
			return false;
		at += 1 + n;
	}
	if (at < len && (text[at] == 'e' || text[at] == 'E')) {
		at++;
		at += at < len && (text[at] == '-' || text[at] == '+');
		n = span(text + at, len - at);
		if (!n)
			return false;
		at += n;
	}
	return at == len;
}

static bool is_word(const struct jz_node *node, const char *a, const char *b, const char *c)
{
	return !strcmp(node->text, a) || !strcmp(node->text, b) || !strcmp(node->text, c);
}

static void type_scalar(struct jz_node *node)
{
	if (!node->plain)
		return;
	node->plain = false;
	if (!node->len || !strcmp(node->text, "~") || is_word(node, "null", "Null", "NULL")) {
		node->kind = JZ_NULL;
	} else if (is_word(node, "true", "True", "TRUE")) {
		node->kind = JZ_BOOL;
		node->truth = true;
	} else if (is_word(node, "false", "False", "FALSE")) {
		node->kind = JZ_BOOL;
		node->truth = false;
	} else if (jz_is_number(node->text, node->len)) {
		node->kind = JZ_NUMBER;
		if (*node->text == '+') { /* JSON has no plus sign */
			node->text++;
			node->len--;
		}
	}
}

void jz_node_type_core(struct jz_node *tree)
{
	if (tree->kind == JZ_SEQ) {
		for (uint32_t i = 0; i < tree->len; i++)
			jz_node_type_core(tree->items[i]);
	} else if (tree->kind == JZ_MAP) {
		for (uint32_t i = 0; i < tree->len; i++)
			jz_node_type_core(tree->pairs[i].value);
	} else if (tree->kind == JZ_STRING) {
		type_scalar(tree);
	}
}

bool jz_node_to_int(const struct jz_node *node, int64_t *out)
{
	long value;

	if (!node || node->kind != JZ_NUMBER ||
	    !jz_parse_int(node->text, LONG_MIN, LONG_MAX, &value))
		return false;
	*out = value;
	return true;
}

static int by_key(const void *a, const void *b)
{
	const struct jz_pair *x = *(const struct jz_pair *const *)a;
	const struct jz_pair *y = *(const struct jz_pair *const *)b;
	size_t len = x->key_len < y->key_len ? x->key_len : y->key_len;
	int order = memcmp(x->key, y->key, len);

	return order ? order : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

static const struct jz_pair **sorted_pairs(const struct jz_node *map)
{
	const struct jz_pair **pairs = jz_xcalloc(map->len + 1u, sizeof(struct jz_pair *));

	for (uint32_t i = 0; i < map->len; i++)
		pairs[i] = &map->pairs[i];
	qsort(pairs, map->len, sizeof(struct jz_pair *), by_key);
	return pairs;
}

/* Sorted, not searched pair by pair: a hostile map may hold a million keys. */
static bool map_equal(const struct jz_node *a, const struct jz_node *b)
{
	jz_autofree const struct jz_pair **x = sorted_pairs(a);
	jz_autofree const struct jz_pair **y = sorted_pairs(b);

	for (uint32_t i = 0; i < a->len; i++)
		if (by_key(&x[i], &y[i]) != 0 || !jz_node_equal(x[i]->value, y[i]->value))
			return false;
	return true;
}

static bool number_equal(const struct jz_node *a, const struct jz_node *b)
{
	struct jz_decimal x, y;

	jz_decimal_parse(a->text, a->len, &x);
	jz_decimal_parse(b->text, b->len, &y);
	return jz_decimal_cmp(&x, &y) == 0;
}

bool jz_node_equal(const struct jz_node *a, const struct jz_node *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	switch ((enum jz_kind)a->kind) {
	case JZ_NULL:
		return true;
	case JZ_BOOL:
		return a->truth == b->truth;
	case JZ_NUMBER:
		return number_equal(a, b);
	case JZ_STRING:
		return a->len == b->len && !memcmp(a->text, b->text, a->len);
	case JZ_SEQ:
		for (uint32_t i = 0; i < a->len && a->len == b->len; i++)
			if (!jz_node_equal(a->items[i], b->items[i]))
				return false;
		return a->len == b->len;
	case JZ_MAP:
		return a->len == b->len && map_equal(a, b);
	}
	return false;
}

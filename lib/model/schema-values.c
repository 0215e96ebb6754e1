/* const and enum; types and hashes of values. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"

#define WORDS_MAX 12 /* allowed values that a message lists */

unsigned jz_type_of(const struct jz_node *node)
{
	struct jz_decimal number;

	switch ((enum jz_kind)node->kind) {
	case JZ_NULL:
		return JZ_TYPE_NULL;
	case JZ_BOOL:
		return JZ_TYPE_BOOL;
	case JZ_NUMBER:
		jz_decimal_parse(node->text, node->len, &number);
		return jz_decimal_is_integer(&number) ? JZ_TYPE_INTEGER : JZ_TYPE_NUMBER;
	case JZ_STRING:
		return JZ_TYPE_STRING;
	case JZ_SEQ:
		return JZ_TYPE_ARRAY;
	case JZ_MAP:
		return JZ_TYPE_OBJECT;
	}
	return 0;
}

void jz_type_words(unsigned types, struct jz_buf *out)
{
	static const struct {
		unsigned type;
		const char *words;
	} names[] = {
		{JZ_TYPE_STRING, N_("text")},
		{JZ_TYPE_NUMBER, N_("a number")},
		{JZ_TYPE_INTEGER, N_("a whole number")},
		{JZ_TYPE_BOOL, N_("true or false")},
		{JZ_TYPE_ARRAY, N_("a list")},
		{JZ_TYPE_OBJECT, N_("a map")},
		{JZ_TYPE_NULL, N_("empty (null)")},
	};
	size_t start = out->len;

	if (types & JZ_TYPE_NUMBER)
		types &= ~(unsigned)JZ_TYPE_INTEGER;
	for (size_t i = 0; i < JZ_COUNT(names); i++) {
		if (!(types & names[i].type))
			continue;
		if (out->len > start)
			jz_buf_adds(out, _(" or "));
		jz_buf_adds(out, _(names[i].words));
	}
}

uint64_t jz_value_hash(const struct jz_node *node, size_t *work)
{
	uint64_t hash = (node->kind + 1u) * 0x9e3779b97f4a7c15u;
	struct jz_decimal number;

	++*work;

	switch ((enum jz_kind)node->kind) {
	case JZ_NULL:
		return hash;
	case JZ_BOOL:
		return hash ^ (node->truth ? 0x5555u : 0xaaaau);
	case JZ_NUMBER:
		jz_decimal_parse(node->text, node->len, &number);
		return hash ^ jz_decimal_hash(&number);
	case JZ_STRING:
		return hash ^ jz_hash(node->text, node->len);
	case JZ_SEQ:
		for (uint32_t i = 0; i < node->len; i++)
			hash = (hash ^ jz_value_hash(node->items[i], work)) * 0xd6e8feb86659fd93u +
			       i;
		return hash;
	case JZ_MAP:
		for (uint32_t i = 0; i < node->len; i++) { /* a sum: the order does not matter */
			const struct jz_pair *pair = &node->pairs[i];
			uint64_t one = jz_hash(pair->key, pair->key_len) ^
				       (jz_value_hash(pair->value, work) * 0xd6e8feb86659fd93u);

			hash += (one ^ (one >> 29)) * 0xbf58476d1ce4e5b9u;
		}
		return hash;
	}
	return hash;
}

static int by_hash(const void *a, const void *b)
{
	const struct jz_hashed *x = a;
	const struct jz_hashed *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

void jz_hashed_sort(struct jz_hashed *all, size_t len)
{
	qsort(all, len, sizeof(*all), by_hash);
}

static bool is_among(struct jz_check *c, const struct jz_sub_values *values,
		     const struct jz_node *node)
{
	bool few = values->len <= 4 && node->kind != JZ_SEQ && node->kind != JZ_MAP;
	uint64_t hash = few ? 0 : jz_value_hash(node, &c->steps);
	uint32_t low = 0;
	uint32_t high = few ? 0 : values->len;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (values->sorted[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (uint32_t i = low; i < values->len; i++) {
		if (!few && values->sorted[i].hash != hash)
			return false;
		if (jz_node_equal(values->items[values->sorted[i].index], node))
			return true;
	}
	return false;
}

/* The allowed values, as far as they are short scalars of the schema's own. */
static bool list_values(const struct jz_sub_values *values, struct jz_buf *out)
{
	for (uint32_t i = 0; i < values->len; i++) {
		const struct jz_node *item = values->items[i];

		if (item->kind == JZ_SEQ || item->kind == JZ_MAP ||
		    ((item->kind == JZ_STRING || item->kind == JZ_NUMBER) && item->len > 64))
			return false;
		if (i > 0)
			jz_buf_adds(out, _(", "));
		if (i == WORDS_MAX) {
			jz_buf_adds(out, "…");
			break;
		}
		if (item->kind == JZ_STRING || item->kind == JZ_NUMBER)
			jz_buf_adds(out, item->text);
		else if (item->kind == JZ_BOOL)
			jz_buf_adds(out, item->truth ? "true" : "false");
		else
			jz_buf_adds(out, "null");
	}
	return values->len > 0;
}

static bool fail(struct jz_check *c, const struct jz_sub_values *values, const struct jz_node *node,
		 const char *rule)
{
	jz_cleanup(jz_buf_release) struct jz_buf list = JZ_BUF_INIT;

	if (c->mode != JZ_CHECK_LOUD)
		return jz_check_fail(c, node, JZ_OFF_VALUE, rule, "%s", "");
	if (!list_values(values, &list))
		return jz_check_fail(c, node, JZ_OFF_VALUE, rule, "%s",
				     _("is not one of the allowed values"));
	return jz_check_fail(c, node, JZ_OFF_VALUE, rule,
			     values->len == 1 ? _("must be %s") : _("must be one of %s"),
			     list.data);
}

bool jz_check_values(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node)
{
	bool valid = true;

	if (sub->enumeration && !is_among(c, sub->enumeration, node))
		valid = fail(c, sub->enumeration, node, "enum");
	if (sub->constant && !is_among(c, sub->constant, node))
		valid = fail(c, sub->constant, node, "const");
	return valid;
}

/* prefixItems, items, contains, minItems, maxItems, uniqueItems. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"

int jz_kw_array(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value, int which)
{
	struct jz_sub_arrays *arrays = sub->arrays;

	if (!arrays) {
		arrays = sub->arrays = jz_arena_alloc(c->schema->arena, sizeof(*arrays));
		arrays->max_items = arrays->max_contains = SIZE_MAX;
		arrays->min_contains = 1;
	}
	switch (which) {
	case JZ_KW_PREFIX_ITEMS:
		return jz_compile_list(c, value, &arrays->prefix);
	case JZ_KW_ITEMS:
		if (value->kind == JZ_SEQ)
			return jz_schema_wrong(c, value,
					       _("items must be one schema; a list of schemas is "
						 "prefixItems in JSON Schema 2020-12"));
		return jz_compile_sub(c, value, &arrays->items);
	case JZ_KW_CONTAINS:
		return jz_compile_sub(c, value, &arrays->contains);
	case JZ_KW_MIN_ITEMS:
		return jz_compile_size(c, value, &arrays->min_items);
	case JZ_KW_MAX_ITEMS:
		return jz_compile_size(c, value, &arrays->max_items);
	case JZ_KW_MIN_CONTAINS:
		return jz_compile_size(c, value, &arrays->min_contains);
	case JZ_KW_MAX_CONTAINS:
		return jz_compile_size(c, value, &arrays->max_contains);
	}
	if (value->kind != JZ_BOOL)
		return jz_schema_wrong(c, value, _("must be true or false"));
	arrays->unique = value->truth;
	return 0;
}

/* Finds the first item, by hash, that stands twice. */
static bool find_twins(struct jz_check *c, const struct jz_node *seq, uint32_t *first,
		       uint32_t *second)
{
	struct jz_hashed few[32];
	jz_autofree struct jz_hashed *many =
		seq->len > JZ_COUNT(few) ? jz_xcalloc(seq->len, sizeof(*many)) : NULL;
	struct jz_hashed *all = many ? many : few;

	for (uint32_t i = 0; i < seq->len; i++)
		all[i] = (struct jz_hashed){jz_value_hash(seq->items[i], &c->steps), i};
	jz_hashed_sort(all, seq->len);
	for (uint32_t i = 1; i < seq->len; i++)
		for (uint32_t j = i; j > 0 && all[j - 1].hash == all[i].hash; j--)
			if (jz_node_equal(seq->items[all[i].index], seq->items[all[j - 1].index])) {
				*first = all[j - 1].index;
				*second = all[i].index;
				return true;
			}
	return false;
}

static bool check_count(struct jz_check *c, const struct jz_sub_arrays *arrays,
			const struct jz_node *node)
{
	uint32_t first;
	uint32_t second;

	if (node->len < arrays->min_items)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "minItems",
				     P_("must have at least %zu item",
					"must have at least %zu items", arrays->min_items),
				     arrays->min_items);
	if (node->len > arrays->max_items)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "maxItems",
				     P_("must have at most %zu item", "must have at most %zu items",
					arrays->max_items),
				     arrays->max_items);
	if (arrays->unique && node->len > 1 && find_twins(c, node, &first, &second))
		return jz_check_fail(c, node->items[second], JZ_OFF_A_LITTLE, "uniqueItems",
				     _("items %u and %u are the same"), first + 1, second + 1);
	return true;
}

static bool check_contains(struct jz_check *c, const struct jz_sub_arrays *arrays,
			   const struct jz_node *node, struct jz_seen *seen)
{
	size_t found = 0;

	for (uint32_t i = 0; i < node->len && !c->given_up; i++) {
		if (!jz_check_quietly(c, arrays->contains, node->items[i], NULL))
			continue;
		found++;
		jz_seen_add(seen, i);
		if (!seen && found >= arrays->min_contains && arrays->max_contains == SIZE_MAX)
			return true;
	}
	if (found < arrays->min_contains)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE,
				     arrays->min_contains == 1 ? "contains" : "minContains",
				     P_("must contain at least %zu item of the required form",
					"must contain at least %zu items of the required form",
					arrays->min_contains),
				     arrays->min_contains);
	if (found > arrays->max_contains)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "maxContains",
				     P_("must contain at most %zu item of this form",
					"must contain at most %zu items of this form",
					arrays->max_contains),
				     arrays->max_contains);
	return true;
}

bool jz_check_arrays(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		     struct jz_seen *seen)
{
	const struct jz_sub_arrays *arrays = sub->arrays;
	uint32_t prefix = arrays->prefix.len < node->len ? arrays->prefix.len : node->len;
	bool valid = true;

	if (jz_check_stop(c, check_count(c, arrays, node), &valid))
		return false;
	for (uint32_t i = 0; i < prefix; i++) {
		if (jz_check_stop(c,
				  jz_check_item(c, arrays->prefix.items[i], node, i, "prefixItems"),
				  &valid))
			return false;
		jz_seen_add(seen, i);
	}
	for (uint32_t i = prefix; arrays->items && i < node->len; i++)
		if (jz_check_stop(c, jz_check_item(c, arrays->items, node, i, "items"), &valid))
			return false;
	if (arrays->items)
		jz_seen_add_all(seen);
	if (arrays->contains && jz_check_stop(c, check_contains(c, arrays, node, seen), &valid))
		return false;
	return valid;
}

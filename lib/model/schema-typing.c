/* Typing the plain scalars of a YAML document by what the schema says of their places. */
#include "lib/model/schema-private.h"

/* The subschemas that begin at one place of the document. */
struct places {
	struct jz_reach small[8];
	struct jz_reach *items;
	uint32_t len;
	uint32_t cap;
};

static void places_init(struct places *places)
{
	places->items = places->small;
	places->len = 0;
	places->cap = JZ_COUNT(places->small);
}

static void places_release(struct places *places)
{
	if (places->items != places->small)
		free(places->items);
}

static void places_add(struct places *places, const struct jz_sub *sub, bool certain)
{
	if (!sub->place || (sub->place->len == 0 && !sub->place->types))
		return;
	for (uint32_t i = 0; i < places->len; i++)
		if (places->items[i].sub == sub) {
			places->items[i].certain |= certain;
			return;
		}
	if (places->len == places->cap) {
		struct jz_reach *more = jz_xmalloc(2 * places->cap * sizeof(*more));

		memcpy(more, places->items, places->len * sizeof(*more));
		places_release(places);
		places->items = more;
		places->cap *= 2;
	}
	places->items[places->len++] = (struct jz_reach){sub, certain};
}

static unsigned types_at(const struct places *places)
{
	unsigned certain = 0;
	unsigned possible = 0;

	for (uint32_t i = 0; i < places->len; i++) {
		unsigned types = places->items[i].sub->place->types;

		if (!places->items[i].certain)
			possible |= types;
		else if (types)
			certain = certain ? certain & types : types;
	}
	if (!certain || !possible)
		return certain | possible;
	return certain & possible ? certain & possible : certain;
}

static void type_scalar(struct jz_node *node, unsigned types)
{
	struct jz_node typed = *node;

	if (types == JZ_TYPE_STRING) {
		node->plain = false;
		return;
	}
	jz_node_type_core(&typed);
	if (types & JZ_TYPE_STRING && !(types & jz_type_of(&typed)))
		node->plain = false;
	else
		*node = typed;
}

/* Adds what one subschema says of a property; true: it names or matches it. */
static bool add_property(struct jz_check *t, const struct jz_sub_objects *objects, bool certain,
			 const struct jz_pair *pair, uint32_t *hint, struct places *out)
{
	const struct jz_prop *prop = jz_prop_find(objects, pair->key, pair->key_len, hint);
	bool known = false;

	if (prop && prop->sub) {
		places_add(out, prop->sub, certain);
		known = true;
	}
	if (prop && !prop->ask_patterns) {
		for (uint32_t i = 0; i < prop->others.len; i++, known = true)
			places_add(out, prop->others.items[i], certain);
	} else {
		t->steps += objects->n_patterns;
		for (uint32_t i = 0; i < objects->n_patterns; i++) {
			if (jz_pattern_match(t, &objects->patterns[i].pattern, pair->key,
					     pair->key_len) <= 0)
				continue;
			places_add(out, objects->patterns[i].sub, certain);
			known = true;
		}
	}
	if (!known && objects->additional) {
		places_add(out, objects->additional, certain);
		known = true;
	}
	return known;
}

static bool add_item(const struct jz_sub_arrays *arrays, bool certain, uint32_t index,
		     struct places *out)
{
	if (arrays->contains)
		places_add(out, arrays->contains, false);
	if (index < arrays->prefix.len) {
		places_add(out, arrays->prefix.items[index], certain);
		return true;
	}
	if (arrays->items)
		places_add(out, arrays->items, certain);
	return arrays->items != NULL;
}

/* Collects what begins at the index-th child of a node at which `places` begin. */
static void descend(struct jz_check *t, const struct places *places, const struct jz_node *node,
		    uint32_t index, uint32_t *hints, struct places *out)
{
	bool known = false;
	uint32_t n = 0;

	for (uint32_t i = 0; i < places->len; i++) {
		const struct jz_place *place = places->items[i].sub->place;

		for (uint32_t k = 0; k < place->len; k++, n++) {
			const struct jz_sub *sub = place->reach[k].sub;
			bool certain = places->items[i].certain && place->reach[k].certain;
			uint32_t none = 0;

			t->steps++;
			if (node->kind == JZ_MAP && sub->objects)
				known |= add_property(t, sub->objects, certain, &node->pairs[index],
						      n < 8 ? &hints[n] : &none, out);
			else if (node->kind == JZ_SEQ && sub->arrays)
				known |= add_item(sub->arrays, certain, index, out);
		}
	}
	for (uint32_t i = 0; i < places->len && !known; i++) {
		const struct jz_place *place = places->items[i].sub->place;

		for (uint32_t k = 0; k < place->len; k++) {
			const struct jz_sub *sub = place->reach[k].sub;
			const struct jz_sub *rest = node->kind == JZ_MAP ? sub->unevaluated_props
									 : sub->unevaluated_items;

			if (rest)
				places_add(out, rest,
					   places->items[i].certain && place->reach[k].certain);
		}
	}
}

static void type_node(struct jz_check *t, const struct places *places, struct jz_node *node)
{
	uint32_t hints[8] = {0};

	if (node->kind == JZ_STRING && node->plain) {
		type_scalar(node, types_at(places));
		return;
	}
	if (node->kind != JZ_MAP && node->kind != JZ_SEQ)
		return;
	if (places->len == 0) {
		jz_node_type_core(node);
		return;
	}
	for (uint32_t i = 0; i < node->len; i++) {
		struct jz_node *child =
			node->kind == JZ_MAP ? node->pairs[i].value : node->items[i];
		struct places below;

		if (child->kind != JZ_MAP && child->kind != JZ_SEQ && !child->plain)
			continue;
		if (t->steps > JZ_STEPS_MAX) { /* the check will give up as well */
			jz_node_type_core(child);
			continue;
		}
		places_init(&below);
		descend(t, places, node, i, hints, &below);
		type_node(t, &below, child);
		places_release(&below);
	}
}

void jz_schema_type(const struct jz_schema *schema, struct jz_node *document)
{
	struct jz_check check = {0};
	struct places places;

	places_init(&places);
	places_add(&places, schema->root, true);
	type_node(&check, &places, document);
	places_release(&places);
	jz_regex_scratch_free(check.scratch);
}

/* Preparing a compiled schema for typing: for each subschema the types that it allows, and all the
 * subschemas that apply to the same place. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"

#define WORK_MAX 4000000

static unsigned said(struct jz_sub *sub, unsigned depth);

/* What both say; silence says nothing. */
static unsigned both(unsigned a, unsigned b)
{
	return a && b ? a & b : a | b;
}

static unsigned any_of(const struct jz_sub_list *list, unsigned depth)
{
	unsigned types = 0;

	for (uint32_t i = 0; i < list->len; i++)
		types |= said(list->items[i], depth);
	return types;
}

static unsigned of_values(const struct jz_sub_values *values)
{
	unsigned types = 0;

	for (uint32_t i = 0; values && i < values->len; i++)
		types |= jz_type_of(values->items[i]);
	return types;
}

/* Conditional types can narrow, but not contradict, those that always hold. */
static unsigned narrowed(unsigned types, unsigned possible)
{
	unsigned narrow = both(types, possible);

	return narrow ? narrow : types;
}

static unsigned said_by_logic(const struct jz_sub_logic *logic, unsigned types, unsigned depth)
{
	unsigned conditional = 0;

	if (logic->ref)
		types = both(types, said(logic->ref, depth));
	if (logic->dynamic_usual)
		types = both(types, said(logic->dynamic_usual, depth));
	for (uint32_t i = 0; i < logic->all.len; i++)
		types = both(types, said(logic->all.items[i], depth));
	types = narrowed(types, any_of(&logic->any, depth));
	types = narrowed(types, any_of(&logic->one, depth));
	if (logic->if_)
		conditional |= said(logic->if_, depth);
	if (logic->if_ && logic->then_)
		conditional |= said(logic->then_, depth);
	if (logic->if_ && logic->else_)
		conditional |= said(logic->else_, depth);
	return narrowed(types, conditional);
}

static unsigned said(struct jz_sub *sub, unsigned depth)
{
	unsigned types = sub->types;
	unsigned dependent = 0;

	if (sub->said_known || sub->walking || depth > JZ_SUB_DEPTH_MAX)
		return sub->said;
	sub->walking = true;
	types = both(types, both(of_values(sub->constant), of_values(sub->enumeration)));
	if (sub->logic)
		types = said_by_logic(sub->logic, types, depth + 1);
	for (uint32_t i = 0; sub->objects && i < sub->objects->n_dependents; i++)
		if (sub->objects->dependents[i].sub)
			dependent |= said(sub->objects->dependents[i].sub, depth + 1);
	sub->said = (uint8_t)narrowed(types, dependent);
	sub->said_known = true;
	sub->walking = false;
	return sub->said;
}

/* --- what applies to the same place --- */

struct reached {
	struct jz_vec subs; /* certain ones first */
	size_t certain;
	uint32_t mark;
};

static void reach(struct reached *reached, struct jz_sub *sub)
{
	if (!sub || sub->mark == reached->mark)
		return;
	sub->mark = reached->mark;
	jz_vec_push(&reached->subs, sub);
}

static void reach_list(struct reached *reached, const struct jz_sub_list *list)
{
	for (uint32_t i = 0; i < list->len; i++)
		reach(reached, list->items[i]);
}

static void reach_certain(struct reached *reached, const struct jz_sub_logic *logic)
{
	reach(reached, logic->ref);
	reach(reached, logic->dynamic_usual);
	reach_list(reached, &logic->all);
}

static void reach_possible(struct reached *reached, const struct jz_sub *sub)
{
	const struct jz_sub_logic *logic = sub->logic;

	for (uint32_t i = 0; sub->objects && i < sub->objects->n_dependents; i++)
		reach(reached, sub->objects->dependents[i].sub);
	if (!logic)
		return;
	reach_list(reached, &logic->any);
	reach_list(reached, &logic->one);
	if (!logic->if_)
		return;
	reach(reached, logic->if_);
	reach(reached, logic->then_);
	reach(reached, logic->else_);
}

static void reach_all(struct reached *reached, struct jz_sub *from)
{
	reach(reached, from);
	for (size_t i = 0; i < reached->subs.len; i++) {
		const struct jz_sub *sub = reached->subs.items[i];

		if (sub->logic)
			reach_certain(reached, sub->logic);
	}
	reached->certain = reached->subs.len;
	for (size_t i = 0; i < reached->subs.len; i++) {
		const struct jz_sub *sub = reached->subs.items[i];

		if (i >= reached->certain && sub->logic)
			reach_certain(reached, sub->logic);
		reach_possible(reached, sub);
	}
}

static void compile_place(struct jz_compiler *c, struct jz_sub *sub, uint32_t mark)
{
	struct reached reached = {.mark = mark};
	struct jz_place *place;

	if (!sub || sub->place || c->work > WORK_MAX)
		return;
	place = sub->place = jz_arena_alloc(c->schema->arena, sizeof(*place));
	place->types = sub->said;
	reach_all(&reached, sub);
	c->work += reached.subs.len;
	for (size_t i = 0; i < reached.subs.len; i++)
		place->len += ((struct jz_sub *)reached.subs.items[i])->speaks_of_children;
	place->reach = jz_arena_alloc(c->schema->arena, (place->len + 1) * sizeof(*place->reach));
	place->len = 0;
	for (size_t i = 0; i < reached.subs.len; i++) {
		const struct jz_sub *other = reached.subs.items[i];

		if (other->speaks_of_children)
			place->reach[place->len++] = (struct jz_reach){other, i < reached.certain};
	}
	jz_vec_release(&reached.subs);
}

/* Every subschema that begins at a child of what `sub` describes. */
static void compile_children(struct jz_compiler *c, const struct jz_sub *sub, uint32_t *mark)
{
	const struct jz_sub_objects *objects = sub->objects;
	const struct jz_sub_arrays *arrays = sub->arrays;

	for (uint32_t i = 0; objects && i < objects->n_props; i++)
		compile_place(c, objects->props[i].sub, ++*mark);
	for (uint32_t i = 0; objects && i < objects->n_patterns; i++)
		compile_place(c, objects->patterns[i].sub, ++*mark);
	if (objects)
		compile_place(c, objects->additional, ++*mark);
	for (uint32_t i = 0; arrays && i < arrays->prefix.len; i++)
		compile_place(c, arrays->prefix.items[i], ++*mark);
	if (arrays) {
		compile_place(c, arrays->items, ++*mark);
		compile_place(c, arrays->contains, ++*mark);
	}
	compile_place(c, sub->unevaluated_items, ++*mark);
	compile_place(c, sub->unevaluated_props, ++*mark);
}

/* The document's root is the outermost scope of every check. */
static void settle_dynamic(const struct jz_schema *schema, struct jz_sub_logic *logic)
{
	struct jz_sub *outermost =
		logic->dynamic_name
			? jz_map_gets(&schema->root->resource->dynamics, logic->dynamic_name)
			: NULL;

	logic->dynamic_usual = outermost ? outermost : logic->dynamic_ref;
}

int jz_compile_places(struct jz_compiler *c)
{
	const struct jz_vec *subs = &c->schema->subs;
	uint32_t mark = 0;

	c->work = 0;
	for (size_t i = 0; i < subs->len; i++)
		if (((struct jz_sub *)subs->items[i])->logic)
			settle_dynamic(c->schema, ((struct jz_sub *)subs->items[i])->logic);
	for (size_t i = 0; i < subs->len; i++)
		said(subs->items[i], 0);
	compile_place(c, c->schema->root, ++mark);
	for (size_t i = 0; i < subs->len; i++)
		compile_children(c, subs->items[i], &mark);
	if (c->work <= WORK_MAX)
		return 0;
	jz_buf_clear(&c->pointer);
	return jz_schema_wrong(c, c->root, _("the schema is too entangled to be used"));
}

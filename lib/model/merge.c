#include "lib/model/merge.h"

#include "lib/base/str.h"
#include "lib/model/merge-impl.h"

void jz_merge_release(struct jz_merge *merge)
{
	jz_vec_release(&merge->clashes);
	jz_buf_release(&merge->path);
}

static struct jz_node *copy(struct jz_merge *merge, const struct jz_node *node)
{
	return node ? jz_node_clone(merge->arena, node) : NULL;
}

/* ---- what cannot be merged ---- */

static enum jz_clash_kind kind_of(const struct jz_three *three)
{
	if (!three->ours)
		return JZ_CLASH_OURS_REMOVED;
	if (!three->theirs)
		return JZ_CLASH_THEIRS_REMOVED;
	return three->base ? JZ_CLASH_CHANGED : JZ_CLASH_ADDED;
}

static struct jz_node *clash(struct jz_merge *merge, const struct jz_three *three)
{
	struct jz_clash *clash = jz_arena_alloc(merge->arena, sizeof(*clash));
	enum jz_side side = JZ_SIDE_OURS;
	bool settled = false;

	*clash = (struct jz_clash){.kind = kind_of(three),
				   .path = jz_arena_strdup(merge->arena, merge->path.data),
				   .base = three->base,
				   .ours = three->ours,
				   .theirs = three->theirs};
	if (merge->choose)
		side = merge->choose(merge->data, clash, &settled);
	if (!settled)
		jz_vec_push(&merge->clashes, clash);
	return copy(merge, side == JZ_SIDE_THEIRS ? three->theirs : three->ours);
}

/* ---- maps ---- */

static bool shape_below(const struct jz_shape *shape, const struct jz_pair *pair,
			struct jz_shape *out)
{
	if (shape->schema && jz_shape_key(shape, pair->key, pair->key_len, out))
		return true;
	*out = (struct jz_shape){.schema = NULL};
	return false;
}

static struct jz_node *merge_key(struct jz_merge *merge, const struct jz_shape *shape,
				 const struct jz_three *maps, const struct jz_pair *pair)
{
	struct jz_three three = {.base = jz_map_getn(maps->base, pair->key, pair->key_len),
				 .ours = jz_map_getn(maps->ours, pair->key, pair->key_len),
				 .theirs = jz_map_getn(maps->theirs, pair->key, pair->key_len)};
	size_t len = merge->path.len;
	struct jz_shape below;
	struct jz_node *value;

	shape_below(shape, pair, &below);
	jz_buf_addf(&merge->path, "%s%s", len ? "." : "", pair->key);
	value = jz_merge_value(merge, &below, &three);
	jz_buf_truncate(&merge->path, len);
	return value;
}

static bool goes_before(const struct jz_shape *shape, const struct jz_pair *a,
			const struct jz_pair *b)
{
	size_t left = jz_shape_rank(shape, a->key, a->key_len);
	size_t right = jz_shape_rank(shape, b->key, b->key_len);

	return left != right ? left < right : strcmp(a->key, b->key) < 0;
}

/* Behind the last key that goes before it. */
static void insert(struct jz_arena *arena, const struct jz_shape *shape, struct jz_node *map,
		   const struct jz_pair *from, struct jz_node *value)
{
	struct jz_pair pair;
	uint32_t at;

	jz_map_setn(arena, map, from->key, from->key_len, value);
	at = map->len - 1;
	pair = map->pairs[at];
	while (at && !goes_before(shape, &map->pairs[at - 1], &pair)) {
		map->pairs[at] = map->pairs[at - 1];
		at--;
	}
	map->pairs[at] = pair;
}

/* Keys of a side that the base does not have. */
static void merge_new(struct jz_merge *merge, const struct jz_shape *shape,
		      const struct jz_three *three, const struct jz_node *side, struct jz_node *out)
{
	for (uint32_t i = 0; i < side->len; i++) {
		const struct jz_pair *pair = &side->pairs[i];
		struct jz_node *value;

		if (jz_map_getn(three->base, pair->key, pair->key_len) ||
		    jz_map_getn(out, pair->key, pair->key_len))
			continue;
		value = merge_key(merge, shape, three, pair);
		if (value)
			insert(merge->arena, shape, out, pair, value);
	}
}

static struct jz_node *merge_maps(struct jz_merge *merge, const struct jz_shape *shape,
				  const struct jz_three *three)
{
	struct jz_node *out = jz_node_map(merge->arena);

	for (uint32_t i = 0; three->base && i < three->base->len; i++) {
		const struct jz_pair *pair = &three->base->pairs[i];
		struct jz_node *value = merge_key(merge, shape, three, pair);

		if (value)
			jz_map_setn(merge->arena, out, pair->key, pair->key_len, value);
	}
	merge_new(merge, shape, three, three->ours, out);
	merge_new(merge, shape, three, three->theirs, out);
	return out;
}

/* ---- any value ---- */

static bool is_set(const struct jz_shape *shape)
{
	const struct jz_node *word = jz_shape_word(shape, "uniqueItems");

	return word && (word->kind == JZ_BOOL ? word->truth : jz_eq(jz_node_text(word), "true"));
}

/* A scalar, or a list that has no parts to merge. */
static struct jz_node *merge_whole(struct jz_merge *merge, const struct jz_three *three)
{
	bool list = three->ours->kind == JZ_SEQ || three->theirs->kind == JZ_SEQ ||
		    three->ours->kind == JZ_MAP || three->theirs->kind == JZ_MAP;
	bool (*same)(const struct jz_node *, const struct jz_node *) =
		list ? jz_merge_same : jz_node_equal;

	if (same(three->ours, three->theirs) || (three->base && same(three->base, three->theirs)))
		return copy(merge, three->ours);
	if (three->base && same(three->base, three->ours))
		return copy(merge, three->theirs);
	return clash(merge, three);
}

static bool has_text(const struct jz_node *list)
{
	for (size_t i = 0; i < jz_seq_len(list); i++)
		if (!jz_node_text(jz_seq_get(list, i)))
			return false;
	return true;
}

static struct jz_node *merge_lists(struct jz_merge *merge, const struct jz_shape *shape,
				   const struct jz_three *three)
{
	struct jz_node *out = NULL;

	if (jz_merge_by_id(three))
		return jz_merge_items(merge, shape, three);
	if (is_set(shape) && has_text(three->base) && has_text(three->ours) &&
	    has_text(three->theirs))
		out = jz_merge_set(merge, three);
	return out ? out : merge_whole(merge, three);
}

static const struct jz_node *of_kind(const struct jz_node *node, enum jz_kind kind)
{
	return node && node->kind == kind ? node : NULL;
}

static struct jz_node *merge_both(struct jz_merge *merge, const struct jz_shape *shape,
				  const struct jz_three *three)
{
	enum jz_kind kind = three->ours->kind;
	struct jz_three like = *three;
	struct jz_node *out;

	like.base = of_kind(three->base, kind);
	if (kind != three->theirs->kind || (kind != JZ_MAP && kind != JZ_SEQ))
		out = merge_whole(merge, three);
	else if (kind == JZ_MAP)
		out = merge_maps(merge, shape, &like);
	else
		out = merge_lists(merge, shape, &like);
	if (out)
		jz_merge_notes(merge->arena, out, three);
	return out;
}

/* A list of items that one side took away with its last item is merged as an empty one. */
static struct jz_node *merge_emptied(struct jz_merge *merge, const struct jz_shape *shape,
				     const struct jz_three *three)
{
	struct jz_node *empty = jz_node_seq(merge->arena), *out;
	struct jz_three full = {.base = three->base,
				.ours = three->ours ? three->ours : empty,
				.theirs = three->theirs ? three->theirs : empty};

	out = jz_merge_items(merge, shape, &full);
	if (!out->len)
		return NULL;
	jz_merge_notes(merge->arena, out, three);
	return out;
}

struct jz_node *jz_merge_value(struct jz_merge *merge, const struct jz_shape *shape,
			       const struct jz_three *three)
{
	const struct jz_node *left = three->ours ? three->ours : three->theirs;

	if (three->ours && three->theirs)
		return merge_both(merge, shape, three);
	if (!left || !three->base)
		return copy(merge, left);
	if (jz_merge_same(three->base, left))
		return NULL;
	if (of_kind(three->base, JZ_SEQ) && of_kind(left, JZ_SEQ) && left->len &&
	    jz_merge_by_id(three))
		return merge_emptied(merge, shape, three);
	return clash(merge, three);
}

static void stamp_revision(struct jz_arena *arena, struct jz_node *out,
			   const struct jz_three *three)
{
	int64_t ours = 0, theirs = 0;
	struct jz_node *old = jz_map_get(out, "revision"), *value;

	if (!old || !jz_node_to_int(jz_map_get(three->ours, "revision"), &ours) ||
	    !jz_node_to_int(jz_map_get(three->theirs, "revision"), &theirs))
		return;
	value = jz_node_int(arena, (ours > theirs ? ours : theirs) + 1);
	value->notes = old->notes;
	jz_map_set(arena, out, "revision", value);
}

static const struct jz_node *without_revision(struct jz_arena *arena, const struct jz_node *node)
{
	struct jz_node *copy = node ? jz_node_clone(arena, node) : NULL;

	if (copy && jz_map_get(copy, "revision"))
		jz_map_set(arena, copy, "revision", jz_node_int(arena, 0));
	return copy;
}

struct jz_node *jz_merge_trees(struct jz_merge *merge, const struct jz_node *base,
			       const struct jz_node *ours, const struct jz_node *theirs)
{
	struct jz_arena *arena = merge->arena;
	struct jz_three given = {.base = base, .ours = ours, .theirs = theirs};
	struct jz_three three = {.base = without_revision(arena, base),
				 .ours = without_revision(arena, ours),
				 .theirs = without_revision(arena, theirs)};
	struct jz_node *out = jz_merge_value(merge, &merge->shape, &three);

	if (out)
		stamp_revision(arena, out, &given);
	return out;
}

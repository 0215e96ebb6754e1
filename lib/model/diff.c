#include "lib/model/diff.h"

#include <string.h>

/* A list of maps that all have an `id`. An empty list is none. */
static bool is_item_list(const struct jz_node *node)
{
	for (size_t i = 0; i < jz_seq_len(node); i++)
		if (!jz_map_text(jz_seq_get(node, i), "id"))
			return false;
	return jz_seq_len(node) > 0;
}

static const struct jz_node *same_item(const struct jz_node *list, const char *id)
{
	for (size_t i = 0; i < jz_seq_len(list); i++) {
		const char *other = jz_map_text(jz_seq_get(list, i), "id");

		if (other && !strcmp(other, id))
			return jz_seq_get(list, i);
	}
	return NULL;
}

struct walk {
	struct jz_buf path;
	jz_diff_fn *each;
	jz_leaf_fn *leaf;
	void *data;
};

static size_t enter_key(struct walk *walk, const struct jz_pair *pair)
{
	size_t len = walk->path.len;

	if (len)
		jz_buf_addc(&walk->path, '.');
	jz_buf_add(&walk->path, pair->key, pair->key_len);
	return len;
}

static size_t enter_item(struct walk *walk, const char *id)
{
	size_t len = walk->path.len;

	jz_buf_addc(&walk->path, '[');
	jz_buf_adds(&walk->path, id);
	jz_buf_addc(&walk->path, ']');
	return len;
}

static void leave(struct walk *walk, size_t len)
{
	jz_buf_truncate(&walk->path, len);
}

static void say(struct walk *walk, const struct jz_node *before, const struct jz_node *after)
{
	struct jz_diff diff = {.kind = !before	? JZ_DIFF_ADDED
				       : !after ? JZ_DIFF_REMOVED
						: JZ_DIFF_CHANGED,
			       .path = walk->path.data,
			       .before = before,
			       .after = after};

	walk->each(walk->data, &diff);
}

static void compare(struct walk *walk, const struct jz_node *before, const struct jz_node *after);

static bool is_stamp(const struct walk *walk, const struct jz_pair *pair)
{
	return !walk->path.len && !strcmp(pair->key, "revision");
}

static void compare_maps(struct walk *walk, const struct jz_node *before,
			 const struct jz_node *after)
{
	for (uint32_t i = 0; i < after->len; i++) {
		const struct jz_pair *pair = &after->pairs[i];
		size_t len;

		if (is_stamp(walk, pair))
			continue;
		len = enter_key(walk, pair);
		compare(walk, jz_map_getn(before, pair->key, pair->key_len), pair->value);
		leave(walk, len);
	}
	for (uint32_t i = 0; i < before->len; i++) {
		const struct jz_pair *pair = &before->pairs[i];
		size_t len;

		if (is_stamp(walk, pair) || jz_map_getn(after, pair->key, pair->key_len))
			continue;
		len = enter_key(walk, pair);
		say(walk, pair->value, NULL);
		leave(walk, len);
	}
}

/* Items of one list that the other lacks, or that differ. */
static void compare_items(struct walk *walk, const struct jz_node *before,
			  const struct jz_node *after)
{
	for (size_t i = 0; i < jz_seq_len(after); i++) {
		const struct jz_node *item = jz_seq_get(after, i);
		const char *id = jz_map_text(item, "id");
		size_t len = enter_item(walk, id);

		compare(walk, same_item(before, id), item);
		leave(walk, len);
	}
	for (size_t i = 0; i < jz_seq_len(before); i++) {
		const struct jz_node *item = jz_seq_get(before, i);
		const char *id = jz_map_text(item, "id");
		size_t len = enter_item(walk, id);

		if (!same_item(after, id))
			say(walk, item, NULL);
		leave(walk, len);
	}
}

static void compare(struct walk *walk, const struct jz_node *before, const struct jz_node *after)
{
	if (before && before->kind == JZ_MAP && after->kind == JZ_MAP)
		compare_maps(walk, before, after);
	else if (is_item_list(after) && (!jz_seq_len(before) || is_item_list(before)))
		compare_items(walk, before, after);
	else if (!before || !jz_node_equal(before, after))
		say(walk, before, after);
}

void jz_diff(const struct jz_node *before, const struct jz_node *after, jz_diff_fn *each,
	     void *data)
{
	static const struct jz_node nothing = {.kind = JZ_MAP};
	struct walk walk = {.path = JZ_BUF_INIT, .each = each, .data = data};

	compare(&walk, before ? before : &nothing, after ? after : &nothing);
	jz_buf_release(&walk.path);
}

static void walk_leaves(struct walk *walk, const struct jz_node *node)
{
	if (node->kind == JZ_MAP) {
		for (uint32_t i = 0; i < node->len; i++) {
			size_t len = enter_key(walk, &node->pairs[i]);

			walk_leaves(walk, node->pairs[i].value);
			leave(walk, len);
		}
	} else if (is_item_list(node)) {
		for (size_t i = 0; i < jz_seq_len(node); i++) {
			size_t len = enter_item(walk, jz_map_text(jz_seq_get(node, i), "id"));

			walk_leaves(walk, jz_seq_get(node, i));
			leave(walk, len);
		}
	} else {
		walk->leaf(walk->data, walk->path.data, node);
	}
}

void jz_leaves(const struct jz_node *record, jz_leaf_fn *each, void *data)
{
	struct walk walk = {.path = JZ_BUF_INIT, .leaf = each, .data = data};

	walk_leaves(&walk, record);
	jz_buf_release(&walk.path);
}

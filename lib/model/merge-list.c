/* Lists in a merge: items by id, sets by value. */
#include "lib/base/map.h"
#include "lib/model/merge-impl.h"

/* One version of a list. An element is known by its id, or by its place among the distinct values.
 */
struct side {
	const struct jz_node *list;
	struct jz_map by_id; /* struct jz_node * */
};

struct lists {
	struct side base, ours, theirs;
	struct jz_map out; /* ids in the order of the result; the value is the node or NULL */
};

static const char *id_of(const struct jz_node *item)
{
	const char *id = item->kind == JZ_MAP ? jz_map_text(item, "id") : jz_node_text(item);

	return id ? id : "";
}

/* False: an element without a name, or two with the same. */
static bool index_list(struct side *side, const struct jz_node *list)
{
	side->list = list;
	for (size_t i = 0; i < jz_seq_len(list); i++) {
		struct jz_node *item = jz_seq_get(list, i);

		if (!*id_of(item) || jz_map_puts(&side->by_id, id_of(item), item))
			return false;
	}
	return true;
}

static void release(struct lists *lists)
{
	jz_map_release(&lists->base.by_id, NULL);
	jz_map_release(&lists->ours.by_id, NULL);
	jz_map_release(&lists->theirs.by_id, NULL);
	jz_map_release(&lists->out, NULL);
}

static bool index_all(struct lists *lists, const struct jz_three *three)
{
	return index_list(&lists->base, three->base) && index_list(&lists->ours, three->ours) &&
	       index_list(&lists->theirs, three->theirs);
}

static bool all_maps(const struct jz_node *list)
{
	for (size_t i = 0; i < jz_seq_len(list); i++)
		if (jz_seq_get(list, i)->kind != JZ_MAP)
			return false;
	return true;
}

bool jz_merge_by_id(const struct jz_three *three)
{
	jz_cleanup(release) struct lists lists = {.base.list = NULL};

	return all_maps(three->base) && all_maps(three->ours) && all_maps(three->theirs) &&
	       index_all(&lists, three);
}

/* ---- the order ---- */

static bool has(const struct side *side, const char *id)
{
	return jz_map_gets(&side->by_id, id) != NULL;
}

/* In the base and in both sides: what the new ones are put behind. */
static bool is_spine(const struct lists *lists, const char *id)
{
	return has(&lists->base, id) && has(&lists->ours, id) && has(&lists->theirs, id);
}

static size_t next_spine(const struct lists *lists, const struct jz_node *list, size_t from)
{
	while (from < jz_seq_len(list) && !is_spine(lists, id_of(list->items[from])))
		from++;
	return from;
}

/* The order of the spine in two lists: 0 if it is the same, else which has the smaller id first. */
static int compare_spine(const struct lists *lists, const struct jz_node *a,
			 const struct jz_node *b)
{
	size_t i = next_spine(lists, a, 0), k = next_spine(lists, b, 0);

	while (i < jz_seq_len(a) && k < jz_seq_len(b)) {
		int order = strcmp(id_of(a->items[i]), id_of(b->items[k]));

		if (order)
			return order;
		i = next_spine(lists, a, i + 1);
		k = next_spine(lists, b, k + 1);
	}
	return 0;
}

/* Whose order the spine keeps. */
static const struct jz_node *spine_of(const struct lists *lists)
{
	const struct jz_node *base = lists->base.list, *ours = lists->ours.list,
			     *theirs = lists->theirs.list;

	if (!compare_spine(lists, base, theirs))
		return ours;
	if (!compare_spine(lists, base, ours))
		return theirs;
	return compare_spine(lists, ours, theirs) <= 0 ? ours : theirs;
}

static void emit(struct lists *lists, const char *id)
{
	if (!jz_map_has(&lists->out, id, strlen(id)))
		jz_map_puts(&lists->out, id, NULL);
}

/* Where the run behind a spine element begins; NULL: at the front. */
static size_t run_after(const struct jz_node *list, const char *id)
{
	for (size_t i = 0; id && i < jz_seq_len(list); i++)
		if (!strcmp(id_of(list->items[i]), id))
			return i + 1;
	return 0;
}

/* The elements that each side has up to its next spine element, each in its own order, the smaller
 * id first. */
static void emit_run(struct lists *lists, const char *after)
{
	const struct jz_node *a = lists->ours.list, *b = lists->theirs.list;
	size_t i = run_after(a, after), k = run_after(b, after);
	size_t i_end = next_spine(lists, a, i), k_end = next_spine(lists, b, k);

	while (i < i_end || k < k_end) {
		if (k == k_end ||
		    (i < i_end && strcmp(id_of(a->items[i]), id_of(b->items[k])) <= 0))
			emit(lists, id_of(a->items[i++]));
		else
			emit(lists, id_of(b->items[k++]));
	}
}

static void put_in_order(struct lists *lists)
{
	const struct jz_node *spine = spine_of(lists);

	emit_run(lists, NULL);
	for (size_t i = next_spine(lists, spine, 0); i < jz_seq_len(spine);
	     i = next_spine(lists, spine, i + 1)) {
		emit(lists, id_of(spine->items[i]));
		emit_run(lists, id_of(spine->items[i]));
	}
}

/* ---- the lists ---- */

static struct jz_node *merge_item(struct jz_merge *merge, const struct jz_shape *shape,
				  const struct lists *lists, const char *id)
{
	struct jz_three three = {.base = jz_map_gets(&lists->base.by_id, id),
				 .ours = jz_map_gets(&lists->ours.by_id, id),
				 .theirs = jz_map_gets(&lists->theirs.by_id, id)};
	size_t len = merge->path.len;
	struct jz_node *item;

	jz_buf_addf(&merge->path, "[%s]", id);
	item = jz_merge_value(merge, shape, &three);
	jz_buf_truncate(&merge->path, len);
	return item;
}

struct jz_node *jz_merge_items(struct jz_merge *merge, const struct jz_shape *shape,
			       const struct jz_three *three)
{
	jz_cleanup(release) struct lists lists = {.base.list = NULL};
	struct jz_node *out = jz_node_seq(merge->arena);
	struct jz_shape items = {.schema = NULL};

	index_all(&lists, three);
	put_in_order(&lists);
	if (!jz_shape_items(shape, &items))
		items = (struct jz_shape){.schema = NULL};
	for (size_t i = 0; i < lists.out.len; i++) {
		struct jz_node *item = merge_item(merge, &items, &lists, lists.out.slots[i].key);

		if (item)
			jz_seq_push(merge->arena, out, item);
	}
	return out;
}

/* Removed by one side: gone; added by one side: there. */
static bool stays(const struct lists *lists, const char *id)
{
	return has(&lists->base, id) ? has(&lists->ours, id) && has(&lists->theirs, id) : true;
}

struct jz_node *jz_merge_set(struct jz_merge *merge, const struct jz_three *three)
{
	jz_cleanup(release) struct lists lists = {.base.list = NULL};
	struct jz_node *out = jz_node_seq(merge->arena);

	if (!index_all(&lists, three))
		return NULL;
	put_in_order(&lists);
	for (size_t i = 0; i < lists.out.len; i++) {
		const char *id = lists.out.slots[i].key;
		struct jz_three value = {.base = jz_map_gets(&lists.base.by_id, id),
					 .ours = jz_map_gets(&lists.ours.by_id, id),
					 .theirs = jz_map_gets(&lists.theirs.by_id, id)};

		if (stays(&lists, id))
			jz_seq_push(
				merge->arena, out,
				jz_merge_value(merge, &(struct jz_shape){.schema = NULL}, &value));
	}
	return out;
}

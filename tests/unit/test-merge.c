/* Three-way merge by meaning. */
#include "lib/model/merge.h"
#include "lib/port/yaml.h"

#include <stdlib.h>

#include "tests/unit/tap.h"

static struct jz_arena *arena;
static struct jz_shape case_shape;

static struct jz_node *read_yaml(const char *text)
{
	struct jz_node *node = NULL;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_yaml_read(arena, text, strlen(text), &node, &err))
		printf("# %s\n", err.message);
	jz_node_type_core(node);
	return node;
}

static char *write_yaml(const struct jz_node *node)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;

	jz_yaml_write(node, &out);
	return jz_xstrdup(out.data);
}

static struct jz_node *merge3(const struct jz_node *base, const struct jz_node *ours,
			      const struct jz_node *theirs, size_t *clashes)
{
	struct jz_merge merge = {.arena = arena, .shape = case_shape, .path = JZ_BUF_INIT};
	struct jz_node *out = jz_merge_trees(&merge, base, ours, theirs);

	*clashes = merge.clashes.len;
	jz_merge_release(&merge);
	return out;
}

/* Merges in both directions: the same text without a clash, and what is wanted. */
static void both_ways(const char *base, const char *ours, const char *theirs, const char *want,
		      const char *what)
{
	struct jz_node *b = read_yaml(base), *o = read_yaml(ours), *t = read_yaml(theirs);
	size_t there, back;
	char *left = write_yaml(merge3(b, o, t, &there));
	char *right = write_yaml(merge3(b, t, o, &back));

	is_int(there + back, 0, what);
	is_str(left, want, what);
	is_str(right, left, "the same from the other side");
	free(left);
	free(right);
}

static void test_scalars(void)
{
	both_ways("revision: 3\nmanager: a\nx-n: 1\n", "revision: 4\nmanager: b\nx-n: 1\n",
		  "revision: 6\nmanager: a\nx-n: 2\n", "revision: 7\nmanager: b\nx-n: 2\n",
		  "each side one field; the revision is the greater and one more");
	both_ways("manager: a\n", "manager: b\n", "manager: b\n", "manager: b\n",
		  "the same change on both sides");
	both_ways("manager: a\nx-n: 1\n", "manager: a\n", "manager: c\nx-n: 1\n", "manager: c\n",
		  "removed on one side");
	both_ways("id: i\n", "id: i\nx-b: 1\nmanager: a\n", "id: i\nassigned: [a]\nx-a: 2\n",
		  "id: i\nassigned:\n  - a\nmanager: a\nx-a: 2\nx-b: 1\n",
		  "new fields stand where the schema has them");
	both_ways("x-a: {b: 1, c: 2}\n", "x-a: {b: 3, c: 2}\n", "x-a: {b: 1, c: 4}\n",
		  "x-a:\n  b: 3\n  c: 4\n", "extension fields too");
}

static void test_lists(void)
{
	both_ways("assigned: [a, b]\n", "assigned: [a, b, d]\n", "assigned: [b, c]\n",
		  "assigned:\n  - b\n  - c\n  - d\n", "a set: added by one, removed by the other");
	both_ways("services:\n  - {id: s1, k: 1}\n  - {id: s2, k: 1}\n",
		  "services:\n  - {id: s1, k: 2}\n  - {id: s2, k: 1}\n  - {id: z9, k: 1}\n",
		  "services:\n  - {id: s1, k: 1, m: 1}\n  - {id: s2, k: 5}\n  - {id: k3, k: 1}\n",
		  "services:\n  - id: s1\n    k: 2\n    m: 1\n  - id: s2\n    k: 5\n  - id: k3\n"
		  "    k: 1\n  - id: z9\n    k: 1\n",
		  "items by id, new ones of both sides");
	both_ways("x-l:\n  - {id: a}\n  - {id: b}\n", "x-l:\n  - {id: b}\n  - {id: a}\n",
		  "x-l:\n  - {id: a}\n  - {id: q}\n  - {id: b}\n",
		  "x-l:\n  - id: b\n  - id: a\n  - id: q\n",
		  "rearranged by one side; a new one keeps what it was put behind");
	both_ways("x-l:\n  - {id: a}\n", "x-m: 1\n", "x-l:\n  - {id: a}\n  - {id: b}\n",
		  "x-l:\n  - id: b\nx-m: 1\n", "the last item removed, another one added");
	both_ways("x-l:\n  - {id: a}\n  - {id: b}\n", "x-l:\n  - {id: b}\n", "x-l:\n  - {id: a}\n",
		  "x-l: []\n", "each side removes one");
	both_ways("x-l: [1, 2]\n", "x-l: [1, 2]\n", "x-l: [2, 1]\n", "x-l:\n  - 2\n  - 1\n",
		  "a plain list that one side changed");
}

static void test_notes(void)
{
	both_ways("# top\nmanager: a\nx-n: 1\n", "# top\nmanager: b # why\nx-n: 1\n",
		  "# top\nmanager: a\n# about n\nx-n: 1\n",
		  "# top\nmanager: b # why\n# about n\nx-n: 1\n", "comments of both sides");
	both_ways("# a\nx-n: 1\n", "# a\n# b\nx-n: 1\n", "# a\n# c\nx-n: 1\n",
		  "# a\n# b\n# c\nx-n: 1\n", "both changed one comment");
	both_ways("x-n: 1\n", "x-n: 1 # b\n", "x-n: 1 # c\n", "x-n: 1 # b; c\n",
		  "both wrote behind a value");
}

static void clashes(const char *base, const char *ours, const char *theirs, enum jz_clash_kind kind,
		    const char *path)
{
	struct jz_merge merge = {.arena = arena, .shape = case_shape, .path = JZ_BUF_INIT};
	struct jz_node *b = base ? read_yaml(base) : NULL, *o = read_yaml(ours);
	const struct jz_clash *clash;

	jz_merge_trees(&merge, b, o, read_yaml(theirs));
	if (ok(merge.clashes.len == 1, "one clash: %s", path)) {
		clash = merge.clashes.items[0];
		is_int(clash->kind, kind, "of the right kind");
		is_str(clash->path, path, "at the right place");
	}
	jz_merge_release(&merge);
}

static void test_clashes(void)
{
	clashes("manager: a\n", "manager: b\n", "manager: c\n", JZ_CLASH_CHANGED, "manager");
	clashes("x: 1\n", "x: 1\nperson: {name: a}\n", "x: 1\nperson: {name: b}\n", JZ_CLASH_ADDED,
		"person.name");
	clashes("x-l: [{id: a, n: 1}]\n", "x-l: [{id: a, n: 2}]\n", "x-l: []\n",
		JZ_CLASH_THEIRS_REMOVED, "x-l[a]");
	clashes("x-l: [{id: a, n: 1}]\n", "x-m: 1\n", "x-l: [{id: a, n: 3}]\n",
		JZ_CLASH_OURS_REMOVED, "x-l[a]");
	clashes("x-l: [{id: a, n: 1}]\n", "x-l: [{id: a, n: 2}]\n", "x-l: [{id: a, n: 3}]\n",
		JZ_CLASH_CHANGED, "x-l[a].n");
	clashes("x-l: [1]\n", "x-l: [1, 2]\n", "x-l: [1, 3]\n", JZ_CLASH_CHANGED, "x-l");
	clashes("x-l: 1\n", "x-l: {a: 1}\n", "x-l: [1, 3]\n", JZ_CLASH_CHANGED, "x-l");
	clashes("x-n: 1\nx-m: 1\n", "x-m: 1\n", "# a word\nx-n: 1\nx-m: 1\n", JZ_CLASH_OURS_REMOVED,
		"x-n");
	clashes("x-l: [{id: a}, {id: a}]\n", "x-l: [{id: a, n: 1}, {id: a}]\n",
		"x-l: [{id: a}, {id: a, n: 1}]\n", JZ_CLASH_CHANGED, "x-l");
	clashes(NULL, "id: i\nx-n: 1\n", "id: i\nx-n: 2\n", JZ_CLASH_ADDED, "x-n");
}

static enum jz_side take_theirs(void *data, const struct jz_clash *clash, bool *settled)
{
	*settled = !strcmp(clash->path, data);
	return *settled ? JZ_SIDE_THEIRS : JZ_SIDE_OURS;
}

static void test_choose(void)
{
	struct jz_merge merge = {
		.arena = arena, .path = JZ_BUF_INIT, .choose = take_theirs, .data = (void *)"b"};
	struct jz_node *out = jz_merge_trees(&merge, read_yaml("a: 1\nb: 1\n"),
					     read_yaml("a: 2\nb: 2\n"), read_yaml("a: 3\nb: 3\n"));

	is_str(jz_map_text(out, "a"), "2", "ours where nobody chose");
	is_str(jz_map_text(out, "b"), "3", "theirs where that was chosen");
	is_int(merge.clashes.len, 1, "what was chosen is no clash any more");
	jz_merge_release(&merge);
}

/* ---- three clones ---- */

static uint32_t state = 20260302;

static unsigned pick(unsigned n)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

static const char first[] = "format: jzbf/case/1\nrevision: 1\nassigned: [a, b, c]\n"
			    "person: {name: n, phone: p, sex: s}\n"
			    "needs:\n  - {id: n1, v: 1, w: 1}\n  - {id: n2, v: 1, w: 1}\n"
			    "services:\n  - {id: s1, v: 1, w: 1}\n  - {id: s2, v: 1, w: 1}\n"
			    "  - {id: s3, v: 1, w: 1}\nx-a: {k: 1, l: 1}\n";

static struct jz_node *any_item(struct jz_node *root)
{
	struct jz_node *list = jz_map_get(root, pick(2) ? "needs" : "services");

	return list && list->len ? list->items[pick(list->len)] : NULL;
}

/* One edit by a clone; every value that it writes names the clone and is written once. */
static void edit_once(struct jz_node *root, char clone)
{
	static int serial;
	char *mark = jz_arena_printf(arena, "%c%d", clone, ++serial);
	const char *const fields[] = {"name", "phone", "sex"}, *const keys[] = {"v", "w"};
	struct jz_node *item = any_item(root),
		       *list = jz_map_get(root, pick(2) ? "needs" : "services");

	switch (pick(7)) {
	case 0:
		jz_map_set(arena, jz_map_get(root, "person"), fields[pick(3)],
			   jz_node_string(arena, mark));
		break;
	case 1:
		jz_seq_push(arena, jz_map_get(root, "assigned"), jz_node_string(arena, mark));
		break;
	case 2:
		if (item)
			jz_map_set(arena, item, keys[pick(2)], jz_node_string(arena, mark));
		break;
	case 3:
		item = jz_node_map(arena);
		jz_map_set(arena, item, "id", jz_node_string(arena, mark));
		jz_seq_push(arena, list, item);
		break;
	case 4:
		if (list->len)
			jz_seq_remove(list, pick(list->len));
		break;
	case 5:
		jz_map_set(arena, jz_map_get(root, "x-a"), mark, jz_node_string(arena, mark));
		break;
	case 6:
		if (item) {
			item->notes = jz_arena_alloc(arena, sizeof(*item->notes));
			item->notes->head = jz_arena_printf(arena, " note %s.", mark);
		}
		break;
	}
}

static int by_id(const void *a, const void *b)
{
	const struct jz_node *left = *(struct jz_node *const *)a,
			     *right = *(struct jz_node *const *)b;
	const char *x = left->kind == JZ_MAP ? jz_map_text(left, "id") : left->text;

	return strcmp(x, right->kind == JZ_MAP ? jz_map_text(right, "id") : right->text);
}

/* The lines of a comment in the order of the alphabet. */
static void sort_note(struct jz_node *item)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	const char *text = "";

	if (!item->notes || !item->notes->head)
		return;
	jz_strs_split(&lines, item->notes->head, '\n');
	jz_strs_sort(&lines);
	for (size_t i = 0; i < lines.len; i++)
		text = jz_arena_printf(arena, "%s%s%s", text, i ? "\n" : "", lines.items[i]);
	item->notes->head = text;
}

/* The content without the order of lists and of comment lines, and without the revision. */
static char *content(const struct jz_node *root)
{
	const char *const lists[] = {"assigned", "needs", "services"};
	struct jz_node *copy = jz_node_clone(arena, root);

	for (size_t i = 0; i < JZ_COUNT(lists); i++) {
		struct jz_node *list = jz_map_get(copy, lists[i]);

		for (size_t k = 0; k < jz_seq_len(list); k++)
			sort_note(list->items[k]);
		if (list && list->len)
			qsort(list->items, list->len, sizeof(*list->items), by_id);
	}
	jz_map_remove(copy, "revision");
	return write_yaml(copy);
}

/* Every mark that a clone's version holds stands in the merged text: it is nowhere in the base, so
 * nobody else can have taken it away. */
static bool keeps_marks(const char *merged, const struct jz_node *version, char clone)
{
	char *text = write_yaml(version);
	bool kept = true;

	for (const char *at = text; kept && (at = strchr(at, clone)); at++) {
		size_t len = 1 + strspn(at + 1, "0123456789");
		char *mark = jz_arena_strndup(arena, at, len);

		if (len > 1 && (at == text || strchr(" \"", at[-1])))
			kept = strstr(merged, mark) != NULL;
	}
	free(text);
	return kept;
}

struct tally {
	int clean, unsymmetric, unassociative, lost;
};

static void one_round(struct tally *tally)
{
	struct jz_node *base = read_yaml(first), *v[3], *pairs[3];
	size_t c[8];
	char *texts[4];

	for (int i = 0; i < 3; i++) {
		v[i] = jz_node_clone(arena, base);
		for (unsigned n = 1 + pick(4); n; n--)
			edit_once(v[i], (char)('P' + i));
	}
	for (int i = 0; i < 3; i++)
		pairs[i] = merge3(base, v[i], v[(i + 1) % 3], &c[i]);
	texts[3] = write_yaml(merge3(base, v[1], v[0], &c[3]));
	texts[0] = write_yaml(pairs[0]);
	tally->unsymmetric += !c[0] && !c[3] && strcmp(texts[0], texts[3]);
	free(texts[0]);
	free(texts[3]);
	for (int i = 0; i < 3; i++)
		texts[i] = content(merge3(base, pairs[i], v[(i + 2) % 3], &c[4 + i]));
	if (!c[0] && !c[1] && !c[2] && !c[4] && !c[5] && !c[6]) {
		tally->clean++;
		tally->unassociative += strcmp(texts[0], texts[1]) || strcmp(texts[0], texts[2]);
		for (int i = 0; i < 3; i++)
			tally->lost += !keeps_marks(texts[0], v[i], (char)('P' + i));
	} else if (!c[0] && !c[1] && !c[2]) {
		tally->unassociative += !(c[4] && c[5] && c[6]);
	}
	for (int i = 0; i < 3; i++)
		free(texts[i]);
}

static void test_three_clones(void)
{
	struct tally tally = {0};

	for (int i = 0; i < 3000; i++) {
		jz_arena_reset(arena);
		one_round(&tally);
	}
	ok(tally.clean > 1000, "enough rounds without a clash: %d", tally.clean);
	is_int(tally.unsymmetric, 0, "no merge depends on the side");
	is_int(tally.unassociative, 0, "every order of three clones ends in the same content");
	is_int(tally.lost, 0, "nothing that anyone wrote is lost");
}

int main(void)
{
	struct jz_err err = JZ_ERR_INIT;

	arena = jz_arena_new();
	if (!ok(!jz_shape_open("case", &case_shape, &err), "the schema"))
		return done_testing();
	test_scalars();
	test_lists();
	test_notes();
	test_clashes();
	test_choose();
	test_three_clones();
	jz_arena_free(arena);
	return done_testing();
}

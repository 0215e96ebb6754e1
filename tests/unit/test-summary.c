/* Summaries: what is written is read back, of several rows in a page, and nothing that is none. */
#include "lib/store/summary.h"

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/port/yaml.h"
#include "tests/unit/tap.h"
#include "tests/unit/yaml-node.h"

static struct jz_summary_view view = JZ_SUMMARY_VIEW_INIT;
static struct jz_summary_room room = JZ_SUMMARY_ROOM_INIT;

/* The row of a record alone in its page, as far as it is wanted. */
static const struct jz_node *through(struct jz_summary_page *page, const struct jz_node *record,
				     const char *paths)
{
	struct jz_summary_wanted wanted;

	jz_summary_page_clear(page);
	if (!jz_summary_want(paths, &wanted) || !jz_summary_add(page, record))
		return NULL;
	jz_summary_page_end(page);
	if (!jz_summary_open(&view, page->bytes.data, page->bytes.len))
		return NULL;
	return jz_summary_row(&view, 0, &wanted, &room);
}

static void says(struct jz_summary_page *page, const char *record, const char *paths,
		 const char *want, const char *what)
{
	const struct jz_node *row = through(page, yaml(record), paths);

	ok(row && jz_node_equal(row, yaml(want)), "%s", what);
}

static void test_rows(struct jz_summary_page *page)
{
	says(page, "id: a\nperson: {name: 甲, phone: '1'}\nx-more: 1\n", NULL,
	     "id: a\nperson: {name: 甲}\n", "what no listing looks at is not kept");
	says(page, "revision: 7\nid: '7'\n", NULL, "revision: 7\nid: '7'\n",
	     "a number and a text of the same letters stay two things");
	says(page, "minor_track: true\nmanager: null\nfocus: {value: false}\n", NULL,
	     "minor_track: true\nmanager: null\nfocus: {value: false}\n", "words");
	says(page, "assigned: [a, b, a]\nservices: []\nperson: {}\n", NULL,
	     "assigned: [a, b, a]\nservices: []\nperson: {}\n", "lists, and what is empty");
	says(page,
	     "services: [{kind: a, topics: [x, y]}, {date: d}, {}, {kind: b, topics: [], place: p}]\n",
	     NULL, "services: [{kind: a, topics: [x, y]}, {date: d}, {}, {kind: b, topics: []}]\n",
	     "items keep the fields that they have, and no others");
	says(page, "alerts: [{}, {}]\n", NULL, "alerts: [{}, {}]\n", "items that have none");
	says(page, "analysis: {cognition: {a: 1}, environment: null}\n", NULL,
	     "analysis: {cognition: true, environment: null}\n", "only that there is something");
	says(page, "closing: null\n", NULL, "closing: null\n", "nothing where a map could be");
}

static void test_wanted(struct jz_summary_page *page)
{
	static const char record[] =
		"id: a\nperson: {name: n, sex: '1'}\nclosing: {closed_on: c}\n"
		"services: [{kind: a, topics: [x], date: d}, {kind: b}]\ndocuments: [{kind: k}]\n";
	struct jz_summary_wanted wanted;

	says(page, record, "id person.sex ", "id: a\nperson: {sex: '1'}\n", "some fields of a map");
	says(page, record, "services.date ", "services: [{date: d}, {}]\n",
	     "some fields of items; each item is there");
	says(page, record, "services.topics services.kind ",
	     "services: [{kind: a, topics: [x]}, {kind: b}]\n", "a list in an item");
	says(page, record, "closing.closed_on", "closing: {closed_on: c}\n", "a path without a blank");
	says(page, record, "", "{}", "nothing at all");
	ok(!jz_summary_want("id person.phone ", &wanted), "what is not kept");
	ok(!jz_summary_want("services ", &wanted) && !jz_summary_want("person", &wanted),
	   "a map or its items are not kept whole");
	ok(!jz_summary_want("analysis.cognition ", &wanted) &&
		   jz_summary_want("analysis.cognition? analysis.date? ", &wanted),
	   "that there is something is not what it is, but the other way round");
	ok(!jz_summary_want("? ", &wanted) && !jz_summary_want("id.x ", &wanted) &&
		   !jz_summary_want("nothing ", &wanted) && !jz_summary_want("idx", &wanted),
	   "what is no field");
}

static void test_pages(struct jz_summary_page *page)
{
	struct jz_node *first = yaml("id: a\nassigned: [li, wang]\n"), *second = yaml("id: b\nassigned: [li]\n");
	size_t at, texts;

	jz_summary_page_clear(page);
	ok(jz_summary_add(page, first), "a first row");
	at = page->bytes.len;
	texts = page->text_count;
	ok(!jz_summary_add(page, yaml("id: c\nassigned: [zhao, {a: b}]\n")), "no row");
	ok(page->bytes.len == at && page->text_count == texts, "leaves nothing behind");
	ok(jz_summary_add(page, second), "a second row");
	jz_summary_page_end(page);
	ok(jz_summary_open(&view, page->bytes.data, page->bytes.len) &&
		   jz_node_equal(jz_summary_row(&view, 0, NULL, &room), first),
	   "the first one is read");
	ok(jz_node_equal(jz_summary_row(&view, at, NULL, &room), second), "and the second one");
	ok(!jz_summary_row(&view, view.rows, NULL, &room) &&
		   !jz_summary_row(&view, view.rows + 1, NULL, &room) &&
		   !jz_summary_row(&view, SIZE_MAX, NULL, &room),
	   "behind the last one is none");
	for (size_t cut = 0; cut < page->bytes.len; cut++) {
		jz_autofree char *copy = jz_xmalloc(cut ? cut : 1);

		memcpy(copy, page->bytes.data, cut);
		if (jz_summary_open(&view, copy, cut))
			(void)jz_summary_row(&view, 0, NULL, &room);
	}
	ok(true, "pages that are cut off are survived");
}

/* Bytes of rows, with a table of one text behind them. */
static bool accepted(const char *row, size_t len)
{
	jz_cleanup(jz_buf_release) struct jz_buf page = JZ_BUF_INIT;
	uint32_t rows = (uint32_t)len;

	jz_buf_add(&page, row, len);
	jz_buf_add(&page, "\1\2a", 4);
	jz_buf_add(&page, &rows, sizeof(rows));
	return jz_summary_open(&view, page.data, page.len) &&
	       jz_summary_row(&view, 0, NULL, &room);
}
#define ACCEPTED(row) accepted(row, sizeof(row) - 1)

/* The second field of the record is id, the fourth assigned. */
static void test_hostile(void)
{
	ok(ACCEPTED("\x70\2\1"), "a row by hand: one field, the first text");
	ok(!ACCEPTED("\x10\2\1"), "less memory than it takes");
	ok(!ACCEPTED("\xff\xff\xff\xff\x0f\2\1"), "more memory than bytes could ask for");
	ok(!ACCEPTED("\x70\2\5"), "a text that the page does not have");
	ok(!ACCEPTED("\x70\2"), "a field without a value");
	ok(!ACCEPTED("\x70\2\xff\xff\xff\xff\xff"), "a number without an end");
	ok(!ACCEPTED("\x70\xff\xff\xff\xff\x7f\1"), "fields that the record does not have");
	ok(!ACCEPTED("\x70\2\x10"), "a word that there is not");
	ok(ACCEPTED("\xff\1\x8\6\1\1"), "a list of one text");
	ok(!ACCEPTED("\xff\1\x8\6\2\1"), "a list that is longer than the row");
	ok(!ACCEPTED("\xff\1\x8\6\1\2\0"), "a list in a list");
	ok(!ACCEPTED("\xff\1\x8\xfe\xff\xff\xff\x0f\1\1"), "more items than bytes");
	ok(!ACCEPTED("\xff\1\x8\3"), "a map where only a value may be");
}

static void test_real(struct jz_summary_page *page)
{
	static const char *const files[] = {"case-full.yaml", "case-minor.yaml", "case-minimal.yaml"};

	for (size_t i = 0; i < JZ_COUNT(files); i++) {
		jz_autofree char *path = jz_path_join("tests/data", files[i]);
		struct jz_summary_page again;
		const struct jz_node *row;
		struct jz_node *record = NULL;

		if (jz_yaml_read_file(arena, path, &record, NULL)) {
			ok(false, "%s is read", files[i]);
			continue;
		}
		jz_node_type_core(record);
		row = through(page, record, NULL);
		jz_summary_page_init(&again);
		ok(row && jz_summary_add(&again, row), "%s has a row", files[i]);
		jz_summary_page_end(&again);
		ok(page->bytes.len == again.bytes.len &&
			   !memcmp(page->bytes.data, again.bytes.data, again.bytes.len),
		   "whose row is the same");
		jz_summary_page_release(&again);
	}
}

int main(void)
{
	struct jz_summary_page page;

	arena = jz_arena_new();
	is_int(jz_summary_start(NULL), 0, "the fields are known");
	jz_summary_page_init(&page);
	test_rows(&page);
	test_wanted(&page);
	test_pages(&page);
	test_hostile();
	test_real(&page);
	jz_summary_page_release(&page);
	jz_summary_view_release(&view);
	jz_summary_room_release(&room);
	jz_arena_free(arena);
	return done_testing();
}

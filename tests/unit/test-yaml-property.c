/* Random trees with odd strings and comments: what is written reads back equal, and writing what
 * was read gives the same bytes. JSON goes through the same mill. */
#include "lib/port/json.h"
#include "lib/port/yaml-impl.h"
#include "lib/port/yaml.h"
#include "tests/unit/random.h"
#include "tests/unit/same-tree.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

#define TREES 4000

static const char *const pieces[] = {
	"a",
	"b ",
	" ",
	"\n",
	"\n\n",
	"\t",
	"#",
	" #",
	": ",
	":",
	"- ",
	"-",
	"?",
	"? ",
	"no",
	"Yes",
	"~",
	"null",
	"1",
	"0123",
	"1e3",
	"12:30",
	"2026-01-01",
	"'",
	"\"",
	"\\",
	"{",
	"}",
	"[",
	"]",
	",",
	"&x",
	"*x",
	"!t",
	"|",
	">",
	"%",
	"@",
	"`",
	"---",
	"...",
	"\x01",
	"\x1b",
	"\x7f",
	"\r",
	"张",
	"三 ",
	"\xef\xbb\xbf",
	"\xc2\x85",
	"\xe2\x80\xa8",
	"\xe2\x80\xa9",
	"😀",
	"=",
	"<<",
	"0x1F",
	".5",
	".inf",
	"+1",
	"  lead",
	"é",
	"\xef\xbf\xbf",
	"\f",
	"\v",
	"110101190001010010",
	"\xc2\xa0",
	"end\n",
};

static size_t any_text(char *to, size_t room)
{
	size_t n = any(8), len = 0;

	for (size_t i = 0; i < n; i++) {
		const char *piece = pieces[any(sizeof(pieces) / sizeof(pieces[0]))];

		if (len + strlen(piece) >= room)
			break;
		memcpy(to + len, piece, strlen(piece));
		len += strlen(piece);
	}
	if (!any(40))
		to[len++] = '\0';
	return len;
}

static const char *any_note(struct jz_arena *arena, bool lines)
{
	static const char *const notes[] = {" one",  "bare",	   "",	 " 说明 # two", "# hash",
					    "-----", " tab\there", "!x", " trail: |"};
	const char *note = notes[any(9)];

	if (lines && !any(3))
		note = jz_arena_printf(arena, "%s\n\f\n%s", note, notes[any(9)]);
	else if (lines && !any(4))
		note = jz_arena_printf(arena, "\f\n%s", note);
	else if (lines && !any(4))
		note = jz_arena_printf(arena, "%s\n%s", note, notes[any(9)]);
	return note;
}

static void any_notes(struct jz_arena *arena, struct jz_node *node)
{
	if (any(4))
		return;
	node->notes = jz_arena_alloc(arena, sizeof(*node->notes));
	if (any(2))
		node->notes->head = any_note(arena, true);
	if (any(2))
		node->notes->line = any_note(arena, false);
	if (!any(3))
		node->notes->foot = any_note(arena, true);
}

static struct jz_node *any_tree(struct jz_arena *arena, int depth, bool notes);

static struct jz_node *any_collection(struct jz_arena *arena, int depth, bool notes, bool map)
{
	struct jz_node *node = map ? jz_node_map(arena) : jz_node_seq(arena);
	uint32_t n = any(6);

	for (uint32_t i = 0; i < n; i++) {
		struct jz_node *value = any_tree(arena, depth - 1, notes);
		char key[1200];
		size_t len;

		if (!map) {
			jz_seq_push(arena, node, value);
			continue;
		}
		len = any_text(key, 100);
		if (!any(60)) {
			size_t more = 400 + any(650);

			memset(key + len, any(2) ? 'k' : '"', more);
			len += more;
		}
		jz_map_setn(arena, node, key, len, value);
	}
	return node;
}

static struct jz_node *any_number(struct jz_arena *arena)
{
	static const char *const numbers[] = {"0",     "-1",   "1.50",
					      "1e400", "-0.0", "123456789012345678901234567890"};
	const char *digits = numbers[any(6)];

	return jz_node_number(arena, digits, strlen(digits));
}

static struct jz_node *any_tree(struct jz_arena *arena, int depth, bool notes)
{
	uint32_t kind = any(depth > 0 ? 14 : 7);
	struct jz_node *node;
	char text[200];

	if (kind == 0)
		node = jz_node_null(arena);
	else if (kind == 1)
		node = jz_node_bool(arena, any(2));
	else if (kind < 6)
		node = jz_node_stringn(arena, text, any_text(text, sizeof(text)));
	else if (kind == 6)
		node = any_number(arena);
	else
		node = any_collection(arena, depth, notes, kind > 10);
	if (notes)
		any_notes(arena, node);
	return node;
}

/* NULL, or what went wrong. */
static size_t read_fast;

/* The fast way reads what libyaml reads, or nothing. */
static bool ways_agree(struct jz_arena *arena, const struct jz_buf *text)
{
	struct jz_node *block = jz_yaml_read_block(arena, text->data, text->len), *events;

	read_fast += block != NULL;
	return !block || (!jz_yaml_read_events(arena, text->data, text->len, false, &events, NULL) &&
			  same_tree(block, events));
}

static const char *yaml_round(struct jz_arena *arena, const struct jz_node *tree)
{
	jz_cleanup(jz_buf_release) struct jz_buf first = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf second = JZ_BUF_INIT;
	struct jz_node *back;
	struct jz_err err = JZ_ERR_INIT;
	const char *wrong = NULL;

	jz_yaml_write(tree, &first);
	if (jz_yaml_read(arena, first.data, first.len, &back, &err)) {
		printf("# %u:%u: %s\n", err.line, err.column, err.message);
		wrong = "is refused";
	} else if (!ways_agree(arena, &first)) {
		wrong = "is read in two ways";
	} else {
		jz_yaml_write(back, &second); /* still untyped: plain scalars stay what they are */
		if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
			wrong = "is written otherwise the second time";
		jz_node_type_core(back);
		if (!jz_node_equal(tree, back))
			wrong = "reads back different";
		jz_buf_clear(&second);
		jz_yaml_write(back, &second);
		if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
			wrong = "is written otherwise once it is typed";
	}
	if (wrong)
		printf("# %s:\n%s\n---second---\n%s\n", wrong, first.data, second.data);
	return wrong;
}

static const char *json_round(struct jz_arena *arena, const struct jz_node *tree, int indent)
{
	jz_cleanup(jz_buf_release) struct jz_buf first = JZ_BUF_INIT;
	struct jz_node *back;
	struct jz_err err = JZ_ERR_INIT;

	jz_json_write(tree, indent, &first);
	if (jz_json_read(arena, first.data, first.len, &back, &err))
		return "is refused";
	return jz_node_equal(tree, back) ? NULL : "reads back different";
}

int main(void)
{
	const char *wrong = NULL;

	for (int notes = 0; notes < 2 && !wrong; notes++) {
		for (uint64_t seed = 1; seed <= TREES && !wrong; seed++) {
			jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();

			random_state = seed * 0x9E3779B97F4A7C15u;
			wrong = yaml_round(arena, any_collection(arena, 5, notes, seed & 1));
			if (wrong)
				printf("# seed %d\n", (int)seed);
		}
		ok(!wrong, "%d random trees %s comments survive YAML: %s", TREES,
		   notes ? "with" : "without", wrong ? wrong : "yes");
	}
	ok(read_fast > TREES / 40, "%d of them were read the fast way", (int)read_fast);
	for (uint64_t seed = 1; seed <= TREES && !wrong; seed++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();

		random_state = seed * 0x9E3779B97F4A7C15u;
		wrong = json_round(arena, any_collection(arena, 5, false, seed & 1),
				   (int)(seed % 3));
	}
	ok(!wrong, "%d random trees survive JSON: %s", TREES, wrong ? wrong : "yes");
	return done_testing();
}

/* The fast way of reading YAML: what the writer writes goes that way, what is out of the ordinary
 * does not, and whatever it reads, libyaml reads the same, positions included. */
#include "lib/base/file.h"
#include "lib/port/yaml-impl.h"
#include "lib/port/yaml.h"
#include "tests/unit/same-tree.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

enum way { BLOCK, EVENTS, DIFFERENT };

static enum way way_of(const char *text, size_t len)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *block, *events;
	bool ascii;

	if (jz_yaml_check_text(text, len, &ascii, NULL))
		return EVENTS;
	block = jz_yaml_read_block(arena, text, len);
	if (!block)
		return EVENTS;
	if (jz_yaml_read_events(arena, text, len, ascii, &events, NULL))
		return DIFFERENT;
	return same_tree(block, events) ? BLOCK : DIFFERENT;
}

static void fast(void)
{
	static const char *const texts[] = {
		"a: b\n",
		"a: b\nc: d\n",
		"a: \"1\"\n",
		"a: \"\"\n",
		"\"1\": 2\n\"a b\":\n  - \"x\\\"y\\\\z\\nw\"\n",
		"a:\n  - b\n  - c: d\n    e: f\n  - - g\n    - h\n",
		"a:\n  b:\n    c: d\n  e: f\ng: h\n",
		"姓名: 测试甲，内向\n地址: 一 二\n",
		"a: x:y#z http://a/b\n",
		"a: []\nb: {}\nc:\n  - []\n  - {}\n",
		"a: |\n  one\n  two\nb: |-\n  three\n\n  four\nc: |+\n  five\n\n\nd: x\n",
		"a:\n  - |\n    # no comment\n     deeper\n  - x\n",
		"a: 'b'\n'c d': e\n'f': ''\n",
		"a: 'b''c'\n'''d''': ''''\ne: {'甲''乙': '丙''', f: '''', g: h}\n",
		"a: [b, 'c', \"d\", [], {}, [e, f], {g: h}]\nb: {c: d, 'e': [f], \"g\": {h: i "
		"j}}\n",
		"甲:\n  - {乙: 丙，丁, 戊: '己', 庚: \"辛\"}\n  - [壬, 癸]\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ok(way_of(texts[i], strlen(texts[i])) == BLOCK, "text %d is read the fast way",
		   (int)i);
}

static const char *const left_to_libyaml[] = {
	"",
	"a",
	"a: b",
	"- a\n",
	"a: b # c\n",
	"# a\nb: c\n",
	"a: b\n\n",
	"a: b\n\nc: d\n",
	"a: [b,c]\n",
	"a: &x b\n",
	"a: !t b\n",
	"a: *x\n",
	"a:\n- b\n",
	"a:\n   b: c\n",
	"a: b\na: c\n",
	"a: b\n  c\n",
	"a: b: c\n",
	"a: b:\n",
	"a: b \n",
	"a:  b\n",
	"a: \tb\n",
	"a : b\n",
	"? a\n: b\n",
	"---\na: b\n",
	"a: b\n...\n",
	"a: \"b\n  c\"\n",
	"a: \"b\" c\n",
	"a: \"\\x41\"\n",
	"a: >\n  b\n",
	"a: |2\n   b\n",
	"a: |\n  b\n\nc: d\n",
	"a: |\n  b\n \nc: d\n",
	"a: |\n\n  b\n",
	"a:\nb: c\n",
	"a:\n",
	"a:\n  -\n",
	"a:\n  b\n",
	"a:\n  \"b\"\n",
	"a:\r\n  - b\r\n",
	"%YAML 1.1\n",
	"a: %b\n",
	"a: @b\n",
	"a: `b\n",
	"a: - b\n",
	"a:\n  []\n",
	"a:\n  |\n    b\n",
	"a:\n  - b\n c: d\n",
	"  a: b\n",
	"a: [b\n",
	"a: [b, ]\n",
	"a: [ b ]\n",
	"a: [b , c]\n",
	"a: [b: c]\n",
	"a: {b}\n",
	"a: {b: c,}\n",
	"a: {b: }\n",
	"a: {b: c} d\n",
	"a: {b: c}: d\n",
	"a: [b, c\n  d]\n",
	"{a: b}\n",
	"a: {\"b\":c}\n",
	"a: [b?c]\n",
	"a: [b#c]\n",
	"a: [b:c]\n",
	"a: [\"b\\\"c\", d]\n",
	"a: {b: c: d}\n",
	"a: [b]]\n",
	"a: [-]\n",
	"a: [&b c]\n",
	"a: [*b]\n",
	"a: [b}\n",
	"a: {b: [c}]\n",
	"a: {b: c, b: d}\n",
	"a: {? b: c}\n",
	"a: [b, - c]\n",
	"a: [b\tc: d]\n",
	"a: '\n",
	"a: 'b' c\n",
	"'a'b: c\n",
	"\"a\n",
	"a: \"b\\",
	"a: |\n",
	"a: |-\nb: c\n",
	": b\n",
	"\"a\\\"b\": c\n",
};

static void slow(void)
{
	for (size_t i = 0; i < sizeof(left_to_libyaml) / sizeof(left_to_libyaml[0]); i++)
		ok(way_of(left_to_libyaml[i], strlen(left_to_libyaml[i])) == EVENTS, "text %d is left to libyaml",
		   (int)i);
}

/* A record with one character changed. */
static void mutants(const char *file)
{
	static const char others[] = " \n:-#\"|[a'>?&";
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_node *root;
	size_t different = 0, block = 0;

	if (jz_yaml_read_file(arena, file, &root, NULL))
		exit(99);
	jz_map_remove(root, "services"); /* the rest is long enough */
	root->notes = jz_map_get(root, "format")->notes = NULL;
	jz_yaml_write(root, &text);
	ok(way_of(text.data, text.len) == BLOCK, "a record is read the fast way");
	for (size_t i = 0; i < text.len; i += 7) {
		char was = text.data[i];

		for (const char *other = others; *other; other++) {
			enum way way;

			text.data[i] = *other;
			way = way_of(text.data, text.len);
			different += way == DIFFERENT;
			block += way == BLOCK;
		}
		text.data[i] = was;
	}
	ok(!different, "%d of its mutants read differently", (int)different);
	ok(block > 1000, "%d mutants went the fast way", (int)block);
}

static size_t put_utf8(uint32_t cp, char *out)
{
	if (cp < 0x80)
		return out[0] = (char)cp, 1;
	if (cp < 0x800)
		return out[0] = (char)(0xC0 | cp >> 6), out[1] = (char)(0x80 | (cp & 63)), 2;
	out[0] = (char)(0xE0 | cp >> 12);
	out[1] = (char)(0x80 | (cp >> 6 & 63));
	out[2] = (char)(0x80 | (cp & 63));
	return 3;
}

/* Is a piece among other characters judged as it is alone, where eight bytes at once do not fit? */
static bool judged_alike(const char *piece, size_t len)
{
	static const char *const before[] = {"", "a", "ab\n", "abcdefg", "\xE4\xB8\x80", "abcdefgh"};
	bool alone_ascii, ascii;
	bool alone = !jz_yaml_check_text(piece, len, &alone_ascii, NULL);

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		char text[32] = "";
		size_t at = strlen(before[i]);

		memcpy(text, before[i], at);
		memcpy(text + at, piece, len);
		memcpy(text + at + len, "12345678", 8);
		if (alone == !!jz_yaml_check_text(text, at + len + 8, &ascii, NULL) ||
		    (alone && ascii != (alone_ascii && i != 4)))
			return false;
	}
	return true;
}

static void characters(void)
{
	size_t wrong = 0;
	char piece[8];

	for (uint32_t cp = 1; cp < 0x10000; cp += cp < 0x3100 || cp >= 0xD700 ? 1 : 5)
		wrong += !judged_alike(piece, put_utf8(cp, piece));
	ok(!wrong, "%d characters are judged otherwise among others", (int)wrong);
	for (int lead = 0x80; lead < 0x100; lead++)
		for (int first = lead % 21; first < 0x100; first += 21)
			for (int second = lead % 13; second < 0x100; second += 13) {
				piece[0] = (char)lead;
				piece[1] = (char)first;
				piece[2] = (char)second;
				wrong += !judged_alike(piece, 3);
			}
	ok(!wrong, "%d sequences are judged otherwise among others", (int)wrong);
}

int main(void)
{
	characters();
	fast();
	slow();
	mutants("tests/data/case-full.yaml");
	return done_testing();
}

#include "lib/port/yaml.h"
#include "lib/port/json.h"
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/secret.h"

static void is_refused(const char *text, unsigned line, unsigned column, const char *why)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *node = NULL;
	struct jz_err err = JZ_ERR_INIT;
	int code = jz_yaml_read(arena, text, strlen(text), &node, &err);
	bool right = code == JZ_E_INVALID && !node && err.line == line && err.column == column &&
		     strstr(err.message, why);

	ok(right, "refused at %u:%u: %s", line, column, why);
	if (!right)
		printf("# code %d, %u:%u: %s\n", code, err.line, err.column, err.message);
}

static void refusals(void)
{
	is_refused("", 1, 1, "empty");
	is_refused("# only\n\n", 1, 1, "empty");
	is_refused("---\n...\n", 2, 1, "empty");
	is_refused("a: 1\nb: 2\na: 3\n", 3, 1, "twice");
	is_refused("a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\nh: 1\ni: 1\nj: 1\nk: 1\nl: 1\nm: 1\n"
		   "n: 1\no: 1\np: 1\nq: 1\nr: 1\nq: 2\nb: 2\na: 2\n",
		   19, 1, "twice");
	is_refused("a: {x: 1, y: 2, 'x': 3}\n", 1, 17, "twice");
	is_refused("a: 1\nb: &x 2\n", 2, 4, "anchors");
	is_refused("a: &x [1]\n", 1, 4, "anchors");
	is_refused("a: *x\n", 1, 4, "anchors");
	is_refused("a: !!str 1\n", 1, 4, "tags");
	is_refused("a: ! 1\n", 1, 4, "tags");
	is_refused("a: !<tag:x> {}\n", 1, 4, "tags");
	is_refused("%TAG ! tag:x,2000:\n--- a\n", 1, 1, "tags");
	is_refused("%FOO bar\n--- a\n", 1, 5, "YAML");
	is_refused("%YAML 2.0\n--- a\n", 1, 1, "YAML");
	is_refused("a: 1\n---\nb: 2\n", 2, 1, "more than one document");
	is_refused("a: 1\n...\nb: 2\n", 3, 1, "YAML");
	is_refused("? [a]\n: 1\n", 1, 3, "key");
	is_refused("{[a]: 1}\n", 1, 2, "key");
	is_refused("姓名: 1\n张\xff: 1\n", 2, 2, "UTF-8");
	is_refused("a: \xed\xa0\x80\n", 1, 4, "UTF-8");
	is_refused("a: \xc0\x80\n", 1, 4, "UTF-8");
	is_refused("a: 1 \x01\n", 1, 6, "U+0001");
	is_refused("a: \x7f\n", 1, 4, "U+007F");
	is_refused("a: b\xe2\x80\xa8"
		   "c\n",
		   1, 5, "U+2028");
	is_refused("a: \"b\xc2\x85\"\n", 1, 6, "U+0085");
	is_refused("a: b\xef\xbb\xbf\n", 1, 5, "U+FEFF");
	is_refused("[a]#c\n", 1, 4, "comment");
	is_refused("a: [1, 2\nb: 3\n", 2, 2, "YAML");
	is_refused("a: 'open\n", 2, 1, "YAML");
	is_refused("a: b: c\n", 1, 5, "YAML");
	is_refused("a:\n\t- b\n", 2, 1, "YAML");
}

static void raw_nul(void)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *node;
	struct jz_err err = JZ_ERR_INIT;

	ok(jz_yaml_read(arena, "a: b\0c\n", 7, &node, &err) == JZ_E_INVALID && err.line == 1 &&
		   err.column == 5,
	   "NUL is refused in its place");
	ok(!jz_yaml_read(arena, "a: \"b\\0c\"\n", 10, &node, &err) &&
		   jz_map_get(node, "a")->len == 3,
	   "NUL as an escape is content");
}

/* Nesting of exactly so many levels. */
static int nested(const char *open, int levels, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_node *node;

	for (int i = 0; i < levels; i++)
		jz_buf_adds(&text, open);
	jz_buf_adds(&text, "x");
	for (int i = 0; i < levels && *open != '-'; i++)
		jz_buf_addc(&text, *open == '[' ? ']' : '}');
	return jz_yaml_read(arena, text.data, text.len, &node, err);
}

static void depth(void)
{
	struct jz_err err = JZ_ERR_INIT;

	is_int(nested("- ", 64, &err), 0, "64 levels of block sequences");
	is_int(nested("- ", 65, &err), JZ_E_INVALID, "65 are too many");
	is_int(err.column, 129, "and the place is told");
	is_int(nested("[", 64, &err), 0, "64 levels of flow sequences");
	is_int(nested("[", 65, &err), JZ_E_INVALID, "65 are too many");
	is_int(nested("{a: ", 65, &err), JZ_E_INVALID, "65 flow maps are too many");
	is_int(nested("[", 100000, &err), JZ_E_INVALID, "so are 100,000");
	is_int(nested("- ", 100000, &err), JZ_E_INVALID, "of both kinds");
}

static void size_limits(void)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_autofree char *text = malloc(JZ_YAML_MAX_BYTES + 1);
	struct jz_node *node;
	struct jz_err err = JZ_ERR_INIT;

	memset(text, 'a', JZ_YAML_MAX_BYTES + 1);
	is_int(jz_yaml_read(arena, text, JZ_YAML_MAX_BYTES, &node, &err), 0, "8 MiB are read");
	is_int(jz_yaml_read(arena, text, JZ_YAML_MAX_BYTES + 1, &node, &err), JZ_E_INVALID,
	       "a byte more is refused");
	is_int(err.line, 1, "with a position");
	for (size_t i = 0; i < JZ_YAML_MAX_BYTES; i += 2)
		memcpy(text + i, "-\n", 2);
	is_int(jz_yaml_read(arena, text, JZ_YAML_MAX_BYTES, &node, &err), JZ_E_INVALID,
	       "too many values are refused");
	for (size_t i = 0; i < JZ_YAML_MAX_BYTES; i += 2)
		memcpy(text + i, "#\n", 2);
	is_int(jz_yaml_read(arena, text, JZ_YAML_MAX_BYTES, &node, &err), JZ_E_INVALID,
	       "too many comments are refused");
}

static void positions(void)
{
	static const char text[] =
		"\xef\xbb\xbf姓名: 张三\r\n年龄:\r\n  - 三十\r\n  - {甲: 乙, 丙: 丁}\r\n";
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root, *node;
	struct jz_err err = JZ_ERR_INIT;

	is_int(jz_yaml_read(arena, text, strlen(text), &root, &err), 0, "byte order mark and CRLF");
	node = jz_map_get(root, "姓名");
	is_str(jz_node_text(node), "张三", "value without the CR");
	ok(node->line == 1 && node->column == 5, "column in characters");
	node = jz_node_at(root, "年龄[1].丙");
	ok(node && node->line == 4 && node->column == 15, "line and column in a flow map");
	node = jz_node_at(root, "年龄[1]");
	ok(node->pairs[1].line == 4 && node->pairs[1].column == 12, "position of a key");
	ok(node->pairs[1].value->plain, "a plain scalar is untyped");
}

/* What the source becomes in the canonical form, and that this form stays. */
static void becomes(const char *source, const char *want, const char *what)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf again = JZ_BUF_INIT;
	struct jz_node *node;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_yaml_read(arena, source, strlen(source), &node, &err)) {
		ok(false, "%s: %u:%u: %s", what, err.line, err.column, err.message);
		return;
	}
	jz_yaml_write(node, &out);
	is_str(out.data, want, what);
	if (jz_yaml_read(arena, out.data, out.len, &node, &err))
		ok(false, "%s, again: %u:%u: %s", what, err.line, err.column, err.message);
	else
		jz_yaml_write(node, &again);
	is_str(again.data, want, "the same the second time");
}

static void same(const char *text, const char *what)
{
	becomes(text, text, what);
}

static void comments(void)
{
	same("# file\n\n# a\na: 1 # one\n\n# b\nb: # list\n  # first\n  - x # ex\n  # foot of b\n"
	     "# foot\n",
	     "comments in every place");
	same("a:\n  b: 1\n\n# of c\nc: 2\n", "a shallower comment belongs to the next key");
	same("a:\n  b: 1\n  # of a\nc: 2\n", "a deeper one to the collection before");
	same("a: | # why\n  text # not a comment\n  # nor this\n# of b\nb: 1\n", "block scalars");
	same("a: |+\n  text\n\n# of b\nb: 1\n", "behind kept empty lines");
	same("a: \"x # y\"\nb: x#y\n", "no comment inside scalars");
	same("- # item\n  a: 1\n-\n  # of b\n  b: 2\n- # c\n", "items of a sequence");
	same("a: # none\nb: 1\n", "behind a key without a value");
	same("a: # map\n  b: 1\n", "behind a key with a map");
	becomes("a: [1, # one\n  # of 2\n  2 # two\n  # foot\n  ] # list\n",
		"a: # list\n  - 1 # one\n  # of 2\n  - 2 # two\n  # foot\n", "flow sequence");
	becomes("{ # map\n a: 1, # one\n b: # two\n 2 }\n", "# map\n\na: 1 # one\nb: 2 # two\n",
		"flow map");
	becomes("a: [ # x\n # y\n ] # z\n", "# z\n# y\na: [] # x\n", "empty flow collection");
	becomes("[ # a\n # b\n ] # c\n", "# c\n[] # a\n# b\n", "the same alone");
	becomes("[\n\n]\n", "[]\n", "no empty line before a bracket");
	becomes("# u\n\n-\n\n -\n\n  c\n", "# u\n\n- - c\n", "nor inside items of items");
	same("- -\n    #\n    #\n    - a\n", "but empty comments stay there");
	becomes("a:\n- 1\n# of b\nb: 2\n", "a:\n  - 1\n# of b\nb: 2\n",
		"a sequence that is not indented");
	becomes("a:\n# of item\n- b: 1\n  c: 2\n", "a:\n  # of item\n  - b: 1\n    c: 2\n",
		"before its first item");
	becomes("%YAML 1.2 # d\n# e\n--- # f\na: 1\n... # g\n# h\n",
		"# d\n\n# e\n# f\na: 1\n# g\n# h\n", "around directives and markers");
	becomes("? a # k\n: b # v\n", "# v\na: b # k\n", "explicit keys");
	becomes("a: 1\t# tab  \r\n\r\n\r\n# x\r\nb: 2\r\n", "a: 1 # tab\n\n# x\nb: 2\n", "CRLF");
	becomes("text # c\n# d\n", "text # c\n# d\n", "a lone scalar");
}

static void strings(void)
{
	becomes("- 'no'\n- '0123'\n- '2026-01-01'\n- '1e3'\n- '12:30'\n- '~'\n- ''\n- ' a'\n- 'a "
		"'\n"
		"- '110101190001010010'\n- 'a: b'\n- 'a #b'\n- '- a'\n- '[a'\n- 'a\tb'\n",
		"- \"no\"\n- \"0123\"\n- \"2026-01-01\"\n- \"1e3\"\n- \"12:30\"\n- \"~\"\n- \"\"\n"
		"- \" a\"\n- \"a \"\n- \"110101190001010010\"\n- \"a: b\"\n- \"a #b\"\n- \"- a\"\n"
		"- \"[a\"\n- \"a\\tb\"\n",
		"strings that others could take for something else");
	becomes("- no\n- 0123\n- -5\n- 2026-01-01\n- :x\n-\n",
		"- no\n- 0123\n- -5\n- 2026-01-01\n- :x\n-\n", "untyped plain scalars stay plain");
	becomes("- 'LS-2026-0001'\n- '3号楼'\n- 'a:b'\n- 'it''s'\n- '张三'\n",
		"- LS-2026-0001\n- 3号楼\n- a:b\n- it's\n- 张三\n", "what is safe stays bare");
	becomes("a: \"one\\ntwo\"\nb: \"one\\n\\ntwo\\n\"\nc: \" one\\ntwo\"\nd: \"one\\n\\n\"\ne: "
		"\"a \\nb\"\n",
		"a: |-\n  one\n  two\nb: |\n  one\n\n  two\nc: |2-\n   one\n  two\nd: |+\n  one\n\n"
		"e: \"a \\nb\"\n",
		"text of several lines");
	becomes("a: {}\nb: []\nc: ~\n", "a: {}\nb: []\nc: ~\n", "empty collections");
}

static size_t count_in_memory(const char *marker, size_t len);

/* What libyaml held of a document is wiped when it gives it back. */
static void wiped(void)
{
	char marker[24], text[400];
	size_t before, len;
	struct jz_node *node;
	struct jz_arena *arena;
	struct jz_err err = JZ_ERR_INIT;

	for (int i = 0; i < 23; i++)
		marker[i] = (char)('a' + (i * 7 + 3) % 26);
	marker[23] = '\0';
	before = count_in_memory(marker, 23);
	len = (size_t)snprintf(text, sizeof(text), "- %s\n- '%s'\n- \"%s\"\n- |\n  %s\n%s: 1\n",
			       marker, marker, marker, marker, marker);
	arena = jz_arena_new();
	is_int(jz_yaml_read(arena, text, len - strlen(marker) - 4, &node, &err), 0, "read");
	ok(count_in_memory(marker, 23) > before, "the scan finds a document that is in memory");
	jz_arena_free(arena);
	arena = jz_arena_new();
	ok(jz_yaml_read(arena, text, len, &node, &err) != 0, "refused half-way");
	jz_arena_free(arena);
	jz_wipe(text, sizeof(text));
	is_int(count_in_memory(marker, 23), before, "nothing is left of it");
}

/* Copies of the marker in this process's heap and anonymous mappings. */
static size_t count_in_memory(const char *marker, size_t len)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY);
	char line[512], *block = malloc(1 << 16);
	size_t count = 0;

	while (maps && fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char mode[5];
		int path = 0;

		if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &from, &to, mode, &path) < 3 ||
		    mode[0] != 'r' || mode[1] != 'w' ||
		    (line[path] && line[path] != '[' && line[path] != '\n') ||
		    strstr(line, "[stack]") || to - from > (256ul << 20))
			continue;
		for (; from < to; from += 4096) {
			ssize_t got = pread(mem, block, 4096 + len, (off_t)from);

			for (ssize_t i = 0; i + (ssize_t)len <= got; i++)
				count += block[i] == *marker && block != marker &&
					 from + (unsigned long)i - (unsigned long)block > 1 << 16 &&
					 !memcmp(block + i, marker, len);
		}
	}
	memset(block, 0, 1 << 16);
	free(block);
	close(mem);
	if (maps)
		fclose(maps);
	return count;
}

int main(void)
{
	refusals();
	raw_nul();
	depth();
	size_limits();
	positions();
	comments();
	strings();
	wiped();
	return done_testing();
}

#include "lib/port/json.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static void is_refused(const char *text, unsigned line, unsigned column, const char *why)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *node = NULL;
	struct jz_err err = JZ_ERR_INIT;
	int code = jz_json_read(arena, text, strlen(text), &node, &err);
	bool right = code == JZ_E_INVALID && !node && err.line == line && err.column == column &&
		     strstr(err.message, why);

	ok(right, "refused at %u:%u: %s", line, column, why);
	if (!right)
		printf("# code %d, %u:%u: %s\n", code, err.line, err.column, err.message);
}

static void refusals(void)
{
	is_refused("", 1, 1, "empty");
	is_refused(" \n", 2, 1, "empty");
	is_refused("{\"a\":1,\n \"b\":2,\n \"a\":3}", 3, 2, "twice");
	is_refused("{\"a\":1,\"\\u0061\":2}", 1, 8, "twice");
	is_refused("[1,]", 1, 4, "value");
	is_refused("[,1]", 1, 2, "value");
	is_refused("[1 2]", 1, 4, "','");
	is_refused("{\"a\" 1}", 1, 6, "':'");
	is_refused("{\"a\":1,}", 1, 8, "key");
	is_refused("{a:1}", 1, 2, "key");
	is_refused("[1", 1, 3, "early");
	is_refused("{\"a\"", 1, 5, "':'");
	is_refused("\"abc", 1, 5, "early");
	is_refused("\"abc\\", 1, 6, "early");
	is_refused("\"abc\\\"", 1, 7, "early");
	is_refused("1 2", 1, 3, "behind");
	is_refused("{}]", 1, 3, "behind");
	is_refused("[1}", 1, 3, "','");
	is_refused("01", 1, 1, "number");
	is_refused("+1", 1, 1, "number");
	is_refused("1.", 1, 1, "number");
	is_refused(".5", 1, 1, "value");
	is_refused("1e", 1, 1, "number");
	is_refused("-", 1, 1, "number");
	is_refused("NaN", 1, 1, "value");
	is_refused("True", 1, 1, "value");
	is_refused("'a'", 1, 1, "value");
	is_refused("[1] // c", 1, 5, "behind");
	is_refused("\"\\x41\"", 1, 2, "escape");
	is_refused("\"\\u12g4\"", 1, 2, "escape");
	is_refused("\"\\ud800\"", 1, 2, "surrogate");
	is_refused("\"\\ud800\\u0041\"", 1, 2, "surrogate");
	is_refused("\"x\\udc00\"", 1, 3, "surrogate");
	is_refused("\"a\tb\"", 1, 3, "control");
	is_refused("\"a\nb\"", 1, 3, "control");
	is_refused("\"姓\xff\"", 1, 3, "UTF-8");
	is_refused("\"\xed\xa0\x80\"", 1, 2, "UTF-8");
}

static void values(void)
{
	static const char text[] =
		"\xef\xbb\xbf {\"姓名\": \"\\u5f20\\ud83d\\ude00\\n\", \"x\":\r\n"
		" [0, -0.0, 1.50, 123456789012345678, 1E+400, true, null, \"\\u0000\"]}";
	static const char *const digits[] = {"0", "-0.0", "1.50", "123456789012345678", "1E+400"};
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root, *list, *node;
	struct jz_err err = JZ_ERR_INIT;

	is_int(jz_json_read(arena, text, sizeof(text) - 1, &root, &err), 0, "a document");
	node = jz_map_get(root, "姓名");
	is_str(jz_node_text(node), "张😀\n", "escapes and surrogate pairs");
	ok(node->line == 1 && node->column == 9, "column in characters");
	ok(root->pairs[1].line == 1 && root->pairs[1].column == 33, "position of a key");
	list = jz_map_get(root, "x");
	for (size_t i = 0; i < 5; i++)
		is_str(jz_node_text(jz_seq_get(list, i)), digits[i], "exact digits");
	is_int(jz_seq_get(list, 7)->len, 1, "an escaped NUL is content");
	ok(jz_seq_get(list, 3)->line == 2 && jz_seq_get(list, 3)->column == 18, "line and column");
}

static int nested(int levels, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_node *node;

	for (int i = 0; i < levels; i++)
		jz_buf_addc(&text, '[');
	for (int i = 0; i < levels; i++)
		jz_buf_addc(&text, ']');
	return jz_json_read(arena, text.data, text.len, &node, err);
}

static void limits(void)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_autofree char *text = malloc(JZ_JSON_MAX_BYTES + 1);
	struct jz_node *node;
	struct jz_err err = JZ_ERR_INIT;

	is_int(nested(64, &err), 0, "64 levels");
	is_int(nested(65, &err), JZ_E_INVALID, "65 are too many");
	is_int(err.column, 65, "and the place is told");
	is_int(nested(100000, &err), JZ_E_INVALID, "so are 100,000");
	memset(text, ' ', JZ_JSON_MAX_BYTES + 1);
	is_int(jz_json_read(arena, text, JZ_JSON_MAX_BYTES + 1, &node, &err), JZ_E_INVALID,
	       "a byte over the limit");
	text[0] = '[';
	for (size_t i = 1; i + 2 < JZ_JSON_MAX_BYTES; i += 2)
		memcpy(text + i, "0,", 2);
	is_int(jz_json_read(arena, text, JZ_JSON_MAX_BYTES, &node, &err), JZ_E_INVALID,
	       "too many values");
	ok(strstr(err.message, "too many") != NULL, "for that reason");
}

static void writing(void)
{
	static const char text[] = "{\"a\":[1,{\"b\":[]},{}],\"c\":\"\\\"\\\\/\\n\\u0001\\u007f\"}";
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_node *root;

	is_int(jz_json_read(arena, text, sizeof(text) - 1, &root, NULL), 0, "read");
	jz_json_write(root, 0, &out);
	is_str(out.data, text, "one line");
	jz_buf_clear(&out);
	jz_map_remove(root, "c");
	jz_json_write(root, 2, &out);
	is_str(out.data, "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    },\n    {}\n  ]\n}",
	       "indented");
}

int main(void)
{
	refusals();
	values();
	limits();
	writing();
	return done_testing();
}

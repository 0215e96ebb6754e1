/* The neutral tree: building, looking, typing, equality. */
#include "lib/base/node.h"

#include "tests/unit/tap.h"

static struct jz_arena *arena;

static struct jz_node *number(const char *digits)
{
	return jz_node_number(arena, digits, strlen(digits));
}

static bool same(const char *a, const char *b)
{
	return jz_node_equal(number(a), number(b));
}

static struct jz_node *plain(const char *text)
{
	struct jz_node *node = jz_node_string(arena, text);

	node->plain = true;
	jz_node_type_core(node);
	return node;
}

static void test_tree(void)
{
	struct jz_node *map = jz_node_map(arena), *list = jz_node_seq(arena), *copy;
	jz_cleanup(jz_buf_release) struct jz_buf pointer = JZ_BUF_INIT;
	const struct jz_hop first = {.key = "~", .key_len = 1}, tenth = {.up = &first, .index = 10},
			    last = {.up = &tenth, .key = ""};

	for (int i = 0; i < 3; i++) {
		struct jz_node *item = jz_node_map(arena);
		char id[4] = {'i', (char)('0' + i), 'x', 0};

		jz_map_set(arena, item, "id", jz_node_string(arena, id));
		jz_map_set(arena, item, "n", jz_node_int(arena, i));
		jz_seq_push(arena, list, item);
	}
	jz_map_set(arena, map, "list", list);
	jz_map_set(arena, map, "name", jz_node_string(arena, "x"));
	jz_map_set(arena, map, "name", jz_node_string(arena, "y"));
	is_int(map->len, 2, "set replaces");
	is_str(jz_map_text(map, "name"), "y", "with the new value");
	is_str(jz_node_text(jz_node_at(map, "list[1].n")), "1", "a path by index");
	is_str(jz_node_text(jz_node_at(map, "list[i2x].n")), "2", "a path by id");
	ok(jz_node_at(map, "") == map, "the empty path is the node");
	ok(!jz_node_at(map, "list[9].n") && !jz_node_at(map, "list[") && !jz_node_at(map, "a..b") &&
		   !jz_node_at(map, "name.deep"),
	   "what is not there is NULL");
	copy = jz_node_clone(arena, map);
	ok(jz_node_equal(map, copy), "a clone is equal");
	jz_seq_remove(jz_map_get(copy, "list"), 1);
	ok(!jz_node_equal(map, copy) && jz_seq_len(list) == 3, "and apart");
	ok(jz_map_remove(copy, "list") && !jz_map_remove(copy, "list"), "a pair is removed once");
	jz_pointer_key(&pointer, "a/b~c", 5);
	jz_pointer_index(&pointer, 3);
	is_str(pointer.data, "/a~1b~0c/3", "JSON Pointer escapes");
	jz_buf_clear(&pointer);
	jz_hop_pointer(NULL, &pointer);
	is_str(pointer.data, "", "the root has the empty pointer");
	jz_hop_pointer(&last, &pointer);
	is_str(pointer.data, "/~0/10/", "hops make a pointer, an empty key too");
}

static void test_numbers(void)
{
	ok(same("1", "1.0") && same("100", "1e2") && same("0.10", "1e-1") && same("0", "-0.0"),
	   "numbers are equal by value");
	ok(!same("1", "-1") && !same("123456789012345678", "123456789012345679") &&
		   !same("1", "10") && !same("0", "1"),
	   "and differ in any digit");
	ok(same("1e99999", "1e99999") && !same("1e99999", "1e99998"),
	   "great exponents cost nothing");
	ok(jz_is_number("-0.5e+3", 7) && !jz_is_number("01", 2) && !jz_is_number("1.", 2) &&
		   !jz_is_number(".5", 2) && !jz_is_number("1e", 2) && !jz_is_number("", 0) &&
		   !jz_is_number("-", 1) && !jz_is_number("0x1F", 4),
	   "only what JSON writes is a number");
}

static void test_maps(void)
{
	enum { MANY = 200000 };
	struct jz_node *up = jz_node_map(arena), *down = jz_node_map(arena);

	up->len = up->cap = down->len = down->cap = MANY;
	up->pairs = jz_arena_alloc(arena, MANY * sizeof(struct jz_pair));
	down->pairs = jz_arena_alloc(arena, MANY * sizeof(struct jz_pair));
	for (int i = 0; i < MANY; i++) {
		up->pairs[i].key = jz_arena_printf(arena, "%d", i);
		up->pairs[i].key_len = (uint32_t)strlen(up->pairs[i].key);
		up->pairs[i].value = jz_node_int(arena, i);
		down->pairs[MANY - 1 - i] = up->pairs[i];
	}
	ok(jz_node_equal(up, down), "maps are equal in any order, and great ones in good time");
	up->pairs[7].value = jz_node_int(arena, 8);
	ok(!jz_node_equal(up, down), "and differ in one value");
}

static void test_core(void)
{
	is_int(plain("no")->kind, JZ_STRING, "`no` is text");
	is_int(plain("0123")->kind, JZ_STRING, "a leading zero is text");
	is_int(plain("2026-01-01")->kind, JZ_STRING, "a date is text");
	is_int(plain("12:30")->kind, JZ_STRING, "a time is text");
	is_int(plain("0x1F")->kind, JZ_STRING, "hexadecimal stays text");
	is_int(plain("1e3")->kind, JZ_NUMBER, "1e3 is a number");
	is_str(plain("+5")->text, "5", "a plus sign goes");
	is_str(plain("441825199003070018")->text, "441825199003070018", "no digit is lost");
	is_int(plain("")->kind, JZ_NULL, "nothing is null");
	is_int(plain("~")->kind, JZ_NULL, "~ is null");
	ok(plain("true")->truth && plain("FALSE")->kind == JZ_BOOL, "booleans");
}

int main(void)
{
	arena = jz_arena_new();
	test_tree();
	test_numbers();
	test_maps();
	test_core();
	jz_arena_free(arena);
	return done_testing();
}

/* What the YAML reader takes, the writer gives back: equal, and the same bytes the second time. What
 * the fast way reads, libyaml reads the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/port/yaml-impl.h"
#include "lib/port/yaml.h"
#include "tests/unit/same-tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare_ways(struct jz_arena *arena, const char *text, size_t len)
{
	struct jz_node *block, *events;
	bool ascii;

	if (jz_yaml_check_text(text, len, &ascii, NULL))
		return;
	block = jz_yaml_read_block(arena, text, len);
	if (block && (jz_yaml_read_events(arena, text, len, ascii, &events, NULL) ||
		      !same_tree(block, events)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf first = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf second = JZ_BUF_INIT;
	struct jz_node *tree, *back;
	struct jz_err err = JZ_ERR_INIT;

	compare_ways(arena, (const char *)data, size);
	if (jz_yaml_read(arena, (const char *)data, size, &tree, &err)) {
		if (!err.line || !err.column || !err.message[0])
			abort();
		return 0;
	}
	jz_yaml_write(tree, &first);
	compare_ways(arena, first.data, first.len);
	if (jz_yaml_read(arena, first.data, first.len, &back, NULL))
		abort();
	jz_yaml_write(back, &second);
	if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
		abort();
	jz_node_type_core(tree);
	jz_node_type_core(back);
	if (!jz_node_equal(tree, back))
		abort();
	return 0;
}

/* What the JSON reader takes, the writer gives back; through YAML too. */
#include <stdint.h>
#include <stdlib.h>

#include "lib/port/json.h"
#include "lib/port/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_node *tree, *back;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_json_read(arena, (const char *)data, size, &tree, &err)) {
		if (!err.line || !err.column || !err.message[0])
			abort();
		return 0;
	}
	jz_json_write(tree, (int)(size % 3), &text);
	if (jz_json_read(arena, text.data, text.len, &back, NULL) || !jz_node_equal(tree, back))
		abort();
	jz_buf_clear(&text);
	jz_yaml_write(tree, &text);
	if (jz_yaml_read(arena, text.data, text.len, &back, NULL))
		abort();
	jz_node_type_core(back);
	if (!jz_node_equal(tree, back))
		abort();
	return 0;
}

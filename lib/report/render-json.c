#include "lib/report/render.h"

#include <string.h>

#include "lib/base/node.h"
#include "lib/port/json.h"

static struct jz_node *value(struct jz_arena *arena, const char *text, bool number)
{
	if (!text)
		return jz_node_null(arena);
	if (number && jz_is_number(text, strlen(text)))
		return jz_node_number(arena, text, strlen(text));
	return jz_node_string(arena, text);
}

static void add_facts(struct jz_arena *arena, struct jz_node *facts, const struct jz_block *block)
{
	for (size_t i = 0; i + 1 < block->cell_count; i += 2)
		jz_map_set(arena, facts, block->cells[i].value,
			   value(arena, block->cells[i + 1].value, false));
}

static struct jz_node *rows(struct jz_arena *arena, const struct jz_block *block)
{
	struct jz_node *list = jz_node_seq(arena), *row = NULL;
	size_t n = block->column_count;

	for (size_t i = 0; i < block->cell_count; i++) {
		const struct jz_column *column = &block->columns[i % n];

		if (i % n == 0) {
			row = jz_node_map(arena);
			jz_seq_push(arena, list, row);
		}
		jz_map_set(arena, row, column->key,
			   value(arena, block->cells[i].value, column->number));
	}
	return list;
}

void jz_render_json(const struct jz_doc *doc, struct jz_buf *out)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena), *tables = jz_node_map(arena);
	struct jz_node *facts = jz_node_map(arena), *notices = jz_node_seq(arena);

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/report/1"));
	jz_map_set(arena, root, "report", jz_node_string(arena, doc->name));
	jz_map_set(arena, root, "facts", facts);
	jz_map_set(arena, root, "tables", tables);
	jz_map_set(arena, root, "notices", notices);
	for (const struct jz_block *block = doc->first; block; block = block->next) {
		if (block->of_record)
			continue; /* "record" has it as it is */
		if (block->kind == JZ_BLOCK_FACTS)
			add_facts(arena, facts, block);
		else if (block->kind == JZ_BLOCK_TABLE)
			jz_map_set(arena, tables, block->key, rows(arena, block));
		else if (block->kind == JZ_BLOCK_NOTICE)
			jz_seq_push(arena, notices, jz_node_string(arena, block->text));
	}
	if (doc->record)
		jz_map_set(arena, root, "record", jz_node_clone(arena, doc->record));
	jz_json_write(root, 2, out);
	jz_buf_addc(out, '\n');
}

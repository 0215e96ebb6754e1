#include "lib/report/render.h"

#include <string.h>

#include "lib/port/csv.h"

static void cell(const char *text, bool first, struct jz_buf *out)
{
	jz_csv_write(text, strlen(text), first, out);
}

void jz_render_csv(const struct jz_doc *doc, struct jz_buf *out)
{
	bool any = false;

	for (const struct jz_block *block = doc->first; block; block = block->next) {
		if (block->kind != JZ_BLOCK_TABLE)
			continue;
		if (any)
			jz_csv_end_row(out);
		any = true;
		for (size_t c = 0; c < block->column_count; c++)
			cell(block->columns[c].key, !c, out);
		jz_csv_end_row(out);
		for (size_t i = 0; i < block->cell_count; i++) {
			const char *value = block->cells[i].value;

			cell(value ? value : "", i % block->column_count == 0, out);
			if (i % block->column_count == block->column_count - 1)
				jz_csv_end_row(out);
		}
	}
}

#include "cmd/out.h"

#include <string.h>
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/base/vec.h"

#define GAP 2

struct jz_table {
	size_t columns;
	bool heads;
	struct jz_strs cells; /* row by row, the heads first */
};

struct jz_table *jz_table_new(size_t columns, const char *const *heads)
{
	struct jz_table *table = jz_xcalloc(1, sizeof(*table));

	table->columns = columns;
	table->heads = heads;
	for (size_t i = 0; heads && i < columns; i++)
		jz_strs_add(&table->cells, heads[i]);
	return table;
}

void jz_table_free(struct jz_table *table)
{
	if (!table)
		return;
	jz_strs_release(&table->cells);
	free(table);
}

void jz_table_cell(struct jz_table *table, const char *text)
{
	char *cell;

	jz_strs_add(&table->cells, text ? text : "");
	cell = table->cells.items[table->cells.len - 1];
	jz_utf8_tame(cell, strlen(cell), false);
}

static size_t cell_width(const char *text)
{
	return jz_utf8_width(text, strlen(text));
}

/* Whether this is the last cell of its line with anything in it: nothing stands behind it then. */
static bool is_last(const struct jz_table *table, size_t i)
{
	while (++i < table->cells.len && i % table->columns)
		if (*table->cells.items[i])
			return false;
	return true;
}

void jz_table_print(struct jz_table *table, FILE *to)
{
	jz_autofree size_t *widths = jz_xcalloc(table->columns + 1, sizeof(*widths));

	for (size_t i = 0; i < table->cells.len; i++) {
		size_t width = cell_width(table->cells.items[i]);

		if (width > widths[i % table->columns])
			widths[i % table->columns] = width;
	}
	for (size_t i = 0; i < table->cells.len; i++) {
		const char *text = table->cells.items[i];
		size_t column = i % table->columns;

		fputs(text, to);
		if (column + 1 == table->columns || i + 1 == table->cells.len)
			fputc('\n', to);
		else if (!is_last(table, i))
			fprintf(to, "%*s", (int)(widths[column] - cell_width(text) + GAP), "");
	}
}

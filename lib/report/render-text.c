#include "lib/report/render.h"

#include <string.h>

#include "lib/base/utf8.h"
#include "lib/base/wrap.h"

static void spaces(struct jz_buf *out, size_t count)
{
	while (count--)
		jz_buf_addc(out, ' ');
}

static void line(struct jz_buf *out, const char *text, size_t len)
{
	jz_buf_add(out, text, len);
	jz_buf_addc(out, '\n');
}

static void pad(struct jz_buf *out, const char *text, size_t width, bool right)
{
	size_t len = strlen(text), own = jz_utf8_width(text, len);
	size_t fill = own < width ? width - own : 0;

	if (right)
		spaces(out, fill);
	jz_buf_add(out, text, len);
	/* a cell stays in its line */
	jz_buf_truncate(out, out->len - len + jz_utf8_tame(out->data + out->len - len, len, false));
	if (!right)
		spaces(out, fill);
}

static size_t width_of(const char *text)
{
	return jz_utf8_width(text, strlen(text));
}

static void trim_line(struct jz_buf *out)
{
	while (out->len && out->data[out->len - 1] == ' ')
		jz_buf_truncate(out, out->len - 1);
	jz_buf_addc(out, '\n');
}

/* The last cells of rows that are shown as one, from column `at` of a line on. */
static void gathered_cells(const struct jz_block *block, size_t row, size_t count, size_t at,
			   int columns, struct jz_buf *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	size_t n = block->column_count;

	for (size_t i = row; i < row + count; i++)
		jz_buf_addf(&text, "%s%s", i > row ? " " : "", block->cells[i * n + n - 1].shown);
	jz_wrap(out, text.data, (int)at, (int)at, columns);
}

static void table(const struct jz_block *block, int columns, struct jz_buf *out)
{
	size_t n = block->column_count, *widths = jz_xcalloc(n, sizeof(*widths));
	size_t rows = block->cell_count / n, before = 0;

	for (size_t c = 0; c < n; c++)
		widths[c] = width_of(block->columns[c].label);
	for (size_t i = 0; i < block->cell_count; i++)
		if (width_of(block->cells[i].shown) > widths[i % n])
			widths[i % n] = width_of(block->cells[i].shown);
	if (block->text && *block->text)
		line(out, block->text, strlen(block->text));
	for (size_t c = 0; c < n; c++) {
		pad(out, block->columns[c].label, widths[c], block->columns[c].number);
		spaces(out, 2);
	}
	trim_line(out);
	for (size_t c = 0; c + 1 < n; c++)
		before += widths[c] + 2;
	for (size_t row = 0, count; row < rows; row += count) {
		count = jz_block_gathered(block, row);
		for (size_t c = 0; c < n - block->gather; c++) {
			pad(out, block->cells[row * n + c].shown, widths[c],
			    block->columns[c].number);
			spaces(out, 2);
		}
		if (block->gather)
			gathered_cells(block, row, count, before, columns, out);
		else
			trim_line(out);
	}
	free(widths);
}

static void facts(const struct jz_block *block, int columns, struct jz_buf *out)
{
	size_t widest = 0;

	for (size_t i = 0; i < block->cell_count; i += 2)
		if (width_of(block->cells[i].shown) > widest)
			widest = width_of(block->cells[i].shown);
	for (size_t i = 0; i + 1 < block->cell_count; i += 2) {
		pad(out, block->cells[i].shown, widest, false);
		jz_wrap(out, block->cells[i + 1].shown, (int)widest, (int)widest + 2, columns);
	}
}

void jz_render_text(const struct jz_doc *doc, int columns, struct jz_buf *out)
{
	size_t start = out->len;

	line(out, doc->title, strlen(doc->title));
	for (const struct jz_block *block = doc->first; block; block = block->next) {
		if (block->kind == JZ_BLOCK_BARS)
			continue; /* its figures stand in a table */
		jz_buf_addc(out, '\n');
		switch (block->kind) {
		case JZ_BLOCK_HEADING:
			jz_buf_adds(out, block->level > 1 ? "## " : "# ");
			line(out, block->text, strlen(block->text));
			break;
		case JZ_BLOCK_TEXT:
			jz_wrap(out, block->text, 0, 0, columns);
			break;
		case JZ_BLOCK_NOTICE:
			jz_buf_adds(out, "! ");
			line(out, block->text, strlen(block->text));
			break;
		case JZ_BLOCK_FACTS:
			facts(block, columns, out);
			break;
		case JZ_BLOCK_TABLE:
			table(block, columns, out);
			break;
		case JZ_BLOCK_BARS:
			break;
		}
	}
	jz_buf_truncate(out, start + jz_utf8_tame(out->data + start, out->len - start, true));
}

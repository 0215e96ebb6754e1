#include "lib/port/csv.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/port/wiping.h"

#define PIECE (64u << 10) /* bytes that libcsv gets at a time, so that limits are seen early */

struct reader {
	struct csv_parser parser;
	const char *text, *end;
	const char *row_start; /* where the row that is being read begins */
	unsigned row_line;
	struct jz_arena *arenas[2]; /* of the header, of the row */
	struct jz_csv_cell *cells;
	size_t count, number;
	struct jz_csv_cell *heads;
	size_t head_count;
	bool has_head;
	jz_csv_fn fn;
	void *data;
	struct jz_err *err;
	int failed;
};

static int no_blank(unsigned char c)
{
	(void)c;
	return 0;
}

/* True if a spreadsheet would run the text without the apostrophes before it; counts those. */
static bool is_formula(const char *text, size_t len, size_t *apostrophes)
{
	static const char *const wide[] = {"＝", "＋", "－", "＠"};
	size_t n = 0;

	while (n < len && text[n] == '\'')
		n++;
	*apostrophes = n;
	text += n;
	len -= n;
	if (!len || jz_is_number(text, len))
		return false;
	if (memchr("=+-@\t\r\n", *text, 7))
		return true;
	for (size_t i = 0; i < JZ_COUNT(wide); i++)
		if (len >= strlen(wide[i]) && !memcmp(text, wide[i], strlen(wide[i])))
			return true;
	return false;
}

/* Where field k of the row that begins at row_start begins; behind the last: where the row ends. */
static void locate(const struct reader *r, size_t field, unsigned *line, unsigned *column)
{
	const char *at = r->row_start;
	unsigned more;
	bool quoted = false;

	for (; at < r->end && field; at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (!quoted && *at == ',')
			field--;
		else if (!quoted && (*at == '\n' || *at == '\r'))
			break;
	}
	jz_utf8_position(r->row_start, (size_t)(r->end - r->row_start), (size_t)(at - r->row_start),
			 &more, column);
	*line = r->row_line + more - 1;
}

__attribute__((format(printf, 3, 4))) static void refuse(struct reader *r, size_t field,
							 const char *fmt, ...)
{
	unsigned line, column;
	va_list args;
	char why[256];

	locate(r, field, &line, &column);
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	r->failed = jz_fail_at(r->err, JZ_E_INVALID, line, column, "%s", why);
}

static void on_field(void *field, size_t len, void *data)
{
	struct reader *r = data;
	struct jz_csv_cell *cell;
	size_t apostrophes;
	const char *text = field ? field : "";

	if (r->failed)
		return;
	if (r->count == JZ_CSV_MAX_COLUMNS) {
		refuse(r, r->count, _("more than %d columns"), JZ_CSV_MAX_COLUMNS);
		return;
	}
	if (len > JZ_CSV_MAX_FIELD) {
		refuse(r, r->count, _("a field is larger than %u bytes"), JZ_CSV_MAX_FIELD);
		return;
	}
	if (is_formula(text, len, &apostrophes) && apostrophes) {
		text++;
		len--;
	}
	cell = &r->cells[r->count++];
	cell->text = jz_arena_strndup(r->arenas[r->has_head], text, len);
	cell->len = len;
}

/* Fills in where the cells stand: one walk over the row. */
static void locate_cells(struct reader *r)
{
	const char *at = r->row_start;
	unsigned line = r->row_line, column = 1;
	bool quoted = false;
	size_t k = 0;

	r->cells[0].line = line;
	r->cells[0].column = column;
	for (; at < r->end && k + 1 < r->count; at++) {
		if (*at == '\n') {
			line++;
			column = 0;
		}
		column += ((unsigned char)*at & 0xC0) != 0x80;
		if (*at == '"') {
			quoted = !quoted;
		} else if (!quoted && *at == ',') {
			r->cells[++k].line = line;
			r->cells[k].column = column;
		}
	}
}

static void take_head(struct reader *r)
{
	struct jz_map seen = JZ_MAP_INIT;

	for (size_t i = 0; i < r->count && !r->failed; i++) {
		if (!r->cells[i].len)
			refuse(r, i, _("column %zu has no header"), i + 1);
		else if (jz_map_put(&seen, r->cells[i].text, r->cells[i].len, r))
			refuse(r, i, _("column %zu has the header of an earlier one"), i + 1);
	}
	jz_map_release(&seen, NULL);
	r->heads = jz_arena_alloc(r->arenas[0], r->count * sizeof(*r->heads));
	memcpy(r->heads, r->cells, r->count * sizeof(*r->heads));
	r->head_count = r->count;
	r->has_head = true;
}

static void on_row(int end, void *data)
{
	struct reader *r = data;
	struct jz_csv_row row;

	(void)end;
	if (r->failed || !r->count)
		return;
	locate_cells(r);
	if (!r->has_head)
		take_head(r);
	else if (++r->number && r->count != r->head_count)
		refuse(r, r->count < r->head_count ? r->count : r->head_count,
		       _("row %zu has %zu fields, the header has %zu"), r->number, r->count,
		       r->head_count);
	if (!r->failed) {
		row = (struct jz_csv_row){r->number, r->count, r->cells, r->heads};
		r->failed = r->fn(r->data, &row, r->err);
	}
	r->count = 0;
	if (r->number)
		jz_arena_reset(r->arenas[1]);
}

/* Where the physical line that holds `at` ends, its end included. */
static const char *line_end(const char *at, const char *end)
{
	for (; at < end; at++) {
		if (*at == '\n')
			return at + 1;
		if (*at == '\r' && !(at + 1 < end && at[1] == '\n'))
			return at + 1;
	}
	return end;
}

static void refuse_at(struct reader *r, const char *at, const char *why)
{
	unsigned line, column;

	jz_utf8_position(r->text, (size_t)(r->end - r->text), (size_t)(at - r->text), &line,
			 &column);
	r->failed = jz_fail_at(r->err, JZ_E_INVALID, line, column, "%s", why);
}

/* Feeds one physical line; rows end at ends of lines only. */
static void feed_line(struct reader *r, const char *at, const char *stop)
{
	while (at < stop && !r->failed) {
		size_t n = (size_t)(stop - at) < PIECE ? (size_t)(stop - at) : PIECE;
		size_t done = csv_parse(&r->parser, at, n, on_field, on_row, r);

		if (!r->failed && done < n)
			refuse_at(r, at + done, _("a quote stands in the wrong place"));
		else if (!r->failed && r->parser.entry_pos > JZ_CSV_MAX_FIELD)
			refuse(r, r->count, _("a field is larger than %u bytes"), JZ_CSV_MAX_FIELD);
		at += n;
	}
}

static void feed(struct reader *r)
{
	const char *at = r->text;
	unsigned line = 1;

	while (at < r->end && !r->failed) {
		const char *stop = line_end(at, r->end);
		bool inside = r->count || r->parser.quoted;

		if (!inside) {
			r->row_start = at;
			r->row_line = line;
		}
		feed_line(r, at, stop);
		at = stop;
		line++;
	}
	if (r->failed)
		return;
	if (csv_fini(&r->parser, on_field, on_row, r) && !r->failed)
		refuse(r, r->count, _("a field in quotes is not closed"));
	if (!r->failed && !r->has_head)
		r->failed = jz_fail_at(r->err, JZ_E_INVALID, 1, 1, _("there is no header"));
}

int jz_csv_each(const char *text, size_t len, jz_csv_fn fn, void *data, struct jz_err *err)
{
	struct reader r = {.text = text, .end = text + len, .fn = fn, .data = data, .err = err};
	size_t valid;

	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
		r.text += 3;
	valid = jz_utf8_valid(text, len);
	if (valid < len) {
		refuse_at(&r, text + valid,
			  _("not valid UTF-8; is it GB18030 (--encoding gb18030)?"));
		return r.failed;
	}
	if (memchr(text, '\0', len)) {
		refuse_at(&r, memchr(text, '\0', len),
			  _("the control character U+0000 is not allowed"));
		return r.failed;
	}
	csv_init(&r.parser, CSV_STRICT | CSV_STRICT_FINI);
	csv_set_space_func(&r.parser, no_blank);
	csv_set_realloc_func(&r.parser, jz_wiping_realloc);
	csv_set_free_func(&r.parser, jz_wiping_free);
	csv_set_blk_size(&r.parser, PIECE);
	r.arenas[0] = jz_arena_new();
	r.arenas[1] = jz_arena_new();
	r.cells = jz_xcalloc(JZ_CSV_MAX_COLUMNS, sizeof(*r.cells));
	feed(&r);
	csv_free(&r.parser);
	jz_wiping_done();
	free(r.cells);
	jz_arena_free(r.arenas[0]);
	jz_arena_free(r.arenas[1]);
	return r.failed;
}

static size_t count_quotes(const char *at, const char *end)
{
	size_t quotes = 0;

	while ((at = memchr(at, '"', (size_t)(end - at)))) {
		quotes++;
		at++;
	}
	return quotes;
}

size_t jz_csv_rows(const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	bool quoted = false;
	size_t rows = 0;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		quoted = quoted != (count_quotes(at, stop) % 2 == 1);
		rows += !quoted && stop - at > (stop > at && stop[-1] == '\r');
		at = stop + 1;
	}
	return rows ? rows - 1 : 0;
}

struct jz_node *jz_csv_row_node(struct jz_arena *arena, const struct jz_csv_row *row)
{
	struct jz_node *map = jz_node_map(arena);

	map->pairs = jz_arena_alloc(arena, row->count * sizeof(*map->pairs));
	map->len = map->cap = (uint32_t)row->count;
	map->line = row->cells[0].line;
	map->column = row->cells[0].column;
	for (size_t i = 0; i < row->count; i++) {
		struct jz_pair *pair = &map->pairs[i];

		pair->key_len = (uint32_t)row->heads[i].len;
		pair->key = jz_arena_strndup(arena, row->heads[i].text, pair->key_len);
		pair->line = row->heads[i].line;
		pair->column = row->heads[i].column;
		pair->value = jz_node_stringn(arena, row->cells[i].text, row->cells[i].len);
		pair->value->line = row->cells[i].line;
		pair->value->column = row->cells[i].column;
	}
	return map;
}

void jz_csv_write(const char *text, size_t len, bool first, struct jz_buf *out)
{
	size_t apostrophes;
	bool mark = is_formula(text, len, &apostrophes);
	bool byte_order_mark = len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3);
	bool quote = !len || byte_order_mark || *text == ' ' || text[len - 1] == ' ' ||
		     memchr(text, ',', len) || memchr(text, '"', len) || memchr(text, '\r', len) ||
		     memchr(text, '\n', len);

	if (!first)
		jz_buf_addc(out, ',');
	if (quote && (len || first))
		jz_buf_addc(out, '"');
	if (mark)
		jz_buf_addc(out, '\'');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			jz_buf_addc(out, '"');
		jz_buf_addc(out, text[i]);
	}
	if (quote && (len || first))
		jz_buf_addc(out, '"');
}

void jz_csv_end_row(struct jz_buf *out)
{
	jz_buf_adds(out, "\r\n");
}

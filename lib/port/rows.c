#include "lib/port/rows.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/port/csv.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"

#define FLUSH (64u << 10)

void jz_rows_init(struct jz_rows *rows, const struct jz_convert *how, bool dry)
{
	memset(rows, 0, sizeof(*rows));
	rows->how = how;
	rows->dry = dry;
	rows->arena = jz_arena_new();
	jz_buf_init(&rows->out);
}

void jz_rows_release(struct jz_rows *rows)
{
	jz_arena_free(rows->arena);
	jz_buf_release(&rows->out);
}

static int flush(struct jz_rows *rows, size_t from, struct jz_err *err)
{
	int failed = 0;

	if (rows->out.len && rows->out.len >= from && !rows->dry)
		failed =
			rows->how->write(rows->how->write_data, rows->out.data, rows->out.len, err);
	if (rows->out.len >= from)
		jz_buf_clear(&rows->out);
	return failed;
}

/* Refuses a row, naming the place as a JSON Pointer too. */
static int refuse(const struct jz_rows *rows, const struct jz_node *at, const struct jz_pair *pair,
		  const char *why, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf path = JZ_BUF_INIT;

	jz_fail_at(err, JZ_E_INVALID, at->line, at->column, "%s", why);
	jz_pointer_index(&path, rows->count);
	if (pair)
		jz_pointer_key(&path, pair->key, pair->key_len);
	if (err && path.len < sizeof(err->path))
		memcpy(err->path, path.data, path.len + 1);
	return JZ_E_INVALID;
}

int jz_rows_head(struct jz_rows *rows, const struct jz_node *heads, struct jz_err *err)
{
	for (uint32_t i = 0; i < heads->len; i++) {
		const struct jz_pair *pair = &heads->pairs[i];

		if (!pair->key_len || memchr(pair->key, '\0', pair->key_len))
			return refuse(rows, heads, pair, _("a key that CSV cannot have as header"),
				      err);
		jz_csv_write(pair->key, pair->key_len, !i, &rows->out);
	}
	jz_csv_end_row(&rows->out);
	rows->heads = jz_node_clone(rows->arena, heads);
	return 0;
}

/* The text of a cell; false: CSV has none for it. */
static bool cell_text(const struct jz_node *value, const char **text, size_t *len)
{
	*text = "";
	*len = 0;
	switch ((enum jz_kind)value->kind) {
	case JZ_NULL:
		return true;
	case JZ_BOOL:
		*text = value->truth ? "true" : "false";
		*len = strlen(*text);
		return true;
	case JZ_NUMBER:
	case JZ_STRING:
		*text = value->text;
		*len = value->len;
		return !memchr(*text, '\0', *len);
	default:
		return false;
	}
}

static int csv_row(struct jz_rows *rows, const struct jz_node *row, struct jz_err *err)
{
	const struct jz_node *heads;
	int failed = 0;

	if (row->kind != JZ_MAP || !row->len)
		return refuse(rows, row, NULL, _("CSV needs an object with at least one key here"),
			      err);
	if (!rows->heads)
		failed = jz_rows_head(rows, row, err);
	heads = rows->heads;
	for (uint32_t i = 0; !failed && i < heads->len; i++) {
		const struct jz_pair *head = &heads->pairs[i];
		bool in_place = i < row->len && row->pairs[i].key_len == head->key_len &&
				!memcmp(row->pairs[i].key, head->key, head->key_len);
		const struct jz_node *value =
			in_place ? row->pairs[i].value : jz_map_getn(row, head->key, head->key_len);
		const char *text;
		size_t len;

		if (!value)
			return refuse(rows, row, head, _("a key of the first row is missing here"),
				      err);
		if (!cell_text(value, &text, &len))
			return refuse(rows, value, head, _("CSV cannot hold this value"), err);
		jz_csv_write(text, len, !i, &rows->out);
	}
	for (uint32_t i = 0; !failed && row->len > heads->len && i < row->len; i++)
		if (!jz_map_getn(heads, row->pairs[i].key, row->pairs[i].key_len))
			return refuse(rows, row->pairs[i].value, &row->pairs[i],
				      _("the first row does not have this key"), err);
	jz_csv_end_row(&rows->out);
	return failed;
}

/* A sequence of one: such pieces, one behind the other, are the whole sequence. */
static void yaml_row(struct jz_rows *rows, struct jz_node *row)
{
	struct jz_node seq = {.kind = JZ_SEQ, .len = 1, .cap = 1};

	seq.items = &row;
	jz_yaml_write(&seq, &rows->out);
}

int jz_rows_put(struct jz_rows *rows, struct jz_node *row, struct jz_err *err)
{
	int failed = 0;

	switch (rows->how->to) {
	case JZ_FORMAT_CSV:
		failed = csv_row(rows, row, err);
		break;
	case JZ_FORMAT_YAML:
		yaml_row(rows, row);
		break;
	case JZ_FORMAT_JSON:
		jz_buf_adds(&rows->out, rows->count ? ",\n" : "[\n");
		jz_json_write(row, 0, &rows->out);
		break;
	default:
		jz_json_write(row, 0, &rows->out);
		jz_buf_addc(&rows->out, '\n');
		break;
	}
	rows->count++;
	return failed ? failed : flush(rows, FLUSH, err);
}

int jz_rows_end(struct jz_rows *rows, struct jz_err *err)
{
	if (rows->how->to == JZ_FORMAT_JSON)
		jz_buf_adds(&rows->out, rows->count ? "\n]\n" : "[]\n");
	else if (rows->how->to == JZ_FORMAT_YAML && !rows->count)
		jz_buf_adds(&rows->out, "[]\n");
	return flush(rows, 0, err);
}

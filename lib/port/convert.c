#include "lib/port/convert.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/csv.h"
#include "lib/port/json.h"
#include "lib/port/rows.h"
#include "lib/port/yaml.h"

const char *const jz_format_names[] = {"yaml", "json", "csv", "ndjson", NULL};

enum jz_format jz_format_named(const char *name)
{
	for (size_t i = 0; jz_format_names[i]; i++)
		if (jz_eq(name, jz_format_names[i]))
			return (enum jz_format)(i + 1);
	return JZ_FORMAT_NONE;
}

enum jz_format jz_format_of_file(const char *path)
{
	static const struct {
		const char *ending;
		enum jz_format format;
	} endings[] = {{".yaml", JZ_FORMAT_YAML},     {".yml", JZ_FORMAT_YAML},
		       {".json", JZ_FORMAT_JSON},     {".csv", JZ_FORMAT_CSV},
		       {".ndjson", JZ_FORMAT_NDJSON}, {".jsonl", JZ_FORMAT_NDJSON}};

	for (size_t i = 0; i < JZ_COUNT(endings); i++)
		if (jz_ends_with(path, endings[i].ending))
			return endings[i].format;
	return JZ_FORMAT_NONE;
}

size_t jz_format_limit(enum jz_format format)
{
	if (format == JZ_FORMAT_YAML)
		return JZ_YAML_MAX_BYTES;
	return format == JZ_FORMAT_JSON ? JZ_JSON_MAX_BYTES : JZ_CSV_MAX_BYTES;
}

/* A source of rows that is being converted. */
struct source {
	struct jz_rows rows;
	struct jz_arena *arena; /* of the current row */
};

static int take_csv_row(void *data, const struct jz_csv_row *row, struct jz_err *err)
{
	struct source *source = data;
	struct jz_node *node = jz_csv_row_node(source->arena, row);
	int failed = 0;

	if (row->number)
		failed = jz_rows_put(&source->rows, node, err);
	else if (source->rows.how->to == JZ_FORMAT_CSV)
		failed = jz_rows_head(&source->rows, node, err);
	jz_arena_reset(source->arena);
	return failed;
}

static bool is_empty(const char *at, const char *stop)
{
	while (at < stop && (*at == ' ' || *at == '\t' || *at == '\r'))
		at++;
	return at == stop;
}

static int take_lines(struct source *source, const char *text, size_t len, struct jz_err *err)
{
	const char *at = text, *end = text + len;

	for (unsigned line = 1; at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct jz_node *node;
		int failed;

		if (!stop)
			stop = end;
		if (!is_empty(at, stop)) {
			failed = jz_json_read(source->arena, at, (size_t)(stop - at), &node, err);
			if (!failed)
				failed = jz_rows_put(&source->rows, node, err);
			if (failed) {
				if (err && err->line)
					err->line += line - 1;
				return failed;
			}
			jz_arena_reset(source->arena);
		}
		at = stop + 1;
	}
	return 0;
}

static int convert_rows(const struct jz_convert *how, const char *text, size_t len, bool dry,
			struct jz_err *err)
{
	struct source source = {.arena = jz_arena_new()};
	int failed;

	jz_rows_init(&source.rows, how, dry);
	if (how->from == JZ_FORMAT_CSV)
		failed = jz_csv_each(text, len, take_csv_row, &source, err);
	else
		failed = take_lines(&source, text, len, err);
	if (!failed)
		failed = jz_rows_end(&source.rows, err);
	jz_rows_release(&source.rows);
	jz_arena_free(source.arena);
	return failed;
}

static int write_rows(const struct jz_convert *how, struct jz_node *root, bool dry,
		      struct jz_err *err)
{
	struct jz_rows rows;
	int failed = 0;

	if (root->kind != JZ_SEQ && how->to == JZ_FORMAT_CSV)
		return jz_fail_at(err, JZ_E_INVALID, root->line, root->column,
				  _("CSV needs a list of objects"));
	jz_rows_init(&rows, how, dry);
	if (root->kind != JZ_SEQ)
		failed = jz_rows_put(&rows, root, err);
	for (size_t i = 0; !failed && i < jz_seq_len(root); i++)
		failed = jz_rows_put(&rows, root->items[i], err);
	if (!failed)
		failed = jz_rows_end(&rows, err);
	jz_rows_release(&rows);
	return failed;
}

static int write_document(const struct jz_convert *how, struct jz_node *root, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;

	if (how->to == JZ_FORMAT_YAML) {
		jz_yaml_write(root, &out);
	} else {
		jz_json_write(root, 2, &out);
		jz_buf_addc(&out, '\n');
	}
	return how->write(how->write_data, out.data, out.len, err);
}

int jz_convert(const struct jz_convert *how, const char *text, size_t len, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = NULL;
	struct jz_node *root;
	int failed;

	if (how->from == JZ_FORMAT_CSV || how->from == JZ_FORMAT_NDJSON) {
		failed = convert_rows(how, text, len, true, err);
		return failed ? failed : convert_rows(how, text, len, false, err);
	}
	arena = jz_arena_new();
	failed = how->from == JZ_FORMAT_YAML ? jz_yaml_read(arena, text, len, &root, err)
					     : jz_json_read(arena, text, len, &root, err);
	if (failed)
		return failed;
	if (how->from == JZ_FORMAT_YAML && how->type)
		how->type(how->type_data, root);
	else if (how->from == JZ_FORMAT_YAML && how->to != JZ_FORMAT_YAML)
		jz_node_type_core(root);
	if (how->to == JZ_FORMAT_YAML || how->to == JZ_FORMAT_JSON)
		return write_document(how, root, err);
	failed = write_rows(how, root, true, err);
	return failed ? failed : write_rows(how, root, false, err);
}

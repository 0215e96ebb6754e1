#include "lib/model/template.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/model/label.h"

#define COLUMNS 96
#define STEP	2

struct writer {
	struct jz_codes *codes;
	struct jz_buf *out;
};

static void indent(struct writer *w, int depth)
{
	for (int i = 0; i < depth * STEP; i++)
		jz_buf_addc(w->out, ' ');
}

/* Codes with their labels, as many in a comment line as fit. */
struct code_line {
	struct writer *w;
	int depth;
	size_t width; /* 0: no line is begun */
};

static void add_code(struct code_line *line, const char *code, const char *label)
{
	size_t width = strlen(code) + 1 + (label ? jz_utf8_width(label, strlen(label)) : 0);

	if (line->width && line->width + 3 + width > COLUMNS) {
		jz_buf_addc(line->w->out, '\n');
		line->width = 0;
	}
	if (line->width) {
		jz_buf_adds(line->w->out, " | ");
		line->width += 3;
	} else {
		indent(line->w, line->depth);
		jz_buf_adds(line->w->out, "#   ");
		line->width = (size_t)(line->depth * STEP) + 4;
	}
	jz_buf_adds(line->w->out, code);
	if (label)
		jz_buf_addf(line->w->out, " %s", label);
	line->width += width;
}

static void write_codes(struct writer *w, const struct jz_shape *shape, int depth)
{
	struct code_line line = {w, depth, 0};
	char table[64];

	if (jz_shape_table(shape, table, sizeof(table))) {
		const struct jz_node *rows = jz_codes_rows(w->codes, table);

		for (size_t i = 0; i < jz_seq_len(rows); i++) {
			const struct jz_node *row = jz_seq_get(rows, i);

			if (jz_code_valid(row, jz_today()))
				add_code(&line, jz_map_text(row, "code"), jz_label_text(row));
		}
	} else {
		const struct jz_node *words = jz_shape_word(shape, "enum");
		const struct jz_node *labels = jz_shape_word(shape, "x-labels");

		for (size_t i = 0; i < jz_seq_len(words); i++) {
			const char *word = jz_node_text(jz_seq_get(words, i));

			add_code(&line, word, jz_label_text(jz_map_get(labels, word)));
		}
	}
	if (line.width)
		jz_buf_addc(w->out, '\n');
}

static void write_comment(struct writer *w, const struct jz_shape *shape, const char *key,
			  bool required, int depth)
{
	const char *title = jz_shape_title(shape), *clause = jz_shape_clause(shape);
	const char *more = jz_shape_description(shape);

	indent(w, depth);
	jz_buf_addf(w->out, "# %s", title ? title : key);
	if (required)
		jz_buf_addf(w->out, " %s", _("(required)"));
	if (clause)
		jz_buf_addf(w->out, " [%s]", clause);
	if (more)
		jz_buf_addf(w->out, ": %s", more);
	jz_buf_addc(w->out, '\n');
}

static void write_map(struct writer *w, const struct jz_shape *shape, const char *const *only,
		      int depth);

static void write_field(struct writer *w, const struct jz_shape *shape, const char *key, int depth)
{
	unsigned type = jz_shape_type(shape);
	struct jz_shape item;

	if (type == JZ_TYPE_OBJECT && !jz_shape_count(shape)) {
		jz_buf_addf(w->out, "%s: {}\n", key);
	} else if (type == JZ_TYPE_OBJECT) {
		jz_buf_addf(w->out, "%s:\n", key);
		write_map(w, shape, NULL, depth + 1);
	} else if (type == JZ_TYPE_ARRAY && jz_shape_has_ids(shape)) {
		jz_shape_items(shape, &item);
		jz_buf_addf(w->out, "%s:\n", key);
		indent(w, depth + 1);
		jz_buf_adds(w->out, "-\n");
		write_map(w, &item, NULL, depth + 2);
	} else {
		jz_buf_addf(w->out, type == JZ_TYPE_ARRAY ? "%s: []\n" : "%s:\n", key);
	}
}

/* What the program writes itself. */
static bool is_own(const char *key)
{
	return jz_eq(key, "id") || jz_eq(key, "format") || jz_eq(key, "revision");
}

static bool is_wanted(const char *const *only, const char *key)
{
	if (!only)
		return true;
	for (; *only; only++)
		if (jz_eq(*only, key))
			return true;
	return false;
}

static void write_map(struct writer *w, const struct jz_shape *shape, const char *const *only,
		      int depth)
{
	for (size_t i = 0; i < jz_shape_count(shape); i++) {
		const char *key = jz_shape_name(shape, i);
		struct jz_shape below, item;

		if (is_own(key) || !is_wanted(only, key))
			continue;
		jz_shape_key(shape, key, strlen(key), &below);
		write_comment(w, &below, key, jz_shape_required(shape, key), depth);
		if (jz_shape_items(&below, &item) && item.schema)
			write_codes(w, &item, depth);
		else
			write_codes(w, &below, depth);
		indent(w, depth);
		write_field(w, &below, key, depth);
	}
}

void jz_template_write(const struct jz_shape *shape, struct jz_codes *codes,
		       const char *const *only, struct jz_buf *out)
{
	struct writer w = {codes, out};

	write_map(&w, shape, only, 0);
}

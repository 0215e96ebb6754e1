#include "cmd/changes.h"

#include <string.h>

#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/model/display.h"
#include "lib/port/csv.h"
#include "lib/port/json.h"

#define VALUE_COLUMNS 60

const char *const jz_text_json_csv[] = {"text", "json", "csv", NULL};

enum jz_change_form jz_change_form(const char *word)
{
	return !strcmp(word, "json")  ? JZ_CHANGES_JSON
	       : !strcmp(word, "csv") ? JZ_CHANGES_CSV
				      : JZ_CHANGES_TEXT;
}

void jz_changes_init(struct jz_changes *changes, const char *kind, struct jz_codes *codes,
		     enum jz_change_form form)
{
	*changes = (struct jz_changes){.codes = codes, .form = form};
	if (jz_shape_open(kind, &changes->shape, NULL))
		changes->shape.schema = NULL;
}

/* ---- one field ---- */

static struct jz_shape shape_of(const struct jz_changes *changes, const char *path)
{
	struct jz_shape found = {NULL, NULL};

	if (!changes->shape.schema || !jz_shape_at(&changes->shape, path, &found))
		found.schema = NULL;
	return found;
}

void jz_change_path(const struct jz_changes *changes, const char *path, struct jz_buf *out)
{
	struct jz_shape shape = shape_of(changes, path);
	const char *title = shape.schema ? jz_shape_title(&shape) : NULL;

	jz_buf_adds(out, path);
	if (title)
		jz_buf_addf(out, " (%s)", title);
}

void jz_change_value(const struct jz_changes *changes, const char *path,
		     const struct jz_node *value, struct jz_buf *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_shape shape = shape_of(changes, path);
	size_t fit;

	if (!jz_is_flat(value)) {
		jz_buf_addf(out, P_("(%u part)", "(%u parts)", value->len), value->len);
		return;
	}
	jz_display(&shape, changes->codes, value, &text);
	jz_buf_truncate(&text, jz_utf8_tame(text.data, text.len, false));
	fit = jz_utf8_fit(text.data, text.len, VALUE_COLUMNS);
	jz_buf_add(out, text.data, fit);
	if (fit < text.len)
		jz_buf_adds(out, "…");
}

void jz_change_cell(const struct jz_node *value, struct jz_buf *out)
{
	if (!value)
		return;
	if (jz_node_text(value))
		jz_buf_add(out, value->text, value->len);
	else
		jz_json_write(value, 0, out);
}

void jz_csv_row(const char *const *cells)
{
	jz_cleanup(jz_buf_release) struct jz_buf row = JZ_BUF_INIT;

	for (size_t i = 0; cells[i]; i++)
		jz_csv_write(cells[i], strlen(cells[i]), !i, &row);
	jz_csv_end_row(&row);
	fwrite(row.data, 1, row.len, stdout);
}

/* ---- one difference ---- */

static const char *const words[] = {"added", "removed", "changed"};

static void add_json(struct jz_changes *changes, const struct jz_diff *diff)
{
	struct jz_arena *arena = changes->arena;
	struct jz_node *node = jz_node_map(arena);

	jz_map_set(arena, node, "path", jz_node_string(arena, diff->path));
	jz_map_set(arena, node, "change", jz_node_string(arena, words[diff->kind]));
	if (changes->values && diff->before)
		jz_map_set(arena, node, "before", jz_node_clone(arena, diff->before));
	if (changes->values && diff->after)
		jz_map_set(arena, node, "after", jz_node_clone(arena, diff->after));
	jz_seq_push(arena, changes->list, node);
}

static void print_csv(const struct jz_changes *changes, const struct jz_diff *diff)
{
	jz_cleanup(jz_buf_release) struct jz_buf before = JZ_BUF_INIT, after = JZ_BUF_INIT;
	const char *row[16] = {NULL};
	size_t count = 0;

	for (size_t i = 0; changes->cells && changes->cells[i]; i++)
		row[count++] = changes->cells[i];
	row[count++] = diff->path;
	row[count++] = words[diff->kind];
	if (changes->values) {
		jz_change_cell(diff->before, &before);
		jz_change_cell(diff->after, &after);
		row[count++] = before.data;
		row[count++] = after.data;
	}
	jz_csv_row(row);
}

static void print_text(const struct jz_changes *changes, const struct jz_diff *diff)
{
	jz_cleanup(jz_buf_release) struct jz_buf line = JZ_BUF_INIT;

	jz_buf_addf(&line, "%c ", "+-~"[diff->kind]);
	jz_change_path(changes, diff->path, &line);
	if (changes->values) {
		jz_buf_adds(&line, ": ");
		if (diff->before)
			jz_change_value(changes, diff->path, diff->before, &line);
		if (diff->kind == JZ_DIFF_CHANGED)
			jz_buf_adds(&line, " → ");
		if (diff->after)
			jz_change_value(changes, diff->path, diff->after, &line);
	}
	jz_say(stdout, "%*s%s\n", changes->indent, "", line.data);
}

/* One path is the other, or lies below it. */
static bool related(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (!*a && (!*b || *b == '.' || *b == '[')) || (!*b && (*a == '.' || *a == '['));
}

static bool left_out(const struct jz_changes *changes, const char *path)
{
	for (size_t i = 0; changes->but && i < changes->but->len; i++)
		if (related(changes->but->items[i], path))
			return false;
	return changes->but != NULL;
}

static void print_one(void *data, const struct jz_diff *diff)
{
	struct jz_changes *changes = data;

	if (left_out(changes, diff->path))
		return;
	changes->count++;
	if (changes->form == JZ_CHANGES_JSON)
		add_json(changes, diff);
	else if (changes->form == JZ_CHANGES_CSV)
		print_csv(changes, diff);
	else
		print_text(changes, diff);
}

/* ---- whole records ---- */

void jz_changes_print(struct jz_changes *changes, const struct jz_node *before,
		      const struct jz_node *after)
{
	changes->count = 0;
	changes->but = NULL;
	jz_diff(before, after, print_one, changes);
}

static void add_path(void *data, const struct jz_diff *diff)
{
	jz_strs_add(data, diff->path);
}

/* Keeps what both sides differ in, by the finer of two paths. */
static void narrow(struct jz_strs *paths, const struct jz_strs *to)
{
	struct jz_strs kept = JZ_STRS_INIT;

	for (size_t i = 0; i < paths->len; i++)
		for (size_t k = 0; k < to->len; k++)
			if (related(paths->items[i], to->items[k]))
				jz_strs_add(&kept, strlen(paths->items[i]) > strlen(to->items[k])
							   ? paths->items[i]
							   : to->items[k]);
	jz_strs_sort(&kept);
	jz_strs_uniq(&kept);
	jz_strs_release(paths);
	*paths = kept;
}

void jz_changes_print_merge(struct jz_changes *changes, const struct jz_node *const *sides,
			    size_t count, const struct jz_node *after)
{
	jz_cleanup(jz_strs_release) struct jz_strs paths = JZ_STRS_INIT;

	jz_diff(sides[0], after, add_path, &paths);
	for (size_t i = 1; i < count; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs others = JZ_STRS_INIT;

		jz_diff(sides[i], after, add_path, &others);
		narrow(&paths, &others);
	}
	changes->count = 0;
	changes->but = &paths;
	jz_diff(sides[0], after, print_one, changes);
	changes->but = NULL;
}

int jz_revisions_unread(const char *id, size_t scanned, const struct jz_strs *commits,
			const struct jz_strs *reasons, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf names = JZ_BUF_INIT;

	if (!commits->len)
		return 0;
	for (size_t i = 0; i < commits->len; i++) {
		bool last =
			i + 1 == commits->len || strcmp(reasons->items[i], reasons->items[i + 1]);

		jz_buf_addf(&names, "%s%.10s", names.len ? ", " : "", commits->items[i]);
		if (!last)
			continue;
		jz_warn(_("%s at %s cannot be read: %s"), id, names.data, reasons->items[i]);
		jz_buf_clear(&names);
	}
	jz_warn(_("scanned %zu, unreadable %zu"), scanned, commits->len);
	return jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

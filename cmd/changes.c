#include "cmd/changes.h"

#include <string.h>

#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/utf8.h"
#include "lib/model/display.h"

#define VALUE_COLUMNS 60

static struct jz_shape shape_of(const struct jz_changes *changes, const char *path)
{
	struct jz_shape found = {NULL, NULL};

	if (!changes->shape.schema || !jz_shape_at(&changes->shape, path, &found))
		found.schema = NULL;
	return found;
}

void jz_change_value(struct jz_changes *changes, const char *path, const struct jz_node *value,
		     struct jz_buf *out)
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

static void add_json(struct jz_changes *changes, const struct jz_diff *diff)
{
	static const char *const words[] = {"added", "removed", "changed"};
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

static void print_one(void *data, const struct jz_diff *diff)
{
	struct jz_changes *changes = data;
	struct jz_shape shape = shape_of(changes, diff->path);
	const char *title = shape.schema ? jz_shape_title(&shape) : NULL;
	jz_cleanup(jz_buf_release) struct jz_buf line = JZ_BUF_INIT;
	const char sign = "+-~"[diff->kind];

	changes->count++;
	if (changes->json) {
		add_json(changes, diff);
		return;
	}
	jz_buf_addf(&line, "%c %s", sign, diff->path);
	if (title)
		jz_buf_addf(&line, " (%s)", title);
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

void jz_changes_print(struct jz_changes *changes, const struct jz_node *before,
		      const struct jz_node *after)
{
	jz_diff(before, after, print_one, changes);
}

#include "lib/store/blame.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/model/diff.h"

void jz_blame_release(struct jz_blame *blame)
{
	for (size_t i = 0; i < blame->len; i++)
		free(blame->lines[i].path);
	free(blame->lines);
	jz_strs_release(&blame->unread);
	jz_strs_release(&blame->reasons);
	jz_record_free(blame->newest);
}

/* True if path is prefix, or lies below it. */
static bool below(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	return !len || (!strncmp(path, prefix, len) &&
			(!path[len] || path[len] == '.' || path[len] == '['));
}

static void add_line(void *data, const char *path, const struct jz_node *leaf)
{
	struct jz_blame *blame = data;

	if (!below(path, blame->prefix))
		return;
	if (blame->len == blame->cap) {
		blame->cap = blame->cap ? blame->cap * 2 : 64;
		blame->lines = jz_xrealloc(blame->lines, blame->cap * sizeof(*blame->lines));
	}
	blame->lines[blame->len++] = (struct jz_blame_line){.path = jz_xstrdup(path),
							    .value = leaf,
							    .version = blame->history->items,
							    .certain = true};
}

static bool has_it(const struct jz_record *record, const struct jz_blame_line *line)
{
	const struct jz_node *value = record ? jz_node_at(record->root, line->path) : NULL;

	return value && jz_node_equal(value, line->value);
}

/* Hands a line on to a version before, or settles it. */
static void pass_on(struct jz_blame *blame, struct jz_blame_line *line, const struct jz_step *step)
{
	const struct jz_version *version = step->version;

	for (size_t k = 0; k < version->parent_count; k++) {
		if (!has_it(step->before[k], line))
			continue;
		line->at = version->parents[k];
		line->version = &blame->history->items[line->at];
		return;
	}
	for (size_t k = 0; k < version->parent_count; k++) {
		if (!step->before_failed[k])
			continue;
		line->at = version->parents[k];
		return;
	}
	line->certain = line->version == version;
	line->settled = true;
	blame->open--;
}

static int look(void *data, struct jz_step *step)
{
	struct jz_blame *blame = data;
	size_t index = (size_t)(step->version - blame->history->items);

	blame->scanned++;
	if (step->failure) {
		blame->unreadable++;
		jz_strs_add(&blame->unread, step->version->commit);
		jz_strs_add(&blame->reasons, step->failure->message);
	}
	if (!blame->newest && !step->record) {
		if (step->failure)
			blame->failure = *step->failure;
		return 1;
	}
	if (!blame->newest) {
		blame->newest = jz_steal(step->record);
		jz_leaves(blame->newest->root, add_line, blame);
		blame->open = blame->len;
	}
	for (size_t i = 0; i < blame->len; i++) {
		struct jz_blame_line *line = &blame->lines[i];

		if (!line->settled && line->at == index)
			pass_on(blame, line, step);
	}
	return !blame->open;
}

int jz_blame(struct jz_snapshot *snapshot, const struct jz_entry *entry,
	     const struct jz_history *history, const char *prefix, struct jz_blame *out,
	     struct jz_err *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->history = history;
	out->prefix = prefix;
	rc = jz_history_each(snapshot, entry, history, look, out, err);
	if (rc < 0)
		return rc;
	if (out->failure.code && err)
		*err = out->failure;
	return out->failure.code;
}

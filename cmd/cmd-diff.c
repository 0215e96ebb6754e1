#include <stdio.h>
#include <string.h>

#include "cmd/changes.h"
#include "cmd/command.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/model/policy.h"
#include "lib/port/json.h"
#include "lib/store/store.h"

static const char *arg_format = "text", *arg_case;
static bool arg_fields;

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "case",
	 .dest = &arg_case,
	 .metavar = N_("CASE"),
	 .help = N_("only this case"),
	 .complete = JZ_COMPLETE_CASE},
	{.kind = JZ_OPT_FLAG,
	 .long_name = "fields",
	 .dest = &arg_fields,
	 .help = N_("name the fields only, without their values")},
	JZ_FORMAT_OPT(&arg_format, jz_text_or_json,
		      N_("text, or json: one object a record and line")),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("REV|DATE"),
	 .help = N_("the commit before, or the last one of this day"),
	 .complete = JZ_COMPLETE_REV},
	{.metavar = N_("REV|DATE"),
	 .help = N_("the commit after; without it, the present one"),
	 .complete = JZ_COMPLETE_REV,
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Shows how the records differ between two commits, field by field. Items of a list are "
	   "told by their id, so an item that was added in the middle is one line."),
	N_("A record that you cannot read is named and counted, and the exit status is 1."),
	NULL,
};

static const char *const examples[] = {
	"jzbf diff HEAD~1",
	N_("what the last commit changed"),
	"jzbf diff 2026-06-30 2026-09-30 --case LS-2026-0001",
	N_("what happened to one case in a quarter"),
	NULL,
};

/* A record on either side of the comparison; a merge of both listings by path. */
struct side {
	struct jz_snapshot *snapshot;
	struct jz_entry *entries;
	size_t count;
};

static void side_release(struct side *side)
{
	jz_snapshot_free(side->snapshot);
	free(side->entries);
}

static int open_side(struct jz_ctx *ctx, const char *at, struct side *side, struct jz_err *err)
{
	int failed = jz_snapshot_open(ctx->store, at, &side->snapshot, err);

	if (!failed)
		failed = jz_snapshot_entries(side->snapshot, NULL, &side->entries, &side->count,
					     err);
	return failed;
}

struct comparing {
	struct jz_ctx *ctx;
	size_t compared, unreadable;
};

/* Reads a record of one side; NULL entry: not there. */
static int read_side(struct comparing *comparing, struct side *side, const struct jz_entry *entry,
		     struct jz_record **out)
{
	struct jz_err err = JZ_ERR_INIT;

	*out = NULL;
	if (!entry || !jz_record_read(side->snapshot, entry, out, &err))
		return 0;
	jz_warn(_("%s cannot be read: %s"), entry->id, err.message);
	comparing->unreadable++;
	return err.code;
}

static void print_json(struct jz_arena *arena, const struct jz_entry *entry, struct jz_node *list)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_node *root = jz_node_map(arena);

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/diff/1"));
	jz_map_set(arena, root, "kind", jz_node_string(arena, entry->kind));
	jz_map_set(arena, root, "id", jz_node_string(arena, entry->id));
	jz_map_set(arena, root, "changes", list);
	jz_json_write(root, 0, &out);
	jz_buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
}

static void compare(struct comparing *comparing, struct side *old, const struct jz_entry *before,
		    struct side *new, const struct jz_entry *after)
{
	jz_cleanup(jz_record_free_p) struct jz_record *was = NULL;
	jz_cleanup(jz_record_free_p) struct jz_record *is = NULL;
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_entry *entry = after ? after : before;
	struct jz_changes changes = {.codes = jz_policy_codes(jz_snapshot_policy(new->snapshot)),
				     .values = !arg_fields,
				     .json = !strcmp(arg_format, "json"),
				     .indent = 2,
				     .arena = arena,
				     .list = jz_node_seq(arena)};

	comparing->compared++;
	if (read_side(comparing, old, before, &was) || read_side(comparing, new, after, &is))
		return;
	if (jz_shape_open(entry->kind, &changes.shape, NULL))
		changes.shape.schema = NULL;
	if (!changes.json)
		jz_say(stdout, "%c %s %s\n",
		       !before	? '+'
		       : !after ? '-'
				: '~',
		       entry->kind, entry->id);
	jz_changes_print(&changes, was ? was->root : NULL, is ? is->root : NULL);
	if (changes.json)
		print_json(arena, entry, changes.list);
}

static bool wanted(const struct jz_entry *entry, const char *id)
{
	return !id || !strcmp(entry->id, id);
}

/* By path; NULL is behind everything. */
static int order(const struct jz_entry *a, const struct jz_entry *b)
{
	if (!a || !b)
		return a ? -1 : b ? 1 : 0;
	return strcmp(a->id, b->id) ? strcmp(a->id, b->id) : strcmp(a->path, b->path);
}

static void compare_all(struct comparing *comparing, struct side *old, struct side *new,
			const char *id)
{
	size_t i = 0, j = 0;

	while (i < old->count || j < new->count) {
		const struct jz_entry *before = i < old->count ? &old->entries[i] : NULL;
		const struct jz_entry *after = j < new->count ? &new->entries[j] : NULL;
		int sign = order(before, after);

		if (sign > 0)
			before = NULL;
		if (sign < 0)
			after = NULL;
		i += before != NULL;
		j += after != NULL;
		if (!wanted(before ? before : after, id) ||
		    (before && after && !strcmp(before->blob, after->blob)))
			continue;
		compare(comparing, old, before, new, after);
	}
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(side_release) struct side old = {NULL, NULL, 0};
	jz_cleanup(side_release) struct side new = {NULL, NULL, 0};
	struct comparing comparing = {.ctx = ctx};
	struct jz_entry entry;
	int failed = open_side(ctx, argv[1], &old, err);

	if (!failed)
		failed = open_side(ctx, argc > 2 ? argv[2] : NULL, &new, err);
	if (!failed && arg_case && jz_snapshot_find(new.snapshot, "case", arg_case, &entry, NULL))
		failed = jz_snapshot_find(old.snapshot, "case", arg_case, &entry, err);
	if (failed)
		return failed;
	compare_all(&comparing, &old, &new, arg_case ? entry.id : NULL);
	if (!comparing.unreadable)
		return 0;
	jz_warn(_("scanned %zu, unreadable %zu"), comparing.compared, comparing.unreadable);
	return jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

const struct jz_command jz_cmd_diff = {
	.name = "diff",
	.group = "history",
	.summary = N_("show how records differ between two commits"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

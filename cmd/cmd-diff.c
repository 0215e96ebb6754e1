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
static bool arg_fields, arg_ids, arg_zero;

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "case",
	 .dest = &arg_case,
	 .metavar = N_("CASE"),
	 .help = N_("only this case"),
	 .complete = JZ_COMPLETE_CASE},
	JZ_FLAG_OPT(&arg_fields, "fields", N_("name the fields only, without their values")),
	JZ_FLAG_OPT(&arg_ids, "ids",
		    N_("print only the ids of what differs, one a line; nothing is decrypted")),
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'z',
	 .long_name = "null",
	 .dest = &arg_zero,
	 .help = N_("print ids only, each ended by a NUL")},
	JZ_FORMAT_OPT(&arg_format, jz_text_json_csv,
		      N_("text, json: one object a record and line, or csv: one row a field")),
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
	N_("A record that should be readable and is not is named and counted, and the exit status "
	   "is 1. Records that are for others to read are only counted, in a note."),
	NULL,
};

static const char *const examples[] = {
	"jzbf diff HEAD~1",
	N_("what the last commit changed"),
	"jzbf diff 2026-06-30 2026-09-30 --case LS-2026-0001",
	N_("what happened to one case in a quarter"),
	"jzbf diff 2026-09-30 -z | xargs -0 -n 1 jzbf check",
	N_("check what was changed since a day"),
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

/* What differs, as pairs of places in one list of entries to read. */
struct pair {
	const struct jz_entry *before; /* NULL: not there */
	const struct jz_entry *after;
};

struct comparing {
	struct jz_codes *codes;
	const struct pair *pairs;
	size_t next;	       /* pair that is being read */
	struct jz_record *was; /* its side before, once read */
	bool failed, foreign;  /* of the pair */
	size_t unreadable, foreigners;
};

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

static char sign_of(const struct pair *pair)
{
	return !pair->before ? '+' : !pair->after ? '-' : '~';
}

static void print_pair(const struct comparing *comparing, const struct pair *pair,
		       const struct jz_record *was, const struct jz_record *is)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_entry *entry = pair->after ? pair->after : pair->before;
	const char *cells[] = {entry->kind, entry->id, NULL};
	struct jz_changes changes;

	jz_changes_init(&changes, entry->kind, comparing->codes, jz_change_form(arg_format));
	changes.values = !arg_fields;
	changes.indent = 2;
	changes.arena = arena;
	changes.list = jz_node_seq(arena);
	changes.cells = cells;
	if (changes.form == JZ_CHANGES_TEXT)
		jz_say(stdout, "%c %s %s\n", sign_of(pair), entry->kind, entry->id);
	jz_changes_print(&changes, was ? was->root : NULL, is ? is->root : NULL);
	if (changes.form == JZ_CHANGES_JSON)
		print_json(arena, entry, changes.list);
	else if (changes.form == JZ_CHANGES_TEXT && !changes.count)
		jz_say(stdout, "  %s\n", _("(no field: encrypted anew, or comments or order only)"));
}

/* What cannot be read although it should is named; what is for others to read is counted. */
static void note_failure(struct comparing *comparing, const struct jz_entry *entry,
			 const struct jz_err *failure)
{
	bool first = !comparing->failed && !comparing->foreign;

	if (failure->foreign) {
		comparing->foreigners += first;
		comparing->foreign = true;
		return;
	}
	jz_warn(_("%s cannot be read: %s"), entry->id, failure->message);
	comparing->unreadable += !comparing->failed;
	comparing->failed = true;
}

static int one_side(void *data, const struct jz_entry *entry, struct jz_record **record,
		    const struct jz_err *failure)
{
	struct comparing *comparing = data;
	const struct pair *pair = &comparing->pairs[comparing->next];
	bool last = !pair->after || !strcmp(entry->blob, pair->after->blob);

	if (failure)
		note_failure(comparing, entry, failure);
	if (!last) {
		comparing->was = jz_steal(*record);
		return 0;
	}
	if (!comparing->failed && !comparing->foreign)
		print_pair(comparing, pair, pair->after ? comparing->was : *record,
			   pair->after ? *record : NULL);
	jz_record_free(jz_steal(comparing->was));
	comparing->failed = comparing->foreign = false;
	comparing->next++;
	return 0;
}

static bool wanted(const struct jz_entry *entry, const char *id)
{
	return !id || !strcmp(entry->id, id);
}

/* As jz_snapshot_entries() sorts; NULL is behind everything. */
static int order(const struct jz_entry *a, const struct jz_entry *b)
{
	int sign;

	if (!a || !b)
		return a ? -1 : b ? 1 : 0;
	sign = strverscmp(a->id, b->id);
	if (!sign)
		sign = strcmp(a->kind, b->kind);
	return sign ? sign : strcmp(a->path, b->path);
}

/* The records that differ, both listings merged by path. */
static size_t pair_up(const struct side *old, const struct side *new, const char *id,
		      struct pair *out)
{
	size_t i = 0, j = 0, count = 0;

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
		if (wanted(before ? before : after, id) &&
		    !(before && after && !strcmp(before->blob, after->blob)))
			out[count++] = (struct pair){before, after};
	}
	return count;
}

static void list_ids(const struct pair *pairs, size_t count)
{
	const char *last = "";

	for (size_t i = 0; i < count; i++) {
		const struct jz_entry *entry = pairs[i].after ? pairs[i].after : pairs[i].before;

		if (strcmp(entry->id, last))
			printf("%s%c", entry->id, arg_zero ? '\0' : '\n');
		last = entry->id;
	}
}

static int compare(struct jz_ctx *ctx, struct side *new, const struct pair *pairs, size_t count,
		   struct jz_err *err)
{
	jz_autofree struct jz_entry *entries = jz_xcalloc(count * 2, sizeof(*entries));
	struct comparing comparing = {.codes = jz_policy_codes(jz_snapshot_policy(new->snapshot)),
				      .pairs = pairs};
	static const char *const head[] = {"kind", "id", "path", "change", "before", "after", NULL};
	static const char *const names[] = {"kind", "id", "path", "change", NULL};
	size_t sides = 0;
	int failed;

	for (size_t i = 0; i < count; i++) {
		if (pairs[i].before)
			entries[sides++] = *pairs[i].before;
		if (pairs[i].after)
			entries[sides++] = *pairs[i].after;
	}
	if (jz_change_form(arg_format) == JZ_CHANGES_CSV)
		jz_csv_row(arg_fields ? names : head);
	failed = jz_records_each(new->snapshot, entries, sides, one_side, &comparing, NULL, err);
	jz_record_free(comparing.was);
	if (failed)
		return failed;
	if (comparing.foreigners)
		jz_note(ctx, _("%zu of %zu records are not for you to read"), comparing.foreigners,
			count);
	if (!comparing.unreadable)
		return 0;
	jz_warn(_("scanned %zu, unreadable %zu"), count, comparing.unreadable);
	return jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(side_release) struct side old = {NULL, NULL, 0};
	jz_cleanup(side_release) struct side new = {NULL, NULL, 0};
	jz_autofree struct pair *pairs = NULL;
	struct jz_entry entry;
	size_t count;
	int failed = open_side(ctx, argv[1], &old, err);

	if (!failed)
		failed = open_side(ctx, argc > 2 ? argv[2] : NULL, &new, err);
	if (!failed && arg_case && jz_snapshot_find(new.snapshot, "case", arg_case, &entry, NULL))
		failed = jz_snapshot_find(old.snapshot, "case", arg_case, &entry, err);
	if (failed)
		return failed;
	pairs = jz_xcalloc(old.count + new.count, sizeof(*pairs));
	count = pair_up(&old, &new, arg_case ? entry.id : NULL, pairs);
	if (!arg_ids && !arg_zero)
		return compare(ctx, &new, pairs, count, err);
	list_ids(pairs, count);
	return 0;
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

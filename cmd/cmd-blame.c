#include <stdio.h>
#include <string.h>

#include "cmd/changes.h"
#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/model/policy.h"
#include "lib/port/json.h"
#include "lib/store/blame.h"
#include "lib/store/history.h"
#include "lib/store/store.h"

static const char *arg_at, *arg_format = "text";
static bool arg_psych;

static const struct jz_opt opts[] = {
	JZ_FLAG_OPT(&arg_psych, "psych", N_("the psych file of the case (clause 7.5.2)")),
	JZ_FORMAT_OPT(&arg_format, jz_text_json_csv,
		      N_("text, json: one object a field and line, or csv: one row a field")),
	JZ_AT_OPT(&arg_at),
	{0},
};

static const struct jz_arg args[] = {
	JZ_CASE_ARG,
	{.metavar = N_("PATH"),
	 .help = N_("only this field, or the fields below it: person, services[a7k2m9q4]"),
	 .complete = JZ_COMPLETE_PATH,
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Says of each field of a case which commit gave it the value that it has, by whom and "
	   "on which day. Each revision is decrypted once. What came in by a merge is told from "
	   "the side that wrote it, not from the merge."),
	N_("A revision that cannot be read is named and counted, and the exit status is 1. Fields "
	   "that it may have changed are marked with a question mark behind the commit that had "
	   "them next ('certain' is false in JSON and CSV)."),
	NULL,
};

static const char *const examples[] = {
	"jzbf blame LS-2026-0001 person.phone",
	N_("who wrote this telephone number, and when"),
	NULL,
};

/* The commit is marked where the field may come from a revision that could not be read. */
static void print_line(const struct jz_changes *changes, const struct jz_blame_line *line)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	char when[26];

	jz_time_format(line->version->time, line->version->offset, when);
	jz_change_path(changes, line->path, &text);
	jz_buf_adds(&text, ": ");
	jz_change_value(changes, line->path, line->value, &text);
	jz_say(stdout, "%.10s%s %.10s %s %s\n", line->version->commit, line->certain ? "" : "?",
	       when, line->version->person, text.data);
}

static void print_json(const struct jz_blame_line *line)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_node *root = jz_node_map(arena);
	char when[26];

	jz_time_format(line->version->time, line->version->offset, when);
	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/blame/1"));
	jz_map_set(arena, root, "path", jz_node_string(arena, line->path));
	jz_map_set(arena, root, "commit", jz_node_string(arena, line->version->commit));
	jz_map_set(arena, root, "time", jz_node_string(arena, when));
	jz_map_set(arena, root, "person", jz_node_string(arena, line->version->person));
	jz_map_set(arena, root, "certain", jz_node_bool(arena, line->certain));
	jz_map_set(arena, root, "value", jz_node_clone(arena, line->value));
	jz_json_write(root, 0, &out);
	jz_buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
}

static void print_csv(const struct jz_blame_line *line)
{
	jz_cleanup(jz_buf_release) struct jz_buf value = JZ_BUF_INIT;
	char when[26];
	const char *cells[] = {line->path,
			       line->version->commit,
			       when,
			       line->version->person,
			       line->certain ? "true" : "false",
			       NULL,
			       NULL};

	jz_time_format(line->version->time, line->version->offset, when);
	jz_change_cell(line->value, &value);
	cells[5] = value.len ? value.data : "";
	jz_csv_row(cells);
}

static void print(const struct jz_blame *blame, const struct jz_changes *changes)
{
	static const char *const head[] = {"path",    "commit", "time", "person",
					   "certain", "value",	NULL};

	if (changes->form == JZ_CHANGES_CSV)
		jz_csv_row(head);
	for (size_t i = 0; i < blame->len; i++) {
		if (changes->form == JZ_CHANGES_JSON)
			print_json(&blame->lines[i]);
		else if (changes->form == JZ_CHANGES_CSV)
			print_csv(&blame->lines[i]);
		else
			print_line(changes, &blame->lines[i]);
	}
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_history_release) struct jz_history history = JZ_HISTORY_INIT;
	jz_cleanup(jz_blame_release) struct jz_blame blame = {.prefix = ""};
	const char *prefix = argc > 2 ? argv[2] : "";
	struct jz_changes changes;
	struct jz_entry entry;
	int failed = jz_look_record(ctx, arg_at, arg_psych, argv[1], &snapshot, &entry, err);

	if (!failed)
		failed = jz_history_read(snapshot, &entry, &history, err);
	if (!failed)
		failed = jz_blame(snapshot, &entry, &history, prefix, &blame, err);
	if (failed)
		return failed;
	if (!blame.len)
		return jz_fail(err, JZ_E_FINDINGS, _("%s has no '%s'"), entry.id, prefix);
	jz_changes_init(&changes, entry.kind, jz_policy_codes(jz_snapshot_policy(snapshot)),
			jz_change_form(arg_format));
	print(&blame, &changes);
	return jz_revisions_unread(entry.id, blame.scanned, &blame.unread, &blame.reasons, err);
}

const struct jz_command jz_cmd_blame = {
	.name = "blame",
	.group = "history",
	.summary = N_("say of each field of a case who wrote it and when"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

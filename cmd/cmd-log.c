#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/log-fields.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/node.h"
#include "lib/base/str.h"
#include "lib/port/git.h"
#include "lib/port/json.h"
#include "lib/store/store.h"

static const char *arg_at, *arg_format = "text";
static long arg_count;
static bool arg_fields, arg_values, arg_psych;

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_INT,
	 .short_name = 'n',
	 .long_name = "count",
	 .dest = &arg_count,
	 .metavar = N_("N"),
	 .help = N_("stop after so many commits"),
	 .min = 1,
	 .max = 1000000000},
	JZ_FLAG_OPT(&arg_fields, "fields",
		    N_("of one case: name the fields that each commit changed; you must be able "
		       "to read it")),
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'p',
	 .long_name = "values",
	 .dest = &arg_values,
	 .help = N_("of one case: the fields with their old and new values")},
	JZ_FLAG_OPT(&arg_psych, "psych", N_("of the psych file of the case (clause 7.5.2)")),
	JZ_FORMAT_OPT(&arg_format, jz_text_json_csv,
		      N_("text, json: one object a line, or csv: one row a record or field")),
	{.kind = JZ_OPT_STRING,
	 .long_name = "at",
	 .dest = &arg_at,
	 .metavar = N_("REV|DATE"),
	 .help = N_("begin at this commit, or at the last one of this day"),
	 .complete = JZ_COMPLETE_REV},
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("CASE"),
	 .help = N_("only the commits that changed this case"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Lists who changed which record when, newest first. Without --fields and --values it "
	   "decrypts nothing, so an auditor can run it."),
	N_("With --fields or --values each revision is held against the one that it was made "
	   "from. Of a merge only that is shown which neither side had. A revision that cannot be "
	   "read is named and counted, and the exit status is 1."),
	NULL,
};

static const char *const examples[] = {
	"jzbf log LS-2026-0001",
	N_("the history of one case"),
	"jzbf log LS-2026-0001 --values",
	N_("the same with what was changed"),
	"jzbf log LS-2026-0001 --fields --format csv",
	N_("which field was touched when, for a table"),
	"jzbf log -n 20 --format json",
	N_("the last twenty commits for a script"),
	NULL,
};

struct listing {
	long left; /* 0: no limit */
	size_t shown;
};

/* The trailers "Jzbf-Record: case LS-2026-0001 3" of a message, one call each. */
static void each_record(const char *message, void (*each)(void *data, const char *text, size_t len),
			void *data)
{
	static const char name[] = "Jzbf-Record: ";

	while (message && *message) {
		const char *end = strchr(message, '\n');
		size_t len = end ? (size_t)(end - message) : strlen(message);

		if (len > strlen(name) && !strncmp(message, name, strlen(name)))
			each(data, message + strlen(name), len - strlen(name));
		message = end ? end + 1 : NULL;
	}
}

static void print_record(void *data, const char *text, size_t len)
{
	(void)data;
	jz_say(stdout, "    %.*s\n", (int)len, text);
}

static const char *time_of(const struct jz_git_commit *commit, char when[26])
{
	jz_time_format(commit->committer.time, commit->committer.offset, when);
	return when;
}

static void print_text(const struct jz_git_commit *commit)
{
	char when[26];
	size_t subject = strcspn(commit->message, "\n");

	time_of(commit, when);
	when[10] = ' ';
	jz_say(stdout, "%.10s  %.16s  %s  %.*s\n", commit->id, when, commit->author.name,
	       (int)subject, commit->message);
	each_record(commit->message, print_record, NULL);
}

struct json {
	struct jz_arena *arena;
	struct jz_node *records;
};

static void json_record(void *data, const char *text, size_t len)
{
	struct json *json = data;
	jz_cleanup(jz_strs_release) struct jz_strs words = JZ_STRS_INIT;
	jz_autofree char *line = jz_xstrndup(text, len);
	struct jz_node *record = jz_node_map(json->arena);

	jz_strs_split(&words, line, ' ');
	if (words.len != 3)
		return;
	jz_map_set(json->arena, record, "kind", jz_node_string(json->arena, words.items[0]));
	jz_map_set(json->arena, record, "id", jz_node_string(json->arena, words.items[1]));
	jz_map_set(json->arena, record, "revision", jz_node_string(json->arena, words.items[2]));
	jz_seq_push(json->arena, json->records, record);
}

struct csv {
	const struct jz_git_commit *commit;
	size_t rows;
};

static void csv_row(struct csv *csv, const char *kind, const char *id, const char *revision)
{
	const struct jz_git_commit *commit = csv->commit;
	jz_autofree char *subject = jz_xstrndup(commit->message, strcspn(commit->message, "\n"));
	char when[26];
	const char *cells[] = {commit->id,
			       time_of(commit, when),
			       commit->author.name,
			       commit->author.email,
			       subject,
			       kind,
			       id,
			       revision,
			       NULL};

	jz_csv_row(cells);
	csv->rows++;
}

static void csv_record(void *data, const char *text, size_t len)
{
	jz_cleanup(jz_strs_release) struct jz_strs words = JZ_STRS_INIT;
	jz_autofree char *line = jz_xstrndup(text, len);

	jz_strs_split(&words, line, ' ');
	if (words.len == 3)
		csv_row(data, words.items[0], words.items[1], words.items[2]);
}

/* A row a record; a commit without one has a row of its own. */
static void print_csv(const struct jz_git_commit *commit)
{
	struct csv csv = {.commit = commit};

	each_record(commit->message, csv_record, &csv);
	if (!csv.rows)
		csv_row(&csv, "", "", "");
}

static void csv_head(void)
{
	static const char *const cells[] = {"commit", "time", "person",	  "email", "subject",
					    "kind",   "id",   "revision", NULL};

	jz_csv_row(cells);
}

static void print_json(const struct jz_git_commit *commit)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_node *root = jz_node_map(arena);
	struct json json = {arena, jz_node_seq(arena)};
	char when[26];

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/log/1"));
	jz_map_set(arena, root, "commit", jz_node_string(arena, commit->id));
	jz_map_set(arena, root, "time", jz_node_string(arena, time_of(commit, when)));
	jz_map_set(arena, root, "person", jz_node_string(arena, commit->author.name));
	jz_map_set(arena, root, "email", jz_node_string(arena, commit->author.email));
	jz_map_set(arena, root, "subject",
		   jz_node_stringn(arena, commit->message, strcspn(commit->message, "\n")));
	jz_map_set(arena, root, "records", json.records);
	each_record(commit->message, json_record, &json);
	jz_json_write(root, 0, &out);
	jz_buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
}

/* Positive: enough. */
static int one(void *data, const struct jz_git_commit *commit)
{
	struct listing *listing = data;

	if (!strcmp(arg_format, "json"))
		print_json(commit);
	else if (!strcmp(arg_format, "csv"))
		print_csv(commit);
	else
		print_text(commit);
	listing->shown++;
	return listing->left && !--listing->left;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	struct listing listing = {.left = arg_count};
	struct jz_entry entry;
	char *slash;
	int failed;

	if (argc < 2 && (arg_fields || arg_values || arg_psych))
		return jz_fail(err, JZ_E_USAGE, _("--fields, --values and --psych need a case"));
	failed = jz_look_record(ctx, arg_at, arg_psych, argc > 1 ? argv[1] : NULL, &snapshot,
				&entry, err);
	if (failed)
		return failed;
	if (argc > 1 && (arg_fields || arg_values))
		return jz_log_fields(snapshot, &entry, arg_values, jz_change_form(arg_format),
				     arg_count, err);
	if (!strcmp(arg_format, "csv"))
		csv_head();
	if (argc > 1 && !arg_psych && (slash = strrchr(entry.path, '/')))
		*slash = '\0'; /* the case's directory: its psych file too */
	failed = jz_git_log(jz_store_git(ctx->store), jz_snapshot_commit(snapshot),
			    argc > 1 ? entry.path : NULL, one, &listing, err);
	return failed > 0 ? 0 : failed;
}

const struct jz_command jz_cmd_log = {
	.name = "log",
	.group = "history",
	.summary = N_("list who changed which record when"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

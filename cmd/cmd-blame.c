#include <stdio.h>
#include <string.h>

#include "cmd/changes.h"
#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/policy.h"
#include "lib/port/json.h"
#include "lib/store/history.h"
#include "lib/store/store.h"

static const char *arg_at, *arg_format = "text";
static bool arg_psych;

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_FLAG,
	 .long_name = "psych",
	 .dest = &arg_psych,
	 .help = N_("the psych file of the case (clause 7.5.2)")},
	JZ_FORMAT_OPT(&arg_format, jz_text_or_json,
		      N_("text, or json: one object a field and line")),
	JZ_AT_OPT(&arg_at),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("CASE"),
	 .help = N_("id of a case, or an unambiguous end of one"),
	 .complete = JZ_COMPLETE_CASE},
	{.metavar = N_("PATH"),
	 .help = N_("only this field, or the fields below it: person, services[a7k2m9q4]"),
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Says of each field of a case which commit gave it the value that it has, by whom and "
	   "on "
	   "which day. Each revision is decrypted once."),
	NULL,
};

static const char *const examples[] = {
	"jzbf blame LS-2026-0001 person.phone",
	N_("who wrote this telephone number, and when"),
	NULL,
};

/* One field of the present revision and the oldest version seen so far that has its value. */
struct line {
	char *path;
	const struct jz_node *value;
	const struct jz_version *version;
	bool settled;
};

struct blame {
	struct line *lines;
	size_t len, cap;
	size_t open; /* lines not settled */
	const char *prefix;
	struct jz_record *newest;
	const struct jz_version *last; /* the version read before: one newer */
	struct jz_err failure;	       /* a version that could not be read */
};

static void blame_release(struct blame *blame)
{
	for (size_t i = 0; i < blame->len; i++)
		free(blame->lines[i].path);
	free(blame->lines);
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
	struct blame *blame = data;

	if (!below(path, blame->prefix))
		return;
	if (blame->len == blame->cap) {
		blame->cap = blame->cap ? blame->cap * 2 : 64;
		blame->lines = jz_xrealloc(blame->lines, blame->cap * sizeof(*blame->lines));
	}
	blame->lines[blame->len++] = (struct line){jz_xstrdup(path), leaf, NULL, false};
}

static void settle(struct blame *blame, const struct jz_node *older)
{
	for (size_t i = 0; i < blame->len; i++) {
		struct line *line = &blame->lines[i];
		const struct jz_node *value;

		if (line->settled)
			continue;
		line->version = blame->last;
		value = older ? jz_node_at(older, line->path) : NULL;
		if (value && jz_node_equal(value, line->value))
			continue;
		line->settled = true;
		blame->open--;
	}
}

static int one_version(void *data, const struct jz_version *version, struct jz_record **record,
		       const struct jz_err *failure)
{
	struct blame *blame = data;

	if (!*record) {
		blame->failure = *failure;
		return JZ_E_CRYPTO;
	}
	if (!blame->newest) {
		blame->newest = jz_steal(*record);
		jz_leaves(blame->newest->root, add_line, blame);
		blame->open = blame->len;
	} else {
		settle(blame, (*record)->root);
	}
	blame->last = version;
	return !blame->open;
}

static void print_line(const struct line *line, struct jz_changes *changes)
{
	jz_cleanup(jz_buf_release) struct jz_buf value = JZ_BUF_INIT;
	char when[26];

	jz_time_format(line->version->time, line->version->offset, when);
	jz_change_value(changes, line->path, line->value, &value);
	jz_say(stdout, "%.10s %.10s %s %s: %s\n", line->version->commit, when,
	       line->version->person, line->path, value.data);
}

static void print_json(const struct line *line)
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
	jz_map_set(arena, root, "value", jz_node_clone(arena, line->value));
	jz_json_write(root, 0, &out);
	jz_buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
}

static int work_out(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    const struct jz_history *history, struct blame *blame, struct jz_err *err)
{
	int failed = jz_history_each(snapshot, entry, history, one_version, blame, err);

	if (blame->failure.code) {
		*err = blame->failure;
		jz_err_prefix(err, _("a revision of %s cannot be read"), entry->id);
		return err->code;
	}
	if (failed < 0)
		return failed;
	settle(blame, NULL);
	return 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_history_release) struct jz_history history = JZ_HISTORY_INIT;
	jz_cleanup(blame_release) struct blame blame = {.prefix = argc > 2 ? argv[2] : ""};
	struct jz_changes changes = {0};
	struct jz_entry entry;
	int failed = jz_snapshot_open(ctx->store, arg_at, &snapshot, err);

	if (!failed)
		failed = jz_snapshot_find(snapshot, arg_psych ? "psych" : "case", argv[1], &entry,
					  err);
	if (!failed)
		failed = jz_history_read(snapshot, &entry, &history, err);
	if (!failed)
		failed = work_out(snapshot, &entry, &history, &blame, err);
	if (failed)
		return failed;
	if (!blame.len)
		return jz_fail(err, JZ_E_FINDINGS, _("%s has no '%s'"), entry.id, blame.prefix);
	changes.codes = jz_policy_codes(jz_snapshot_policy(snapshot));
	if (jz_shape_open(entry.kind, &changes.shape, NULL))
		changes.shape.schema = NULL;
	for (size_t i = 0; i < blame.len; i++) {
		if (!strcmp(arg_format, "json"))
			print_json(&blame.lines[i]);
		else
			print_line(&blame.lines[i], &changes);
	}
	return 0;
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

#include "cmd/command.h"

#include <stdio.h>

#include "cmd/clashes.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/settled.h"
#include "lib/store/store.h"
#include "lib/store/sync.h"

static struct {
	const char *expect;
	const char *format;
	bool dry_run;
	bool no_push;
	bool restore;
	bool abandon;
} given;

static const struct jz_opt opts[] = {
	JZ_DRY_RUN_OPT(&given.dry_run,
		       N_("fetch and verify, then only say what would come and go")),
	JZ_FLAG_OPT(&given.no_push, "no-push",
		    N_("take over what the remote has, and give nothing back")),
	{.kind = JZ_OPT_STRING,
	 .long_name = "expect",
	 .dest = &given.expect,
	 .metavar = N_("FPR"),
	 .help = N_("stop unless the root is this commit, or signed by the key of this "
		    "fingerprint")},
	JZ_FLAG_OPT(&given.restore, "restore",
		    N_("give a remote that was set back to an older state what it lost")),
	JZ_FLAG_OPT(&given.abandon, "abort",
		    N_("drop what was settled of a sync that stopped; nothing else changes")),
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	{0},
};

/* ---- JSON ---- */

static const char *const snag_words[] = {NULL, "fields", "invalid", "key", "path"};

static struct jz_node *text_or_null(struct jz_arena *arena, const char *text)
{
	return text && *text ? jz_node_string(arena, text) : jz_node_null(arena);
}

static struct jz_node *conflict_node(struct jz_arena *arena, const struct jz_sync_item *item)
{
	struct jz_node *map = jz_node_map(arena), *fields = jz_node_seq(arena);

	for (size_t i = 0; i < item->clashes.len; i++)
		jz_seq_push(arena, fields, jz_node_string(arena, item->clashes.items[i]));
	jz_map_set(arena, map, "why", jz_node_string(arena, snag_words[item->snag]));
	jz_map_set(arena, map, "fields", fields);
	jz_map_set(arena, map, "message", text_or_null(arena, item->message));
	return map;
}

static struct jz_node *item_node(struct jz_arena *arena, const struct jz_sync_item *item)
{
	struct jz_node *map = jz_node_map(arena);

	jz_map_set(arena, map, "kind", jz_node_string(arena, item->kind));
	jz_map_set(arena, map, "id", jz_node_string(arena, item->id));
	jz_map_set(arena, map, "in", jz_node_bool(arena, item->in));
	jz_map_set(arena, map, "out", jz_node_bool(arena, item->out));
	jz_map_set(arena, map, "merged", jz_node_bool(arena, item->merged));
	jz_map_set(arena, map, "renumbered", text_or_null(arena, item->renumbered));
	jz_map_set(arena, map, "conflict",
		   item->snag ? conflict_node(arena, item) : jz_node_null(arena));
	return map;
}

static void print_json(const struct jz_sync_result *result, const struct jz_err *failure)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena), *items = jz_node_seq(arena);
	struct jz_node *doubles = jz_node_seq(arena);

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/sync/1"));
	jz_map_set(arena, root, "remote", text_or_null(arena, result->remote.name));
	jz_map_set(arena, root, "branch", text_or_null(arena, result->remote.branch));
	jz_map_set(arena, root, "dry_run", jz_node_bool(arena, given.dry_run));
	jz_map_set(arena, root, "before", text_or_null(arena, result->before));
	jz_map_set(arena, root, "theirs", text_or_null(arena, result->theirs));
	jz_map_set(arena, root, "after", text_or_null(arena, result->after));
	jz_map_set(arena, root, "moved", jz_node_bool(arena, result->moved));
	jz_map_set(arena, root, "merged", jz_node_bool(arena, result->merged));
	jz_map_set(arena, root, "pushed", jz_node_bool(arena, result->pushed));
	jz_map_set(arena, root, "rounds", jz_node_int(arena, result->rounds));
	for (size_t i = 0; i < result->items.len; i++)
		jz_seq_push(arena, items, item_node(arena, result->items.items[i]));
	jz_map_set(arena, root, "items", items);
	for (size_t i = 0; i < result->doubles.len; i++)
		jz_seq_push(arena, doubles, jz_node_string(arena, result->doubles.items[i]));
	jz_map_set(arena, root, "doubles", doubles);
	jz_map_set(arena, root, "unread", jz_node_int(arena, (int64_t)result->unread));
	jz_map_set(arena, root, "error",
		   failure ? text_or_null(arena, failure->message) : jz_node_null(arena));
	jz_print_json(root, stdout);
}

/* ---- text ---- */

static const char *what(const struct jz_sync_result *result, const struct jz_sync_item *item)
{
	bool waits = given.dry_run || result->snags; /* nothing has moved */

	if (item->snag)
		return _("in conflict");
	if (item->renumbered[0])
		return _("renumbered");
	if (item->in && item->out)
		return item->merged ? _("merged") : _("alike");
	if (item->in)
		return waits ? _("to come") : _("received");
	return waits ? _("to go") : result->pushed ? _("sent") : _("kept");
}

/* "both sides changed it: person.phone" behind an item that waits for somebody. */
static void describe(const struct jz_sync_item *item, struct jz_buf *out)
{
	if (item->renumbered[0])
		jz_buf_addf(out, "-> %s", item->renumbered);
	if (!strcmp(item->kind, "psych"))
		jz_buf_addf(out, "%s%s", out->len ? " " : "", _("psych file"));
	for (size_t i = 0; i < item->clashes.len; i++)
		jz_buf_addf(out, "%s%s", out->len ? ", " : "", item->clashes.items[i]);
	if (item->snag && !item->clashes.len)
		jz_buf_addf(out, "%s%s", out->len ? ": " : "", item->message);
}

static void print_text(const struct jz_sync_result *result)
{
	struct jz_table *table = jz_table_new(3, NULL);

	for (size_t i = 0; i < result->items.len; i++) {
		jz_cleanup(jz_buf_release) struct jz_buf more = JZ_BUF_INIT;
		const struct jz_sync_item *item = result->items.items[i];

		describe(item, &more);
		jz_table_cell(table, what(result, item));
		jz_table_cell(table, item->id);
		jz_table_cell(table, more.data);
	}
	jz_table_print(table, stdout);
	jz_table_free(table);
}

/* What the remote's hooks say, and why git refused. */
static void relay(const struct jz_ctx *ctx, const struct jz_sync_result *result)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;

	if (ctx->quiet && result->pushed)
		return;
	jz_strs_split(&lines, result->said.data, '\n');
	for (size_t i = 0; i < lines.len; i++)
		if (*lines.items[i])
			jz_say(stderr, "%s\n", lines.items[i]);
}

/* ---- conflicts ---- */

/* Who changed it last on each side, and what to do: the values are for 'jzbf resolve' to show. */
static void explain(struct jz_store *store, const struct jz_sync_result *result)
{
	for (size_t i = 0; i < result->items.len; i++) {
		const struct jz_sync_item *item = result->items.items[i];
		char path[128];

		if (!item->snag)
			continue;
		if (jz_record_path(item->kind, item->id, path, sizeof(path), NULL))
			jz_copy(path, sizeof(path), item->id);
		jz_say(stderr, "%s: %s\n", item->id, item->message ? item->message : "");
		jz_print_last_change(store, _("ours"), result->after, path, stderr);
		jz_print_last_change(store, _("theirs"), result->theirs, path, stderr);
	}
}

static void hint(const struct jz_ctx *ctx, const struct jz_sync_result *result)
{
	bool fields = false;

	for (size_t i = 0; i < result->items.len; i++) {
		enum jz_snag snag = ((struct jz_sync_item *)result->items.items[i])->snag;

		fields = fields || snag == JZ_SNAG_FIELDS || snag == JZ_SNAG_INVALID;
	}
	if (fields && !given.dry_run)
		jz_note(ctx, "%s",
			_("'jzbf resolve' lists them, 'jzbf resolve CASE' shows both sides and "
			  "settles one; then 'jzbf sync' goes on"));
}

static void summarise(const struct jz_ctx *ctx, const struct jz_sync_result *result)
{
	if (given.dry_run)
		jz_note(ctx, "%s", _("nothing was changed here or there"));
	else if (result->pushed)
		jz_note(ctx, _("'%s' and this clone stand at %.10s"), result->remote.name,
			result->after);
	else if (!result->moved && !strcmp(result->after, result->theirs))
		jz_note(ctx, _("nothing new: '%s' and this clone stand at %.10s"),
			result->remote.name, result->after);
	else if (!strcmp(result->after, result->theirs))
		jz_note(ctx, _("this clone stands at %.10s now, as '%s' does"), result->after,
			result->remote.name);
	else
		jz_note(ctx, _("this clone stands at %.10s; nothing was given back"),
			result->after);
	for (size_t i = 0; i < result->items.len; i++) {
		const struct jz_sync_item *item = result->items.items[i];

		if (item->message)
			jz_warn("%s: %s", item->id, item->message);
		if (item->renumbered[0])
			jz_note(ctx,
				_("both sides took in a case as %s: yours is %s from now on; "
				  "correct what was printed under the old number"),
				item->id, item->renumbered);
	}
}

/* The same person, taken in on both sides: both cases stand, and somebody must look at them. */
static int name_doubles(const struct jz_ctx *ctx, const struct jz_sync_result *result,
			struct jz_err *err)
{
	for (size_t i = 0; i < result->doubles.len; i++)
		jz_warn(_("one person has several open cases: %s; all are kept: bring what is missing "
			  "into the one that stays, and close the other with 'jzbf close CASE "
			  "closing.reason=duplicate'"),
			result->doubles.items[i]);
	if (result->merged && result->unread)
		jz_note(ctx,
			_("%zu cases could not be read by you; whether the same person has a case "
			  "among them was not looked at"),
			result->unread);
	return result->doubles.len ? jz_fail(err, JZ_E_FINDINGS, "%s", "") : 0;
}

/* ---- the command ---- */

static void step(void *data, enum jz_sync_step step)
{
	static const char *const words[] = {N_("fetching"), N_("verifying what was fetched"),
					    N_("merging"), N_("pushing")};
	const struct jz_ctx *ctx = data;

	if (ctx->progress)
		jz_note(ctx, "%s", _(words[step]));
}

static int abandon(struct jz_ctx *ctx, struct jz_err *err)
{
	jz_cleanup(jz_stopped_release) struct jz_stopped stopped = JZ_STOPPED_INIT;
	int rc = jz_stopped_read(ctx->store, &stopped, err);

	return rc == JZ_E_INVALID || !rc ? jz_stopped_clear(ctx->store, err) : rc;
}

static int check_options(struct jz_err *err)
{
	if (given.abandon && (given.dry_run || given.no_push || given.restore))
		return jz_fail(err, JZ_E_USAGE, _("--abort stands alone"));
	if (given.restore && given.no_push)
		return jz_fail(err, JZ_E_USAGE, _("--restore gives something back: no --no-push"));
	if (jz_global.unverified)
		return jz_fail(err, JZ_E_USAGE,
			       _("sync takes nothing over that is not verified: no --unverified"));
	return 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_sync_release) struct jz_sync_result result;
	struct jz_sync_opts how = {.remote = argc > 1 ? argv[1] : NULL,
				   .expect = given.expect,
				   .dry_run = given.dry_run,
				   .no_push = given.no_push,
				   .restore = given.restore,
				   .step = step,
				   .data = ctx};
	int rc = check_options(err);

	jz_sync_init(&result);
	if (rc || given.abandon)
		return rc ? rc : abandon(ctx, err);
	rc = jz_sync(ctx->store, &how, &result, err);
	relay(ctx, &result);
	if (rc == JZ_E_CONFLICT && result.snags) {
		explain(ctx->store, &result);
		jz_print_findings(&result.findings, stderr, ctx->color);
	}
	if (jz_eq(given.format, "json"))
		print_json(&result, rc ? err : NULL);
	else
		print_text(&result);
	if (!rc)
		summarise(ctx, &result);
	else if (result.snags)
		hint(ctx, &result);
	if (!rc)
		rc = jz_stdout_check(err);
	return rc ? rc : name_doubles(ctx, &result, err);
}

static const struct jz_arg args[] = {
	{.metavar = N_("REMOTE"),
	 .help = N_("the other repository, as 'git remote' calls it; default: the branch's own"),
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Brings this clone and another repository together: fetches, verifies what was fetched "
	   "before anything of it is used, goes forward or merges, and pushes; if somebody else "
	   "pushed meanwhile, it does so again."),
	N_("Cases that both sides changed are merged field by field and item by item, checked as "
	   "every change is, and encrypted to those who may read them by the access.yaml of both "
	   "sides together; what only one side changed needs no decryption. The same field changed "
	   "two ways is never settled by itself: then nothing is changed here, and 'jzbf resolve' "
	   "shows both."),
	N_("It prints one line for each record that came, went or was merged."),
	N_("Where one person has been taken in on both sides, both cases are kept and named, and the "
	   "exit status is 1."),
	NULL,
};

static const char *const examples[] = {
	"jzbf sync",
	N_("with the server that this clone came from"),
	"jzbf sync -n",
	N_("see what would come and go"),
	"jzbf -q sync --format json backup",
	N_("for a script, with another remote"),
	NULL,
};

const struct jz_command jz_cmd_sync = {
	.name = "sync",
	.group = "store",
	.summary = N_("fetch, verify, merge by meaning and push"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

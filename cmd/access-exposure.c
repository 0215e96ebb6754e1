#include "cmd/access.h"

#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/exposure.h"

static const char *format;

static bool still(const struct jz_exposed *record)
{
	return !record->ended.commit[0];
}

static size_t count_still(const struct jz_exposure *exposure)
{
	size_t count = 0;

	for (size_t i = 0; i < exposure->record_count; i++)
		count += still(&exposure->records[i]);
	return count;
}

static size_t count_ciphertexts(const struct jz_exposure *exposure)
{
	size_t count = 0;

	for (size_t i = 0; i < exposure->record_count; i++)
		count += exposure->records[i].count;
	return count;
}

/* ---- json ---- */

static struct jz_node *moment_json(struct jz_arena *arena, const struct jz_moment *moment)
{
	struct jz_node *map = jz_node_map(arena);
	char when[26];

	if (!moment->commit[0])
		return jz_node_null(arena);
	jz_time_format(moment->time, moment->offset, when);
	jz_map_set(arena, map, "commit", jz_node_string(arena, moment->commit));
	jz_map_set(arena, map, "time", jz_node_string(arena, when));
	return map;
}

static const char *const by_words[] = {"office", "clinical", "own"};

static struct jz_node *record_json(struct jz_arena *arena, const struct jz_exposed *record)
{
	struct jz_node *map = jz_node_map(arena), *by = jz_node_seq(arena);

	jz_map_set(arena, map, "id", jz_node_string(arena, record->id));
	jz_map_set(arena, map, "kind", jz_node_string(arena, record->kind));
	jz_map_set(arena, map, "first", moment_json(arena, &record->first));
	jz_map_set(arena, map, "last", moment_json(arena, &record->last));
	jz_map_set(arena, map, "ended", moment_json(arena, &record->ended));
	jz_map_set(arena, map, "ciphertexts", jz_node_int(arena, (int64_t)record->count));
	for (size_t i = 0; i < JZ_COUNT(by_words); i++)
		if (record->by & (1u << i))
			jz_seq_push(arena, by, jz_node_string(arena, by_words[i]));
	jz_map_set(arena, map, "by", by);
	return map;
}

static struct jz_node *held_json(struct jz_arena *arena, const struct jz_held *held,
				 const char *present)
{
	struct jz_node *map = jz_node_map(arena);

	jz_map_set(arena, map, "key", jz_node_string(arena, by_words[held->key]));
	jz_map_set(arena, map, "fingerprint", jz_node_string(arena, held->fingerprint));
	jz_map_set(arena, map, "first", moment_json(arena, &held->first));
	jz_map_set(arena, map, "last", moment_json(arena, &held->last));
	jz_map_set(arena, map, "held", jz_node_bool(arena, jz_eq(held->last.commit, present)));
	return map;
}

static void print_json(const struct jz_exposure *exposure, const char *person, const char *present)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena), *held = jz_node_seq(arena);
	struct jz_node *records = jz_node_seq(arena), *undecided = jz_node_seq(arena);

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/access-exposure/1"));
	jz_map_set(arena, root, "commit", jz_node_string(arena, present));
	jz_map_set(arena, root, "commits", jz_node_int(arena, (int64_t)exposure->commits));
	jz_map_set(arena, root, "person", jz_node_string(arena, person));
	jz_map_set(arena, root, "name", jz_node_string(arena, exposure->name));
	for (size_t i = 0; i < exposure->held_count; i++)
		jz_seq_push(arena, held, held_json(arena, &exposure->held[i], present));
	for (size_t i = 0; i < exposure->record_count; i++)
		jz_seq_push(arena, records, record_json(arena, &exposure->records[i]));
	for (size_t i = 0; i < exposure->undecided.len; i++)
		jz_seq_push(arena, undecided, jz_node_string(arena, exposure->undecided.items[i]));
	jz_map_set(arena, root, "role_keys", held);
	jz_map_set(arena, root, "records", records);
	jz_map_set(arena, root, "still_readable",
		   jz_node_int(arena, (int64_t)count_still(exposure)));
	jz_map_set(arena, root, "ciphertexts",
		   jz_node_int(arena, (int64_t)count_ciphertexts(exposure)));
	jz_map_set(arena, root, "undecided", undecided);
	jz_print_json(root, stdout);
}

/* ---- text ---- */

static void day(const struct jz_moment *moment, char out[11])
{
	char when[26];

	jz_time_format(moment->time, moment->offset, when);
	jz_copy(out, 11, when);
}

/* "2026-11-23 5f0a1b2c3d" */
static void moment_cell(struct jz_table *table, const struct jz_moment *moment)
{
	char when[11];
	jz_autofree char *text = NULL;

	day(moment, when);
	text = jz_xasprintf("%s %.10s", when, moment->commit);
	jz_table_cell(table, text);
}

static void record_row(struct jz_table *table, const struct jz_exposed *record)
{
	const char *const words[] = {_("office key"), _("clinical key"), _("own key")};
	jz_cleanup(jz_buf_release) struct jz_buf by = JZ_BUF_INIT;
	jz_autofree char *count = jz_xasprintf("%zu", record->count);

	for (size_t i = 0; i < JZ_COUNT(words); i++)
		if (record->by & (1u << i))
			jz_buf_addf(&by, "%s%s", by.len ? ", " : "", words[i]);
	jz_table_cell(table, record->id);
	jz_table_cell(table, jz_eq(record->kind, "psych") ? _("psych file") : _("case file"));
	moment_cell(table, &record->first);
	moment_cell(table, &record->last);
	jz_table_cell(table, still(record) ? _("yes") : _("no"));
	jz_table_cell(table, count);
	jz_table_cell(table, by.data);
}

static void print_held(const struct jz_held *held, const char *present)
{
	char from[11], to[11];

	day(&held->first, from);
	day(&held->last, to);
	if (jz_eq(held->last.commit, present))
		jz_say(stdout,
		       held->key == JZ_KEY_OFFICE
			       ? _("office role key %.16s: held from %s (commit %.10s), still\n")
			       : _("clinical role key %.16s: held from %s (commit %.10s), still\n"),
		       held->fingerprint + 24, from, held->first.commit);
	else
		jz_say(stdout,
		       held->key == JZ_KEY_OFFICE ? _("office role key %.16s: held from %s (commit "
						      "%.10s) to %s (commit %.10s)\n")
						  : _("clinical role key %.16s: held from %s "
						      "(commit %.10s) to %s (commit %.10s)\n"),
		       held->fingerprint + 24, from, held->first.commit, to, held->last.commit);
}

static void print_text(const struct jz_exposure *exposure, const char *person, const char *present)
{
	const char *const heads[] = {_("ID"),	 _("KIND"),	   _("FROM"),	  _("TO"),
				     _("STILL"), _("CIPHERTEXTS"), _("OPENED BY")};
	struct jz_table *table = jz_table_new(JZ_COUNT(heads), heads);

	for (size_t i = 0; i < exposure->held_count; i++)
		print_held(&exposure->held[i], present);
	for (size_t i = 0; i < exposure->record_count; i++)
		record_row(table, &exposure->records[i]);
	if (exposure->record_count)
		jz_table_print(table, stdout);
	jz_table_free(table);
	jz_say(stdout,
	       _("%s (%s) can open %zu records, %zu ciphertexts, in %zu commits; %zu of the "
		 "records "
		 "as they stand now\n"),
	       person, exposure->name, exposure->record_count, count_ciphertexts(exposure),
	       exposure->commits, count_still(exposure));
	if (exposure->held_count)
		jz_say(stdout, "%s\n",
		       _("A role key opens everything that was ever encrypted to it, also what is "
			 "older than the day on which the person got it."));
	jz_say(stdout, "%s\n",
	       _("Every clone and backup that has these commits keeps them for ever: ending a role "
		 "or "
		 "replacing a key takes nothing of this back."));
}

/* ---- the command ---- */

struct showing {
	const struct jz_ctx *ctx;
	struct jz_progress progress;
};

static void update(void *data, size_t done, size_t total)
{
	struct showing *showing = data;

	if (!showing->progress.total)
		jz_progress_start(&showing->progress, showing->ctx, _("commits"), total);
	jz_progress_update(&showing->progress, done);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_exposure_release) struct jz_exposure exposure = {0};
	struct showing showing = {.ctx = ctx};
	int rc = jz_snapshot_open(ctx->store, NULL, &snapshot, err);

	(void)argc;
	if (!rc)
		rc = jz_exposure_read(snapshot, argv[1], &exposure, update, &showing, err);
	jz_progress_end(&showing.progress);
	if (rc)
		return rc;
	if (jz_eq(format, "json"))
		print_json(&exposure, argv[1], jz_snapshot_commit(snapshot));
	else
		print_text(&exposure, argv[1], jz_snapshot_commit(snapshot));
	rc = jz_stdout_check(err);
	if (rc)
		return rc;
	for (size_t i = 0; i < exposure.undecided.len; i++)
		jz_warn("%s", exposure.undecided.items[i]);
	return exposure.undecided.len
		       ? jz_fail(err, JZ_E_FINDINGS,
				 _("%zu things in the history could not be judged: the person may "
				   "have been able to read more"),
				 exposure.undecided.len)
		       : 0;
}

static const struct jz_opt opts[] = {
	JZ_FORMAT_OPT(&format, jz_text_or_json, N_("text for people, or json")),
	{0},
};
static const struct jz_arg args[] = {
	{.metavar = N_("PERSON"),
	 .help = N_("an id in access.yaml, of today or of former times"),
	 .complete = JZ_COMPLETE_PERSON},
	{0},
};
static const char *const about[] = {
	N_("Tells which records a person could open, from which commit to which, by their own keys "
	   "or by a role key that they held. It goes by the recipients of every ciphertext in "
	   "every "
	   "commit that leads to the present one, replaced and removed ciphertexts included. "
	   "Nothing "
	   "is decrypted, so an auditor can run it."),
	N_("It tells what the person could have read, not what they did read. What was copied out "
	   "of "
	   "the store, shown on a screen or told is not in it."),
	NULL,
};
static const char *const examples[] = {
	"jzbf access exposure li", N_("after a lost laptop: what li's keys open"),
	"jzbf access exposure li --format json", N_("the same for a script"), NULL};

const struct jz_command jz_access_exposure = {
	.name = "exposure",
	.summary = N_("tell what a person could read, from when to when"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

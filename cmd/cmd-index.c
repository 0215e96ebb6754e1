#include <stdio.h>

#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/index.h"
#include "lib/store/store.h"

static struct {
	bool stat, drop, rebuild, check;
	long keep;
	const char *format;
} given;

static const struct jz_opt opts[] = {
	JZ_FLAG_OPT(&given.stat, "stat",
		    N_("say what the index holds; so does the command without options")),
	JZ_FLAG_OPT(&given.drop, "drop",
		    N_("delete the index, its key, and what the kernel keeps of it")),
	JZ_FLAG_OPT(&given.rebuild, "rebuild", N_("delete it and make it anew from all records")),
	JZ_FLAG_OPT(&given.check, "check",
		    N_("decrypt every record and compare its row; an index with a wrong one is "
		       "deleted")),
	{.kind = JZ_OPT_INT,
	 .long_name = "keep",
	 .dest = &given.keep,
	 .metavar = N_("MINUTES"),
	 .min = 1,
	 .max = 1440,
	 .help = N_("leave the index's key with the kernel for so long")},
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	{0},
};

static const char *const about[] = {
	N_("Listings and reports keep a summary of each case that you have read, sealed for you "
	   "alone, and decrypt only what has changed since. Deleting it loses nothing: every "
	   "command prints the same with it and without it (JZBF_INDEX=off), only later."),
	N_("It is kept up by itself. This command looks at it, and is there for those who want to "
	   "be rid of it."),
	NULL,
};

static const char *const examples[] = {
	"jzbf index",
	N_("where it is and how many cases it holds"),
	"jzbf index --keep 60",
	N_("an hour of reports without a passphrase for each, if the kernel allows"),
	"JZBF_INDEX=off jzbf report indicators",
	N_("a report from the records themselves"),
	NULL,
};

/* ---- stat ---- */

static void set_count(struct jz_arena *arena, struct jz_node *map, const char *key, uint64_t count)
{
	jz_map_set(arena, map, key, jz_node_int(arena, (int64_t)count));
}

static void print_json(const struct jz_index_stat *stat)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena);

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/index/1"));
	jz_map_set(arena, root, "in_use", jz_node_bool(arena, !stat->why_not));
	jz_map_set(arena, root, "file",
		   stat->file ? jz_node_string(arena, stat->file) : jz_node_null(arena));
	set_count(arena, root, "bytes", stat->bytes);
	set_count(arena, root, "cases", stat->cases);
	set_count(arena, root, "rows", stat->rows);
	set_count(arena, root, "foreign", stat->foreign);
	set_count(arena, root, "stale", stat->stale);
	set_count(arena, root, "pages", stat->pages);
	jz_map_set(arena, root, "key_kept", jz_node_bool(arena, stat->kept));
	jz_print_json(root, stdout);
}

static void print_text(const struct jz_index_stat *stat)
{
	if (stat->file)
		printf(_("file:    %s"), stat->file), putchar('\n');
	if (stat->why_not) {
		printf(_("in use:  no: %s"), stat->why_not), putchar('\n');
		return;
	}
	printf("%s\n", _("in use:  yes"));
	printf(_("rows:    %zu of %zu cases, and %zu known to be for other people"), stat->rows,
	       stat->cases, stat->foreign);
	putchar('\n');
	printf(_("stale:   %zu rows"), stat->stale), putchar('\n');
	printf(_("size:    %llu bytes in %zu pages"), (unsigned long long)stat->bytes, stat->pages);
	putchar('\n');
	printf("%s\n", stat->kept ? _("key:     kept by the kernel for a while")
				  : _("key:     opened with your own key each time"));
}

static int show(struct jz_snapshot *snapshot, struct jz_err *err)
{
	struct jz_index_stat stat;
	int rc = jz_index_stat(snapshot, &stat, err);

	if (rc)
		return rc;
	if (jz_eq(given.format, "json"))
		print_json(&stat);
	else
		print_text(&stat);
	free(stat.file);
	return 0;
}

/* ---- rebuild and check ---- */

static void nothing(void *data, const struct jz_entry *entry, const struct jz_node *record)
{
	(void)data, (void)entry, (void)record;
}

static int rebuild(struct jz_ctx *ctx, struct jz_snapshot *snapshot, struct jz_err *err)
{
	jz_cleanup(jz_scan_release) struct jz_scan scan = JZ_SCAN_INIT;
	struct jz_look_progress progress;
	int rc = jz_index_drop(ctx->store, err);

	if (rc)
		return rc;
	jz_look_progress_init(&progress, ctx);
	rc = jz_scan_summaries(snapshot, NULL, nothing, NULL, &progress.scan, &scan, err);
	jz_look_progress_end(&progress);
	return rc ? rc : jz_look_unreadable(ctx, &scan, err);
}

static void say_wrong(void *data, const char *id)
{
	(void)data;
	printf(_("%s: its row is not what the record says"), id), putchar('\n');
}

static int check(struct jz_ctx *ctx, struct jz_snapshot *snapshot, struct jz_err *err)
{
	size_t checked = 0;
	int rc = jz_index_check(snapshot, say_wrong, NULL, NULL, &checked, err);

	if (!rc || (rc == JZ_E_FINDINGS && checked))
		jz_note(ctx, _("%zu rows compared"), checked);
	return rc;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	int wanted = given.stat + given.drop + given.rebuild + given.check + (given.keep != 0);
	int rc;

	(void)argc, (void)argv;
	if (wanted > 1)
		return jz_fail(err, JZ_E_USAGE, _("one of these at a time"));
	if (given.drop)
		return jz_index_drop(ctx->store, err);
	rc = jz_snapshot_open(ctx->store, NULL, &snapshot, err);
	if (rc)
		return rc;
	if (given.rebuild)
		return rebuild(ctx, snapshot, err);
	if (given.check)
		return check(ctx, snapshot, err);
	if (given.keep)
		return jz_index_keep(snapshot, (unsigned)given.keep, err);
	return show(snapshot, err);
}

const struct jz_command jz_cmd_index = {
	.name = "index",
	.group = "store",
	.summary = N_("look at the encrypted index, drop it or make it anew"),
	.opts = opts,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

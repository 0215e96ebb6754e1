#include "cmd/status-records.h"

#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/model/critical.h"

struct reading {
	struct jz_arena *arena;
	const struct jz_policy *policy;
	struct jz_node *unreadable;
	struct jz_node *critical;
	struct jz_record
		*last; /* the case before, kept until its psych record was seen or is none */
	struct jz_progress progress;
	int64_t readable;
	int64_t foreign;
};

static void set_text(struct jz_arena *arena, struct jz_node *map, const char *key, const char *text)
{
	jz_map_set(arena, map, key, text ? jz_node_string(arena, text) : jz_node_null(arena));
}

static void add_critical(struct reading *reading, const char *id,
			 const struct jz_critical_open *open)
{
	struct jz_node *item = jz_node_map(reading->arena), *items = jz_node_seq(reading->arena);
	char due[26];

	jz_time_format(open->due, jz_local_offset(open->due), due);
	set_text(reading->arena, item, "id", id);
	jz_map_set(reading->arena, item, "psych", jz_node_bool(reading->arena, open->psych));
	set_text(reading->arena, item, "instrument", jz_map_text(open->assessment, "instrument"));
	for (size_t i = 0; i < open->items.len; i++)
		jz_seq_push(reading->arena, items,
			    jz_node_string(reading->arena, open->items.items[i]));
	jz_map_set(reading->arena, item, "items", items);
	set_text(reading->arena, item, "due", due);
	jz_map_set(reading->arena, item, "overdue",
		   jz_node_bool(reading->arena, open->due < jz_now()));
	jz_seq_push(reading->arena, reading->critical, item);
}

/* Looks at the case that waits, with its psych record or without. */
static void settle_last(struct reading *reading, const struct jz_node *psych)
{
	struct jz_critical_list list = {.len = 0};

	if (!reading->last)
		return;
	jz_critical_find(reading->last->root, psych, reading->policy, &list);
	for (size_t i = 0; i < list.len; i++)
		add_critical(reading, reading->last->id, &list.items[i]);
	jz_critical_release(&list);
	jz_record_free(reading->last);
	reading->last = NULL;
}

static void add_unreadable(struct reading *reading, const struct jz_entry *entry,
			   const struct jz_err *failure)
{
	struct jz_node *item = jz_node_map(reading->arena);

	set_text(reading->arena, item, "kind", entry->kind);
	set_text(reading->arena, item, "id", entry->id);
	set_text(reading->arena, item, "message", failure->message);
	jz_seq_push(reading->arena, reading->unreadable, item);
}

/* A case comes right before its psych record. */
static int read_one(void *data, const struct jz_entry *entry, struct jz_record **record,
		    const struct jz_err *failure)
{
	struct reading *reading = data;
	bool is_psych = !strcmp(entry->kind, "psych");

	if (is_psych && *record && reading->last && !strcmp(reading->last->id, entry->id))
		settle_last(reading, (*record)->root);
	else
		settle_last(reading, NULL);
	if (*record) {
		reading->readable++;
		if (!is_psych)
			reading->last = jz_steal(*record);
	} else if (failure->foreign) {
		reading->foreign++;
	} else {
		add_unreadable(reading, entry, failure);
	}
	return 0;
}

static void show_progress(void *data, size_t done)
{
	struct reading *reading = data;

	jz_progress_update(&reading->progress, done);
}

static int read_all(struct reading *reading, const struct jz_ctx *ctx, struct jz_snapshot *snapshot,
		    const struct jz_entry *entries, size_t count, struct jz_err *err)
{
	int rc;

	jz_progress_start(&reading->progress, ctx, _("reading"), count);
	rc = jz_records_each(snapshot, entries, count, read_one, reading, show_progress, err);
	jz_progress_end(&reading->progress);
	settle_last(reading, NULL);
	return rc;
}

int jz_status_records(const struct jz_ctx *ctx, struct jz_snapshot *snapshot, bool quick,
		      struct jz_arena *arena, struct jz_node *root, struct jz_err *err)
{
	static const char *const unknown[] = {"readable", "not_for_me", "unreadable", "critical"};
	jz_autofree struct jz_entry *entries = NULL;
	struct jz_node *counts = jz_node_map(arena);
	struct reading reading = {.arena = arena,
				  .policy = jz_snapshot_policy(snapshot),
				  .unreadable = jz_node_seq(arena),
				  .critical = jz_node_seq(arena)};
	int64_t psych = 0;
	size_t count;
	int rc = jz_snapshot_entries(snapshot, NULL, &entries, &count, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < count; i++)
		psych += !strcmp(entries[i].kind, "psych");
	jz_map_set(arena, counts, "case", jz_node_int(arena, (int64_t)count - psych));
	jz_map_set(arena, counts, "psych", jz_node_int(arena, psych));
	jz_map_set(arena, root, "records", counts);
	for (size_t i = 0; i < JZ_COUNT(unknown); i++)
		jz_map_set(arena, root, unknown[i], jz_node_null(arena));
	if (quick)
		return 0;
	rc = read_all(&reading, ctx, snapshot, entries, count, err);
	jz_map_set(arena, root, "readable", jz_node_int(arena, reading.readable));
	jz_map_set(arena, root, "not_for_me", jz_node_int(arena, reading.foreign));
	jz_map_set(arena, root, "unreadable", reading.unreadable);
	jz_map_set(arena, root, "critical", reading.critical);
	return rc;
}

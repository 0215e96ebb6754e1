#include "cmd/log-fields.h"

#include <stdio.h>

#include "cmd/changes.h"
#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/model/policy.h"
#include "lib/port/json.h"
#include "lib/store/history.h"

struct listing {
	struct jz_changes changes;
	struct jz_record *
		newer; /* the revision before this one on the way back; NULL: none, or unreadable */
	const struct jz_version *version; /* newer's */
	const char *id;
	long left; /* 0: no limit */
	size_t scanned, unreadable;
};

static void print_json(struct listing *listing)
{
	struct jz_arena *arena = listing->changes.arena;
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_node *root = jz_node_map(arena);
	char when[26];

	jz_time_format(listing->version->time, listing->version->offset, when);
	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/history/1"));
	jz_map_set(arena, root, "commit", jz_node_string(arena, listing->version->commit));
	jz_map_set(arena, root, "time", jz_node_string(arena, when));
	jz_map_set(arena, root, "person", jz_node_string(arena, listing->version->person));
	jz_map_set(arena, root, "subject", jz_node_string(arena, listing->version->subject));
	jz_map_set(arena, root, "changes", listing->changes.list);
	jz_json_write(root, 0, &out);
	jz_buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
}

/* Prints what the newer revision changed; older NULL: it is the first one. */
static void print_step(struct listing *listing, const struct jz_node *older)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	char when[26];

	listing->changes.arena = arena;
	listing->changes.list = jz_node_seq(arena);
	if (!listing->changes.json) {
		jz_time_format(listing->version->time, listing->version->offset, when);
		when[10] = ' ';
		jz_say(stdout, "%.10s  %.16s  %s  %s\n", listing->version->commit, when,
		       listing->version->person, listing->version->subject);
	}
	jz_changes_print(&listing->changes, older, listing->newer->root);
	if (listing->changes.json)
		print_json(listing);
}

static int one_version(void *data, const struct jz_version *version, struct jz_record **record,
		       const struct jz_err *failure)
{
	struct listing *listing = data;

	listing->scanned++;
	if (!*record) {
		listing->unreadable++;
		jz_warn(_("%s at %.10s cannot be read: %s"), listing->id, version->commit,
			failure->message);
	}
	if (listing->newer && *record)
		print_step(listing, (*record)->root);
	if (listing->newer && listing->left && !--listing->left)
		return 1;
	jz_record_free(listing->newer);
	listing->newer = jz_steal(*record);
	listing->version = version;
	return 0;
}

int jz_log_fields(struct jz_snapshot *snapshot, const struct jz_entry *entry, bool values,
		  bool json, long count, struct jz_err *err)
{
	jz_cleanup(jz_history_release) struct jz_history history = JZ_HISTORY_INIT;
	struct listing listing = {.id = entry->id, .left = count};
	int failed = jz_history_read(snapshot, entry, &history, err);

	listing.changes = (struct jz_changes){
		.codes = jz_policy_codes(jz_snapshot_policy(snapshot)),
		.values = values,
		.json = json,
		.indent = 4,
	};
	if (jz_shape_open(entry->kind, &listing.changes.shape, NULL))
		listing.changes.shape.schema = NULL;
	if (!failed)
		failed = jz_history_each(snapshot, entry, &history, one_version, &listing, err);
	if (!failed && listing.newer)
		print_step(&listing, NULL);
	jz_record_free(listing.newer);
	if (failed < 0)
		return failed;
	if (listing.unreadable) {
		jz_warn(_("scanned %zu, unreadable %zu"), listing.scanned, listing.unreadable);
		return jz_fail(err, JZ_E_FINDINGS, "%s", "");
	}
	return 0;
}

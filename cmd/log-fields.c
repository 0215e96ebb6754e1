#include "cmd/log-fields.h"

#include <stdio.h>
#include <string.h>

#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/model/policy.h"
#include "lib/port/json.h"
#include "lib/store/history.h"

struct listing {
	struct jz_changes changes;
	long left; /* 0: no limit */
	size_t scanned, shown;
	struct jz_strs unread, reasons;
	struct jz_err refused; /* not for this person to read */
};

/* What a version is: the word of the JSON member `step`. */
static const char *word_of(const struct jz_step *step)
{
	size_t count = step->version->parent_count;
	bool there = false;

	if (step->failure)
		return "unreadable";
	if (!step->record)
		return "removed";
	for (size_t i = 0; i < count; i++) {
		if (step->before_failed[i])
			return "unknown";
		there |= step->before[i] != NULL;
	}
	return !there ? "first" : count > 1 ? "merged" : "changed";
}

static void print_fields(struct listing *listing, const struct jz_step *step)
{
	size_t count = step->version->parent_count;
	jz_autofree const struct jz_node **sides = jz_xcalloc(count, sizeof(*sides));

	for (size_t i = 0; i < count; i++)
		sides[i] = step->before[i] ? step->before[i]->root : NULL;
	if (count > 1)
		jz_changes_print_merge(&listing->changes, sides, count, step->record->root);
	else
		jz_changes_print(&listing->changes, count ? sides[0] : NULL, step->record->root);
}

/* A line for what no field tells. */
static const char *remark(const struct listing *listing, const char *word)
{
	if (!strcmp(word, "unreadable"))
		return _("(this revision cannot be read)");
	if (!strcmp(word, "unknown"))
		return _("(the revision before cannot be read: what changed is not known)");
	if (!strcmp(word, "removed"))
		return _("(the record was removed)");
	if (listing->changes.count)
		return NULL;
	if (!strcmp(word, "merged"))
		return _("(both sides put together, nothing new)");
	return _("(no field: encrypted anew, or comments or order only)");
}

static bool has_fields(const char *word)
{
	return !strcmp(word, "first") || !strcmp(word, "changed") || !strcmp(word, "merged");
}

static void show_text(struct listing *listing, const struct jz_step *step, const char *word)
{
	const struct jz_version *version = step->version;
	const char *line;
	char when[26];

	jz_time_format(version->time, version->offset, when);
	when[10] = ' ';
	jz_say(stdout, "%.10s  %.16s  %s  %s\n", version->commit, when, version->person,
	       version->subject);
	if (has_fields(word))
		print_fields(listing, step);
	line = remark(listing, word);
	if (line)
		jz_say(stdout, "%*s%s\n", listing->changes.indent, "", line);
}

static void show_json(struct listing *listing, const struct jz_step *step, const char *word)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	const struct jz_version *version = step->version;
	struct jz_node *root = jz_node_map(arena);
	char when[26];

	listing->changes.arena = arena;
	listing->changes.list = jz_node_seq(arena);
	if (has_fields(word))
		print_fields(listing, step);
	jz_time_format(version->time, version->offset, when);
	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/history/1"));
	jz_map_set(arena, root, "commit", jz_node_string(arena, version->commit));
	jz_map_set(arena, root, "time", jz_node_string(arena, when));
	jz_map_set(arena, root, "person", jz_node_string(arena, version->person));
	jz_map_set(arena, root, "subject", jz_node_string(arena, version->subject));
	jz_map_set(arena, root, "step", jz_node_string(arena, word));
	jz_map_set(arena, root, "changes",
		   has_fields(word) ? listing->changes.list : jz_node_null(arena));
	jz_json_write(root, 0, &out);
	jz_buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
}

static void csv_head(bool values)
{
	const char *cells[] = {"commit", "time",   "person", "subject", "step",
			       "path",	 "change", NULL,     NULL,	NULL};

	if (values) {
		cells[7] = "before";
		cells[8] = "after";
	}
	jz_csv_row(cells);
}

/* A row a field; a version without one has a row of its own all the same. */
static void show_csv(struct listing *listing, const struct jz_step *step, const char *word)
{
	const struct jz_version *version = step->version;
	char when[26];
	const char *cells[] = {version->commit,
			       when,
			       version->person,
			       version->subject,
			       word,
			       NULL,
			       NULL,
			       NULL,
			       NULL,
			       NULL};

	jz_time_format(version->time, version->offset, when);
	listing->changes.cells = cells;
	listing->changes.count = 0;
	if (has_fields(word))
		print_fields(listing, step);
	if (listing->changes.count)
		return;
	for (size_t i = 5; i < (listing->changes.values ? 9 : 7); i++)
		cells[i] = "";
	jz_csv_row(cells);
}

static int one_version(void *data, struct jz_step *step)
{
	struct listing *listing = data;
	const char *word = word_of(step);

	if (step->failure && step->failure->foreign && !listing->scanned) {
		listing->refused = *step->failure;
		return 1;
	}
	listing->scanned++;
	if (step->failure) {
		jz_strs_add(&listing->unread, step->version->commit);
		jz_strs_add(&listing->reasons, step->failure->message);
	}
	if (listing->changes.form == JZ_CHANGES_JSON) {
		show_json(listing, step, word);
	} else if (listing->changes.form == JZ_CHANGES_CSV) {
		if (!listing->shown)
			csv_head(listing->changes.values);
		show_csv(listing, step, word);
	} else {
		show_text(listing, step, word);
	}
	listing->shown++;
	return listing->left && !--listing->left;
}

int jz_log_fields(struct jz_snapshot *snapshot, const struct jz_entry *entry, bool values,
		  enum jz_change_form form, long count, struct jz_err *err)
{
	jz_cleanup(jz_history_release) struct jz_history history = JZ_HISTORY_INIT;
	struct listing listing = {.left = count};
	int failed = jz_history_read(snapshot, entry, &history, err);

	jz_changes_init(&listing.changes, entry->kind,
			jz_policy_codes(jz_snapshot_policy(snapshot)), form);
	listing.changes.values = values;
	listing.changes.indent = 4;
	if (!failed)
		failed = jz_history_each(snapshot, entry, &history, one_version, &listing, err);
	if (listing.refused.code) {
		*err = listing.refused;
		failed = err->code;
	}
	if (failed >= 0)
		failed = jz_revisions_unread(entry->id, listing.scanned, &listing.unread,
					     &listing.reasons, err);
	jz_strs_release(&listing.unread);
	jz_strs_release(&listing.reasons);
	return failed;
}

#include "lib/store/history.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/git-trail.h"
#include "lib/store/store-impl.h"

void jz_history_release(struct jz_history *history)
{
	for (size_t i = 0; i < history->len; i++) {
		free(history->items[i].person);
		free(history->items[i].subject);
		free(history->items[i].parents);
	}
	free(history->items);
	memset(history, 0, sizeof(*history));
}

static int describe(void *data, const struct jz_git_commit *commit)
{
	struct jz_version *version = data;

	version->person = jz_xstrdup(commit->author.name);
	version->subject = jz_xstrndup(commit->message, strcspn(commit->message, "\n"));
	version->time = commit->committer.time;
	version->offset = commit->committer.offset;
	return 0;
}

int jz_history_read(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    struct jz_history *out, struct jz_err *err)
{
	struct jz_git *git = snapshot->store->git;
	struct jz_git_trail trail;
	int rc = jz_git_trail(git, snapshot->commit, entry->path, &trail, err);

	if (rc)
		return rc;
	out->items = jz_xcalloc(trail.len, sizeof(*out->items));
	out->len = trail.len;
	for (size_t i = 0; i < trail.len; i++) {
		struct jz_git_step *step = &trail.items[i];
		struct jz_version *version = &out->items[i];

		memcpy(version->commit, step->commit, sizeof(version->commit));
		memcpy(version->blob, step->at, sizeof(version->blob));
		version->parents = jz_steal(step->parents);
		version->parent_count = step->parent_count;
		if (!rc)
			rc = jz_git_show(git, step->commit, describe, version, err);
	}
	jz_git_trail_release(&trail);
	return rc;
}

/* What is known of a version: not yet read, or what came out. */
struct held {
	bool there;
	struct jz_record *record;
	struct jz_err *failure;
};

struct reading {
	const struct jz_history *history;
	const struct jz_entry *entries;
	const size_t *version_of; /* index of the version that an entry stands for */
	struct held *held;	  /* one a version */
	size_t next;		  /* the version that each() is to get */
	jz_step_fn *each;
	void *data;
};

static bool is_complete(const struct reading *reading, size_t i)
{
	const struct jz_version *version = &reading->history->items[i];

	if (!reading->held[i].there)
		return false;
	for (size_t k = 0; k < version->parent_count; k++)
		if (!reading->held[version->parents[k]].there)
			return false;
	return true;
}

static void let_go(struct held *held)
{
	jz_record_free(held->record);
	free(held->failure);
	held->record = NULL;
	held->failure = NULL;
}

/* One version to each(). Nobody looks at it again: those that came of it had their turn. */
static int take_step(struct reading *reading, size_t i)
{
	const struct jz_version *version = &reading->history->items[i];
	size_t count = version->parent_count;
	jz_autofree struct jz_record **before = jz_xcalloc(count, sizeof(*before));
	jz_autofree const struct jz_err **failed = jz_xcalloc(count, sizeof(*failed));
	struct jz_step step = {.version = version,
			       .record = reading->held[i].record,
			       .failure = reading->held[i].failure,
			       .before = before,
			       .before_failed = failed};
	int rc;

	for (size_t k = 0; k < count; k++) {
		before[k] = reading->held[version->parents[k]].record;
		failed[k] = reading->held[version->parents[k]].failure;
	}
	rc = reading->each(reading->data, &step);
	reading->held[i].record = step.record;
	let_go(&reading->held[i]);
	return rc;
}

static int go_on(struct reading *reading)
{
	int rc = 0;

	while (!rc && reading->next < reading->history->len && is_complete(reading, reading->next))
		rc = take_step(reading, reading->next++);
	return rc;
}

static int one(void *data, const struct jz_entry *entry, struct jz_record **record,
	       const struct jz_err *failure)
{
	struct reading *reading = data;
	struct held *held = &reading->held[reading->version_of[entry - reading->entries]];

	held->there = true;
	held->record = jz_steal(*record);
	if (failure) {
		held->failure = jz_xmalloc(sizeof(*failure));
		*held->failure = *failure;
	}
	return go_on(reading);
}

int jz_history_each(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    const struct jz_history *history, jz_step_fn *each, void *data,
		    struct jz_err *err)
{
	jz_autofree struct jz_entry *entries = jz_xcalloc(history->len, sizeof(*entries));
	jz_autofree size_t *version_of = jz_xcalloc(history->len, sizeof(*version_of));
	jz_autofree struct held *held = jz_xcalloc(history->len, sizeof(*held));
	struct reading reading = {.history = history,
				  .entries = entries,
				  .version_of = version_of,
				  .held = held,
				  .each = each,
				  .data = data};
	size_t count = 0;
	int rc;

	for (size_t i = 0; i < history->len; i++) {
		const char *blob = history->items[i].blob;

		held[i].there = !*blob;
		if (!*blob)
			continue;
		entries[count] = *entry;
		memcpy(entries[count].blob, blob, sizeof(entries[count].blob));
		version_of[count++] = i;
	}
	rc = jz_records_each(snapshot, entries, count, one, &reading, NULL, err);
	if (!rc)
		rc = go_on(&reading);
	for (size_t i = 0; i < history->len; i++)
		let_go(&held[i]);
	return rc;
}

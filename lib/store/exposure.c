#include "lib/store/exposure.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/exposure-impl.h"

void jz_exposure_release(struct jz_exposure *exposure)
{
	free(exposure->name);
	free(exposure->records);
	free(exposure->held);
	jz_strs_release(&exposure->undecided);
	memset(exposure, 0, sizeof(*exposure));
}

struct walk {
	struct jz_exposing work;
	struct jz_map by_blob; /* blob -> struct verdict */
	struct jz_map records; /* path -> struct jz_exposed */
	struct jz_map counted; /* "path blob" -> anything */
	struct jz_map moments; /* commit -> struct jz_moment */
	const struct jz_moment *at,
		*parent; /* of the change that is looked at; parent NULL: root */
	struct jz_err *err;
};

struct verdict {
	unsigned by;
};

/* Each ciphertext is looked at once. */
static int judge(struct walk *walk, const struct jz_entry *entry, const struct jz_moment *at,
		 unsigned *by)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	struct verdict *verdict = jz_map_gets(&walk->by_blob, entry->blob);
	struct jz_err why = JZ_ERR_INIT;
	int rc = 0;

	*by = verdict ? verdict->by : 0;
	if (verdict || !entry->blob[0])
		return 0;
	rc = jz_git_blob(walk->work.git, entry->blob, JZ_PLAIN_MAX + (1u << 20), &cipher, &why);
	if (rc == JZ_E_IO)
		return jz_fail(walk->err, rc, "%s", why.message);
	if (!rc)
		rc = jz_exposing_by(&walk->work, &cipher, by, &why);
	if (rc)
		jz_strs_addf(&walk->work.out->undecided, _("%s (%s) of commit %.10s: %s"),
			     entry->id, entry->kind, at->commit, why.message);
	verdict = jz_xcalloc(1, sizeof(*verdict));
	verdict->by = *by;
	jz_map_puts(&walk->by_blob, entry->blob, verdict);
	return 0;
}

static struct jz_exposed *record_of(struct walk *walk, const struct jz_entry *entry)
{
	struct jz_exposed *record = jz_map_gets(&walk->records, entry->path);

	if (record)
		return record;
	record = jz_xcalloc(1, sizeof(*record));
	jz_copy(record->kind, sizeof(record->kind), entry->kind);
	jz_copy(record->id, sizeof(record->id), entry->id);
	jz_map_puts(&walk->records, entry->path, record);
	return record;
}

static void begin(struct walk *walk, const struct jz_entry *entry, unsigned by)
{
	struct jz_exposed *record = record_of(walk, entry);
	jz_autofree char *name = jz_xasprintf("%s %s", entry->path, entry->blob);

	record->by |= by;
	if (!jz_map_puts(&walk->counted, name, record))
		record->count++;
	if (!record->first.commit[0] || walk->at->time <= record->first.time)
		record->first = *walk->at;
}

static void end(struct walk *walk, const struct jz_entry *entry)
{
	struct jz_exposed *record = record_of(walk, entry);

	if (record->last.commit[0] && walk->parent->time <= record->last.time)
		return;
	record->last = *walk->parent;
	record->ended = *walk->at;
}

static int change(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	struct walk *walk = data;
	struct jz_entry old, new;
	unsigned before = 0, after = 0;
	int rc;

	if (!jz_entry_of(path, old_blob, &old) || !jz_entry_of(path, new_blob, &new))
		return 0;
	rc = walk->parent ? judge(walk, &old, walk->parent, &before) : 0;
	if (!rc)
		rc = judge(walk, &new, walk->at, &after);
	if (rc)
		return rc;
	if (after)
		begin(walk, &new, after);
	else if (before)
		end(walk, &old);
	return 0;
}

static int look_at(struct walk *walk, const struct jz_passed *passed, struct jz_err *err)
{
	int rc = 0;

	walk->at = &passed->at;
	walk->parent = NULL;
	if (!passed->parent_count)
		return jz_git_changes(walk->work.git, NULL, passed->at.commit, change, walk, err);
	for (size_t i = 0; !rc && i < passed->parent_count; i++) {
		const char *parent = passed->parents + i * JZ_GIT_ID;

		walk->parent = jz_map_gets(&walk->moments, parent);
		if (!walk->parent)
			return jz_fail(err, JZ_E_IO, _("commit %.10s is not in this clone"),
				       parent);
		rc = jz_git_changes(walk->work.git, parent, passed->at.commit, change, walk, err);
	}
	return rc;
}

/* What the snapshot's own commit holds has not ended. */
static int look_at_present(struct walk *walk, struct jz_err *err)
{
	struct jz_snapshot *snapshot = walk->work.snapshot;
	jz_autofree struct jz_entry *entries = NULL;
	size_t count = 0;
	int rc = jz_snapshot_entries(snapshot, NULL, &entries, &count, err);

	for (size_t i = 0; !rc && i < count; i++) {
		struct jz_exposed *record;
		unsigned by;

		rc = judge(walk, &entries[i], &walk->work.commits[0].at, &by);
		if (rc || !by)
			continue;
		record = record_of(walk, &entries[i]);
		record->last = walk->work.commits[0].at;
		memset(&record->ended, 0, sizeof(record->ended));
	}
	return rc;
}

static int by_id(const void *a, const void *b)
{
	const struct jz_exposed *left = a, *right = b;
	int order = strverscmp(left->id, right->id);

	return order ? order : strcmp(left->kind, right->kind);
}

static void hand_over(struct walk *walk, struct jz_exposure *out)
{
	out->commits = walk->work.count;
	out->records = jz_xcalloc(walk->records.len + 1, sizeof(*out->records));
	for (size_t i = 0; i < walk->records.len; i++)
		out->records[out->record_count++] =
			*(const struct jz_exposed *)walk->records.slots[i].value;
	if (out->record_count)
		qsort(out->records, out->record_count, sizeof(*out->records), by_id);
}

int jz_exposure_read(struct jz_snapshot *snapshot, const char *person, struct jz_exposure *out,
		     void (*progress)(void *data, size_t done, size_t total), void *data,
		     struct jz_err *err)
{
	struct walk walk = {.err = err};
	struct jz_exposing *work = &walk.work;
	int rc;

	memset(out, 0, sizeof(*out));
	*work = (struct jz_exposing){
		.snapshot = snapshot, .git = snapshot->store->git, .person = person, .out = out};
	rc = jz_exposing_keys(work, err);
	for (size_t i = 0; !rc && i < work->count; i++)
		jz_map_puts(&walk.moments, work->commits[i].at.commit, &work->commits[i].at);
	for (size_t i = 0; !rc && i < work->count; i++) {
		rc = look_at(&walk, &work->commits[i], err);
		if (progress)
			progress(data, i + 1, work->count);
	}
	if (!rc)
		rc = look_at_present(&walk, err);
	if (!rc)
		hand_over(&walk, out);
	jz_map_release(&walk.by_blob, free);
	jz_map_release(&walk.records, free);
	jz_map_release(&walk.counted, NULL);
	jz_map_release(&walk.moments, NULL);
	jz_exposing_release(work);
	return rc;
}

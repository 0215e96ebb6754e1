#include "lib/store/history.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/store-impl.h"

void jz_history_release(struct jz_history *history)
{
	for (size_t i = 0; i < history->len; i++) {
		free(history->items[i].person);
		free(history->items[i].subject);
	}
	free(history->items);
	memset(history, 0, sizeof(*history));
}

static int add_commit(void *data, const struct jz_git_commit *commit)
{
	struct jz_history *history = data;
	struct jz_version *version;

	if (history->len == history->cap) {
		history->cap = history->cap ? history->cap * 2 : 16;
		history->items =
			jz_xrealloc(history->items, history->cap * sizeof(*history->items));
	}
	version = &history->items[history->len++];
	memset(version, 0, sizeof(*version));
	jz_copy(version->commit, sizeof(version->commit), commit->id);
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
	int failed = jz_git_log(git, snapshot->commit, entry->path, add_commit, out, err);

	for (size_t i = 0; !failed && i < out->len; i++) {
		failed = jz_git_path_blob(git, out->items[i].commit, entry->path,
					  out->items[i].blob, err);
		if (failed == JZ_E_FINDINGS) {
			out->items[i].blob[0] = '\0';
			failed = 0;
		}
	}
	return failed;
}

struct reading {
	const struct jz_history *history;
	const struct jz_entry *entries;
	const size_t *version_of; /* index of the version that an entry stands for */
	jz_version_fn *each;
	void *data;
};

static int one(void *data, const struct jz_entry *entry, struct jz_record **record,
	       const struct jz_err *failure)
{
	struct reading *reading = data;
	size_t index = reading->version_of[entry - reading->entries];

	return reading->each(reading->data, &reading->history->items[index], record, failure);
}

int jz_history_each(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    const struct jz_history *history, jz_version_fn *each, void *data,
		    struct jz_err *err)
{
	jz_autofree struct jz_entry *entries = jz_xcalloc(history->len, sizeof(*entries));
	jz_autofree size_t *version_of = jz_xcalloc(history->len, sizeof(*version_of));
	struct reading reading = {history, entries, version_of, each, data};
	size_t count = 0;

	for (size_t i = 0; i < history->len; i++) {
		const char *blob = history->items[i].blob;

		/* A merge, or a revert to what stood before, is no text of its own. */
		if (!*blob || (count && !strcmp(entries[count - 1].blob, blob)))
			continue;
		entries[count] = *entry;
		memcpy(entries[count].blob, blob, sizeof(entries[count].blob));
		version_of[count++] = i;
	}
	return jz_records_each(snapshot, entries, count, one, &reading, NULL, err);
}

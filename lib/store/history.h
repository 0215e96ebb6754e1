/*
 * The revisions of one record through the history of a commit, each distinct ciphertext once, and
 * who made them.
 */
#ifndef JZ_STORE_HISTORY_H
#define JZ_STORE_HISTORY_H

#include "lib/store/store.h"

struct jz_version {
	char commit[41];
	char blob[41]; /* "": the commit removed the record */
	char *person;  /* the commit's author */
	char *subject;
	int64_t time; /* seconds */
	int offset;   /* minutes east of UTC */
};

struct jz_history {
	struct jz_version *items; /* newest first */
	size_t len;
	size_t cap;
};
#define JZ_HISTORY_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}
void jz_history_release(struct jz_history *history);

/* All versions of the record at entry->path, along the commits that changed it. */
int jz_history_read(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    struct jz_history *out, struct jz_err *err);

/* Decrypts versions, newest first, each ciphertext once. each() gets a version and its record, or
 * NULL and why; it may take the record by setting *record to NULL. Non-zero from each() stops. */
typedef int jz_version_fn(void *data, const struct jz_version *version, struct jz_record **record,
			  const struct jz_err *failure);
int jz_history_each(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    const struct jz_history *history, jz_version_fn *each, void *data,
		    struct jz_err *err);

#endif

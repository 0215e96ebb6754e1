/*
 * The revisions of one record through the history of a commit: who made them, which came before
 * which, and what stood in them, each ciphertext decrypted once.
 */
#ifndef JZ_STORE_HISTORY_H
#define JZ_STORE_HISTORY_H

#include "lib/store/store.h"

struct jz_version {
	char commit[41];
	char blob[41]; /* "": the commit removed the record */
	char *person;  /* the commit's author */
	char *subject;
	int64_t time;	 /* seconds */
	int offset;	 /* minutes east of UTC */
	size_t *parents; /* the versions before it, behind it in the list; a merge has several */
	size_t parent_count;
};

struct jz_history {
	struct jz_version *items; /* newest first, none before one that came after it */
	size_t len;
};
#define JZ_HISTORY_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}
void jz_history_release(struct jz_history *history);

/* All versions of the record at entry->path: the commits that made it another than it was in each
 * of their parents. */
int jz_history_read(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    struct jz_history *out, struct jz_err *err);

/* A version beside what it was made from. */
struct jz_step {
	const struct jz_version *version;
	struct jz_record *record;     /* NULL: removed, or unreadable; each() may take it by setting
					 this     to NULL */
	const struct jz_err *failure; /* of an unreadable one, else NULL */
	/* version->parent_count of them, as above. */
	struct jz_record *const *before;
	const struct jz_err *const *before_failed;
};

/* Decrypts the versions and calls each() with one after the other, newest first. Non-zero from
 * each() stops; that becomes the result. In memory are those between a version and the oldest that
 * it was made from: two, unless lines that meet have grown far apart. */
typedef int jz_step_fn(void *data, struct jz_step *step);
int jz_history_each(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    const struct jz_history *history, jz_step_fn *each, void *data,
		    struct jz_err *err);

#endif

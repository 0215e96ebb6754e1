/* Which version of a record gave each of its fields the value that it has. */
#ifndef JZ_STORE_BLAME_H
#define JZ_STORE_BLAME_H

#include "lib/store/history.h"

/* One field of the newest version. */
struct jz_blame_line {
	char *path; /* "services[a7k2m9q4].outcome" */
	const struct jz_node *value;
	const struct jz_version *version;
	bool certain; /* false: this version, or one before it that could not be read */
	bool settled;
	size_t at; /* the version that is looked at next */
};

struct jz_blame {
	struct jz_blame_line *lines;
	size_t len, cap;
	size_t open; /* not settled */
	size_t scanned, unreadable;
	struct jz_strs unread;	  /* commits, newest first */
	struct jz_strs reasons;	  /* of each */
	struct jz_record *newest; /* holds the values */
	const struct jz_history *history;
	const char *prefix;
	struct jz_err failure; /* the newest could not be read */
};
void jz_blame_release(struct jz_blame *blame);

/* Of all fields at or below prefix ("" is all). A field of a merge comes from the side that had the
 * value. A version that cannot be read is passed over: what stood on both sides of it is older.
 * Reading ends where everything is known. history must outlive the blame. */
int jz_blame(struct jz_snapshot *snapshot, const struct jz_entry *entry,
	     const struct jz_history *history, const char *prefix, struct jz_blame *out,
	     struct jz_err *err);

#endif

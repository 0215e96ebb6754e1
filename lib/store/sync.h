/*
 * Bringing a clone and another repository together: fetch, verify what was fetched before anything
 * of it is used, go forward or merge by meaning, push, and again when the other moved meanwhile.
 *
 * Fetching changes nothing but refs/remotes/NAME. A merge is made among the objects and lands as
 * any change does (land.h), so it works in a bare clone, and the clone stands as it was until then.
 * Nothing is ever dropped: where a person must decide, nothing lands, and what waits for them is noted
 * outside of the repository (settled.h).
 */
#ifndef JZ_STORE_SYNC_H
#define JZ_STORE_SYNC_H

#include "lib/base/map.h"
#include "lib/port/git-remote.h"
#include "lib/store/merge-paths.h"

enum jz_sync_step { JZ_SYNC_FETCH, JZ_SYNC_VERIFY, JZ_SYNC_MERGE, JZ_SYNC_PUSH };

struct jz_sync_opts {
	const char *remote; /* NULL: the branch's own */
	const char *expect; /* what the root must be (trust.h); NULL: not asked */
	bool dry_run;	    /* fetch and verify, then only say what would come and go */
	bool no_push;
	bool restore; /* give a remote that was set back the history that it lost */
	void (*step)(void *data, enum jz_sync_step step); /* may be NULL */
	void *data;
};

/* One record, or one other file (kind "file", id its path), that came, went, or both. */
struct jz_sync_item {
	char kind[24];
	char *id;
	bool in, out;
	bool merged;	     /* changed on both sides, brought together */
	char renumbered[40]; /* our case has this id now; "": no */
	enum jz_snag snag;
	struct jz_strs clashes;
	char *message; /* why it is a snag, or what else there is to say; NULL: nothing */
};

struct jz_sync_result {
	struct jz_git_remote remote;
	char before[41]; /* our head */
	char theirs[41]; /* the remote's, as fetched last; "": empty */
	char after[41];	 /* our head when it was done */
	bool moved;	 /* ours went forward or was merged */
	bool merged;
	bool pushed;
	int rounds;
	size_t snags;
	struct jz_vec items;	     /* struct jz_sync_item * */
	struct jz_map by_id;	     /* of them, "kind id" */
	struct jz_buf said;	     /* by the remote and its hooks */
	struct jz_findings findings; /* of merged records */
	/* People who have several open cases, of which this sync moved one: the ids, with blanks
	 * between. Nothing is dropped for that: which of them stays, a person must decide. */
	struct jz_strs doubles;
	size_t unread; /* cases that could not be looked into for that */
};
void jz_sync_init(struct jz_sync_result *result);
void jz_sync_release(struct jz_sync_result *result);

/* JZ_E_CONFLICT: not verified, or a person must decide (then result->snags), or the remote refused;
 * JZ_E_IO: not reached. The result is filled as far as it came. */
int jz_sync(struct jz_store *store, const struct jz_sync_opts *opts, struct jz_sync_result *result,
	    struct jz_err *err);

/* The same two lines as a sync would merge them, for settling what stopped it: paths and what is in
 * force. JZ_E_CONFLICT: access.yaml itself must be settled first (then paths are there and meeting
 * is not). Both are the caller's to release. */
int jz_sync_meet(struct jz_store *store, const char *head, const char *theirs,
		 struct jz_meets *meets, struct jz_meeting *meeting, struct jz_err *err);

#endif

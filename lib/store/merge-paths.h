/*
 * Two lines of history that meet, path by path: what each changed since they parted, and what the
 * merge makes of it.
 *
 * What one side changed is taken as it stands, unless the access.yaml in force after the merge
 * wants it encrypted to others. What both changed is merged by meaning: records, access.yaml,
 * jzbf.yaml, role secrets, key files. Nothing is ever dropped: what cannot be merged is a snag, and
 * a person must settle it. Objects are written, no reference moves.
 */
#ifndef JZ_STORE_MERGE_PATHS_H
#define JZ_STORE_MERGE_PATHS_H

#include "lib/base/map.h"
#include "lib/store/merge.h"

enum jz_meet_side { JZ_MEET_OURS, JZ_MEET_THEIRS, JZ_MEET_BOTH };

/* Why a path could not be merged. */
enum jz_snag {
	JZ_SNAG_NONE,
	JZ_SNAG_FIELDS,	 /* both sides changed a field differently: clashes */
	JZ_SNAG_INVALID, /* the merged record breaks a rule: message, findings */
	JZ_SNAG_KEY,	 /* somebody who can read it must merge it: message */
	JZ_SNAG_PATH,	 /* removed on one side, or nothing that merges: message */
};

struct jz_meet {
	char *path;
	struct jz_entry entry; /* kind "": no record */
	enum jz_meet_side side;
	char blobs[JZ_VERSION_COUNT][41]; /* "": not there */
	char result[41];		  /* of the merge; "": removed, or a snag */
	bool sealed;			  /* the result is this merge's own ciphertext or text */
	bool done;			  /* nothing is left to merge */
	int64_t revision;		  /* of a record that is sealed */
	char renumbered[40]; /* the id that our case has from now on; "": it keeps its own */
	enum jz_snag snag;
	struct jz_strs clashes; /* paths of fields */
	char message[768]; /* why it is a snag; else what else there is to say, "": nothing */
};

struct jz_meets {
	struct jz_vec paths;   /* struct jz_meet *, in the order of the tree */
	struct jz_map renames; /* an id that our case gives up -> its struct jz_meet */
	size_t snags;
};
#define JZ_MEETS_INIT                                                                              \
	{                                                                                          \
		JZ_VEC_INIT, JZ_MAP_INIT, 0                                                        \
	}
void jz_meets_release(struct jz_meets *meets);

/* What each side changed since the base ("": nothing was there). Fills path, entry, side and blobs;
 * reads trees only. */
int jz_meets_find(struct jz_store *store, const char *base, const char *ours, const char *theirs,
		  struct jz_meets *out, struct jz_err *err);

/* A plain settings file of the three versions. The result is in the arena of merge, or shared with
 * nothing else. */
int jz_settings_merge(struct jz_meeting *meeting, struct jz_meet *meet,
		      struct jz_merge *merge, struct jz_node **out, struct jz_err *err);

/* Is the text one that may stand at this path (access.yaml, jzbf.yaml)? */
int jz_settings_check(const char *path, const struct jz_buf *text, struct jz_err *err);

/* Merges them all. Snags are no failure. findings gets what is wrong with merged records. */
int jz_meets_merge(struct jz_meeting *meeting, struct jz_meets *meets, struct jz_findings *findings,
		   struct jz_err *err);

#endif

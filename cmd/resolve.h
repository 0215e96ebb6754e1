/* resolve: what its parts share. */
#ifndef JZ_CMD_RESOLVE_H
#define JZ_CMD_RESOLVE_H

#include <stdio.h>

#include "cmd/command.h"
#include "lib/base/vec.h"
#include "lib/model/field.h"
#include "lib/port/git.h"
#include "lib/store/merge.h"
#include "lib/store/merge-paths.h"
#include "lib/store/settled.h"

/* Something that was left in conflict: by git in the index, or by a sync that stopped. */
struct jz_left {
	struct jz_entry entry; /* kind "file": id is the path */
	char blobs[JZ_VERSION_COUNT][JZ_GIT_ID];
};

struct jz_resolve {
	struct jz_ctx *ctx;
	struct jz_git *git;
	bool sync;		   /* a sync stopped; else git merges */
	struct jz_stopped stopped; /* the sync */
	struct jz_vec lefts;	   /* struct jz_left * */
	char head[JZ_GIT_ID];
	char other[JZ_GIT_ID]; /* "": not known (rebase) */
	struct jz_meeting meeting;
	struct jz_meets meets; /* of a sync */

	struct jz_fields fields; /* path=value */
	struct jz_strs ours;	 /* paths to take from one side */
	struct jz_strs theirs;
	enum jz_side rest; /* which side settles what is not named; JZ_SIDE_NONE: none */
};

void jz_resolve_release(struct jz_resolve *resolve);

/* Finds what is left; JZ_E_FINDINGS: nothing is. */
int jz_resolve_begin(struct jz_resolve *resolve, struct jz_err *err);

/* What is in force where both sides meet; needed for records. */
int jz_resolve_meet(struct jz_resolve *resolve, struct jz_err *err);

/* The one that a person means by "0001" or "access.yaml". */
int jz_resolve_find(const struct jz_resolve *resolve, const char *id, bool psych,
		    const struct jz_left **out, struct jz_err *err);

/* Keeps what was settled: in git's index, or for the next sync. */
int jz_resolve_keep(struct jz_resolve *resolve, const struct jz_left *left,
		    const struct jz_buf *bytes, struct jz_err *err);

/* Asks for each clash on the terminal: our side, theirs, or a value. What was answered is among the
 * fields and paths of resolve. JZ_E_FINDINGS when the person quits. */
int jz_resolve_ask(struct jz_resolve *resolve, const struct jz_vec *clashes, struct jz_err *err);

/* One clash with the values of both sides, for those who can decrypt them. */
void jz_resolve_show(const char *id, const struct jz_clash *clash, FILE *to);

#endif

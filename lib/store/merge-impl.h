/* Inside lib/store/merge-*.c only: the parts of merging path by path. */
#ifndef JZ_STORE_MERGE_IMPL_H
#define JZ_STORE_MERGE_IMPL_H

#include "lib/store/merge-paths.h"

/* A record's ciphertext is at most so big. */
struct jz_meet *jz_meets_add(struct jz_meets *meets, const char *path);

/* merge-one.c: any path, by what it holds. */
int jz_meet_merge(struct jz_meeting *meeting, struct jz_meet *meet, const struct jz_meets *meets,
		  struct jz_findings *findings, struct jz_err *err);

/* Notes why a path cannot be merged; 0. why may be NULL. */
int jz_meet_snag(struct jz_meet *meet, enum jz_snag snag, const char *message);

/* A failure that a person can do something about becomes a snag, any other stays one. */
int jz_meet_stopped(const struct jz_meeting *meeting, struct jz_meet *meet, int rc,
		    struct jz_err *err);

/* The versions of a record, decrypted. */
int jz_meet_open(struct jz_meeting *meeting, const struct jz_meet *meet, struct jz_merged *merged,
		 struct jz_err *err);

/* Makes a tree the result: checked, encrypted, written. */
int jz_meet_seal(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_node *root,
		 const struct jz_node *before, struct jz_findings *findings, struct jz_err *err);

/* merge-file.c: what is no record. */
int jz_meet_merge_file(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_err *err);

/* access.yaml as merged or settled, before the meeting knows what is in force. *out NULL: a snag.
 */
int jz_merge_law(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_access **out,
		 struct jz_err *err);

/* merge-access.c: three versions of access.yaml, the base may be NULL. message (may be NULL) gets a
 * sentence where both sides replaced a role key. */
int jz_access_merge(struct jz_merge *merge, const struct jz_node *const versions[JZ_VERSION_COUNT],
		    struct jz_node **out, char *message, size_t size, struct jz_err *err);

/* A role secret that only one side changed must be for the holders of both sides together. */
int jz_meet_check_secret(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_err *err);

/* merge-renumber.c: a case that each side took in under one id: ours gets the next free one. What
 * this settles is done. */
int jz_meets_renumber(struct jz_meeting *meeting, struct jz_meets *meets,
		      struct jz_findings *findings, struct jz_err *err);

/* Our records name our cases by the ids that they have from now on. *changed: the tree did. */
bool jz_meets_rename(const struct jz_meets *meets, struct jz_arena *arena, struct jz_node *root);
bool jz_meets_renames(const struct jz_meets *meets);

#endif

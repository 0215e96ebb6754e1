/*
 * Two lines of history that meet: what is in force where they do, and the merge of one encrypted
 * record by meaning (lib/model/merge.h).
 *
 * A record that both sides changed must be read in all three versions: somebody who cannot gets
 * JZ_E_CRYPTO. The result is judged as every record is (schema, rules of a commit) and encrypted to
 * those who may read it by the access.yaml of both sides together.
 */
#ifndef JZ_STORE_MERGE_H
#define JZ_STORE_MERGE_H

#include "lib/model/finding.h"
#include "lib/model/merge.h"
#include "lib/store/keyring.h"
#include "lib/store/store.h"

struct jz_meeting {
	struct jz_store *store;
	struct jz_snapshot *ours;
	struct jz_snapshot *theirs; /* NULL: not known, ours alone is in force */
	struct jz_snapshot *before; /* of the base; NULL: there is none, or theirs is not known */
	struct jz_access *merged;   /* NULL: one side's access.yaml is in force as it stands */
	char base[41];		    /* commit, "" if the sides share no history */
	struct jz_keyview view;	    /* access.yaml in force, keys of both sides */
	bool new_law[3];	    /* by version: another access.yaml than its own is in force */
	const struct jz_policy *policy;
};

/* Commits; theirs may be NULL. settled: the access.yaml in force where that is known, it is taken
 * over; NULL: that of both sides together. JZ_E_CONFLICT: both sides changed access.yaml at one
 * place. The meeting must not be moved afterwards. */
int jz_meeting_open(struct jz_meeting *meeting, struct jz_store *store, const char *ours,
		    const char *theirs, struct jz_access *settled, struct jz_err *err);
void jz_meeting_release(struct jz_meeting *meeting);

enum { JZ_VERSION_BASE, JZ_VERSION_OURS, JZ_VERSION_THEIRS, JZ_VERSION_COUNT };

struct jz_merged {
	struct jz_record *versions[JZ_VERSION_COUNT]; /* the base may be NULL */
	struct jz_merge merge;			      /* set choose and data before; then clashes */
	struct jz_node *root;			      /* in merge.arena */
};
void jz_merged_init(struct jz_merged *merged);
void jz_merged_release(struct jz_merged *merged);

/* Decrypts the versions, each with the keys of its own side (an empty buffer: there is none).
 * entry: kind, id and path. */
int jz_merge_open(struct jz_meeting *meeting, const struct jz_entry *entry,
		  const struct jz_buf ciphers[JZ_VERSION_COUNT], struct jz_merged *merged,
		  struct jz_err *err);

/* Merges what was decrypted. Whether it is without clashes merge.clashes tells. */
int jz_merge_versions(struct jz_merged *merged, const struct jz_entry *entry, struct jz_err *err);

/* Both. */
int jz_merge_record(struct jz_meeting *meeting, const struct jz_entry *entry,
		    const struct jz_buf ciphers[JZ_VERSION_COUNT], struct jz_merged *merged,
		    struct jz_err *err);

/* Judges the merged tree and encrypts it. */
int jz_merge_seal(struct jz_meeting *meeting, struct jz_merged *merged,
		  struct jz_findings *findings, struct jz_buf *cipher, struct jz_err *err);

/* The same of any tree. before: the version that it replaces, for the rules; NULL: none. */
int jz_merge_seal_tree(struct jz_meeting *meeting, const struct jz_entry *entry,
		       struct jz_node *root, const struct jz_node *before,
		       struct jz_findings *findings, struct jz_buf *cipher, struct jz_err *err);

/* Whom a record is for by the access.yaml in force: fingerprints. */
int jz_merge_recipients(const struct jz_meeting *meeting, const char *kind,
			const struct jz_node *root, struct jz_strs *out, struct jz_err *err);

/* Kind and id of a record's path; JZ_E_USAGE: it is none. */
int jz_record_entry(const char *path, struct jz_entry *out, struct jz_err *err);

#endif

/* What a transaction holds between the caller's puts and the commit. */
#ifndef JZ_STORE_TXN_IMPL_H
#define JZ_STORE_TXN_IMPL_H

#include "lib/base/map.h"
#include "lib/model/schema.h"
#include "lib/rules/rules.h"
#include "lib/store/store-impl.h"
#include "lib/store/txn.h"

#define JZ_PUT_PATH 128

/* One path of the commit to be. */
struct jz_put {
	char path[JZ_PUT_PATH];
	char kind[24]; /* "": a file, bytes go as they are; else a record, bytes are plain text */
	char id[40];
	int64_t revision;
	bool removed;
	struct jz_buf bytes;
	struct jz_strs assigned; /* people of access.yaml who may read the record */
	struct jz_buf row;	 /* of a case, for the index */
	char blob[JZ_GIT_ID];	 /* once it is written; bytes are gone then */
};

struct jz_sealing; /* txn-seal.h */

struct jz_txn {
	struct jz_store *store;
	const struct jz_change_opts *opts;
	struct jz_snapshot *snapshot; /* the base */
	struct jz_access *access;     /* the one that this change puts; NULL: the base's */
	char office[16];	      /* code in the jzbf.yaml that this change puts; "": none */
	struct jz_findings *findings;
	struct jz_vec puts; /* struct jz_put, in order */
	struct jz_map by_path;
	int serial_year; /* jz_txn_new_id() counts on from here; 0: nothing counted */
	long serial;
	struct jz_sealing *sealing; /* records on their way through gpg; NULL: none yet */
	bool only_check;	    /* jz_txn_only_check() */
	bool broken;		    /* jz_txn_broken() */
};

void jz_txn_init(struct jz_txn *txn, struct jz_store *store, const struct jz_change_opts *opts,
		 struct jz_findings *findings);
void jz_txn_release(struct jz_txn *txn);

/* ---- txn-check.c ---- */

bool jz_txn_holds(struct jz_txn *txn, const char *path, char blob[JZ_GIT_ID]); /* at its base */

/* The present revision must be the one that the caller started from. */
int jz_txn_check_base(struct jz_txn *txn, const char *path, const char *id,
		      const struct jz_record *before, struct jz_err *err);

/* Writes format, id and the next revision into the head of a record. */
void jz_txn_stamp(struct jz_arena *arena, struct jz_node *root, const char *kind, const char *id,
		  const struct jz_record *before);
int64_t jz_next_revision(const struct jz_record *before);

/* Adds the people who are named in a record's 'assigned'. */
void jz_txn_assigned(const struct jz_node *root, struct jz_strs *out);

#endif

/* What the files of the store share about an opened store and a snapshot. */
#ifndef JZ_STORE_STORE_IMPL_H
#define JZ_STORE_STORE_IMPL_H

#include "lib/model/finding.h"
#include "lib/model/policy.h"
#include "lib/port/git.h"
#include "lib/store/access.h"
#include "lib/store/index.h"
#include "lib/store/keyring.h"
#include "lib/store/pending.h"
#include "lib/store/store.h"

struct jz_store {
	struct jz_git *git;
	struct jz_keyring *keyring; /* NULL until it is asked for */
	char *local;		    /* .git/jzbf */
	char *scratch;		    /* the same of this working tree */
	char *notice;
	char *trust_notice;	  /* what trust.h has to tell */
	void (*judging)(void *data, size_t done, size_t total); /* may be NULL */
	void *judging_data;
	char *key_notice;	  /* the own key ends soon */
	struct jz_index *index;	  /* NULL until it is asked for */
	bool unverified;	  /* nothing is checked */
	char verified[JZ_GIT_ID]; /* the last HEAD that was, in this process */
	struct jz_snapshot *present; /* of a HEAD, for snapshots of other commits */
	struct jz_snapshot *latest;  /* the last one that was read, as long as it is open */
};

struct jz_snapshot {
	struct jz_store *store;
	char commit[JZ_GIT_ID]; /* "": before the first commit; then all that follows is NULL but
				   policy */
	struct jz_arena *arena;
	struct jz_node *office;
	struct jz_policy *policy;
	struct jz_access *access;
	struct jz_keyview present; /* of the HEAD; read NULL: not looked at yet */
	unsigned holders;	   /* a commit that is open already is handed out again */
};

/* Reads and checks the bytes of a jzbf.yaml. */
int jz_office_parse(struct jz_arena *arena, const char *text, size_t len, struct jz_node **out,
		    struct jz_err *err);

/* nested.c: a store that somebody could have planted in another one's working tree is not found by
 * searching upwards, until it was named once (dir). JZ_E_CONFLICT. */
int jz_store_check_nested(struct jz_store *store, const char *dir, struct jz_err *err);

/* The bytes of HEAD's jzbf.yaml, which makes a repository a store. */
int jz_store_office_text(struct jz_git *git, struct jz_buf *text);

/* Remembers what was settled for jz_store_notice(). */
void jz_store_settled(struct jz_store *store, enum jz_settled how, const struct jz_pending *what);

/* The view of one given commit ("": before the first). */
int jz_snapshot_at(struct jz_store *store, const char *commit, struct jz_snapshot **out,
		   struct jz_err *err);

/* What record stands at a path of a tree; false: the path is no record's. */
bool jz_entry_of(const char *path, const char *blob, struct jz_entry *out);

/* The entries of a commit, collected one by one; kind as for jz_snapshot_entries(). */
struct jz_listing {
	const char *kind;
	struct jz_entry *entries;
	size_t count;
	size_t cap;
};
int jz_listing_add(void *listing, const char *path, const char *blob); /* a jz_git_walk_fn */
struct jz_entry *jz_listing_next(struct jz_listing *listing); /* one more, its bytes undefined */
/* Puts what came since a place into order; nothing to do where it is. */
void jz_listing_sort(struct jz_listing *listing, size_t from);

/* The two halves of jz_record_read() around the decryption. */
int jz_record_fetch(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    struct jz_buf *cipher, struct jz_err *err);
int jz_record_parse(const struct jz_entry *entry, const struct jz_buf *plain,
		    struct jz_record **out, struct jz_err *err);

/* The failure of a case that is sound, but for other people to read. */
void jz_record_foreign(const struct jz_entry *entry, struct jz_err *err);

/* Types a record that is about to be written and judges it: schema, then the rules that hold for
 * every commit. before may be NULL. */
int jz_record_check(const char *kind, const char *id, struct jz_node *root,
		    const struct jz_node *before, bool psych_exists, const struct jz_policy *policy,
		    struct jz_findings *findings, struct jz_err *err);

/* The text of a typed record, which reads back as the same record. */
int jz_record_text(const char *kind, const struct jz_node *root, struct jz_buf *text,
		   struct jz_err *err);

#endif

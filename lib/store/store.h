/*
 * An opened store: a git repository (bare or not) whose HEAD holds jzbf.yaml and access.yaml.
 *
 * Reads are of a commit, through a snapshot; writes go through a transaction (txn.h). One thread.
 */
#ifndef JZ_STORE_STORE_H
#define JZ_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/date.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/vec.h"

struct jz_store;
struct jz_git; /* lib/port/git.h */
struct jz_snapshot;
struct jz_policy;  /* lib/model/policy.h */
struct jz_access;  /* lib/store/access.h */
struct jz_keyring; /* lib/store/keyring.h */
struct jz_keyview; /* lib/store/keyring.h */

/* Opens the store at dir, or the one above dir (NULL: the working directory). JZ_E_IO: none there.
 * JZ_E_CONFLICT: it lies inside the working tree of another store, and was never named before.
 * The process works in the time zone of jzbf.yaml from then on. A change that a killed process left
 * behind is finished or dropped, if no other process writes and the repository is writable; see
 * jz_store_notice(). */
int jz_store_open(const char *dir, struct jz_store **out, struct jz_err *err);

/* Makes the git repository, if there is none, and opens it before its first commit (init).
 * JZ_E_CONFLICT: there is a store in it already. */
int jz_store_create(const char *dir, bool bare, struct jz_store **out, struct jz_err *err);

/* Opens a repository that may be empty yet, to judge what is pushed to it, quarantined objects
 * included. Nothing is settled, and the time zone stays as it is. */
int jz_store_receive(const char *dir, struct jz_store **out, struct jz_err *err);

/* Works in the time zone of a commit's jzbf.yaml from here on, if that can be read. */
void jz_store_zone_of(struct jz_store *store, const char *commit);

void jz_store_free(struct jz_store *store);
JZ_DEFINE_AUTO(struct jz_store, jz_store_free)

struct jz_git *jz_store_git(struct jz_store *store);
struct jz_keyring *jz_store_keyring(struct jz_store *store); /* opened on first use */
const char *jz_store_local_dir(struct jz_store *store);	     /* .git/jzbf, made on first use */

/* Where a change that is about to land leaves its marks: the same, but of a linked working tree its
 * own, for HEAD and git's index are its own too. What was killed there is settled from there. */
const char *jz_store_scratch_dir(struct jz_store *store);

/* What opening or changing the store found interrupted and did about it, one translated sentence
 * for standard error; NULL: nothing. */
const char *jz_store_notice(const struct jz_store *store);

/* That the key with which something was signed ends soon; NULL: it does not. */
const char *jz_store_key_notice(const struct jz_store *store);

/* What verifying has to tell (trust.h): that this was the first look; NULL: nothing. */
const char *jz_store_trust_notice(const struct jz_store *store);

/* Called while commits are judged before something is read, which takes long at the first look. */
void jz_store_on_judging(struct jz_store *store,
			 void (*judging)(void *data, size_t done, size_t total), void *data);

/* ---- a commit's view ---- */

/* What is opened must be verified (trust.h), else JZ_E_CONFLICT.
 * at: NULL is HEAD; a revision; or a date YYYY-MM-DD: the last commit of that day or before, by
 * committer time in the store's time zone, along first parents: what stood in this line of the
 * history, not what somebody elsewhere had written and nobody had brought in. JZ_E_USAGE: the day
 * is still to come, so that nobody can say what will stand there. */
int jz_snapshot_open(struct jz_store *store, const char *at, struct jz_snapshot **out,
		     struct jz_err *err);
void jz_snapshot_free(struct jz_snapshot *snapshot);
JZ_DEFINE_AUTO(struct jz_snapshot, jz_snapshot_free)

const char *jz_snapshot_commit(const struct jz_snapshot *snapshot); /* 40 hex digits */
struct jz_date jz_snapshot_day(struct jz_snapshot *snapshot); /* its commit's, by local time */
const struct jz_node *jz_snapshot_office(const struct jz_snapshot *snapshot); /* jzbf.yaml */
const char *jz_snapshot_code(const struct jz_snapshot *snapshot); /* the office's; NULL: none */
const struct jz_policy *jz_snapshot_policy(const struct jz_snapshot *snapshot);
const struct jz_access *jz_snapshot_access(const struct jz_snapshot *snapshot);

/* What the keyring may look at: access.yaml and the keys of this commit. Lives as long as the
 * snapshot. */
void jz_snapshot_view(struct jz_snapshot *snapshot, struct jz_keyview *out);

/* Appends the bytes of a file of the commit. JZ_E_FINDINGS: no such path. */
int jz_snapshot_file(struct jz_snapshot *snapshot, const char *path, struct jz_buf *out,
		     struct jz_err *err);

/* ---- records ---- */

/* One decrypted record. Freeing it wipes it. */
struct jz_record {
	struct jz_arena *arena;
	struct jz_node *root; /* typed by its schema */
	char kind[24];	      /* "case", "psych" */
	char id[40];
	char path[128];
	char blob[41];
	int64_t revision;
	bool own; /* opened with the person's own key, not with a role key */
};
void jz_record_free(struct jz_record *record);
JZ_DEFINE_AUTO(struct jz_record, jz_record_free)

/* A record's place in the tree, read without decrypting. */
struct jz_entry {
	char kind[24];
	char id[40];
	char path[128];
	char blob[41];
};

/* "cases/2026/000/LS-2026-0001/case.yaml.gpg" for ("case", "LS-2026-0001"); JZ_E_USAGE: no such
 * kind or not an id. */
int jz_record_path(const char *kind, const char *id, char *out, size_t size, struct jz_err *err);

/* All records of a kind ("case"; NULL: every kind), sorted by id. The caller frees *out with
 * free(). */
int jz_snapshot_entries(struct jz_snapshot *snapshot, const char *kind, struct jz_entry **out,
			size_t *count, struct jz_err *err);

/* Finds one. JZ_E_FINDINGS: not there. id may be cut to an unambiguous end at a dash, leading zeros
 * left out ("2026-0001", "1"). */
int jz_snapshot_find(struct jz_snapshot *snapshot, const char *kind, const char *id,
		     struct jz_entry *out, struct jz_err *err);

/* Decrypts, parses, types and checks one record (schema, kind, id against path). JZ_E_CRYPTO:
 * cannot be read; JZ_E_INVALID: is not what its path says. */
int jz_record_read(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		   struct jz_record **out, struct jz_err *err);

/* The same for raw ciphertext that no commit holds (textconv); plaintext only. */
int jz_store_decrypt(struct jz_store *store, const void *cipher, size_t len, struct jz_buf *plain,
		     struct jz_err *err);

/* Reads many. each() is called once an entry, in the order of the entries: with the record, or with
 * record NULL and the failure. failure->foreign is set only where nothing is wrong: the record is
 * encrypted to others, and this person does not hold the role key that reads them all. A record
 * belongs to the callback only while it runs, unless it takes it by setting *record to NULL. each()
 * returns non-zero to stop. progress may be NULL. */
typedef int jz_each_fn(void *data, const struct jz_entry *entry, struct jz_record **record,
		       const struct jz_err *failure);
int jz_records_each(struct jz_snapshot *snapshot, const struct jz_entry *entries, size_t count,
		    jz_each_fn *each, void *data, void (*progress)(void *data, size_t done),
		    struct jz_err *err);

#endif

/*
 * The index: the summaries of the cases that this person has read (summary.h), so that a listing or
 * a report decrypts only what is new. A cache: without it everything gives the same bytes.
 *
 * Where: .git/jzbf/index/<person>-<user>, one file a person, 0600, never pushed. Everything in it
 * is sealed (lib/port/seal.h) under a random data key. That key lies, encrypted by OpenPGP to the
 * person's own key, outside the repository ($XDG_STATE_HOME/jzbf/index/): anybody can encrypt a
 * data key of their own to a public key, but not put it there. So whoever can write the repository
 * can delete the index, but can neither read nor forge a row. A file that does not verify is thrown
 * away, with a notice, and made anew.
 *
 * A row belongs to a blob, so an old index is never a wrong one. It is used only where the person
 * could decrypt the record now: holding the role key that it was opened with, or with the same own
 * key. It counts only at its own path. Where a record is sound but for other people, that is
 * remembered too, until keys, roles or the day change.
 *
 * Rows are made from records that were read and validated, or just written; only of HEAD. Writing
 * needs no secret operation: what a commit adds is sealed to a public key, with a MAC by a key that
 * lies beside the data key. Appending is one write under a lock that the kernel drops; readers need
 * none. A torn end is passed over. Whatever goes wrong here is at most a notice.
 *
 * Off: JZBF_INDEX=off, --unverified, no person, no place for the key.
 */
#ifndef JZ_STORE_INDEX_H
#define JZ_STORE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/store/store.h"

struct jz_index;

/* For a command that is going to ask for summaries: starts what takes longest (gpg) before the
 * repository at or above dir (NULL: the working directory) is even opened, if it can be told for whom. */
struct jz_index_guess;
struct jz_index_guess *jz_index_guess(const char *dir);
void jz_index_guess_free(struct jz_index_guess *guess);
JZ_DEFINE_AUTO(struct jz_index_guess, jz_index_guess_free)

/* Takes up what was guessed (NULL: nothing), or starts now. */
void jz_index_start(struct jz_store *store, struct jz_index_guess *guess);
void jz_index_free(struct jz_index *index);

/* Goes through the cases of a commit in the order of their ids, like jz_records_each(), but a record
 * is its whole tree, or what its summary has of the fields: paths as jz_summary_want() takes them.
 * NULL: whatever a summary has. Where summaries lack one of them, the records are read. The tree
 * lives while each() runs; record NULL: failure says why. start (may be NULL) gets their number first, progress (may be NULL) how many are done. */
struct jz_summary_job {
	const char *fields;
	int (*each)(void *data, const struct jz_entry *entry, const struct jz_node *record,
		    const struct jz_err *failure);
	void (*start)(void *data, size_t total);
	void (*progress)(void *data, size_t done);
	void *data;
};
int jz_summaries_each(struct jz_snapshot *snapshot, const struct jz_summary_job *job,
		      struct jz_err *err);

/* What the index has to tell (it was thrown away, it cannot be written); NULL: nothing. */
const char *jz_index_notice(const struct jz_store *store);

/* ---- for `jzbf index` ---- */

struct jz_index_stat {
	char *file;		  /* where it is, or would be; the caller frees */
	const char *why_not;	  /* a sentence: why there is none, or none in use; NULL: in use */
	size_t cases;		  /* of HEAD */
	size_t rows;		  /* of them with a row */
	size_t foreign;		  /* of them known to be for other people */
	size_t stale;		  /* rows of what is not in HEAD any more, or not to be used */
	size_t pages;
	uint64_t bytes;
	bool kept;		  /* the key is in the kernel's keyring */
};
int jz_index_stat(struct jz_snapshot *snapshot, struct jz_index_stat *out, struct jz_err *err);

/* Removes file, key and what the kernel keeps. 0 if there was none. */
int jz_index_drop(struct jz_store *store, struct jz_err *err);

/* Compares every row of HEAD with its record; calls wrong() for each that differs, and drops the
 * index then. JZ_E_FINDINGS: some do. *checked: how many were compared. */
int jz_index_check(struct jz_snapshot *snapshot, void (*wrong)(void *data, const char *id),
		   void *data, void (*progress)(void *data, size_t done), size_t *checked,
		   struct jz_err *err);

/* Leaves the data key in the kernel's keyring for some minutes. JZ_E_IO: the kernel does not let us;
 * JZ_E_FINDINGS: there is no index yet. */
int jz_index_keep(struct jz_snapshot *snapshot, unsigned minutes, struct jz_err *err);

/* ---- for a transaction ---- */

/* The row of a case that is about to be written, in a page of its own; nothing is added where there
 * is no index to take it. */
void jz_index_row(struct jz_store *store, const struct jz_node *record, struct jz_buf *row);

/* Adds it, once the commit that holds the blob has landed. Needs no secret key. base is the commit
 * before. */
struct jz_index_written {
	const char *blob;
	const struct jz_buf *row;
};
void jz_index_add(struct jz_snapshot *base, const struct jz_index_written *written, size_t count);

#endif

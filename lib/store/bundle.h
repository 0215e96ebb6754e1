/*
 * A package for an outside examiner: what happened in a store between two commits, who signed it
 * and what verify.h found, to be checked without the store and without any key of a case.
 *
 * It is a tar archive (tar.h) of files below jzbf-bundle/:
 *   manifest.json      what it is about: ends, root, maker, counts
 *   commits.ndjson     one line a commit: signer, key, date, verdict, what it changed
 *   access-from.yaml, access-to.yaml, keys/FPR.asc    people, roles and keys at the ends
 *   objects/ID.TYPE    as `git cat-file` prints them: all commits from the root to the last, the
 *                      trees that the commits in between changed, the access.yaml, jzbf.yaml and
 *                      keys by which they are judged; ciphertexts only if asked for
 *   README.txt         how to check it by hand
 *   SHA256SUMS, SHA256SUMS.asc    of all of these, signed by the maker
 * The same commits, maker and version give the same bytes, but for the signature.
 *
 * No case content is in it. It holds ids of records, sizes, dates, and the names of the staff.
 */
#ifndef JZ_STORE_BUNDLE_H
#define JZ_STORE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/vec.h"

struct jz_arena;
struct jz_node;
struct jz_store;

struct jz_bundle_opts {
	const char *from; /* commit; "": from the beginning */
	const char *to;	  /* commit */
	const char *file;
	bool ciphertext;
	void (*progress)(void *data, size_t done, size_t total); /* may be NULL */
	void *data;
};

/* What a package says, after it was made or checked. */
struct jz_bundle_facts {
	char from[41], to[41], root[41];
	char founder[41];   /* fingerprint of the key that signed the root */
	char maker[64];	    /* id of the person */
	char maker_key[41]; /* fingerprint */
	size_t commits;
	size_t findings;
	struct jz_strs list; /* of them, "commit rule path"; the path "" is the commit itself */
	bool ciphertext;
};
#define JZ_BUNDLE_FACTS_INIT                                                                       \
	{                                                                                          \
		.list = JZ_STRS_INIT                                                               \
	}
void jz_bundle_facts_release(struct jz_bundle_facts *facts);

/* Sets in map what manifest.json and the output of `bundle` have in common: the ends, the root, the maker,
 * the number of commits. arena owns the values; what is "" becomes null. */
void jz_bundle_set_facts(const struct jz_bundle_facts *facts, struct jz_arena *arena,
			 struct jz_node *map);

/* Writes the package. Findings in the history are part of it, and no failure. JZ_E_FINDINGS: to
 * does not come after from. */
int jz_bundle_make(struct jz_store *store, const struct jz_bundle_opts *opts,
		   struct jz_bundle_facts *facts, struct jz_err *err);

/* Checks a package by itself: sums, signature of the maker, every object's id, and all that the
 * commits show, judged anew; the maker's key must have been in force when it signed. The caller
 * releases the facts, of both. JZ_E_CONFLICT: something is not as it says; JZ_E_INVALID: no such
 * package. */
int jz_bundle_check(const char *file, struct jz_bundle_facts *facts, struct jz_err *err);

#endif

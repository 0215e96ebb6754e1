/* Inside lib/store/verify*.c only: one walk, and one commit under judgement. */
#ifndef JZ_STORE_VERIFY_IMPL_H
#define JZ_STORE_VERIFY_IMPL_H

#include "lib/base/map.h"
#include "lib/base/tmpfs.h"
#include "lib/port/git.h"
#include "lib/port/gpg.h"
#include "lib/store/access.h"
#include "lib/store/store.h"
#include "lib/store/verify.h"

/* What a commit says about people and the office. */
struct jz_lawbook {
	char commit[JZ_GIT_ID];		/* "": none */
	const struct jz_access *access; /* NULL: cannot be read */
	const char *office;		/* code, "" if it cannot be read */
	bool pinned;			/* clock: pinned */
};

/* A key file in a keyring of its own. */
struct jz_keyfile {
	struct jz_tmpdir home;
	struct jz_gpg *gpg;
	struct jz_gpg_key *key; /* NULL: the file does not hold the key of its name alone */
};

/* Where a ciphertext stood first, and as which revision. */
struct jz_seen {
	char path[128];
	long long revision;
};

/* A good signature that was checked together with others. */
struct jz_ahead {
	char subkey[41];
	int64_t time;
};

struct jz_verify {
	struct jz_store *store;
	struct jz_git *git;
	struct jz_verdict *out;
	bool full;
	const char *assumed;
	bool partial;
	void (*each)(void *data, struct jz_trial *trial);
	void *each_data;
	bool rooted;		/* a root was judged, or lies behind us */
	struct jz_map access;	/* blob -> struct jz_access *, NULL value: unreadable */
	struct jz_map office;	/* blob -> struct office_seen * */
	struct jz_map keyfiles; /* "blob fingerprint" -> struct jz_keyfile * */
	struct jz_map seen;	/* blob -> struct jz_seen * */
	size_t recalled;	/* commits whose ciphertexts were not in the file */
	bool looks_ahead;
	struct jz_tmpdir ahead_home; /* with the keys of the tip */
	struct jz_map ahead;	     /* commit -> struct jz_ahead *: of the commits that come next */
};

struct jz_altered {
	char *path;
	char old_blob[JZ_GIT_ID];   /* of the first parent; "": it was not there */
	char new_blob[JZ_GIT_ID];   /* "": removed */
	char other_blob[JZ_GIT_ID]; /* a merge: of the second parent */
	bool both;		    /* a merge: both sides had changed it */
};

/* A commit under judgement. */
struct jz_trial {
	struct jz_verify *verify;
	const struct jz_git_commit *commit;
	struct jz_date day;
	struct jz_lawbook law;	     /* its own */
	struct jz_lawbook parent[2]; /* who judges it; the root: its own once more */
	size_t parents;		     /* 1 or 2 */
	const char *signer;	     /* id of the person; NULL: nobody whom access.yaml knows */
	const char *key;	     /* fingerprint of their key in access.yaml */
	size_t first_flaw;	     /* of this commit, in the verdict */
	struct jz_vec altered;	     /* struct jz_altered *: what this commit itself changes */
};

__attribute__((format(printf, 4, 5))) void jz_flaw(struct jz_trial *trial, const char *path,
						   const char *rule, const char *fmt, ...);

/* verify-law.c */
int jz_verify_law(struct jz_verify *verify, const char *commit, struct jz_lawbook *out,
		  struct jz_err *err);
void jz_verify_release_law(struct jz_verify *verify);

/* verify-key.c: the key file of a fingerprint in a commit; *out NULL: there is none. */
int jz_verify_key(struct jz_verify *verify, const char *commit, const char *fingerprint,
		  struct jz_keyfile **out, struct jz_err *err);
/* Is a blob one public key, whichever? */
int jz_verify_public(struct jz_verify *verify, const char *blob, bool *is, struct jz_err *err);
void jz_verify_release_keys(struct jz_verify *verify);

/* verify-ahead.c: checks the signatures of many commits together, by the keys of the tip. Nothing
 * depends on it but time: what is not found here is checked alone. */
#define JZ_VERIFY_AHEAD 512 /* commits at a time */
void jz_verify_ahead_begin(struct jz_verify *verify, const char *tip, size_t commits);
void jz_verify_ahead(struct jz_verify *verify, char *const *ids, size_t count);
void jz_verify_ahead_end(struct jz_verify *verify);

/* Is it clear whether a key of this file, sound today, made the commit's signature? *known: it did,
 * made is filled. false: look. */
bool jz_verify_seen_ahead(struct jz_verify *verify, const char *commit,
			  const struct jz_keyfile *file, struct jz_gpg_made *made, bool *known);

/* verify-signer.c: signature, signer, key, identity, time. Sets trial->signer. */
int jz_verify_signer(struct jz_trial *trial, struct jz_err *err);

/* When the subkey that signed ended, or its key; 0: never. */
int64_t jz_verify_key_end(const struct jz_gpg_key *key, const char *subkey);

/* verify-path.c: everything about one path that the commit changes. */
int jz_verify_path(struct jz_trial *trial, const struct jz_altered *altered, struct jz_err *err);

/* Each parent's access.yaml must allow the signer to change it. */
void jz_verify_role(struct jz_trial *trial, const char *path);

/* verify-record.c: the ciphertext of a record or role secret. revision: as the message states it,
 * 0 if it does not. */
int jz_verify_record(struct jz_trial *trial, const struct jz_altered *altered, const char *kind,
		     const char *id, long long revision, struct jz_err *err);
/* A record that a merge took from one side: does the access.yaml that the other side brought shut
 * one of its readers out, a role key among them? side: that of the side it comes from. */
int jz_verify_readers(struct jz_trial *trial, const struct jz_altered *altered, const char *kind,
		      const struct jz_access *side, struct jz_err *err);
int jz_verify_secret(struct jz_trial *trial, const struct jz_altered *altered, enum jz_role_key key,
		     struct jz_err *err);

/* verify-access.c: what the commit does to role keys, and (decrypted) what a role secret holds. */
int jz_verify_access(struct jz_trial *trial, struct jz_err *err);
int jz_verify_halves(struct jz_trial *trial, enum jz_role_key key, struct jz_err *err);

/* verify-message.c: the revision that a message states of a record path; 0: it does not. */
long long jz_message_revision(const char *message, const char *path);
void jz_verify_message(struct jz_trial *trial);

/* "case", "LS-2026-0001" of a path where a record of that name belongs; false: no such path. */
bool jz_verify_place(const char *path, char kind[24], char id[40]);

/* verify-change.c: what a commit changes. */
int jz_verify_altered(struct jz_trial *trial, struct jz_err *err);
void jz_verify_release_altered(struct jz_vec *altered);

/* verify-recall.c: the memory of ciphertexts, of what was judged before and of what is now. */
int jz_verify_recall(struct jz_verify *verify, const struct jz_strs *judged, struct jz_err *err);
void jz_verify_remember(struct jz_verify *verify, const char *message, const char *path,
			const char *blob);

/* Keeps it for the next time, if that pays; tip: all of its history is in the memory. */
void jz_verify_save_seen(struct jz_verify *verify, const char *tip);

/* verify-merge.c: sorts what a merge has otherwise than its first and its second parent: what it
 * took from either is judged here, what it changed itself goes to trial->altered. */
int jz_verify_merge(struct jz_trial *trial, struct jz_vec *one, struct jz_vec *two,
		    struct jz_err *err);

/* "Jzbf-Renumbered: OLD NEW"; false: the line is none. */
bool jz_message_renumbered(const char *line, char from[40], char to[40]);

/* (decrypted only) A case that a merge put under another id is the one that stood there. */
int jz_verify_renumbered(struct jz_trial *trial, const struct jz_record *record,
			 const struct jz_altered *altered, struct jz_err *err);

#endif

/*
 * The model of access.yaml (schemas/access.yaml): the people of an office, the roles that they hold
 * and the keys that stand for them, each from a first to a last day (no `until`: still in force).
 *
 * Everything here is a pure function of the file and a day. Names of people in access.yaml are
 * plain text in the store and may stand in messages; nothing here comes out of a decrypted record.
 */
#ifndef JZ_STORE_ACCESS_H
#define JZ_STORE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/date.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/vec.h"

#define JZ_FPR_LEN 40 /* hex digits of a version 4 fingerprint, upper case */

enum jz_role {
	JZ_ROLE_CUSTODIAN,    /* 档案管理员: reads all cases, changes access.yaml */
	JZ_ROLE_SUPERVISOR,   /* 督导: reads all cases */
	JZ_ROLE_CASEWORKER,   /* 矫正社工、工作人员: assigned cases */
	JZ_ROLE_PSYCHOLOGIST, /* 心理人员: assigned cases, psych files */
	JZ_ROLE_AUDITOR,      /* 监督、第三方: verifies, reads no record */
	JZ_ROLE_IT,	      /* 技术人员: runs and backs up, reads no record */
	JZ_ROLE_COUNT
};

/* The two role keys; each one's secret half lies in the store. */
enum jz_role_key { JZ_KEY_OFFICE, JZ_KEY_CLINICAL, JZ_ROLE_KEY_COUNT };

/* Both days included; year 0: open. */
struct jz_span {
	struct jz_date from;
	struct jz_date until;
};

struct jz_person_role {
	enum jz_role role;
	struct jz_span span;
};

struct jz_person_key {
	const char *fingerprint; /* 40 hex digits, upper case */
	struct jz_span span;
};

struct jz_person {
	const char *id;
	const char *name;
	struct jz_person_role *roles;
	size_t role_count;
	struct jz_person_key *keys;
	size_t key_count;
	bool recovery; /* no person: whoever has the recovery key (JZ_RECOVERER) */
};

/* Who signs with the recovery key, which is nobody's in access.yaml: may change access.yaml and keys/
 * so that there is a custodian again, and opens both role keys. No person's id begins so. */
#define JZ_RECOVERER "_recovery"

/* A role key that another one has replaced: older revisions are encrypted to it, nothing new is. */
struct jz_retired_key {
	enum jz_role_key key;
	const char *fingerprint;
	struct jz_span span;
};

struct jz_access {
	struct jz_arena *arena;
	struct jz_node *root; /* the document, for editing and writing it back */
	struct jz_person *people;
	size_t count;
	const char *role_key[JZ_ROLE_KEY_COUNT]; /* fingerprints */
	struct jz_retired_key *retired;		 /* in the order of the file: oldest first */
	size_t retired_count;
	const char *recovery;	    /* fingerprint or NULL */
	struct jz_person recoverer; /* id NULL: there is none */
};

/* Parses the bytes of access.yaml and checks them: the schema, known roles, unique ids, no key for
 * two people, until not before from (the day before from is allowed: never in force). JZ_E_INVALID
 * with line and column. */
int jz_access_parse(const char *text, size_t len, struct jz_access **out, struct jz_err *err);

/* The same of a typed tree that an edit just made; the tree is copied. */
int jz_access_from_tree(const struct jz_node *root, struct jz_access **out, struct jz_err *err);

void jz_access_free(struct jz_access *access);
JZ_DEFINE_AUTO(struct jz_access, jz_access_free)

/* A fingerprint as people copy it (blanks, small letters) as it stands in the file. JZ_E_USAGE. */
int jz_fingerprint_parse(const char *text, char out[JZ_FPR_LEN + 1], struct jz_err *err);

const char *jz_role_word(enum jz_role role);  /* "custodian": the code in the file */
const char *jz_role_label(enum jz_role role); /* as schemas/access.yaml calls it */
bool jz_role_parse(const char *word, enum jz_role *out);
/* JZ_E_USAGE, with the roles that there are, unless all words are roles. */
int jz_roles_check(const struct jz_strs *words, struct jz_err *err);
bool jz_span_holds(const struct jz_span *span, struct jz_date day);

/* NULL: nobody. Both know the recoverer. */
const struct jz_person *jz_access_person(const struct jz_access *access, const char *id);
const struct jz_person *jz_access_key_owner(const struct jz_access *access,
					    const char *fingerprint);

/* The person's key in force on the day, the one with the latest `from`, then the last listed; NULL:
 * none. */
const char *jz_person_key_on(const struct jz_person *person, struct jz_date day);
bool jz_person_has_role(const struct jz_person *person, enum jz_role role, struct jz_date day);
bool jz_person_in_force(const struct jz_person *person, struct jz_date day); /* any role */

/* Has the person a role whose people read records? Auditors and IT staff read none. */
bool jz_person_reads(const struct jz_person *person, struct jz_date day);

/* Does the person hold this role key on the day? Office: custodians and supervisors; clinical:
 * psychologists. */
bool jz_person_holds(const struct jz_person *person, enum jz_role_key key, struct jz_date day);

/* Fingerprints that a record must be encrypted to, sorted, added to *out.
 *   case:  the office role key, and of each assigned person with a role in force the key of the
 * day; psych: the clinical role key, and the same of each assigned psychologist; other: the office
 * role key, and every caseworker and psychologist in force (the office's own records: providers,
 * projects, plans), unless kind is one of staff, complaint, review: those go to the office role key
 * alone. An assigned id that access.yaml does not know is JZ_E_INVALID; somebody in force without a
 * key is JZ_E_CRYPTO, by name. Somebody who has left is left out. `assigned` is ignored for other
 * kinds. */
int jz_access_recipients(const struct jz_access *access, const char *kind,
			 const struct jz_strs *assigned, struct jz_date day, struct jz_strs *out,
			 struct jz_err *err);

/* Fingerprints that a role secret must be encrypted to: the holders of the day (the custodians as
 * long as nobody holds it) and the recovery key. */
int jz_access_role_holders(const struct jz_access *access, enum jz_role_key key, struct jz_date day,
			   struct jz_strs *out, struct jz_err *err);

/* Adds the fingerprints of a role key, the one in force first, then those that it replaced: what the
 * role secret must hold the secret halves of. */
void jz_access_generations(const struct jz_access *access, enum jz_role_key key,
			   struct jz_strs *out);

/* "office": the word for a role key in the file. */
const char *jz_role_key_word(enum jz_role_key key);
bool jz_role_key_parse(const char *word, enum jz_role_key *out);

/* Path of a role secret in the store: "keys/office.sec.gpg". */
const char *jz_role_secret_path(enum jz_role_key key);

/* Where a psychologist puts the public half of a clinical role key that a custodian, who cannot open
 * the old one, is to put in force. */
#define JZ_NEXT_CLINICAL "keys/clinical.next.asc"

/* "keys/<fingerprint>.asc" */
void jz_key_path(const char *fingerprint, char out[64]);

/* May this person write this path on that day? access.yaml, jzbf.yaml, .gitattributes and keys/: a
 * custodian only, but the clinical role secret and a key to follow it also a psychologist, who alone can
 * open it;
 * the recoverer access.yaml and keys/; cases/…/psych.yaml.gpg: psychologists; other records: custodian, supervisor, caseworker,
 * psychologist. Anything else, and auditors and IT staff: nobody. JZ_E_CRYPTO with the person's id
 * and the path. */
int jz_person_may_write(const struct jz_person *person, const char *path, struct jz_date day,
			struct jz_err *err);

#endif

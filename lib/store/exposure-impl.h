/* Inside lib/store/exposure*.c only: the commits, and the keys that opened things. */
#ifndef JZ_STORE_EXPOSURE_IMPL_H
#define JZ_STORE_EXPOSURE_IMPL_H

#include "lib/base/map.h"
#include "lib/store/exposure.h"
#include "lib/store/store-impl.h"

/* What one version of access.yaml says about keys. */
struct jz_keys_then {
	struct jz_strs own; /* fingerprints of the person */
	struct jz_strs roles[JZ_ROLE_KEY_COUNT]; /* what the role secret held */
};

struct jz_passed {
	struct jz_moment at;
	char *parents; /* JZ_GIT_ID bytes each */
	size_t parent_count;
	const struct jz_keys_then *keys; /* NULL: access.yaml is missing or unreadable there */
};

struct jz_role_ids {
	enum jz_role_key key;
	char fingerprint[JZ_FPR_LEN + 1];
	struct jz_strs ids; /* of its subkeys */
	bool held;
};

struct jz_exposing {
	struct jz_snapshot *snapshot;
	struct jz_git *git;
	const char *person;
	struct jz_exposure *out;
	struct jz_passed *commits; /* newest first; no commit stands before its children */
	size_t count;
	size_t cap;
	struct jz_map versions; /* blob of access.yaml -> struct jz_keys_then */
	struct jz_strs own;	/* all fingerprints of the person */
	struct jz_strs own_ids; /* of their subkeys */
	struct jz_role_ids *roles;
	size_t role_count;
};

/* Lists the commits and finds the person's keys and role keys. */
int jz_exposing_keys(struct jz_exposing *work, struct jz_err *err);
void jz_exposing_release(struct jz_exposing *work);

/* Which of the person's keys open these bytes: JZ_BY_ROLE, JZ_BY_OWN. JZ_E_CRYPTO: no message. */
int jz_exposing_by(const struct jz_exposing *work, const struct jz_buf *cipher, unsigned *by,
		   struct jz_err *err);

#endif

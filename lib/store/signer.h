/* Who makes a commit: the person at work, as commits name them, and the key that signs it. */
#ifndef JZ_STORE_SIGNER_H
#define JZ_STORE_SIGNER_H

#include "lib/port/git.h"
#include "lib/store/keyring.h"
#include "lib/store/store.h"

struct jz_signer {
	struct jz_keyring *keyring;
	struct jz_keyview view;
	const struct jz_person *me; /* of the view's access.yaml */
	char email[128];
};

/* view: its access.yaml is the one in force before the commit, and must live as long. code: the
 * office's, NULL: none. JZ_E_CRYPTO as jz_keyring_me(). */
int jz_signer_find(struct jz_store *store, const struct jz_keyview *view, const char *code,
		   struct jz_signer *out, struct jz_err *err);

/* As a commit of this moment names them; lives as long as the signer. */
struct jz_git_person jz_signer_now(const struct jz_signer *signer);

/* For git.h: data is the signer. */
int jz_signer_sign(void *data, const char *payload, size_t len, struct jz_buf *signature,
		   struct jz_err *err);

#endif

/*
 * Checking many detached signatures. gpg checks files that hold a signature and what it signs, one
 * after the other in one process (--verify-files), which spares starting it for each; two processes
 * share the work. A detached signature and its text are put together into such a file.
 *
 * What is told is only that a signature is good and which subkey made it when. Whatever is not
 * plainly so (another kind of signature, a bad one, an expired or revoked key) is told as not good,
 * and must be checked by jz_gpg_check(), which knows why.
 */
#ifndef JZ_PORT_GPG_SIGNED_H
#define JZ_PORT_GPG_SIGNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct jz_gpg_signed {
	struct jz_buf file; /* as jz_gpg_signed_make() filled it; empty: is left out */
	bool good;
	char subkey[41]; /* fingerprint of the (sub)key that made it */
	int64_t time;
};

/* Puts an armored detached signature and its text together. false: it is not exactly one version 4
 * signature of a document. */
bool jz_gpg_signed_make(const struct jz_buf *signature, const struct jz_buf *text,
			struct jz_buf *file);

/* Checks them with the keys of a home; dir is a private directory on a tmpfs for the files. A
 * failure of gpg is none here: nothing is good then. */
int jz_gpg_check_signed(const char *home, const char *dir, struct jz_gpg_signed *list, size_t count,
			struct jz_err *err);

#endif

/* Inside lib/port/gpg*.c only: the gpgme context of a home, data objects and failures. */
#ifndef JZ_PORT_GPG_CONTEXT_H
#define JZ_PORT_GPG_CONTEXT_H

#include <gpgme.h>
#include "lib/port/gpg.h"

/* The home's context, made at the first call. */
int jz_gpg_context(struct jz_gpg *gpg, gpgme_ctx_t *out, struct jz_err *err);

const char *jz_gpg_home(const struct jz_gpg *gpg); /* NULL: the user's own */

/* pinentry needs to know the terminal, also when standard output is a pipe. */
void jz_gpg_tell_terminal(void);

/* JZ_E_CRYPTO "what: gpg's words", or a sentence of our own for what people can mend. */
int jz_gpg_fail(struct jz_err *err, gpgme_error_t failure, const char *what);

/* Somebody handed over a secret key. */
int jz_gpg_refuse_secret(struct jz_err *err);

/* The one key that a fingerprint finds, also a subkey's. (gpgme_get_key would make a context of its
 * own and start gpg once more.) GPG_ERR_EOF: none. */
gpgme_error_t jz_gpg_find(gpgme_ctx_t ctx, const char *fingerprint, bool secret, gpgme_key_t *out);

/* Bytes that gpg reads; they are not copied and must outlive the data object. */
int jz_gpg_input(const void *bytes, size_t len, gpgme_data_t *out, struct jz_err *err);

/* A sink that appends to buf what gpg writes and refuses more than limit bytes. Treated as secret.
 */
struct jz_gpg_sink {
	struct jz_buf *buf;
	size_t limit;
	size_t taken;
	bool over; /* more came than the limit */
};
int jz_gpg_output(struct jz_gpg_sink *sink, gpgme_data_t *out, struct jz_err *err);

static inline void jz_gpg_data_release_p(gpgme_data_t *data)
{
	gpgme_data_release(*data); /* NULL is fine */
}
#define jz_autodata jz_cleanup(jz_gpg_data_release_p) gpgme_data_t

#endif

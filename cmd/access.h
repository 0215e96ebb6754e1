/* Subcommands of `jzbf access` that have a file of their own. */
#ifndef JZ_CMD_ACCESS_H
#define JZ_CMD_ACCESS_H

#include "cmd/command.h"

struct jz_strs;
struct jz_reseal_opts;

extern const struct jz_command jz_access_exposure, jz_access_rotate, jz_access_recovery;

/* A public key file is at most this big. */
#define KEY_FILE_MAX ((size_t)1 << 20)

/* On success prints what the person who ran it must read, on standard error. */
int jz_access_tell(const struct jz_ctx *ctx, int rc, const struct jz_strs *notes, bool dry_run,
		   struct jz_err *err);

/* Encrypts anew what lags behind access.yaml, with a progress bar; prints the ids, and on standard
 * error what came of it. */
int jz_access_reseal(struct jz_ctx *ctx, const struct jz_reseal_opts *given, struct jz_err *err);

#endif

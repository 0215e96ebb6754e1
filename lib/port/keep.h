/*
 * A secret kept by the kernel for a while: its user keyring, which no file system holds, which other
 * users cannot read, and from which the kernel takes it away when its time is over.
 *
 * Raw system calls: no library. Containers often forbid them; that is JZ_E_IO with a sentence.
 */
#ifndef JZ_PORT_KEEP_H
#define JZ_PORT_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"

/* Keeps the bytes under a name; what was kept there is replaced. */
int jz_keep(const char *name, const void *bytes, size_t len, unsigned seconds, struct jz_err *err);

/* Exactly len bytes, or false: nothing is kept, or it was of another length. */
bool jz_kept(const char *name, void *bytes, size_t len);

void jz_keep_drop(const char *name);

#endif

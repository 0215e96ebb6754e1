/* Inside lib/port/gpg*.c only: how every gpg is started. */
#ifndef JZ_PORT_GPG_SPAWN_H
#define JZ_PORT_GPG_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "lib/base/err.h"

#define JZ_GPG_FDS_MAX 16

/* A descriptor of this process (-1: /dev/null) and its number there. */
struct jz_gpg_fd {
	int from;
	int to;
};

/* Starts argv[0], looked up in PATH, with these descriptors (at most JZ_GPG_FDS_MAX, no others
 * unless they are inherited on purpose), no signal blocked or caught. No file that it writes grows
 * beyond most bytes: that holds from its first instruction on, in it alone, and its write fails
 * there (a compression bomb ends so). tied: it is killed when the thread that started it ends, in
 * whatever way. JZ_E_CRYPTO: gpg is not installed, or cannot be started. */
int jz_gpg_spawn(char *const *argv, const struct jz_gpg_fd *fds, size_t count, size_t most,
		 bool tied, pid_t *pid, struct jz_err *err);

#endif

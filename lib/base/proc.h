/* Running other programs without a shell. */
#ifndef JZ_BASE_PROC_H
#define JZ_BASE_PROC_H

#include <stdbool.h>
#include <sys/types.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Runs argv (looked up in PATH), feeds input (may be NULL), collects at most limit bytes of output
 * into *out (may be NULL: /dev/null) and returns when it ended. *status is its exit status, 128+n
 * for a signal. stderr goes to /dev/null, unless keep_stderr, or into *out among the output if
 * with_stderr. extra_env: NULL-terminated NAME=VALUE list or NULL. */
struct jz_run {
	const char *const *argv;
	const char *const *extra_env;
	const char *dir; /* working directory, NULL: this one */
	const void *input;
	size_t input_len;
	size_t limit;
	bool keep_stderr;
	bool with_stderr;
};
int jz_run(const struct jz_run *run, struct jz_buf *out, int *status, struct jz_err *err);

/* True if the program is somewhere in PATH. */
bool jz_in_path(const char *program);

#endif

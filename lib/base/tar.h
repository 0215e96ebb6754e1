/*
 * Archives as tar(1) unpacks them (POSIX ustar), plain files only, and nothing in them that depends
 * on when, where and by whom they were made: no owner, no time, mode 0644.
 */
#ifndef JZ_BASE_TAR_H
#define JZ_BASE_TAR_H

#include <stddef.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Writes one file of at most 99 characters of name, padded. */
int jz_tar_add(int fd, const char *name, const void *bytes, size_t len, struct jz_err *err);
int jz_tar_end(int fd, struct jz_err *err);

/* Reads the next file: name (at most 99 characters) and bytes, which are appended. JZ_E_FINDINGS:
 * the end. JZ_E_INVALID: no such archive, a file larger than limit, or something that is no plain
 * file.
 */
int jz_tar_next(int fd, size_t limit, char name[100], struct jz_buf *bytes, struct jz_err *err);

#endif

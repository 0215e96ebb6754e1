/* Reading and writing whole files, durably where asked, and finding the program's own data. */
#ifndef JZ_BASE_FILE_H
#define JZ_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Appends the file ("-": standard input) to buf; more than limit bytes is JZ_E_INVALID, and not
 * more than limit is ever read. */
int jz_file_read(const char *path, size_t limit, struct jz_buf *buf, struct jz_err *err);

/* The same for a file of our own that another program had in its hands: it must still be a plain
 * file, neither a link to elsewhere nor a pipe that blocks. */
int jz_file_read_own(const char *path, size_t limit, struct jz_buf *buf, struct jz_err *err);
int jz_fd_read(int fd, const char *name, size_t limit, struct jz_buf *buf, struct jz_err *err);

int jz_fd_write(int fd, const void *bytes, size_t len, struct jz_err *err);

/* Writes a temporary file beside path, fsyncs it, renames it over path and fsyncs the directory:
 * old or new, never half. Not for plaintext of a record. */
int jz_file_replace(const char *path, const void *bytes, size_t len, int mode, struct jz_err *err);

/* The same by way of a file of that name, on the same file system, where a kill may leave it: one
 * process at a time. */
int jz_file_replace_by(const char *aside, const char *path, const void *bytes, size_t len, int mode,
		       struct jz_err *err);

int jz_mkdirs(const char *path, int mode, struct jz_err *err); /* like mkdir -p */
int jz_remove_tree(const char *path, struct jz_err *err);      /* like rm -rf; no links followed */
bool jz_remove_tree_by_signal(const char *path); /* the same in a signal handler; false: some is left */
bool jz_exists(const char *path);

/* Joins with one slash. The caller frees. */
char *jz_path_join(const char *dir, const char *name);

/* The directory of schemas/: JZBF_SCHEMAS, else PREFIX/share/jzbf/schemas of a program in
 * PREFIX/bin (which may be moved as a whole), else the one above a build tree's program. Found
 * once. NULL: nowhere. */
const char *jz_schema_dir(void);

/* The directory of translations, the same way. */
const char *jz_locale_dir(void);

/* The path of this program, for starting itself again. NULL: unknown. */
const char *jz_self(void);

#endif

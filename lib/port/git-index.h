/*
 * Inside lib/port/git*.c only: git's index, read and written once by a change. libgit2 builds an
 * object for each entry and copies the file twice, which at a hundred thousand files takes longer
 * than everything else; here entries stay as they stand in the file, and what changes is merged in.
 *
 * Versions 2 to 4 are read (gitformat-index(5)); 2 or 3 is written. The cache of trees is kept and
 * what changed in it is marked; what else is only there to save time is left out. Paths in conflict
 * (stages above 0) stay as they are and are not found.
 */
#ifndef JZ_PORT_GIT_INDEX_H
#define JZ_PORT_GIT_INDEX_H

#include <git2.h>
#include <stdbool.h>
#include <sys/stat.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct jz_git_index;

/* One file of it. Numbers are cut to 32 bits, as git does it. */
struct jz_git_index_entry {
	uint32_t ctime, ctime_ns, mtime, mtime_ns, dev, ino, mode, uid, gid, size;
	git_oid oid;
	uint16_t flags;	   /* without the length of the path */
	uint16_t extended; /* skip-worktree, intent-to-add */
};

/* JZ_E_IO: the file is no index, or one of a kind that is not known. A missing file is an empty
 * index. */
int jz_git_index_read(const char *path, struct jz_git_index **out, struct jz_err *err);
void jz_git_index_free(struct jz_git_index *index);

/* The entry of a path as the file had it; false: none. */
bool jz_git_index_find(const struct jz_git_index *index, const char *path,
		       struct jz_git_index_entry *out);

/* Calls each() for the entries whose file changed at or after a moment (seconds). */
void jz_git_index_since(const struct jz_git_index *index, int64_t moment,
			void (*each)(void *data, const char *path,
				     const struct jz_git_index_entry *entry),
			void *data);

/* The stat of a file, for its entry. */
void jz_git_index_stat(struct jz_git_index_entry *entry, const struct stat *st);

/* Sets or (NULL) removes the entry of a path; the last word on a path counts. */
void jz_git_index_put(struct jz_git_index *index, const char *path,
		      const struct jz_git_index_entry *entry);

/* The file with all that was put; without a checksum where git had left it out (index.skipHash). */
int jz_git_index_write(struct jz_git_index *index, int fd, struct jz_err *err);

#endif

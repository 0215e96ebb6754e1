/*
 * Inside lib/port/git*.c only: objects on their way into a pack. A pack is one file (and its index)
 * for thousands of objects, durable with three fsyncs. What it holds here is ciphertext and trees of
 * hashes, so nothing is compressed and no deltas are looked for (`git gc` may do it later).
 *
 * What was added goes to the disk piece by piece, into a file that has no name before the pack is whole:
 * whoever is killed or gives up leaves nothing. (Where the file system knows no such files it is called
 * tmp_*, which git clears away.)
 *
 * Written by ourselves: libgit2 writes packs through a mapping, where a full disk ends the process.
 */
#ifndef JZ_PORT_GIT_PACK_H
#define JZ_PORT_GIT_PACK_H

#include <git2.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct jz_git_packed; /* where an object lies */

struct jz_git_pack {
	int fd;	    /* of the pack so far; only where `count` */
	char *name; /* NULL: it has none */
	struct jz_buf bytes; /* that are not in the file yet */
	size_t len;	     /* of all so far, head included */
	struct jz_git_packed *objects;
	size_t count;
	size_t cap;
};

/* A pack of at most so many bytes: beyond, offsets take more than an index has room for. */
#define JZ_GIT_PACK_MAX ((size_t)1 << 30)

/* Adds an object to the pack that is made in a directory of objects (DIR/pack). It may fail for the
 * disk; the pack can only be released then. */
int jz_git_pack_add(struct jz_git_pack *pack, const char *objects, const git_oid *oid,
		    git_object_t type, const void *bytes, size_t len, struct jz_err *err);

/* Puts what was added in its place as one pack, durably, and begins anew. Nothing was added: nothing
 * is done. */
int jz_git_pack_write(struct jz_git_pack *pack, const char *objects, struct jz_err *err);
void jz_git_pack_release(struct jz_git_pack *pack);

#endif

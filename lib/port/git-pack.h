/*
 * Inside lib/port/git*.c only: objects on their way into a pack. A pack is one file (and its index)
 * for thousands of objects, durable with three fsyncs. What it holds here is ciphertext and trees of
 * hashes, so nothing is compressed and no deltas are looked for (`git gc` may do it later).
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
	struct jz_buf bytes; /* the pack so far, head included */
	struct jz_git_packed *objects;
	size_t count;
	size_t cap;
};

void jz_git_pack_add(struct jz_git_pack *pack, const git_oid *oid, git_object_t type,
		     const void *bytes, size_t len);

/* Writes what was added as one pack into a directory of objects (DIR/pack), durably, and begins
 * anew. Nothing was added: nothing is done. After a kill at most files tmp_* stay behind, which git
 * clears away. */
int jz_git_pack_write(struct jz_git_pack *pack, const char *objects, struct jz_err *err);
void jz_git_pack_release(struct jz_git_pack *pack);

#endif

/* Inside lib/port/git-index*.c only: gitformat-index(5), and an index in memory. */
#ifndef JZ_PORT_GIT_INDEX_IMPL_H
#define JZ_PORT_GIT_INDEX_IMPL_H

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include "lib/port/git-index.h"

#define HEAD_SIZE 12
/* Ten numbers, the id, the flags. */
#define FIXED	   62
#define NAME_MASK  0x0fff
#define STAGE_MASK 0x3000
#define EXTENDED   0x4000

/* A path that is to be another than the file has it. */
struct jz_git_index_put {
	char *path;
	size_t order; /* of putting */
	bool removed;
	struct jz_git_index_entry entry;
};

struct jz_git_index {
	void *map; /* the file as it stands; git replaces it, and never writes into it */
	size_t map_len;
	struct jz_buf unfolded; /* version 4 only: the entries as version 3 has them */
	const char *bytes;	/* either: versions 2 and 3, entries behind each other */
	uint32_t *offsets;	/* of the entries in bytes */
	size_t count;
	size_t extended;     /* entries with flags of version 3 */
	size_t end;	     /* of the entries */
	bool unsummed;	     /* git left the checksum out (index.skipHash) */
	struct jz_buf trees; /* what the extension TREE holds */
	struct jz_buf undo;  /* REUC */
	struct jz_git_index_put *puts;
	size_t put_count;
	size_t put_cap;
};

static inline uint32_t jz_git_index_number(const char *at)
{
	uint32_t big;

	memcpy(&big, at, sizeof(big));
	return ntohl(big);
}

static inline uint16_t jz_git_index_flags(const char *entry)
{
	return (uint16_t)((unsigned char)entry[60] << 8 | (unsigned char)entry[61]);
}

static inline const char *jz_git_index_path(const char *entry)
{
	return entry + FIXED + (jz_git_index_flags(entry) & EXTENDED ? 2 : 0);
}

/* With one to eight NULs behind it. */
static inline size_t jz_git_index_padded(size_t len)
{
	return (len + 8) & ~(size_t)7;
}

#endif

#include "lib/port/wiping.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"

#define HEADER 16  /* the size of a block stands before it, alignment kept */
#define SMALL  112 /* bytes of a small block */

/* libyaml makes and drops several short strings a token: small blocks wait for the next one. */
struct spare {
	struct spare *next;
};
static _Thread_local struct spare *spares;

static size_t *size_of(void *block)
{
	return (size_t *)(void *)((char *)block - HEADER);
}

void *jz_wiping_malloc(size_t size)
{
	char *block = (char *)spares;

	if (size <= SMALL && block)
		spares = spares->next;
	else
		block = jz_xmalloc(HEADER + (size <= SMALL ? SMALL : size));
	*(size_t *)(void *)block = size;
	return block + HEADER;
}

void jz_wiping_free(void *block)
{
	struct spare *spare;
	size_t size;

	if (!block)
		return;
	size = *size_of(block);
	spare = (struct spare *)(void *)size_of(block);
	jz_wipe(block, size);
	if (size > SMALL) {
		free(spare);
	} else {
		spare->next = spares;
		spares = spare;
	}
}

void *jz_wiping_realloc(void *old, size_t size)
{
	void *block = jz_wiping_malloc(size);

	if (old) {
		size_t known = *size_of(old);

		memcpy(block, old, known < size ? known : size);
		jz_wiping_free(old);
	}
	return block;
}

void jz_wiping_done(void)
{
	while (spares) {
		struct spare *next = spares->next;

		free(spares);
		spares = next;
	}
}

/*
 * libyaml has no hook for its allocator, and what it frees would keep the text of records. But it
 * calls its own public yaml_malloc and friends through the dynamic linker, so these here take their
 * place and wipe every block. They are weak: a libyaml that binds its own first (a static one, or
 * one linked with -Bsymbolic) keeps them, and then only mallopt's perturbation wipes (secret.h).
 */
#include "lib/port/yaml-impl.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"

#define HEADER 16 /* the size of a block stands before it, alignment kept */
#define SMALL  112 /* bytes of a small block */

void *yaml_malloc(size_t size);
void *yaml_realloc(void *old, size_t size);
void yaml_free(void *block);
char *yaml_strdup(const char *text);

/* libyaml makes and drops several short strings a token: small blocks are kept for the next one. */
struct spare {
	struct spare *next;
};
static _Thread_local struct spare *spares;

void jz_yaml_mem_done(void)
{
	while (spares) {
		struct spare *next = spares->next;

		free(spares);
		spares = next;
	}
}

static size_t *size_of(void *block)
{
	return (size_t *)(void *)((char *)block - HEADER);
}

__attribute__((weak)) void *yaml_malloc(size_t size)
{
	char *block = (char *)spares;

	if (size <= SMALL && block)
		spares = spares->next;
	else
		block = jz_xmalloc(HEADER + (size <= SMALL ? SMALL : size));
	*(size_t *)(void *)block = size;
	return block + HEADER;
}

__attribute__((weak)) void yaml_free(void *block)
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

__attribute__((weak)) void *yaml_realloc(void *old, size_t size)
{
	void *block = yaml_malloc(size);

	if (old) {
		size_t known = *size_of(old);

		memcpy(block, old, known < size ? known : size);
		yaml_free(old);
	}
	return block;
}

__attribute__((weak)) char *yaml_strdup(const char *text)
{
	size_t size;
	char *copy;

	if (!text)
		return NULL;
	size = strlen(text) + 1;
	copy = yaml_malloc(size);
	memcpy(copy, text, size);
	return copy;
}

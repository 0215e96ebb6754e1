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

void *yaml_malloc(size_t size);
void *yaml_realloc(void *old, size_t size);
void yaml_free(void *block);
char *yaml_strdup(const char *text);

void jz_yaml_link_hooks(void)
{
}

static size_t *size_of(void *block)
{
	return (size_t *)(void *)((char *)block - HEADER);
}

__attribute__((weak)) void *yaml_malloc(size_t size)
{
	char *block = jz_xmalloc(HEADER + (size ? size : 1));

	*(size_t *)(void *)block = size;
	return block + HEADER;
}

__attribute__((weak)) void yaml_free(void *block)
{
	if (!block)
		return;
	jz_wipe(block, *size_of(block));
	free(size_of(block));
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

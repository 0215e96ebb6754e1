/*
 * libyaml has no hook for its allocator, and what it frees would keep the text of records. But it
 * calls its own public yaml_malloc and friends through the dynamic linker, so these here take their
 * place. They are weak: a libyaml that binds its own first (a static one, or one linked with
 * -Bsymbolic) keeps them, and then only mallopt's perturbation wipes (secret.h).
 */
#include "lib/port/yaml-impl.h"

#include <string.h>

#include "lib/port/wiping.h"

void *yaml_malloc(size_t size);
void *yaml_realloc(void *old, size_t size);
void yaml_free(void *block);
char *yaml_strdup(const char *text);

void jz_yaml_mem_done(void)
{
	jz_wiping_done();
}

__attribute__((weak)) void *yaml_malloc(size_t size)
{
	return jz_wiping_malloc(size);
}

__attribute__((weak)) void *yaml_realloc(void *old, size_t size)
{
	return jz_wiping_realloc(old, size);
}

__attribute__((weak)) void yaml_free(void *block)
{
	jz_wiping_free(block);
}

__attribute__((weak)) char *yaml_strdup(const char *text)
{
	size_t size;
	char *copy;

	if (!text)
		return NULL;
	size = strlen(text) + 1;
	copy = jz_wiping_malloc(size);
	memcpy(copy, text, size);
	return copy;
}

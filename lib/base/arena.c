#include "lib/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

#include "lib/base/secret.h"

#define FIRST_BLOCK  (64u << 10)
#define LARGEST_STEP (1u << 20)

struct block {
	struct block *next; /* older */
	size_t size;	    /* of the mapping */
	size_t used;	    /* header included */
};

struct jz_arena {
	struct block *newest;
	size_t handed_out;
};

#define ALIGN(n) (((n) + 15u) & ~(size_t)15u)
#define HEADER	 ALIGN(sizeof(struct block))

static struct block *block_new(size_t size)
{
	struct block *block;

	size = (size + 4095u) & ~(size_t)4095u;
	block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block == MAP_FAILED)
		abort();
	madvise(block, size, MADV_DONTDUMP);
	mlock(block, size); /* best effort: the limit is often 8 MiB */
	block->next = NULL;
	block->size = size;
	block->used = HEADER;
	return block;
}

static void block_free(struct block *block)
{
	size_t size = block->size;

	jz_wipe(block, block->used);
	munmap(block, size);
}

struct jz_arena *jz_arena_new(void)
{
	struct jz_arena *arena = jz_xcalloc(1, sizeof(*arena));

	arena->newest = block_new(FIRST_BLOCK);
	return arena;
}

void jz_arena_free(struct jz_arena *arena)
{
	struct block *block, *next;

	if (!arena)
		return;
	for (block = arena->newest; block; block = next) {
		next = block->next;
		block_free(block);
	}
	free(arena);
}

void jz_arena_reset(struct jz_arena *arena)
{
	struct block *block = arena->newest, *next;

	for (; block->next; block = next) {
		next = block->next;
		block_free(block);
	}
	jz_wipe((char *)block + HEADER, block->used - HEADER);
	block->used = HEADER;
	arena->newest = block;
	arena->handed_out = 0;
}

void *jz_arena_alloc(struct jz_arena *arena, size_t size)
{
	struct block *block = arena->newest;
	size_t step;
	char *result;

	if (size > SIZE_MAX / 2)
		abort();
	size = ALIGN(size);
	if (block->size - block->used < size) {
		step = block->size < LARGEST_STEP ? block->size * 2 : block->size;
		block = block_new(size + HEADER > step ? size + HEADER : step);
		block->next = arena->newest;
		arena->newest = block;
	}
	result = (char *)block + block->used;
	block->used += size;
	arena->handed_out += size;
	return result; /* fresh or wiped pages: zero */
}

char *jz_arena_strndup(struct jz_arena *arena, const char *bytes, size_t len)
{
	char *copy = jz_arena_alloc(arena, len + 1);

	memcpy(copy, bytes, len);
	return copy;
}

char *jz_arena_strdup(struct jz_arena *arena, const char *text)
{
	return jz_arena_strndup(arena, text, strlen(text));
}

char *jz_arena_printf(struct jz_arena *arena, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		abort();
	text = jz_arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return text;
}

size_t jz_arena_used(const struct jz_arena *arena)
{
	return arena->handed_out;
}

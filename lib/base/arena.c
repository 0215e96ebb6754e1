#include "lib/base/arena.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
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

/* Getting pages from the kernel, locked, costs as much as reading a record into them, and records
 * are read by the thousand: some wiped blocks wait for the next arenas. */
static _Atomic(struct block *) spares[2];

struct jz_arena {
	struct block *newest; /* NULL: nothing was asked for yet */
	size_t handed_out;
	bool public;
};

#define ALIGN(n) (((n) + 15u) & ~(size_t)15u)
#define HEADER	 ALIGN(sizeof(struct block))

static struct block *map(size_t size)
{
	struct block *block;

	size = (size + 4095u) & ~(size_t)4095u;
	block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block == MAP_FAILED)
		abort();
	block->size = size;
	block->used = HEADER;
	return block;
}

static struct block *block_new(size_t size)
{
	struct block *block;

	for (size_t i = 0; i < JZ_COUNT(spares); i++) {
		block = atomic_exchange(&spares[i], NULL);
		if (block && block->size >= size) {
			block->next = NULL;
			return block;
		}
		if (block)
			munmap(block, block->size);
	}
	block = map(size);
	madvise(block, block->size, MADV_DONTDUMP);
	mlock(block, block->size); /* best effort: the limit is often 8 MiB */
	return block;
}

/* The larger ones wait. */
static void keep(struct block *block)
{
	for (size_t i = 0; block && i < JZ_COUNT(spares); i++) {
		struct block *other = atomic_exchange(&spares[i], NULL);

		if (other && other->size > block->size) {
			struct block *smaller = block;

			block = other;
			other = smaller;
		}
		block = atomic_exchange(&spares[i], block);
		if (block) /* another thread's */
			munmap(block, block->size);
		block = other;
	}
	if (block)
		munmap(block, block->size);
}

static void block_free(struct block *block)
{
	size_t size = block->size;

	jz_wipe(block, block->used);
	block->size = size;
	block->used = HEADER;
	if (size <= LARGEST_STEP)
		keep(block);
	else
		munmap(block, size);
}

static void give_back(const struct jz_arena *arena, struct block *block)
{
	if (arena->public)
		munmap(block, block->size);
	else
		block_free(block);
}

struct jz_arena *jz_arena_new(void)
{
	return jz_xcalloc(1, sizeof(struct jz_arena));
}

struct jz_arena *jz_arena_new_public(void)
{
	struct jz_arena *arena = jz_arena_new();

	arena->public = true;
	return arena;
}

void jz_arena_free(struct jz_arena *arena)
{
	struct block *block, *next;

	if (!arena)
		return;
	for (block = arena->newest; block; block = next) {
		next = block->next;
		give_back(arena, block);
	}
	free(arena);
}

void jz_arena_reset(struct jz_arena *arena)
{
	struct block *block = arena->newest, *next;

	if (!block)
		return;
	for (; block->next; block = next) {
		next = block->next;
		give_back(arena, block);
	}
	jz_wipe((char *)block + HEADER, block->used - HEADER);
	block->used = HEADER;
	arena->newest = block;
	arena->handed_out = 0;
}

/* A block with so much room, before the others: each larger than the one before. */
static struct block *grow(struct jz_arena *arena, size_t size)
{
	size_t last = arena->newest ? arena->newest->size : FIRST_BLOCK / 2;
	size_t step = last < LARGEST_STEP ? last * 2 : last;
	struct block *block;

	if (step < size + HEADER)
		step = size + HEADER;
	block = arena->public ? map(step) : block_new(step);
	block->next = arena->newest;
	arena->newest = block;
	return block;
}

void *jz_arena_alloc(struct jz_arena *arena, size_t size)
{
	struct block *block = arena->newest;
	char *result;

	if (size > SIZE_MAX / 2)
		abort();
	size = ALIGN(size);
	if (!block || block->size - block->used < size)
		block = grow(arena, size);
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
	char brief[128]; /* of most that is printed, so that nothing is formatted twice */
	char *text;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(brief, sizeof(brief), fmt, args);
	va_end(args);
	if (len < 0)
		abort();
	text = jz_arena_alloc(arena, (size_t)len + 1);
	if ((size_t)len < sizeof(brief))
		memcpy(text, brief, (size_t)len);
	else
		vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	jz_wipe(brief, sizeof(brief));
	return text;
}

size_t jz_arena_used(const struct jz_arena *arena)
{
	return arena->handed_out;
}

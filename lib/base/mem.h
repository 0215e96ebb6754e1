/*
 * Allocation that aborts when memory is out (inputs are limited long before), cleanup attributes,
 * and the lifecycle words used everywhere: _init/_release work in place, _new/_free on the heap.
 */
#ifndef JZ_BASE_MEM_H
#define JZ_BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *jz_xmalloc(size_t size);
void *jz_xcalloc(size_t count, size_t size);
void *jz_xrealloc(void *block, size_t size); /* not for secrets: the old block is not wiped */
char *jz_xstrdup(const char *text);
char *jz_xstrndup(const char *text, size_t len);
__attribute__((format(printf, 1, 2))) char *jz_xasprintf(const char *fmt, ...);

/* Runs fn(&variable) when the variable leaves its scope: jz_cleanup(jz_buf_release) struct jz_buf b
 */
#define jz_cleanup(fn) __attribute__((cleanup(fn)))

/* char *p that is freed at the end of its scope */
#define jz_autofree jz_cleanup(jz_free_p)
static inline void jz_free_p(void *pointer)
{
	free(*(void **)pointer);
}

/* int fd that is closed at the end of its scope; -1 is none */
#define jz_autoclose jz_cleanup(jz_close_p)
static inline void jz_close_p(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Takes a pointer away from its cleanup: return jz_steal(p) */
#define jz_steal(pointer)                                                                          \
	__extension__({                                                                            \
		__typeof__(pointer) jz_stolen_ = (pointer);                                        \
		(pointer) = NULL;                                                                  \
		jz_stolen_;                                                                        \
	})

/* Defines jz_auto_TYPE-style pointer cleanup: JZ_DEFINE_AUTO(struct jz_arena, jz_arena_free) makes
 * jz_arena_free_p for use as jz_cleanup(jz_arena_free_p) */
#define JZ_DEFINE_AUTO(type, fn)                                                                   \
	static inline void fn##_p(type **pointer)                                                  \
	{                                                                                          \
		if (*pointer)                                                                      \
			fn(*pointer);                                                              \
	}

#define JZ_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif

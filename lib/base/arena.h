/*
 * A wipeable arena: all that comes from one decrypted document lives in one, and jz_arena_free()
 * wipes it whole. Its pages are left out of core dumps and are locked into memory as far as the
 * limit allows. Public ones are for the rest.
 */
#ifndef JZ_BASE_ARENA_H
#define JZ_BASE_ARENA_H

#include <stddef.h>
#include "lib/base/mem.h"

struct jz_arena;

struct jz_arena *jz_arena_new(void);

/* For what everybody may read: schemas, settings. Neither wiped nor locked into memory, of which
 * there is little. */
struct jz_arena *jz_arena_new_public(void);
void jz_arena_free(struct jz_arena *arena); /* NULL is fine */
JZ_DEFINE_AUTO(struct jz_arena, jz_arena_free)

void jz_arena_reset(struct jz_arena *arena); /* wipes and forgets all, keeps the first block */

void *jz_arena_alloc(struct jz_arena *arena, size_t size); /* zeroed, 16-byte aligned */
char *jz_arena_strdup(struct jz_arena *arena, const char *text);
char *jz_arena_strndup(struct jz_arena *arena, const char *bytes, size_t len);
__attribute__((format(printf, 2, 3))) char *jz_arena_printf(struct jz_arena *arena, const char *fmt,
							    ...);
size_t jz_arena_used(const struct jz_arena *arena); /* bytes handed out */

#endif

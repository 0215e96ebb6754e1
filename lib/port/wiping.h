/* An allocator for vendor libraries that handle text of records: what it frees, it wipes. */
#ifndef JZ_PORT_WIPING_H
#define JZ_PORT_WIPING_H

#include <stddef.h>

void *jz_wiping_malloc(size_t size); /* aborts when memory is out */
void *jz_wiping_realloc(void *old, size_t size);
void jz_wiping_free(void *block);

/* Small blocks are kept for reuse by the thread that freed them; this gives them back. */
void jz_wiping_done(void);

#endif

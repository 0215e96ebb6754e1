/*
 * A growing byte string, always NUL-terminated behind its length. Any buffer may hold a secret, so
 * growth and release wipe what they give back.
 */
#ifndef JZ_BASE_BUF_H
#define JZ_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct jz_buf {
	char *data; /* never NULL after init; "" when empty */
	size_t len;
	size_t cap; /* 0: data is the shared empty string */
};

extern char jz_buf_empty[1];
#define JZ_BUF_INIT                                                                                \
	{                                                                                          \
		jz_buf_empty, 0, 0                                                                 \
	}

void jz_buf_init(struct jz_buf *buf);
void jz_buf_release(struct jz_buf *buf); /* wipes, frees, and leaves an initialised buffer */
void jz_buf_clear(struct jz_buf *buf);	 /* wipes, keeps the memory */
void jz_buf_reserve(struct jz_buf *buf, size_t more);
void jz_buf_add(struct jz_buf *buf, const void *bytes, size_t len);
void jz_buf_addc(struct jz_buf *buf, char c);
void jz_buf_adds(struct jz_buf *buf, const char *text);
__attribute__((format(printf, 2, 3))) void jz_buf_addf(struct jz_buf *buf, const char *fmt, ...);
__attribute__((format(printf, 2, 0))) void jz_buf_vaddf(struct jz_buf *buf, const char *fmt, va_list args);
void jz_buf_truncate(struct jz_buf *buf, size_t len); /* wipes behind len */

#endif

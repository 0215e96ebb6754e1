#include "lib/base/buf.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"

char jz_buf_empty[1];

void jz_buf_init(struct jz_buf *buf)
{
	buf->data = jz_buf_empty;
	buf->len = buf->cap = 0;
}

void jz_buf_release(struct jz_buf *buf)
{
	if (buf->cap) {
		jz_wipe(buf->data, buf->cap);
		free(buf->data);
	}
	jz_buf_init(buf);
}

void jz_buf_clear(struct jz_buf *buf)
{
	jz_buf_truncate(buf, 0);
}

void jz_buf_reserve(struct jz_buf *buf, size_t more)
{
	size_t need = buf->len + more + 1;
	size_t cap = buf->cap ? buf->cap : 64;
	char *bigger;

	if (need <= buf->cap)
		return;
	if (need < more)
		abort();
	while (cap < need)
		cap = cap < need / 2 ? need : cap * 2;
	bigger = jz_xmalloc(cap); /* no realloc: it would leave an unwiped copy */
	memcpy(bigger, buf->data, buf->len);
	bigger[buf->len] = '\0';
	if (buf->cap) {
		jz_wipe(buf->data, buf->cap);
		free(buf->data);
	}
	buf->data = bigger;
	buf->cap = cap;
}

void jz_buf_add(struct jz_buf *buf, const void *bytes, size_t len)
{
	if (!len)
		return;
	jz_buf_reserve(buf, len);
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void jz_buf_addc(struct jz_buf *buf, char c)
{
	jz_buf_add(buf, &c, 1);
}

void jz_buf_adds(struct jz_buf *buf, const char *text)
{
	jz_buf_add(buf, text, strlen(text));
}

void jz_buf_vaddf(struct jz_buf *buf, const char *fmt, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	if (len < 0)
		abort();
	jz_buf_reserve(buf, (size_t)len);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
	buf->len += (size_t)len;
	va_end(again);
}

void jz_buf_addf(struct jz_buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	jz_buf_vaddf(buf, fmt, args);
	va_end(args);
}

void jz_buf_truncate(struct jz_buf *buf, size_t len)
{
	if (len >= buf->len)
		return;
	jz_wipe(buf->data + len, buf->len - len);
	buf->len = len;
	buf->data[len] = '\0';
}

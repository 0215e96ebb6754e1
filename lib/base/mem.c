#include "lib/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

static void *checked(void *block)
{
	if (!block)
		abort(); /* inputs are limited long before: memory is really gone */
	return block;
}

void *jz_xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *jz_xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *jz_xrealloc(void *block, size_t size)
{
	return checked(realloc(block, size ? size : 1));
}

char *jz_xstrdup(const char *text)
{
	return checked(strdup(text));
}

char *jz_xstrndup(const char *text, size_t len)
{
	char *copy = jz_xmalloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *jz_xasprintf(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	return text;
}

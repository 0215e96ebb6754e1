#include "lib/base/vec.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"

void jz_vec_push(struct jz_vec *vec, void *item)
{
	if (vec->len == vec->cap) {
		vec->cap = vec->cap ? vec->cap * 2 : 8;
		vec->items = jz_xrealloc(vec->items, vec->cap * sizeof(*vec->items));
	}
	vec->items[vec->len++] = item;
}

void jz_vec_release(struct jz_vec *vec)
{
	free(vec->items);
	memset(vec, 0, sizeof(*vec));
}

static void push_owned(struct jz_strs *list, char *text)
{
	if (list->len + 1 >= list->cap) {
		list->cap = list->cap ? list->cap * 2 : 8;
		list->items = jz_xrealloc(list->items, list->cap * sizeof(*list->items));
	}
	list->items[list->len++] = text;
	list->items[list->len] = NULL;
}

void jz_strs_add(struct jz_strs *list, const char *text)
{
	push_owned(list, jz_xstrdup(text));
}

void jz_strs_addn(struct jz_strs *list, const char *text, size_t len)
{
	push_owned(list, jz_xstrndup(text, len));
}

void jz_strs_addf(struct jz_strs *list, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	push_owned(list, text);
}

bool jz_strs_has(const struct jz_strs *list, const char *text)
{
	for (size_t i = 0; i < list->len; i++)
		if (!strcmp(list->items[i], text))
			return true;
	return false;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void jz_strs_sort(struct jz_strs *list)
{
	if (list->len)
		qsort(list->items, list->len, sizeof(*list->items), by_bytes);
}

static void free_wiped(char *text)
{
	jz_wipe(text, strlen(text));
	free(text);
}

void jz_strs_uniq(struct jz_strs *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->len; i++) {
		if (kept && !strcmp(list->items[kept - 1], list->items[i]))
			free_wiped(list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->len = kept;
	if (list->items)
		list->items[kept] = NULL;
}

void jz_strs_split(struct jz_strs *list, const char *text, char separator)
{
	for (;;) {
		const char *end = strchr(text, separator);

		if (!end) {
			jz_strs_add(list, text);
			return;
		}
		jz_strs_addn(list, text, (size_t)(end - text));
		text = end + 1;
	}
}

void jz_strs_release(struct jz_strs *list)
{
	for (size_t i = 0; i < list->len; i++)
		free_wiped(list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

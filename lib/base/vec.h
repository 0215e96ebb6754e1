/* Growing arrays: a vector of pointers and a list of owned strings. */
#ifndef JZ_BASE_VEC_H
#define JZ_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>

/* Pointers; the elements belong to the caller. */
struct jz_vec {
	void **items;
	size_t len;
	size_t cap;
};
#define JZ_VEC_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}
void jz_vec_push(struct jz_vec *vec, void *item);
void jz_vec_release(struct jz_vec *vec);

/* Strings that the list owns; wiped on release. */
struct jz_strs {
	char **items; /* NULL-terminated once anything was added */
	size_t len;
	size_t cap;
};
#define JZ_STRS_INIT                                                                               \
	{                                                                                          \
		0                                                                                  \
	}
void jz_strs_add(struct jz_strs *list, const char *text);
void jz_strs_addn(struct jz_strs *list, const char *text, size_t len);
__attribute__((format(printf, 2, 3))) void jz_strs_addf(struct jz_strs *list, const char *fmt, ...);
bool jz_strs_has(const struct jz_strs *list, const char *text);
void jz_strs_sort(struct jz_strs *list); /* bytewise */
void jz_strs_uniq(struct jz_strs *list); /* drops neighbours that are equal */
void jz_strs_split(struct jz_strs *list, const char *text, char separator);
void jz_strs_release(struct jz_strs *list);

#endif

/* A hash map from byte strings to pointers, in insertion order when walked. Keys are copied. */
#ifndef JZ_BASE_MAP_H
#define JZ_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jz_map_slot {
	char *key;
	size_t key_len;
	uint64_t hash;
	void *value;
};

struct jz_map {
	struct jz_map_slot *slots; /* in insertion order, 0..len-1 */
	size_t len;
	size_t cap;
	uint32_t *table; /* open addressing: slot number + 1, 0 is free */
	size_t table_size;
};
#define JZ_MAP_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}

uint64_t jz_hash(const void *bytes, size_t len); /* seeded once a process: no hash flooding */

/* Sets key to value; returns the value that stood there or NULL. */
void *jz_map_put(struct jz_map *map, const char *key, size_t key_len, void *value);
void *jz_map_find(const struct jz_map *map, const char *key, size_t key_len); /* NULL: not there */
bool jz_map_has(const struct jz_map *map, const char *key, size_t key_len);

void *jz_map_puts(struct jz_map *map, const char *key, void *value);
void *jz_map_gets(const struct jz_map *map, const char *key);

/* Calls free_value (may be NULL) on every value, wipes the keys. */
void jz_map_release(struct jz_map *map, void (*free_value)(void *));

#endif

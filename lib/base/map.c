#include "lib/base/map.h"

#include <sys/random.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"

static uint64_t seed(void)
{
	static uint64_t value;

	while (!value)
		if (getrandom(&value, sizeof(value), 0) != (ssize_t)sizeof(value))
			value = (uint64_t)(uintptr_t)&value;
	return value;
}

uint64_t jz_hash(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint64_t h = seed() ^ (len * 0x9E3779B97F4A7C15u);

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001B3u;
	h ^= h >> 32;
	h *= 0xD6E8FEB86659FD93u;
	return h ^ (h >> 32);
}

/* The table index where the key stands or would stand. */
static size_t probe(const struct jz_map *map, const char *key, size_t key_len, uint64_t hash)
{
	size_t mask = map->table_size - 1;
	size_t at = (size_t)hash & mask;

	for (; map->table[at]; at = (at + 1) & mask) {
		const struct jz_map_slot *slot = &map->slots[map->table[at] - 1];

		if (slot->hash == hash && slot->key_len == key_len &&
		    !memcmp(slot->key, key, key_len))
			break;
	}
	return at;
}

static void grow(struct jz_map *map)
{
	if (map->len == map->cap) {
		map->cap = map->cap ? map->cap * 2 : 8;
		map->slots = jz_xrealloc(map->slots, map->cap * sizeof(*map->slots));
	}
	if (map->table_size && (map->len + 1) * 2 <= map->table_size)
		return;
	map->table_size = map->table_size ? map->table_size * 2 : 16;
	free(map->table);
	map->table = jz_xcalloc(map->table_size, sizeof(*map->table));
	for (size_t i = 0; i < map->len; i++) {
		size_t mask = map->table_size - 1, at = (size_t)map->slots[i].hash & mask;

		while (map->table[at])
			at = (at + 1) & mask;
		map->table[at] = (uint32_t)i + 1;
	}
}

void *jz_map_put(struct jz_map *map, const char *key, size_t key_len, void *value)
{
	uint64_t hash = jz_hash(key, key_len);
	struct jz_map_slot *slot;
	size_t at;

	grow(map);
	at = probe(map, key, key_len, hash);
	if (map->table[at]) {
		void *old;

		slot = &map->slots[map->table[at] - 1];
		old = slot->value;
		slot->value = value;
		return old;
	}
	slot = &map->slots[map->len++];
	slot->key = jz_xstrndup(key, key_len);
	slot->key_len = key_len;
	slot->hash = hash;
	slot->value = value;
	map->table[at] = (uint32_t)map->len;
	return NULL;
}

static const struct jz_map_slot *find_slot(const struct jz_map *map, const char *key,
					   size_t key_len)
{
	size_t at;

	if (!map->len)
		return NULL;
	at = probe(map, key, key_len, jz_hash(key, key_len));
	return map->table[at] ? &map->slots[map->table[at] - 1] : NULL;
}

void *jz_map_find(const struct jz_map *map, const char *key, size_t key_len)
{
	const struct jz_map_slot *slot = find_slot(map, key, key_len);

	return slot ? slot->value : NULL;
}

bool jz_map_has(const struct jz_map *map, const char *key, size_t key_len)
{
	return find_slot(map, key, key_len) != NULL;
}

void *jz_map_puts(struct jz_map *map, const char *key, void *value)
{
	return jz_map_put(map, key, strlen(key), value);
}

void *jz_map_gets(const struct jz_map *map, const char *key)
{
	return jz_map_find(map, key, strlen(key));
}

void jz_map_release(struct jz_map *map, void (*free_value)(void *))
{
	for (size_t i = 0; i < map->len; i++) {
		if (free_value)
			free_value(map->slots[i].value);
		jz_wipe(map->slots[i].key, map->slots[i].key_len);
		free(map->slots[i].key);
	}
	free(map->slots);
	free(map->table);
	memset(map, 0, sizeof(*map));
}

/* Which places of a record hold codes: found once in the schema of its kind, then walked beside every
 * record of that kind. */
#include "lib/model/codes.h"

#include <pthread.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/builtin.h"

#define REF_PREFIX "#/$defs/"

/* A place of the schema, as far as codes lie there or below. Kept for the life of the process. */
struct spot {
	const char *table; /* of the value that stands here; NULL: none */
	struct spot *items;
	struct spot_key {
		const char *key;
		size_t len;
		struct spot *spot;
	} *keys;
	size_t count;
	struct spot *ref; /* what $ref adds */
	bool open;	  /* still being looked at: a schema may lead back to itself */
};

struct survey {
	const struct jz_node *defs;
	struct jz_arena *arena;
	struct jz_map seen; /* the spot of each place, by its address */
};

/* "codes/sex.yaml" to "sex"; NULL: no table. */
static const char *table_name(struct jz_arena *arena, const char *file)
{
	size_t len = file ? strlen(file) : 0;

	if (len <= strlen("codes/.yaml") || !jz_starts_with(file, "codes/") ||
	    !jz_ends_with(file, ".yaml"))
		return NULL;
	return jz_arena_strndup(arena, file + strlen("codes/"), len - strlen("codes/.yaml"));
}

static struct spot *find_spot(struct survey *survey, const struct jz_node *schema);

static void add_key(struct survey *survey, struct spot *spot, const struct jz_pair *pair)
{
	struct spot *below = find_spot(survey, pair->value);
	struct spot_key *keys;

	if (!below)
		return;
	keys = jz_arena_alloc(survey->arena, (spot->count + 1) * sizeof(*keys));
	if (spot->count)
		memcpy(keys, spot->keys, spot->count * sizeof(*keys));
	keys[spot->count++] = (struct spot_key){pair->key, pair->key_len, below};
	spot->keys = keys;
}

static void add_words(struct survey *survey, struct spot *spot, const struct jz_node *schema)
{
	const struct jz_node *properties = jz_map_get(schema, "properties");
	const char *ref = jz_map_text(schema, "$ref");

	spot->table = table_name(survey->arena, jz_map_text(schema, "x-codes"));
	spot->items = find_spot(survey, jz_map_get(schema, "items"));
	for (size_t i = 0; properties && properties->kind == JZ_MAP && i < properties->len; i++)
		add_key(survey, spot, &properties->pairs[i]);
	if (ref && jz_starts_with(ref, REF_PREFIX))
		spot->ref = find_spot(survey, jz_map_get(survey->defs, ref + strlen(REF_PREFIX)));
}

/* NULL: no code lies there or below. */
static struct spot *find_spot(struct survey *survey, const struct jz_node *schema)
{
	struct spot *spot;

	if (!schema || schema->kind != JZ_MAP)
		return NULL;
	spot = jz_map_find(&survey->seen, (const char *)&schema, sizeof(schema));
	if (!spot) {
		spot = jz_arena_alloc(survey->arena, sizeof(*spot));
		spot->open = true;
		jz_map_put(&survey->seen, (const char *)&schema, sizeof(schema), spot);
		add_words(survey, spot, schema);
		spot->open = false;
	}
	return spot->open || spot->table || spot->items || spot->count || spot->ref ? spot : NULL;
}

/* The places of a kind. */
static int spots_of(const char *kind, const struct spot **out, struct jz_err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct jz_map known = JZ_MAP_INIT;
	static struct jz_arena *arena;
	const struct jz_node *schema;
	int rc = 0;

	pthread_mutex_lock(&lock);
	*out = jz_map_gets(&known, kind);
	if (!*out)
		rc = jz_builtin_tree(kind, &schema, err);
	if (!*out && !rc) {
		struct survey survey = {.defs = jz_map_get(schema, "$defs")};
		struct spot *spot;

		arena = arena ? arena : jz_arena_new();
		survey.arena = arena;
		spot = find_spot(&survey, schema);
		spot = spot ? spot : jz_arena_alloc(arena, sizeof(*spot));
		jz_map_release(&survey.seen, NULL);
		jz_map_puts(&known, kind, spot);
		*out = spot;
	}
	pthread_mutex_unlock(&lock);
	return rc;
}

struct walk {
	jz_codes_visit *visit;
	void *data;
};

static const struct spot *spot_at(const struct spot *spot, const struct jz_pair *pair)
{
	for (size_t i = 0; i < spot->count; i++)
		if (spot->keys[i].len == pair->key_len && *spot->keys[i].key == *pair->key &&
		    !memcmp(spot->keys[i].key, pair->key, pair->key_len))
			return spot->keys[i].spot;
	return NULL;
}

static void walk_value(const struct walk *walk, const struct spot *spot, const struct jz_node *value,
		       const struct jz_hop *place);

static void walk_map(const struct walk *walk, const struct spot *spot, const struct jz_node *map,
		     struct jz_hop *below)
{
	for (size_t i = 0; i < map->len; i++) {
		const struct jz_pair *pair = &map->pairs[i];
		const struct spot *next = spot_at(spot, pair);

		below->key = pair->key;
		below->key_len = pair->key_len;
		if (next)
			walk_value(walk, next, pair->value, below);
	}
}

static void walk_value(const struct walk *walk, const struct spot *spot, const struct jz_node *value,
		       const struct jz_hop *place)
{
	for (; spot; spot = spot->ref) {
		struct jz_hop below = {.up = place};

		if (value->kind == JZ_MAP)
			walk_map(walk, spot, value, &below);
		else if (value->kind == JZ_SEQ)
			for (; spot->items && below.index < value->len; below.index++)
				walk_value(walk, spot->items, value->items[below.index], &below);
		else if (spot->table)
			walk->visit(walk->data, spot->table, value, place);
	}
}

int jz_codes_walk(const char *kind, const struct jz_node *record, jz_codes_visit *visit, void *data,
		  struct jz_err *err)
{
	const struct walk walk = {.visit = visit, .data = data};
	const struct spot *spot;
	int rc = spots_of(kind, &spot, err);

	if (!rc)
		walk_value(&walk, spot, record, NULL);
	return rc;
}

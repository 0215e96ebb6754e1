#include "lib/model/shape.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/builtin.h"
#include "lib/model/label.h"

#define REF_PREFIX "#/$defs/"
#define REF_DEPTH  8 /* longest chain of $ref that is followed */

int jz_shape_open(const char *name, struct jz_shape *out, struct jz_err *err)
{
	const struct jz_node *root;
	int rc = jz_builtin_tree(name, &root, err);

	if (!rc)
		out->schema = out->root = root;
	return rc;
}

static const struct jz_node *follow(const struct jz_shape *shape, const struct jz_node *schema)
{
	const char *ref = jz_map_text(schema, "$ref");

	if (!ref || !jz_starts_with(ref, REF_PREFIX))
		return NULL;
	return jz_map_get(jz_map_get(shape->root, "$defs"), ref + strlen(REF_PREFIX));
}

const struct jz_node *jz_shape_word(const struct jz_shape *shape, const char *word)
{
	const struct jz_node *schema = shape->schema;

	for (int depth = 0; schema && depth < REF_DEPTH; depth++) {
		const struct jz_node *value = jz_map_get(schema, word);

		if (value)
			return value;
		schema = follow(shape, schema);
	}
	return NULL;
}

static unsigned type_word(const char *word)
{
	static const struct {
		const char *word;
		unsigned type;
	} words[] = {
		{"string", JZ_TYPE_STRING}, {"integer", JZ_TYPE_NUMBER}, {"number", JZ_TYPE_NUMBER},
		{"boolean", JZ_TYPE_BOOL},  {"null", JZ_TYPE_NULL},	 {"array", JZ_TYPE_ARRAY},
		{"object", JZ_TYPE_OBJECT},
	};

	for (size_t i = 0; i < JZ_COUNT(words); i++)
		if (jz_eq(word, words[i].word))
			return words[i].type;
	return 0;
}

unsigned jz_shape_type(const struct jz_shape *shape)
{
	const struct jz_node *type = jz_shape_word(shape, "type");
	unsigned all = 0;

	if (!type)
		return jz_shape_word(shape, "enum") || jz_shape_word(shape, "const")
			       ? JZ_TYPE_STRING
			       : JZ_TYPE_ANY;
	for (size_t i = 0; i < jz_seq_len(type); i++)
		all |= type_word(jz_node_text(jz_seq_get(type, i)));
	return type->kind == JZ_SEQ ? all : type_word(jz_node_text(type));
}

/* The one schema for keys that have no name of their own, as in a map of answers. */
static const struct jz_node *unnamed(const struct jz_shape *shape)
{
	const struct jz_node *rest = jz_shape_word(shape, "additionalProperties");
	const struct jz_node *patterns = jz_shape_word(shape, "patternProperties");

	if (rest && rest->kind == JZ_MAP)
		return rest;
	for (uint32_t i = 0; patterns && patterns->kind == JZ_MAP && i < patterns->len; i++)
		if (patterns->pairs[i].value->kind == JZ_MAP)
			return patterns->pairs[i].value;
	return NULL;
}

bool jz_shape_key(const struct jz_shape *shape, const char *key, size_t len, struct jz_shape *out)
{
	const struct jz_node *found;

	out->root = shape->root;
	if (!shape->schema || (len > 2 && !memcmp(key, "x-", 2))) {
		out->schema = NULL;
		return true;
	}
	found = jz_map_getn(jz_shape_word(shape, "properties"), key, len);
	if (!found)
		found = unnamed(shape);
	out->schema = found;
	return found != NULL;
}

bool jz_shape_items(const struct jz_shape *shape, struct jz_shape *out)
{
	const struct jz_node *items = jz_shape_word(shape, "items");

	out->root = shape->root;
	out->schema = items;
	return items || !shape->schema;
}

bool jz_shape_is_item_id(const struct jz_shape *shape)
{
	return jz_eq(jz_map_text(shape->schema, "$ref"), REF_PREFIX "item_id");
}

bool jz_shape_is_staff(const struct jz_shape *shape)
{
	return jz_eq(jz_map_text(shape->schema, "$ref"), REF_PREFIX "staff_id");
}

bool jz_shape_is_moment(const struct jz_shape *shape)
{
	return jz_eq(jz_node_text(jz_shape_word(shape, "format")), "date-time");
}

bool jz_shape_has_ids(const struct jz_shape *shape)
{
	struct jz_shape item, id;

	return shape->schema && jz_shape_items(shape, &item) && jz_shape_key(&item, "id", 2, &id) &&
	       jz_shape_is_item_id(&id);
}

bool jz_shape_table(const struct jz_shape *shape, char *out, size_t size)
{
	const char *file = jz_node_text(jz_shape_word(shape, "x-codes"));
	char *dot;

	if (!file || !jz_starts_with(file, "codes/") ||
	    !jz_copy(out, size, file + strlen("codes/")))
		return false;
	dot = strrchr(out, '.');
	if (dot)
		*dot = '\0';
	return true;
}

size_t jz_shape_rank(const struct jz_shape *shape, const char *key, size_t len)
{
	const struct jz_node *map = jz_shape_word(shape, "properties");

	for (uint32_t i = 0; map && map->kind == JZ_MAP && i < map->len; i++)
		if (map->pairs[i].key_len == len && !memcmp(map->pairs[i].key, key, len))
			return i;
	return SIZE_MAX;
}

bool jz_shape_required(const struct jz_shape *shape, const char *key)
{
	const struct jz_node *list = jz_shape_word(shape, "required");

	for (size_t i = 0; i < jz_seq_len(list); i++)
		if (jz_eq(jz_node_text(jz_seq_get(list, i)), key))
			return true;
	return false;
}

size_t jz_shape_count(const struct jz_shape *shape)
{
	const struct jz_node *map = jz_shape_word(shape, "properties");

	return map && map->kind == JZ_MAP ? map->len : 0;
}

const char *jz_shape_name(const struct jz_shape *shape, size_t index)
{
	return jz_shape_word(shape, "properties")->pairs[index].key;
}

static const char *text_in_language(const struct jz_shape *shape, const char *zh, const char *en)
{
	const char *text = jz_node_text(jz_shape_word(shape, jz_lang_zh() ? zh : en));

	return text ? text : jz_node_text(jz_shape_word(shape, zh));
}

const char *jz_shape_title(const struct jz_shape *shape)
{
	return text_in_language(shape, "title", "x-title-en");
}

const char *jz_shape_description(const struct jz_shape *shape)
{
	return text_in_language(shape, "description", "x-description-en");
}

const char *jz_shape_label(const struct jz_shape *shape, const char *word)
{
	const char *label = jz_label_text(jz_map_get(jz_shape_word(shape, "x-labels"), word));

	return label ? label : word;
}

const char *jz_shape_clause(const struct jz_shape *shape)
{
	return jz_node_text(jz_shape_word(shape, "x-clause"));
}

/* One step down a path, "name" or "[ID]"; also a pointer's index. false: no such field. */
static bool step_down(struct jz_shape *at, const char **path)
{
	struct jz_shape next;
	size_t len = strcspn(*path, **path == '[' ? "]" : "./[");
	bool found;

	if (**path == '[' || (at->schema && jz_shape_type(at) == JZ_TYPE_ARRAY))
		found = jz_shape_items(at, &next);
	else
		found = jz_shape_key(at, *path, len, &next);
	*path += len;
	*path += strspn(*path, "./]");
	if (found)
		*at = next;
	return found;
}

bool jz_shape_at(const struct jz_shape *shape, const char *path, struct jz_shape *out)
{
	struct jz_shape at = *shape;

	path += strspn(path, "./");
	while (*path)
		if (!step_down(&at, &path))
			return false;
	*out = at;
	return true;
}

const char *jz_shape_clause_at(const struct jz_shape *shape, const char *path)
{
	const char *clause = jz_shape_clause(shape);
	struct jz_shape at = *shape;

	path += strspn(path, "./");
	while (*path && step_down(&at, &path))
		if (jz_shape_clause(&at))
			clause = jz_shape_clause(&at);
	return clause;
}

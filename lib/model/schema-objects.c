/* properties, patternProperties, additionalProperties, propertyNames, required, dependent*. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"

/* Names tried against patterns while compiling; beyond that they are tried for each document. */
#define COMPILE_MATCHES_MAX 100000

static uint32_t hash_key(const char *key, size_t len)
{
	return (uint32_t)jz_hash(key, len);
}

const struct jz_prop *jz_prop_find(const struct jz_sub_objects *objects, const char *key,
				   size_t len, uint32_t *hint)
{
	const struct jz_prop *prop;

	if (objects->n_props == 0)
		return NULL;
	/* documents mostly keep the order of the schema */
	for (uint32_t i = *hint; i < objects->n_props && i < *hint + 3; i++) {
		prop = &objects->props[i];
		if (prop->len == len && !memcmp(prop->key, key, len)) {
			*hint = i + 1;
			return prop;
		}
	}
	for (uint32_t at = hash_key(key, len) & objects->table_mask; objects->table[at];
	     at = (at + 1) & objects->table_mask) {
		prop = &objects->props[objects->table[at] - 1];
		if (prop->len == len && !memcmp(prop->key, key, len)) {
			*hint = objects->table[at];
			return prop;
		}
	}
	return NULL;
}

/* --- compiling --- */

static int walk_map(struct jz_compiler *c, const struct jz_node *value,
		    int (*each)(struct jz_compiler *, struct jz_sub_objects *,
				const struct jz_pair *, uint32_t),
		    struct jz_sub_objects *objects)
{
	for (uint32_t i = 0; i < value->len; i++) {
		size_t mark = c->pointer.len;
		int rc;

		jz_pointer_key(&c->pointer, value->pairs[i].key, value->pairs[i].key_len);
		rc = each(c, objects, &value->pairs[i], i);
		if (rc)
			return rc;
		jz_buf_truncate(&c->pointer, mark);
	}
	return 0;
}

/* Makes room for more names behind those that `properties` or `required` gave before. */
static struct jz_prop *more_props(struct jz_compiler *c, struct jz_sub_objects *objects,
				  uint32_t more)
{
	struct jz_prop *props =
		jz_arena_alloc(c->schema->arena, (objects->n_props + more + 1) * sizeof(*props));

	if (objects->n_props > 0)
		memcpy(props, objects->props, objects->n_props * sizeof(*props));
	objects->props = props;
	return props;
}

static int add_prop(struct jz_compiler *c, struct jz_sub_objects *objects,
		    const struct jz_pair *pair, uint32_t i)
{
	struct jz_prop *prop = &objects->props[objects->n_props++];

	(void)i;
	prop->key = jz_arena_strndup(c->schema->arena, pair->key, pair->key_len);
	prop->len = pair->key_len;
	return jz_compile_sub(c, pair->value, &prop->sub);
}

static int add_pattern(struct jz_compiler *c, struct jz_sub_objects *objects,
		       const struct jz_pair *pair, uint32_t i)
{
	struct jz_node at = {.line = pair->line, .column = pair->column};
	int rc =
		jz_compile_pattern(c, &at, pair->key, pair->key_len, &objects->patterns[i].pattern);

	if (rc)
		return rc;
	objects->n_patterns = i + 1;
	return jz_compile_sub(c, pair->value, &objects->patterns[i].sub);
}

static void release_names(struct jz_map *names)
{
	jz_map_release(names, NULL);
}

/* A list of different texts, ended by one without text. */
static int name_list(struct jz_compiler *c, const struct jz_node *value, struct jz_name **out)
{
	jz_cleanup(release_names) struct jz_map seen = JZ_MAP_INIT;
	struct jz_name *names;

	if (value->kind != JZ_SEQ)
		return jz_schema_wrong(c, value, _("must be a list of names"));
	names = jz_arena_alloc(c->schema->arena, (value->len + 1) * sizeof(*names));
	for (uint32_t i = 0; i < value->len; i++) {
		const struct jz_node *item = value->items[i];

		if (item->kind != JZ_STRING)
			return jz_schema_wrong(c, item, _("must be text"));
		if (jz_map_put(&seen, item->text, item->len, &seen))
			return jz_schema_wrong(c, item, _("a name stands twice in the list"));
		names[i].text = jz_arena_strndup(c->schema->arena, item->text, item->len);
		names[i].len = item->len;
	}
	*out = names;
	return 0;
}

static int add_dependent(struct jz_compiler *c, struct jz_sub_objects *objects,
			 const struct jz_pair *pair, bool schema)
{
	struct jz_dependent *dependent = &objects->dependents[objects->n_dependents++];

	dependent->key.text = jz_arena_strndup(c->schema->arena, pair->key, pair->key_len);
	dependent->key.len = pair->key_len;
	return schema ? jz_compile_sub(c, pair->value, &dependent->sub)
		      : name_list(c, pair->value, &dependent->required);
}

static int add_dependent_names(struct jz_compiler *c, struct jz_sub_objects *objects,
			       const struct jz_pair *pair, uint32_t i)
{
	(void)i;
	return add_dependent(c, objects, pair, false);
}

static int add_dependent_schema(struct jz_compiler *c, struct jz_sub_objects *objects,
				const struct jz_pair *pair, uint32_t i)
{
	(void)i;
	return add_dependent(c, objects, pair, true);
}

static int kw_dependents(struct jz_compiler *c, struct jz_sub_objects *objects,
			 const struct jz_node *value, int which)
{
	struct jz_dependent *more;

	if (value->kind != JZ_MAP)
		return jz_schema_wrong(c, value, _("must be a map"));
	more = jz_arena_alloc(c->schema->arena,
			      (objects->n_dependents + value->len + 1) * sizeof(*more));
	if (objects->n_dependents > 0)
		memcpy(more, objects->dependents, objects->n_dependents * sizeof(*more));
	objects->dependents = more;
	return walk_map(c, value,
			which == JZ_KW_DEPENDENT_SCHEMAS ? add_dependent_schema
							 : add_dependent_names,
			objects);
}

static int kw_required(struct jz_compiler *c, struct jz_sub_objects *objects,
		       const struct jz_node *value)
{
	/* kept apart until jz_objects_finish() knows `properties` too */
	objects->n_required = value->len;
	return name_list(c, value, &objects->required);
}

int jz_kw_object(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value, int which)
{
	struct jz_sub_objects *objects = sub->objects;

	if (!objects) {
		objects = sub->objects = jz_arena_alloc(c->schema->arena, sizeof(*objects));
		objects->max_props = SIZE_MAX;
	}
	if ((which == JZ_KW_PROPERTIES || which == JZ_KW_PATTERN_PROPERTIES) &&
	    value->kind != JZ_MAP)
		return jz_schema_wrong(c, value, _("must be a map of schemas"));
	switch (which) {
	case JZ_KW_PROPERTIES:
		more_props(c, objects, value->len);
		return walk_map(c, value, add_prop, objects);
	case JZ_KW_PATTERN_PROPERTIES:
		objects->patterns = jz_arena_alloc(c->schema->arena,
						   (value->len + 1) * sizeof(*objects->patterns));
		return walk_map(c, value, add_pattern, objects);
	case JZ_KW_ADDITIONAL:
		return jz_compile_sub(c, value, &objects->additional);
	case JZ_KW_NAMES:
		return jz_compile_sub(c, value, &objects->names);
	case JZ_KW_REQUIRED:
		return kw_required(c, objects, value);
	case JZ_KW_MIN_PROPERTIES:
		return jz_compile_size(c, value, &objects->min_props);
	case JZ_KW_MAX_PROPERTIES:
		return jz_compile_size(c, value, &objects->max_props);
	default:
		return kw_dependents(c, objects, value, which);
	}
}

static void index_props(struct jz_compiler *c, struct jz_sub_objects *objects, uint32_t expected)
{
	uint32_t size = 4;

	while (size < expected * 2)
		size *= 2;
	objects->table = jz_arena_alloc(c->schema->arena, size * sizeof(*objects->table));
	objects->table_mask = size - 1;
	for (uint32_t i = 0; i < objects->n_props; i++) {
		const struct jz_prop *prop = &objects->props[i];
		uint32_t at = hash_key(prop->key, prop->len) & objects->table_mask;

		while (objects->table[at])
			at = (at + 1) & objects->table_mask;
		objects->table[at] = i + 1;
	}
}

/* Finds out once which patternProperties hold for a name that the schema itself gives. */
static void match_patterns(struct jz_compiler *c, const struct jz_sub_objects *objects,
			   struct jz_prop *prop)
{
	jz_cleanup(jz_regex_scratch_free_p) struct jz_regex_scratch *scratch = NULL;
	struct jz_check check = {0};

	prop->ask_patterns = c->work + objects->n_patterns > COMPILE_MATCHES_MAX;
	if (objects->n_patterns == 0 || prop->ask_patterns)
		return;
	c->work += objects->n_patterns;
	for (uint32_t i = 0; i < objects->n_patterns; i++) {
		int match = jz_pattern_match(&check, &objects->patterns[i].pattern, prop->key,
					     prop->len);

		scratch = check.scratch;
		if (match < 0) { /* said where a document has the name */
			prop->ask_patterns = true;
			prop->others.len = 0;
			return;
		}
		if (match == 0)
			continue;
		if (!prop->others.items)
			prop->others.items = jz_arena_alloc(
				c->schema->arena, objects->n_patterns * sizeof(struct jz_sub *));
		prop->others.items[prop->others.len++] = objects->patterns[i].sub;
	}
}

void jz_objects_finish(struct jz_compiler *c, struct jz_sub_objects *objects)
{
	uint32_t declared = objects->n_props;

	index_props(c, objects, declared);
	more_props(c, objects, objects->n_required);
	for (uint32_t i = 0; i < objects->n_required; i++) {
		uint32_t hint = declared;
		const struct jz_name *name = &objects->required[i];
		bool found = jz_prop_find(objects, name->text, name->len, &hint) != NULL;
		struct jz_prop *prop = &objects->props[found ? hint - 1 : objects->n_props];

		prop->required = true;
		if (found)
			continue;
		prop->key = name->text;
		prop->len = name->len;
		objects->n_props++;
	}
	index_props(c, objects, objects->n_props);
	for (uint32_t i = 0; i < objects->n_props; i++)
		match_patterns(c, objects, &objects->props[i]);
}

/* --- checking --- */

/* One property against all that speaks of it; *known: something did. */
static bool check_pair(struct jz_check *c, const struct jz_sub_objects *objects,
		       const struct jz_prop *prop, const struct jz_pair *pair, bool *known)
{
	bool valid = true;

	if (prop && prop->sub) {
		*known = true;
		if (jz_check_stop(c, jz_check_pair(c, prop->sub, pair, "properties"), &valid))
			return false;
	}
	if (prop && !prop->ask_patterns) {
		for (uint32_t i = 0; i < prop->others.len; i++) {
			*known = true;
			if (jz_check_stop(c,
					  jz_check_pair(c, prop->others.items[i], pair,
							"patternProperties"),
					  &valid))
				return false;
		}
		return valid;
	}
	jz_check_spend(c, objects->n_patterns);
	for (uint32_t i = 0; i < objects->n_patterns; i++) {
		int match = jz_pattern_match(c, &objects->patterns[i].pattern, pair->key,
					     pair->key_len);

		if (match < 0)
			return jz_check_give_up(
				c, pair->value, "patternProperties",
				_("comparing a name with its pattern takes too much "
				  "work"));
		if (match == 0)
			continue;
		*known = true;
		if (jz_check_stop(
			    c,
			    jz_check_pair(c, objects->patterns[i].sub, pair, "patternProperties"),
			    &valid))
			return false;
	}
	return valid;
}

static bool check_name(struct jz_check *c, const struct jz_sub *names, const struct jz_pair *pair)
{
	struct jz_node name = {
		.kind = JZ_STRING,
		.line = pair->line,
		.column = pair->column,
		.len = pair->key_len,
		.text = pair->key,
	};
	struct jz_frame frame = {.up = c->frame, .pair = pair, .keyword = "propertyNames"};
	bool valid;

	if (jz_check_quietly(c, names, &name, NULL))
		return true;
	c->frame = &frame;
	valid = jz_check_fail(c, &name, JZ_OFF_KEY, "propertyNames",
			      _("a field must not have this name here"));
	c->frame = frame.up;
	return valid;
}

static bool fail_missing(struct jz_check *c, const struct jz_sub_objects *objects,
			 const struct jz_node *node)
{
	for (uint32_t i = 0; i < objects->n_props; i++) {
		const struct jz_prop *prop = &objects->props[i];
		const char *title = prop->sub ? jz_sub_title(prop->sub) : NULL;

		if (!prop->required)
			continue;
		if (!jz_check_spend(c, node->len / 8))
			return jz_check_give_up(c, node, "required",
						_("checking this document takes too much work"));
		if (jz_map_getn(node, prop->key, prop->len))
			continue;
		if (title)
			jz_check_fail(c, node, JZ_OFF_KEY, "required",
				      _("field '%s' (%s) is missing"), prop->key, title);
		else
			jz_check_fail(c, node, JZ_OFF_KEY, "required", _("field '%s' is missing"),
				      prop->key);
		if (c->mode == JZ_CHECK_QUIET)
			break;
	}
	return false;
}

static bool check_count(struct jz_check *c, const struct jz_sub_objects *objects,
			const struct jz_node *node)
{
	if (node->len < objects->min_props)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "minProperties",
				     P_("must have at least %zu field",
					"must have at least %zu fields", objects->min_props),
				     objects->min_props);
	if (node->len > objects->max_props)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "maxProperties",
				     P_("must have at most %zu field",
					"must have at most %zu fields", objects->max_props),
				     objects->max_props);
	return true;
}

static bool check_dependent(struct jz_check *c, const struct jz_dependent *dependent,
			    const struct jz_node *node, struct jz_seen *seen)
{
	bool valid = true;

	if (!jz_map_getn(node, dependent->key.text, dependent->key.len))
		return true;
	for (const struct jz_name *name = dependent->required; name && name->text; name++)
		if (!jz_map_getn(node, name->text, name->len))
			valid = jz_check_fail(
				c, node, JZ_OFF_KEY, "dependentRequired",
				_("field '%s' is missing, which is required beside '%s'"),
				name->text, dependent->key.text);
	if (dependent->sub)
		valid &= jz_check_sub(c, dependent->sub, node, seen);
	return valid;
}

bool jz_check_objects(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		      struct jz_seen *seen)
{
	const struct jz_sub_objects *objects = sub->objects;
	uint32_t required = 0;
	uint32_t hint = 0;
	bool valid = true;

	jz_check_spend(c, node->len / 4);
	if (jz_check_stop(c, check_count(c, objects, node), &valid))
		return false;
	for (uint32_t i = 0; i < node->len; i++) {
		const struct jz_pair *pair = &node->pairs[i];
		const struct jz_prop *prop = jz_prop_find(objects, pair->key, pair->key_len, &hint);
		bool known = false;

		required += prop && prop->required;
		if (jz_check_stop(c, check_pair(c, objects, prop, pair, &known), &valid))
			return false;
		if (!known && objects->additional) {
			known = true;
			if (jz_check_stop(c,
					  jz_check_pair(c, objects->additional, pair,
							"additionalProperties"),
					  &valid))
				return false;
		}
		if (known)
			jz_seen_add(seen, i);
		if (objects->names && jz_check_stop(c, check_name(c, objects->names, pair), &valid))
			return false;
	}
	if (required < objects->n_required &&
	    jz_check_stop(c, fail_missing(c, objects, node), &valid))
		return false;
	for (uint32_t i = 0; i < objects->n_dependents; i++) {
		if (!jz_check_spend(c, node->len / 8))
			return jz_check_give_up(c, node, "dependentRequired",
						_("checking this document takes too much work"));
		if (jz_check_stop(c, check_dependent(c, &objects->dependents[i], node, seen),
				  &valid))
			return false;
	}
	return valid;
}

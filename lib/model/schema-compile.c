/* From a schema document to struct jz_sub: the walk, and the keywords of no family. */
#include "lib/model/schema-private.h"

#include <stdarg.h>
#include <stdio.h>
#include "lib/base/i18n.h"

int jz_schema_wrong(struct jz_compiler *c, const struct jz_node *at, const char *fmt, ...)
{
	va_list args;

	if (!c->err)
		return JZ_E_INVALID;
	jz_fail_at(c->err, JZ_E_INVALID, at->line, at->column, "%s", "");
	va_start(args, fmt);
	vsnprintf(c->err->message, sizeof(c->err->message), fmt, args);
	va_end(args);
	snprintf(c->err->path, sizeof(c->err->path), "%s", c->pointer.data);
	return JZ_E_INVALID;
}

int jz_compile_size(struct jz_compiler *c, const struct jz_node *value, size_t *out)
{
	struct jz_decimal number;

	if (value->kind == JZ_NUMBER) {
		jz_decimal_parse(value->text, value->len, &number);
		if (jz_decimal_to_size(&number, out))
			return 0;
	}
	return jz_schema_wrong(c, value, _("must be a whole number, 0 or more"));
}

int jz_compile_list(struct jz_compiler *c, const struct jz_node *value, struct jz_sub_list *out)
{
	if (value->kind != JZ_SEQ || value->len == 0)
		return jz_schema_wrong(c, value, _("must be a list of at least one schema"));
	out->items = jz_arena_alloc(c->schema->arena, value->len * sizeof(*out->items));
	for (uint32_t i = 0; i < value->len; i++) {
		size_t mark = c->pointer.len;
		int rc;

		jz_pointer_index(&c->pointer, i);
		rc = jz_compile_sub(c, value->items[i], &out->items[i]);
		if (rc)
			return rc;
		jz_buf_truncate(&c->pointer, mark);
	}
	out->len = value->len;
	return 0;
}

static const struct {
	const char *name;
	uint8_t types;
} type_names[] = {
	{"null", JZ_TYPE_NULL},	      {"boolean", JZ_TYPE_BOOL},
	{"integer", JZ_TYPE_INTEGER}, {"number", JZ_TYPE_NUMBER | JZ_TYPE_INTEGER},
	{"string", JZ_TYPE_STRING},   {"array", JZ_TYPE_ARRAY},
	{"object", JZ_TYPE_OBJECT},
};

static int add_type(struct jz_compiler *c, const struct jz_node *value, unsigned *seen,
		    uint8_t *types)
{
	for (size_t i = 0; value->kind == JZ_STRING && i < JZ_COUNT(type_names); i++) {
		if (strcmp(type_names[i].name, value->text) != 0)
			continue;
		if (*seen & 1u << i)
			return jz_schema_wrong(c, value, _("a type is named twice"));
		*seen |= 1u << i;
		*types |= type_names[i].types;
		return 0;
	}
	return jz_schema_wrong(c, value,
			       _("must be one of null, boolean, integer, number, string, array, "
				 "object"));
}

static int kw_type(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value,
		   int which)
{
	unsigned seen = 0;
	int rc = 0;

	(void)which;
	if (value->kind != JZ_SEQ)
		return add_type(c, value, &seen, &sub->types);
	if (value->len == 0)
		return jz_schema_wrong(c, value, _("must name at least one type"));
	for (uint32_t i = 0; i < value->len && rc == 0; i++)
		rc = add_type(c, value->items[i], &seen, &sub->types);
	return rc;
}

enum { KW_CONST, KW_ENUM };

static int kw_values(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value,
		     int which)
{
	struct jz_arena *arena = c->schema->arena;
	struct jz_sub_values *values = jz_arena_alloc(arena, sizeof(*values));
	size_t work = 0;

	if (which == KW_ENUM && value->kind != JZ_SEQ)
		return jz_schema_wrong(c, value, _("must be a list"));
	values->len = which == KW_ENUM ? value->len : 1;
	values->items = jz_arena_alloc(arena, (values->len + 1) * sizeof(*values->items));
	values->sorted = jz_arena_alloc(arena, (values->len + 1) * sizeof(*values->sorted));
	for (uint32_t i = 0; i < values->len; i++) {
		values->items[i] = jz_node_clone(arena, which == KW_ENUM ? value->items[i] : value);
		values->sorted[i].hash = jz_value_hash(values->items[i], &work);
		values->sorted[i].index = i;
	}
	jz_hashed_sort(values->sorted, values->len);
	*(which == KW_ENUM ? &sub->enumeration : &sub->constant) = values;
	return 0;
}

enum { KW_ALL, KW_ANY, KW_ONE, KW_NOT, KW_IF, KW_THEN, KW_ELSE };

static int kw_logic(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value,
		    int which)
{
	struct jz_sub_logic *logic = sub->logic;

	if (!logic)
		logic = sub->logic = jz_arena_alloc(c->schema->arena, sizeof(*logic));
	switch (which) {
	case KW_ALL:
		return jz_compile_list(c, value, &logic->all);
	case KW_ANY:
		return jz_compile_list(c, value, &logic->any);
	case KW_ONE:
		return jz_compile_list(c, value, &logic->one);
	case KW_NOT:
		return jz_compile_sub(c, value, &logic->not_);
	case KW_IF:
		return jz_compile_sub(c, value, &logic->if_);
	case KW_THEN:
		return jz_compile_sub(c, value, &logic->then_);
	default:
		return jz_compile_sub(c, value, &logic->else_);
	}
}

enum { KW_UNEVALUATED_ITEMS, KW_UNEVALUATED_PROPERTIES };

static int kw_unevaluated(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value,
			  int which)
{
	return jz_compile_sub(c, value,
			      which == KW_UNEVALUATED_ITEMS ? &sub->unevaluated_items
							    : &sub->unevaluated_props);
}

/* Schemas that are only kept for others to refer to. */
static int kw_defs(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value,
		   int which)
{
	struct jz_sub *unused;

	(void)sub;
	(void)which;
	if (value->kind != JZ_MAP)
		return jz_schema_wrong(c, value, _("must be a map of schemas"));
	for (uint32_t i = 0; i < value->len; i++) {
		size_t mark = c->pointer.len;
		int rc;

		jz_pointer_key(&c->pointer, value->pairs[i].key, value->pairs[i].key_len);
		rc = jz_compile_sub(c, value->pairs[i].value, &unused);
		if (rc)
			return rc;
		jz_buf_truncate(&c->pointer, mark);
	}
	return 0;
}

enum { KW_TEXT, KW_TITLE, KW_TITLE_EN, KW_TRUTH, KW_LIST, KW_DIALECT, KW_SCHEMA };

static int kw_annotation(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value,
			 int which)
{
	struct jz_sub *unused;

	switch (which) {
	case KW_TRUTH:
		if (value->kind != JZ_BOOL)
			return jz_schema_wrong(c, value, _("must be true or false"));
		return 0;
	case KW_LIST:
		if (value->kind != JZ_SEQ)
			return jz_schema_wrong(c, value, _("must be a list"));
		return 0;
	case KW_SCHEMA:
		return jz_compile_sub(c, value, &unused);
	}
	if (value->kind != JZ_STRING)
		return jz_schema_wrong(c, value, _("must be text"));
	if (which == KW_TITLE)
		sub->title = jz_arena_strdup(c->schema->arena, value->text);
	if (which == KW_TITLE_EN)
		sub->title_en = jz_arena_strdup(c->schema->arena, value->text);
	if (which == KW_DIALECT &&
	    strcmp(value->text, "https://json-schema.org/draft/2020-12/schema") &&
	    strcmp(value->text, "https://json-schema.org/draft/2020-12/schema#"))
		return jz_schema_wrong(
			c, value,
			_("the schema is not written in JSON Schema 2020-12, the only "
			  "one that is read here"));
	return 0;
}

static const struct keyword {
	const char *name;
	jz_keyword_fn compile;
	int which;
} keywords[] = {
	{"$comment", kw_annotation, KW_TEXT},
	{"$defs", kw_defs, 0},
	{"$dynamicRef", jz_kw_ref, JZ_KW_DYNAMIC_REF},
	{"$ref", jz_kw_ref, JZ_KW_REF},
	{"$schema", kw_annotation, KW_DIALECT},
	{"additionalProperties", jz_kw_object, JZ_KW_ADDITIONAL},
	{"allOf", kw_logic, KW_ALL},
	{"anyOf", kw_logic, KW_ANY},
	{"const", kw_values, KW_CONST},
	{"contains", jz_kw_array, JZ_KW_CONTAINS},
	{"contentEncoding", kw_annotation, KW_TEXT},
	{"contentMediaType", kw_annotation, KW_TEXT},
	{"contentSchema", kw_annotation, KW_SCHEMA},
	{"definitions", kw_defs, 0},
	{"dependentRequired", jz_kw_object, JZ_KW_DEPENDENT_REQUIRED},
	{"dependentSchemas", jz_kw_object, JZ_KW_DEPENDENT_SCHEMAS},
	{"deprecated", kw_annotation, KW_TRUTH},
	{"description", kw_annotation, KW_TEXT},
	{"else", kw_logic, KW_ELSE},
	{"enum", kw_values, KW_ENUM},
	{"examples", kw_annotation, KW_LIST},
	{"exclusiveMaximum", jz_kw_number, JZ_EXCLUSIVE_MAXIMUM},
	{"exclusiveMinimum", jz_kw_number, JZ_EXCLUSIVE_MINIMUM},
	{"format", jz_kw_string, JZ_KW_FORMAT},
	{"if", kw_logic, KW_IF},
	{"items", jz_kw_array, JZ_KW_ITEMS},
	{"maxContains", jz_kw_array, JZ_KW_MAX_CONTAINS},
	{"maxItems", jz_kw_array, JZ_KW_MAX_ITEMS},
	{"maxLength", jz_kw_string, JZ_KW_MAX_LENGTH},
	{"maxProperties", jz_kw_object, JZ_KW_MAX_PROPERTIES},
	{"maximum", jz_kw_number, JZ_MAXIMUM},
	{"minContains", jz_kw_array, JZ_KW_MIN_CONTAINS},
	{"minItems", jz_kw_array, JZ_KW_MIN_ITEMS},
	{"minLength", jz_kw_string, JZ_KW_MIN_LENGTH},
	{"minProperties", jz_kw_object, JZ_KW_MIN_PROPERTIES},
	{"minimum", jz_kw_number, JZ_MINIMUM},
	{"multipleOf", jz_kw_number, JZ_MULTIPLE_OF},
	{"not", kw_logic, KW_NOT},
	{"oneOf", kw_logic, KW_ONE},
	{"pattern", jz_kw_string, JZ_KW_PATTERN},
	{"patternProperties", jz_kw_object, JZ_KW_PATTERN_PROPERTIES},
	{"prefixItems", jz_kw_array, JZ_KW_PREFIX_ITEMS},
	{"properties", jz_kw_object, JZ_KW_PROPERTIES},
	{"propertyNames", jz_kw_object, JZ_KW_NAMES},
	{"readOnly", kw_annotation, KW_TRUTH},
	{"required", jz_kw_object, JZ_KW_REQUIRED},
	{"then", kw_logic, KW_THEN},
	{"title", kw_annotation, KW_TITLE},
	{"type", kw_type, 0},
	{"unevaluatedItems", kw_unevaluated, KW_UNEVALUATED_ITEMS},
	{"unevaluatedProperties", kw_unevaluated, KW_UNEVALUATED_PROPERTIES},
	{"uniqueItems", jz_kw_array, JZ_KW_UNIQUE_ITEMS},
	{"writeOnly", kw_annotation, KW_TRUTH},
	{"x-form", jz_kw_string, JZ_KW_FORM},
	{"x-form-en", jz_kw_string, JZ_KW_FORM_EN},
	{"x-title-en", kw_annotation, KW_TITLE_EN},
};

static int by_name(const void *name, const void *keyword)
{
	return strcmp(name, ((const struct keyword *)keyword)->name);
}

static int compile_keywords(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value)
{
	for (uint32_t i = 0; i < value->len; i++) {
		const struct jz_pair *pair = &value->pairs[i];
		const struct keyword *keyword = bsearch(pair->key, keywords, JZ_COUNT(keywords),
							sizeof(keywords[0]), by_name);
		size_t mark = c->pointer.len;
		int rc;

		if (!keyword || strlen(pair->key) != pair->key_len)
			continue;
		jz_pointer_key(&c->pointer, pair->key, pair->key_len);
		rc = keyword->compile(c, sub, pair->value, keyword->which);
		if (rc)
			return rc;
		jz_buf_truncate(&c->pointer, mark);
	}
	if (sub->objects)
		jz_objects_finish(c, sub->objects);
	sub->speaks_of_children =
		sub->objects || sub->arrays || sub->unevaluated_items || sub->unevaluated_props;
	return 0;
}

int jz_compile_sub(struct jz_compiler *c, const struct jz_node *value, struct jz_sub **out)
{
	struct jz_resource *outer = c->resource;
	struct jz_sub *sub = jz_map_find(&c->by_node, (const char *)&value, sizeof(value));
	int rc = 0;

	if (sub) {
		*out = sub;
		return 0;
	}
	if (value->kind != JZ_MAP && value->kind != JZ_BOOL)
		return jz_schema_wrong(c, value,
				       _("must be a schema: a map of keywords, or true or false"));
	if (++c->depth > JZ_SUB_DEPTH_MAX)
		return jz_schema_wrong(c, value, _("the schema is nested too deep"));
	sub = jz_arena_alloc(c->schema->arena, sizeof(*sub));
	jz_vec_push(&c->schema->subs, sub);
	jz_map_put(&c->by_node, (const char *)&value, sizeof(value), sub);
	sub->line = value->line;
	sub->column = value->column;
	sub->pointer = jz_arena_strdup(c->schema->arena, c->pointer.data);
	jz_map_put(&c->by_pointer, c->pointer.data, c->pointer.len, sub);
	if (value->kind == JZ_BOOL)
		sub->form = value->truth ? JZ_SUB_TRUE : JZ_SUB_FALSE;
	else
		rc = jz_enter_resource(c, sub, value);
	sub->resource = c->resource;
	if (rc == 0 && sub->form == JZ_SUB_MAP)
		rc = compile_keywords(c, sub, value);
	c->resource = outer;
	c->depth--;
	*out = sub;
	return rc;
}

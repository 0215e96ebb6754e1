#include "lib/model/query.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/decimal.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/model/item.h"

enum op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_HAS };

struct term {
	char *field;
	char *value;
	enum op op;
};

struct jz_query {
	struct term *terms;
	size_t len;
};

static const struct {
	const char *text;
	enum op op;
} operators[] = {
	{"!=", OP_NE}, {"<=", OP_LE}, {">=", OP_GE}, {"=", OP_EQ},
	{"<", OP_LT},  {">", OP_GT},  {"~", OP_HAS},
};

static bool parse_term(const char *text, struct term *out)
{
	size_t name = strcspn(text, "!<>=~");

	if (!name || !text[name])
		return false;
	for (size_t i = 0; i < JZ_COUNT(operators); i++) {
		if (!jz_starts_with(text + name, operators[i].text))
			continue;
		out->field = jz_xstrndup(text, name);
		out->value = jz_xstrdup(text + name + strlen(operators[i].text));
		out->op = operators[i].op;
		return true;
	}
	return false;
}

/* Derived fields: where their values come from (NULL: those are their own, or numbers and dates), and
 * what they are derived from. */
static const struct derived {
	const char *name;
	const char *place;
	const char *fields;
} derived_fields[] = {
	{"state", NULL, JZ_OF_STATE},
	{"phase", NULL, JZ_OF_PHASES},
	{"age", NULL, JZ_OF_BIRTH},
	{"alerts", NULL, JZ_OF_ALERTS},
	{"end", NULL, JZ_OF_END},
	{"category", "sentence.category", "sentence.category "},
	{"township", "admission.township", "admission.township "},
	{"level", "levels.level", JZ_OF_LEVEL},
	{"minor", "minor_track", JZ_OF_MINOR},
	{"focus", "focus.value", "focus.value "},
};

bool jz_query_derived_field(size_t index, const char **name, const char **place)
{
	if (index >= JZ_COUNT(derived_fields))
		return false;
	*name = derived_fields[index].name;
	*place = derived_fields[index].place;
	return true;
}

static const struct derived *find_derived(const char *field)
{
	for (size_t i = 0; i < JZ_COUNT(derived_fields); i++)
		if (jz_eq(field, derived_fields[i].name))
			return &derived_fields[i];
	return NULL;
}

/* Walks a path of a condition, "services.kind": of any service. */
static int find_place(const char *path, struct jz_arena *arena, struct jz_shape *at,
		      struct jz_err *err)
{
	while (*path) {
		size_t len = strcspn(path, ".");
		const char *key = jz_arena_strndup(arena, path, len);
		struct jz_shape next = *at;

		while (at->schema && jz_shape_type(at) == JZ_TYPE_ARRAY &&
		       jz_shape_items(at, &next))
			*at = next;
		if (!jz_shape_key(at, key, len, &next))
			return jz_fail(err, JZ_E_USAGE, _("there is no field '%s'%s"), key,
				       jz_item_suggest(at, arena, key));
		*at = next;
		path += len + (path[len] == '.');
	}
	while (at->schema && jz_shape_type(at) == JZ_TYPE_ARRAY && jz_shape_items(at, at))
		;
	return 0;
}

static int settle_state(struct term *term, struct jz_err *err)
{
	for (int state = 0; state <= JZ_STATE_FOLLOWED_UP; state++) {
		const char *name = jz_case_state_name((enum jz_case_state)state);

		if (!jz_eq(term->value, name) &&
		    !jz_eq(term->value, jz_case_state_label((enum jz_case_state)state)))
			continue;
		free(term->value);
		term->value = jz_xstrdup(name);
		return 0;
	}
	return jz_fail(err, JZ_E_USAGE, _("there is no state '%s'"), term->value);
}

static bool takes_number(const char *field, const struct jz_shape *at)
{
	return jz_eq(field, "age") || jz_eq(field, "alerts") ||
	       (at->schema && jz_shape_type(at) == JZ_TYPE_NUMBER);
}

/* A label in a condition stands for its code; a field or a code that there is not would match
 * nothing without a word. */
static int settle(struct term *term, const struct jz_shape *root, struct jz_codes *codes,
		  struct jz_arena *arena, struct jz_err *err)
{
	const struct derived *derived = find_derived(term->field);
	const char *path = !derived ? term->field : derived->place ? derived->place : "";
	bool equal = term->op == OP_EQ || term->op == OP_NE;
	struct jz_shape at = *root;
	struct jz_node *value;
	int rc;

	rc = find_place(path, arena, &at, err);
	if (!rc && term->op != OP_HAS && *term->value && takes_number(term->field, &at) &&
	    !jz_is_number(term->value, strlen(term->value)))
		return jz_fail(err, JZ_E_USAGE, _("%s is a number"), term->field);
	if (rc || !equal || !*term->value)
		return rc;
	if (jz_eq(term->field, "state"))
		return settle_state(term, err);
	if (!*path || !at.schema ||
	    !(jz_shape_word(&at, "x-codes") || jz_shape_word(&at, "enum") ||
	      jz_shape_type(&at) == JZ_TYPE_BOOL))
		return 0;
	if (jz_item_value(&at, codes, arena, term->value, strlen(term->value), &value, err)) {
		jz_err_prefix(err, "%s", term->field);
		if (err)
			err->code = JZ_E_USAGE;
		return JZ_E_USAGE;
	}
	free(term->value);
	term->value = jz_xstrdup(value->kind == JZ_BOOL ? (value->truth ? "true" : "false")
							: jz_node_text(value));
	return 0;
}

int jz_query_parse(const struct jz_strs *terms, struct jz_codes *codes, struct jz_query **out,
		   struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_shape root;
	int rc = jz_shape_open("case", &root, err);

	jz_cleanup(jz_query_free_p) struct jz_query *query = jz_xcalloc(1, sizeof(*query));

	if (rc)
		return rc;
	query->terms = jz_xcalloc(terms->len, sizeof(*query->terms));
	for (size_t i = 0; i < terms->len; i++) {
		if (!parse_term(terms->items[i], &query->terms[i]))
			return jz_fail(err, JZ_E_USAGE,
				       _("condition %zu is not FIELD=VALUE (or != < <= > >= ~)"),
				       i + 1);
		query->len++;
		rc = settle(&query->terms[i], &root, codes, arena, err);
		if (rc)
			return rc;
	}
	*out = jz_steal(query);
	return 0;
}

void jz_query_free(struct jz_query *query)
{
	if (!query)
		return;
	for (size_t i = 0; i < query->len; i++) {
		free(query->terms[i].field);
		free(query->terms[i].value);
	}
	free(query->terms);
	free(query);
}

void jz_query_fields(const struct jz_query *query, struct jz_buf *out)
{
	for (size_t i = 0; i < query->len; i++) {
		const struct derived *derived = find_derived(query->terms[i].field);

		if (derived)
			jz_buf_adds(out, derived->fields);
		else
			jz_buf_addf(out, "%s ", query->terms[i].field);
	}
}

static void phases(const struct jz_node *record, const struct jz_policy *policy,
		   struct jz_date date, char *out, size_t size)
{
	unsigned bits = jz_case_phases(record, policy, date);

	out[0] = '\0';
	for (unsigned bit = JZ_PHASE_ENTRY; bit <= JZ_PHASE_EXIT; bit <<= 1)
		if (bits & bit)
			snprintf(out + strlen(out), size - strlen(out), "%s%s", *out ? "+" : "",
				 jz_phase_name((enum jz_phase)bit));
}

static void text_or_none(char *out, size_t size, const char *text)
{
	jz_copy(out, size, text ? text : "");
}

static void end_of(const struct jz_node *record, char *out)
{
	struct jz_date end;

	out[0] = '\0';
	if (jz_case_end(record, &end))
		jz_date_format(end, out);
}

bool jz_query_derived(const char *field, const struct jz_node *record,
		      const struct jz_policy *policy, struct jz_date date, char *out, size_t size)
{
	int age;

	if (!strcmp(field, "state")) {
		text_or_none(out, size, jz_case_state_name(jz_case_state(record, policy, date)));
	} else if (!strcmp(field, "phase")) {
		phases(record, policy, date, out, size);
	} else if (!strcmp(field, "age")) {
		age = jz_case_age(record, date);
		snprintf(out, size, "%.0d", age < 0 ? 0 : age);
	} else if (!strcmp(field, "minor")) {
		text_or_none(out, size, jz_case_minor(record) ? "true" : "false");
	} else if (!strcmp(field, "level")) {
		text_or_none(out, size, jz_case_level_on(record, date));
	} else if (!strcmp(field, "focus")) {
		text_or_none(out, size,
			     jz_map_true(jz_map_get(record, "focus"), "value") ? "true" : "false");
	} else if (!strcmp(field, "alerts")) {
		snprintf(out, size, "%zu", jz_case_open_alerts(record));
	} else if (!strcmp(field, "category")) {
		text_or_none(out, size, jz_node_text(jz_node_at(record, "sentence.category")));
	} else if (!strcmp(field, "township")) {
		text_or_none(out, size, jz_node_text(jz_node_at(record, "admission.township")));
	} else if (!strcmp(field, "end")) {
		end_of(record, out);
	} else {
		return false;
	}
	return true;
}

/* Numbers by value, everything else (dates too) by bytes. */
static int compare(const char *a, const char *b)
{
	if (*a && *b && jz_is_number(a, strlen(a)) && jz_is_number(b, strlen(b))) {
		struct jz_decimal x, y;

		jz_decimal_parse(a, strlen(a), &x);
		jz_decimal_parse(b, strlen(b), &y);
		return jz_decimal_cmp(&x, &y);
	}
	return strcmp(a, b);
}

static bool holds(const struct term *term, const char *text)
{
	int order;

	if (term->op == OP_HAS)
		return strstr(text, term->value) != NULL;
	order = compare(text, term->value);
	switch (term->op) {
	case OP_EQ:
		return !order;
	case OP_NE:
		return order != 0;
	case OP_LT:
		return *text && order < 0;
	case OP_LE:
		return *text && order <= 0;
	case OP_GT:
		return *text && order > 0;
	case OP_GE:
		return *text && order >= 0;
	case OP_HAS:
		break;
	}
	return false;
}

static bool node_holds(const struct term *term, const struct jz_node *node)
{
	if (!node)
		return term->op == OP_NE;
	if (node->kind == JZ_BOOL)
		return holds(term, node->truth ? "true" : "false");
	if (node->kind == JZ_SEQ) {
		for (size_t i = 0; i < jz_seq_len(node); i++)
			if (node_holds(term, jz_seq_get(node, i)) == (term->op != OP_NE))
				return term->op != OP_NE;
		return term->op == OP_NE;
	}
	return jz_node_text(node) && holds(term, jz_node_text(node));
}

/* "services.kind" means: of any service. */
static bool path_holds(const struct term *term, const struct jz_node *node, const char *path)
{
	size_t len = strcspn(path, ".");
	const struct jz_node *next = jz_map_getn(node, path, len);

	if (!path[len])
		return node_holds(term, next);
	if (next && next->kind == JZ_SEQ) {
		for (size_t i = 0; i < jz_seq_len(next); i++)
			if (path_holds(term, jz_seq_get(next, i), path + len + 1))
				return true;
		return term->op == OP_NE && !jz_seq_len(next);
	}
	return next ? path_holds(term, next, path + len + 1) : term->op == OP_NE;
}

bool jz_query_match(const struct jz_query *query, const struct jz_node *record,
		    const struct jz_policy *policy, struct jz_date date)
{
	for (size_t i = 0; i < query->len; i++) {
		const struct term *term = &query->terms[i];
		char value[64];

		if (jz_query_derived(term->field, record, policy, date, value, sizeof(value))
			    ? !holds(term, value)
			    : !path_holds(term, record, term->field))
			return false;
	}
	return true;
}

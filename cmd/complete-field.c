#include "cmd/complete.h"

#include <string.h>
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/model/codes.h"
#include "lib/model/query.h"
#include "lib/model/shape.h"

struct fields {
	enum jz_complete how;
	const char *stem; /* what is typed up to the last dot, or "=" */
	size_t stem_len;
	jz_complete_offer *offer;
	void *data;
};

static void offer(const struct fields *fields, const char *name, const char *tail,
		  const char *description)
{
	jz_autofree char *text =
		jz_xasprintf("%.*s%s%s", (int)fields->stem_len, fields->stem, name, tail);

	fields->offer(fields->data, text, description);
}

static bool is_object(const struct jz_shape *shape)
{
	return shape->schema && jz_shape_type(shape) == JZ_TYPE_OBJECT;
}

/* Past the lists: their items are meant. */
static void into_items(struct jz_shape *at)
{
	struct jz_shape next;

	while (at->schema && jz_shape_type(at) == JZ_TYPE_ARRAY && jz_shape_items(at, &next))
		*at = next;
}

/* Follows "contacts[+].note." or "contacts.note"; false: no such place. */
static bool descend(struct jz_shape *at, const char *path, size_t len)
{
	const char *end = path + len;

	while (path < end) {
		size_t name = strcspn(path, ".[=");
		struct jz_shape next;

		into_items(at);
		if (!at->schema || !jz_shape_key(at, path, name, &next))
			return false;
		*at = next;
		path += name;
		if (*path == '[')
			path += strcspn(path, "]") + 1;
		path += path < end && *path == '.';
	}
	into_items(at);
	return at->schema != NULL;
}

static void offer_key(const struct fields *fields, const char *name, const struct jz_shape *shape)
{
	const char *title = jz_shape_title(shape);
	struct jz_shape item;
	bool list = jz_shape_type(shape) == JZ_TYPE_ARRAY;
	bool parts = is_object(shape) ||
		     (list && jz_shape_items(shape, &item) && is_object(&item));

	if (fields->how == JZ_COMPLETE_PATH)
		offer(fields, name, "", title);
	if (fields->how == JZ_COMPLETE_PATH && parts && !list)
		offer(fields, name, ".", title);
	if (fields->how == JZ_COMPLETE_PATH)
		return;
	if (!parts)
		offer(fields, name, "=", title);
	else
		offer(fields, name, list && fields->how == JZ_COMPLETE_FIELD ? "[+]." : ".", title);
}

/* What the program writes itself is not offered. */
static bool own(const char *name)
{
	return jz_eq(name, "id") || jz_eq(name, "format") || jz_eq(name, "revision");
}

static void offer_keys(const struct fields *fields, const struct jz_shape *at)
{
	for (size_t i = 0; i < jz_shape_count(at); i++) {
		const char *name = jz_shape_name(at, i);
		struct jz_shape shape;

		if (!own(name) && jz_shape_key(at, name, strlen(name), &shape))
			offer_key(fields, name, &shape);
	}
}

static void offer_codes(const struct fields *fields, const char *table)
{
	jz_cleanup(jz_codes_free_p) struct jz_codes *codes = jz_codes_new(NULL);

	jz_items(row, jz_codes_rows(codes, table))
	{
		const char *code = jz_map_text(row, "code");

		if (code)
			offer(fields, code, "", jz_codes_label(codes, table, code));
	}
}

static void offer_values(const struct fields *fields, const struct jz_shape *at)
{
	char table[64];

	if (jz_shape_table(at, table, sizeof(table))) {
		offer_codes(fields, table);
	} else if (jz_shape_type(at) == JZ_TYPE_BOOL) {
		offer(fields, "true", "", NULL);
		offer(fields, "false", "", NULL);
	}
	jz_items(word, jz_shape_word(at, "enum"))
	{
		const char *text = jz_node_text(word);

		if (text)
			offer(fields, text, "", jz_shape_label(at, text));
	}
}

/* What a condition may ask for beside the fields of the record. */
static const char *derived(const struct fields *fields, const char *typed, size_t len)
{
	const char *name, *place, *found = NULL;

	for (size_t i = 0; fields->how == JZ_COMPLETE_WHERE &&
			   jz_query_derived_field(i, &name, &place);
	     i++) {
		if (!fields->stem_len)
			offer(fields, name, "=", NULL);
		if (strlen(name) == len && !strncmp(name, typed, len))
			found = place;
	}
	return found;
}

void jz_complete_field(enum jz_complete how, const char *list, const char *typed,
		       jz_complete_offer *to, void *data)
{
	const char *equal = how == JZ_COMPLETE_PATH ? NULL : strchr(typed, '=');
	const char *dot = equal ? equal : strrchr(typed, '.'), *place;
	size_t len = dot ? (size_t)(dot - typed) : 0;
	struct fields fields = {how, typed, dot ? len + 1 : 0, to, data};
	struct jz_shape root, item;
	bool found = false;

	if (jz_shape_open("case", &root, NULL))
		return;
	item = root;
	if (*typed != '.' && list && descend(&item, list, strlen(list))) {
		found = descend(&item, typed, len);
		if (found && equal)
			offer_values(&fields, &item);
		else if (found)
			offer_keys(&fields, &item);
	}
	place = derived(&fields, typed, len);
	if (*typed == '.' && len)
		typed++, len--;
	if ((found && dot) || !descend(&root, place ? place : typed, place ? strlen(place) : len))
		return;
	if (equal)
		offer_values(&fields, &root);
	else
		offer_keys(&fields, &root);
}

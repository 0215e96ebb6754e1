#include "lib/model/csvmap.h"

#include <string.h>

#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/yaml.h"

/* ---- reading a map ---- */

/* JZ_E_INVALID at a node of the map. */
#define WRONG(node, err, ...)                                                                      \
	jz_fail_at((err), JZ_E_INVALID, (node)->line, (node)->column, __VA_ARGS__)

static bool is_nothing(const struct jz_node *node)
{
	return node->kind == JZ_NULL || (node->kind == JZ_STRING && node->plain && !node->len);
}

static int read_options(const char *head, const struct jz_node *map, struct jz_csvmap_column *out,
			struct jz_err *err)
{
	for (uint32_t i = 0; i < map->len; i++) {
		const struct jz_pair *pair = &map->pairs[i];

		if (jz_eq(pair->key, "field") && jz_node_text(pair->value))
			out->path = pair->value->text;
		else if (jz_eq(pair->key, "values") && pair->value->kind == JZ_MAP)
			out->values = pair->value;
		else if (jz_eq(pair->key, "date-format") && jz_node_text(pair->value))
			out->date_format = pair->value->text;
		else
			return WRONG(pair->value, err,
				     _("column '%s' takes field, values and date-format"), head);
	}
	if (!out->path)
		return WRONG(map, err, _("column '%s' names no field"), head);
	return 0;
}

static int read_column(const struct jz_pair *pair, const struct jz_field_target *target,
		       struct jz_csvmap_column *out, struct jz_err *err)
{
	struct jz_err why = JZ_ERR_INIT;
	int rc = 0;

	out->head = pair->key;
	if (is_nothing(pair->value))
		return 0;
	if (pair->value->kind == JZ_MAP)
		rc = read_options(pair->key, pair->value, out, err);
	else if (!(out->path = jz_node_text(pair->value)))
		rc = WRONG(pair->value, err, _("column '%s' names no field"), pair->key);
	if (rc || !jz_field_known(target, out->path, &why))
		return rc;
	return WRONG(pair->value, err, "%s", why.message);
}

static int read_columns(struct jz_csvmap *map, const struct jz_node *root,
			const struct jz_field_target *target, struct jz_err *err)
{
	const struct jz_node *columns = jz_map_get(root, "columns");
	int rc = 0;

	if (!columns || columns->kind != JZ_MAP || !columns->len)
		return WRONG(root, err, _("'%s' must name the columns and their fields"),
			     "columns");
	map->count = columns->len;
	map->columns = jz_arena_alloc(map->arena, map->count * sizeof(*map->columns));
	for (uint32_t i = 0; !rc && i < columns->len; i++)
		rc = read_column(&columns->pairs[i], target, &map->columns[i], err);
	return rc;
}

static int read_constants(struct jz_csvmap *map, const struct jz_node *root,
			  const struct jz_field_target *target, struct jz_err *err)
{
	const struct jz_node *constants = jz_map_get(root, "constants");
	struct jz_err why = JZ_ERR_INIT;

	if (!constants || is_nothing(constants))
		return 0;
	if (constants->kind != JZ_MAP)
		return WRONG(constants, err, _("'%s' must be fields with their values"),
			     "constants");
	for (uint32_t i = 0; i < constants->len; i++) {
		const struct jz_pair *pair = &constants->pairs[i];

		if (!jz_node_text(pair->value))
			return WRONG(pair->value, err, _("'%s' takes one value"), pair->key);
		if (jz_field_known(target, pair->key, &why))
			return WRONG(pair->value, err, "%s", why.message);
		for (size_t k = 0; k < map->count; k++)
			if (jz_eq(map->columns[k].path, pair->key))
				return WRONG(pair->value, err, _("'%s' is a column and a constant"),
					     pair->key);
	}
	map->constants = constants;
	return 0;
}

int jz_csvmap_read(const char *file, const struct jz_field_target *target, struct jz_csvmap **out,
		   struct jz_err *err)
{
	jz_cleanup(jz_csvmap_free_p) struct jz_csvmap *map = jz_xcalloc(1, sizeof(*map));
	struct jz_node *root;
	int rc;

	map->arena = jz_arena_new();
	rc = jz_yaml_read_file(map->arena, file, &root, err);
	if (!rc)
		rc = read_columns(map, root, target, err);
	if (!rc)
		rc = read_constants(map, root, target, err);
	for (uint32_t i = 0; !rc && i < root->len; i++)
		if (!jz_eq(root->pairs[i].key, "columns") &&
		    !jz_eq(root->pairs[i].key, "constants"))
			rc = WRONG(root->pairs[i].value, err,
				   _("'%s' is neither columns nor constants"), root->pairs[i].key);
	if (rc) {
		jz_err_file(err, file);
		return rc;
	}
	*out = jz_steal(map);
	return 0;
}

void jz_csvmap_free(struct jz_csvmap *map)
{
	if (!map)
		return;
	jz_arena_free(map->arena);
	free(map);
}

const struct jz_csvmap_column *jz_csvmap_find(const struct jz_csvmap *map, const char *head)
{
	for (size_t i = 0; i < map->count; i++)
		if (jz_eq(map->columns[i].head, head))
			return &map->columns[i];
	return NULL;
}

/* ---- rows ---- */

/* Takes a number of digits off *text; the letter may stand once (one or two digits) or more often
 * (exactly so many). */
static bool take_number(const char **format, const char **text, int *out)
{
	char letter = **format;
	size_t width = strspn(*format, (char[]){letter, '\0'}), most = width == 1 ? 2 : width;
	size_t digits = strspn(*text, "0123456789");

	*format += width;
	if (digits > most)
		digits = most;
	if (!digits || (width > 1 && digits != width))
		return false;
	*out = 0;
	for (size_t i = 0; i < digits; i++)
		*out = *out * 10 + (*(*text)++ - '0');
	return true;
}

bool jz_csvmap_date(const char *format, const char *text, char out[11])
{
	struct jz_date date = {0};
	char iso[11];

	while (*format) {
		int *part = *format == 'Y'   ? &date.year
			    : *format == 'M' ? &date.month
			    : *format == 'D' ? &date.day
					     : NULL;

		if (part && !take_number(&format, &text, part))
			return false;
		if (!part && *format++ != *text++)
			return false;
	}
	if (*text || date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 ||
	    date.day < 1 || date.day > 31)
		return false;
	jz_date_format(date, iso);
	if (!jz_date_parse(iso, &date))
		return false;
	memcpy(out, iso, sizeof(iso));
	return true;
}

/* Whether the new item that the path begins with, if any, is to be there in this row. */
static bool item_wanted(const struct jz_csvmap *map, const char *path,
			const struct jz_field_target *target)
{
	const char *fresh = strstr(path, "[+");
	size_t len = fresh ? (size_t)(strchr(fresh, ']') - path) : 0;

	for (size_t i = 0; fresh && i < map->count; i++)
		if (map->columns[i].path && !strncmp(map->columns[i].path, path, len + 1))
			return jz_map_has(&target->fresh, path, len);
	return true;
}

int jz_csvmap_constants(const struct jz_csvmap *map, struct jz_field_target *target,
			struct jz_err *err)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && map->constants && i < map->constants->len; i++) {
		const struct jz_pair *pair = &map->constants->pairs[i];

		if (item_wanted(map, pair->key, target))
			rc = jz_field_set(target, pair->key, pair->value->text, pair->value->len,
					  err);
	}
	return rc;
}

static bool is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n", text[i]))
			return false;
	return true;
}

int jz_csvmap_cell(const struct jz_csvmap_column *column, const char *text, size_t len,
		   struct jz_field_target *target, struct jz_err *err)
{
	const struct jz_node *value;
	char date[11];

	if (!column->path || is_blank(text, len))
		return 0;
	value = jz_map_getn(column->values, text, len);
	if (value && is_nothing(value))
		return 0;
	if (jz_node_text(value)) {
		text = value->text;
		len = value->len;
	} else if (column->date_format) {
		if (!jz_csvmap_date(column->date_format, text, date))
			return jz_fail(err, JZ_E_INVALID, _("not a date written as %s"),
				       column->date_format);
		text = date;
		len = strlen(date);
	}
	return jz_field_set(target, column->path, text, len, err);
}

/* The next name of a path or a pointer; indexes and ids in brackets are passed over. */
static size_t next_name(const char **at)
{
	for (;;) {
		*at += strspn(*at, "./");
		if (**at == '[') {
			*at += strcspn(*at, "]");
			*at += **at == ']';
		} else if (**at && strspn(*at, "0123456789") == strcspn(*at, "./[")) {
			*at += strspn(*at, "0123456789");
		} else {
			return strcspn(*at, "./[");
		}
	}
}

bool jz_csvmap_concerns(const struct jz_csvmap_column *column, const char *pointer)
{
	const char *path = column->path;

	while (path) {
		size_t len = next_name(&path), other = next_name(&pointer);

		if (len != other || strncmp(path, pointer, len))
			return false;
		if (!len)
			return true;
		path += len;
		pointer += len;
	}
	return false;
}

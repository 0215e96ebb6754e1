#include "lib/model/codes.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/builtin.h"
#include "lib/model/label.h"

struct jz_codes {
	struct jz_arena *arena;
	const struct jz_node *office; /* `codes:` of jzbf.yaml */
};

struct jz_codes *jz_codes_new(const struct jz_node *office)
{
	struct jz_codes *codes = jz_xcalloc(1, sizeof(*codes));
	const struct jz_node *own = jz_map_get(office, "codes");

	codes->arena = jz_arena_new();
	if (own)
		codes->office = jz_node_clone(codes->arena, own);
	return codes;
}

void jz_codes_free(struct jz_codes *codes)
{
	if (!codes)
		return;
	jz_arena_free(codes->arena);
	free(codes);
}

const struct jz_node *jz_codes_rows(struct jz_codes *codes, const char *table)
{
	const struct jz_node *rows = jz_map_get(codes->office, table), *file;
	jz_autofree char *name = NULL;

	if (rows)
		return rows;
	name = jz_xasprintf("codes/%s", table);
	return jz_builtin_tree(name, &file, NULL) ? NULL : jz_map_get(file, "codes");
}

const struct jz_node *jz_codes_find(struct jz_codes *codes, const char *table, const char *code)
{
	const struct jz_node *rows = jz_codes_rows(codes, table);

	for (size_t i = 0; code && i < jz_seq_len(rows); i++) {
		const struct jz_node *row = jz_seq_get(rows, i);

		if (jz_eq(jz_map_text(row, "code"), code))
			return row;
	}
	return NULL;
}

bool jz_code_valid(const struct jz_node *row, struct jz_date on)
{
	const char *from = jz_map_text(row, "valid_from");
	const char *until = jz_map_text(row, "until");
	struct jz_date date;

	if (from && jz_date_parse(from, &date) && jz_date_cmp(on, date) < 0)
		return false;
	return !(until && jz_date_parse(until, &date) && jz_date_cmp(on, date) > 0);
}

const char *jz_codes_label(struct jz_codes *codes, const char *table, const char *code)
{
	const struct jz_node *row = jz_codes_find(codes, table, code);
	const char *label = jz_label_text(row);

	return label ? label : code;
}

struct walk {
	const struct jz_node *schema;
	jz_codes_visit *visit;
	void *data;
	struct jz_buf path;
};

/* "codes/sex.yaml" to "sex" in out. */
static bool table_name(const char *file, char *out, size_t size)
{
	size_t len = file ? strlen(file) : 0;

	if (len <= strlen("codes/.yaml") || !jz_starts_with(file, "codes/") ||
	    !jz_ends_with(file, ".yaml"))
		return false;
	len -= strlen("codes/.yaml");
	if (len >= size)
		return false;
	memcpy(out, file + strlen("codes/"), len);
	out[len] = '\0';
	return true;
}

static void walk_value(struct walk *walk, const struct jz_node *schema,
		       const struct jz_node *value);

static void walk_map(struct walk *walk, const struct jz_node *properties, const struct jz_node *map)
{
	for (size_t i = 0; i < map->len; i++) {
		const struct jz_pair *pair = &map->pairs[i];
		const struct jz_node *sub = jz_map_getn(properties, pair->key, pair->key_len);
		size_t len = walk->path.len;

		if (!sub)
			continue;
		jz_pointer_key(&walk->path, pair->key, pair->key_len);
		walk_value(walk, sub, pair->value);
		jz_buf_truncate(&walk->path, len);
	}
}

static void walk_seq(struct walk *walk, const struct jz_node *items, const struct jz_node *seq)
{
	for (size_t i = 0; items && i < seq->len; i++) {
		size_t len = walk->path.len;

		jz_pointer_index(&walk->path, i);
		walk_value(walk, items, seq->items[i]);
		jz_buf_truncate(&walk->path, len);
	}
}

static void walk_value(struct walk *walk, const struct jz_node *schema, const struct jz_node *value)
{
	const char *ref = jz_map_text(schema, "$ref");
	char table[64];

	if (value->kind == JZ_MAP)
		walk_map(walk, jz_map_get(schema, "properties"), value);
	else if (value->kind == JZ_SEQ)
		walk_seq(walk, jz_map_get(schema, "items"), value);
	else if (table_name(jz_map_text(schema, "x-codes"), table, sizeof(table)))
		walk->visit(walk->data, table, value, walk->path.data);
	if (ref && jz_starts_with(ref, "#/$defs/"))
		walk_value(walk,
			   jz_map_get(jz_map_get(walk->schema, "$defs"), ref + strlen("#/$defs/")),
			   value);
}

#define CHOICES_LIMIT 240 /* bytes of a list that is still read */

void jz_codes_choices(struct jz_codes *codes, const char *table, struct jz_buf *out)
{
	const struct jz_node *rows = jz_codes_rows(codes, table);
	size_t start = out->len;

	for (size_t i = 0; i < jz_seq_len(rows); i++) {
		const char *code = jz_map_text(jz_seq_get(rows, i), "code");

		if (i)
			jz_buf_adds(out, ", ");
		if (out->len - start > CHOICES_LIMIT) {
			jz_buf_adds(out, "…");
			return;
		}
		jz_buf_addf(out, "%s %s", code, jz_codes_label(codes, table, code));
	}
}

int jz_codes_walk(const char *kind, const struct jz_node *record,
		  jz_codes_visit *visit, void *data, struct jz_err *err)
{
	struct walk walk = {.visit = visit, .data = data, .path = JZ_BUF_INIT};
	int rc = jz_builtin_tree(kind, &walk.schema, err);

	if (rc)
		return rc;
	walk_value(&walk, walk.schema, record);
	jz_buf_release(&walk.path);
	return 0;
}

#include "lib/model/codes.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/builtin.h"
#include "lib/model/label.h"

struct jz_codes {
	struct jz_arena *arena;
	const struct jz_node *office; /* `codes:` of jzbf.yaml */
	struct jz_map builtin;	      /* the rows of each built-in table that was asked for */
};

struct jz_codes *jz_codes_new(const struct jz_node *office)
{
	struct jz_codes *codes = jz_xcalloc(1, sizeof(*codes));
	const struct jz_node *own = jz_map_get(office, "codes");

	codes->arena = jz_arena_new_public();
	if (own)
		codes->office = jz_node_clone(codes->arena, own);
	return codes;
}

void jz_codes_free(struct jz_codes *codes)
{
	if (!codes)
		return;
	jz_arena_free(codes->arena);
	jz_map_release(&codes->builtin, NULL);
	free(codes);
}

static int builtin_rows(const char *table, const struct jz_node **rows, struct jz_err *err)
{
	jz_autofree char *name = jz_xasprintf("codes/%s", table);
	const struct jz_node *file;
	int failed = jz_builtin_tree(name, &file, err);

	*rows = failed ? NULL : jz_map_get(file, "codes");
	return failed;
}

int jz_codes_read(struct jz_codes *codes, const char *table, const struct jz_node **rows,
		  struct jz_err *err)
{
	int failed;

	*rows = jz_map_get(codes->office, table);
	if (!*rows)
		*rows = jz_map_gets(&codes->builtin, table);
	if (*rows)
		return 0;
	failed = builtin_rows(table, rows, err);
	if (*rows)
		jz_map_puts(&codes->builtin, table, (void *)(uintptr_t)*rows);
	return failed;
}

const struct jz_node *jz_codes_rows(struct jz_codes *codes, const char *table)
{
	const struct jz_node *rows;

	return jz_codes_read(codes, table, &rows, NULL) ? NULL : rows;
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

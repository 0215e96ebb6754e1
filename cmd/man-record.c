#include "cmd/man.h"

#include <string.h>
#include "lib/base/buf.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/model/shape.h"

static const char *type_word(const struct jz_shape *shape)
{
	switch (jz_shape_type(shape)) {
	case JZ_TYPE_NUMBER:
		return _("number");
	case JZ_TYPE_BOOL:
		return _("true or false");
	case JZ_TYPE_ARRAY:
		return _("list");
	case JZ_TYPE_OBJECT:
		return _("group");
	default:
		return _("text");
	}
}

/* "text, required; codes sex; clause 6.2.1" */
static void put_facts(const struct jz_shape *shape, bool required, FILE *to)
{
	jz_cleanup(jz_buf_release) struct jz_buf facts = JZ_BUF_INIT;
	const char *clause = jz_shape_clause(shape);
	char table[40];

	jz_buf_adds(&facts, type_word(shape));
	if (required)
		jz_buf_addf(&facts, _(", required"));
	if (jz_shape_table(shape, table, sizeof(table)))
		jz_buf_addf(&facts, _("; codes of %s"), table);
	if (clause)
		jz_buf_addf(&facts, _("; clause %s"), clause);
	fputs(".Pq", to);
	jz_man_quoted(facts.data, to);
	fputc('\n', to);
}

static void put_fields(const struct jz_shape *shape, struct jz_buf *path, FILE *to)
{
	size_t base = path->len;

	for (size_t i = 0; i < jz_shape_count(shape); i++) {
		const char *name = jz_shape_name(shape, i);
		struct jz_shape field, inner;

		if (!jz_shape_key(shape, name, strlen(name), &field))
			continue;
		jz_buf_addf(path, "%s%s", base ? "." : "", name);
		if (jz_shape_items(&field, &inner))
			jz_buf_adds(path, "[]");
		else
			inner = field;
		fputs(".It Va", to);
		jz_man_quoted(path->data, to);
		fputc('\n', to);
		jz_man_text(jz_shape_title(&field) ? jz_shape_title(&field) : name, to);
		put_facts(&field, jz_shape_required(shape, name), to);
		if (jz_shape_description(&field)) {
			fputs(".br\n", to);
			jz_man_text(jz_shape_description(&field), to);
		}
		if (jz_shape_count(&inner))
			put_fields(&inner, path, to);
		jz_buf_truncate(path, base);
	}
}

int jz_man_record(const char *kind, FILE *to, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf path = JZ_BUF_INIT;
	jz_autofree char *page = jz_xasprintf("jzbf-%s", kind);
	struct jz_shape shape;
	const char *title;
	int rc = jz_shape_open(kind, &shape, err);

	if (rc)
		return rc;
	title = jz_shape_title(&shape);
	jz_man_head(page, 5, title ? title : kind, to);
	fputs(".Sh DESCRIPTION\n", to);
	if (jz_shape_description(&shape))
		jz_man_text(jz_shape_description(&shape), to);
	fputs(".\\\" @prose@\n.Sh FIELDS\n", to);
	jz_man_text(_("A pair of brackets stands for the items of a list. Fields whose name begins "
		      "with x- are free and are kept."),
		    to);
	fputs(".Bl -tag -width Ds\n", to);
	put_fields(&shape, &path, to);
	fputs(".El\n.Sh SEE ALSO\n.Xr jzbf 1 ,\n.Xr jzbf-schema 5 ,\n.Xr jzbf-store 5\n", to);
	return 0;
}

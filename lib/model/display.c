#include "lib/model/display.h"

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

const char *jz_display_title(const struct jz_shape *shape, const char *key)
{
	const char *title = shape->schema ? jz_shape_title(shape) : NULL;

	return title ? title : key;
}

/* The part of a pointer behind a slash, unescaped. */
static const char *next_key(const char *pointer, struct jz_buf *key)
{
	jz_buf_clear(key);
	for (; *pointer && *pointer != '/'; pointer++) {
		if (pointer[0] == '~' && (pointer[1] == '0' || pointer[1] == '1'))
			jz_buf_addc(key, *++pointer == '0' ? '~' : '/');
		else
			jz_buf_addc(key, *pointer);
	}
	return pointer;
}

void jz_display_path(const struct jz_shape *root, const char *pointer, struct jz_buf *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf key = JZ_BUF_INIT;
	struct jz_shape at = *root, next;
	size_t start = out->len;

	while (*pointer == '/') {
		long item;

		pointer = next_key(pointer + 1, &key);
		if (out->len > start)
			jz_buf_adds(out, JZ_TITLE_MARK);
		if (at.schema && jz_shape_type(&at) == JZ_TYPE_ARRAY &&
		    jz_parse_int(key.data, 0, INT32_MAX - 1, &item)) {
			jz_buf_addf(out, _("no. %ld"), item + 1);
			if (!jz_shape_items(&at, &next))
				next.schema = NULL;
		} else if (at.schema && jz_shape_key(&at, key.data, key.len, &next)) {
			jz_buf_adds(out, jz_display_title(&next, key.data));
		} else {
			jz_buf_adds(out, key.data);
			next = (struct jz_shape){NULL, root->root};
		}
		at = next;
	}
}

static bool is_scalar(const struct jz_node *value)
{
	return value->kind != JZ_MAP && value->kind != JZ_SEQ;
}

bool jz_is_flat(const struct jz_node *value)
{
	if (value->kind == JZ_MAP)
		return false;
	for (size_t i = 0; i < jz_seq_len(value); i++)
		if (!is_scalar(value->items[i]))
			return false;
	return true;
}

static const char *label(const struct jz_shape *shape, struct jz_codes *codes, const char *text)
{
	char table[64];

	if (codes && shape->schema && jz_shape_table(shape, table, sizeof(table)))
		return jz_codes_label(codes, table, text);
	return shape->schema ? jz_shape_label(shape, text) : text;
}

static void scalar(const struct jz_shape *shape, struct jz_codes *codes,
		   const struct jz_node *value, struct jz_buf *out)
{
	switch ((enum jz_kind)value->kind) {
	case JZ_BOOL:
		jz_buf_adds(out, value->truth ? _("yes") : _("no"));
		break;
	case JZ_STRING:
		jz_buf_adds(out, label(shape, codes, value->text));
		break;
	case JZ_NUMBER:
		jz_buf_adds(out, value->text);
		break;
	case JZ_NULL:
	case JZ_SEQ:
	case JZ_MAP:
		break;
	}
}

void jz_display(const struct jz_shape *shape, struct jz_codes *codes, const struct jz_node *value,
		struct jz_buf *out)
{
	struct jz_shape item = {NULL, NULL};

	if (value->kind != JZ_SEQ) {
		scalar(shape, codes, value, out);
		return;
	}
	if (shape->schema && !jz_shape_items(shape, &item))
		item.schema = NULL;
	for (size_t i = 0; i < jz_seq_len(value); i++) {
		if (i)
			jz_buf_adds(out, _("; "));
		scalar(&item, codes, value->items[i], out);
	}
}

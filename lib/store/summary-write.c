#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/store/summary-impl.h"

void jz_summary_page_init(struct jz_summary_page *page)
{
	jz_buf_init(&page->bytes);
	jz_buf_init(&page->table);
	memset(page->texts, 0, sizeof(page->texts));
	page->text_count = 0;
}

static void forget_texts(struct jz_summary_page *page)
{
	for (size_t i = 0; i < JZ_COUNT(page->texts); i++)
		jz_map_release(&page->texts[i], NULL);
}

void jz_summary_page_clear(struct jz_summary_page *page)
{
	jz_buf_clear(&page->bytes);
	jz_buf_clear(&page->table);
	forget_texts(page);
	page->text_count = 0;
}

void jz_summary_page_release(struct jz_summary_page *page)
{
	jz_buf_release(&page->bytes);
	jz_buf_release(&page->table);
	forget_texts(page);
}

static void put_number(struct jz_buf *out, size_t number)
{
	for (; number > 0x7f; number >>= 7)
		jz_buf_addc(out, (char)(0x80 | (number & 0x7f)));
	jz_buf_addc(out, (char)number);
}

static void put_head(struct jz_buf *out, unsigned kind, size_t number)
{
	put_number(out, number << ROW_KIND_BITS | kind);
}

void jz_summary_page_end(struct jz_summary_page *page)
{
	uint32_t rows = (uint32_t)page->bytes.len;

	put_number(&page->bytes, page->text_count);
	jz_buf_add(&page->bytes, page->table.data, page->table.len);
	jz_buf_add(&page->bytes, &rows, sizeof(rows));
}

static void put_text(struct jz_summary_page *page, struct jz_buf *out, const struct jz_node *node)
{
	bool digits = node->kind == JZ_NUMBER;
	struct jz_map *texts = &page->texts[digits];
	size_t number = (size_t)(uintptr_t)jz_map_find(texts, node->text, node->len);

	if (!number) {
		number = ++page->text_count;
		jz_map_put(texts, node->text, node->len, (void *)(uintptr_t)number);
		put_number(&page->table, (size_t)node->len << 1 | digits);
		jz_buf_add(&page->table, node->text, node->len);
		jz_buf_addc(&page->table, '\0');
	}
	put_head(out, ROW_TEXT, number - 1);
}

static bool put_scalar(struct jz_summary_page *page, struct jz_buf *out, const struct jz_node *node)
{
	switch (node->kind) {
	case JZ_NULL:
		put_head(out, ROW_WORD, WORD_NULL);
		return true;
	case JZ_BOOL:
		put_head(out, ROW_WORD, node->truth ? WORD_TRUE : WORD_FALSE);
		return true;
	case JZ_NUMBER:
		put_text(page, out, node);
		return true;
	case JZ_STRING:
		put_text(page, out, node);
		return !node->plain;
	default:
		return false;
	}
}

/* What is counted in *need is what reading takes. */
static bool put_value(struct jz_summary_page *page, struct jz_buf *out,
		      const struct jz_keep_field *field, const struct jz_node *node, size_t *need);

/* Those of the children that are there; *present says which. */
static bool put_fields(struct jz_summary_page *page, struct jz_buf *out,
		       const struct jz_keep_field *field, const struct jz_node *node,
		       size_t *present, size_t *need)
{
	*present = 0;
	*need += sizeof(struct jz_node);
	for (uint32_t i = 0; i < field->count; i++) {
		const struct jz_keep_field *child = field->children[i];
		const struct jz_node *value = jz_map_getn(node, child->key, child->key_len);

		if (!value)
			continue;
		*present |= (size_t)1 << i;
		*need += sizeof(struct jz_pair);
		if (!put_value(page, out, child, value, need))
			return false;
	}
	return true;
}

static bool put_map(struct jz_summary_page *page, struct jz_buf *out,
		    const struct jz_keep_field *field, const struct jz_node *node, size_t *need)
{
	jz_cleanup(jz_buf_release) struct jz_buf fields = JZ_BUF_INIT;
	size_t present;

	if (!put_fields(page, &fields, field, node, &present, need))
		return false;
	put_head(out, ROW_MAP, present);
	jz_buf_add(out, fields.data, fields.len);
	return true;
}

/* False in *any: no item has it, and nothing was put. */
static bool put_column(struct jz_summary_page *page, struct jz_buf *out,
		       const struct jz_keep_field *child, const struct jz_node *list, bool *any,
		       size_t *need)
{
	jz_cleanup(jz_buf_release) struct jz_buf column = JZ_BUF_INIT;

	for (uint32_t i = 0; i < list->len; i++) {
		const struct jz_node *value =
			jz_map_getn(list->items[i], child->key, child->key_len);

		if (!value)
			put_head(&column, ROW_WORD, WORD_ABSENT);
		else if (!put_value(page, &column, child, value, need))
			return false;
		*any |= value != NULL;
	}
	if (*any) {
		put_number(out, column.len);
		jz_buf_add(out, column.data, column.len);
	}
	return true;
}

/* At least one, so that no item is without bytes. */
static bool put_columns(struct jz_summary_page *page, struct jz_buf *out,
			const struct jz_keep_field *field, const struct jz_node *list, size_t *need)
{
	jz_cleanup(jz_buf_release) struct jz_buf columns = JZ_BUF_INIT;
	size_t present = 0, item = sizeof(struct jz_node);

	for (uint32_t i = 0; i < field->count; i++) {
		bool any = i + 1 == field->count && !present;

		if (!put_column(page, &columns, field->children[i], list, &any, need))
			return false;
		present |= (size_t)any << i;
		item += any ? sizeof(struct jz_pair) : 0;
	}
	*need += list->len * item;
	put_number(out, present);
	jz_buf_add(out, columns.data, columns.len);
	return true;
}

static bool put_list(struct jz_summary_page *page, struct jz_buf *out,
		     const struct jz_keep_field *field, const struct jz_node *node, size_t *need)
{
	jz_cleanup(jz_buf_release) struct jz_buf items = JZ_BUF_INIT;

	*need += sizeof(struct jz_node) + node->len * sizeof(struct jz_node *);
	for (uint32_t i = 0; i < node->len; i++)
		if (field->count ? node->items[i]->kind != JZ_MAP
				 : !put_scalar(page, &items, node->items[i]))
			return false;
	if (field->count && !put_columns(page, &items, field, node, need))
		return false;
	put_head(out, ROW_LIST, node->len);
	put_number(out, items.len);
	jz_buf_add(out, items.data, items.len);
	return true;
}

static bool put_value(struct jz_summary_page *page, struct jz_buf *out,
		      const struct jz_keep_field *field, const struct jz_node *node, size_t *need)
{
	if (field->presence && node->kind != JZ_NULL) {
		put_head(out, ROW_WORD, WORD_TRUE);
		return true;
	}
	if (node->kind == JZ_SEQ)
		return put_list(page, out, field, node, need);
	if (!field->count)
		return put_scalar(page, out, node);
	return node->kind == JZ_MAP ? put_map(page, out, field, node, need)
				    : node->kind == JZ_NULL && put_scalar(page, out, node);
}

bool jz_summary_add(struct jz_summary_page *page, const struct jz_node *record)
{
	jz_cleanup(jz_buf_release) struct jz_buf row = JZ_BUF_INIT;
	size_t table = page->table.len, texts = page->text_count, need = 0, present;

	if (record->kind == JZ_MAP &&
	    put_fields(page, &row, jz_keep_root(), record, &present, &need)) {
		put_number(&page->bytes, need);
		put_number(&page->bytes, present);
		jz_buf_add(&page->bytes, row.data, row.len);
		return true;
	}
	/* Texts that are gone must not be pointed at. */
	if (page->text_count != texts)
		forget_texts(page);
	jz_buf_truncate(&page->table, table);
	page->text_count = texts;
	return false;
}

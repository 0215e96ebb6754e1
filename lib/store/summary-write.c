#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/store/summary-impl.h"

void jz_summary_page_init(struct jz_summary_page *page)
{
	jz_buf_init(&page->bytes);
	page->texts = (struct jz_map)JZ_MAP_INIT;
}

void jz_summary_page_clear(struct jz_summary_page *page)
{
	jz_buf_clear(&page->bytes);
	jz_map_release(&page->texts, NULL);
	page->texts = (struct jz_map)JZ_MAP_INIT;
}

void jz_summary_page_release(struct jz_summary_page *page)
{
	jz_buf_release(&page->bytes);
	jz_map_release(&page->texts, NULL);
}

static void put_number(struct jz_buf *out, size_t number)
{
	for (; number > 0x7f; number >>= 7)
		jz_buf_addc(out, (char)(0x80 | (number & 0x7f)));
	jz_buf_addc(out, (char)number);
}

static void put_head(struct jz_buf *out, int kind, size_t number)
{
	if (number < ROW_SMALL) {
		jz_buf_addc(out, (char)(kind | (int)(number << 3)));
		return;
	}
	jz_buf_addc(out, (char)(kind | ROW_SMALL << 3));
	put_number(out, number);
}

static void put_text(struct jz_summary_page *page, int kind, int again, const struct jz_node *node)
{
	struct jz_buf *out = &page->bytes;
	size_t place = (size_t)(uintptr_t)jz_map_find(&page->texts, node->text, node->len);

	if (place) {
		put_head(out, again, node->len);
		put_number(out, place - 1);
		return;
	}
	put_head(out, kind, node->len);
	jz_map_put(&page->texts, node->text, node->len, (void *)(uintptr_t)(out->len + 1));
	jz_buf_add(out, node->text, node->len);
	jz_buf_addc(out, '\0');
}

/* What is counted in *need is what reading takes. */
static bool put_scalar(struct jz_summary_page *page, const struct jz_node *node, size_t *need)
{
	*need += sizeof(struct jz_node);
	switch (node->kind) {
	case JZ_NULL:
		put_head(&page->bytes, ROW_WORD, WORD_NULL);
		return true;
	case JZ_BOOL:
		put_head(&page->bytes, ROW_WORD, node->truth ? WORD_TRUE : WORD_FALSE);
		return true;
	case JZ_NUMBER:
		put_text(page, ROW_DIGITS, ROW_DIGITS_AGAIN, node);
		return true;
	case JZ_STRING:
		put_text(page, ROW_TEXT, ROW_TEXT_AGAIN, node);
		return !node->plain;
	default:
		return false;
	}
}

static bool put_value(struct jz_summary_page *page, const struct jz_keep_field *field,
		      const struct jz_node *node, size_t *need);

static bool put_list(struct jz_summary_page *page, const struct jz_keep_field *field,
		     const struct jz_node *node, size_t *need)
{
	*need += sizeof(struct jz_node) + node->len * sizeof(struct jz_node *);
	put_head(&page->bytes, ROW_LIST, node->len);
	for (uint32_t i = 0; i < node->len; i++) {
		const struct jz_node *item = node->items[i];

		if (field->children ? item->kind != JZ_MAP || !put_value(page, field, item, need)
				    : !put_scalar(page, item, need))
			return false;
	}
	return true;
}

static bool put_map(struct jz_summary_page *page, const struct jz_keep_field *field,
		    const struct jz_node *node, size_t *need)
{
	size_t count = 0;

	for (const struct jz_keep_field *at = field->children; at; at = at->next)
		count += jz_map_getn(node, at->key, at->key_len) != NULL;
	*need += sizeof(struct jz_node) + count * sizeof(struct jz_pair);
	put_head(&page->bytes, ROW_MAP, count);
	for (const struct jz_keep_field *at = field->children; at; at = at->next) {
		const struct jz_node *value = jz_map_getn(node, at->key, at->key_len);

		if (!value)
			continue;
		put_number(&page->bytes, at->number);
		if (!put_value(page, at, value, need))
			return false;
	}
	return true;
}

static bool put_value(struct jz_summary_page *page, const struct jz_keep_field *field,
		      const struct jz_node *node, size_t *need)
{
	if (field->presence && node->kind != JZ_NULL) {
		*need += sizeof(struct jz_node);
		put_head(&page->bytes, ROW_WORD, WORD_TRUE);
		return true;
	}
	if (node->kind == JZ_SEQ)
		return put_list(page, field, node, need);
	if (!field->children)
		return put_scalar(page, node, need);
	return node->kind == JZ_MAP ? put_map(page, field, node, need)
				    : node->kind == JZ_NULL && put_scalar(page, node, need);
}

bool jz_summary_add(struct jz_summary_page *page, const struct jz_node *record)
{
	size_t start = page->bytes.len, texts = page->texts.len, need = 0;
	uint32_t room;

	jz_buf_add(&page->bytes, &need, sizeof(room));
	if (record->kind != JZ_MAP || !put_value(page, jz_keep_root(), record, &need) ||
	    need > UINT32_MAX) {
		/* Texts that are gone must not be pointed at. */
		if (page->texts.len != texts)
			jz_map_release(&page->texts, NULL);
		jz_buf_truncate(&page->bytes, start);
		return false;
	}
	room = (uint32_t)need;
	memcpy(page->bytes.data + start, &room, sizeof(room));
	return true;
}

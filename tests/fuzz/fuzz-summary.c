/* Pages of summaries: whatever the bytes are, no look goes beyond them, and a row that is accepted is a
 * tree whose texts end where they say. A document that is a map makes a page whose row says the same
 * as the page that is made of that row, and a page with another byte in it is looked at too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/port/yaml.h"
#include "lib/store/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct jz_node *node)
{
	if (node->kind == JZ_MAP)
		for (uint32_t i = 0; i < node->len; i++) {
			if (strlen(node->pairs[i].key) != node->pairs[i].key_len)
				abort();
			walk(node->pairs[i].value);
		}
	else if (node->kind == JZ_SEQ)
		for (uint32_t i = 0; i < node->len; i++)
			walk(node->items[i]);
	else if (jz_node_text(node) && (node->text[node->len] || strlen(node->text) > node->len))
		abort();
}

/* Rows at every place that could be one; a copy of its own shows a look before or behind it. */
static void look_at(const void *bytes, size_t size)
{
	static const char some[] = "format id services.status services.date needs.found_on person.name";
	jz_autofree char *page = jz_xmalloc(size ? size : 1);
	struct jz_summary_view view = JZ_SUMMARY_VIEW_INIT;
	struct jz_summary_room room = JZ_SUMMARY_ROOM_INIT;
	struct jz_summary_wanted wanted;

	if (size)
		memcpy(page, bytes, size);
	if (jz_summary_open(&view, page, size) && jz_summary_want(some, &wanted))
		for (size_t at = 0; at <= view.rows && at < 2048; at++) {
			const struct jz_node *row = jz_summary_row(&view, at, NULL, &room);

			if (row)
				walk(row);
			row = jz_summary_row(&view, at, &wanted, &room);
			if (row)
				walk(row);
		}
	jz_summary_view_release(&view);
	jz_summary_room_release(&room);
}

/* Makes the page of one record. False: it has none. */
static bool make(const struct jz_node *record, struct jz_summary_page *page)
{
	jz_summary_page_clear(page);
	if (!jz_summary_add(page, record))
		return false;
	jz_summary_page_end(page);
	return true;
}

static void write_and_read(const struct jz_node *record, size_t where)
{
	struct jz_summary_page first, second;
	struct jz_summary_view view = JZ_SUMMARY_VIEW_INIT;
	struct jz_summary_room room = JZ_SUMMARY_ROOM_INIT;
	const struct jz_node *row;

	jz_summary_page_init(&first);
	jz_summary_page_init(&second);
	if (make(record, &first)) {
		if (!jz_summary_open(&view, first.bytes.data, first.bytes.len))
			abort();
		row = jz_summary_row(&view, 0, NULL, &room);
		if (!row || !make(row, &second) || first.bytes.len != second.bytes.len ||
		    memcmp(first.bytes.data, second.bytes.data, first.bytes.len) != 0)
			abort();
		first.bytes.data[where % first.bytes.len] ^= (char)(1 << where % 8);
		look_at(first.bytes.data, first.bytes.len);
	}
	jz_summary_view_release(&view);
	jz_summary_room_release(&room);
	jz_summary_page_release(&first);
	jz_summary_page_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *record;
	size_t where = size;

	if (jz_summary_start(NULL))
		abort();
	look_at(data, size);
	if (jz_yaml_read(arena, (const char *)data, size, &record, NULL) || record->kind != JZ_MAP)
		return 0;
	jz_node_type_core(record);
	for (size_t i = 0; i < size; i++)
		where = where * 31 + data[i];
	write_and_read(record, where);
	return 0;
}

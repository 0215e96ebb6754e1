#include <string.h>
#include <sys/mman.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/store/summary-impl.h"

struct reading {
	const struct jz_summary_view *view;
	const struct jz_summary_wanted *wanted; /* NULL: everything */
	const uint8_t *at;
	const uint8_t *end;
	char *free; /* room for nodes */
	char *room_end;
	bool bad;
};

/* What stands everywhere: nobody changes the trees of rows. */
static struct jz_node words[] = {
	[WORD_NULL] = {.kind = JZ_NULL},
	[WORD_FALSE] = {.kind = JZ_BOOL},
	[WORD_TRUE] = {.kind = JZ_BOOL, .truth = true},
};

static size_t get_long_number(struct reading *reading)
{
	size_t number = 0;

	for (unsigned shift = 0; shift < 35; shift += 7) {
		uint8_t byte = reading->at < reading->end ? *reading->at++ : 0x80;

		number |= (size_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return number;
	}
	reading->bad = true;
	return 0;
}

/* Mostly one or two bytes. */
static inline size_t get_number(struct reading *reading)
{
	const uint8_t *at = reading->at;

	if (reading->end - at < 2)
		return get_long_number(reading);
	if (at[0] < 0x80) {
		reading->at = at + 1;
		return at[0];
	}
	if (at[1] < 0x80) {
		reading->at = at + 2;
		return (size_t)(at[0] & 0x7f) | (size_t)at[1] << 7;
	}
	return get_long_number(reading);
}

/* What is so many bytes on. */
static const uint8_t *behind(struct reading *reading, size_t len)
{
	if (len > (size_t)(reading->end - reading->at)) {
		reading->bad = true;
		return reading->end;
	}
	return reading->at + len;
}

/* ---- the texts of a page ---- */

void jz_summary_view_release(struct jz_summary_view *view)
{
	free(view->texts); /* they point to texts, and hold none */
	*view = (struct jz_summary_view)JZ_SUMMARY_VIEW_INIT;
}

static void get_text(struct reading *reading, struct jz_node *node)
{
	size_t head = get_number(reading), len = head >> 1;

	if ((size_t)(reading->end - reading->at) <= len || reading->at[len]) {
		reading->bad = true;
		return;
	}
	*node = (struct jz_node){.kind = head & 1 ? JZ_NUMBER : JZ_STRING,
				 .len = (uint32_t)len,
				 .text = (const char *)reading->at};
	reading->at += len + 1;
}

bool jz_summary_open(struct jz_summary_view *view, const char *page, size_t len)
{
	struct reading reading = {.bad = len < sizeof(uint32_t)};
	uint32_t rows = 0;
	size_t count;

	view->page = page;
	view->rows = view->text_count = 0;
	if (reading.bad)
		return false;
	len -= sizeof(rows);
	memcpy(&rows, page + len, sizeof(rows));
	if (rows > len)
		return false;
	reading.at = (const uint8_t *)page + rows;
	reading.end = (const uint8_t *)page + len;
	count = get_number(&reading);
	if (count > (size_t)(reading.end - reading.at))
		return false;
	if (count > view->text_cap) {
		view->text_cap = count + count / 2;
		view->texts = jz_xrealloc(view->texts, view->text_cap * sizeof(*view->texts));
	}
	for (size_t i = 0; !reading.bad && i < count; i++)
		get_text(&reading, &view->texts[i]);
	if (reading.bad || reading.at != reading.end)
		return false;
	view->rows = rows;
	view->text_count = count;
	return true;
}

/* ---- a row ---- */

void jz_summary_room_release(struct jz_summary_room *room)
{
	if (room->memory) {
		jz_wipe(room->memory, room->size);
		munmap(room->memory, room->size);
	}
	*room = (struct jz_summary_room)JZ_SUMMARY_ROOM_INIT;
}

static bool make_room(struct jz_summary_room *room, size_t size)
{
	if (size <= room->size)
		return true;
	jz_summary_room_release(room);
	size = (size * 2 + 65535) & ~(size_t)65535;
	room->memory =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room->memory == MAP_FAILED) {
		room->memory = NULL;
		return false;
	}
	madvise(room->memory, size, MADV_DONTDUMP);
	room->size = size;
	return true;
}

static void *take(struct reading *reading, size_t size)
{
	void *block = reading->free;

	if ((size_t)(reading->room_end - reading->free) < size) {
		reading->bad = true;
		return NULL;
	}
	reading->free += size;
	return block;
}

static struct jz_node *get_word(struct reading *reading, size_t head)
{
	if ((head & ROW_KIND) == ROW_WORD && head >> ROW_KIND_BITS < JZ_COUNT(words))
		return &words[head >> ROW_KIND_BITS];
	reading->bad = true;
	return NULL;
}

static inline struct jz_node *get_scalar(struct reading *reading, size_t head)
{
	if ((head & ROW_KIND) == ROW_TEXT && head >> ROW_KIND_BITS < reading->view->text_count)
		return &reading->view->texts[head >> ROW_KIND_BITS];
	return get_word(reading, head);
}

static size_t of_wanted(const struct reading *reading, const struct jz_keep_field *field,
			size_t present)
{
	return reading->wanted ? present & reading->wanted->children[field->number] : present;
}

static uint32_t count_bits(size_t bits)
{
	uint32_t count = 0;

	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

static void skip_fields(struct reading *reading, const struct jz_keep_field *field, size_t present);

/* What nobody wants is not looked into. */
static void skip_value(struct reading *reading, const struct jz_keep_field *field)
{
	size_t head = get_number(reading);

	if ((head & ROW_KIND) == ROW_MAP) {
		skip_fields(reading, field, head >> ROW_KIND_BITS);
	} else if ((head & ROW_KIND) == ROW_LIST) {
		reading->at = behind(reading, get_number(reading));
	}
}

static void skip_fields(struct reading *reading, const struct jz_keep_field *field, size_t present)
{
	reading->bad |= present >> field->count != 0;
	for (; present && !reading->bad; present &= present - 1)
		skip_value(reading, field->children[__builtin_ctzl(present)]);
}

static struct jz_node *get_list(struct reading *reading, const struct jz_keep_field *field,
				size_t count);
static struct jz_node *get_fields(struct reading *reading, const struct jz_keep_field *field,
				  size_t present);

/* head: its number, which was read already. */
static inline struct jz_node *get_value(struct reading *reading, const struct jz_keep_field *field,
					size_t head)
{
	switch (head & ROW_KIND) {
	case ROW_LIST:
		return get_list(reading, field, head >> ROW_KIND_BITS);
	case ROW_MAP:
		return get_fields(reading, field, head >> ROW_KIND_BITS);
	default:
		return get_scalar(reading, head);
	}
}

/* The children of a field that are there and wanted. */
static struct jz_node *get_fields(struct reading *reading, const struct jz_keep_field *field,
				  size_t present)
{
	size_t wanted = of_wanted(reading, field, present);
	uint32_t count = count_bits(wanted);
	struct jz_node *node = take(reading, sizeof(*node) + count * sizeof(struct jz_pair));
	struct jz_pair *pair;

	if (!node || !field->count || present >> field->count) {
		reading->bad = true;
		return NULL;
	}
	pair = (struct jz_pair *)(node + 1);
	*node = (struct jz_node){.kind = JZ_MAP, .len = count, .cap = count, .pairs = pair};
	for (; present && !reading->bad; present &= present - 1) {
		unsigned bit = (unsigned)__builtin_ctzl(present);
		const struct jz_keep_field *child = field->children[bit];

		if (!(wanted >> bit & 1)) {
			skip_value(reading, child);
			continue;
		}
		*pair++ = (struct jz_pair){.key = child->key,
					   .key_len = child->key_len,
					   .value = get_value(reading, child, get_number(reading))};
	}
	return node;
}

static void get_column(struct reading *reading, const struct jz_keep_field *field,
		       const struct jz_node *list)
{
	for (uint32_t i = 0; i < list->len && !reading->bad; i++) {
		struct jz_node *item = list->items[i];
		size_t head = get_number(reading);

		if (head != (ROW_WORD | WORD_ABSENT << ROW_KIND_BITS))
			item->pairs[item->len++] =
				(struct jz_pair){.key = field->key,
						 .key_len = field->key_len,
						 .value = get_value(reading, field, head)};
	}
}

/* Maps with room for so many fields each. */
static void make_items(struct reading *reading, const struct jz_node *list, uint32_t width)
{
	size_t size = sizeof(struct jz_node) + width * sizeof(struct jz_pair);
	char *items = take(reading, list->len * size);

	for (uint32_t i = 0; items && i < list->len; i++, items += size) {
		struct jz_node *item = (struct jz_node *)items;

		*item = (struct jz_node){
			.kind = JZ_MAP, .cap = width, .pairs = (struct jz_pair *)(item + 1)};
		list->items[i] = item;
	}
}

static void get_columns(struct reading *reading, const struct jz_keep_field *field,
			const struct jz_node *list)
{
	size_t present = get_number(reading), wanted = of_wanted(reading, field, present);

	reading->bad |= !present || present >> field->count;
	if (!reading->bad)
		make_items(reading, list, count_bits(wanted));
	for (; present && !reading->bad; present &= present - 1) {
		unsigned bit = (unsigned)__builtin_ctzl(present);
		const uint8_t *end = behind(reading, get_number(reading));

		if (wanted >> bit & 1)
			get_column(reading, field->children[bit], list);
		else
			reading->at = end;
		reading->bad |= reading->at != end;
	}
}

static struct jz_node *get_list(struct reading *reading, const struct jz_keep_field *field,
				size_t count)
{
	size_t len = get_number(reading);
	const uint8_t *end = behind(reading, len);
	struct jz_node *node;

	/* An item takes a byte at least. */
	if (reading->bad || count > len)
		reading->bad = true;
	node = reading->bad ? NULL : take(reading, sizeof(*node) + count * sizeof(*node->items));
	if (!node)
		return NULL;
	*node = (struct jz_node){.kind = JZ_SEQ,
				 .len = (uint32_t)count,
				 .cap = (uint32_t)count,
				 .items = (struct jz_node **)(node + 1)};
	if (field->count)
		get_columns(reading, field, node);
	for (size_t i = 0; !field->count && !reading->bad && i < count; i++)
		node->items[i] = get_scalar(reading, get_number(reading));
	reading->bad |= reading->at != end;
	return node;
}

const struct jz_node *jz_summary_row(const struct jz_summary_view *view, size_t at,
				     const struct jz_summary_wanted *wanted,
				     struct jz_summary_room *room)
{
	struct reading reading = {.view = view, .wanted = wanted, .end = (const uint8_t *)view->page + view->rows};
	const struct jz_node *row;
	size_t need;

	if (at > view->rows)
		return NULL;
	reading.at = (const uint8_t *)view->page + at;
	need = get_number(&reading);
	/* A byte makes one field at most, or one item. */
	if (reading.bad || !need ||
	    need > (view->rows - at) * (sizeof(struct jz_node) + sizeof(struct jz_pair)) ||
	    !make_room(room, need))
		return NULL;
	reading.free = room->memory;
	reading.room_end = room->memory + need;
	row = get_fields(&reading, jz_keep_root(), get_number(&reading));
	return reading.bad ? NULL : row;
}

#include <string.h>
#include <sys/mman.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/store/summary-impl.h"

#define DEPTH 16

struct reading {
	const char *page;
	const uint8_t *at;
	const uint8_t *end;
	char *free; /* room for nodes */
	char *room_end;
	bool bad;
};

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

static size_t get_number(struct reading *reading)
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

static void text_here(struct reading *reading, struct jz_node *node, size_t len)
{
	if ((size_t)(reading->end - reading->at) <= len || reading->at[len]) {
		reading->bad = true;
		return;
	}
	node->text = (const char *)reading->at;
	node->len = (uint32_t)len;
	reading->at += len + 1;
}

static void text_again(struct reading *reading, struct jz_node *node, size_t len)
{
	size_t size = (size_t)((const char *)reading->end - reading->page);
	size_t place = get_number(reading);

	if (place >= size || size - place <= len || reading->page[place + len]) {
		reading->bad = true;
		return;
	}
	node->text = reading->page + place;
	node->len = (uint32_t)len;
}

static void get_word(struct reading *reading, struct jz_node *node, size_t word)
{
	reading->bad |= word > WORD_TRUE;
	node->kind = word == WORD_NULL ? JZ_NULL : JZ_BOOL;
	node->truth = word == WORD_TRUE;
}

static struct jz_node *get_value(struct reading *reading, int depth);

static void get_list(struct reading *reading, struct jz_node *node, size_t count, int depth)
{
	node->kind = JZ_SEQ;
	if (count > (size_t)(reading->end - reading->at)) {
		reading->bad = true;
		return;
	}
	node->items = take(reading, count * sizeof(*node->items));
	for (size_t i = 0; !reading->bad && i < count; i++)
		node->items[i] = get_value(reading, depth);
	node->len = node->cap = (uint32_t)count;
}

static void get_map(struct reading *reading, struct jz_node *node, size_t count, int depth)
{
	node->kind = JZ_MAP;
	if (count > (size_t)(reading->end - reading->at)) {
		reading->bad = true;
		return;
	}
	node->pairs = take(reading, count * sizeof(*node->pairs));
	for (size_t i = 0; !reading->bad && i < count; i++) {
		const struct jz_keep_field *field = jz_keep_number(get_number(reading));

		if (!field) {
			reading->bad = true;
			return;
		}
		node->pairs[i] = (struct jz_pair){.key = field->key,
						  .key_len = field->key_len,
						  .value = get_value(reading, depth)};
	}
	node->len = node->cap = (uint32_t)count;
}

static struct jz_node *get_value(struct reading *reading, int depth)
{
	struct jz_node *node = take(reading, sizeof(*node));
	uint8_t head = reading->at < reading->end ? *reading->at++ : 0xff;
	size_t number = head >> 3;

	if (reading->bad || depth > DEPTH) {
		reading->bad = true;
		return NULL;
	}
	if (number == ROW_SMALL)
		number = get_number(reading);
	*node = (struct jz_node){.kind = JZ_STRING};
	switch (head & 7) {
	case ROW_WORD:
		get_word(reading, node, number);
		break;
	case ROW_DIGITS:
		node->kind = JZ_NUMBER; /* fall through */
	case ROW_TEXT:
		text_here(reading, node, number);
		break;
	case ROW_DIGITS_AGAIN:
		node->kind = JZ_NUMBER; /* fall through */
	case ROW_TEXT_AGAIN:
		text_again(reading, node, number);
		break;
	case ROW_LIST:
		get_list(reading, node, number, depth + 1);
		break;
	case ROW_MAP:
		get_map(reading, node, number, depth + 1);
		break;
	default:
		reading->bad = true;
	}
	return node;
}

const struct jz_node *jz_summary_row(const char *page, size_t len, size_t at,
				     struct jz_summary_room *room)
{
	struct reading reading = {.page = page, .end = (const uint8_t *)page + len};
	const struct jz_node *row;
	uint32_t need;

	if (at > len || len - at < sizeof(need))
		return NULL;
	memcpy(&need, page + at, sizeof(need));
	/* A byte makes one field at most. */
	if (need > (len - at) * (sizeof(struct jz_node) + sizeof(struct jz_pair)) ||
	    !make_room(room, need))
		return NULL;
	reading.at = (const uint8_t *)page + at + sizeof(need);
	reading.free = room->memory;
	reading.room_end = room->memory + need;
	row = get_value(&reading, 0);
	return reading.bad || row->kind != JZ_MAP ? NULL : row;
}

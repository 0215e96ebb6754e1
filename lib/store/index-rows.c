/* Of an opened index: which row is of a blob, and what the row holds. */
#include <unistd.h>

#include "lib/base/secret.h"
#include "lib/store/index-impl.h"

/* ---- which row ---- */

static uint32_t slot_of(const struct jz_index_file *file, const uint8_t blob[JZ_INDEX_BLOB])
{
	uint32_t start;

	memcpy(&start, blob, sizeof(start)); /* a hash already */
	return start & (uint32_t)(file->table_size - 1);
}

/* Not before it is needed: rows are asked for in the order in which they lie, mostly. */
static void make_table(struct jz_index_file *file)
{
	for (file->table_size = 1024; file->table_size < 2 * file->row_count;)
		file->table_size *= 2;
	file->table = jz_xcalloc(file->table_size, sizeof(*file->table));
	for (size_t i = 0; i < file->row_count; i++) {
		uint32_t slot = slot_of(file, file->rows[i].blob);

		while (file->table[slot] && memcmp(file->rows[file->table[slot] - 1].blob,
						   file->rows[i].blob, JZ_INDEX_BLOB))
			slot = (slot + 1) & (uint32_t)(file->table_size - 1);
		file->table[slot] = (uint32_t)i + 1;
	}
}

bool jz_index_used(const struct jz_index_file *file, uint32_t row)
{
	return file->asked && file->asked[row];
}

uint32_t jz_index_file_find(struct jz_index_file *file, const uint8_t blob[JZ_INDEX_BLOB])
{
	uint32_t slot, row = JZ_INDEX_NONE;

	if (!file->row_count)
		return row;
	if (!file->asked)
		file->asked = jz_xcalloc(file->row_count, 1);
	if (file->expect < file->row_count &&
	    !memcmp(file->rows[file->expect].blob, blob, JZ_INDEX_BLOB)) {
		file->asked[file->expect] = 1;
		return (uint32_t)file->expect++;
	}
	if (!file->table)
		make_table(file);
	for (slot = slot_of(file, blob); file->table[slot];
	     slot = (slot + 1) & (uint32_t)(file->table_size - 1)) {
		if (memcmp(file->rows[file->table[slot] - 1].blob, blob, JZ_INDEX_BLOB))
			continue;
		row = file->table[slot] - 1;
		file->asked[row] = 1;
		file->expect = row + 1;
		break;
	}
	return row;
}

/* ---- what it holds ---- */

static bool open_rows(struct jz_index_file *file, const struct jz_index_key *key, uint32_t number,
		      struct jz_index_cached *into)
{
	const struct jz_index_page *page = &file->pages[number];
	struct jz_index_bound bound = jz_index_bound_of(file, &page->head, 1);
	size_t len = page->head.rows_len;

	if (len < JZ_SEAL_MORE)
		return false;
	file->sealed.len = 0;
	jz_buf_reserve(&file->sealed, len + 1);
	if (into->size < len) {
		if (into->bytes)
			jz_wipe(into->bytes, into->size);
		free(into->bytes);
		into->size = len + len / 2;
		into->bytes = jz_xmalloc(into->size);
	}
	into->page = JZ_INDEX_NONE;
	into->viewed = false;
	into->len = len - JZ_SEAL_MORE;
	if (pread(file->fd, file->sealed.data, len, (off_t)page->rows_at) != (ssize_t)len ||
	    !jz_unseal(page->head.kind == JZ_PAGE_BOXED ? page->key : key->data, &bound,
		       sizeof(bound), file->sealed.data, len, into->bytes))
		return false;
	into->page = number;
	return true;
}

/* The page that held a row for the last time makes place first: in a report, where they come in their
 * order, few are ever in memory. */
static void given(struct jz_index_file *file, struct jz_index_cached *cached)
{
	struct jz_index_page *page = &file->pages[cached->page];

	if (page->left && !--page->left)
		cached->used = 0;
}

static struct jz_index_cached *cached_page(struct jz_index_file *file,
					   const struct jz_index_key *key, uint32_t number)
{
	struct jz_index_cached *oldest = &file->cache[0];

	for (size_t i = 0; i < JZ_INDEX_CACHE; i++) {
		struct jz_index_cached *cached = &file->cache[i];

		if (cached->bytes && cached->page == number) {
			cached->used = ++file->clock;
			return cached;
		}
		if (cached->used < oldest->used)
			oldest = cached;
	}
	oldest->used = ++file->clock;
	return open_rows(file, key, number, oldest) ? oldest : NULL;
}

const struct jz_node *jz_index_file_row(struct jz_index_file *file, const struct jz_index_key *key,
					uint32_t row, const struct jz_summary_wanted *wanted)
{
	struct jz_index_cached *page = cached_page(file, key, file->rows[row].page);

	if (!page)
		return NULL;
	if (!page->viewed && !jz_summary_open(&page->view, page->bytes, page->len))
		return NULL;
	page->viewed = true;
	given(file, page);
	return jz_summary_row(&page->view, file->rows[row].at, wanted, &file->room);
}

const char *jz_index_file_raw(struct jz_index_file *file, const struct jz_index_key *key,
			      uint32_t row, size_t *len)
{
	struct jz_index_cached *page = cached_page(file, key, file->rows[row].page);
	size_t at = file->rows[row].at;
	uint32_t size;

	if (!page || at > page->len || page->len - at < sizeof(size))
		return NULL;
	memcpy(&size, page->bytes + at, sizeof(size));
	if (size > page->len - at - sizeof(size))
		return NULL;
	*len = size;
	given(file, page);
	return page->bytes + at + sizeof(size);
}

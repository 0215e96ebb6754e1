#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/i18n.h"
#include "lib/base/secret.h"
#include "lib/store/index-impl.h"

static const char file_magic[8] = "JZBFIDX1";
static const char page_magic[4] = "JZPG";
static const char tail_magic[4] = "GPZJ";

/* A list holds a page's rows; a page is flushed long before. */
#define PIECE_MAX (16u << 20)
#define READ_AT	  (8u << 10) /* what is read at once: a head and, mostly, its list */

_Static_assert(sizeof(struct jz_index_header) == 64, "header");
_Static_assert(sizeof(struct jz_index_head) == 24, "head");
_Static_assert(sizeof(struct jz_index_list) == 32, "list");
_Static_assert(sizeof(struct jz_index_item) == 24, "item");

static bool read_at(int fd, void *bytes, size_t len, uint64_t at)
{
	return pread(fd, bytes, len, (off_t)at) == (ssize_t)len;
}

bool jz_index_file_header(int fd, struct jz_index_header *header)
{
	return read_at(fd, header, sizeof(*header), 0) &&
	       !memcmp(header->magic, file_magic, sizeof(file_magic));
}

static uint64_t page_size(const struct jz_index_head *head)
{
	return sizeof(*head) + (head->kind == JZ_PAGE_BOXED ? sizeof(struct jz_index_box) : 0) +
	       (uint64_t)head->list_len + head->rows_len + sizeof(struct jz_index_tail);
}

/* Is there a whole page of that ordinal? What is cut off, or zeros after a crash of the machine, is
 * the end. */
static bool whole_page(const struct jz_index_head *head, uint64_t ordinal, uint64_t left)
{
	return !memcmp(head->magic, page_magic, sizeof(page_magic)) && head->ordinal == ordinal &&
	       head->kind <= JZ_PAGE_BOXED && head->list_len <= PIECE_MAX &&
	       head->rows_len <= PIECE_MAX && page_size(head) <= left;
}

/* The last page says how long it is, unless the end is torn. */
static bool last_page(int fd, uint64_t size, struct jz_index_head *head)
{
	struct jz_index_tail tail;

	return size >= sizeof(struct jz_index_header) + sizeof(*head) + sizeof(tail) &&
	       read_at(fd, &tail, sizeof(tail), size - sizeof(tail)) &&
	       !memcmp(tail.magic, tail_magic, sizeof(tail_magic)) &&
	       tail.size <= size - sizeof(struct jz_index_header) &&
	       read_at(fd, head, sizeof(*head), size - tail.size) &&
	       whole_page(head, head->ordinal, tail.size) && page_size(head) == tail.size;
}

void jz_index_file_last(int fd, uint64_t *end, uint64_t *ordinal)
{
	struct jz_index_head head;
	struct stat st;

	if (!fstat(fd, &st) && last_page(fd, (uint64_t)st.st_size, &head)) {
		*end = (uint64_t)st.st_size;
		*ordinal = head.ordinal + 1;
		return;
	}
	*end = sizeof(struct jz_index_header);
	*ordinal = 0;
	jz_index_file_tail(fd, end, ordinal);
}

void jz_index_file_tail(int fd, uint64_t *end, uint64_t *ordinal)
{
	struct jz_index_head head;
	struct stat st;

	if (fstat(fd, &st))
		return;
	while (read_at(fd, &head, sizeof(head), *end) &&
	       whole_page(&head, *ordinal, (uint64_t)st.st_size - *end)) {
		*end += page_size(&head);
		++*ordinal;
	}
}

/* ---- loading ---- */

struct loading {
	struct jz_index_file *file;
	const struct jz_index_key *key;
	const uint8_t *const *tags;
	struct jz_buf piece; /* as it is in the file */
	struct jz_buf list;
	uint64_t folded;
	struct jz_vec boxed; /* struct boxed: looked into at the end */
};

struct boxed {
	struct jz_index_head head;
	uint64_t at;
};

static void *grow(void *array, size_t len, size_t *cap, size_t size)
{
	if (len < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 256;
	return jz_xrealloc(array, *cap * size);
}

static struct jz_index_bound bound_of(const struct jz_index_file *file,
				      const struct jz_index_head *head, uint64_t piece)
{
	return (struct jz_index_bound){file->header, *head, piece};
}

static void add_rows(struct jz_index_file *file, const struct jz_index_list *list,
		     const struct jz_index_item *items, uint32_t page)
{
	for (uint32_t i = 0; i < list->count; i++) {
		struct jz_index_row *row;

		file->rows = grow(file->rows, file->row_count, &file->row_cap, sizeof(*file->rows));
		row = &file->rows[file->row_count++];
		memcpy(row->blob, items[i].blob, sizeof(row->blob));
		row->page = page;
		row->at = items[i].at;
	}
}

/* Opens the list of a page and takes its rows in, if this person may use them. */
static bool take_list(struct loading *loading, const struct jz_index_head *head,
		      const uint8_t page_key[JZ_SEAL_KEY], const void *sealed, uint64_t rows_at)
{
	struct jz_index_bound bound = bound_of(loading->file, head, 0);
	struct jz_index_file *file = loading->file;
	struct jz_index_list list;
	struct jz_index_page *page;
	size_t len = head->list_len < JZ_SEAL_MORE ? 0 : head->list_len - JZ_SEAL_MORE;

	jz_buf_clear(&loading->list);
	jz_buf_reserve(&loading->list, len + 1);
	if (len < sizeof(list) ||
	    !jz_unseal(page_key, &bound, sizeof(bound), sealed, head->list_len, loading->list.data))
		return false;
	memcpy(&list, loading->list.data, sizeof(list));
	if (len != sizeof(list) + list.count * sizeof(struct jz_index_item) || !list.via ||
	    list.via >= JZ_VIA_COUNT)
		return false;
	if (list.folded > loading->folded)
		loading->folded = list.folded;
	if (!loading->tags[list.via] || memcmp(loading->tags[list.via], list.tag, sizeof(list.tag))) {
		file->unusable += list.count;
		file->role_lost |= list.via == JZ_VIA_ROLE && !loading->tags[JZ_VIA_ROLE];
		return true;
	}
	file->pages = grow(file->pages, file->page_count, &file->page_cap, sizeof(*file->pages));
	page = &file->pages[file->page_count];
	*page = (struct jz_index_page){.rows_at = rows_at, .head = *head, .via = list.via};
	memcpy(page->key, page_key, JZ_SEAL_KEY);
	add_rows(file, &list, (const void *)(loading->list.data + sizeof(list)),
		 (uint32_t)file->page_count++);
	return true;
}

/* The piece of a file that a page begins with is in loading->piece; reads on if it holds too little. */
static bool have(struct loading *loading, uint64_t at, size_t len)
{
	if (loading->piece.len >= len)
		return true;
	jz_buf_reserve(&loading->piece, len + 1);
	loading->piece.len = len;
	return read_at(loading->file->fd, loading->piece.data, len, at);
}

static bool open_boxed(struct loading *loading, const struct boxed *boxed)
{
	struct jz_index_bound bound = bound_of(loading->file, &boxed->head, 2);
	size_t body = boxed->head.list_len + boxed->head.rows_len;
	uint8_t mac[JZ_SEAL_HASH], page_key[JZ_SEAL_KEY];
	struct jz_index_box box;
	bool good;

	loading->piece.len = 0;
	if (!have(loading, boxed->at + sizeof(boxed->head), sizeof(box) + body))
		return false;
	memcpy(&box, loading->piece.data, sizeof(box));
	const struct jz_seal_piece pieces[] = {{&bound, sizeof(bound)},
					       {box.box, sizeof(box.box)},
					       {loading->piece.data + sizeof(box), body}};
	jz_seal_hash(loading->key->mac, pieces, JZ_COUNT(pieces), mac);
	good = jz_seal_same(mac, box.mac, sizeof(mac)) &&
	       jz_unseal_box(loading->key->public_half, loading->key->secret_half, box.box,
			     page_key) &&
	       take_list(loading, &boxed->head, page_key, loading->piece.data + sizeof(box),
			 boxed->at + sizeof(boxed->head) + sizeof(box) + boxed->head.list_len);
	jz_wipe(page_key, sizeof(page_key));
	return good;
}

static bool look_at_page(struct loading *loading, const struct jz_index_head *head, uint64_t at)
{
	struct boxed *boxed;

	if (head->kind == JZ_PAGE_SEALED)
		return have(loading, at, sizeof(*head) + head->list_len) &&
		       take_list(loading, head, loading->key->data,
				 loading->piece.data + sizeof(*head),
				 at + sizeof(*head) + head->list_len);
	boxed = jz_xmalloc(sizeof(*boxed));
	*boxed = (struct boxed){*head, at};
	jz_vec_push(&loading->boxed, boxed);
	return true;
}

static bool look_at_boxed(struct loading *loading)
{
	bool good = true;

	for (size_t i = 0; good && i < loading->boxed.len; i++) {
		const struct boxed *boxed = loading->boxed.items[i];

		loading->file->last_boxed = boxed->head.ordinal + 1;
		if (boxed->head.ordinal < loading->folded)
			continue;
		loading->file->boxed++;
		good = open_boxed(loading, boxed);
	}
	return good;
}

static bool load_pages(struct loading *loading, uint64_t size)
{
	struct jz_index_file *file = loading->file;
	struct jz_index_head head;
	bool good = true;

	while (good) {
		ssize_t got;

		jz_buf_reserve(&loading->piece, READ_AT + 1);
		got = pread(file->fd, loading->piece.data, READ_AT, (off_t)file->end);
		loading->piece.len = got < 0 ? 0 : (size_t)got;
		if (loading->piece.len < sizeof(head))
			break;
		memcpy(&head, loading->piece.data, sizeof(head));
		if (!whole_page(&head, file->pages_seen, size - file->end))
			break;
		good = look_at_page(loading, &head, file->end);
		file->end += page_size(&head);
		file->pages_seen++;
	}
	return good && look_at_boxed(loading);
}

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

		while (file->table[slot] &&
		       memcmp(file->rows[file->table[slot] - 1].blob, file->rows[i].blob,
			      JZ_INDEX_BLOB))
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

static void free_pages(struct jz_index_file *file)
{
	if (file->pages)
		jz_wipe(file->pages, file->page_cap * sizeof(*file->pages));
	free(file->pages);
	free(file->rows);
	free(file->table);
	free(file->asked);
	file->asked = NULL;
	file->pages = NULL;
	file->rows = NULL;
	file->table = NULL;
	file->page_count = file->page_cap = file->row_count = file->row_cap = 0;
	file->unusable = file->boxed = file->expect = 0;
	file->last_boxed = file->pages_seen = 0;
	file->role_lost = false;
}

static int open_own(const char *path, int *fd, uint64_t *size, struct jz_err *err)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (*fd < 0)
		return errno == ENOENT ? jz_fail(err, JZ_E_FINDINGS, _("there is no index yet"))
				       : jz_fail_errno(err, path);
	if (fstat(*fd, &st))
		return jz_fail_errno(err, path);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return jz_fail(err, JZ_E_IO, _("'%s' is no file of this user"), path);
	*size = (uint64_t)st.st_size;
	return 0;
}

static int try_open(struct jz_index_file *file, const struct jz_index_key *key,
		    const uint8_t *const *tags, bool locked, struct jz_err *err)
{
	struct loading loading = {.file = file, .key = key, .tags = tags};
	uint64_t size = 0;
	bool good;
	int rc = open_own(file->path, &file->fd, &size, err);

	if (rc)
		return rc;
	if (locked)
		flock(file->fd, LOCK_SH);
	if (!jz_index_file_header(file->fd, &file->header) ||
	    memcmp(file->header.version, jz_summary_version(), JZ_SUMMARY_VERSION))
		return jz_fail(err, JZ_E_FINDINGS, _("there is no index yet"));
	jz_buf_init(&loading.piece);
	jz_buf_init(&loading.list);
	file->end = sizeof(file->header);
	good = load_pages(&loading, size);
	jz_buf_release(&loading.piece);
	jz_buf_release(&loading.list);
	for (size_t i = 0; i < loading.boxed.len; i++)
		free(loading.boxed.items[i]);
	jz_vec_release(&loading.boxed);
	if (locked)
		flock(file->fd, LOCK_UN);
	return good ? 0 : jz_fail(err, JZ_E_CONFLICT, _("the index does not verify"));
}

int jz_index_file_open(struct jz_index_file *file, const struct jz_index_key *key,
		       const uint8_t *const tags[JZ_VIA_COUNT], struct jz_err *err)
{
	int rc = try_open(file, key, tags, false, err);

	/* Somebody may have been writing over a torn end just then: look again when they are done. */
	if (rc == JZ_E_CONFLICT) {
		jz_index_file_close(file);
		rc = try_open(file, key, tags, true, err);
	}
	if (rc)
		jz_index_file_close(file);
	return rc;
}

void jz_index_file_close(struct jz_index_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	free_pages(file);
	for (size_t i = 0; i < JZ_INDEX_CACHE; i++) {
		if (file->cache[i].bytes)
			jz_wipe(file->cache[i].bytes, file->cache[i].size);
		free(file->cache[i].bytes);
		file->cache[i] = (struct jz_index_cached){0};
	}
	jz_buf_release(&file->sealed);
	jz_summary_room_release(&file->room);
}

/* ---- rows ---- */

static bool open_rows(struct jz_index_file *file, const struct jz_index_key *key, uint32_t number,
		      struct jz_index_cached *into)
{
	const struct jz_index_page *page = &file->pages[number];
	struct jz_index_bound bound = bound_of(file, &page->head, 1);
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
	into->len = len - JZ_SEAL_MORE;
	if (!read_at(file->fd, file->sealed.data, len, page->rows_at) ||
	    !jz_unseal(page->head.kind == JZ_PAGE_BOXED ? page->key : key->data, &bound,
		       sizeof(bound), file->sealed.data, len, into->bytes))
		return false;
	into->page = number;
	return true;
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
					uint32_t row)
{
	struct jz_index_cached *page = cached_page(file, key, file->rows[row].page);

	return page ? jz_summary_row(page->bytes, page->len, file->rows[row].at, &file->room)
		    : NULL;
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
	return page->bytes + at + sizeof(size);
}

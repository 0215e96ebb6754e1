#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/i18n.h"
#include "lib/base/secret.h"
#include "lib/store/index-impl.h"

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
	       !memcmp(header->magic, JZ_INDEX_MAGIC, sizeof(header->magic));
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
	return !memcmp(head->magic, JZ_INDEX_PAGE_MAGIC, sizeof(head->magic)) && head->ordinal == ordinal &&
	       head->kind <= JZ_PAGE_BOXED && head->list_len <= PIECE_MAX &&
	       head->rows_len <= PIECE_MAX && page_size(head) <= left;
}

/* The last page says how long it is, unless the end is torn. */
static bool last_page(int fd, uint64_t size, struct jz_index_head *head)
{
	struct jz_index_tail tail;

	return size >= sizeof(struct jz_index_header) + sizeof(*head) + sizeof(tail) &&
	       read_at(fd, &tail, sizeof(tail), size - sizeof(tail)) &&
	       !memcmp(tail.magic, JZ_INDEX_TAIL_MAGIC, sizeof(tail.magic)) &&
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
	struct jz_index_bound bound = jz_index_bound_of(loading->file, head, 0);
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
	*page = (struct jz_index_page){
		.rows_at = rows_at, .head = *head, .via = list.via, .left = list.count};
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
	struct jz_index_bound bound = jz_index_bound_of(loading->file, &boxed->head, 2);
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
		jz_summary_view_release(&file->cache[i].view);
		file->cache[i] = (struct jz_index_cached){0};
	}
	jz_buf_release(&file->sealed);
	jz_summary_room_release(&file->room);
}

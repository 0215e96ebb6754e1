#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/secret.h"
#include "lib/store/index-impl.h"

#define PAGE_BYTES (64u << 10) /* of rows; then a page is full */
#define PAGE_ROWS  4096u

void jz_index_writer_init(struct jz_index_writer *writer, const struct jz_index_file *file,
			  const struct jz_index_key *key, bool was_read)
{
	memset(writer, 0, sizeof(*writer));
	writer->path = file->path;
	writer->file = was_read ? file : NULL;
	writer->fd = -1;
	writer->key = key;
	writer->boxed = !was_read;
	jz_summary_page_init(&writer->page);
	jz_buf_init(&writer->items);
}

static void fail(struct jz_index_writer *writer)
{
	if (!writer->problem)
		writer->problem = jz_xstrdup(strerror(errno));
	if (writer->fd >= 0)
		close(writer->fd);
	writer->fd = -1;
}

static bool write_all(int fd, const void *bytes, size_t len, uint64_t at)
{
	const char *from = bytes;

	while (len) {
		ssize_t done = pwrite(fd, from, len, (off_t)at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			if (!done)
				errno = ENOSPC;
			return false;
		}
		from += done;
		at += (uint64_t)done;
		len -= (size_t)done;
	}
	return true;
}

static bool fresh_header(struct jz_index_writer *writer)
{
	memset(&writer->header, 0, sizeof(writer->header));
	memcpy(writer->header.magic, JZ_INDEX_MAGIC, sizeof(writer->header.magic));
	memcpy(writer->header.version, jz_summary_version(), JZ_SUMMARY_VERSION);
	jz_seal_random(writer->header.id, sizeof(writer->header.id));
	writer->end = sizeof(writer->header);
	writer->ordinal = 0;
	return !ftruncate(writer->fd, 0) &&
	       write_all(writer->fd, &writer->header, sizeof(writer->header), 0);
}

static bool is_at(const char *path, int fd)
{
	struct stat here, there;

	return !fstat(fd, &here) && !lstat(path, &there) && here.st_dev == there.st_dev &&
	       here.st_ino == there.st_ino && S_ISREG(here.st_mode) && here.st_uid == geteuid();
}

/* The file under its lock, or fd -1 because somebody else is writing it: they may. */
static void take_file(struct jz_index_writer *writer)
{
	jz_autofree char *dir =
		jz_xstrndup(writer->path, (size_t)(strrchr(writer->path, '/') - writer->path));

	if (jz_mkdirs(dir, 0700, NULL)) {
		fail(writer);
		return;
	}
	for (int try = 0; try < 3; try++) {
		writer->fd = open(writer->path,
				  O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
		if (writer->fd < 0) {
			fail(writer);
			return;
		}
		if (flock(writer->fd, LOCK_EX | LOCK_NB)) {
			if (errno == EWOULDBLOCK)
				errno = 0;
			close(writer->fd);
			writer->fd = -1;
			return;
		}
		if (is_at(writer->path, writer->fd))
			return;
		close(writer->fd); /* it was replaced meanwhile */
		writer->fd = -1;
	}
}

/* Where to go on; a torn end, or a file of another version, goes. */
static void find_end(struct jz_index_writer *writer)
{
	if (!jz_index_file_header(writer->fd, &writer->header) ||
	    memcmp(writer->header.version, jz_summary_version(), JZ_SUMMARY_VERSION)) {
		if (!fresh_header(writer))
			fail(writer);
		return;
	}
	if (!writer->file) {
		jz_index_file_last(writer->fd, &writer->end, &writer->ordinal);
	} else {
		bool same = writer->file->fd >= 0 &&
			    !memcmp(&writer->file->header, &writer->header, sizeof(writer->header));

		/* Behind a page that is none, nobody would look: on from what was read. */
		writer->end = same ? writer->file->end : sizeof(writer->header);
		writer->ordinal = same ? writer->file->pages_seen : 0;
		jz_index_file_tail(writer->fd, &writer->end, &writer->ordinal);
	}
	if (ftruncate(writer->fd, (off_t)writer->end))
		fail(writer);
}

static bool ready(struct jz_index_writer *writer)
{
	if (!writer->tried) {
		writer->tried = true;
		take_file(writer);
		if (writer->fd >= 0)
			find_end(writer);
	}
	return writer->fd >= 0;
}

/* ---- a page ---- */

static void build_list(const struct jz_index_writer *writer, struct jz_buf *out)
{
	struct jz_index_list list = {
		.via = writer->via, .count = writer->count, .folded = writer->folded};

	memcpy(list.tag, writer->tag, sizeof(list.tag));
	jz_buf_add(out, &list, sizeof(list));
	jz_buf_add(out, writer->items.data, writer->items.len);
}

static void build_page(const struct jz_index_writer *writer, struct jz_buf *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf list = JZ_BUF_INIT, body = JZ_BUF_INIT;
	struct jz_index_bound bound = {.header = writer->header};
	size_t rows = writer->page.bytes.len;
	uint8_t key[JZ_SEAL_KEY];
	struct jz_index_box box;

	build_list(writer, &list);
	bound.head = (struct jz_index_head){.kind = writer->boxed ? JZ_PAGE_BOXED : JZ_PAGE_SEALED,
					    .list_len = (uint32_t)(list.len + JZ_SEAL_MORE),
					    .rows_len = rows ? (uint32_t)(rows + JZ_SEAL_MORE) : 0,
					    .ordinal = writer->ordinal};
	memcpy(bound.head.magic, JZ_INDEX_PAGE_MAGIC, sizeof(bound.head.magic));
	if (writer->boxed)
		jz_seal_random(key, sizeof(key));
	else
		memcpy(key, writer->key->data, sizeof(key));
	jz_seal(key, &bound, sizeof(bound), list.data, list.len, &body);
	bound.piece = 1;
	if (rows)
		jz_seal(key, &bound, sizeof(bound), writer->page.bytes.data, rows, &body);
	jz_buf_add(out, &bound.head, sizeof(bound.head));
	if (writer->boxed) {
		jz_seal_box(writer->key->public_half, key, box.box);
		bound.piece = 2;
		const struct jz_seal_piece pieces[] = {
			{&bound, sizeof(bound)}, {box.box, sizeof(box.box)}, {body.data, body.len}};
		jz_seal_hash(writer->key->mac, pieces, JZ_COUNT(pieces), box.mac);
		jz_buf_add(out, &box, sizeof(box));
	}
	jz_buf_add(out, body.data, body.len);
	struct jz_index_tail tail = {.size = (uint32_t)(out->len + sizeof(tail))};

	memcpy(tail.magic, JZ_INDEX_TAIL_MAGIC, sizeof(tail.magic));
	jz_buf_add(out, &tail, sizeof(tail));
	jz_wipe(key, sizeof(key));
}

/* Of records: neither of trees, nor of what is for other people. */
static bool has_rows(const struct jz_index_writer *writer)
{
	return writer->page.bytes.len && writer->via != JZ_VIA_TREE;
}

void jz_index_writer_flush(struct jz_index_writer *writer)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;

	if (writer->count && ready(writer)) {
		if (has_rows(writer))
			jz_summary_page_end(&writer->page);
		build_page(writer, &bytes);
		if (write_all(writer->fd, bytes.data, bytes.len, writer->end)) {
			writer->end += bytes.len;
			writer->ordinal++;
			writer->written += writer->count;
		} else {
			int failure = errno;

			/* What is half there would be passed over anyway. */
			(void)!ftruncate(writer->fd, (off_t)writer->end);
			errno = failure;
			fail(writer);
		}
	}
	jz_summary_page_clear(&writer->page);
	jz_buf_clear(&writer->items);
	writer->count = 0;
}

/* Begins a new page where the row would not fit into this one. False: nobody is writing. */
static bool make_place(struct jz_index_writer *writer, enum jz_index_via via,
		       const uint8_t tag[JZ_INDEX_TAG])
{
	if (writer->tried && writer->fd < 0)
		return false;
	if (writer->count && (writer->via != via || memcmp(writer->tag, tag, JZ_INDEX_TAG) ||
			      writer->count == PAGE_ROWS || 
			      writer->page.bytes.len + writer->page.table.len >= PAGE_BYTES))
		jz_index_writer_flush(writer);
	writer->via = (uint8_t)via;
	memcpy(writer->tag, tag, JZ_INDEX_TAG);
	return true;
}

static void add_item(struct jz_index_writer *writer, const uint8_t id[JZ_INDEX_BLOB], size_t at)
{
	struct jz_index_item item = {.at = (uint32_t)at};

	memcpy(item.blob, id, JZ_INDEX_BLOB);
	jz_buf_add(&writer->items, &item, sizeof(item));
	writer->count++;
}

void jz_index_writer_add(struct jz_index_writer *writer, enum jz_index_via via,
			 const uint8_t tag[JZ_INDEX_TAG], const uint8_t blob[JZ_INDEX_BLOB],
			 const struct jz_node *record)
{
	size_t at;

	if (!make_place(writer, via, tag))
		return;
	at = writer->page.bytes.len;
	if (!record || jz_summary_add(&writer->page, record))
		add_item(writer, blob, at);
}

void jz_index_writer_raw(struct jz_index_writer *writer, enum jz_index_via via,
			 const uint8_t tag[JZ_INDEX_TAG], const uint8_t id[JZ_INDEX_BLOB],
			 const void *bytes, size_t len)
{
	uint32_t size = (uint32_t)len;

	if (!make_place(writer, via, tag))
		return;
	add_item(writer, id, writer->page.bytes.len);
	jz_buf_add(&writer->page.bytes, &size, sizeof(size));
	jz_buf_add(&writer->page.bytes, bytes, len);
}

static void release(struct jz_index_writer *writer)
{
	if (writer->fd >= 0)
		close(writer->fd);
	writer->fd = -1;
	jz_summary_page_release(&writer->page);
	jz_buf_release(&writer->items);
}

void jz_index_writer_end(struct jz_index_writer *writer)
{
	jz_index_writer_flush(writer);
	release(writer);
}

/* ---- a new file in the place of the old one ---- */

static char *new_path(const struct jz_index_writer *writer)
{
	return jz_xasprintf("%s.new", writer->path);
}

bool jz_index_writer_replace(struct jz_index_writer *writer)
{
	jz_autofree char *path = new_path(writer);
	int old;

	/* The lock of the old file is held until the new one stands in its place. */
	if (!ready(writer))
		return false;
	unlink(path);
	old = writer->fd;
	writer->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (writer->fd < 0 || !fresh_header(writer)) {
		fail(writer);
		close(old);
		unlink(path);
		return false;
	}
	writer->old = old;
	return true;
}

void jz_index_writer_replaced(struct jz_index_writer *writer)
{
	jz_autofree char *path = new_path(writer);

	jz_index_writer_flush(writer);
	if (writer->fd >= 0 && (fsync(writer->fd) || rename(path, writer->path)))
		fail(writer);
	if (writer->fd < 0)
		unlink(path);
	close(writer->old);
	release(writer);
}

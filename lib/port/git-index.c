#include "lib/port/git-index.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/sha1.h"
#include "lib/port/git-cache-tree.h"

#define HEAD_SIZE 12
/* Ten numbers, the id, the flags. */
#define FIXED	   62
#define NAME_MASK  0x0fff
#define STAGE_MASK 0x3000
#define EXTENDED   0x4000

/* A path that is to be another than the file has it. */
struct put {
	char *path;
	size_t order; /* of putting */
	bool removed;
	struct jz_git_index_entry entry;
};

struct jz_git_index {
	struct jz_buf bytes; /* versions 2 and 3, entries behind each other */
	uint32_t *offsets;   /* of the entries in bytes */
	size_t count;
	size_t end;	     /* of the entries */
	struct jz_buf trees; /* what the extension TREE holds */
	struct jz_buf undo;  /* REUC */
	struct put *puts;
	size_t put_count;
	size_t put_cap;
};

static uint32_t number(const char *at)
{
	uint32_t big;

	memcpy(&big, at, sizeof(big));
	return ntohl(big);
}

static uint16_t flags_of(const char *entry)
{
	return (uint16_t)((unsigned char)entry[60] << 8 | (unsigned char)entry[61]);
}

static const char *path_of(const char *entry)
{
	return entry + FIXED + (flags_of(entry) & EXTENDED ? 2 : 0);
}

/* With one to eight NULs behind it. */
static size_t padded(size_t len)
{
	return (len + 8) & ~(size_t)7;
}

static void add_number(struct jz_buf *out, uint32_t value)
{
	uint32_t big = htonl(value);

	jz_buf_add(out, &big, sizeof(big));
}

static void add_short(struct jz_buf *out, uint16_t value)
{
	uint16_t big = htons(value);

	jz_buf_add(out, &big, sizeof(big));
}

/* ---- reading ---- */

static int damaged(const char *path, struct jz_err *err)
{
	return jz_fail(err, JZ_E_IO, _("'%s' is no git index, or one that is not known here"),
		       path);
}

/* Walks entries of versions 2 and 3. false: they do not fit into the file. */
static bool find_entries(struct jz_git_index *index, size_t limit)
{
	const char *bytes = index->bytes.data;
	size_t at = HEAD_SIZE;

	for (size_t i = 0; i < index->count; i++) {
		const char *path, *end;

		if (at + FIXED + 2 > limit)
			return false;
		index->offsets[i] = (uint32_t)at;
		path = path_of(bytes + at);
		end = memchr(path, '\0', limit - (size_t)(path - bytes));
		if (!end || end == path)
			return false;
		at += padded((size_t)(end - (bytes + at)));
		if (at > limit)
			return false;
	}
	index->end = at;
	return true;
}

/* A number of variable length, as packs have it for offsets. */
static bool read_varint(const char **at, const char *end, size_t *out)
{
	size_t value;
	unsigned char byte;

	if (*at >= end)
		return false;
	byte = (unsigned char)*(*at)++;
	value = byte & 127;
	while (byte & 128) {
		if (*at >= end || value > SIZE_MAX >> 9)
			return false;
		byte = (unsigned char)*(*at)++;
		value = ((value + 1) << 7) | (byte & 127);
	}
	*out = value;
	return true;
}

/* Version 4 shares the beginnings of paths: written out as version 3. *used: bytes of entries. */
static bool unfold(struct jz_git_index *index, size_t limit, size_t *used)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf path = JZ_BUF_INIT;
	const char *at = index->bytes.data + HEAD_SIZE, *end = index->bytes.data + limit;

	jz_buf_add(&out, index->bytes.data, HEAD_SIZE);
	for (size_t i = 0; i < index->count; i++) {
		const char *entry = at, *rest;
		size_t head, strip, start = out.len;

		if (end - at < FIXED + 2)
			return false;
		head = (size_t)(path_of(entry) - entry);
		at = entry + head;
		if (!read_varint(&at, end, &strip) || strip > path.len)
			return false;
		rest = memchr(at, '\0', (size_t)(end - at));
		if (!rest)
			return false;
		jz_buf_truncate(&path, path.len - strip);
		jz_buf_add(&path, at, (size_t)(rest - at));
		at = rest + 1;
		jz_buf_add(&out, entry, head);
		jz_buf_add(&out, path.data, path.len);
		for (size_t pad = padded(out.len - start) - (out.len - start); pad; pad--)
			jz_buf_addc(&out, '\0');
	}
	*used = (size_t)(at - index->bytes.data);
	jz_buf_release(&index->bytes);
	index->bytes = out;
	jz_buf_init(&out);
	return true;
}

/* What lies behind the entries; a small letter first says that it may not be passed over. */
static bool read_extensions(struct jz_git_index *index, const char *at, const char *end)
{
	while (end - at >= 8) {
		size_t len = number(at + 4);

		if (len > (size_t)(end - at) - 8)
			return false;
		if (!memcmp(at, "TREE", 4))
			jz_buf_add(&index->trees, at + 8, len);
		else if (!memcmp(at, "REUC", 4))
			jz_buf_add(&index->undo, at + 8, len);
		else if (*at < 'A' || *at > 'Z')
			return false;
		at += 8 + len;
	}
	return at == end;
}

static bool parse(struct jz_git_index *index)
{
	size_t limit = index->bytes.len - JZ_SHA1_SIZE, used;
	const char *bytes = index->bytes.data;
	uint32_t version;

	if (index->bytes.len < HEAD_SIZE + JZ_SHA1_SIZE || memcmp(bytes, "DIRC", 4))
		return false;
	version = number(bytes + 4);
	index->count = number(bytes + 8);
	if (version < 2 || version > 4 || index->count > limit / FIXED)
		return false;
	index->offsets = jz_xcalloc(index->count + 1, sizeof(*index->offsets));
	if (version < 4) {
		if (!find_entries(index, limit))
			return false;
		return read_extensions(index, bytes + index->end, bytes + limit);
	}
	jz_cleanup(jz_buf_release) struct jz_buf whole = JZ_BUF_INIT;

	jz_buf_add(&whole, bytes, index->bytes.len);
	return unfold(index, limit, &used) && find_entries(index, index->bytes.len + FIXED) &&
	       read_extensions(index, whole.data + used, whole.data + limit);
}

int jz_git_index_read(const char *path, struct jz_git_index **out, struct jz_err *err)
{
	struct jz_git_index *index = jz_xcalloc(1, sizeof(*index));
	int rc = 0;

	jz_buf_init(&index->bytes);
	jz_buf_init(&index->trees);
	jz_buf_init(&index->undo);
	index->end = HEAD_SIZE;
	if (jz_exists(path))
		rc = jz_file_read(path, UINT32_MAX, &index->bytes, err);
	if (!rc && index->bytes.len && !parse(index))
		rc = damaged(path, err);
	if (rc)
		jz_git_index_free(index);
	else
		*out = index;
	return rc;
}

void jz_git_index_free(struct jz_git_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->put_count; i++)
		free(index->puts[i].path);
	free(index->puts);
	free(index->offsets);
	jz_buf_release(&index->bytes);
	jz_buf_release(&index->trees);
	jz_buf_release(&index->undo);
	free(index);
}

/* ---- entries ---- */

static void read_entry(const char *at, struct jz_git_index_entry *out)
{
	uint32_t *const numbers[] = {&out->ctime, &out->ctime_ns, &out->mtime, &out->mtime_ns,
				     &out->dev,	  &out->ino,	  &out->mode,  &out->uid,
				     &out->gid,	  &out->size};

	for (size_t i = 0; i < JZ_COUNT(numbers); i++)
		*numbers[i] = number(at + i * 4);
	memcpy(out->oid.id, at + 40, GIT_OID_RAWSZ);
	out->flags = flags_of(at) & (uint16_t)~NAME_MASK;
	out->extended = 0;
	if (out->flags & EXTENDED)
		out->extended = (uint16_t)((unsigned char)at[62] << 8 | (unsigned char)at[63]);
}

static void add_entry(struct jz_buf *out, const char *path, const struct jz_git_index_entry *entry)
{
	const uint32_t numbers[] = {entry->ctime, entry->ctime_ns, entry->mtime, entry->mtime_ns,
				    entry->dev,	  entry->ino,	   entry->mode,	 entry->uid,
				    entry->gid,	  entry->size};
	size_t len = strlen(path), start = out->len;
	uint16_t flags = entry->flags & (uint16_t) ~(NAME_MASK | EXTENDED);

	for (size_t i = 0; i < JZ_COUNT(numbers); i++)
		add_number(out, numbers[i]);
	jz_buf_add(out, entry->oid.id, GIT_OID_RAWSZ);
	flags |= (uint16_t)(len < NAME_MASK ? len : NAME_MASK);
	add_short(out, entry->extended ? flags | EXTENDED : flags);
	if (entry->extended)
		add_short(out, entry->extended);
	jz_buf_add(out, path, len);
	for (size_t pad = padded(out->len - start) - (out->len - start); pad; pad--)
		jz_buf_addc(out, '\0');
}

/* The first entry whose path is not before this one. */
static size_t lower_bound(const struct jz_git_index *index, const char *path)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(path_of(index->bytes.data + index->offsets[middle]), path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_settled(const char *entry, const char *path)
{
	return !strcmp(path_of(entry), path) && !(flags_of(entry) & STAGE_MASK);
}

bool jz_git_index_find(const struct jz_git_index *index, const char *path,
		       struct jz_git_index_entry *out)
{
	size_t i = lower_bound(index, path);
	const char *entry = index->bytes.data + (i < index->count ? index->offsets[i] : 0);

	if (i == index->count || !is_settled(entry, path))
		return false;
	read_entry(entry, out);
	return true;
}

void jz_git_index_since(const struct jz_git_index *index, int64_t moment,
			void (*each)(void *data, const char *path,
				     const struct jz_git_index_entry *entry),
			void *data)
{
	for (size_t i = 0; i < index->count; i++) {
		const char *at = index->bytes.data + index->offsets[i];
		struct jz_git_index_entry entry;

		if ((int32_t)number(at + 8) < moment || (flags_of(at) & STAGE_MASK))
			continue;
		read_entry(at, &entry);
		each(data, path_of(at), &entry);
	}
}

void jz_git_index_stat(struct jz_git_index_entry *entry, const struct stat *st)
{
	entry->ctime = (uint32_t)st->st_ctim.tv_sec;
	entry->ctime_ns = (uint32_t)st->st_ctim.tv_nsec;
	entry->mtime = (uint32_t)st->st_mtim.tv_sec;
	entry->mtime_ns = (uint32_t)st->st_mtim.tv_nsec;
	entry->dev = (uint32_t)st->st_dev;
	entry->ino = (uint32_t)st->st_ino;
	entry->uid = st->st_uid;
	entry->gid = st->st_gid;
	entry->size = (uint32_t)st->st_size;
}

void jz_git_index_put(struct jz_git_index *index, const char *path,
		      const struct jz_git_index_entry *entry)
{
	struct put *put;

	if (index->put_count == index->put_cap) {
		index->put_cap = index->put_cap ? index->put_cap * 2 : 16;
		index->puts = jz_xrealloc(index->puts, index->put_cap * sizeof(*index->puts));
	}
	put = &index->puts[index->put_count];
	*put = (struct put){.path = jz_xstrdup(path), .order = index->put_count++};
	put->removed = !entry;
	if (entry)
		put->entry = *entry;
}

/* ---- writing ---- */

static int by_path(const void *a, const void *b)
{
	const struct put *one = a, *other = b;
	int order = strcmp(one->path, other->path);

	return order ? order : one->order < other->order ? -1 : 1;
}

/* Copies entries as they stand, up to an offset. */
static size_t copy_until(const struct jz_git_index *index, size_t from, size_t until,
			 struct jz_buf *out)
{
	size_t start = from < index->count ? index->offsets[from] : index->end;
	size_t end = until < index->count ? index->offsets[until] : index->end;

	jz_buf_add(out, index->bytes.data + start, end - start);
	return until - from;
}

/* How many entries there are now. */
static size_t merge(struct jz_git_index *index, struct jz_buf *out)
{
	size_t next = 0, count = 0;

	qsort(index->puts, index->put_count, sizeof(*index->puts), by_path);
	for (size_t i = 0; i < index->put_count; i++) {
		const struct put *put = &index->puts[i];
		size_t at = lower_bound(index, put->path);

		if (i + 1 < index->put_count && !strcmp(put->path, put[1].path))
			continue;
		count += copy_until(index, next, at, out);
		next = at;
		if (at < index->count &&
		    is_settled(index->bytes.data + index->offsets[at], put->path))
			next++;
		if (put->removed)
			continue;
		add_entry(out, put->path, &put->entry);
		count++;
	}
	return count + copy_until(index, next, index->count, out);
}

static bool has_extended(const struct jz_buf *out, size_t count)
{
	const char *at = out->data + HEAD_SIZE;

	for (size_t i = 0; i < count; i++) {
		if (flags_of(at) & EXTENDED)
			return true;
		at += padded((size_t)(path_of(at) - at) + strlen(path_of(at)));
	}
	return false;
}

static void add_extension(struct jz_buf *out, const char *name, const struct jz_buf *bytes)
{
	if (!bytes->len)
		return;
	jz_buf_add(out, name, 4);
	add_number(out, (uint32_t)bytes->len);
	jz_buf_add(out, bytes->data, bytes->len);
}

/* Without the trees of directories in which something changed. */
static void add_trees(const struct jz_git_index *index, struct jz_buf *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf trees = JZ_BUF_INIT;
	struct jz_map changed = JZ_MAP_INIT;

	jz_map_put(&changed, "", 0, (void *)1);
	for (size_t i = 0; i < index->put_count; i++) {
		const char *path = index->puts[i].path, *slash = path;

		while ((slash = strchr(slash, '/'))) {
			jz_map_put(&changed, path, (size_t)(slash - path), (void *)1);
			slash++;
		}
	}
	if (jz_git_cache_tree_copy(&index->trees, &changed, &trees))
		add_extension(out, "TREE", &trees);
	jz_map_release(&changed, NULL);
}

int jz_git_index_write(struct jz_git_index *index, int fd, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	uint8_t sum[JZ_SHA1_SIZE];
	struct jz_sha1 sha1;
	uint32_t head[3];
	size_t count;

	jz_buf_reserve(&out, index->bytes.len + index->put_count * 128 + 4096);
	jz_buf_add(&out, "DIRC\0\0\0\0\0\0\0\0", HEAD_SIZE);
	count = merge(index, &out);
	memcpy(head, "DIRC", 4);
	head[1] = htonl(has_extended(&out, count) ? 3 : 2);
	head[2] = htonl((uint32_t)count);
	memcpy(out.data, head, HEAD_SIZE);
	add_trees(index, &out);
	add_extension(&out, "REUC", &index->undo);
	jz_sha1_init(&sha1);
	jz_sha1_add(&sha1, out.data, out.len);
	jz_sha1_end(&sha1, sum);
	jz_buf_add(&out, sum, sizeof(sum));
	return jz_fd_write(fd, out.data, out.len, err);
}

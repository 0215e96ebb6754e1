#include "lib/port/git-index.h"

#include <stdlib.h>
#include <sys/mman.h>
#include "lib/base/file.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/sha1.h"
#include "lib/port/git-cache-tree.h"
#include "lib/port/git-index-impl.h"

#define PART ((size_t)256 << 10)
#define FEW  ((size_t)16 << 10)

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

void jz_git_index_free(struct jz_git_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->put_count; i++)
		free(index->puts[i].path);
	free(index->puts);
	free(index->offsets);
	if (index->map)
		munmap(index->map, index->map_len);
	jz_buf_release(&index->unfolded);
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
		*numbers[i] = jz_git_index_number(at + i * 4);
	memcpy(out->oid.id, at + 40, GIT_OID_RAWSZ);
	out->flags = jz_git_index_flags(at) & (uint16_t)~NAME_MASK;
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
	for (size_t pad = jz_git_index_padded(out->len - start) - (out->len - start); pad; pad--)
		jz_buf_addc(out, '\0');
}

/* The first entry whose path is not before this one. */
static size_t lower_bound(const struct jz_git_index *index, const char *path)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(jz_git_index_path(index->bytes + index->offsets[middle]), path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_settled(const char *entry, const char *path)
{
	return !strcmp(jz_git_index_path(entry), path) && !(jz_git_index_flags(entry) & STAGE_MASK);
}

bool jz_git_index_find(const struct jz_git_index *index, const char *path,
		       struct jz_git_index_entry *out)
{
	size_t i = lower_bound(index, path);

	if (i == index->count || !is_settled(index->bytes + index->offsets[i], path))
		return false;
	read_entry(index->bytes + index->offsets[i], out);
	return true;
}

void jz_git_index_since(const struct jz_git_index *index, int64_t moment,
			void (*each)(void *data, const char *path,
				     const struct jz_git_index_entry *entry),
			void *data)
{
	for (size_t i = 0; i < index->count; i++) {
		const char *at = index->bytes + index->offsets[i];
		struct jz_git_index_entry entry;

		if ((int64_t)jz_git_index_number(at + 8) < moment ||
		    (jz_git_index_flags(at) & STAGE_MASK))
			continue;
		read_entry(at, &entry);
		each(data, jz_git_index_path(at), &entry);
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
	struct jz_git_index_put *put;

	if (index->put_count == index->put_cap) {
		index->put_cap = index->put_cap ? index->put_cap * 2 : 16;
		index->puts = jz_xrealloc(index->puts, index->put_cap * sizeof(*index->puts));
	}
	put = &index->puts[index->put_count];
	*put = (struct jz_git_index_put){.path = jz_xstrdup(path), .order = index->put_count++};
	put->removed = !entry;
	if (entry)
		put->entry = *entry;
}

/* ---- writing ---- */

static int by_path(const void *a, const void *b)
{
	const struct jz_git_index_put *one = a, *other = b;
	int order = strcmp(one->path, other->path);

	return order ? order : one->order < other->order ? -1 : 1;
}

/* The last word on each path, in the order of paths. */
static void settle_puts(struct jz_git_index *index)
{
	size_t kept = 0;

	qsort(index->puts, index->put_count, sizeof(*index->puts), by_path);
	for (size_t i = 0; i < index->put_count; i++) {
		if (i + 1 < index->put_count &&
		    !strcmp(index->puts[i].path, index->puts[i + 1].path))
			free(index->puts[i].path);
		else
			index->puts[kept++] = index->puts[i];
	}
	index->put_count = kept;
}

/* "DIRC", the version that the entries need, and how many there will be. */
static void add_head(const struct jz_git_index *index, struct jz_buf *out)
{
	size_t count = index->count, extended = index->extended;

	for (size_t i = 0; i < index->put_count; i++) {
		const struct jz_git_index_put *put = &index->puts[i];
		struct jz_git_index_entry old;

		if (jz_git_index_find(index, put->path, &old)) {
			count--;
			extended -= old.flags & EXTENDED ? 1 : 0;
		}
		if (!put->removed) {
			count++;
			extended += put->entry.extended ? 1 : 0;
		}
	}
	jz_buf_add(out, "DIRC", 4);
	add_number(out, extended ? 3 : 2);
	add_number(out, (uint32_t)count);
}

/* The file being written. What stays as it is goes straight from the old file into the new one. */
struct writing {
	int fd;
	bool unsummed;
	struct jz_sha1 sha1;
	struct jz_buf made; /* not yet written */
};

/* A part at a time, so that what was hashed is still in the cache when it is written. */
static int write_bytes(struct writing *writing, const char *bytes, size_t len, struct jz_err *err)
{
	int rc = 0;

	while (!rc && len) {
		size_t part = len < PART ? len : PART;

		if (!writing->unsummed)
			jz_sha1_add(&writing->sha1, bytes, part);
		rc = jz_fd_write(writing->fd, bytes, part, err);
		bytes += part;
		len -= part;
	}
	return rc;
}

static int write_made(struct writing *writing, struct jz_err *err)
{
	int rc = write_bytes(writing, writing->made.data, writing->made.len, err);

	jz_buf_truncate(&writing->made, 0);
	return rc;
}

/* The entries of these numbers, as they stand; a few are not worth a call of their own. */
static int keep_entries(const struct jz_git_index *index, size_t from, size_t until,
			struct writing *writing, struct jz_err *err)
{
	size_t start = from < index->count ? index->offsets[from] : index->end;
	size_t end = until < index->count ? index->offsets[until] : index->end;
	int rc;

	if (start == end)
		return 0;
	if (end - start < FEW) {
		jz_buf_add(&writing->made, index->bytes + start, end - start);
		return 0;
	}
	rc = write_made(writing, err);
	return rc ? rc : write_bytes(writing, index->bytes + start, end - start, err);
}

static int write_entries(const struct jz_git_index *index, struct writing *writing,
			 struct jz_err *err)
{
	size_t next = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < index->put_count; i++) {
		const struct jz_git_index_put *put = &index->puts[i];
		size_t at = lower_bound(index, put->path);

		rc = keep_entries(index, next, at, writing, err);
		next = at;
		if (at < index->count && is_settled(index->bytes + index->offsets[at], put->path))
			next++;
		if (!put->removed)
			add_entry(&writing->made, put->path, &put->entry);
	}
	return rc ? rc : keep_entries(index, next, index->count, writing, err);
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
	struct writing writing = {.fd = fd, .unsummed = index->unsummed, .made = JZ_BUF_INIT};
	uint8_t sum[JZ_SHA1_SIZE] = {0};
	int rc;

	jz_sha1_init(&writing.sha1);
	settle_puts(index);
	add_head(index, &writing.made);
	rc = write_entries(index, &writing, err);
	if (!rc) {
		add_trees(index, &writing.made);
		add_extension(&writing.made, "REUC", &index->undo);
		rc = write_made(&writing, err);
	}
	jz_buf_release(&writing.made);
	if (rc)
		return rc;
	if (!writing.unsummed)
		jz_sha1_end(&writing.sha1, sum);
	return jz_fd_write(fd, sum, sizeof(sum), err);
}

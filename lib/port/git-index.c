#include "lib/port/git-index.h"

#include <stdlib.h>
#include "lib/base/file.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/sha1.h"
#include "lib/port/git-cache-tree.h"
#include "lib/port/git-index-impl.h"

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

		if (strcmp(jz_git_index_path(index->bytes.data + index->offsets[middle]), path) < 0)
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
		const struct jz_git_index_put *put = &index->puts[i];
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
		if (jz_git_index_flags(at) & EXTENDED)
			return true;
		at += jz_git_index_padded((size_t)(jz_git_index_path(at) - at) +
					  strlen(jz_git_index_path(at)));
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

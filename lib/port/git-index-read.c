/* Reading git's index: versions 2 to 4, and the extensions that are kept. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/sha1.h"
#include "lib/port/git-index-impl.h"

static int damaged(const char *path, struct jz_err *err)
{
	return jz_fail(err, JZ_E_IO, _("'%s' is no git index, or one that is not known here"),
		       path);
}

/* Walks entries of versions 2 and 3. false: they do not fit into the file. */
static bool find_entries(struct jz_git_index *index, size_t limit)
{
	const char *bytes = index->bytes;
	size_t at = HEAD_SIZE;

	for (size_t i = 0; i < index->count; i++) {
		const char *path, *end;

		if (at + FIXED + 2 > limit)
			return false;
		index->offsets[i] = (uint32_t)at;
		index->extended += jz_git_index_flags(bytes + at) & EXTENDED ? 1 : 0;
		path = jz_git_index_path(bytes + at);
		end = memchr(path, '\0', limit - (size_t)(path - bytes));
		if (!end || end == path)
			return false;
		at += jz_git_index_padded((size_t)(end - (bytes + at)));
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
	jz_cleanup(jz_buf_release) struct jz_buf path = JZ_BUF_INIT;
	struct jz_buf *out = &index->unfolded;
	const char *at = index->bytes + HEAD_SIZE, *end = index->bytes + limit;

	jz_buf_add(out, index->bytes, HEAD_SIZE);
	for (size_t i = 0; i < index->count; i++) {
		const char *entry = at, *rest;
		size_t head, strip, start = out->len;

		if (end - at < FIXED + 2)
			return false;
		head = (size_t)(jz_git_index_path(entry) - entry);
		at = entry + head;
		if (!read_varint(&at, end, &strip) || strip > path.len)
			return false;
		rest = memchr(at, '\0', (size_t)(end - at));
		if (!rest)
			return false;
		jz_buf_truncate(&path, path.len - strip);
		jz_buf_add(&path, at, (size_t)(rest - at));
		at = rest + 1;
		jz_buf_add(out, entry, head);
		jz_buf_add(out, path.data, path.len);
		for (size_t pad = jz_git_index_padded(out->len - start) - (out->len - start); pad;
		     pad--)
			jz_buf_addc(out, '\0');
	}
	*used = (size_t)(at - index->bytes);
	index->bytes = out->data;
	return true;
}

/* What lies behind the entries; a small letter first says that it may not be passed over. */
static bool read_extensions(struct jz_git_index *index, const char *at, const char *end)
{
	while (end - at >= 8) {
		size_t len = jz_git_index_number(at + 4);

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
	static const char no_sum[JZ_SHA1_SIZE];
	size_t limit = index->map_len - JZ_SHA1_SIZE, used;
	const char *bytes = index->bytes;
	uint32_t version;

	if (index->map_len < HEAD_SIZE + JZ_SHA1_SIZE || memcmp(bytes, "DIRC", 4))
		return false;
	version = jz_git_index_number(bytes + 4);
	index->count = jz_git_index_number(bytes + 8);
	if (version < 2 || version > 4 || index->count > limit / FIXED)
		return false;
	index->unsummed = !memcmp(bytes + limit, no_sum, sizeof(no_sum));
	index->offsets = jz_xcalloc(index->count + 1, sizeof(*index->offsets));
	if (version < 4) {
		if (!find_entries(index, limit))
			return false;
		return read_extensions(index, bytes + index->end, bytes + limit);
	}
	return unfold(index, limit, &used) && find_entries(index, index->unfolded.len + FIXED) &&
	       read_extensions(index, bytes + used, bytes + limit);
}

/* Nothing is mapped of a file that is missing or empty. */
static int map_file(struct jz_git_index *index, const char *path, struct jz_err *err)
{
	jz_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0)
		return errno == ENOENT ? 0 : jz_fail_errno(err, path);
	if (fstat(fd, &st))
		return jz_fail_errno(err, path);
	if (!S_ISREG(st.st_mode) || st.st_size > UINT32_MAX)
		return damaged(path, err);
	if (!st.st_size)
		return 0;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (map == MAP_FAILED)
		return jz_fail_errno(err, path);
	index->map = map;
	index->map_len = (size_t)st.st_size;
	index->bytes = map;
	return 0;
}

int jz_git_index_read(const char *path, struct jz_git_index **out, struct jz_err *err)
{
	struct jz_git_index *index = jz_xcalloc(1, sizeof(*index));
	int rc;

	jz_buf_init(&index->unfolded);
	jz_buf_init(&index->trees);
	jz_buf_init(&index->undo);
	index->end = HEAD_SIZE;
	rc = map_file(index, path, err);
	if (!rc && index->map && !parse(index))
		rc = damaged(path, err);
	if (rc)
		jz_git_index_free(index);
	else
		*out = index;
	return rc;
}

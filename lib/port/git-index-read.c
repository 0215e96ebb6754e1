/* Reading git's index: versions 2 to 4, and the extensions that are kept. */
#include <stdlib.h>
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
	const char *bytes = index->bytes.data;
	size_t at = HEAD_SIZE;

	for (size_t i = 0; i < index->count; i++) {
		const char *path, *end;

		if (at + FIXED + 2 > limit)
			return false;
		index->offsets[i] = (uint32_t)at;
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
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf path = JZ_BUF_INIT;
	const char *at = index->bytes.data + HEAD_SIZE, *end = index->bytes.data + limit;

	jz_buf_add(&out, index->bytes.data, HEAD_SIZE);
	for (size_t i = 0; i < index->count; i++) {
		const char *entry = at, *rest;
		size_t head, strip, start = out.len;

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
		jz_buf_add(&out, entry, head);
		jz_buf_add(&out, path.data, path.len);
		for (size_t pad = jz_git_index_padded(out.len - start) - (out.len - start); pad;
		     pad--)
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
	size_t limit = index->bytes.len - JZ_SHA1_SIZE, used;
	const char *bytes = index->bytes.data;
	uint32_t version;

	if (index->bytes.len < HEAD_SIZE + JZ_SHA1_SIZE || memcmp(bytes, "DIRC", 4))
		return false;
	version = jz_git_index_number(bytes + 4);
	index->count = jz_git_index_number(bytes + 8);
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

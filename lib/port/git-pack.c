#include "lib/port/git-pack.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/sha1.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

#define HEAD_SIZE 12

struct jz_git_packed {
	git_oid oid;
	uint32_t crc; /* of the entry as it stands in the pack */
	uint32_t offset;
};

/* ---- one entry: gitformat-pack(5) ---- */

static void add_head(struct jz_buf *out, git_object_t type, size_t len)
{
	unsigned char byte = (unsigned char)((unsigned)type << 4 | (len & 15));

	for (len >>= 4; len; len >>= 7) {
		jz_buf_addc(out, (char)(byte | 0x80));
		byte = len & 0x7f;
	}
	jz_buf_addc(out, (char)byte);
}

/* The longest stored block of a zlib stream. */
#define BLOCK_MAX 65535u

static uint32_t adler32(const unsigned char *bytes, size_t len)
{
	uint32_t a = 1, b = 0;

	for (size_t i = 0; i < len; i++) {
		a = (a + bytes[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

/* A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4). */
static void add_stored(struct jz_buf *out, const unsigned char *bytes, size_t len)
{
	uint32_t sum = adler32(bytes, len);
	const unsigned char trailer[4] = {(unsigned char)(sum >> 24), (unsigned char)(sum >> 16),
					  (unsigned char)(sum >> 8), (unsigned char)sum};

	jz_buf_add(out, "\x78\x01", 2);
	do {
		uint16_t part = (uint16_t)(len < BLOCK_MAX ? len : BLOCK_MAX);
		const unsigned char head[5] = {part == len, (unsigned char)part,
					       (unsigned char)(part >> 8), (unsigned char)~part,
					       (unsigned char)((uint16_t)~part >> 8)};

		jz_buf_add(out, head, sizeof(head));
		jz_buf_add(out, bytes, part);
		bytes += part;
		len -= part;
	} while (len);
	jz_buf_add(out, trailer, sizeof(trailer));
}

static uint32_t crc32(const unsigned char *bytes, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
		table[i] = c;
	}
	for (size_t i = 0; i < len; i++)
		crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
	return ~crc;
}

void jz_git_pack_add(struct jz_git_pack *pack, const git_oid *oid, git_object_t type,
		     const void *bytes, size_t len)
{
	struct jz_git_packed *object;

	if (pack->count == pack->cap) {
		pack->cap = pack->cap ? pack->cap * 2 : 256;
		pack->objects = jz_xrealloc(pack->objects, pack->cap * sizeof(*pack->objects));
	}
	if (!pack->count) {
		jz_buf_init(&pack->bytes);
		jz_buf_add(&pack->bytes, "PACK\0\0\0\2\0\0\0\0", HEAD_SIZE);
	}
	object = &pack->objects[pack->count++];
	object->oid = *oid;
	object->offset = (uint32_t)pack->bytes.len;
	add_head(&pack->bytes, type, len);
	add_stored(&pack->bytes, bytes, len);
	object->crc = crc32((const unsigned char *)pack->bytes.data + object->offset,
			    pack->bytes.len - object->offset);
}

void jz_git_pack_release(struct jz_git_pack *pack)
{
	jz_buf_release(&pack->bytes);
	free(pack->objects);
	pack->objects = NULL;
	pack->count = pack->cap = 0;
}

/* ---- the whole ---- */

static void add_number(struct jz_buf *out, uint32_t number)
{
	uint32_t big = htonl(number);

	jz_buf_add(out, &big, sizeof(big));
}

static void add_sum(struct jz_buf *out)
{
	uint8_t sum[JZ_SHA1_SIZE];
	struct jz_sha1 sha1;

	jz_sha1_init(&sha1);
	jz_sha1_add(&sha1, out->data, out->len);
	jz_sha1_end(&sha1, sum);
	jz_buf_add(out, sum, sizeof(sum));
}

static void finish(struct jz_git_pack *pack)
{
	uint32_t count = htonl((uint32_t)pack->count);

	memcpy(pack->bytes.data + HEAD_SIZE - sizeof(count), &count, sizeof(count));
	add_sum(&pack->bytes);
}

static int by_id(const void *a, const void *b)
{
	const struct jz_git_packed *one = a, *other = b;

	return memcmp(one->oid.id, other->oid.id, GIT_OID_RAWSZ);
}

/* Version 2: fan-out, ids, checksums, offsets, each in the order of the ids. */
static void make_index(struct jz_git_pack *pack, struct jz_buf *out)
{
	size_t n = 0;

	qsort(pack->objects, pack->count, sizeof(*pack->objects), by_id);
	jz_buf_add(out, "\377tOc\0\0\0\2", 8);
	for (unsigned first = 0; first < 256; first++) {
		while (n < pack->count && pack->objects[n].oid.id[0] <= first)
			n++;
		add_number(out, (uint32_t)n);
	}
	for (size_t i = 0; i < pack->count; i++)
		jz_buf_add(out, pack->objects[i].oid.id, GIT_OID_RAWSZ);
	for (size_t i = 0; i < pack->count; i++)
		add_number(out, pack->objects[i].crc);
	for (size_t i = 0; i < pack->count; i++)
		add_number(out, pack->objects[i].offset);
	jz_buf_add(out, pack->bytes.data + pack->bytes.len - JZ_SHA1_SIZE, JZ_SHA1_SIZE);
	add_sum(out);
}

static int write_aside(const char *path, const struct jz_buf *bytes, struct jz_err *err)
{
	jz_autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	int rc = fd < 0 ? jz_fail_errno(err, path) : jz_fd_write(fd, bytes->data, bytes->len, err);

	return !rc && fsync(fd) ? jz_fail_errno(err, path) : rc;
}

/* The index comes last: git knows a pack by it. */
static int put_in_place(const char *dir, char *const aside[2], const char *name, struct jz_err *err)
{
	static const char *const ends[] = {"pack", "idx"};
	jz_autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < 2; i++) {
		jz_autofree char *path = jz_xasprintf("%s/pack-%s.%s", dir, name, ends[i]);

		if (rename(aside[i], path))
			return jz_fail_errno(err, path);
	}
	return fd < 0 || fsync(fd) ? jz_fail_errno(err, dir) : 0;
}

static int write_both(struct jz_git_pack *pack, const char *dir, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf index = JZ_BUF_INIT;
	char token[17], name[2 * JZ_SHA1_SIZE + 1];
	char *aside[2];
	git_oid sum;
	int rc;

	finish(pack);
	make_index(pack, &index);
	memcpy(sum.id, pack->bytes.data + pack->bytes.len - JZ_SHA1_SIZE, JZ_SHA1_SIZE);
	jz_git_hex(&sum, name);
	jz_random_token(token, 16);
	aside[0] = jz_xasprintf("%s/tmp_pack_%s", dir, token);
	aside[1] = jz_xasprintf("%s/tmp_idx_%s", dir, token);
	rc = write_aside(aside[0], &pack->bytes, err);
	if (!rc)
		rc = write_aside(aside[1], &index, err);
	if (!rc)
		rc = put_in_place(dir, aside, name, err);
	for (int i = 0; i < 2; i++) {
		if (rc)
			unlink(aside[i]);
		free(aside[i]);
	}
	return rc;
}

int jz_git_pack_write(struct jz_git_pack *pack, const char *objects, struct jz_err *err)
{
	jz_autofree char *dir = jz_path_join(objects, "pack");
	int rc = pack->count ? jz_mkdirs(dir, 0777, err) : 0;

	if (!rc && pack->count)
		rc = write_both(pack, dir, err);
	jz_git_pack_release(pack);
	return rc;
}

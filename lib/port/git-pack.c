#include "lib/port/git-pack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
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

/* So many bytes add up in 32 bits before the remainder must be taken. */
#define ADLER_RUN 5552

static uint32_t adler32(const unsigned char *bytes, size_t len)
{
	uint32_t a = 1, b = 0;

	while (len) {
		size_t run = len < ADLER_RUN ? len : ADLER_RUN;

		for (size_t i = 0; i < run; i++) {
			a += bytes[i];
			b += a;
		}
		a %= 65521;
		b %= 65521;
		bytes += run;
		len -= run;
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

/* Four bytes at once: table k is of a byte that k others follow. */
static uint32_t crc32(const unsigned char *bytes, size_t len)
{
	static uint32_t table[4][256];
	uint32_t crc = 0xffffffff;
	size_t i = 0;

	for (uint32_t n = 0; !table[3][255] && n < 256; n++) {
		uint32_t c = n;

		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
		table[0][n] = c;
	}
	for (int k = 1; !table[3][255] && k < 4; k++)
		for (int n = 0; n < 256; n++)
			table[k][n] = table[0][table[k - 1][n] & 255] ^ table[k - 1][n] >> 8;
	for (; i + 4 <= len; i += 4) {
		crc ^= (uint32_t)bytes[i] | (uint32_t)bytes[i + 1] << 8 |
		       (uint32_t)bytes[i + 2] << 16 | (uint32_t)bytes[i + 3] << 24;
		crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^ table[1][crc >> 16 & 255] ^
		      table[0][crc >> 24];
	}
	for (; i < len; i++)
		crc = table[0][(crc ^ bytes[i]) & 255] ^ crc >> 8;
	return ~crc;
}

/* ---- files without a name ---- */

static int open_unnamed(const char *dir, char **name, struct jz_err *err)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0444);
	char token[17];

	*name = NULL;
	if (fd >= 0)
		return fd;
	jz_random_token(token, 16);
	*name = jz_xasprintf("%s/tmp_pack_%s", dir, token);
	fd = open(*name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		jz_fail_errno(err, dir);
	return fd;
}

/* The name of a pack is its checksum: who has it already is the same. */
static int give_name(int fd, const char *name, const char *to, struct jz_err *err)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (name ? !rename(name, to)
		 : !linkat(AT_FDCWD, self, AT_FDCWD, to, AT_SYMLINK_FOLLOW) || errno == EEXIST)
		return 0;
	return jz_fail_errno(err, to);
}

static void drop_file(int fd, char *name)
{
	if (fd >= 0)
		close(fd);
	if (name)
		unlink(name);
	free(name);
}

/* ---- adding ---- */

/* Pieces that go to the disk. */
#define PIECE ((size_t)1 << 20)

static int begin(struct jz_git_pack *pack, const char *objects, struct jz_err *err)
{
	jz_autofree char *dir = jz_path_join(objects, "pack");
	int rc = jz_mkdirs(dir, 0777, err);

	pack->fd = rc ? -1 : open_unnamed(dir, &pack->name, err);
	if (pack->fd < 0)
		return rc ? rc : JZ_E_IO;
	jz_buf_init(&pack->bytes);
	jz_buf_add(&pack->bytes, "PACK\0\0\0\2\0\0\0\0", HEAD_SIZE);
	pack->len = HEAD_SIZE;
	return 0;
}

static int write_out(struct jz_git_pack *pack, struct jz_err *err)
{
	int rc = jz_fd_write(pack->fd, pack->bytes.data, pack->bytes.len, err);

	jz_buf_clear(&pack->bytes);
	return rc;
}

int jz_git_pack_add(struct jz_git_pack *pack, const char *objects, const git_oid *oid,
		    git_object_t type, const void *bytes, size_t len, struct jz_err *err)
{
	struct jz_git_packed *object;
	size_t start;
	int rc = pack->count ? 0 : begin(pack, objects, err);

	if (rc)
		return rc;
	if (pack->count == pack->cap) {
		pack->cap = pack->cap ? pack->cap * 2 : 256;
		pack->objects = jz_xrealloc(pack->objects, pack->cap * sizeof(*pack->objects));
	}
	object = &pack->objects[pack->count++];
	object->oid = *oid;
	object->offset = (uint32_t)pack->len;
	start = pack->bytes.len;
	add_head(&pack->bytes, type, len);
	add_stored(&pack->bytes, bytes, len);
	object->crc = crc32((const unsigned char *)pack->bytes.data + start,
			    pack->bytes.len - start);
	pack->len += pack->bytes.len - start;
	return pack->bytes.len < PIECE ? 0 : write_out(pack, err);
}

void jz_git_pack_release(struct jz_git_pack *pack)
{
	if (pack->count) {
		drop_file(pack->fd, pack->name);
		jz_buf_release(&pack->bytes);
	}
	free(pack->objects);
	memset(pack, 0, sizeof(*pack));
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

/* Of the whole file: how many objects there are stands at its head, and was not known before. */
static int sum_file(int fd, uint8_t sum[JZ_SHA1_SIZE], struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf piece = JZ_BUF_INIT;
	struct jz_sha1 sha1;
	ssize_t got = 1;

	jz_buf_reserve(&piece, PIECE);
	jz_sha1_init(&sha1);
	for (off_t at = 0; got > 0; at += got) {
		got = pread(fd, piece.data, PIECE, at);
		if (got > 0)
			jz_sha1_add(&sha1, piece.data, (size_t)got);
	}
	jz_sha1_end(&sha1, sum);
	return got < 0 ? jz_fail_errno(err, "pack") : 0;
}

/* Writes what is left: the count, the checksum. */
static int finish(struct jz_git_pack *pack, uint8_t sum[JZ_SHA1_SIZE], struct jz_err *err)
{
	uint32_t count = htonl((uint32_t)pack->count);
	int rc = write_out(pack, err);

	if (!rc && pwrite(pack->fd, &count, sizeof(count), HEAD_SIZE - sizeof(count)) !=
			   (ssize_t)sizeof(count))
		rc = jz_fail_errno(err, "pack");
	if (!rc)
		rc = sum_file(pack->fd, sum, err);
	if (!rc)
		rc = jz_fd_write(pack->fd, sum, JZ_SHA1_SIZE, err);
	return !rc && fsync(pack->fd) ? jz_fail_errno(err, "pack") : rc;
}

static int by_id(const void *a, const void *b)
{
	const struct jz_git_packed *one = a, *other = b;

	return memcmp(one->oid.id, other->oid.id, GIT_OID_RAWSZ);
}

/* Version 2: fan-out, ids, checksums, offsets, each in the order of the ids. */
static void make_index(struct jz_git_pack *pack, const uint8_t sum[JZ_SHA1_SIZE],
		       struct jz_buf *out)
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
	jz_buf_add(out, sum, JZ_SHA1_SIZE);
	add_sum(out);
}

static int name_it(int fd, const char *name, const char *dir, const git_oid *sum, const char *end,
		   struct jz_err *err)
{
	char hex[2 * JZ_SHA1_SIZE + 1];
	jz_autofree char *path = NULL;

	jz_git_hex(sum, hex);
	path = jz_xasprintf("%s/pack-%s.%s", dir, hex, end);
	return give_name(fd, name, path, err);
}

static int write_index(struct jz_git_pack *pack, const char *dir, const git_oid *sum,
		       struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf index = JZ_BUF_INIT;
	char *name;
	int rc, fd = open_unnamed(dir, &name, err);

	make_index(pack, sum->id, &index);
	rc = fd < 0 ? JZ_E_IO : jz_fd_write(fd, index.data, index.len, err);
	if (!rc && fsync(fd))
		rc = jz_fail_errno(err, dir);
	/* The index comes last: git knows a pack by it. */
	if (!rc)
		rc = name_it(pack->fd, pack->name, dir, sum, "pack", err);
	if (!rc)
		rc = name_it(fd, name, dir, sum, "idx", err);
	drop_file(fd, name);
	return rc;
}

static int write_both(struct jz_git_pack *pack, const char *dir, struct jz_err *err)
{
	jz_autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	git_oid sum;
	int rc = finish(pack, sum.id, err);

	if (!rc)
		rc = write_index(pack, dir, &sum, err);
	return !rc && (fd < 0 || fsync(fd)) ? jz_fail_errno(err, dir) : rc;
}

int jz_git_pack_write(struct jz_git_pack *pack, const char *objects, struct jz_err *err)
{
	jz_autofree char *dir = jz_path_join(objects, "pack");
	int rc = pack->count ? write_both(pack, dir, err) : 0;

	jz_git_pack_release(pack);
	return rc;
}

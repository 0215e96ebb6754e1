#include "lib/base/tar.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"

#define BLOCK 512

/* Field offsets and sizes of the header. */
enum {
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	TIME = 136,
	SUM = 148,
	TYPE = 156,
	MAGIC = 257
};

static unsigned sum_of(const unsigned char header[BLOCK])
{
	unsigned sum = 0;

	for (int i = 0; i < BLOCK; i++)
		sum += i >= SUM && i < SUM + 8 ? ' ' : header[i];
	return sum;
}

int jz_tar_add(int fd, const char *name, const void *bytes, size_t len, struct jz_err *err)
{
	static const char zeros[BLOCK];
	char header[BLOCK] = {0};
	size_t over = len % BLOCK;
	int rc;

	if (strlen(name) > 99 || len >> 33)
		return jz_fail(err, JZ_E_BUG, _("too large for an archive"));
	memcpy(header, name, strlen(name));
	snprintf(header + MODE, 8, "%07o", 0644);
	snprintf(header + UID, 8, "%07o", 0);
	snprintf(header + GID, 8, "%07o", 0);
	snprintf(header + SIZE, 12, "%011zo", len);
	snprintf(header + TIME, 12, "%011o", 0);
	header[TYPE] = '0';
	memcpy(header + MAGIC, "ustar\00000", 8);
	snprintf(header + SUM, 8, "%06o", sum_of((const unsigned char *)header));
	header[SUM + 7] = ' ';
	rc = jz_fd_write(fd, header, BLOCK, err);
	if (!rc)
		rc = jz_fd_write(fd, bytes, len, err);
	return !rc && over ? jz_fd_write(fd, zeros, BLOCK - over, err) : rc;
}

int jz_tar_end(int fd, struct jz_err *err)
{
	static const char zeros[2 * BLOCK];

	return jz_fd_write(fd, zeros, sizeof(zeros), err);
}

static int read_all(int fd, void *to, size_t len, struct jz_err *err)
{
	for (size_t done = 0; done < len;) {
		ssize_t got = read(fd, (char *)to + done, len - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return jz_fail_errno(err, "read");
		if (!got)
			return jz_fail(err, JZ_E_INVALID, _("the archive is cut off"));
		done += (size_t)got;
	}
	return 0;
}

/* Octal digits, up to a blank or NUL. */
static int number(const unsigned char *field, size_t size, size_t *out)
{
	size_t value = 0, i = 0;

	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		value = value * 8 + (size_t)(field[i] - '0');
	*out = value;
	return i && (i == size || !field[i] || field[i] == ' ') ? 0 : -1;
}

int jz_tar_next(int fd, size_t limit, char name[100], struct jz_buf *bytes, struct jz_err *err)
{
	unsigned char header[BLOCK];
	char rest[BLOCK];
	struct stat st;
	size_t len, sum, start = bytes->len;
	int rc = read_all(fd, header, BLOCK, err);

	if (rc)
		return rc;
	if (!header[0])
		return JZ_E_FINDINGS;
	if (number(header + SIZE, 12, &len) || number(header + SUM, 8, &sum) ||
	    sum != sum_of(header) || header[TYPE] != '0' || header[99] ||
	    memcmp(header + MAGIC, "ustar", 5))
		return jz_fail(err, JZ_E_INVALID, _("not an archive of plain files"));
	if (len > limit)
		return jz_fail(err, JZ_E_INVALID, _("larger than %zu bytes"), limit);
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && len > (size_t)st.st_size)
		return jz_fail(err, JZ_E_INVALID, _("the archive is cut off"));
	memcpy(name, header, 100);
	jz_buf_reserve(bytes, len + 1);
	rc = read_all(fd, bytes->data + start, len, err);
	if (!rc && len % BLOCK)
		rc = read_all(fd, rest, BLOCK - len % BLOCK, err);
	if (rc)
		return rc;
	bytes->len = start + len;
	bytes->data[bytes->len] = '\0';
	return 0;
}

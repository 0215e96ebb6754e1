#include "lib/port/encoding.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"

const char *const jz_encoding_names[] = {"utf-8", "utf-8-bom", "gb18030", NULL};

enum jz_encoding jz_encoding_named(const char *name)
{
	if (jz_eq(name, "utf-8-bom"))
		return JZ_UTF8_BOM;
	return jz_eq(name, "gb18030") ? JZ_GB18030 : JZ_UTF8;
}

/* Converts until the end or the first wrong byte; returns how many bytes were understood, or -1 if
 * this machine has no such conversion. */
static ptrdiff_t convert(const char *to, const char *from, const char *bytes, size_t len,
			 struct jz_buf *out)
{
	iconv_t conversion = iconv_open(to, from);
	char block[4096], *in = (char *)(uintptr_t)bytes;
	size_t left = len;

	if (conversion == (iconv_t)-1)
		return -1;
	for (;;) {
		char *put = block;
		size_t room = sizeof(block);
		size_t failed = iconv(conversion, left ? &in : NULL, &left, &put, &room);

		jz_buf_add(out, block, (size_t)(put - block));
		if ((failed != (size_t)-1 && !left) || (failed == (size_t)-1 && errno != E2BIG))
			break;
	}
	iconv_close(conversion);
	jz_wipe(block, sizeof(block));
	return (ptrdiff_t)(len - left);
}

static int refuse(const char *text, size_t len, const char *why, struct jz_err *err)
{
	unsigned line, column;

	jz_utf8_position(text, len, len, &line, &column);
	return jz_fail_at(err, JZ_E_INVALID, line, column, "%s", why);
}

static size_t mark_len(const char *bytes, size_t len)
{
	return len >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
}

static int check_utf8(const char *bytes, size_t len, struct jz_err *err)
{
	size_t valid = jz_utf8_valid(bytes, len), mark = mark_len(bytes, len);

	if (valid == len)
		return 0;
	return refuse(bytes + mark, valid - mark,
		      _("not valid UTF-8; is it GB18030 (--encoding gb18030)?"), err);
}

static int decode_utf8(const char *bytes, size_t len, struct jz_buf *out, struct jz_err *err)
{
	size_t mark = mark_len(bytes, len);
	int rc = check_utf8(bytes, len, err);

	if (!rc)
		jz_buf_add(out, bytes + mark, len - mark);
	return rc;
}

int jz_decode(enum jz_encoding encoding, const char *bytes, size_t len, struct jz_buf *out,
	      struct jz_err *err)
{
	size_t start = out->len;
	ptrdiff_t understood;

	if (encoding != JZ_GB18030)
		return decode_utf8(bytes, len, out, err);
	jz_buf_reserve(out, len + len / 2 + 1);
	understood = convert("UTF-8", "GB18030", bytes, len, out);
	if (understood < 0)
		return jz_fail(err, JZ_E_IO, _("this machine cannot convert GB18030"));
	if ((size_t)understood < len)
		return refuse(out->data + start, out->len - start, _("not valid GB18030"), err);
	return 0;
}

int jz_decode_whole(enum jz_encoding encoding, struct jz_buf *bytes, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf from = *bytes;
	size_t mark = mark_len(from.data, from.len);
	int rc;

	jz_buf_init(bytes);
	if (encoding == JZ_GB18030)
		return jz_decode(encoding, from.data, from.len, bytes, err);
	rc = check_utf8(from.data, from.len, err);
	if (rc)
		return rc;
	memmove(from.data, from.data + mark, from.len - mark);
	jz_buf_truncate(&from, from.len - mark);
	*bytes = from;
	jz_buf_init(&from);
	return 0;
}

int jz_encode(enum jz_encoding encoding, const char *text, size_t len, struct jz_buf *out,
	      struct jz_err *err)
{
	ptrdiff_t understood;

	if (encoding != JZ_GB18030) {
		jz_buf_add(out, text, len);
		return 0;
	}
	understood = convert("GB18030", "UTF-8", text, len, out);
	if (understood < 0)
		return jz_fail(err, JZ_E_IO, _("this machine cannot convert GB18030"));
	if ((size_t)understood < len)
		return refuse(text, (size_t)understood, _("GB18030 has no such character"), err);
	return 0;
}

int jz_text_read(const char *path, size_t limit, struct jz_buf *out, struct jz_err *err)
{
	jz_autoclose int fd = -1;
	size_t start = out->len;
	struct stat st;
	int failed;

	if (strcmp(path, "-") != 0) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st) < 0)
			return jz_fail_errno(err, path);
		if (S_ISREG(st.st_mode))
			jz_buf_reserve(out, (uintmax_t)st.st_size < limit ? (size_t)st.st_size + 2
									  : limit + 2);
	}
	failed = jz_fd_read(fd < 0 ? STDIN_FILENO : fd, path, limit, out, err);
	if (failed == JZ_E_INVALID && err)
		jz_utf8_position(out->data + start, out->len - start, limit, &err->line,
				 &err->column);
	if (failed)
		jz_err_file(err, path);
	return failed;
}

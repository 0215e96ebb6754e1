#include "lib/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/str.h"

__attribute__((format(printf, 5, 0))) static void
fill(struct jz_err *err, int code, unsigned line, unsigned column, const char *fmt, va_list args)
{
	if (!err)
		return;
	memset(err, 0, sizeof(*err));
	err->code = code;
	err->line = line;
	err->column = column;
	vsnprintf(err->message, sizeof(err->message), fmt, args);
}

int jz_fail(struct jz_err *err, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, code, 0, 0, fmt, args);
	va_end(args);
	return code;
}

int jz_fail_at(struct jz_err *err, int code, unsigned line, unsigned column, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, code, line, column, fmt, args);
	va_end(args);
	return code;
}

int jz_fail_errno(struct jz_err *err, const char *what)
{
	int saved = errno;
	char reason[128];

	return jz_fail(err, JZ_E_IO, "%s: %s", what, strerror_r(saved, reason, sizeof(reason)));
}

void jz_err_prefix(struct jz_err *err, const char *fmt, ...)
{
	char old[sizeof(err->message)];
	va_list args;
	int len;

	if (!err)
		return;
	memcpy(old, err->message, sizeof(old));
	va_start(args, fmt);
	len = vsnprintf(err->message, sizeof(err->message), fmt, args);
	va_end(args);
	if (len >= 0 && (size_t)len < sizeof(err->message))
		snprintf(err->message + len, sizeof(err->message) - (size_t)len, ": %s", old);
}

void jz_err_file(struct jz_err *err, const char *file)
{
	size_t len = strlen(file);

	/* What the system says names its file already. */
	if (err && !strncmp(err->message, file, len) && !strncmp(err->message + len, ": ", 2))
		return;
	if (err && !err->file[0])
		jz_copy(err->file, sizeof(err->file), file);
}

#include "cmd/out.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cmd/command.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"

#define DEFAULT_COLUMNS 80
#define MIN_COLUMNS	40

int jz_term_columns(void)
{
	const char *env = getenv("COLUMNS");
	struct winsize size;
	long columns = 0;

	if (!env || !jz_parse_int(env, 1, 10000, &columns)) {
		if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
			columns = size.ws_col;
		else
			columns = DEFAULT_COLUMNS;
	}
	return columns < MIN_COLUMNS ? MIN_COLUMNS : (int)columns;
}

void jz_print_error(const struct jz_err *err)
{
	fputs("jzbf: ", stderr);
	if (*err->file)
		fprintf(stderr, "%s:", err->file);
	if (err->line)
		fprintf(stderr, "%u:", err->line);
	if (err->line && err->column)
		fprintf(stderr, "%u:", err->column);
	if (*err->file || err->line)
		fputc(' ', stderr);
	if (*err->path)
		fprintf(stderr, "%s: ", err->path);
	fputs(err->message, stderr);
	if (*err->clause)
		fprintf(stderr, " [%s]", err->clause);
	fputc('\n', stderr);
}

void jz_note(const struct jz_ctx *ctx, const char *fmt, ...)
{
	va_list args;

	if (ctx->quiet)
		return;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void jz_warn(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "jzbf: %s: ", _("warning"));
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

/* The reader of a pipe went away, as `head` does: nobody is left who wants to be told. */
static bool reader_gone(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int jz_stdout_check(struct jz_err *err)
{
	bool earlier = ferror(stdout);

	errno = 0;
	if (!fflush(stdout) && !earlier)
		return 0;
	if (reader_gone()) {
		jz_fail(err, JZ_E_IO, "%s", "");
		return JZ_E_IO;
	}
	if (!errno)
		return jz_fail(err, JZ_E_IO, _("standard output could not be written"));
	return jz_fail_errno(err, _("standard output"));
}

#include "cmd/out.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cmd/command.h"
#include "lib/base/buf.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"

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

/* Puts out a line; only the line feed at its end is one. */
static void put_line(FILE *to, struct jz_buf *line)
{
	bool ended = line->len && line->data[line->len - 1] == '\n';

	if (line->len)
		jz_buf_truncate(line, jz_utf8_tame(line->data, line->len - ended, false));
	fwrite(line->data, 1, line->len, to);
	if (ended)
		fputc('\n', to);
}

void jz_say(FILE *to, const char *fmt, ...)
{
	jz_cleanup(jz_buf_release) struct jz_buf line = JZ_BUF_INIT;
	va_list args;

	va_start(args, fmt);
	jz_buf_vaddf(&line, fmt, args);
	va_end(args);
	put_line(to, &line);
}

void jz_print_error(const struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf line = JZ_BUF_INIT;

	jz_buf_adds(&line, "jzbf: ");
	if (*err->file)
		jz_buf_addf(&line, "%s:", err->file);
	if (err->line)
		jz_buf_addf(&line, "%u:", err->line);
	if (err->line && err->column)
		jz_buf_addf(&line, "%u:", err->column);
	if (*err->file || err->line)
		jz_buf_addc(&line, ' ');
	if (*err->path)
		jz_buf_addf(&line, "%s: ", err->path);
	jz_buf_adds(&line, err->message);
	if (*err->clause)
		jz_buf_addf(&line, " [%s]", err->clause);
	jz_buf_addc(&line, '\n');
	put_line(stderr, &line);
}

void jz_note(const struct jz_ctx *ctx, const char *fmt, ...)
{
	jz_cleanup(jz_buf_release) struct jz_buf line = JZ_BUF_INIT;
	va_list args;

	if (ctx->quiet)
		return;
	va_start(args, fmt);
	jz_buf_vaddf(&line, fmt, args);
	va_end(args);
	jz_buf_addc(&line, '\n');
	put_line(stderr, &line);
}

void jz_warn(const char *fmt, ...)
{
	jz_cleanup(jz_buf_release) struct jz_buf line = JZ_BUF_INIT;
	va_list args;

	jz_buf_addf(&line, "jzbf: %s: ", _("warning"));
	va_start(args, fmt);
	jz_buf_vaddf(&line, fmt, args);
	va_end(args);
	jz_buf_addc(&line, '\n');
	put_line(stderr, &line);
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

#include "lib/port/gpg-run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"
#include "lib/port/gpg-spawn.h"

#define STATUS_FD 3
/* What gpg may write behind the limit before it is stopped: so a bomb can be told from what fits.
 */
#define BEYOND 4096

static void make_argv(struct jz_strs *argv, const char *home, const struct jz_strs *args)
{
	static const char *const always[] = {"--batch",		  "--no-tty",
					     "--disable-dirmngr", "--no-auto-key-locate",
					     "--no-sk-comments",  "--no-comments",
					     "--charset",	  "utf8",
					     "--status-fd",	  "3"};

	jz_strs_add(argv, "gpg");
	if (home) {
		jz_strs_add(argv, "--homedir");
		jz_strs_add(argv, home);
	}
	for (size_t i = 0; i < JZ_COUNT(always); i++)
		jz_strs_add(argv, always[i]);
	for (size_t i = 0; i < args->len; i++)
		jz_strs_add(argv, args->items[i]);
}

/* in: what gpg reads. */
static int start(struct jz_gpg_run *run, int in, bool tied, const char *home,
		 const struct jz_strs *args, size_t limit, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs argv = JZ_STRS_INIT;

	make_argv(&argv, home, args);
	jz_gpg_tell_terminal();
	run->limit = limit;
	run->out = memfd_create("jzbf", MFD_CLOEXEC);
	run->status = memfd_create("jzbf", MFD_CLOEXEC);
	if (run->out < 0 || run->status < 0)
		return jz_fail_errno(err, "gpg");
	return jz_gpg_spawn(argv.items,
			    (const struct jz_gpg_fd[]){{in, STDIN_FILENO},
						       {run->out, STDOUT_FILENO},
						       {-1, STDERR_FILENO},
						       {run->status, STATUS_FD}},
			    4, limit + BEYOND, tied, &run->pid, err);
}

int jz_gpg_run_start(struct jz_gpg_run *run, const char *home, const struct jz_strs *args,
		     const void *input, size_t len, size_t limit, struct jz_err *err)
{
	int rc = 0;

	run->in = memfd_create("jzbf", MFD_CLOEXEC);
	if (run->in < 0)
		rc = jz_fail_errno(err, "gpg");
	if (!rc)
		rc = jz_fd_write(run->in, input, len, err);
	if (!rc && lseek(run->in, 0, SEEK_SET) < 0)
		rc = jz_fail_errno(err, "gpg");
	if (!rc)
		rc = start(run, run->in, false, home, args, limit, err);
	if (rc)
		jz_gpg_run_release(run);
	return rc;
}

int jz_gpg_run_open(struct jz_gpg_run *run, const char *home, const struct jz_strs *args,
		    size_t limit, struct jz_err *err)
{
	int ends[2];
	int rc;

	/* No pipe: a gpg that has ended must not end us. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return jz_fail_errno(err, "gpg");
	run->in = ends[0];
	rc = start(run, ends[1], true, home, args, limit, err);
	close(ends[1]);
	if (rc)
		jz_gpg_run_release(run);
	return rc;
}

int jz_gpg_run_feed(struct jz_gpg_run *run, const void *input, size_t len, struct jz_err *err)
{
	const char *next = input;

	while (len) {
		ssize_t sent = send(run->in, next, len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
			break;
		if (sent < 0)
			return jz_fail_errno(err, "gpg");
		next += sent;
		len -= (size_t)sent;
	}
	shutdown(run->in, SHUT_WR);
	return 0;
}

static int take(int fd, struct jz_buf *out, struct jz_err *err)
{
	struct stat st;
	ssize_t len;

	if (fstat(fd, &st))
		return jz_fail_errno(err, "gpg");
	jz_buf_reserve(out, (size_t)st.st_size);
	len = pread(fd, out->data + out->len, (size_t)st.st_size, 0);
	if (len != st.st_size)
		return jz_fail_errno(err, "gpg");
	out->len += (size_t)len;
	out->data[out->len] = '\0';
	return 0;
}

int jz_gpg_run_end(struct jz_gpg_run *run, struct jz_buf *out, jz_gpg_note *note, void *data,
		   struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf status = JZ_BUF_INIT;
	struct stat st;
	int rc = 0;

	while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR)
		;
	run->pid = 0;
	if (!fstat(run->out, &st) && (size_t)st.st_size > run->limit)
		rc = jz_fail(err, JZ_E_CRYPTO, _("the encrypted message holds more than %zu bytes"),
			     run->limit);
	if (!rc)
		rc = take(run->out, out, err);
	if (!rc)
		rc = take(run->status, &status, err);
	if (!rc)
		jz_gpg_read_all_status(status.data, status.len, note, data);
	jz_gpg_run_release(run);
	return rc;
}

void jz_gpg_run_release(struct jz_gpg_run *run)
{
	int *fds[] = {&run->in, &run->out, &run->status};

	if (run->pid) {
		kill(run->pid, SIGKILL);
		waitpid(run->pid, NULL, 0);
		run->pid = 0;
	}
	for (size_t i = 0; i < JZ_COUNT(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

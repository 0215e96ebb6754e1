#include "lib/base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"

extern char **environ;

bool jz_in_path(const char *program)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	if (strchr(program, '/'))
		return access(program, X_OK) == 0;
	for (; path && *path; path += *path == ':') {
		size_t len = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)len, len ? path : ".", program);
		if (access(file, X_OK) == 0)
			return true;
		path += len;
	}
	return false;
}

/* In the child: never returns. */
static void become(const struct jz_run *run, int in, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(in >= 0 ? in : null, STDIN_FILENO);
	dup2(out >= 0 ? out : null, STDOUT_FILENO);
	if (run->with_stderr)
		dup2(STDOUT_FILENO, STDERR_FILENO);
	else if (!run->keep_stderr)
		dup2(null, STDERR_FILENO);
	if (run->dir && chdir(run->dir) < 0)
		_exit(127);
	for (const char *const *e = run->extra_env; e && *e; e++)
		putenv((char *)(uintptr_t)*e);
	execvp(run->argv[0], (char *const *)(uintptr_t)run->argv);
	_exit(127);
}

/* Moves input and output until both are done. Takes both ends over. */
static int pump(const struct jz_run *run, int in, int out, struct jz_buf *buf, struct jz_err *err)
{
	const char *p = run->input;
	size_t left = run->input_len, start = buf ? buf->len : 0;
	int failed = 0;

	while (!failed && (in >= 0 || out >= 0)) {
		struct pollfd fds[2] = {{in, POLLOUT, 0}, {out, POLLIN, 0}};

		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			failed = jz_fail_errno(err, run->argv[0]);
			break;
		}
		if (in >= 0 && fds[0].revents) {
			ssize_t put = write(in, p, left > PIPE_BUF ? PIPE_BUF : left);

			if (put > 0) {
				p += put;
				left -= (size_t)put;
			}
			if (!left || (put < 0 && errno != EINTR && errno != EAGAIN)) {
				close(in);
				in = -1;
			}
		}
		if (out >= 0 && fds[1].revents) {
			ssize_t got;

			jz_buf_reserve(buf, 65536);
			got = read(out, buf->data + buf->len, 65536);
			if (got > 0) {
				buf->len += (size_t)got;
				buf->data[buf->len] = '\0';
			} else if (got == 0 || errno != EINTR) {
				close(out);
				out = -1;
			}
			if (run->limit && buf->len - start > run->limit)
				failed = jz_fail(err, JZ_E_INVALID,
						 _("'%s' printed more than %zu bytes"),
						 run->argv[0], run->limit);
		}
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return failed;
}

int jz_run(const struct jz_run *run, struct jz_buf *out, int *status, struct jz_err *err)
{
	int to[2] = {-1, -1}, from[2] = {-1, -1}, wait_status = 0, failed;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	pid_t pid;

	if ((run->input && pipe2(to, O_CLOEXEC) < 0) || (out && pipe2(from, O_CLOEXEC) < 0))
		return jz_fail_errno(err, run->argv[0]);
	sigaction(SIGPIPE, &ignore, &before);
	pid = fork();
	if (pid < 0) {
		failed = jz_fail_errno(err, run->argv[0]);
		for (int i = 0; i < 2; i++) {
			if (to[i] >= 0)
				close(to[i]);
			if (from[i] >= 0)
				close(from[i]);
		}
		sigaction(SIGPIPE, &before, NULL);
		return failed;
	}
	if (!pid)
		become(run, to[0], from[1]);
	if (to[0] >= 0)
		close(to[0]);
	if (from[1] >= 0)
		close(from[1]);
	failed = pump(run, to[1], from[0], out, err);
	if (failed)
		kill(pid, SIGKILL);
	while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGPIPE, &before, NULL);
	if (status)
		*status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
						   : WEXITSTATUS(wait_status);
	return failed;
}

#include "lib/port/gpg-spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/i18n.h"

/* What was asked for, and why it could not be had: the child shares this memory until it is gpg. */
struct start {
	char *const *argv;
	const struct jz_gpg_fd *fds;
	size_t count;
	rlim_t most;
	bool tied;
	volatile int failure;
};

/* A handler of this process must not run in the child. */
static void forget_handlers(void)
{
	struct sigaction action, pass = {.sa_handler = SIG_DFL}, drop = {.sa_handler = SIG_IGN};

	for (int i = 1; i < SIGRTMIN; i++)
		if (!sigaction(i, NULL, &action) && action.sa_handler != SIG_IGN &&
		    action.sa_handler != SIG_DFL)
			sigaction(i, &pass, NULL);
	sigaction(SIGPIPE, &pass, NULL);
	sigaction(SIGXFSZ, &drop, NULL);
}

/* None is overwritten before it was copied: all are moved out of the way first. */
static int move_fds(const struct start *start)
{
	int clear[JZ_GPG_FDS_MAX], above = 0, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < start->count; i++)
		if (start->fds[i].to > above)
			above = start->fds[i].to;
	for (size_t i = 0; i < start->count; i++) {
		int from = start->fds[i].from;

		clear[i] = fcntl(from < 0 ? null : from, F_DUPFD_CLOEXEC, above + 1);
		if (clear[i] < 0)
			return errno;
	}
	for (size_t i = 0; i < start->count; i++)
		if (dup2(clear[i], start->fds[i].to) < 0)
			return errno;
	return 0;
}

/* In the child: nothing that allocates, and no way back. */
static _Noreturn void become(struct start *start)
{
	struct rlimit size;
	sigset_t none;

	forget_handlers();
	start->failure = move_fds(start);
	if (!start->failure && getrlimit(RLIMIT_FSIZE, &size))
		start->failure = errno;
	if (size.rlim_cur > start->most)
		size.rlim_cur = start->most;
	if (!start->failure && setrlimit(RLIMIT_FSIZE, &size))
		start->failure = errno;
	if (start->tied)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!start->failure) {
		execvp(start->argv[0], start->argv);
		start->failure = errno;
	}
	_exit(127);
}

/* vfork: copying the tables of a big process costs more than all the rest. */
int jz_gpg_spawn(char *const *argv, const struct jz_gpg_fd *fds, size_t count, size_t most,
		 bool tied, pid_t *pid, struct jz_err *err)
{
	struct start start = {argv, fds, count, most, tied, 0};
	sigset_t all, before;
	pid_t child;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	child = vfork();
	if (!child)
		become(&start);
	if (child < 0)
		start.failure = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!start.failure) {
		*pid = child;
		return 0;
	}
	if (child > 0)
		waitpid(child, NULL, 0);
	return start.failure == ENOENT
		       ? jz_fail(err, JZ_E_CRYPTO, _("gpg is not installed or too old"))
		       : jz_fail(err, JZ_E_CRYPTO, "gpg: %s", strerror(start.failure));
}

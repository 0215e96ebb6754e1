/*
 * killer K COUNT-FILE COMMAND…: runs the command and kills it with SIGKILL when it enters its K-th
 * system call (its main process and threads; the processes that it starts run untraced). K 0:
 * never. The number of system calls entered goes to COUNT-FILE. Exit: 99 if it was killed, else the
 * command's own status.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_THREADS 64

static struct thread {
	pid_t tid;
	int inside; /* the next stop is the exit of a call */
} threads[MAX_THREADS];

static struct thread *thread_of(pid_t tid)
{
	struct thread *unused = NULL;

	for (int i = 0; i < MAX_THREADS; i++) {
		if (threads[i].tid == tid)
			return &threads[i];
		if (!threads[i].tid && !unused)
			unused = &threads[i];
	}
	if (!unused) {
		fprintf(stderr, "killer: too many threads\n");
		exit(98);
	}
	*unused = (struct thread){.tid = tid};
	return unused;
}

static void write_count(const char *path, long count)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%ld\n", count) < 0 || fclose(file)) {
		perror(path);
		exit(98);
	}
}

/* A stop of a traced thread; returns the signal to hand on. */
static int stopped(struct thread *thread, int status, long *count)
{
	int number = WSTOPSIG(status);

	if (number == (SIGTRAP | 0x80)) {
		thread->inside = !thread->inside;
		*count += thread->inside;
		return 0;
	}
	/* Events of ptrace itself, and the stop with which a new thread begins. */
	if (number == SIGTRAP || number == SIGSTOP)
		return 0;
	return number;
}

static int trace(pid_t child, long kill_at, const char *count_path)
{
	long count = 0;
	int status, killed = 0;

	for (;;) {
		pid_t tid = waitpid(-1, &status, __WALL);
		struct thread *thread;
		int number;

		if (tid < 0 && errno == EINTR)
			continue;
		if (tid < 0)
			break;
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			thread_of(tid)->tid = 0;
			if (tid == child)
				break;
			continue;
		}
		thread = thread_of(tid);
		number = stopped(thread, status, &count);
		if (kill_at && count >= kill_at && !killed) {
			killed = 1;
			kill(child, SIGKILL);
			continue;
		}
		ptrace(PTRACE_SYSCALL, tid, 0, number);
	}
	write_count(count_path, count);
	if (killed)
		return 99;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	long kill_at = argc > 3 ? strtol(argv[1], NULL, 10) : -1;
	int status;
	pid_t child;

	if (kill_at < 0) {
		fprintf(stderr, "usage: killer K COUNT-FILE COMMAND…\n");
		return 98;
	}
	child = fork();
	if (child < 0)
		return 98;
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[3], argv + 3);
		perror(argv[3]);
		_exit(127);
	}
	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		return 98;
	thread_of(child);
	ptrace(PTRACE_SETOPTIONS, child, 0,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		       PTRACE_O_EXITKILL);
	ptrace(PTRACE_SYSCALL, child, 0, 0);
	return trace(child, kill_at, argv[2]);
}

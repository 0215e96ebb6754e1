/*
 * Stops a command at one of its system calls, or lets that call fail:
 *   killer [-c CALLS] [-e FAULT] K COUNT-FILE COMMAND…
 *
 * The K-th system call that the command enters (its main process and threads; the processes that it
 * starts run untraced) is the one; K 0: none, the calls are only counted. The number of calls goes
 * to COUNT-FILE.
 *   -c CALLS   count only these: names with commas between, "changing" for all that can change
 *              something outside of the process. Between two of them a kill finds the same world.
 *   -e FAULT   instead of killing let the call fail, as ENOSPC, EIO, EINTR, …; "short" lets a write
 *              take half of its bytes. With a + behind ("ENOSPC+") all later ones too.
 * Exit: 99 if it was killed, 97 where calls cannot be changed, else the command's own status.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_THREADS 64

struct named {
	const char *name;
	long number;
	int changing;
};

static const struct named calls[] = {
	{"read", SYS_read, 0},
	{"write", SYS_write, 1},
	{"pwrite64", SYS_pwrite64, 1},
	{"openat", SYS_openat, 1},
	{"close", SYS_close, 0},
	{"fsync", SYS_fsync, 1},
	{"fdatasync", SYS_fdatasync, 1},
	{"syncfs", SYS_syncfs, 1},
	{"ftruncate", SYS_ftruncate, 1},
	{"fallocate", SYS_fallocate, 1},
	{"fchmod", SYS_fchmod, 1},
	{"renameat", SYS_renameat, 1},
	{"renameat2", SYS_renameat2, 1},
	{"linkat", SYS_linkat, 1},
	{"unlinkat", SYS_unlinkat, 1},
	{"mkdirat", SYS_mkdirat, 1},
	{"symlinkat", SYS_symlinkat, 1},
	{"memfd_create", SYS_memfd_create, 1},
	{"sendto", SYS_sendto, 1},
	{"connect", SYS_connect, 1},
	{"kill", SYS_kill, 1},
	{"wait4", SYS_wait4, 1},
	{"clone", SYS_clone, 1},
	{"clone3", SYS_clone3, 1},
	{"exit_group", SYS_exit_group, 1},
	{"flock", SYS_flock, 1},
	{"fcntl", SYS_fcntl, 0},
	{"mmap", SYS_mmap, 0},
#ifdef SYS_rename /* only older machines have these */
	{"open", SYS_open, 1},
	{"rename", SYS_rename, 1},
	{"link", SYS_link, 1},
	{"unlink", SYS_unlink, 1},
	{"mkdir", SYS_mkdir, 1},
	{"rmdir", SYS_rmdir, 1},
	{"symlink", SYS_symlink, 1},
	{"chmod", SYS_chmod, 1},
	{"fork", SYS_fork, 1},
	{"vfork", SYS_vfork, 1},
	{"poll", SYS_poll, 0},
#endif
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static const struct {
	const char *name;
	int number;
} faults[] = {
	{"ENOSPC", ENOSPC}, {"EIO", EIO},	{"EINTR", EINTR},   {"EMFILE", EMFILE},
	{"EACCES", EACCES}, {"EDQUOT", EDQUOT}, {"EAGAIN", EAGAIN}, {"EROFS", EROFS},
};

static struct thread {
	pid_t tid;
	int inside; /* the next stop is the exit of a call */
	int fail;   /* which is to return this error */
} threads[MAX_THREADS];

static struct {
	int chosen[CALLS];
	int all;     /* every call counts */
	int readers; /* opening for reading counts */
	int fault;   /* 0: kill */
	int halve;   /* short writes */
	int onward;  /* later calls as well */
	long at;
	long count;
} plan = {.all = 1};

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

/* ---- what is asked for ---- */

static int choose(char *names)
{
	plan.all = 0;
	plan.readers = strcmp(names, "changing") != 0;
	for (char *rest, *name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		int found = 0;

		for (size_t i = 0; i < CALLS; i++) {
			int fits = strcmp(name, "changing") ? !strcmp(name, calls[i].name)
							    : calls[i].changing;

			plan.chosen[i] |= fits;
			found |= fits;
		}
		if (!found)
			return fprintf(stderr, "killer: no call is named %s\n", name);
	}
	return 0;
}

static int choose_fault(char *name)
{
	size_t len = strlen(name);

	if (len && name[len - 1] == '+') {
		plan.onward = 1;
		name[len - 1] = '\0';
	}
	plan.halve = !strcmp(name, "short");
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (!strcmp(name, faults[i].name))
			plan.fault = faults[i].number;
	return plan.halve || plan.fault ? 0 : fprintf(stderr, "killer: no fault %s\n", name);
}

static int only_reads(const struct __ptrace_syscall_info *info)
{
	return info->entry.nr == SYS_openat && !(info->entry.args[2] & (O_ACCMODE | O_CREAT));
}

static int counts(const struct __ptrace_syscall_info *info)
{
	if (plan.all)
		return 1;
	if (!plan.readers && only_reads(info))
		return 0;
	for (size_t i = 0; i < CALLS; i++)
		if (plan.chosen[i] && (uint64_t)calls[i].number == info->entry.nr)
			return 1;
	return 0;
}

/* ---- changing a call ---- */

#ifdef __x86_64__
#define CAN_CHANGE 1

static void set_register(pid_t tid, size_t offset, unsigned long long value)
{
	ptrace(PTRACE_POKEUSER, tid, offset, value);
}

/* At the entry of a call. */
static void spoil(struct thread *thread, const struct __ptrace_syscall_info *info)
{
	if (plan.halve) {
		unsigned long long len = info->entry.args[2];

		if (len > 1)
			set_register(thread->tid, offsetof(struct user, regs.rdx), len / 2);
		return;
	}
	thread->fail = plan.fault;
	set_register(thread->tid, offsetof(struct user, regs.orig_rax), (unsigned long long)-1);
}

static void answer(struct thread *thread)
{
	set_register(thread->tid, offsetof(struct user, regs.rax),
		     (unsigned long long)-(long long)thread->fail);
	thread->fail = 0;
}
#else
#define CAN_CHANGE 0

static void spoil(struct thread *thread, const struct __ptrace_syscall_info *info)
{
	(void)thread;
	(void)info;
}

static void answer(struct thread *thread)
{
	(void)thread;
}
#endif

/* ---- following ---- */

static int is_turn(void)
{
	return plan.at && (plan.count == plan.at || (plan.onward && plan.count > plan.at));
}

/* A thread enters a call or leaves it; returns 1 if the command is to be killed now. */
static int at_call(struct thread *thread)
{
	struct __ptrace_syscall_info info = {0};

	thread->inside = !thread->inside;
	if (!thread->inside) {
		if (thread->fail)
			answer(thread);
		return 0;
	}
	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, sizeof(info), &info) < 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY || !counts(&info))
		return 0;
	plan.count++;
	if (!is_turn())
		return 0;
	if (!plan.fault && !plan.halve)
		return 1;
	spoil(thread, &info);
	return 0;
}

/* A stop of a traced thread; returns the signal to hand on, or -1 to kill. */
static int stopped(struct thread *thread, int status)
{
	int number = WSTOPSIG(status);

	if (number == (SIGTRAP | 0x80))
		return at_call(thread) ? -1 : 0;
	/* Events of ptrace itself, and the stop with which a new thread begins. */
	if (number == SIGTRAP || number == SIGSTOP)
		return 0;
	return number;
}

static void write_count(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%ld\n", plan.count) < 0 || fclose(file)) {
		perror(path);
		exit(98);
	}
}

static int trace(pid_t child, const char *count_path)
{
	int status, killed = 0;

	for (;;) {
		pid_t tid = waitpid(-1, &status, __WALL);
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
		number = stopped(thread_of(tid), status);
		if (number < 0 && !killed) {
			killed = 1;
			kill(child, SIGKILL);
			continue;
		}
		ptrace(PTRACE_SYSCALL, tid, 0, number);
	}
	write_count(count_path);
	if (killed)
		return 99;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int usage(void)
{
	fprintf(stderr, "usage: killer [-c CALLS] [-e FAULT] K COUNT-FILE COMMAND…\n");
	return 98;
}

int main(int argc, char **argv)
{
	int option, status;
	pid_t child;

	while ((option = getopt(argc, argv, "+c:e:")) != -1)
		if (option == '?' || (option == 'c' ? choose(optarg) : choose_fault(optarg)))
			return usage();
	argv += optind;
	if (argc - optind < 3 || (plan.at = strtol(argv[0], NULL, 10)) < 0)
		return usage();
	if ((plan.fault || plan.halve) && !CAN_CHANGE)
		return 97;
	child = fork();
	if (child < 0)
		return 98;
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		return 98;
	thread_of(child);
	ptrace(PTRACE_SETOPTIONS, child, 0,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		       PTRACE_O_EXITKILL);
	ptrace(PTRACE_SYSCALL, child, 0, 0);
	return trace(child, argv[1]);
}

/*
 * How long a command takes and how much memory it and all that it started have at most.
 *   timed [-n RUNS] COMMAND…   prints the median of RUNS (1) in milliseconds, and KiB; the command's
 *                              output goes nowhere. Ends with 1 when a run does not end with 0 (or
 *                              with 1, which is "findings" for some).
 * Memory is the largest sum of the resident sets of the command, its children and the agents that
 * they start, looked at every twenty milliseconds, and seldom in a long run: shared pages count once for each process.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096 /* processes */

extern char **environ;

struct process {
	int pid, parent;
	long pages;
	int ours;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int look_at(const char *pid, struct process *out)
{
	char path[64], line[512], *behind;
	FILE *file;
	int good = 0;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fgets(line, sizeof(line), file) && (behind = strrchr(line, ')'))) {
		out->pid = atoi(line);
		out->ours = 0;
		/* state, parent, then up to the 24th field: resident pages */
		good = sscanf(behind + 2,
			      "%*c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			      "%*s %*s %*s %*s %ld",
			      &out->parent, &out->pages) == 2;
	}
	fclose(file);
	return good;
}

/* Agents that let go of their parent come to us: we are a subreaper. */
static long resident(void)
{
	static struct process all[MOST];
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;
	long pages = 0;
	int more = 1;

	while (dir && (entry = readdir(dir)) && count < MOST)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			count += (size_t)look_at(entry->d_name, &all[count]);
	if (dir)
		closedir(dir);
	while (more) {
		more = 0;
		for (size_t i = 0; i < count; i++) {
			int parent = all[i].parent == getpid();

			for (size_t k = 0; !parent && k < count; k++)
				parent = all[k].ours && all[k].pid == all[i].parent;
			if (!parent || all[i].ours)
				continue;
			all[i].ours = more = 1;
			pages += all[i].pages;
		}
	}
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double one_run(char **argv, posix_spawn_file_actions_t *quiet, int watch, long *peak)
{
	double from = now(), next = from + 2;
	int status = 0;
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], quiet, NULL, argv, environ))
		return -1;
	while (watch && waitpid(pid, &status, WNOHANG) == 0) {
		usleep(500);
		if (now() >= next) {
			long kib = resident();

			*peak = kib > *peak ? kib : *peak;
			next = now() + 20 + (now() - from) / 50;
		}
	}
	if (!watch)
		waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) <= 1 ? now() - from : -1;
}

int main(int argc, char **argv)
{
	int runs = argc > 3 && !strcmp(argv[1], "-n") ? atoi(argv[2]) : 1;
	char **command = argv + (runs > 1 || (argc > 3 && !strcmp(argv[1], "-n")) ? 3 : 1);
	double *ms = calloc((size_t)runs, sizeof(*ms));
	posix_spawn_file_actions_t quiet;
	long peak = 0;

	if (!*command || !ms)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < runs; i++) {
		ms[i] = one_run(command, &quiet, runs == 1, &peak);
		if (ms[i] < 0)
			return 1;
	}
	qsort(ms, (size_t)runs, sizeof(*ms), by_value);
	printf("%.2f %ld\n", ms[runs / 2], peak);
	return 0;
}

/* The co-processes of a pool: how gpg is started, what it inherits, how it ends. */
#include "lib/port/gpg-pool-impl.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/gpg-spawn.h"

/* Numbers of descriptors in the co-process. */
#define STATUS_FD 3
#define FIRST_FD  10 /* memfds of its slots, two each */
#define HOME_AT	  2  /* the argument that is the home */

_Static_assert(4 + 2 * AHEAD <= JZ_GPG_FDS_MAX, "descriptors of the slots");

void jz_gpg_worker_forget(struct jz_gpg_worker *worker)
{
	worker->starts = 0;
	worker->said = (struct jz_gpg_said){0};
}

static bool is_sealing(const struct jz_gpg_pool *pool)
{
	return pool->doing == JZ_GPG_ENCRYPTING;
}

int jz_gpg_pool_links(struct jz_gpg_pool *pool, const char *dir, struct jz_err *err)
{
	for (int i = 0; i < AHEAD; i++) {
		jz_autofree char *plain = jz_xasprintf("%s/m%d", dir, i);
		jz_autofree char *sealed = jz_xasprintf("%s.gpg", plain);
		jz_autofree char *in = jz_xasprintf("/proc/self/fd/%d", FIRST_FD + 2 * i);
		jz_autofree char *out = jz_xasprintf("/proc/self/fd/%d", FIRST_FD + 2 * i + 1);

		/* gpg takes the suffix away, or adds it. */
		pool->from[i] = jz_xstrdup(is_sealing(pool) ? plain : sealed);
		pool->to[i] = jz_xstrdup(is_sealing(pool) ? sealed : plain);
		unlink(pool->from[i]);
		unlink(pool->to[i]);
		/* The same names for every message: what they lead to changes. */
		if (symlink(in, pool->from[i]) || symlink(out, pool->to[i]))
			return jz_fail_errno(err, dir);
	}
	return 0;
}

void jz_gpg_pool_argv(struct jz_gpg_pool *pool, const struct jz_gpg_pool_opts *opts)
{
	static const char *const always[] = {
		"--batch",     "--no-tty", "--quiet", "--yes", "--no-auto-key-retrieve",
		"--status-fd", "3"};
	static const char *const sealing[] = {"--no-armor", "--no-encrypt-to", "--always-trust",
					      "--set-filename", ""};

	jz_strs_add(&pool->argv, "gpg");
	jz_strs_add(&pool->argv, "--homedir");
	jz_strs_add(&pool->argv, ""); /* HOME_AT: the worker's */
	for (size_t i = 0; i < JZ_COUNT(always); i++)
		jz_strs_add(&pool->argv, always[i]);
	for (size_t i = 0; is_sealing(pool) && i < JZ_COUNT(sealing); i++)
		jz_strs_add(&pool->argv, sealing[i]);
	for (size_t i = 0; is_sealing(pool) && i < opts->recipients->len; i++) {
		jz_strs_add(&pool->argv, "--recipient");
		jz_strs_add(&pool->argv, opts->recipients->items[i]);
	}
	jz_strs_add(&pool->argv, is_sealing(pool) ? "--encrypt-files" : "--decrypt-files");
}

static int start_gpg(const struct jz_gpg_pool *pool, struct jz_gpg_worker *worker, int names,
		     int status, struct jz_err *err)
{
	struct jz_gpg_fd fds[4 + 2 * AHEAD] = {
		{names, 0}, {-1, 1}, {-1, 2}, {status, STATUS_FD}};
	char *no_home = pool->argv.items[HOME_AT];
	int rc;

	for (int i = 0; i < AHEAD; i++) {
		fds[4 + 2 * i] = (struct jz_gpg_fd){worker->slots[i].in, FIRST_FD + 2 * i};
		fds[5 + 2 * i] = (struct jz_gpg_fd){worker->slots[i].out, FIRST_FD + 2 * i + 1};
	}
	pool->argv.items[HOME_AT] = worker->home;
	/* A compression bomb ends here. (gpg's --max-output would cut it off and call it good.) */
	rc = jz_gpg_spawn(pool->argv.items, fds, JZ_COUNT(fds), pool->limit + 4096, false, &worker->pid,
			  err);
	pool->argv.items[HOME_AT] = no_home;
	return rc;
}

static void stop(struct jz_gpg_worker *worker)
{
	if (!worker->pid)
		return;
	close(worker->names); /* gpg ends at the end of its input */
	close(worker->status);
	waitpid(worker->pid, NULL, 0);
	jz_buf_release(&worker->line);
	worker->pid = 0;
}

void jz_gpg_worker_end(struct jz_gpg_worker *worker)
{
	if (worker->pid)
		kill(worker->pid, SIGKILL);
	stop(worker);
}

static void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int jz_gpg_worker_slots(struct jz_gpg_worker *worker, struct jz_err *err)
{
	for (int i = 0; i < AHEAD; i++) {
		worker->slots[i].in = memfd_create("jzbf", MFD_CLOEXEC);
		worker->slots[i].out = memfd_create("jzbf", MFD_CLOEXEC);
		if (worker->slots[i].in < 0 || worker->slots[i].out < 0)
			return jz_fail_errno(err, "gpg");
	}
	return 0;
}

void jz_gpg_worker_free(struct jz_gpg_worker *worker)
{
	worker->busy ? jz_gpg_worker_end(worker) : stop(worker);
	for (int i = 0; i < AHEAD; i++)
		close_all((int[]){worker->slots[i].in, worker->slots[i].out}, 2);
	free(worker->home);
}

int jz_gpg_worker_start(struct jz_gpg_pool *pool, struct jz_gpg_worker *worker, struct jz_err *err)
{
	int fds[4] = {-1, -1, -1, -1}; /* names here, there; status here, there */
	int rc = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) || pipe2(fds + 2, O_CLOEXEC))
		rc = jz_fail_errno(err, "gpg");
	if (!rc)
		rc = start_gpg(pool, worker, fds[1], fds[3], err);
	if (rc) {
		close_all(fds, JZ_COUNT(fds));
		return rc;
	}
	worker->names = fds[0];
	worker->status = fds[2];
	close(fds[1]);
	close(fds[3]);
	jz_buf_init(&worker->line);
	jz_gpg_worker_forget(worker);
	return 0;
}

void jz_gpg_worker_name(const struct jz_gpg_pool *pool, const struct jz_gpg_worker *worker, size_t slot)
{
	char name[128];
	int len = snprintf(name, sizeof(name), "%s\n", pool->from[slot]);

	(void)!send(worker->names, name, (size_t)len, MSG_NOSIGNAL);
}

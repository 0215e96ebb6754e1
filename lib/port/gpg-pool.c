#include "lib/port/gpg-pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

/* Numbers of descriptors in the co-process. */
#define STATUS_FD 3
#define IN_FD	  10
#define OUT_FD	  11
#define CLEAR_OF  20 /* above these */

#define WINDOW	 32    /* messages whose plaintext waits for an earlier one */
#define STALL_MS 60000 /* a co-process that says nothing for so long is ended */

struct worker {
	pid_t pid; /* 0: not running */
	int names; /* file names go in here */
	int status;
	int in; /* memfds */
	int out;
	struct jz_buf line; /* of the status, not yet ended */
	bool busy;
	size_t message;
	/* What the status said about the present message. */
	unsigned starts, okays, mdcs, plaintexts;
	bool failed;
};

struct result {
	bool ready;
	bool good;
	struct jz_buf plain;
};

struct jz_gpg_pool {
	char *home;
	char *dir;
	size_t limit;
	struct worker *workers;
	size_t count;
	struct result results[WINDOW]; /* of message i at i % WINDOW */
	size_t next;		       /* message to feed */
	size_t delivered;
};

/* ---- co-processes ---- */

static int make_links(const char *dir, struct jz_err *err)
{
	jz_autofree char *in = jz_path_join(dir, "m.gpg");
	jz_autofree char *out = jz_path_join(dir, "m");

	unlink(in);
	unlink(out);
	/* The same names for every message: what they lead to changes. */
	if (symlink("/proc/self/fd/10", in) || symlink("/proc/self/fd/11", out))
		return jz_fail_errno(err, dir);
	return 0;
}

/* In the child, between fork and exec: nothing that allocates. */
static void become_gpg(const struct jz_gpg_pool *pool, const struct worker *worker, int names,
		       int status, char *const *argv)
{
	struct rlimit size = {pool->limit + 4096, pool->limit + 4096};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int from[] = {names, null, null, status, worker->in, worker->out};
	static const int to[] = {0, 1, 2, STATUS_FD, IN_FD, OUT_FD};

	for (size_t i = 0; i < JZ_COUNT(from); i++)
		from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, CLEAR_OF);
	for (size_t i = 0; i < JZ_COUNT(from); i++)
		if (from[i] < 0 || dup2(from[i], to[i]) < 0)
			_exit(127);
	signal(SIGPIPE, SIG_DFL);
	/* A compression bomb ends here. (gpg's --max-output would cut it off and call it good.) */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &size);
	execvp(argv[0], argv);
	_exit(127);
}

static void stop(struct worker *worker)
{
	if (!worker->pid)
		return;
	close(worker->names); /* gpg ends at the end of its input */
	close(worker->status);
	waitpid(worker->pid, NULL, 0);
	close(worker->in);
	close(worker->out);
	jz_buf_release(&worker->line);
	worker->pid = 0;
}

static void end(struct worker *worker)
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

static int start(struct jz_gpg_pool *pool, struct worker *worker, struct jz_err *err)
{
	const char *argv[] = {"gpg",
			      "--homedir",
			      pool->home,
			      "--batch",
			      "--no-tty",
			      "--quiet",
			      "--yes",
			      "--status-fd",
			      "3",
			      "--no-auto-key-retrieve",
			      "--decrypt-files",
			      NULL};
	int fds[6] = {-1, -1, -1, -1, -1, -1}; /* names here, there; status here, there; memfds */

	fds[4] = memfd_create("jzbf", MFD_CLOEXEC);
	fds[5] = memfd_create("jzbf", MFD_CLOEXEC);
	if (fds[4] < 0 || fds[5] < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ||
	    pipe2(fds + 2, O_CLOEXEC) || (worker->pid = fork()) < 0) {
		int rc = jz_fail_errno(err, "gpg");

		close_all(fds, JZ_COUNT(fds));
		worker->pid = 0;
		return rc;
	}
	worker->names = fds[0];
	worker->status = fds[2];
	worker->in = fds[4];
	worker->out = fds[5];
	if (!worker->pid)
		become_gpg(pool, worker, fds[1], fds[3], (char *const *)argv);
	close(fds[1]);
	close(fds[3]);
	jz_buf_init(&worker->line);
	worker->busy = false;
	return 0;
}

int jz_gpg_pool_new(const char *home, const char *dir, size_t workers, size_t limit,
		    struct jz_gpg_pool **out, struct jz_err *err)
{
	struct jz_gpg_pool *pool = jz_xcalloc(1, sizeof(*pool));
	int rc = make_links(dir, err);

	pool->home = jz_xstrdup(home);
	pool->dir = jz_xstrdup(dir);
	pool->limit = limit;
	pool->count = workers;
	pool->workers = jz_xcalloc(workers, sizeof(*pool->workers));
	for (size_t i = 0; i < WINDOW; i++)
		jz_buf_init(&pool->results[i].plain);
	for (size_t i = 0; !rc && i < workers; i++)
		rc = start(pool, &pool->workers[i], err);
	if (rc) {
		jz_gpg_pool_free(pool);
		return rc;
	}
	*out = pool;
	return 0;
}

void jz_gpg_pool_free(struct jz_gpg_pool *pool)
{
	if (!pool)
		return;
	jz_autofree char *in = jz_path_join(pool->dir, "m.gpg");
	jz_autofree char *out = jz_path_join(pool->dir, "m");

	for (size_t i = 0; i < pool->count; i++)
		pool->workers[i].busy ? end(&pool->workers[i]) : stop(&pool->workers[i]);
	for (size_t i = 0; i < WINDOW; i++)
		jz_buf_release(&pool->results[i].plain);
	unlink(in);
	unlink(out);
	free(pool->workers);
	free(pool->home);
	free(pool->dir);
	free(pool);
}

/* ---- one message ---- */

static void finish(struct jz_gpg_pool *pool, size_t message, bool good)
{
	struct result *result = &pool->results[message % WINDOW];

	result->ready = true;
	result->good = good;
}

static bool hand_over(struct worker *worker, size_t message, const struct jz_buf *cipher)
{
	worker->message = message;
	worker->starts = worker->okays = worker->mdcs = worker->plaintexts = 0;
	worker->failed = false;
	worker->busy = !ftruncate(worker->in, 0) && !ftruncate(worker->out, 0) &&
		       pwrite(worker->in, cipher->data, cipher->len, 0) == (ssize_t)cipher->len;
	return worker->busy;
}

/* Hands the next message that its owner wants read to a worker. */
static void feed(struct jz_gpg_pool *pool, struct worker *worker, const struct jz_gpg_pool_job *job)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_autofree char *name = jz_xasprintf("%s/m.gpg\n", pool->dir);
	size_t len = strlen(name);

	while (pool->next < job->count && pool->next < pool->delivered + WINDOW) {
		size_t i = pool->next++;

		jz_buf_clear(&cipher);
		if (job->feed(job->data, i, &cipher)) {
			finish(pool, i, false);
			continue;
		}
		if (!hand_over(worker, i, &cipher)) {
			finish(pool, i, false);
			continue;
		}
		/* If gpg is gone already, the end of its status tells it. */
		(void)!send(worker->names, name, len, MSG_NOSIGNAL);
		return;
	}
}

static bool read_plain(struct jz_gpg_pool *pool, struct worker *worker)
{
	struct jz_buf *plain = &pool->results[worker->message % WINDOW].plain;
	struct stat st;
	bool good;

	jz_buf_clear(plain);
	if (fstat(worker->out, &st) || st.st_size <= 0 || (size_t)st.st_size > pool->limit)
		return false;
	jz_buf_reserve(plain, (size_t)st.st_size + 1);
	good = pread(worker->out, plain->data, (size_t)st.st_size, 0) == st.st_size;
	plain->len = good ? (size_t)st.st_size : 0;
	plain->data[plain->len] = '\0';
	return good;
}

static void message_done(struct jz_gpg_pool *pool, struct worker *worker)
{
	bool good = !worker->failed && worker->starts == 1 && worker->okays == 1 &&
		    worker->mdcs == 1 && worker->plaintexts == 1 && read_plain(pool, worker);

	if (ftruncate(worker->out, 0) || ftruncate(worker->in, 0))
		worker->failed = true;
	worker->busy = false;
	finish(pool, worker->message, good);
}

/* NO_SECKEY is told of every recipient whose key is elsewhere, and is no failure by itself. A
 * signature inside is one: nothing of a store has any, and whether gpg minds a bad one depends on
 * the keys that it happens to know. */
static bool is_failure(const char *word)
{
	static const char *const words[] = {
		"BADMDC",  "NEWSIG", "DECRYPTION_FAILED", "ERROR",     "ERRMDC",
		"FAILURE", "NODATA", "UNEXPECTED",	  "TRUNCATED", NULL};

	for (size_t i = 0; words[i]; i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static void status_line(struct jz_gpg_pool *pool, struct worker *worker, char *line)
{
	static const char prefix[] = "[GNUPG:] ";
	char *word = line + sizeof(prefix) - 1;

	if (!jz_starts_with(line, prefix))
		return;
	word[strcspn(word, " ")] = '\0';
	if (!strcmp(word, "FILE_START"))
		worker->starts++;
	else if (!strcmp(word, "DECRYPTION_OKAY"))
		worker->okays++;
	else if (!strcmp(word, "GOODMDC"))
		worker->mdcs++;
	else if (!strcmp(word, "PLAINTEXT"))
		worker->plaintexts++;
	else if (!strcmp(word, "FILE_DONE") && worker->busy)
		message_done(pool, worker);
	else if (is_failure(word))
		worker->failed = true;
}

/* Returns false at the end of the co-process. */
static bool read_status(struct jz_gpg_pool *pool, struct worker *worker)
{
	char bytes[4096], *newline;
	ssize_t len = read(worker->status, bytes, sizeof(bytes));

	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (len <= 0)
		return false;
	jz_buf_add(&worker->line, bytes, (size_t)len);
	while ((newline = memchr(worker->line.data, '\n', worker->line.len))) {
		size_t used = (size_t)(newline - worker->line.data) + 1;

		*newline = '\0';
		status_line(pool, worker, worker->line.data);
		memmove(worker->line.data, worker->line.data + used, worker->line.len - used);
		jz_buf_truncate(&worker->line, worker->line.len - used);
	}
	return true;
}

/* ---- all messages ---- */

static int deliver(struct jz_gpg_pool *pool, const struct jz_gpg_pool_job *job)
{
	int rc = 0;

	while (!rc && pool->delivered < job->count) {
		struct result *result = &pool->results[pool->delivered % WINDOW];

		if (!result->ready)
			return 0;
		rc = job->done(job->data, pool->delivered, result->good ? &result->plain : NULL);
		jz_buf_clear(&result->plain);
		result->ready = false;
		pool->delivered++;
	}
	return rc;
}

/* The present message of a co-process that died is lost here; the next ones are not. */
static int replace(struct jz_gpg_pool *pool, struct worker *worker, struct jz_err *err)
{
	if (worker->busy)
		finish(pool, worker->message, false);
	worker->busy = false;
	end(worker);
	return start(pool, worker, err);
}

static int wait_for_any(struct jz_gpg_pool *pool, struct jz_err *err)
{
	jz_autofree struct pollfd *polls = jz_xcalloc(pool->count, sizeof(*polls));
	int rc = 0, ready;

	for (size_t i = 0; i < pool->count; i++)
		polls[i] = (struct pollfd){.fd = pool->workers[i].status, .events = POLLIN};
	ready = poll(polls, pool->count, STALL_MS);
	if (ready < 0)
		return errno == EINTR ? 0 : jz_fail_errno(err, "gpg");
	for (size_t i = 0; !rc && i < pool->count; i++) {
		struct worker *worker = &pool->workers[i];
		bool stalled = !ready && worker->busy;

		if (stalled || (polls[i].revents && !read_status(pool, worker)))
			rc = replace(pool, worker, err);
	}
	return rc;
}

int jz_gpg_pool_run(struct jz_gpg_pool *pool, const struct jz_gpg_pool_job *job, struct jz_err *err)
{
	int rc = 0;

	pool->next = pool->delivered = 0;
	while (!rc && pool->delivered < job->count) {
		bool busy = false;

		for (size_t i = 0; i < pool->count; i++) {
			if (!pool->workers[i].busy)
				feed(pool, &pool->workers[i], job);
			busy |= pool->workers[i].busy;
		}
		rc = deliver(pool, job); /* while the co-processes work */
		if (!rc && busy)
			rc = wait_for_any(pool, err);
	}
	return rc;
}

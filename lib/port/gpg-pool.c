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
#include <time.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

/* Numbers of descriptors in the co-process. */
#define STATUS_FD 3
#define FIRST_FD  10 /* memfds of its slots, two each */
#define MOST	  4  /* co-processes: more wait on each other */
#define CLEAR_OF  20 /* above these */
#define HOME_AT	  2  /* the argument that is the home */

#define AHEAD	 4     /* messages at a co-process: one that it works on, others that wait for it */
#define WINDOW	 32    /* results that wait for an earlier one */
#define REST_NS	 200000 /* a co-process tells ten lines a message: not each is worth waking up for */
#define STALL_MS 60000 /* a co-process that says nothing for so long is ended */

/* A message at a co-process. */
struct slot {
	int in; /* memfds */
	int out;
	size_t message;
};

struct worker {
	pid_t pid; /* 0: not running */
	char *home;
	int names; /* file names go in here */
	int status;
	struct jz_buf line; /* of the status, not yet ended */
	struct slot slots[AHEAD];
	size_t present; /* slot that it works on */
	size_t busy;	/* slots with a message, from the present one on */
	/* What the status said about the present message. */
	unsigned starts, okays, seals, plaintexts;
	bool failed;
};

struct result {
	bool ready;
	bool good;
	struct jz_buf bytes;
};

struct jz_gpg_pool {
	char *from[AHEAD]; /* links to the memfds of a slot: what gpg reads and what it writes */
	char *to[AHEAD];
	struct jz_strs argv;
	bool sealing;
	size_t limit;
	struct worker *workers;
	size_t count;
	struct result results[WINDOW]; /* of message i at i % WINDOW */
	size_t next;		       /* message to feed */
	size_t delivered;
};

/* ---- co-processes ---- */

static void forget_status(struct worker *worker)
{
	worker->starts = worker->okays = worker->seals = worker->plaintexts = 0;
	worker->failed = false;
}

static int make_links(struct jz_gpg_pool *pool, const char *dir, struct jz_err *err)
{
	for (int i = 0; i < AHEAD; i++) {
		jz_autofree char *plain = jz_xasprintf("%s/m%d", dir, i);
		jz_autofree char *sealed = jz_xasprintf("%s.gpg", plain);
		jz_autofree char *in = jz_xasprintf("/proc/self/fd/%d", FIRST_FD + 2 * i);
		jz_autofree char *out = jz_xasprintf("/proc/self/fd/%d", FIRST_FD + 2 * i + 1);

		/* gpg takes the suffix away, or adds it. */
		pool->from[i] = jz_xstrdup(pool->sealing ? plain : sealed);
		pool->to[i] = jz_xstrdup(pool->sealing ? sealed : plain);
		unlink(pool->from[i]);
		unlink(pool->to[i]);
		/* The same names for every message: what they lead to changes. */
		if (symlink(in, pool->from[i]) || symlink(out, pool->to[i]))
			return jz_fail_errno(err, dir);
	}
	return 0;
}

static void make_argv(struct jz_gpg_pool *pool, const struct jz_gpg_pool_opts *opts)
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
	for (size_t i = 0; pool->sealing && i < JZ_COUNT(sealing); i++)
		jz_strs_add(&pool->argv, sealing[i]);
	for (size_t i = 0; pool->sealing && i < opts->recipients->len; i++) {
		jz_strs_add(&pool->argv, "--recipient");
		jz_strs_add(&pool->argv, opts->recipients->items[i]);
	}
	jz_strs_add(&pool->argv, pool->sealing ? "--encrypt-files" : "--decrypt-files");
}

/* In the child, between fork and exec: nothing that allocates. */
static void become_gpg(const struct jz_gpg_pool *pool, const struct worker *worker, int names,
		       int status)
{
	struct rlimit size = {pool->limit + 4096, pool->limit + 4096};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int from[4 + 2 * AHEAD] = {names, null, null, status};
	int to[4 + 2 * AHEAD] = {0, 1, 2, STATUS_FD};

	for (int i = 0; i < AHEAD; i++) {
		from[4 + 2 * i] = worker->slots[i].in;
		from[5 + 2 * i] = worker->slots[i].out;
		to[4 + 2 * i] = FIRST_FD + 2 * i;
		to[5 + 2 * i] = FIRST_FD + 2 * i + 1;
	}
	for (size_t i = 0; i < JZ_COUNT(from); i++)
		from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, CLEAR_OF);
	for (size_t i = 0; i < JZ_COUNT(from); i++)
		if (from[i] < 0 || dup2(from[i], to[i]) < 0)
			_exit(127);
	signal(SIGPIPE, SIG_DFL);
	/* A compression bomb ends here. (gpg's --max-output would cut it off and call it good.) */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &size);
	pool->argv.items[HOME_AT] = worker->home;
	execvp(pool->argv.items[0], pool->argv.items);
	_exit(127);
}

static void stop(struct worker *worker)
{
	if (!worker->pid)
		return;
	close(worker->names); /* gpg ends at the end of its input */
	close(worker->status);
	waitpid(worker->pid, NULL, 0);
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

static int make_slots(struct worker *worker, struct jz_err *err)
{
	for (int i = 0; i < AHEAD; i++) {
		worker->slots[i].in = memfd_create("jzbf", MFD_CLOEXEC);
		worker->slots[i].out = memfd_create("jzbf", MFD_CLOEXEC);
		if (worker->slots[i].in < 0 || worker->slots[i].out < 0)
			return jz_fail_errno(err, "gpg");
	}
	return 0;
}

static void free_worker(struct worker *worker)
{
	worker->busy ? end(worker) : stop(worker);
	for (int i = 0; i < AHEAD; i++)
		close_all((int[]){worker->slots[i].in, worker->slots[i].out}, 2);
	free(worker->home);
}

static int start(struct jz_gpg_pool *pool, struct worker *worker, struct jz_err *err)
{
	int fds[4] = {-1, -1, -1, -1}; /* names here, there; status here, there */

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ||
	    pipe2(fds + 2, O_CLOEXEC) || (worker->pid = fork()) < 0) {
		int rc = jz_fail_errno(err, "gpg");

		close_all(fds, JZ_COUNT(fds));
		worker->pid = 0;
		return rc;
	}
	worker->names = fds[0];
	worker->status = fds[2];
	if (!worker->pid)
		become_gpg(pool, worker, fds[1], fds[3]);
	close(fds[1]);
	close(fds[3]);
	jz_buf_init(&worker->line);
	forget_status(worker);
	return 0;
}

size_t jz_gpg_pool_size(size_t count, size_t least)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t most = cores < 1 ? 1 : cores > MOST ? MOST : (size_t)cores;
	size_t useful = count / least;

	return useful < 1 ? 1 : useful < most ? useful : most;
}

int jz_gpg_pool_new(const struct jz_gpg_pool_opts *opts, struct jz_gpg_pool **out,
		    struct jz_err *err)
{
	struct jz_gpg_pool *pool = jz_xcalloc(1, sizeof(*pool));
	int rc;

	pool->sealing = opts->recipients != NULL;
	pool->limit = opts->limit;
	pool->count = opts->workers;
	pool->workers = jz_xcalloc(pool->count, sizeof(*pool->workers));
	for (size_t i = 0; i < WINDOW; i++)
		jz_buf_init(&pool->results[i].bytes);
	for (size_t i = 0; i < pool->count; i++) {
		struct worker *worker = &pool->workers[i];

		worker->home = jz_xstrdup(opts->homes ? opts->homes->items[i % opts->homes->len]
						      : opts->home);
		for (int k = 0; k < AHEAD; k++)
			worker->slots[k] = (struct slot){.in = -1, .out = -1};
	}
	make_argv(pool, opts);
	rc = make_links(pool, opts->dir, err);
	for (size_t i = 0; !rc && i < pool->count; i++) {
		rc = make_slots(&pool->workers[i], err);
		if (!rc)
			rc = start(pool, &pool->workers[i], err);
	}
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
	for (size_t i = 0; i < pool->count; i++)
		free_worker(&pool->workers[i]);
	for (size_t i = 0; i < WINDOW; i++)
		jz_buf_release(&pool->results[i].bytes);
	for (int i = 0; i < AHEAD; i++) {
		if (pool->to[i]) {
			unlink(pool->from[i]);
			unlink(pool->to[i]);
		}
		free(pool->from[i]);
		free(pool->to[i]);
	}
	jz_strs_release(&pool->argv);
	free(pool->workers);
	free(pool);
}

/* ---- one message ---- */

static void finish(struct jz_gpg_pool *pool, size_t message, bool good)
{
	struct result *result = &pool->results[message % WINDOW];

	result->ready = true;
	result->good = good;
}

static bool empty(const struct slot *slot)
{
	return !ftruncate(slot->in, 0) && !ftruncate(slot->out, 0);
}

/* Says to the co-process which slot comes next. If it is gone, the end of its status tells it. */
static void name_slot(const struct jz_gpg_pool *pool, const struct worker *worker, size_t slot)
{
	char name[128];
	int len = snprintf(name, sizeof(name), "%s\n", pool->from[slot]);

	(void)!send(worker->names, name, (size_t)len, MSG_NOSIGNAL);
}

static bool hand_over(const struct jz_gpg_pool *pool, struct worker *worker, size_t message,
		      const struct jz_buf *bytes)
{
	size_t at = (worker->present + worker->busy) % AHEAD;
	struct slot *slot = &worker->slots[at];

	if (pwrite(slot->in, bytes->data, bytes->len, 0) != (ssize_t)bytes->len) {
		empty(slot);
		return false;
	}
	slot->message = message;
	worker->busy++;
	name_slot(pool, worker, at);
	return true;
}

/* Hands the next message that its owner wants read to a worker. */
static void feed(struct jz_gpg_pool *pool, struct worker *worker, const struct jz_gpg_pool_job *job)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	while (pool->next < job->count && pool->next < pool->delivered + WINDOW) {
		size_t i = pool->next++;

		jz_buf_clear(&bytes);
		if (job->feed(job->data, i, &bytes)) {
			finish(pool, i, false);
			continue;
		}
		if (hand_over(pool, worker, i, &bytes))
			return;
		finish(pool, i, false);
	}
}

static bool read_result(struct jz_gpg_pool *pool, struct worker *worker)
{
	const struct slot *slot = &worker->slots[worker->present];
	struct jz_buf *result = &pool->results[slot->message % WINDOW].bytes;
	struct stat st;
	bool good;

	jz_buf_clear(result);
	if (fstat(slot->out, &st) || st.st_size <= 0 || (size_t)st.st_size > pool->limit)
		return false;
	jz_buf_reserve(result, (size_t)st.st_size + 1);
	good = pread(slot->out, result->data, (size_t)st.st_size, 0) == st.st_size;
	result->len = good ? (size_t)st.st_size : 0;
	result->data[result->len] = '\0';
	return good;
}

/* The present message is over; what it left in its slot goes. */
static void next_slot(struct jz_gpg_pool *pool, struct worker *worker, bool good)
{
	const struct slot *slot = &worker->slots[worker->present];

	finish(pool, slot->message, good && empty(slot));
	if (!good)
		empty(slot);
	worker->present = (worker->present + 1) % AHEAD;
	worker->busy--;
	forget_status(worker);
}

static void message_done(struct jz_gpg_pool *pool, struct worker *worker)
{
	bool good = !worker->failed && worker->starts == 1 && worker->okays == 1 &&
		    worker->seals == 1 && worker->plaintexts == (pool->sealing ? 0 : 1) &&
		    read_result(pool, worker);

	next_slot(pool, worker, good);
}

/* NO_SECKEY is told of every recipient whose key is elsewhere, and is no failure by itself. A
 * signature inside is one: nothing of a store has any, and whether gpg minds a bad one depends on
 * the keys that it happens to know. */
static bool is_failure(const char *word)
{
	static const char *const words[] = {
		"BADMDC", "NEWSIG",   "DECRYPTION_FAILED", "ERROR",	 "ERRMDC",    "FAILURE",
		"NODATA", "INV_RECP", "NO_RECP",	   "UNEXPECTED", "TRUNCATED", NULL};

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
	else if (!strcmp(word, pool->sealing ? "END_ENCRYPTION" : "DECRYPTION_OKAY"))
		worker->okays++;
	else if (!strcmp(word, pool->sealing ? "BEGIN_ENCRYPTION" : "GOODMDC"))
		worker->seals++;
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

static bool has_result(const struct jz_gpg_pool *pool, const struct jz_gpg_pool_job *job)
{
	return pool->delivered < job->count && pool->results[pool->delivered % WINDOW].ready;
}

static int deliver_next(struct jz_gpg_pool *pool, const struct jz_gpg_pool_job *job)
{
	struct result *result = &pool->results[pool->delivered % WINDOW];
	int rc = job->done(job->data, pool->delivered, result->good ? &result->bytes : NULL);

	jz_buf_clear(&result->bytes);
	result->ready = false;
	pool->delivered++;
	return rc;
}

/* The present message of a co-process that died is lost here; those behind it are not. */
static int replace(struct jz_gpg_pool *pool, struct worker *worker, struct jz_err *err)
{
	int rc;

	if (worker->busy)
		next_slot(pool, worker, false);
	end(worker);
	rc = start(pool, worker, err);
	for (size_t i = 0; !rc && i < worker->busy; i++)
		name_slot(pool, worker, (worker->present + i) % AHEAD);
	return rc;
}

/* wait false: only looks. */
static int hear_any(struct jz_gpg_pool *pool, bool wait, struct jz_err *err)
{
	jz_autofree struct pollfd *polls = jz_xcalloc(pool->count, sizeof(*polls));
	int rc = 0, ready;

	for (size_t i = 0; i < pool->count; i++)
		polls[i] = (struct pollfd){.fd = pool->workers[i].status, .events = POLLIN};
	if (wait)
		nanosleep(&(struct timespec){.tv_nsec = REST_NS}, NULL);
	ready = poll(polls, pool->count, wait ? STALL_MS : 0);
	if (ready < 0)
		return errno == EINTR ? 0 : jz_fail_errno(err, "gpg");
	for (size_t i = 0; !rc && i < pool->count; i++) {
		struct worker *worker = &pool->workers[i];
		bool stalled = wait && !ready && worker->busy;

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
			struct worker *worker = &pool->workers[i];

			if (worker->busy < AHEAD)
				feed(pool, worker, job);
			busy |= worker->busy > 0;
		}
		/* One at a time, while the co-processes work: none is to wait for its next. */
		if (has_result(pool, job))
			rc = deliver_next(pool, job);
		if (!rc && busy)
			rc = hear_any(pool, !has_result(pool, job), err);
	}
	return rc;
}

#include "lib/port/gpg-pool.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/gpg-pool-impl.h"

#define MOST	 4	/* co-processes: more wait on each other */
#define REST_NS	 200000 /* a co-process tells ten lines a message: not each is worth waking up for */
#define STALL_MS 60000 /* a co-process that says nothing for so long is ended */

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

	pool->doing = opts->recipients ? JZ_GPG_ENCRYPTING : JZ_GPG_DECRYPTING;
	pool->limit = opts->limit;
	pool->count = opts->workers;
	pool->workers = jz_xcalloc(pool->count, sizeof(*pool->workers));
	for (size_t i = 0; i < WINDOW; i++)
		jz_buf_init(&pool->results[i].bytes);
	for (size_t i = 0; i < pool->count; i++) {
		struct jz_gpg_worker *worker = &pool->workers[i];

		worker->home = jz_xstrdup(opts->homes ? opts->homes->items[i % opts->homes->len]
						      : opts->home);
		for (int k = 0; k < AHEAD; k++)
			worker->slots[k] = (struct jz_gpg_slot){.in = -1, .out = -1};
	}
	jz_gpg_pool_argv(pool, opts);
	rc = jz_gpg_pool_links(pool, opts->dir, err);
	for (size_t i = 0; !rc && i < pool->count; i++) {
		rc = jz_gpg_worker_slots(&pool->workers[i], err);
		if (!rc)
			rc = jz_gpg_worker_start(pool, &pool->workers[i], err);
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
		jz_gpg_worker_free(&pool->workers[i]);
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
	struct jz_gpg_result *result = &pool->results[message % WINDOW];

	result->ready = true;
	result->good = good;
}

static bool empty(const struct jz_gpg_slot *slot)
{
	return !ftruncate(slot->in, 0) && !ftruncate(slot->out, 0);
}

static bool hand_over(const struct jz_gpg_pool *pool, struct jz_gpg_worker *worker, size_t message,
		      const struct jz_buf *bytes)
{
	size_t at = (worker->present + worker->busy) % AHEAD;
	struct jz_gpg_slot *slot = &worker->slots[at];

	if (pwrite(slot->in, bytes->data, bytes->len, 0) != (ssize_t)bytes->len) {
		empty(slot);
		return false;
	}
	slot->message = message;
	worker->busy++;
	jz_gpg_worker_name(pool, worker, at);
	return true;
}

static bool read_result(struct jz_gpg_pool *pool, struct jz_gpg_worker *worker)
{
	const struct jz_gpg_slot *slot = &worker->slots[worker->present];
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
static void next_slot(struct jz_gpg_pool *pool, struct jz_gpg_worker *worker, bool good)
{
	const struct jz_gpg_slot *slot = &worker->slots[worker->present];

	finish(pool, slot->message, good && empty(slot));
	if (!good)
		empty(slot);
	worker->present = (worker->present + 1) % AHEAD;
	worker->busy--;
	jz_gpg_worker_forget(worker);
}

static void message_done(struct jz_gpg_pool *pool, struct jz_gpg_worker *worker)
{
	bool good = worker->starts == 1 && jz_gpg_is_good(&worker->said, pool->doing) &&
		    read_result(pool, worker);

	next_slot(pool, worker, good);
}

struct hearing {
	struct jz_gpg_pool *pool;
	struct jz_gpg_worker *worker;
};

static void hear(void *data, const char *word, const char *rest)
{
	struct jz_gpg_worker *worker = ((struct hearing *)data)->worker;
	struct jz_gpg_pool *pool = ((struct hearing *)data)->pool;

	worker->starts += !strcmp(word, "FILE_START");
	jz_gpg_hear(&worker->said, pool->doing, word, rest);
	if (!strcmp(word, "FILE_DONE") && worker->busy)
		message_done(pool, worker);
}

/* Returns false at the end of the co-process, or when it is out of its mind. */
static bool read_status(struct jz_gpg_pool *pool, struct jz_gpg_worker *worker)
{
	struct hearing hearing = {pool, worker};
	struct jz_buf *line = &worker->line;
	char bytes[4096];
	size_t used;
	ssize_t len = read(worker->status, bytes, sizeof(bytes));

	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (len <= 0)
		return false;
	jz_buf_add(line, bytes, (size_t)len);
	used = jz_gpg_read_status(line->data, line->len, hear, &hearing);
	memmove(line->data, line->data + used, line->len - used);
	jz_buf_truncate(line, line->len - used);
	return line->len <= JZ_GPG_LINE_MAX;
}

/* ---- all messages ---- */

static bool has_result(const struct jz_gpg_pool *pool)
{
	return pool->delivered < pool->next && pool->results[pool->delivered % WINDOW].ready;
}

static int deliver_next(struct jz_gpg_pool *pool)
{
	struct jz_gpg_result *result = &pool->results[pool->delivered % WINDOW];
	int rc = pool->done(pool->data, pool->delivered, result->good ? &result->bytes : NULL);

	jz_buf_clear(&result->bytes);
	result->ready = false;
	pool->delivered++;
	return rc;
}

/* The present message of a co-process that died is lost here; those behind it are not. */
static int replace(struct jz_gpg_pool *pool, struct jz_gpg_worker *worker, struct jz_err *err)
{
	int rc;

	if (worker->busy)
		next_slot(pool, worker, false);
	jz_gpg_worker_end(worker);
	rc = jz_gpg_worker_start(pool, worker, err);
	for (size_t i = 0; !rc && i < worker->busy; i++)
		jz_gpg_worker_name(pool, worker, (worker->present + i) % AHEAD);
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
		struct jz_gpg_worker *worker = &pool->workers[i];
		bool stalled = wait && !ready && worker->busy;

		if (stalled || (polls[i].revents && !read_status(pool, worker)))
			rc = replace(pool, worker, err);
	}
	return rc;
}

/* The worker with the least to do; NULL: there is no room for a message. */
static struct jz_gpg_worker *with_room(struct jz_gpg_pool *pool)
{
	struct jz_gpg_worker *least = NULL;

	if (pool->next == pool->delivered + WINDOW)
		return NULL;
	for (size_t i = 0; i < pool->count; i++) {
		struct jz_gpg_worker *worker = &pool->workers[i];

		if (worker->busy < AHEAD && (!least || worker->busy < least->busy))
			least = worker;
	}
	return least;
}

/* Delivers one result, while the co-processes work: none is to wait for its next. */
static int step(struct jz_gpg_pool *pool, struct jz_err *err)
{
	int rc = has_result(pool) ? deliver_next(pool) : 0;

	return rc || pool->delivered == pool->next ? rc : hear_any(pool, !has_result(pool), err);
}

void jz_gpg_pool_begin(struct jz_gpg_pool *pool, jz_gpg_done_fn *done, void *data)
{
	pool->next = pool->delivered = 0;
	pool->done = done;
	pool->data = data;
}

int jz_gpg_pool_put(struct jz_gpg_pool *pool, const struct jz_buf *message, struct jz_err *err)
{
	struct jz_gpg_worker *worker = NULL;
	int rc = 0;

	while (!rc && !(worker = with_room(pool)))
		rc = step(pool, err);
	if (rc)
		return rc;
	pool->next++;
	if (!message || !hand_over(pool, worker, pool->next - 1, message))
		finish(pool, pool->next - 1, false);
	return hear_any(pool, false, err);
}

int jz_gpg_pool_drain(struct jz_gpg_pool *pool, struct jz_err *err)
{
	int rc = 0;

	while (!rc && pool->delivered < pool->next)
		rc = step(pool, err);
	return rc;
}

int jz_gpg_pool_run(struct jz_gpg_pool *pool, const struct jz_gpg_pool_job *job, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	int rc = 0;

	jz_gpg_pool_begin(pool, job->done, job->data);
	for (size_t i = 0; !rc && i < job->count; i++) {
		bool wanted = !job->feed(job->data, i, &bytes);

		rc = jz_gpg_pool_put(pool, wanted ? &bytes : NULL, err);
		jz_buf_clear(&bytes);
	}
	return rc ? rc : jz_gpg_pool_drain(pool, err);
}

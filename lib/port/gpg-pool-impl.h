/* Inside lib/port/gpg-pool*.c only: a co-process, and what the pool knows of it. */
#ifndef JZ_PORT_GPG_POOL_IMPL_H
#define JZ_PORT_GPG_POOL_IMPL_H

#include <sys/types.h>
#include "lib/port/gpg-pool.h"
#include "lib/port/gpg-status.h"

#define AHEAD  4  /* messages at a co-process: one that it works on, others that wait for it */
#define WINDOW 32 /* results that wait for an earlier one */

/* A message at a co-process. */
struct jz_gpg_slot {
	int in; /* memfds */
	int out;
	size_t message;
};

struct jz_gpg_worker {
	pid_t pid; /* 0: not running */
	char *home;
	int names; /* file names go in here */
	int status;
	struct jz_buf line; /* of the status, not yet ended */
	struct jz_gpg_slot slots[AHEAD];
	size_t present; /* slot that it works on */
	size_t busy;	/* slots with a message, from the present one on */
	/* What the status said about the present message. */
	unsigned starts;
	struct jz_gpg_said said;
};

struct jz_gpg_result {
	bool ready;
	bool good;
	struct jz_buf bytes;
};

struct jz_gpg_pool {
	char *from[AHEAD]; /* links to the memfds of a slot: what gpg reads and what it writes */
	char *to[AHEAD];
	struct jz_strs argv;
	enum jz_gpg_doing doing; /* decrypting or encrypting */
	size_t limit;
	struct jz_gpg_worker *workers;
	size_t count;
	struct jz_gpg_result results[WINDOW]; /* of message i at i % WINDOW */
	size_t next;			      /* number of the next message */
	size_t delivered;
	jz_gpg_done_fn *done;
	void *data; /* of done() */
};

/* What stays the same as long as the pool lives: the names of the slots, and the command. */
int jz_gpg_pool_links(struct jz_gpg_pool *pool, const char *dir, struct jz_err *err);
void jz_gpg_pool_argv(struct jz_gpg_pool *pool, const struct jz_gpg_pool_opts *opts);

/* Makes the memfds of a worker's slots, which outlive its co-process. */
int jz_gpg_worker_slots(struct jz_gpg_worker *worker, struct jz_err *err);

/* Starts a co-process for a worker that has none; ends it at once; ends it and frees all. */
int jz_gpg_worker_start(struct jz_gpg_pool *pool, struct jz_gpg_worker *worker, struct jz_err *err);
void jz_gpg_worker_end(struct jz_gpg_worker *worker);
void jz_gpg_worker_free(struct jz_gpg_worker *worker);

/* Says to the co-process which slot comes next. If it is gone, the end of its status tells it. */
void jz_gpg_worker_name(const struct jz_gpg_pool *pool, const struct jz_gpg_worker *worker, size_t slot);

/* A new message: nothing was said about it yet. */
void jz_gpg_worker_forget(struct jz_gpg_worker *worker);

#endif

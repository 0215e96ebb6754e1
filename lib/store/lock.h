/*
 * One writer at a time: a lock that the kernel drops when its holder dies, on the file DIR/lock.
 * The file holds the process number of the last holder, for people.
 */
#ifndef JZ_STORE_LOCK_H
#define JZ_STORE_LOCK_H

#include "lib/base/err.h"

struct jz_lock {
	int fd; /* -1: not held */
};
#define JZ_LOCK_INIT                                                                               \
	{                                                                                          \
		-1                                                                                 \
	}

/* How long a writer waits for another: JZBF_LOCK_WAIT seconds, 30 unless set. */
long jz_lock_patience_ms(void);

/* JZ_E_CONFLICT, naming the holder, if the lock is not free within the time (0: at once). */
int jz_lock_take(const char *dir, long wait_ms, struct jz_lock *lock, struct jz_err *err);
void jz_lock_release(struct jz_lock *lock);

/* The process that holds the lock; 0: none (or unknown). Takes nothing. */
long jz_lock_holder(const char *dir);

#endif

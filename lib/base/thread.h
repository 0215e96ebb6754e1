/* Threads beside the one that works on a command. */
#ifndef JZ_BASE_THREAD_H
#define JZ_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts a thread that no signal reaches: those are for the thread that cleans up. The caller joins
 * it. false: none can be started, and the caller does the work itself. */
bool jz_thread_start(pthread_t *out, void *(*work)(void *data), void *data);

#endif

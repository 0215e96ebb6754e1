#include "lib/base/thread.h"

#include <signal.h>
#include <stddef.h>

bool jz_thread_start(pthread_t *out, void *(*work)(void *data), void *data)
{
	sigset_t all, old;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	started = !pthread_create(out, NULL, work, data);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return started;
}

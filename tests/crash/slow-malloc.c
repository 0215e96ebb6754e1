/* Stands before malloc() in jzbf (LD_PRELOAD): it holds its lock for long, so that a signal mostly
 * comes in the midst of it, and a call that comes meanwhile, which would wait for ever or find the
 * heap in pieces, ends the process with a word about it. Other programs are left alone. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELD 3000 /* turns: some microseconds */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *old);

static _Thread_local volatile sig_atomic_t inside;

static bool enter(void)
{
	static const char word[] = "malloc() called in malloc()\n";

	if (!program_invocation_short_name || strcmp(program_invocation_short_name, "jzbf"))
		return false;
	if (inside) {
		(void)!write(STDERR_FILENO, word, sizeof(word) - 1);
		_exit(99);
	}
	inside = 1;
	for (volatile int i = 0; i < HELD; i++)
		;
	return true;
}

void *malloc(size_t size)
{
	bool entered = enter();
	void *block = __libc_malloc(size);

	if (entered)
		inside = 0;
	return block;
}

void *calloc(size_t count, size_t size)
{
	bool entered = enter();
	void *block = __libc_calloc(count, size);

	if (entered)
		inside = 0;
	return block;
}

void *realloc(void *old, size_t size)
{
	bool entered = enter();
	void *block = __libc_realloc(old, size);

	if (entered)
		inside = 0;
	return block;
}

void free(void *old)
{
	bool entered = enter();

	__libc_free(old);
	if (entered)
		inside = 0;
}

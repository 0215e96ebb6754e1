/* A very small TAP producer for unit tests: ok(condition, "what"), closed by done_testing(). */
#ifndef JZ_TESTS_TAP_H
#define JZ_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count;
static int tap_failed;

__attribute__((format(printf, 4, 5), unused)) static bool tap_ok(bool passed, const char *file,
								 int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
	if (!passed) {
		tap_failed++;
		fprintf(stderr, "# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return passed;
}

#define ok(condition, ...)     tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...)                                                                     \
	tap_is_int((long long)(got), (long long)(want), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((unused)) static bool tap_is_str(const char *got, const char *want, const char *file,
					       int line, const char *what)
{
	bool same = got && want ? !strcmp(got, want) : got == want;

	tap_ok(same, file, line, "%s", what);
	if (!same)
		fprintf(stderr, "# got  '%s'\n# want '%s'\n", got ? got : "(null)", want ? want : "(null)");
	return same;
}

__attribute__((unused)) static bool tap_is_int(long long got, long long want, const char *file,
					       int line, const char *what)
{
	tap_ok(got == want, file, line, "%s", what);
	if (got != want)
		fprintf(stderr, "# got %lld, want %lld\n", got, want);
	return got == want;
}

__attribute__((unused)) static int done_testing(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif

#!/bin/bash
# Start-up: what people wait for before anything is done, against an empty program that is linked with
# nothing; 3.0 is the limit that the design sets. Prints the median of each in milliseconds and the ratio,
# and what an empty program takes that is linked with the same libraries.
set -e
build=$(cd "${JZBF_BUILD:-build}" && pwd)
runs=${RUNS:-200}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 COLUMNS=80

cc=${CC:-cc}
echo 'int main(void) { return 0; }' >"$work/empty.c"
# Everything the program is linked with, used or not.
libs=$(readelf -d "$build/jzbf" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/-l:\1/p')
$cc -O2 -pie -fPIE -Wl,-z,relro,-z,now -Wl,--no-as-needed -o "$work/empty" "$work/empty.c" $libs
$cc -O2 -o "$work/bare" "$work/empty.c"

cat >"$work/spawn.c" <<'EOF'
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int runs = atoi(argv[1]);
	double *ms = calloc((size_t)runs, sizeof(*ms));
	posix_spawn_file_actions_t quiet;

	(void)argc;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < runs; i++) {
		struct timespec a, b;
		pid_t pid;
		int status;

		clock_gettime(CLOCK_MONOTONIC, &a);
		if (posix_spawn(&pid, argv[2], &quiet, NULL, argv + 2, environ))
			return 1;
		waitpid(pid, &status, 0);
		clock_gettime(CLOCK_MONOTONIC, &b);
		ms[i] = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
	}
	qsort(ms, (size_t)runs, sizeof(*ms), by_value);
	printf("%.2f\n", ms[runs / 2]);
	return 0;
}
EOF
$cc -O2 -o "$work/spawn" "$work/spawn.c"

ms() { "$work/spawn" "$runs" "$@"; }

bare=$(ms "$work/bare")
empty=$(ms "$work/empty")
printf '%-34s %6s ms\n' 'empty program' "$bare" 'empty program, same libraries' "$empty"
while read -r args; do
	for language in en zh_CN; do
		# shellcheck disable=SC2086
		took=$(LANGUAGE=$language ms "$build/jzbf" $args)
		printf '%-34s %6s ms  %s times the empty one\n' "jzbf $args ($language)" "$took" \
			"$(awk -v a="$took" -v b="$bare" 'BEGIN { printf "%.2f", a / b }')"
	done
done <<EOF
--help
help intake
completion bash
intake --nonsense
complete -- intake --
EOF

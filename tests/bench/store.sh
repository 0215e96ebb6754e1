#!/bin/bash
# Writing to a store and reading it whole: SIZE cases (1,000), seconds of one run each, a median of five
# for a change of one case.
. "$(dirname "$0")/../lib.sh"
. "$SRC/tests/store.sh"

size=${SIZE:-1000}
timed() { # timed TITLE COMMAND…
	local from title=$1
	shift
	from=$(date +%s%N)
	"$@" >/dev/null
	printf '%-44s %6d ms\n' "$title" $((($(date +%s%N) - from) / 1000000)) >&5
}
median() {
	local title=$1 i from
	shift
	for i in 1 2 3 4 5; do
		from=$(date +%s%N)
		"$@" >/dev/null
		echo $((($(date +%s%N) - from) / 1000000))
	done | sort -n | sed -n 3p | xargs printf '%-44s %6d ms\n' "$title" >&5
}

setup_keys anna
make_store s anna && cd s || exit 1
timed "$size new cases in one commit" crash-writer . new "$size" 2026
median "change of one of them" crash-writer . touch LS-2026-0001
median "git add and git commit of one file" bash -c 'echo >>note; git add note; git commit -q -m x'
timed "reading all (status)" jzbf status
median "status --no-decrypt" jzbf status --no-decrypt
timed "list" jzbf list

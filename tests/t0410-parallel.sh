#!/bin/bash
# Many writers at once: each gets its own commit with exactly its own record.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna || exit 99
id1=LS-2026-0001
export JZBF_LOCK_WAIT=300

test_expect_success '32 processes that write at once make 32 commits' '
	make_store s anna && cd s && first=$(git rev-parse HEAD) &&
	for i in $(seq 32); do
		crash-writer . new 1 >../out.$i 2>../err.$i & pids[$i]=$!
	done &&
	for i in $(seq 32); do wait ${pids[$i]} || { cat ../err.$i; false; } || break; done &&
	test $(git rev-list --count $first..HEAD) = 32
'
test_expect_success 'each id was given once' '
	cat ../out.* | sort >../ids && test_line_count = 32 ../ids && sort -u ../ids | test_cmp - ../ids
'
test_expect_success 'each commit holds exactly the record that its message names' '
	git rev-list $first..HEAD >../commits &&
	while read commit; do
		id=$(git log -1 --format=%s $commit | sed "s/^update //") &&
		git show --name-only --format= $commit >../paths &&
		echo cases/2026/000/$id/case.yaml.gpg | test_cmp - ../paths &&
		git verify-commit $commit 2>/dev/null || { echo "$commit"; break; }
		echo $id
	done <../commits | sort >../named && test_cmp ../ids ../named
'
test_expect_success 'the working tree is clean and every record readable' '
	clean_after && jzbf status >../out && test_grep "32 readable, 0 unreadable" ../out
'
test_expect_success '16 changes of one record are 16 revisions, none lost' '
	for i in $(seq 16); do crash-writer . touch $id1 >/dev/null 2>../err.$i & pids[$i]=$!; done &&
	for i in $(seq 16); do wait ${pids[$i]} || { cat ../err.$i; false; } || break; done &&
	gpg -q -d cases/2026/000/LS-2026-0001/case.yaml.gpg | grep "^revision: 17$" && clean_after
'
test_expect_success 'a lock that stays is given up with a clear message' '
	(flock 8; true) 8>../nothing &&
	python3 - .git/jzbf/lock <<-\EOF &
	import fcntl, struct, sys, time
	f = open(sys.argv[1], "r+")
	fcntl.fcntl(f, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
	open("../held", "w").close()
	time.sleep(4)
	EOF
	holder=$! && for i in $(seq 50); do test -e ../held && break; sleep 0.1; done &&
	jzbf status --no-decrypt >../out && test_grep "writing now" ../out &&
	JZBF_LOCK_WAIT=1 test_expect_code 5 crash-writer . touch $id1 2>../err &&
	test_grep "is writing to the store" ../err && { kill $holder; wait $holder; true; }
'
test_done

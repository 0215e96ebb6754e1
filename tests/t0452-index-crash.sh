#!/bin/bash
# The index under kill -9, several processes and a full disk: at worst it is smaller. A slice of the
# system calls here; JZBF_CRASH=all (make crash) stops at every one.
how=$JZBF_CRASH # lib.sh clears the environment
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna || exit 99
test_have_prereq SANITIZED && skip_all "a sanitizer makes other system calls"
export JZBF_NOW=2026-11-20T09:00:00+08:00
slices=6
stat_of() { jzbf index --format json | sed -n "s/^ *\"$1\": \(.*[^,]\),*$/\1/p"; }
truth() { JZBF_INDEX=off jzbf list --format csv >../truth; }
# whole: what is left behind verifies, and is mended without a word.
whole() {
	jzbf list --format csv >../out 2>../err && test_cmp ../truth ../out && test_empty ../err || { cat ../err; return 1; }
}
# kill_all PREPARE COMMAND…: kills the command at many of its system calls.
kill_all() {
	local prepare=$1 calls k step
	shift
	$prepare && crash-killer 0 ../count "$@" >../o 2>../e && calls=$(cat ../count) && test "$calls" -gt 20 || return 1
	step=$((calls / slices)) && [ "$how" != all ] || step=1
	for ((k = 20; k <= calls; k += step)); do
		$prepare || return 1
		crash-killer $k ../count "$@" >../o 2>../e
		whole || { echo "killed at $k of $calls"; return 1; }
	done
	jzbf index --check && clean_after
}

make_store s anna && cd s && crash-writer . new 20 >../ids && truth || exit 99
index=.git/jzbf/index/anna-$(id -u)

nothing() { jzbf index --drop; }
test_expect_success 'killed while the index is made' 'kill_all nothing jzbf list'

many() { cp ../many $index; }
test_expect_success 'killed while pages are folded' '
	jzbf list >../out && for i in $(seq 40); do crash-writer . touch $(sed -n 3p ../ids) || break; done >../out && truth &&
	cp $index ../many && before=$(stat_of pages) && kill_all many jzbf list && cp ../many $index && jzbf list >../out && echo $before $(stat_of pages) && test "$(stat_of pages)" -le $((before + 2))
'
waste() { cp ../waste $index; }
test_expect_success 'killed while it is written anew' '
	for i in $(seq 15); do crash-writer . touch $(cat ../ids) || break; done >../out && truth && cp $index ../waste && size=$(stat -c %s $index) &&
	kill_all waste jzbf list && test "$(stat -c %s $index)" -lt $((size / 4)) && test ! -e $index.new
'
test_expect_success STRACE 'killed while a change adds its row' '
	crash-killer 0 ../count crash-writer . touch $(sed -n 5p ../ids) >../o && calls=$(cat ../count) &&
	strace -qq -o ../calls crash-writer . touch $(sed -n 5p ../ids) >../o && from=$(grep -n "index/anna" ../calls | tail -1 | cut -d: -f1) && test "$from" -gt 100 &&
	for k in $(seq $((from - 2)) 2 $((from + 8))); do
		crash-killer $k ../count crash-writer . touch $(sed -n 5p ../ids) >../o 2>../e; truth && whole || { echo "killed at $k"; return 1; }
	done && jzbf index --check
'
cp ../waste $index && jzbf list >../out && cp $index ../waste && truth # what changed since is in it
for fault in pwrite64:ENOSPC pwrite64:EIO ftruncate:EIO flock:ENOLCK rename:EIO fsync:EIO; do
	call=${fault%:*} error=${fault#*:}
	test_expect_success STRACE "$call fails with $error: the list is whole, the status 0" '
		cp ../waste $index && strace -f -qq -e signal=none -o ../calls -P "$PWD/$index" -P "$PWD/$index.new" -e trace=$call -e inject=$call:error=$error jzbf list --format csv >../out 2>../err; rc=$?
		test $rc = 0 && test_grep "$error" ../calls && test_cmp ../truth ../out && whole && jzbf index --check
	'
done
test_expect_success 'several readers and writers at once' '
	jzbf index --drop && for i in 1 2 3 4; do
		(for k in 1 2 3; do jzbf list --ids >../r$i 2>../re$i || exit 1; cmp ../ids ../r$i && test_empty ../re$i || exit 1; done) & readers="$readers $!"
	done
	for i in 1 2 3; do (for k in 1 2 3; do crash-writer . touch $(sed -n $((i * 3 + k))p ../ids) >../w$i || exit 1; done) & readers="$readers $!"; done
	ok=0; for pid in $readers; do wait $pid || ok=1; done; test $ok = 0 && truth && whole && jzbf index --check && clean_after
'
test_expect_success STRACE 'a disk that is full is told, once' '
	jzbf index --drop && strace -f -qq -o /dev/null -e trace=pwrite64 -e inject=pwrite64:error=ENOSPC jzbf list --format csv >../out 2>../err &&
	test_cmp ../truth ../out && test_grep "cannot be written: No space left" ../err && test_line_count = 1 ../err && whole
'
test_expect_success STRACE 'a full disk does not stop a change either' '
	strace -f -qq -e signal=none -o ../calls -P "$PWD/$index" -e trace=pwrite64 -e inject=pwrite64:error=ENOSPC crash-writer . touch $(sed -n 2p ../ids) >../out &&
	test_grep ENOSPC ../calls && truth && whole
'
test_expect_success 'nowhere to keep the key: no index, the same list' '
	(unset HOME XDG_STATE_HOME; GNUPGHOME=$GNUPGHOME jzbf list --format csv >../out 2>../err); test_cmp ../truth ../out
'
test_done

#!/bin/bash
# A commit killed at a system call leaves the old state or the new one, and nothing readable behind.
# A slice here; JZBF_CRASH=all (make crash) kills at every call.
how=$JZBF_CRASH # lib.sh clears the environment
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna || exit 99
id1=LS-2026-0001
export JZBF_TMPFS=/dev/shm/jzt.$$ # short, and a tmpfs of our own to look into
test_have_prereq SANITIZED && skip_all "a sanitizer makes other system calls"
mkdir -m 700 "$JZBF_TMPFS" 2>/dev/null || skip_all "no /dev/shm"
trap 'rm -rf "$JZBF_TMPFS"; test_cleanup' EXIT

# killed_at K COMMAND…: one killed commit, and everything that must hold afterwards.
killed_at() {
	local k=$1 old new
	shift
	old=$(git rev-parse HEAD)
	crash-killer $k ../count "$@" >../writer.out 2>&1
	new=$(git rev-parse HEAD)
	[ "$new" = "$old" ] || [ "$(git rev-parse HEAD^)" = "$old" ] || { echo "$k: HEAD is elsewhere"; return 1; }
	[ "$new" = "$old" ] && states=$states.old || states=$states.new
	jzbf status >../status.out 2>&1 || { echo "$k: status failed"; cat ../status.out; return 1; }
	! grep -q "had landed" ../status.out || [ "$new" != "$old" ] || { echo "$k: told as landed"; return 1; }
	! grep -q "was dropped" ../status.out || [ "$new" = "$old" ] || { echo "$k: told as dropped"; return 1; }
	clean_after || { echo "$k: not clean"; return 1; }
	! find "$JZBF_TMPFS" ! -type d | grep . || { echo "$k: left on the tmpfs"; return 1; }
}

test_expect_success 'the command makes so many system calls' '
	make_store s anna && cd s && crash-writer . new 3 >../out &&
	crash-killer 0 ../count crash-writer . touch $id1 >../out && calls=$(cat ../count) &&
	echo "$calls calls" && test $calls -gt 100
'
# Start-up is the same for all commands: what matters begins where the lock is opened.
test_expect_success STRACE 'and takes the lock at one of them' '
	strace -o ../trace crash-writer . touch $id1 >../out &&
	lock=$(awk "/jzbf\/lock/ { print NR; exit }" ../trace) && test $lock -gt 10
'
step=40 from=1
[ "$how" = all ] && step=1
test_expect_success 'killed anywhere it leaves the old state or the new one' '
	states= && test "$calls" -gt 100 &&
	for k in $(seq $from $step $((calls + 20))); do killed_at $k crash-writer . touch $id1 || break; done &&
	test $k -gt $((calls - step))
'
# The landing itself (marker, branch, working tree, index) is short and comes last: every third call.
[ "$how" = all ] || test_expect_success 'the last calls more densely' '
	for k in $(seq $((calls - 160)) 6 $calls); do killed_at $k crash-writer . touch $id1 || break; done && test $k -gt $((calls - 6))
'
# What a person types, over its whole length.
test_expect_success 'so does a command' '
	crash-killer 0 ../count jzbf -q intake $id1 person.phone=13900000000 >../out && calls=$(cat ../count) &&
	for k in $(seq $((calls % 97 + 1)) $((step * 4 - 3)) $calls); do
		killed_at $k jzbf -q intake $id1 person.phone=139$(printf %08d $k) || break
	done && test $k -gt $((calls - step * 4))
'
# Many objects go into a pack.
test_expect_success 'and a commit of many records' '
	many=$(seq -f "LS-2026-%04.0f" 1 40) && crash-writer . new 37 >../out &&
	crash-killer 0 ../count crash-writer . touch $many >../out && calls=$(cat ../count) &&
	for k in $(seq $((calls % 97 + 1)) $((calls / (step > 1 ? 9 : 60))) $calls) $((calls - 200)) $((calls - 50)); do
		killed_at $k crash-writer . touch $many || break
	done && test $k = $((calls - 50))
'
test_expect_success 'both states were met' '
	case $states in *old*) ;; *) false;; esac && case $states in *new*) ;; *) false;; esac
'
test_expect_success 'the history is whole' '
	git rev-list HEAD | while read commit; do
		git verify-commit $commit 2>/dev/null || git log -1 --format=%s $commit
	done >../bad && test_empty ../bad &&
	gpg -q -d cases/2026/000/LS-2026-0001/case.yaml.gpg >../plain &&
	revision=$(sed -n "s/^revision: //p" ../plain) &&
	test $revision = $(git log --format=%s -- cases/2026/000/LS-2026-0001 | wc -l)
'
test_done

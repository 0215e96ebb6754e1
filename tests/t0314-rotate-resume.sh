#!/bin/bash
# A rotation that stops half-way: whatever the moment, everything stays readable and verifies, and it
# goes on where it was. A slice here; JZBF_CRASH=all (make crash) kills at many more system calls.
how=$JZBF_CRASH # lib.sh clears the environment
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben dora || exit 99
test_have_prereq SANITIZED && skip_all "a sanitizer makes other system calls"
export JZBF_TMPFS=/dev/shm/jzr.$$
mkdir -m 700 "$JZBF_TMPFS" 2>/dev/null || skip_all "no /dev/shm"
trap 'rm -rf "$JZBF_TMPFS"; test_cleanup' EXIT
count=500 # two commits

role_key() { sed -n "s/^  $1: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml; }
ids() { gpg --batch --with-colons --show-keys "$@" | awk -F: '$1 == "sub" { print $5 }'; }
by() { JZBF_PERSON=$1 as "$@"; }
lagging() { jzbf status --no-decrypt --format json | sed -n 's/.*"stale": \([0-9]*\).*/\1/p'; }
# sound: both custodians read all there is, ben his own, the history verifies, nothing lies about.
sound() {
	for name in anna dora; do
		by $name jzbf status >../status.out 2>&1 && test_grep "$count readable, 0 unreadable" ../status.out || { cat ../status.out; return 1; }
	done && by ben jzbf show LS-2026-0001 >../out && jzbf verify >../out && test_grep "^verified" ../out && clean_after &&
	! find "$JZBF_TMPFS" ! -type d | grep .
}

test_expect_success 'an office with cases' '
	jzbf init s --office LS --name 示例县司法局 --person anna --person-name 甲 2>/dev/null && cd s &&
	jzbf access add ben --name 乙 --role caseworker --key-file "$KEYS/ben.pub" &&
	jzbf access add dora --name 丁 --role custodian --key-file "$KEYS/dora.pub" &&
	crash-writer . new $count >../ids && jzbf -q intake LS-2026-0001 "assigned[+]=ben" >/dev/null && old=$(role_key office)
'
# Another writer gets the lock as soon as a commit has landed; the rotation is killed when it has.
test_expect_success 'killed behind its first commits: the rest waits, and somebody else goes on' '
	(jzbf access rotate office >../out 2>../err & echo $! >../pid; wait) 2>/dev/null &
	for i in $(seq 600); do test "$(git log -1 --format=%s | cut -c1-9)" = "rotate LS" && break; sleep 0.05; done; kill -9 $(cat ../pid); wait
	jzbf status >../status.out 2>&1; jzbf status --no-decrypt >../out && test_grep "keys that have ended: [0-9]+ cases" ../out &&
	left=$(lagging) && test $left -gt 0 && test $left -lt $count && new=$(role_key office) && test $new != $old && sound &&
	jzbf -q intake LS-2026-0500 person.phone=13000000000 >/dev/null && by ben jzbf -q intake LS-2026-0001 person.phone=13000000001 >/dev/null &&
	by dora jzbf access rotate office --dry-run >../out && test_grep "anew: $left records|anew: $((left - 1)) records|anew: $((left - 2)) records" ../out &&
	by dora jzbf access rotate office >../out 2>../err && test_grep "earlier rotation of this key has not ended" ../err &&
	test $(role_key office) = $new && test $(lagging) = 0 && sound && by dora jzbf log LS-2026-0001 --values >../out && test_grep 13000000001 ../out
'
test_expect_success 'each record was encrypted anew once, and none is lost' '
	for id in LS-2026-0002 LS-2026-0400 LS-2026-0499; do
		test $(git log --format=%s -- cases/*/*/$id | wc -l) = 2 || return 1
	done && test $(git ls-files cases | wc -l) = $count
'
# killed_at K COMMAND…: one kill, and everything that must hold afterwards.
killed_at() {
	local k=$1
	shift
	crash-killer $k ../count "$@" >../writer.out 2>&1
	jzbf status --no-decrypt >../status.out 2>&1 || { echo "$k: status"; cat ../status.out; return 1; }
	clean_after || { echo "$k: not clean"; return 1; }
	find "$JZBF_TMPFS" -type f | grep -E "yaml" && { echo "$k: left on the tmpfs"; return 1; }
	by dora jzbf show LS-2026-0002 >../out 2>../err || { echo "$k: unreadable"; cat ../err; return 1; }
}
test_expect_success 'killed at any system call' '
	cd .. && jzbf init t --office LS --name X --person anna 2>/dev/null && cd t && jzbf access add dora --name 丁 --role custodian --key-file "$KEYS/dora.pub" &&
	crash-writer . new 9 >../ids && crash-killer 0 ../count jzbf access rotate office >../out 2>&1 && calls=$(cat ../count) &&
	steps=$([ "$how" = all ] && echo 300 || echo 5) && step=$((calls / steps)) &&
	for k in $(seq $((calls - step * (steps - 1) - 7)) $step $calls); do killed_at $k jzbf access rotate office || break; done && test $k -gt $((calls - step * 2)) &&
	jzbf access rotate --resume >../out && test $(lagging) = 0 && jzbf verify --full >../out && test_grep "^verified" ../out && clean_after &&
	test $(jzbf list -f json | grep -c "LS-2026-000") -ge 9 && jzbf log LS-2026-0002 --values >../out
'
test_expect_success STRACE 'a disk that fills up stops it, and it goes on when there is room again' '
	before=$(role_key office) && strace -f -qq -o /dev/null -e trace=pwrite64,write -e inject=pwrite64:error=ENOSPC:when=25+ jzbf access rotate office >../out 2>../err;
	rc=$? && jzbf status --no-decrypt >../status.out && clean_after && jzbf access rotate office >../out 2>../err && test $(lagging) = 0 &&
	test "$(role_key office)" != $before && jzbf verify --full >../out && test_grep "^verified" ../out
'
test_done

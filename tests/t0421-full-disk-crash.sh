#!/bin/bash
# System calls that fail while a commit is written (a full disk, a dying one): the old state or the new
# one, and the exit status tells which. A slice here; JZBF_CRASH=all (make crash) fails every call.
how=$JZBF_CRASH # lib.sh clears the environment
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna || exit 99
test_have_prereq STRACE || skip_all "no strace"
test_have_prereq SANITIZED && skip_all "a sanitizer makes other system calls"
id1=LS-2026-0001

touched=$id1 follow=
# fails_at CALL K ERROR [+]: the K-th call of this name (+: and all later ones) fails.
fails_at() {
	local call=$1 k=$2 error=$3 on=$4 old new rc
	old=$(git rev-parse HEAD)
	strace $follow -qq -o /dev/null -e trace=$call -e inject=$call:error=$error:when=$k$on \
		crash-writer . touch $touched >../out 2>&1
	rc=$?
	new=$(git rev-parse HEAD)
	if [ "$new" = "$old" ]; then
		[ $rc != 0 ] || { echo "$call $k$on: success told, nothing there"; return 1; }
	elif [ "$(git rev-parse HEAD^)" != "$old" ]; then
		echo "$call $k$on: HEAD is elsewhere"; return 1
	elif [ $rc != 0 ] && [ -z "$on" ]; then # with +, the message cannot be written either
		grep -q "committed as $(git rev-parse --short=10 HEAD)" ../out || { echo "$call $k$on:"; cat ../out; return 1; }
	fi
	jzbf status >../status.out 2>&1 || { echo "$call $k$on: status"; cat ../status.out; return 1; }
	clean_after || { echo "$call $k$on: not clean"; cat ../out ../status.out; return 1; }
}

make_store s anna && cd s && crash-writer . new 3 >../ids || exit 99
step=7
[ "$how" = all ] && step=1

for fault in write:ENOSPC fsync:EIO rename:EIO link:EIO openat:EMFILE pwrite64:ENOSPC unlink:EACCES; do
	call=${fault%:*} error=${fault#*:}
	test_expect_success "$call fails with $error" '
		strace -qq -e signal=none -e trace=$call -o ../calls crash-writer . touch $id1 >../out &&
		calls=$(wc -l <../calls) && test $calls -gt 0 &&
		for k in $(seq $((calls > step ? 1 + calls % step : 1)) $step $calls); do
			fails_at $call $k $error "" || break
			[ $call != write ] || fails_at $call $k $error + || break
		done && test $((k + step)) -gt $calls
	'
done
# Objects are made durable by a thread of its own: each has calls of its own that fail.
test_expect_success 'fsync fails with EIO, also beside the signature' '
	follow="-f --seccomp-bpf" &&
	for k in 1 2 5 9; do fails_at fsync $k EIO "" || break; done && test $k = 9 && follow=
'
test_expect_success 'the disk is full in the midst of a pack' '
	touched=$(seq -f "LS-2026-%04.0f" 1 40) && crash-writer . new 37 >../ids &&
	strace -y -qq -e signal=none -e trace=write -o ../calls crash-writer . touch $touched >../out &&
	at=$(grep -n "objects/pack/" ../calls | head -n 1 | cut -d: -f1) && test $at -gt 1 &&
	for k in $at $((at + 1)); do
		fails_at write $k ENOSPC "" && ! grep -q "committed as" ../out && fails_at write $k ENOSPC + || break
	done && test $k = $((at + 1)) && ! find .git/objects -name "tmp_[pi]*" | grep .
'
test_done

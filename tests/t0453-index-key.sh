#!/bin/bash
# The index's key and a person's own key with a passphrase: asked once a command, and not at all while
# the kernel keeps it.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
trap 'rm -rf "$JZBF_TMPFS"; test_cleanup' EXIT
. "$SRC/tests/pinentry.sh"
test_lazy_prereq KERNEL_KEYRING 'test ! -e "$SHORT/no-keyring"'

echo secret-passphrase >"$SHORT/answer"
gpg --batch -q --passphrase secret-passphrase --pinentry-mode loopback \
	--quick-generate-key "anna <anna@example.invalid>" future-default default never &&
	jzbf init s --office LS --name X --person anna >out && cd s && crash-writer . new 20 >../ids && jzbf list >../truth || exit 99
index=.git/jzbf/index/anna-$(id -u)

test_expect_success 'a look asks once, a second one not' '
	forget && jzbf list >../out && test_cmp ../truth ../out && test $(asked) = 1 && jzbf report caseload >../out && test $(asked) = 1
'
test_expect_success 'a change is signed and read with the key, and its row needs no more' '
	forget && JZBF_INDEX=off crash-writer . touch LS-2026-0001 >../out && without=$(asked) && forget && crash-writer . touch LS-2026-0002 >../out && test $(asked) = $without
'
test_expect_success 'pinentry is cancelled: no list, and the index is still there' '
	jzbf list >../out && forget && rm "$SHORT/answer" && cp $index ../before && test_must_fail jzbf list >../out 2>../err && cmp $index ../before &&
	echo secret-passphrase >"$SHORT/answer" && jzbf list >../out 2>../err && test_cmp ../truth ../out && test_empty ../err
'
test_expect_success 'the wrong person is guessed: nothing else is shown' '
	cp $HOME/.local/state/jzbf/index/*-anna ../key && for f in $HOME/.local/state/jzbf/index/*-anna; do cp $f ${f%-anna}-zoe; done &&
	jzbf list >../out 2>../err && test_cmp ../truth ../out && test_empty ../err && rm $HOME/.local/state/jzbf/index/*-zoe
'
test_expect_success 'nobody is named as the one who works here: the key tells' '
	git config --unset jzbf.person && jzbf list >../out 2>../err && test_cmp ../truth ../out && test_empty ../err && git config jzbf.person anna
'
jzbf index --keep 1 >../out 2>../err; kept=$?
[ $kept = 0 ] || : >"$SHORT/no-keyring"
test_expect_success '!KERNEL_KEYRING' 'a kernel that does not let us is told' '
	test $kept = 6 && test_grep "kernel.s keyring cannot be used" ../err && jzbf list >../out && test_cmp ../truth ../out
'
test_expect_success KERNEL_KEYRING 'while the kernel keeps it nobody is asked, and gpg is not started' '
	forget && jzbf list >../out && test_cmp ../truth ../out && test $(asked) = 0 && jzbf index >../out && test_grep "kept by the kernel" ../out
'
test_expect_success KERNEL_KEYRING 'dropping the index drops it there too' '
	jzbf index --drop && ! grep jzbf: /proc/keys | grep -v "^[^ ]* .R"
'
test_done

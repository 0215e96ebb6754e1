#!/bin/bash
# An own key with a passphrase: pinentry asks once a command, jzbf never.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
. "$SRC/tests/pinentry.sh"

echo secret-passphrase >"$SHORT/answer"
test_expect_success 'an office with a protected key' '
	gpg --batch -q --passphrase secret-passphrase --pinentry-mode loopback \
		--quick-generate-key "anna <anna@example.invalid>" future-default default never &&
	fpr=$(gpg --batch --with-colons --list-keys | awk -F: "\$1 == \"fpr\" { print \$10; exit }") &&
	forget && jzbf init s --office LS --name X --person anna && test $(asked) = 1
'
test_expect_success 'the role keys have none' '
	cd s && forget && gpg -q -d keys/office.sec.gpg >../sec && gpg --batch --list-packets ../sec | grep -c "protect" >../n
	test_grep "^0" ../n && rm ../sec
'
test_expect_success 'twenty cases cost one question' '
	forget && crash-writer . new 20 >../ids && test $(asked) = 1 &&
	forget && crash-writer . touch $(cat ../ids) && test $(asked) = 1
'
test_expect_success 'status looks at all of them for one question' '
	forget && jzbf status >../out && test $(asked) = 1 && test_grep 20 ../out
'
test_expect_success 'removing somebody from twenty cases is one question' '
	mkdir -m 700 $SHORT/ben && gpg --homedir $SHORT/ben --batch -q --passphrase "" --quick-generate-key ben future-default default never &&
	gpg --homedir $SHORT/ben --armor --export >../ben.asc &&
	forget && jzbf access add ben --name B --role custodian --key-file ../ben.asc && test $(asked) = 1
'
test_expect_success 'a cancelled question ends the command with 4, and nothing was written' '
	mv $SHORT/answer $SHORT/keep && forget && head=$(git rev-parse HEAD) &&
	test_expect_code 4 crash-writer . new 1 2>../err; test $(git rev-parse HEAD) = $head && clean_after &&
	test_expect_code 4 jzbf textconv $(git ls-files cases | head -1) >../out 2>../err && test_empty ../out &&
	test_grep "cancelled" ../err && mv $SHORT/keep $SHORT/answer
'
test_expect_success 'a wrong passphrase, too' '
	echo wrong >$SHORT/answer && forget && test_expect_code 4 jzbf textconv $(git ls-files cases | head -1) >../out 2>../err &&
	test_empty ../out && echo secret-passphrase >$SHORT/answer
'
test_expect_success 'killed while it waits for pinentry it leaves nothing behind' '
	cat >$SHORT/pinentry <<-EOS &&
	#!/bin/sh
	echo asked >"$SHORT/asked"
	exec sleep 30
	EOS
	forget && { jzbf access add ben --role supervisor & } && pid=$! && until test -e $SHORT/asked; do kill -0 $pid && sleep 0.05 || break; done && kill -TERM $pid &&
	{ wait $pid; test $? = 143; } && test -z "$(ls -A $JZBF_TMPFS)" && clean_after
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

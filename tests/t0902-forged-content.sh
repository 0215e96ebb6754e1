#!/bin/bash
# A colleague who may sign, and puts something wrong into the store in plain git.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office' 'make_office'
lie() { git add -A && commit_as ben "$(says LS-2026-0001 ${1:-3})"; }

test_expect_success 'two ciphertexts swapped' '
	attack && cp $one ../c && cp $two $one && cp ../c $two && git add -A &&
	commit_as ben "$(printf "update LS-2026-0001 and 1 more\n\nJzbf-Record: case LS-2026-0001 3\nJzbf-Record: case LS-2026-0002 2\n")" &&
	refused replay "$one: the ciphertext of another record"
'
test_expect_success 'an old ciphertext put back' '
	attack && git show HEAD~1:$one >$one && lie && refused replay "an old ciphertext of the record"
'
test_expect_success 'an old text encrypted anew: found by those who can read it' '
	attack && text $one 1 | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && lie &&
	jzbf verify >../out && test_expect_code 5 jzbf verify --full >../out && test_grep "is revision 1, not 3.*\[record\]" ../out
'
test_expect_success 'a record of another id: found by those who can read it' '
	attack && as ben gpg -q -d $two | sed "s/^revision: .*/revision: 3/" | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && lie &&
	test_expect_code 5 jzbf verify --full >../out && test_grep "id is not the id of its path.*\[record\]" ../out
'
test_expect_success 'a revision left out' '
	attack && text $one 4 | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && lie 4 && refused revision "revision 4 follows on revision 2"
'
test_expect_success 'a record removed' '
	attack && git rm -q $two && commit_as ben "update" && refused removed "a record was removed"
'
test_expect_success 'an extra recipient slipped in' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc "$KEYS/mallory.pub" && cp ../c $one && lie &&
	refused recipients "which must not read it"
'
test_expect_success 'a colleague slipped in who is not assigned: found by those who can read it' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc keys/$fpr_dora.asc && cp ../c $one && lie &&
	test_expect_code 5 jzbf verify --full >../out && test_grep "must not read it.*\[recipients\]" ../out
'
test_expect_success 'the office role key dropped' '
	attack && text $one 3 | seal ../c keys/$fpr_ben.asc && cp ../c $one && lie && refused recipients "must be able to read it"
'
test_expect_success 'the role secret for one more, by a custodian' '
	attack && gpg -q -d keys/office.sec.gpg | seal ../c keys/$fpr_anna.asc keys/$fpr_dora.asc keys/$fpr_ben.asc &&
	cp ../c keys/office.sec.gpg && commit_as anna "access seal" -a && refused recipients "keys/office.sec.gpg: encrypted to key"
'
test_expect_success 'plain text committed' '
	attack && text $one 3 >../p && cp ../p $one && lie && refused ciphertext "not one whole encrypted message"
'
test_expect_success 'something that is no file in the place of a record' '
	attack && git rm -q --cached $one && git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),$one" &&
	commit_as ben "$(says LS-2026-0001 3)" && test_expect_code 5 jzbf verify >../out && test_grep "$one: not one whole.*\[ciphertext\]" ../out
'
test_expect_success 'a message cut off' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc && head -c -20 ../c >$one && lie && refused ciphertext "not one whole"
'
test_expect_success 'something behind the message' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc && { cat ../c; echo more; } >$one && lie && refused ciphertext "not one whole"
'
test_expect_success 'a bit flipped inside: found by those who can read it' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc &&
	python3 -c "b = bytearray(open(\"../c\", \"rb\").read()); b[-40] ^= 1; open(\"$one\", \"wb\").write(b)" && lie &&
	test_expect_code 5 jzbf verify --full >../out && test_grep "\[ciphertext\]" ../out
'
test_expect_success 'a message that names another record, or more than it changes' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && git add -A && commit_as ben "$(says LS-2026-0002 2)" &&
	refused message "does not name" && test_grep "does not change.*\[message\]" ../out
'
test_expect_success 'a message that says something else' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && git add -A &&
	commit_as ben "$(says LS-2026-0001 3; echo; echo approved by the bureau)" && refused message "not one that jzbf writes"
'
test_expect_success 'findings are said in Chinese too' '
	in_chinese test_expect_code 5 jzbf verify >../out && test_grep "不是 jzbf 写入的内容" ../out
'
test_done

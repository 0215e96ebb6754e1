#!/bin/bash
# Who may write what: assigned workers, psychologists, and those who may not.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna ben carl dora || exit 99
work_as() { git config jzbf.person "$1" && become "$1"; }
# refused CODE COMMAND…: with that status, and the store is as it was.
refused() {
	local before code=$1
	shift
	before=$(git rev-parse HEAD) && test_expect_code "$code" "$@" && test "$before" = "$(git rev-parse HEAD)" && clean_after
}

test_expect_success 'setup' '
	open_store anna && jzbf access add ben --name ben --role caseworker --key $fpr_ben &&
	jzbf access add carl --name carl --role psychologist --key $fpr_carl && jzbf -q intake --from ../person.yaml &&
	echo "[0,0,0,0,0,0,0,0,1]" >../answers
'
test_expect_success 'a worker takes people in, is told of the cases that could not be compared, and is assigned' '
	work_as ben && sed "s/$MARK_NUMBER/441802198511209996/; s/by: anna/by: ben/g" ../person.yaml >../p2.yaml &&
	jzbf intake --from ../p2.yaml 2>../err && test_grep "1 of 1 cases could not be read by you" ../err && plain 2 >../plain &&
	test_grep "^  - ben" ../plain && (become anna; JZBF_PERSON=anna jzbf show 2 assigned >../out && test_grep ben ../out)
'
test_expect_success 'a worker changes no case of others, and says nothing of it' '
	refused 4 jzbf serve 1 kind=entry_education topics=entry_rights 2>../err && test_grep -v "$MARK" ../err &&
	refused 4 jzbf intake 1 person.phone=13000000000
'
test_expect_success 'a list taken in by a worker is compared as far as that goes' '
	printf "columns: {n: person.name, i: person.id_number}\nconstants: {sentence.category: probation}\n" >../map.yaml &&
	printf "n,i\n甲,441802198511209996\n" >../l.csv && refused 3 jzbf intake --csv ../l.csv --map ../map.yaml 2>../err &&
	test_grep "LS-2026-0002" ../err && test_grep "1 of 2 cases could not be read" ../err
'
test_expect_success 'a worker writes no psychological file' '
	refused 4 jzbf assess 2 --psych phq-9 --answers ../answers 2>../err && test_grep psych ../err && test_grep -v opened ../err
'
test_expect_success 'a psychologist does, and nobody else reads it' '
	work_as carl && jzbf assess 2 --psych phq-9 --answers ../answers >../out 2>../err && test_grep "psychological file is opened" ../err &&
	test_grep "ATTENTION: LS-2026-0002" ../err && plain 2 psych >../plain && test_grep "^  - carl" ../plain &&
	(become ben; ! plain 2 psych >../plain) && test_empty ../plain
'
test_expect_success 'the worker goes on with the case beside it' '
	work_as ben && jzbf -q serve 2 kind=entry_education topics=entry_rights >../out && clean_after
'
test_expect_success 'nobody is assigned who could not read it; who left stays named' '
	work_as anna && jzbf access add dora --name dora --role auditor --key $fpr_dora &&
	refused 3 jzbf intake 2 "assigned[+]=dora" 2>../err && test_grep ".dora. cannot be assigned" ../err &&
	jzbf access add dora --role caseworker && jzbf -q intake 2 "assigned[+]=dora" >../out && jzbf access remove dora &&
	jzbf -q intake 2 person.phone=13000000000 >../out && jzbf show 2 assigned >../out && test_grep dora ../out && clean_after
'
test_expect_success 'somebody who left writes nothing' '
	work_as anna && jzbf access remove ben && work_as ben &&
	JZBF_NOW=2026-03-04T09:00:00+08:00 refused 4 jzbf serve 2 kind=entry_education topics=entry_rights 2>../err
'
test_expect_success 'nothing of the person got out' 'no_trace'
test_done

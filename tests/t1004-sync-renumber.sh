#!/bin/bash
# Two cases under one id, and people who come and go on both sides, brought together by sync.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

# take_in NUMBER NAME PERSON [FIELD…]: a new case; prints its id.
take_in() {
	local number=$1 name=$2 person=$3
	shift 3
	by "$person" jzbf -q intake --from - "$@" <<-YAML
	assigned: [ben]
	person: {name: $name, id_type: citizen_id, id_number: '$number'}
	admission: {declared_on: 2026-03-02}
	sentence: {category: probation, correction_from: 2026-03-02, correction_to: 2027-03-01}
	YAML
}
verified() { in_clone "$1" by anna jzbf verify --full >out && test_grep "^verified" out; }

test_expect_success 'an office with a hub and clones' '
	make_office && make_hub && clone_as anna a && clone_as ben b
'
test_expect_success 'a case that both sides took in as one id: theirs keeps it, ours gets the next, and what names it follows' '
	in_clone a take_in 441802198511209996 甲 anna >id && test_grep LS-2026-0003 id && in_clone a by anna jzbf -q sync &&
	in_clone b take_in 44182519880815007X 乙 ben >id && test_grep LS-2026-0003 id && in_clone b touched ben LS-2026-0003 &&
	in_clone b by ben jzbf -q intake 2 sentence.co_offenders=LS-2026-0003 && in_clone b by ben jzbf sync >out 2>err &&
	test_grep "renumbered +LS-2026-0003 +-> LS-2026-0004" out && test_grep "yours is LS-2026-0004 from now on" err && clean_after b &&
	in_clone a by anna jzbf -q sync && same a b && verified a &&
	in_clone a by anna jzbf show 3 --format yaml >plain && test_grep "name: 甲" plain && in_clone a by anna jzbf show 4 --format yaml >plain && test_grep "name: 乙" plain &&
	test_grep "^revision: 1" plain && test_grep "mode: visit" plain && in_clone a by anna jzbf show 2 --format yaml >plain && test_grep "LS-2026-0004" plain && ! grep LS-2026-0003 plain
'
test_expect_success 'several at once, and once more' '
	in_clone a take_in 441802198511209996 丙 anna person.id_type=other person.birth_date=1990-01-01 person.id_number=A001 >/dev/null && in_clone a take_in 441802198511209996 丁 anna person.id_type=other person.birth_date=1990-01-01 person.id_number=A002 >/dev/null &&
	in_clone b take_in 441802198511209996 戊 ben person.id_type=other person.birth_date=1990-01-01 person.id_number=B001 >/dev/null && in_clone b take_in 441802198511209996 己 ben person.id_type=other person.birth_date=1990-01-01 person.id_number=B002 >/dev/null &&
	in_clone b take_in 441802198511209996 庚 ben person.id_type=other person.birth_date=1990-01-01 person.id_number=B003 >/dev/null && in_clone a by anna jzbf -q sync >/dev/null && in_clone b by ben jzbf -q sync >out && in_clone a by anna jzbf -q sync >/dev/null && same a b && verified a &&
	for i in 5 6 7 8 9; do in_clone a by anna jzbf show $i --format yaml | grep "^  name:" || return 1; done >names && sort -u names >o && test_line_count = 5 o &&
	in_clone a by anna jzbf -q list >list && test_line_count -ge 9 list
'
test_expect_success 'who joined there reads what was written here' '
	in_clone a by anna jzbf -q access remove dora >/dev/null && in_clone a by anna jzbf -q access add mallory --name mallory --role caseworker --key-file "$KEYS/mallory.pub" &&
	in_clone a by anna jzbf -q intake 1 assigned=ben,mallory && in_clone a by anna jzbf -q sync >/dev/null && in_clone b by ben jzbf -q intake 1 person.former_name=辛 && in_clone b by ben jzbf -q sync >out &&
	test_grep "merged +LS-2026-0001" out && in_clone a by anna jzbf -q sync && verified a && in_clone a as mallory gpg -q -d $one >plain && test_grep 辛 plain
'
test_expect_success 'who was removed there does not read what was written here: it is encrypted anew' '
	clone_as anna c && in_clone b by ben jzbf -q intake 2 assigned=ben,mallory && in_clone b by ben jzbf -q sync >/dev/null && in_clone a by anna jzbf -q sync >/dev/null &&
	in_clone a by anna jzbf -q access remove mallory >/dev/null 2>&1 && in_clone a by anna jzbf -q sync >/dev/null && in_clone b by ben jzbf -q intake 2 person.former_name=壬 &&
	in_clone b take_in 441802198511209996 癸 ben assigned=ben,mallory person.id_type=other person.birth_date=1990-01-01 person.id_number=C001 >id && in_clone b by ben jzbf -q sync >out 2>err && cat out err && in_clone a by anna jzbf -q sync && same a b && verified a &&
	new=cases/2026/000/$(cat id)/case.yaml.gpg && test_must_fail as mallory gpg -q -d a/$new >/dev/null && as ben gpg -q -d a/$new >plain && test_grep 癸 plain
'
test_expect_success 'both sides changed who may do what: merged by a custodian, role secrets for both' '
	in_clone a by anna jzbf -q access add dora --name dora --role custodian --key-file "$KEYS/dora.pub" >/dev/null && in_clone a by anna jzbf -q sync >/dev/null && in_clone c by anna jzbf -q sync >/dev/null &&
	in_clone a by anna jzbf -q access add eve2 --name eve2 --role supervisor --key-file "$KEYS/eve.pub" 2>/dev/null; in_clone a by anna jzbf -q access add mallory --name mallory --role supervisor --key-file "$KEYS/mallory.pub" >/dev/null &&
	in_clone c by anna jzbf -q access remove dora >/dev/null 2>&1 && in_clone a by anna jzbf -q sync >/dev/null && in_clone c by anna jzbf -q sync >out && test_grep "merged +access.yaml" out && test_grep "merged +keys/office.sec.gpg" out &&
	in_clone a by anna jzbf -q sync >/dev/null && same a c && verified a && as mallory gpg -q -d a/keys/office.sec.gpg >/dev/null && test_must_fail as dora gpg -q -d a/keys/office.sec.gpg >/dev/null
'
test_expect_success 'the same place of access.yaml: nothing moves until a custodian settles it' '
	in_clone a by anna jzbf -q access add ben --role supervisor >/dev/null && in_clone c by anna jzbf -q access add ben --role psychologist >/dev/null && in_clone a by anna jzbf -q sync >/dev/null &&
	in_clone c by anna test_expect_code 5 jzbf sync >out 2>err && test_grep "in conflict +access.yaml +people.ben..roles" out &&
	in_clone c by anna test_expect_code 1 jzbf resolve >out && test_grep "^access.yaml" out && in_clone c by anna test_expect_code 1 jzbf resolve access.yaml >out && test_grep "psychologist" out && test_grep supervisor out &&
	in_clone c by anna jzbf resolve access.yaml --theirs && in_clone c by anna jzbf -q sync >out && in_clone a by anna jzbf -q sync >/dev/null && same a c && verified a && grep -A12 "id: ben" a/access.yaml | test_grep supervisor /dev/stdin
'
test_done

#!/bin/bash
# One person taken in on both sides: two cases, both kept, and named to whoever brings them together.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

NUMBER=44182519880815007X
# take_in NUMBER NAME PERSON: a new case; prints its id.
take_in() {
	by "$3" jzbf -q intake --from - <<-YAML
	assigned: [ben]
	person: {name: $2, id_type: citizen_id, id_number: '$1'}
	admission: {declared_on: 2026-03-02}
	sentence: {category: probation, correction_from: 2026-03-02, correction_to: 2027-03-01}
	YAML
}
told() { # told WHAT-FILE: both ids, and nothing of the person
	test_grep "LS-2026-0003.*LS-2026-0004" "$1" && test_grep -v "$NUMBER|测试乙" "$1"
}

test_expect_success 'an office with a hub and clones' '
	make_office && make_hub && clone_as anna a && clone_as ben b
'
test_expect_success 'the same person on both sides: merged, sent, and the status is 1' '
	in_clone a take_in $NUMBER 测试乙 anna >id && test_grep LS-2026-0003 id && in_clone a by anna jzbf -q sync &&
	in_clone b take_in ${NUMBER/X/x} 测试乙 ben >id && test_grep LS-2026-0003 id && in_clone b by ben test_expect_code 1 jzbf -q sync >out 2>err &&
	told err && same b hub.git && clean_after b && for i in 3 4; do in_clone b by ben jzbf show $i --format yaml >plain && test_grep 测试乙 plain || return 1; done
'
test_expect_success 'whoever receives the second one is told too, and then it is no news' '
	in_clone a by anna test_expect_code 1 jzbf sync --format json >out 2>err && told err && test_grep "\"LS-2026-0003 LS-2026-0004\"" out &&
	jzbf -q check --schema "$SRC/schemas/output/sync.yaml" out && in_clone a by anna jzbf sync >out 2>err && test_grep -v 0004 err
'
test_expect_success 'in Chinese' '
	git -C a reset -q --hard HEAD~2 && in_clone a by anna jzbf trust --forget >/dev/null && in_clone a by anna jzbf -q list >/dev/null 2>&1 &&
	in_clone a by anna in_chinese test_expect_code 1 jzbf sync 2>err >out && told err && test_grep "同一人" err
'
test_expect_success 'check names both, under its rule; a case alone has none' '
	in_clone a by anna test_expect_code 1 jzbf check >out 2>/dev/null && test_grep "LS-2026-0003.*LS-2026-0004.*same-person" out && test_grep "LS-2026-0004.*LS-2026-0003.*same-person" out && test_grep -v $NUMBER out &&
	in_clone a by anna jzbf check --format json >out 2>/dev/null; test_grep same-person out && jzbf -q check --schema "$SRC/schemas/output/findings.yaml" out; in_clone a by anna jzbf check LS-2026-0001 >out 2>/dev/null; test_grep -v same-person out
'
test_expect_success 'who cannot read is no obstacle: the auditor syncs' '
	clone_as eve e && git -C e reset -q --hard HEAD~2 && in_clone e by eve jzbf trust --forget >/dev/null && in_clone e by eve jzbf -q list >/dev/null 2>&1; in_clone e by eve jzbf -q sync && same e hub.git
'
test_expect_success 'one is closed as opened twice: nothing is said any more' '
	in_clone b by ben jzbf -q close 4 closing.closed_on=2026-03-05 closing.reason=重复建档 && in_clone b by ben jzbf sync >out 2>err && test_grep -v 0003 err && in_clone b by ben jzbf check >out 2>/dev/null; test_grep -v same-person out
'
test_expect_success 'plain git brings two together: the next sync says it' '
	in_clone a by anna jzbf -q sync && in_clone a by anna jzbf -q intake 1 person.old_id=440000770101001 && in_clone b by ben jzbf -q intake 2 person.old_id=440000770101001 && git -C b fetch -q ../a main &&
	plain ben b merge -q --no-edit FETCH_HEAD && in_clone b by ben test_expect_code 1 jzbf -q sync 2>err >out && test_grep "LS-2026-0001.*LS-2026-0002" err && test_grep -v 440000770101001 err &&
	in_clone b by ben jzbf -q intake 2 person.old_id= && in_clone b by ben jzbf -q sync && in_clone a by anna jzbf -q sync
'
test_expect_success 'plain git, both under one id: the driver drops neither, and says whether it is one person' '
	in_clone a take_in 441802198511209996 测试丙 anna >id && in_clone b take_in 441802198511209996 测试丙 ben >id2 && test_cmp id id2 && git -C b fetch -q ../a main && test_must_fail plain ben b merge --no-edit FETCH_HEAD >out 2>err &&
	test_grep "the same person.*$(cat id).*git merge --abort" err && test_grep -v "441802198511209996|测试丙" err && git -C b merge --abort && clean_after b &&
	in_clone a by anna jzbf -q sync && in_clone b by ben test_expect_code 1 jzbf -q sync 2>err >out && test_grep "$(cat id).*LS-2026-0006" err
'
test_done

#!/bin/bash
# Lines that were merged with each other crosswise: sync says what to do, and that keeps every change.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

# parted FIELD FIELD: each clone changes its own, and marks what it has.
parted() {
	in_clone a by anna jzbf -q sync >/dev/null && in_clone b by dora jzbf -q sync >/dev/null && in_clone a by anna jzbf -q intake 1 "$1" >/dev/null && in_clone b by dora jzbf -q intake 1 "$2" >/dev/null &&
	git -C a branch -f was && git -C b branch -f was && git -C a fetch -q b && git -C b fetch -q a
}
crossed() { in_clone b by dora test_expect_code 5 jzbf sync 2>err >out && test_grep "crosswise" err; }
command_of() { sed -n "s/.*'\(git merge -S [0-9a-f]*\)'.*/\1/p" err; }

test_expect_success 'an office with a hub and two clones that know each other' '
	make_office && make_hub && clone_as anna a && clone_as dora b && git -C a remote add b ../b && git -C b remote add a ../a
'
test_expect_success 'crosswise: sync names the command, which keeps what both did' '
	parted person.phone=13800000001 person.former_name=乙 && plain anna a merge -q --no-edit b/was && plain dora b merge -q --no-edit a/was && in_clone a by anna jzbf -q sync >/dev/null && in_clone b by dora jzbf -q intake 1 person.traits=外向 >/dev/null && crossed &&
	plain dora b $(command_of | cut -c5-) --no-edit -q && in_clone b by dora jzbf verify --full >out && test_grep "^verified" out && in_clone b by dora jzbf -q sync >/dev/null && in_clone a by anna jzbf -q sync >/dev/null && same a b &&
	in_clone a by anna jzbf show 1 --format yaml >plain && test_grep 13800000001 plain && test_grep 乙 plain && test_grep 外向 plain
'
test_expect_success 'one field, settled differently on both sides: nobody wins unasked' '
	parted person.phone=13800000002 person.phone=13800000003 && test_must_fail plain anna a merge -q --no-edit b/was && in_clone a by anna jzbf -q resolve 1 --ours >/dev/null && plain anna a commit -q --no-edit &&
	test_must_fail plain dora b merge -q --no-edit a/was && in_clone b by dora jzbf -q resolve 1 --ours >/dev/null && plain dora b commit -q --no-edit && in_clone a by anna jzbf -q sync >/dev/null && crossed &&
	test_must_fail plain dora b $(command_of | cut -c5-) --no-edit -q >out 2>err2 && test_grep "person.phone: both sides" err2 && in_clone b by dora test_expect_code 1 jzbf resolve 1 >out && test_grep 13800000002 out && test_grep 13800000003 out &&
	in_clone b by dora jzbf -q resolve 1 --theirs >/dev/null && plain dora b commit -q --no-edit && in_clone b by dora jzbf verify --full >out && test_grep "^verified" out && in_clone b by dora jzbf -q sync >/dev/null && in_clone a by anna jzbf -q sync >/dev/null && same a b &&
	in_clone a by anna jzbf show 1 --format yaml >plain && test_grep 13800000002 plain
'
test_expect_success 'a driver as it was registered before is named by doctor' '
	old=$(git -C b config merge.jzbf.driver) && git -C b config merge.jzbf.driver "${old% %L}" && in_clone b by dora test_expect_code 1 jzbf doctor >out && tr "\n" " " <out | tr -s " " >flat && test_grep "one side could win unasked" flat && in_clone b by dora jzbf doctor --mend >/dev/null 2>&1; test "$(git -C b config merge.jzbf.driver)" = "$old"
'
test_done

#!/bin/bash
# --at: a store as a commit or a day left it, and nothing that the day of asking could change.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna || exit 99
at() { JZBF_NOW=2026-$1T09:00:00+08:00; shift; "$@"; }
later() { at 11-20 "$@"; }

test_expect_success 'a case, another one weeks later, and a change between' '
	open_store anna && jzbf -q intake --from ../person.yaml && first=$(git rev-parse HEAD) &&
	at 04-10 jzbf -q plan 1 --draft measures=x >../out && second=$(git rev-parse HEAD) &&
	sed "s/$MARK_NUMBER/441802198511209996/;s/$MARK/测试另人/" ../person.yaml >../p2.yaml && at 06-01 jzbf -q intake --from ../p2.yaml >../out
'
test_expect_success 'a day is the last commit of it or before, a commit any name of it' '
	later jzbf list --ids --at 2026-03-02 >../out && echo LS-2026-0001 | test_cmp - ../out &&
	later jzbf list --ids --at $second >../out && test_line_count = 1 ../out && later jzbf list --ids --at HEAD >../out && test_line_count = 2 ../out &&
	later jzbf list --ids --at 2026-05-31 >../out && test_line_count = 1 ../out && later jzbf list -z --at 2026-06-01 | tr "\0" "\n" >../out && test_line_count = 2 ../out &&
	later jzbf show 1 plans --at 2026-04-10 >../out && test_expect_code 1 later jzbf show 1 plans --at 2026-04-09 2>../err
'
test_expect_success 'what is derived is derived for that day, whatever today is' '
	for what in "list" "list --format json" "report caseload" "report indicators" "report case 1" "report case 1 --format html" "check 1" "check 1 --format json"; do
		for when in 2026-03-02 2026-05-01 $second HEAD; do
			at 06-02 jzbf $what --at $when >../one 2>/dev/null; at 11-20 jzbf $what --at $when >../two 2>/dev/null
			test_cmp ../one ../two || return 1
		done
	done && later jzbf report caseload --at 2026-05-01 --format json >../out && test_grep "\"date\": \"2026-05-01\"" ../out &&
	later jzbf report caseload --at $second --format json >../out && test_grep "\"date\": \"2026-04-10\"" ../out &&
	later jzbf report caseload --at $second --date 2026-04-30 --format json >../out && test_grep "\"date\": \"2026-04-30\"" ../out &&
	later jzbf report caseload --format json >../out && test_grep "\"date\": \"2026-11-20\"" ../out
'
test_expect_success 'in another clone and a bare one the same bytes' '
	git clone -q . ../other && git clone -q --bare . ../bare.git && git -C ../other config jzbf.person anna &&
	git -C ../bare.git config jzbf.person anna && jzbf report indicators --at 2026-05-01 --date 2026-05-01 >../one &&
	for dir in ../other ../bare.git; do
		later jzbf -q -C $dir report indicators --at 2026-05-01 2>../err | test_cmp ../one - || return 1
	done
'
test_expect_success 'a day before the store, a day to come, no day, too short a name' '
	test_expect_code 1 later jzbf list --at 2026-03-01 2>../err && test_grep "no commit of 2026-03-01 or before" ../err &&
	test_expect_code 2 later jzbf list --at 2026-11-21 2>../err && test_grep "2026-11-21 is still to come" ../err && later jzbf list --ids --at 2026-11-20 >../out &&
	test_expect_code 2 later in_chinese jzbf report caseload --at 2026-12-31 2>../err && test_grep "还没有到来" ../err &&
	test_expect_code 1 later jzbf list --at 2026-13-01 2>../err && test_grep "no commit is named" ../err &&
	test_expect_code 2 later jzbf diff 2026-03-02 2026-12-01 2>../err && test_expect_code 2 later jzbf log --at 2026-12-01 2>../err &&
	test_expect_code 1 later jzbf list --at $(echo $second | cut -c-3) 2>../err
'
test_expect_success 'a case that was not there then' '
	test_expect_code 1 later jzbf show 2 --at $second 2>../err && test_grep "no case" ../err && test_expect_code 1 later jzbf log 2 --at 2026-05-01 2>../err &&
	test_expect_code 1 later jzbf blame 2 --at 2026-05-01 2>../err && test_expect_code 1 later jzbf check 2 --at 2026-05-01 2>../err &&
	test_expect_code 1 later jzbf find 测试另人 --at 2026-05-01 && later jzbf find 测试另人 --ids --at 2026-06-01 >../out && test_line_count = 1 ../out &&
	later jzbf diff $second --case 2 --fields >../out && test_grep "^[+] case LS-2026-0002" ../out && later jzbf diff HEAD $second --case 2 --fields >../out && test_grep "^- case LS-2026-0002" ../out
'
test_expect_success 'blame and log of then know nothing of now' '
	at 06-05 jzbf -q intake 1 person.phone=13800000001 >../out && at 06-06 jzbf -q intake 1 person.phone=13800000002 >../out &&
	later jzbf blame 1 person.phone --at 2026-06-05 >../out && test_grep "2026-06-05 anna person.phone .*: 13800000001" ../out &&
	later jzbf log 1 --values --at 2026-06-05 >../out && test_grep -v 13800000002 ../out
'
test_expect_success 'a commit outside of the history of HEAD is judged on its own' '
	git checkout -q -b aside && at 06-07 jzbf -q intake 1 person.phone=13800000003 >../out && good=$(git rev-parse HEAD) &&
	git commit -q --allow-empty -m forged && bad=$(git rev-parse HEAD) && git checkout -q main && jzbf trust --forget >../out &&
	later jzbf show 1 person.phone --at $good >../out && echo 13800000003 | test_cmp - ../out &&
	test_expect_code 5 later jzbf show 1 person.phone --at $bad 2>../err && test_grep "not verified" ../err &&
	test_expect_code 5 later jzbf diff HEAD aside 2>../err && test_expect_code 5 later jzbf report caseload --at aside 2>../err &&
	later jzbf --unverified show 1 person.phone --at aside 2>../err >../out && test_grep "may be forged" ../err && later jzbf show 1 person.phone >../out && echo 13800000002 | test_cmp - ../out
'
test_done

#!/bin/bash
# sync where a person must decide: nothing moves, resolve settles, sync goes on.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

# differ FIELD=A FIELD=B: anna in clone a and ben in clone b change case 1, anna syncs first.
differ() {
	in_clone a by anna jzbf -q sync >/dev/null && in_clone b by ben jzbf -q sync >/dev/null &&
	in_clone a by anna jzbf -q intake 1 "$1" >/dev/null && in_clone b by ben jzbf -q intake 1 "$2" >/dev/null &&
	in_clone a by anna jzbf -q sync >/dev/null
}
# settled: something waits in this user's memory of a clone.
settled() { ls "$HOME"/.local/state/jzbf/sync/*/* 2>/dev/null; }
# agreed TEXT: ben's sync goes through, and both clones hold TEXT.
agreed() {
	in_clone b by ben jzbf -q sync >out && in_clone a by anna jzbf -q sync >out && same a b && clean_after a && clean_after b &&
	in_clone a by anna jzbf show 1 --format yaml >plain && test_grep "$1" plain && ! settled &&
	in_clone a by anna jzbf verify --full >out && test_grep "^verified" out
}

test_expect_success 'an office with a hub and two clones' '
	make_office && make_hub && clone_as anna a && clone_as ben b
'
test_expect_success 'the same field changed twice: named with who and when, without values, and nothing moves' '
	differ person.phone=13800000001 person.phone=13800000002 && head=$(git -C b rev-parse HEAD) &&
	in_clone b by ben test_expect_code 5 jzbf sync >out 2>err && test_grep "^in conflict +LS-2026-0001 +person.phone" out &&
	test_grep "ours: ben, 20" err && test_grep "theirs: anna, 20" err && ! grep 1380000000 out err &&
	test "$(git -C b rev-parse HEAD)" = $head && clean_after b
'
test_expect_success 'status names it, in both languages and for scripts' '
	in_clone b by ben jzbf status >out && test_grep "stopped with .origin., 1 left" out &&
	in_clone b by ben in_chinese jzbf status >out && test_grep "同步" out &&
	in_clone b by ben jzbf status --format json >out && jzbf -q check --schema "$SRC/schemas/output/status.yaml" out
'
test_expect_success 'JSON for a script' '
	in_clone b by ben test_expect_code 5 jzbf sync --format json >out 2>err && jzbf -q check --schema "$SRC/schemas/output/sync.yaml" out &&
	test_grep "\"why\": \"fields\"" out && test_grep "\"person.phone\"" out
'
test_expect_success 'resolve shows both values to who may read, and keeps nothing by itself' '
	in_clone b by ben test_expect_code 1 jzbf resolve >out && test_grep "^LS-2026-0001" out &&
	in_clone b by ben test_expect_code 1 jzbf resolve 1 >out && test_grep "ours: .*13800000002" out && test_grep "theirs: .*13800000001" out
'
test_expect_success 'other work goes on meanwhile' '
	in_clone b touched ben LS-2026-0002 && clean_after b
'
test_expect_success 'settled by a value, sync goes on and pushes' '
	in_clone b by ben jzbf resolve 1 person.phone=13800000003 2>err && test_grep "jzbf sync origin" err &&
	in_clone b by ben test_expect_code 1 jzbf resolve 2>err && test_grep "nothing is left to settle: .jzbf sync origin. goes on" err &&
	in_clone b by ben jzbf status >out && test_grep "all is settled \(.jzbf sync. goes on" out && agreed 13800000003 &&
	in_clone b by ben test_expect_code 1 jzbf resolve 2>err && test_grep "no record is in conflict" err
'
test_expect_success 'what is kept until then is encrypted' '
	differ person.phone=13800000004 person.phone=13800000005 && in_clone b by ben test_expect_code 5 jzbf sync >out 2>&1 &&
	in_clone b by ben jzbf resolve 1 --theirs && settled && ! grep -r 1380000000 b/.git/jzbf "$HOME/.local/state" && agreed 13800000004
'
test_expect_success 'a change of the settled case makes the settlement void' '
	differ person.phone=13800000006 person.phone=13800000007 && in_clone b by ben test_expect_code 5 jzbf sync >out 2>&1 &&
	in_clone b by ben jzbf resolve 1 --ours && in_clone b by ben jzbf -q intake 1 person.former_name=丙 &&
	in_clone b by ben test_expect_code 5 jzbf sync >out 2>&1 && in_clone b by ben jzbf resolve 1 --ours && agreed 13800000007
'
test_expect_success '--abort drops it' '
	differ person.phone=13800000008 person.phone=13800000009 && in_clone b by ben test_expect_code 5 jzbf sync >out 2>&1 &&
	in_clone b by ben jzbf resolve 1 --ours && in_clone b by ben jzbf sync --abort && ! settled &&
	in_clone b by ben test_expect_code 1 jzbf sync --abort 2>err && in_clone b by ben test_expect_code 5 jzbf sync >out 2>&1
'
test_expect_success 'asked on a terminal, field by field' '
	cat >talk.py <<-\EOF &&
	import os, pty, sys
	pid, fd = pty.fork()
	if pid == 0: os.execvp("jzbf", ["jzbf", "resolve", "1"])
	os.write(fd, sys.argv[1].encode() + b"\n")
	out = b""
	try:
	    while True:
	        got = os.read(fd, 4096)
	        if not got: break
	        out += got
	except OSError: pass
	sys.stdout.write(out.decode())
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	EOF
	in_clone b by ben test_expect_code 1 python3 ../talk.py q >out && test_grep "1/1 person.phone: o takes ours" out &&
	in_clone b by ben test_expect_code 3 python3 ../talk.py "= no" >out && in_clone b by ben python3 ../talk.py "= 13900000000" >out && agreed 13900000000
'
test_expect_success 'sides field by field' '
	in_clone a by anna jzbf -q intake 1 person.former_name=甲一 person.phone=13800000011 &&
	in_clone b by ben jzbf -q intake 1 person.former_name=甲二 person.phone=13800000012 && in_clone a by anna jzbf -q sync >out &&
	in_clone b by ben test_expect_code 5 jzbf sync >out 2>&1 &&
	in_clone b by ben test_expect_code 1 jzbf resolve 1 --ours-at person.phone >out 2>err && test_grep "not settled yet" err &&
	in_clone b by ben jzbf resolve 1 --ours-at person.phone --theirs-at person.former_name && agreed 13800000012 && test_grep 甲一 plain
'
test_expect_success 'what a stranger puts into the repository settles nothing' '
	differ person.former_name=丙一 person.phone=13800000010 && git -C b fetch -q && mkdir -p b/.git/jzbf/sync && plant=b/.git/jzbf/sync &&
	in_clone a by anna jzbf show 1 --format yaml | awk "/^revision:/ { print \$1, \$2 + 1; next } 1" | sed s/13800000010/13899999999/ |
		seal $plant/$(git -C b rev-parse main:$one)-$(git -C b rev-parse origin/main:$one) base/$office base/keys/$fpr_ben.asc &&
	agreed 13800000010 && ! grep 13899999999 plain && test_grep 丙一 plain
'
test_expect_success 'a merge that breaks a rule is a conflict too, with its findings' '
	differ "sentence.correction_to=2026-04-01" "sentence.correction_from=2026-06-01" && head=$(git -C b rev-parse HEAD) &&
	in_clone b by ben test_expect_code 5 jzbf sync >out 2>err && test_grep "^in conflict +LS-2026-0001" out &&
	test_grep "Sentence › Correction to" err && test "$(git -C b rev-parse HEAD)" = $head &&
	in_clone b by ben test_expect_code 3 jzbf resolve 1 --ours >out 2>err && test_grep "correction" err &&
	in_clone b by ben jzbf resolve 1 sentence.correction_to=2027-03-01 && agreed "correction_to: .2027-03-01"
'
test_expect_success 'who cannot read the case is told who can' '
	clone_as eve e && clone_as dora d && in_clone a touched anna LS-2026-0001 && in_clone e git pull -q ../b main && in_clone d by dora jzbf -q sync >/dev/null &&
	in_clone b by ben jzbf -q intake 1 person.former_name=丁 >/dev/null && in_clone e git pull -q ../b main && in_clone a by anna jzbf -q sync >/dev/null &&
	in_clone e by eve test_expect_code 5 jzbf sync >out 2>err && test_grep "in conflict +LS-2026-0001" out && test_grep "whoever is assigned or holds the role key.*anna, dora" err &&
	in_clone b by ben jzbf -q sync >out && in_clone e by eve jzbf -q sync >out && same e b
'
test_expect_success 'a psych file that both sides changed is for psychologists to merge' '
	printf "scale: 0-3\nanswers: {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 0}\n" >nine.yaml && in_clone b by ben jzbf -q intake 1 assigned=ben,cai "consents[+].kind=screening" "consents[+].version=1" \
		"consents[+].date=2026-03-02" "consents[+].signed=true" "consents[+2].kind=counselling" "consents[+2].version=1" "consents[+2].date=2026-03-02" "consents[+2].signed=true" && in_clone b by ben jzbf -q sync >/dev/null && clone_as cai p && clone_as cai q && clone_as anna r &&
	in_clone p by cai jzbf -q assess 1 --psych phq-9 --answers ../nine.yaml >/dev/null && in_clone p by cai jzbf -q sync >/dev/null && in_clone q by cai jzbf -q sync >/dev/null &&
	in_clone p by cai jzbf -q serve 1 --psych kind=心理辅导 note.fact=谈话甲 minutes=50 >/dev/null && in_clone q by cai jzbf -q serve 1 --psych kind=心理辅导 note.fact=谈话乙 minutes=40 >/dev/null && in_clone p by cai jzbf -q sync >/dev/null &&
	git -C r pull -q ../q main && in_clone r by anna test_expect_code 5 jzbf sync >out 2>err && test_grep "in conflict +LS-2026-0001 +psych file" out && test_grep "holds the role key.*: cai" err && ! grep 谈话 out err &&
	in_clone q by cai jzbf -q sync >out && test_grep "merged +LS-2026-0001 +psych file" out && in_clone q by cai jzbf show 1 --psych --format yaml >plain && test_grep 谈话甲 plain && test_grep 谈话乙 plain && in_clone q by cai jzbf verify --full >out && test_grep ^verified out
'
test_done

#!/bin/bash
# merge-driver: plain git merges encrypted records by meaning.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna ben || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)

one=cases/2026/000/LS-2026-0001/case.yaml.gpg
# Plain git signs and names its commits as jzbf would.
export GIT_AUTHOR_EMAIL=anna@ls.jzbf.invalid GIT_COMMITTER_EMAIL=anna@ls.jzbf.invalid
# sides OURS THEIRS: from the same commit an edit on main and one on side; main is checked out.
sides() {
	git checkout -q -B side start && jzbf trust --forget >/dev/null && eval "$2" &&
	git checkout -q -B main start && jzbf trust --forget >/dev/null && eval "$1"
}
stages() { git ls-files -u | wc -l; }

test_expect_success 'setup: the driver is registered' '
	open_store anna && jzbf -q intake --from ../person.yaml &&
	test_expect_code 1 jzbf doctor >../out && test_grep "merge driver is not registered" ../out &&
	jzbf doctor --mend >../out; test_grep -v "merge driver" ../out &&
	git config merge.jzbf.driver | grep "merge-driver %O %A %B %P" && git tag start &&
	git config user.signingkey $fpr_anna && git config commit.gpgsign true
'
test_expect_success 'an older driver that only refuses is found' '
	git config merge.jzbf.driver "echo no; exit 1" && test_expect_code 1 jzbf doctor >../out &&
	test_grep "merge driver is not registered" ../out && jzbf doctor --mend >/dev/null; true
'
test_expect_success 'two edits of one case merge by themselves' '
	sides "jzbf -q intake 1 person.phone=13800000001" "jzbf -q intake 1 person.former_name=乙 needs[+].domain=住房 needs[+].severity=1 needs[+].found_on=2026-02-07 needs[+].evidence=cont0001 \
		needs[need0001].severity=3" >/dev/null && git merge -q side 2>../err &&
	plain >../plain && test_grep 13800000001 ../plain && test_grep "former_name: 乙" ../plain &&
	test_grep "severity: 3" ../plain && test "$(grep -c "  - id: need\|domain:" ../plain)" -ge 3 &&
	test_grep "^revision: 3" ../plain && jzbf show 1 >/dev/null && clean_after
'
test_expect_success 'the other way round the same record comes out' '
	git checkout -q -B other side && git merge -q main~1 2>../err && plain >../back && test_cmp ../plain ../back &&
	git checkout -q main
'
test_expect_success 'the same change on both sides is no conflict' '
	sides "jzbf -q intake 1 person.phone=13800000001" "jzbf -q intake 1 person.phone=13800000001" &&
	git merge -q side && plain | grep 13800000001
'
test_expect_success 'one field changed two ways is a conflict that names the field, not the values' '
	sides "jzbf -q intake 1 person.phone=13800000001" "jzbf -q intake 1 person.phone=13800000002" &&
	cp $one ../ours && test_must_fail git merge side >../out 2>&1 && test_grep "CONFLICT" ../out &&
	test_grep "LS-2026-0001: person.phone: both sides added it" ../out && ! grep 1380000000 ../out &&
	test "$(stages)" = 3 && cmp $one ../ours && no_trace
'
test_expect_success 'git merge --abort brings everything back' '
	git merge --abort && clean_after && plain | grep 13800000001
'
test_expect_success 'resolve shows both sides, with who and when, and settles nothing by itself' '
	sides "jzbf -q intake 1 person.phone=13800000001 person.former_name=乙" \
		"jzbf -q intake 1 person.phone=13800000002 person.traits=内向" && test_must_fail git merge side >/dev/null 2>&1 &&
	test_expect_code 1 jzbf resolve >../out && test_grep "^LS-2026-0001" ../out &&
	test_expect_code 1 jzbf resolve 1 >../out && test_grep 13800000001 ../out && test_grep 13800000002 ../out &&
	test_grep "  ours: anna, 20" ../out && test_grep "  theirs: anna, 20" ../out && ! grep -e 内向 -e former ../out &&
	test "$(stages)" = 3 && test_expect_code 2 jzbf resolve 1 --ours --theirs &&
	test_expect_code 1 jzbf resolve 1 person.traits=外向 2>../err >/dev/null && test_grep "not settled yet" ../err &&
	jzbf resolve 1 --ours -n && test "$(stages)" = 3
'
test_expect_success 'an invalid value is refused' '
	test_expect_code 3 jzbf resolve 1 person.phone=no 2>../err && test "$(stages)" = 3 && cmp $one <(git show :2:$one)
'
test_expect_success 'a value of its own, and the merge is finished' '
	jzbf resolve 1 person.phone=13800000003 2>../err && test_grep "git commit" ../err && test "$(stages)" = 0 &&
	git commit -q --no-edit && plain >../plain && test_grep 13800000003 ../plain && test_grep 内向 ../plain &&
	test_grep "former_name: 乙" ../plain && test_grep "^revision: 3" ../plain && clean_after &&
	test_expect_code 1 jzbf resolve 2>../err && test_grep "no record is in conflict" ../err
'
test_expect_success 'their side, in a rebase too' '
	sides "jzbf -q intake 1 person.phone=13800000001" "jzbf -q intake 1 person.phone=13800000002" &&
	test_must_fail git rebase side >/dev/null 2>&1 && jzbf resolve LS-2026-0001 --theirs &&
	GIT_EDITOR=true git rebase --continue >/dev/null && plain | grep 13800000001 && clean_after
'
test_expect_success 'removed here, changed there is a conflict' '
	sides "jzbf -q intake 1 needs[+].domain=住房 needs[+].severity=1 needs[+].found_on=2026-02-07 needs[+].evidence=cont0001 needs[need0001]=" "jzbf -q intake 1 needs[need0001].severity=3" >/dev/null &&
	test_must_fail git merge side >../out 2>&1 &&
	test_grep "needs\[need0001\]: our side removed it, the other changed it" ../out && git merge --abort
'
test_expect_success 'rebase and cherry-pick merge by meaning too' '
	sides "jzbf -q intake 1 person.phone=13800000001" "jzbf -q intake 1 person.former_name=乙" &&
	git rebase -q side && plain >../plain && test_grep 13800000001 ../plain && test_grep 乙 ../plain &&
	sides "jzbf -q intake 1 person.phone=13800000001" "jzbf -q intake 1 person.former_name=乙" &&
	git cherry-pick side >/dev/null && plain | cmp - ../plain
'
test_expect_success 'somebody who cannot read the case leaves it in conflict' '
	sides "jzbf -q intake 1 person.phone=13800000001" "jzbf -q intake 1 person.former_name=乙" && cp $one ../ours &&
	(become ben && test_must_fail git merge side >../out 2>&1) && test_grep CONFLICT ../out && cmp $one ../ours &&
	git merge --abort
'
test_expect_success 'a merge that also brings a new person encrypts to that person' '
	gpg --armor --export $fpr_ben >../ben.asc &&
	sides "jzbf -q intake 1 person.phone=13800000001" "jzbf -q access add ben --name Ben --role caseworker --key-file ../ben.asc &&
		jzbf -q intake 1 assigned=anna,ben" && git merge -q side 2>../err && as ben gpg -q -d $one | grep 13800000001
'
test_expect_success 'other files are merged by git, junk is refused' '
	: >../empty && test_expect_code 2 jzbf merge-driver ../empty ../empty ../empty README 2>../err &&
	test_grep "not the path of a record" ../err &&
	echo junk >../junk && cp ../junk ../a && test_expect_code 4 jzbf merge-driver ../empty ../a ../junk $one && cmp ../junk ../a
'
test_expect_success 'two cases under one id are never settled by dropping one' '
	git merge --abort 2>/dev/null; git rebase --abort 2>/dev/null; git cherry-pick --abort 2>/dev/null
	sed "s/name: .*/name: 测试己/;s/id_number:.*/id_number: 441802198511209996/" ../person.yaml >../other.yaml &&
	sed "s/name: .*/name: 测试庚/;s/id_number:.*/id_number: 44182519880815007X/" ../person.yaml >../third.yaml &&
	sides "jzbf -q intake --from ../other.yaml" "jzbf -q intake --from ../third.yaml" &&
	test_must_fail git merge side >/dev/null 2>&1 &&
	for how in --ours --theirs person.phone=13800000009; do
		test_expect_code 5 jzbf resolve LS-2026-0002 $how 2>../err && test_grep "both sides took in" ../err || return 1
	done &&
	git merge --abort
'
test_expect_success 'nothing readable is left' 'no_trace && rmdir "$JZBF_TMPFS"'
test_done

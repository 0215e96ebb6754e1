#!/bin/bash
# Histories of sound commits only, but not the one that was verified here.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office' 'make_office'

# gone PATTERN: both commands say what happened.
gone() {
	test_expect_code 5 jzbf verify >"$W/out" 2>&1 && test_grep "$1.*\[rollback\]" "$W/out" &&
	test_expect_code 5 jzbf list >"$W/list" 2>"$W/err" && test_empty "$W/list" && test_grep "$1" "$W/err"
}
test_expect_success 'the branch reset' '
	attack && git reset -q --hard HEAD~1 && gone "an older state than" &&
	! touched ben LS-2026-0002 2>../err && test_grep "an older state" ../err
'
test_expect_success 'and an older commit looked at on purpose' '
	attack && jzbf list --at HEAD~1 >../list && test_grep LS-2026-0001 ../list
'
test_expect_success 'what the repository itself keeps is no help to the attacker' '
	attack && git reset -q --hard HEAD~1 && rm -rf .git/jzbf .git/logs && mkdir .git/jzbf && echo "root 0" >.git/jzbf/trust && gone "an older state"
'
test_expect_success 'an old backup in place of the clone' '
	attack && cd .. && git clone -q --bare base old && git -C old update-ref HEAD HEAD~2 && rm -rf x/.git && cp -r old x/.git &&
	git -C x config core.bare false && cd x && git reset -q --hard && gone "an older state"
'
test_expect_success 'history rewritten from an older commit on' '
	attack && git reset -q --hard HEAD~1 && by ben jzbf --unverified log >/dev/null 2>&1 &&
	text $one 2 | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && git add -A && commit_as ben "$(says LS-2026-0001 2)" &&
	gone "the history was rewritten"
'
test_expect_success 'another root, whose custodian has the same name' '
	attack && cd .. && rm -rf fake && as mallory jzbf init fake --office LS --name 示例县司法局 --person anna --person-name anna 2>/dev/null &&
	rm -rf x/.git && cp -r fake/.git x/ && cd x && git reset -q --hard && gone "begins at another root" &&
	test_expect_code 5 jzbf trust >../out && test_grep "another root is pinned" ../out
'
test_expect_success 'a forced push is seen by those who fetch' '
	cd "$W" && rm -rf x up && git clone -q --bare base up && git clone -q up x && cd x && jzbf verify >/dev/null &&
	git -C ../up update-ref refs/heads/main main~1 && git fetch -q && test_expect_code 5 jzbf verify >../out &&
	test_grep "refs/remotes/origin/main stands at.*an older state.*\[rollback\]" ../out
'
test_expect_success 'a merge of two sides is judged by both' '
	attack && touched ben LS-2026-0001 && git checkout -q -b side HEAD~1 &&
	text $two 2 | seal ../c $office keys/$fpr_ben.asc && cp ../c $two && git add -A && commit_as ben "$(says LS-2026-0002 2)" &&
	git checkout -q main && git merge -q --no-commit --no-ff side >/dev/null && commit_as ben "merge side" && jzbf verify --full >../out && test_grep "^verified" ../out
'
test_expect_success 'a merge that drops one side' '
	attack && touched ben LS-2026-0001 && git checkout -q -b side HEAD~1 &&
	text $two 2 | seal ../c $office keys/$fpr_ben.asc && cp ../c $two && git add -A && commit_as ben "$(says LS-2026-0002 2)" &&
	git checkout -q main && git merge -q -s ours --no-commit --no-ff side >/dev/null && commit_as ben "merge side" &&
	refused merge "$two: the merge drops"
'
test_expect_success 'a merge by a caseworker that slips a change of access.yaml in' '
	attack && touched ben LS-2026-0001 && git checkout -q -b side HEAD~1 &&
	text $two 2 | seal ../c $office keys/$fpr_ben.asc && cp ../c $two && git add -A && commit_as ben "$(says LS-2026-0002 2)" &&
	git checkout -q main && git merge -q --no-commit --no-ff side >/dev/null &&
	sed -i "/^ *- id: ben/,/^ *keys:/s/role: caseworker/role: custodian/" access.yaml && git add -A && commit_as ben "merge side" &&
	refused role "access.yaml: .ben. held no role"
'
test_expect_success 'a history with a second root' '
	attack && git checkout -q --orphan other && commit_as anna "init" && git checkout -q main && git merge -q --no-commit --no-ff \
		--allow-unrelated-histories -s ours other >/dev/null && commit_as anna "merge other" && refused root "a second beginning"
'
test_expect_success 'a memory that somebody damaged is not taken for none' '
	attack && for f in "$HOME"/.local/state/jzbf/trust/*; do case $f in *.lock) ;; *) echo junk >>"$f" ;; esac; done &&
	test_expect_code 5 jzbf list 2>../err && test_grep "damaged" ../err && jzbf trust --forget >../out && jzbf list >/dev/null 2>&1
'
test_expect_success 'the memory is for its owner alone' '
	test -z "$(find "$HOME/.local/state/jzbf" -perm /077)"
'
test_done

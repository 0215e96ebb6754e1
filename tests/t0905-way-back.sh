#!/bin/bash
# A local commit that does not verify is refused, and trust says how to get out of that: the commands are taken literally.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

# way [LABEL]: the command behind "way out:" or another label, as it is printed.
way() { sed -n "s/^${1:-way out}: *//p" "$W/out"; }
# stuck [COMMAND…]: reading is refused and points to trust, which ends with 5.
stuck() { test_expect_code 5 jzbf list >"$W/list" 2>"$W/err" && test_empty "$W/list" && test_grep "jzbf trust" "$W/err" && test_expect_code 5 jzbf trust >"$W/out" && tr "\n" " " <"$W/out" | tr -s " " >"$W/flat"; }
free() { jzbf -q list >/dev/null && jzbf verify >"$W/o" && test_grep "^verified" "$W/o" && jzbf trust >"$W/o" && test_grep "HEAD is verified" "$W/o"; }
# by_hand NAME OPTION…: a revision of case 1 as it should be, committed by plain git.
by_hand() { # the content is right; how it is signed is the caller's
	text $one 3 >"$W/p" && by anna seal $one $office keys/$fpr_ben.asc <"$W/p" && git add -A
}

test_expect_success 'an office' 'make_office'
test_expect_success 'an unsigned commit: back to before it, and nothing else goes' '
	attack && good=$(git rev-parse HEAD) && git commit -q --allow-empty -m "update" && bad=$(git rev-parse HEAD) && stuck && test_grep "not signed" ../out && test "$(way)" = "git reset --keep $good" &&
	test_grep "leave the branch: 1; of them, in no remote branch: 1" ../flat && test_grep "git revert. does not help" ../flat && $(way) && test $(git rev-parse HEAD) = $good && free && git cat-file -e $bad
'
test_expect_success 'good ones before it stay, those behind it go; uncommitted work is kept' '
	attack && touched ben LS-2026-0002 && good=$(git rev-parse HEAD) && git commit -q --allow-empty -m "update" && git commit -q --allow-empty -m "update" && echo mine >note && stuck &&
	test "$(way)" = "git reset --keep $good" && test_grep "leave the branch: 2" ../flat && $(way) && test_grep mine note && rm note && free
'
test_expect_success 'a true change, badly signed: it is made anew, and nothing is lost' '
	attack && by_hand && commit_as mallory "$(says LS-2026-0001 3)" && test_expect_code 5 jzbf list 2>/dev/null; test_expect_code 5 jzbf trust >../out && test_grep "^or: +git commit --amend" ../out &&
	(become ben && export GIT_AUTHOR_EMAIL=ben@ls.jzbf.invalid GIT_COMMITTER_EMAIL=ben@ls.jzbf.invalid && git -c user.signingkey=$fpr_ben -c advice.detachedHead=false $(way or | sed "s/^git//")) >/dev/null && free && jzbf show LS-2026-0001 >/dev/null
'
test_expect_success 'what is false inside is not made anew' '
	attack && text $one 3 >../p && cp ../p $one && git add -A && commit_as ben "$(says LS-2026-0001 3)" && stuck && test_grep -v "^or:" ../out && $(way) && free
'
test_expect_success 'history rewritten here: back to what was verified' '
	attack && touched ben LS-2026-0001 && touched ben LS-2026-0002 && jzbf -q list >/dev/null && good=$(git rev-parse HEAD) && git reset -q --hard HEAD~1 && stuck && test_grep "older state" ../out && test "$(way)" = "git reset --keep $good" && test_grep "leave the branch: 0" ../flat && $(way) && free &&
	git reset -q --hard HEAD~2 && git commit -q --allow-empty -m x && stuck && test_grep rewritten ../out && $(way) && free
'
test_expect_success 'a remote that has it too is named' '
	attack && git init -q --bare ../there.git && git remote add there ../there.git && git commit -q --allow-empty -m update && git push -q there HEAD:main && git fetch -q there && stuck && test_grep "there/main. has it too" ../flat && test_grep "leave the branch: 1; of them, in no remote branch: 0" ../flat
'
test_expect_success 'sync says that it is the other one, and which way out it is' '
	git reset -q --hard HEAD~1 && by anna test_expect_code 5 jzbf sync there 2>../err && test_grep "there. has what does not verify.*whoever keeps it" ../err && free
'
test_expect_success 'a bare repository' '
	attack && git clone -q --bare . ../bare.git && cd ../bare.git && jzbf -q list >/dev/null 2>&1; good=$(git rev-parse HEAD) && git update-ref HEAD $(git commit-tree -p HEAD -m x HEAD^{tree}) && stuck && test_grep -v "^or:" ../out && $(way) && test $(git rev-parse HEAD) = $good && free
'
test_expect_success 'what was verified is not here any more' '
	attack && touched ben LS-2026-0001 && jzbf -q list >/dev/null && git reset -q --hard HEAD~1 && git reflog expire --expire=now --all && git gc -q --prune=now && stuck && test_grep "fresh clone" ../flat && test -z "$(way)"
'
test_expect_success 'in Chinese' '
	attack && git commit -q --allow-empty -m update && in_chinese test_expect_code 5 jzbf list 2>../err && test_grep "jzbf trust" ../err && in_chinese test_expect_code 5 jzbf trust >../out && test_grep "^出路：.*git reset --keep" ../out && test_grep "移出分支" ../out
'
test_done

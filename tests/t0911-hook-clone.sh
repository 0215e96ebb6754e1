#!/bin/bash
# The guards of a clone, through real git commit, git merge and git push.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office, a server without a hook, and ben'\''s clone with guards' '
	make_office && git clone -q --bare . ../up && git clone -q ../up ../ben && cd ../ben && git config jzbf.person ben && become ben &&
	unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL &&
	jzbf hook install >../out 2>../err && printf "pre-commit\ncommit-msg\npre-push\n" | test_cmp - ../out && test_grep "ben <ben@ls.jzbf.invalid>" ../err &&
	jzbf hook status >../out && test_grep -v "not" ../out
'
held() { # held RULE PATTERN COMMAND…: it fails with that sentence, and HEAD stays
	local before=$(git rev-parse HEAD) rule=$1 pattern=$2
	shift 2
	test_must_fail "$@" >"$W/out" 2>"$W/err" </dev/null && test_grep "$pattern.*\[$rule\]" "$W/err" && test "$before" = "$(git rev-parse HEAD)"
}
honest() { text_as ben $one 3 | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && git add -A; }
text_as() { by "$1" jzbf textconv "$2" | sed "s/^revision: .*/revision: $3/"; }
undo() { git reset -q --hard && git clean -qfd; }

test_expect_success 'plain text where ciphertext belongs' '
	text_as ben $one 3 >../p && cp ../p $one && held ciphertext "$one: not one whole" git commit -q -a -m "$(says LS-2026-0001 3)" && undo
'
test_expect_success 'a file where a store has nothing' 'echo names >notes.txt && git add -A && held path "notes.txt: nothing of a store" git commit -q -m "update"; undo'
test_expect_success 'only some of what was changed: git names another index' '
	honest && echo names >notes.txt && git add notes.txt && held path "notes.txt" git commit -q -m x -- notes.txt && undo
'
test_expect_success 'for one too many, and for one too few' '
	text_as ben $one 3 | seal ../c $office keys/$fpr_ben.asc "$KEYS/mallory.pub" && cp ../c $one &&
	held recipients "which must not read it" git commit -q -a -m "$(says LS-2026-0001 3)" && undo &&
	text_as ben $one 3 | seal ../c keys/$fpr_ben.asc && cp ../c $one && held recipients "must be able to read it" git commit -q -a -m "$(says LS-2026-0001 3)" && undo
'
test_expect_success 'a message that jzbf would not write; the honest one goes through, signed' '
	honest && held message "does not name" git commit -q -m "changed something" && held message "not one that jzbf writes" git commit -q -m "$(says LS-2026-0001 3; echo; echo hello)" &&
	held revision "revision 5 follows on revision 2" git commit -q -m "$(says LS-2026-0001 5)" &&
	git commit -q -m "$(says LS-2026-0001 3)" && jzbf verify --full >../out && test_grep "^verified" ../out && git push -q
'
test_expect_success 'what only a custodian may change, an old ciphertext, a record away' '
	sed -i s/caseworker/custodian/ access.yaml && held role "access.yaml: .ben. held no role" git commit -q -a -m "access add" && undo &&
	git show HEAD~1:$one >$one && held replay "an old ciphertext" git commit -q -a -m "$(says LS-2026-0001 4)" && undo &&
	git rm -q $two && held removed "never removed" git commit -q -m "update" && undo
'
test_expect_success 'in another name, and without a signature' '
	honest && held identity "would be by .anna <anna@x>" git -c user.name=anna -c user.email=anna@x commit -q -m "$(says LS-2026-0001 4)" &&
	held signature "would not sign" git -c commit.gpgsign=false commit -q -m "$(says LS-2026-0001 4)" && undo
'
test_expect_success 'a merge by meaning goes through, by its driver and its message' '
	jzbf doctor --mend >/dev/null; git clone -q ../up ../two && git -C ../two config jzbf.person ben && (cd ../two && touched ben LS-2026-0001) && touched ben LS-2026-0001 &&
	git fetch -q ../two main && git merge -q -m "merge two" FETCH_HEAD >../out 2>&1 && jzbf verify --full >../out && test_grep "^verified" ../out && git push -q
'
test_expect_success 'a merge that drops the other side is held' '
	git -C ../two pull -q ../ben main && (cd ../two && jzbf -q list >/dev/null && touched ben LS-2026-0002) && touched ben LS-2026-0001 && git fetch -q ../two main &&
	held merge "the merge drops" git merge -q -s ours -m "merge two" FETCH_HEAD && git merge --abort
'
test_expect_success 'past the guard by --no-verify, but not over the wire' '
	honest && git commit -q --no-verify --no-gpg-sign -m "$(says LS-2026-0001 6)" && held signature "not signed: anybody" git push -q && git reset -q --hard HEAD~1
'
test_expect_success 'git'\''s cache of decrypted text, notes, a deletion and force are not pushed' '
	git update-ref refs/notes/textconv/jzbf HEAD && held ref "keeps decrypted records" git push -q origin refs/notes/textconv/jzbf &&
	held ref "nothing is deleted there" git push -q origin :main && held ref "a forced push" git push -q -f origin HEAD~2:main && git update-ref -d refs/notes/textconv/jzbf
'
test_expect_success 'a history that was set back is not pushed' '
	git push -q && git branch keep && git reset -q --hard HEAD~1 && git update-ref -d refs/remotes/origin/main && held rollback "an older state" git push -q origin HEAD:refs/heads/elsewhere && git reset -q --hard keep
'
test_expect_success 'jzbf itself runs no hook' '
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/pre-commit && touched ben LS-2026-0001 && jzbf hook install --force 2>../err >/dev/null && test_grep "kept as" ../err
'
test_expect_success 'doctor sees them gone, changed, bypassed; says nothing of them when they are well' '
	jzbf doctor >../out; test_grep -v "hook" ../out && echo "exit 0" >>.git/hooks/pre-push && test_expect_code 1 jzbf doctor >../out && test_grep "pre-push is not as jzbf would write it" ../out &&
	jzbf hook install >/dev/null 2>&1 && git config commit.gpgsign false && test_expect_code 1 jzbf doctor >../out && test_grep "commit.gpgsign is not what" ../out &&
	jzbf hook install >/dev/null 2>&1 && git config core.hooksPath /nowhere && test_expect_code 1 jzbf doctor >../out && test_grep "core.hooksPath leads elsewhere" ../out &&
	git config --unset core.hooksPath && rm .git/hooks/pre-push && test_expect_code 1 jzbf doctor >../out && test_grep "1 of the 3 hooks" ../out &&
	jzbf hook remove && jzbf doctor >../out; test_grep "no hook holds back" ../out && jzbf -C ../up doctor >../out; test_grep "no hook judges what is pushed" ../out
'
test_expect_success 'options of a central repository are refused here' 'test_expect_code 2 jzbf hook install --tags 2>../err && test_grep "central bare repository" ../err'
test_expect_success 'what git would not say is a wrong use' '
	test_expect_code 2 jzbf hook run update 2>../err && test_expect_code 2 jzbf hook run commit-msg 2>../err && echo nonsense | test_expect_code 2 jzbf hook run pre-push 2>../err &&
	echo nonsense | test_expect_code 2 jzbf -C ../up hook run pre-receive 2>../err
'
test_done

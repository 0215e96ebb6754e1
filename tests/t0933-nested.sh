#!/bin/bash
# Repositories that are no store of ours to be found by chance: one in another store's working tree, one with other ids.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office, and a store planted in its working tree' '
	make_office && (as mallory jzbf init "$W/evil" --office LS --name 示例县司法局 --person anna --person-name anna 2>/dev/null) && cp -R ../evil/.git cases/.git && git -C cases reset -q --hard
'
test_expect_success 'searching upwards does not end in it: refused, by everything that reads or writes' '
	cd cases/2026 && for c in "list" "status" "intake person.name=x" "check" "verify" "trust"; do test_expect_code 5 jzbf $c >"$W/out" 2>"$W/err" && test_empty "$W/out" && test_grep "inside the working tree of the store .*base" "$W/err" || return 1; done &&
	test_expect_code 5 jzbf -C . list 2>"$W/err" && test_grep "inside the working tree" "$W/err" && in_chinese test_expect_code 5 jzbf list 2>"$W/err" && test_grep "工作区内的另一个库" "$W/err" && cd ../..
'
test_expect_success 'the outer one is well' 'jzbf -q list >../out && test_line_count = 5 ../out'
test_expect_success 'named once it is believed to be meant, and says that it is the first look' '
	as mallory jzbf -C cases list >../out 2>../err; test_grep "first look" ../err && cd cases/2026 && as mallory jzbf list >"$W/out" 2>"$W/err"; test_grep -v "inside the working" "$W/err"; cd ../..; rm -rf cases/.git cases/jzbf.yaml cases/access.yaml cases/keys cases/.gitattributes; git status --porcelain | test_empty /dev/stdin
'
test_expect_success 'a linked working tree inside the own one is no other store; nor is a store in a repository that is none' '
	git worktree add -q .wt/side -b side 2>/dev/null && (cd .wt/side && jzbf trust --expect $fpr_anna >/dev/null && jzbf -q list >"$W/out") && test_line_count = 5 ../out && git worktree remove .wt/side &&
	git init -q ../plain && git clone -q . ../plain/inner 2>/dev/null && (cd ../plain/inner/cases && jzbf -q list >"$W/out" 2>/dev/null) && test_line_count = 5 ../out
'
# libgit2 itself leaks where it meets an extension that it does not know.
test_expect_success !SANITIZED 'ids of SHA-256: said plainly, by init and by what opens' '
	git init -q --object-format=sha256 ../long && test_expect_code 6 jzbf -C ../long list 2>../err && test_grep "SHA-256.*SHA-1" ../err && test_expect_code 6 jzbf init ../long --office LS --name X --person anna 2>../err && test_grep "SHA-256" ../err &&
	git init -q --bare --object-format=sha256 ../long.git && (cd ../long.git && in_chinese test_expect_code 6 jzbf list 2>"$W/err") && test_grep "以 SHA-256 命名对象" ../err &&
	git init -q ../odd && git -C ../odd config core.repositoryformatversion 1 && git -C ../odd config extensions.foo bar && test_expect_code 6 jzbf -C ../odd list 2>../err && test_grep "extensions.foo" ../err && test_grep -v "SHA-256" ../err
'
test_done

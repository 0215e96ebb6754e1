#!/bin/bash
# Git's index after a change: whatever kind of index git made, it is as git itself would have it.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna || exit 99
id=LS-2026-0001 file=cases/2026/000/LS-2026-0001/case.yaml.gpg
# as_git: git finds nothing to do, its checksum and its memory of trees are right.
as_git() {
	clean_after && git fsck --strict 2>&1 | grep -i index && return 1
	test "$(git write-tree)" = "$(git rev-parse HEAD^{tree})" && git diff-index --quiet --cached HEAD &&
		git ls-files -s >../listed && rm -f ../fresh && GIT_INDEX_FILE=$PWD/../fresh git read-tree HEAD &&
		GIT_INDEX_FILE=$PWD/../fresh git ls-files -s | test_cmp - ../listed
}
version() { od -An -tu1 -j7 -N1 .git/index | tr -d " "; }

test_expect_success 'a store' 'make_store s anna && cd s && crash-writer . new 3 >../ids && as_git'
test_expect_success 'a change of one file, new files before and behind others' '
	crash-writer . touch $id && as_git && crash-writer . psych $id && as_git && crash-writer . new 2 2020 && as_git
'
test_expect_success 'no index at all' 'rm .git/index && git reset -q && crash-writer . touch $id && as_git'
test_expect_success 'the trees that did not change stay known' '
	git read-tree HEAD && git status && crash-writer . touch $id && as_git &&
	grep -a -c TREE .git/index && git commit -q --allow-empty -m x 2>/dev/null; git reset -q --soft HEAD^ && as_git
'
test_expect_success 'version 4, where paths share their beginnings' '
	git update-index --index-version 4 && test "$(version)" = 4 && crash-writer . touch $id && as_git &&
	git update-index --index-version 4 && crash-writer . new 2 && as_git
'
test_expect_success 'flags that people set stay' '
	git update-index --skip-worktree $file && git update-index --assume-unchanged jzbf.yaml && test "$(version)" = 3 &&
	crash-writer . touch $id LS-2026-0002 && git ls-files -v >../flags && test_grep "^S $file" ../flags &&
	test_grep "^h jzbf.yaml" ../flags && git update-index --no-skip-worktree $file && git update-index --no-assume-unchanged jzbf.yaml &&
	git checkout -q -- $file && as_git
'
test_expect_success 'what lies staged of other files stays staged' '
	echo note >note && git add note && crash-writer . touch $id && git status --porcelain >../out && echo "A  note" | test_cmp - ../out &&
	git rm -q -f note && as_git
'
test_expect_success 'a path longer than the index can tell' '
	long=$(printf "%0250d/" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15) && mkdir -p "$long" && echo x >"${long}x" && git add "$long" &&
	crash-writer . touch $id && git status --porcelain >../out && test_line_count = 1 ../out && git rm -q -r -f "$long" && as_git
'
unsummed() { tail -c 20 .git/index | cmp -s - <(head -c 20 /dev/zero); }
test_expect_success 'a checksum that git left out (index.skipHash) stays left out, until git writes one' '
	head -c -20 .git/index >../cut && (cat ../cut && head -c 20 /dev/zero) >.git/index && unsummed && crash-writer . touch $id &&
	unsummed && git diff-index --quiet --cached HEAD && git update-index --force-write-index && ! unsummed &&
	crash-writer . touch $id && ! unsummed && as_git
'
refused() { # before anything is written
	local head=$(git rev-parse HEAD)
	test_expect_code 6 crash-writer . touch $id 2>../err && test "$(git rev-parse HEAD)" = "$head" &&
		test_grep "no git index, or one that is not known" ../err
}
test_expect_success 'an index in two files is not guessed at' '
	git update-index --split-index && refused && git update-index --no-split-index && as_git
'
test_expect_success 'nor a damaged one' '
	cp .git/index ../keep && size=$(wc -c <../keep) &&
	for cut in 1 11 31 100 $((size / 2)) $((size - 21)); do head -c $cut ../keep >.git/index && refused || break; done && test $cut = $((size - 21)) &&
	(head -c 8 ../keep; printf "\377\377\377\377"; tail -c +13 ../keep) >.git/index && refused &&
	cp ../keep .git/index && crash-writer . touch $id && as_git
'
test_done

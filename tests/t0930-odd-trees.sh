#!/bin/bash
# A colleague who may sign makes objects that git itself would not write, so that some look at another
# file than others; or writes into cases that are none of theirs.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office' 'make_office'

# with_tree DIR: HEAD's tree with the one of standard input (as of ls-tree) in a directory's place.
with_tree() {
	local dir=$1 tree up at
	tree=$(git mktree) || return 1
	while [ "$dir" != . ]; do
		up=$(dirname "$dir") at=HEAD:$up
		[ "$up" != . ] || at=HEAD:
		tree=$(git ls-tree "$at" | awk -F"\t" -v t="$tree" -v n="$(basename "$dir")" \
			'{ print $2 == n ? "040000 tree " t "\t" n : $0 }' | git mktree)
		dir=$up
	done
	echo "$tree"
}
# put_tree NAME TREE MESSAGE: a signed commit of it.
put_tree() {
	local fpr commit
	eval "fpr=\$fpr_$1"
	commit=$(GNUPGHOME=$SHORT/$1 GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@ls.jzbf.invalid GIT_COMMITTER_NAME=$1 \
		GIT_COMMITTER_EMAIL=$1@ls.jzbf.invalid git -c user.signingkey="$fpr" commit-tree -S -p HEAD -m "$3" "$2") &&
	git update-ref HEAD "$commit"
}
# Neither does a server get hold of it, with git's own check off.
lenient() { guard && git -C "$W/guard" config receive.fsckObjects false; }

test_expect_success 'a forged record beside the true one, under its name' '
	attack && lenient && text $one 3 | seal ../c $office keys/$fpr_ben.asc && forged=$(git hash-object -w ../c) && true=$(git rev-parse HEAD:$one) &&
	git tag before &&
	for blobs in "$true $forged" "$forged $true $true" "$true $forged $forged"; do
		git update-ref HEAD before &&
		tree=$(printf "100644 blob %s\tcase.yaml.gpg\n" $blobs | with_tree $(dirname $one)) && put_tree ben $tree update &&
		refused path "$one: its directory has two entries of this name" || return 1
	done
'
test_expect_success 'a second directory of forged records' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc && forged=$(git hash-object -w ../c) &&
	fan=$(printf "100644 blob $forged\tcase.yaml.gpg\n" | git mktree) && fan=$(printf "040000 tree $fan\tLS-2026-0001\n" | git mktree) &&
	fan=$(printf "040000 tree $fan\t000\n" | git mktree) &&
	tree=$(printf "040000 tree %s\t2026\n" $fan $(git rev-parse HEAD:cases/2026) | with_tree cases) && put_tree ben $tree update &&
	refused path "cases/2026: its directory has two entries of this name"
'
test_expect_success 'a second access.yaml' '
	attack && sed "s/role: caseworker/role: custodian/" access.yaml >../a && forged=$(git hash-object -w ../a) &&
	tree=$( (git ls-tree HEAD; printf "100644 blob $forged\taccess.yaml\n") | git mktree) && put_tree ben $tree update &&
	refused path "access.yaml: its directory has two entries of this name"
'
test_expect_success 'a file beside the directory of its name' '
	attack && plain=$(echo secret | git hash-object -w --stdin) &&
	tree=$( (git ls-tree HEAD:$(dirname $(dirname $one)); printf "100644 blob $plain\tLS-2026-0001\n") | with_tree $(dirname $(dirname $one))) &&
	put_tree ben $tree update && refused path "LS-2026-0001: its directory has two entries of this name"
'
# raw_tree: the tree of standard input, "MODE NAME ID" a line, just as it is.
raw_tree() {
	while read -r mode name id; do
		printf "%s %s\0" "$mode" "$name" && printf "$(echo "$id" | sed 's/../\\x&/g')"
	done | git hash-object -t tree -w --stdin --literally
}
entries() { git ls-tree HEAD | sed 's/^0*\([0-9]*\) [a-z]* \([0-9a-f]*\)\t\(.*\)/\1 \3 \2/'; }
test_expect_success 'a name with slashes, where a record would be' '
	attack && text $one 1 | seal ../c $office keys/$fpr_ben.asc && forged=$(git hash-object -w ../c) &&
	tree=$( (entries; echo "100644 zases/2026/000/LS-2026-0003/case.yaml.gpg $forged") | sed "s/zases/cases/" | raw_tree) &&
	put_tree ben $tree "$(says LS-2026-0003 1)" && test_expect_code 5 jzbf verify >../out && test_grep "its name has a slash.*\[path\]" ../out
'
test_expect_success 'entries in another order' '
	attack && tree=$(entries | sort -r | raw_tree) && put_tree ben $tree update &&
	test_expect_code 5 jzbf verify >../out && test_grep "not in git.s order.*\[path\]" ../out && test_expect_code 5 jzbf list 2>../err
'
test_expect_success 'a mode changed, and nothing else' '
	attack && git update-index --cacheinfo 120000,$(git rev-parse HEAD:access.yaml),access.yaml && commit_as ben update &&
	refused path "access.yaml: not a plain file" &&
	attack && git update-index --chmod=+x $one && commit_as ben "$(says LS-2026-0001 3)" && refused path "$one: not a plain file"
'
test_expect_success 'such a thing is mended by taking it away' '
	attack && git update-index --chmod=+x $one && commit_as ben update && git update-index --chmod=-x $one && commit_as ben update &&
	test_expect_code 5 jzbf verify >../out && test_grep "^1 findings" ../out
'

test_expect_success 'a name in the subject of a commit' '
	attack && text $one 3 | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && git add -A &&
	commit_as ben "$(says LS-2026-0001 3 | sed "1s/update/张三生病/")" && refused message "nothing about a person may stand there" &&
	attack && commit_as ben "张三生病" --allow-empty && refused message "nothing about a person may stand there"
'
test_expect_success 'a caseworker writes into a case of somebody else' '
	attack && by anna jzbf access add mallory --name mallory --role caseworker --key-file "$KEYS/mallory.pub" &&
	text $one 3 | sed "s/\[ben\]/[ben, mallory]/" | seal ../c $office keys/$fpr_ben.asc keys/$fpr_mallory.asc && cp ../c $one && git add -A &&
	commit_as mallory "$(says LS-2026-0001 3)" && refused role "$one: .mallory. changes a record that was not theirs to read"
'
test_expect_success 'who is assigned may, with a new key too, and so may a custodian' '
	attack && by anna jzbf access add mallory --name mallory --role caseworker --key-file "$KEYS/mallory.pub" &&
	by ben jzbf -q intake LS-2026-0001 "assigned[+]=mallory" >/dev/null && touched mallory LS-2026-0001 &&
	make_key later && by anna jzbf access add mallory --key-file "$KEYS/later.pub" && as mallory gpg --batch -q --import "$KEYS/later.sec" &&
	touched mallory LS-2026-0001 && touched dora LS-2026-0001 && jzbf verify --full >../out && test_grep "^verified" ../out
'
test_done

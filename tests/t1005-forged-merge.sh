#!/bin/bash
# Merges made to look like those of sync, by plain git and gpg.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

three=cases/2026/000/LS-2026-0003/case.yaml.gpg four=cases/2026/000/LS-2026-0004/case.yaml.gpg

# An honest store where both sides took in a case 0003: main is ben's, side is anna's.
test_expect_success 'an office, and two sides that took in one id' '
	make_office && git checkout -q -b side && text $one 1 | sed "s/LS-2026-0001/LS-2026-0003/;s/测试甲/测试乙/" | seal ../c $office keys/$fpr_ben.asc && mkdir -p ${three%/*} && cp ../c $three && git add -A && commit_as anna "$(says LS-2026-0003 1)" &&
	git checkout -q main && text $two 1 | sed "s/LS-2026-0002/LS-2026-0003/;s/测试甲/测试丙/" | seal ../c $office keys/$fpr_ben.asc && mkdir -p ${three%/*} && cp ../c $three && git add -A && commit_as ben "$(says LS-2026-0003 1)" &&
	by ben jzbf -q verify >../out
'
# forge: a merge of side into main under way, theirs of 0003 in place.
forge() {
	attack && git merge -q --no-commit --no-ff -s ours side >/dev/null && git checkout -q side -- $three
}
ours_as() { mkdir -p ${four%/*} && git show main:$three >../o && by anna jzbf textconv ../o | sed "s/LS-2026-0003/LS-2026-0004/;s/^revision: .*/revision: 1/;$1" | seal ../c $office keys/$fpr_ben.asc && cp ../c $four && git add -A; }
merge_says() { printf 'merge %.10s\n\n%s\n' "$(git rev-parse side)" "$*"; }
record4='Jzbf-Record: case LS-2026-0004 1' number4='Jzbf-Renumbered: LS-2026-0003 LS-2026-0004'

test_expect_success 'the honest renumbering' '
	forge && ours_as s/x/x/ && commit_as ben "$(merge_says "$record4
$number4")" && by anna jzbf verify --full >../out && test_grep "^verified" ../out
'
test_expect_success 'our case dropped, nothing said' 'forge && commit_as ben "$(merge_says)" && refused merge "$three: the merge drops"'
test_expect_success 'our case dropped under the cloak of a new number' '
	forge && commit_as ben "$(merge_says "$number4")" && refused merge "$three: the merge drops" && test_grep "renumbered case that the commit does not bring" ../out
'
test_expect_success 'the new number is one that was there already' '
	forge && commit_as ben "$(merge_says "Jzbf-Renumbered: LS-2026-0003 LS-2026-0002")" && refused merge "$three: the merge drops"
'
test_expect_success 'the case is changed on the way to its new number: whoever may decrypt sees it' '
	forge && ours_as "s/name: .*/name: 别人/" && commit_as ben "$(merge_says "$record4
$number4")" && by anna jzbf verify --full >../out; test_grep "$four: the case did not only get another id" ../out
'
test_expect_success 'a case that was there before cannot be renumbered' '
	attack && git merge -q --no-commit --no-ff -s ours side >/dev/null; git checkout -q main -- $three && git rm -q -f $two && mkdir -p ${four%/*} &&
	git show main:$two >../o && by anna jzbf textconv ../o | sed "s/LS-2026-0002/LS-2026-0004/" | seal ../c $office keys/$fpr_ben.asc && cp ../c $four && git add -A &&
	commit_as ben "$(merge_says "$record4
Jzbf-Renumbered: LS-2026-0002 LS-2026-0004")" && refused removed "$two: a record was removed"
'
test_expect_success 'a change that nobody made slips in' '
	forge && ours_as s/x/x/ && text $two 2 | seal ../c $office keys/$fpr_ben.asc && cp ../c $two && git add -A && commit_as ben "$(merge_says "$record4
$number4")" && refused message "$two: the commit changes a record that its message does not name"
'
test_expect_success 'a wrong revision' '
	forge && ours_as s/x/x/ && text $two 5 | seal ../c $office keys/$fpr_ben.asc && cp ../c $two && git add -A && commit_as ben "$(merge_says "$record4
Jzbf-Record: case LS-2026-0002 5
$number4")" && refused revision "$two: revision 5 follows on revision 1"
'
test_expect_success 'a new number in a commit that merges nothing' '
	attack && text $two 2 | seal ../c $office keys/$fpr_ben.asc && cp ../c $two && git add -A && commit_as ben "$(says LS-2026-0002 2)
$number4" && refused message "line 4 of the message"
'
test_expect_success 'somebody who may change no case makes the merge that changes one' '
	forge && ours_as s/x/x/ && commit_as eve "$(merge_says "$record4
$number4")" && refused role "$four: .eve. held no role"
'
test_expect_success 'a reader whom the other side removed is kept on' '
	cd "$W" && rm -rf x && cp -r base x && cd x && git branch -q -D side && jzbf trust --forget >/dev/null && jzbf -q list >/dev/null 2>&1;
	by anna jzbf -q access add mallory --name mallory --role caseworker --key-file "$KEYS/mallory.pub" >/dev/null && git branch side && by anna jzbf -q access remove mallory >/dev/null 2>&1 && head=$(git rev-parse HEAD) &&
	git checkout -q side && text $two 2 | sed "s/^  - ben/  - ben\n  - mallory/" | seal ../c $office keys/$fpr_ben.asc keys/$fpr_mallory.asc && cp ../c $two && git add -A && commit_as ben "$(says LS-2026-0002 2)" && git checkout -q main &&
	git merge -q --no-commit --no-ff side >/dev/null && commit_as ben "$(merge_says)" && refused recipients "$two: encrypted to key .* which must not read it any more"
'
test_expect_success 'a conflict about who may do what is not settled by somebody who may not' '
	cd "$W" && rm -rf x && cp -r base x && cd x && jzbf trust --forget >/dev/null && git branch -q -D side && git branch side && by anna jzbf -q access add ben --role supervisor >/dev/null 2>&1 && git checkout -q side && jzbf trust --forget >/dev/null &&
	by anna jzbf -q access add ben --role psychologist >/dev/null 2>&1 && git checkout -q main && jzbf trust --forget >/dev/null && git merge -q --no-commit -s ours side >/dev/null && git checkout -q side -- . && commit_as ben "$(merge_says)" &&
	{ by anna jzbf verify >../out; test_grep "access.yaml: .ben. held no role" ../out; }
'
test_done

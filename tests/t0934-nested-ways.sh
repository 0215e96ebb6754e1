#!/bin/bash
# Ways round the refusal of a store that lies in another store's working tree.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

# plant DIR: the store of somebody else, there.
plant() { mkdir -p "$1" && cp -R ../evil/.git "$1/.git" && git -C "$1" reset -q --hard; }
refused() { (cd "$1" && timeout 10 jzbf list >"$W/out" 2>"$W/err"; echo $? >"$W/rc"); test "$(cat "$W/rc")" = 5 && test_empty "$W/out" && test_grep "inside the working tree of the store" "$W/err"; }

test_expect_success 'an office, and a store of somebody else' '
	make_office && (as mallory jzbf init "$W/evil" --office LS --name 示例县司法局 --person anna --person-name anna 2>/dev/null)
'
test_expect_success 'without any trick: refused' '
	plant plain/in && refused plain/in && rm -rf plain
'
test_expect_success 'a broken repository between the two hides nothing' '
	plant broken/in && mkdir broken/.git && echo "ref: refs/heads/main" >broken/.git/HEAD && mkdir broken/.git/objects broken/.git/refs &&
	git config -f broken/.git/config core.repositoryformatversion 9 && refused broken/in && rm -rf broken
'
test_expect_success 'nor does a link to a repository that is gone' '
	plant gone/in && echo "gitdir: /nowhere" >gone/.git && refused gone/in && rm -rf gone
'
test_expect_success 'nor a repository between the two whose working tree is elsewhere' '
	plant far/in && git init -q far && mkdir -p ../elsewhere && git -C far config core.worktree "$W/elsewhere" && refused far/in && rm -rf far
'
test_expect_success 'nor one whose working tree is below itself, which is no ring to walk in' '
	plant ring/in && git init -q ring && mkdir -p ring/in/deep && git -C ring config core.worktree "$PWD/ring/in/deep" && refused ring/in && rm -rf ring
'
test_expect_success 'nor a working tree of its own that is elsewhere' '
	plant own/in && cp -R own/in ../tree && git -C own/in config core.worktree "$W/tree" && refused own/in && rm -rf own
'
test_expect_success 'nor is it meant because it says that its working tree is what was named' '
	plant claim && mkdir claim/below && git -C claim config core.worktree "$PWD/claim/below" && test_expect_code 5 jzbf -C claim/below list 2>../err && test_grep "inside the working tree" ../err && rm -rf claim
'
test_expect_success 'its own directory named is meant, and its git directory' '
	plant claim && (as mallory jzbf -C claim/.git list 2>&1; rm -rf ../mallory-state) >../err; test_grep "first look" ../err && rm -rf claim && plant claim2 && (as mallory jzbf -C claim2 list) >../err 2>&1; test_grep "first look" ../err && rm -rf claim2
'
test_done

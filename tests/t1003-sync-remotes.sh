#!/bin/bash
# sync with remotes, branches and clones in every state: a clear word and the right status.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

test_expect_success 'an office with a hub and clones' '
	make_office && make_hub && clone_as anna a && clone_as ben b
'
# fails STATUS PATTERN DIR NAME OPTION…
fails() {
	local status=$1 pattern=$2 dir=$3 name=$4 head
	shift 4
	head=$(git -C "$W/$dir" rev-parse HEAD)
	in_clone "$dir" by "$name" test_expect_code "$status" jzbf sync "$@" >out 2>err && test_grep "$pattern" err &&
	test "$(git -C "$W/$dir" rev-parse HEAD)" = "$head" || { cat err; return 1; }
}
test_expect_success 'no remote, an unknown one, several' '
	cp -r base lone && git -C lone remote remove origin && fails 2 "knows no remote yet" lone anna &&
	fails 2 "no remote .nowhere." a anna nowhere && git -C lone remote add one ../hub.git && git -C lone remote add two ../hub.git &&
	fails 2 "several remotes: name one" lone anna && in_clone lone by anna jzbf -q list >/dev/null 2>&1 && in_clone lone by anna jzbf -q sync two &&
	LANGUAGE=zh_CN fails 2 "没有名为" a anna nowhere
'
test_expect_success 'a remote that cannot be reached' '
	git -C a remote add gone ../gone.git && fails 6 "could not fetch from .gone." a anna gone && test_grep "gone.git" err && clean_after a
'
test_expect_success 'a detached HEAD, and git in the midst of something' '
	git -C a checkout -q --detach && fails 5 "detached" a anna && git -C a checkout -q main &&
	git -C a rev-parse HEAD >a/.git/MERGE_HEAD && in_clone b touched ben LS-2026-0001 && in_clone b by ben jzbf -q sync >/dev/null &&
	fails 5 "midst of a merge" a anna && rm a/.git/MERGE_HEAD
'
test_expect_success '--unverified is no way in' 'in_clone a by anna test_expect_code 2 jzbf --unverified sync 2>err && test_grep "no --unverified" err'
test_expect_success 'uncommitted changes stay: in the way of what comes they stop it, elsewhere they do not' '
	cp a/$one mine && echo mine >a/$one && fails 5 "uncommitted|$one" a anna && test "$(cat a/$one)" = mine && git -C a checkout -q $one &&
	echo mine >a/note && in_clone a by anna jzbf -q sync >/dev/null && same a b && test "$(cat a/note)" = mine && rm a/note
'
test_expect_success 'a dry run says what would come and go, and does nothing' '
	in_clone a touched anna LS-2026-0001 && in_clone b touched ben LS-2026-0002 && in_clone b by ben jzbf -q sync >/dev/null && hub=$(git -C hub.git rev-parse main) &&
	head=$(git -C a rev-parse HEAD) && in_clone a by anna jzbf sync -n >out 2>err && test_grep "to come +LS-2026-0002" out && test_grep "to go +LS-2026-0001" out &&
	test "$(git -C a rev-parse HEAD)" = $head && test "$(git -C hub.git rev-parse main)" = $hub && clean_after a &&
	in_clone a by anna jzbf sync -n --format json >out 2>/dev/null && jzbf -q check --schema "$SRC/schemas/output/sync.yaml" out
'
test_expect_success 'nothing is given back with --no-push' '
	in_clone a by anna jzbf sync --no-push >out 2>err && test_grep "nothing was given back" err && test_grep "kept +LS-2026-0001" out && test "$(git -C hub.git rev-parse main)" = $hub &&
	in_clone a by anna jzbf -q sync && in_clone b by ben jzbf -q sync && same a b
'
test_expect_success 'another root is refused before anything of it is used' '
	as mallory jzbf init other --office LS --name x --person anna --person-name anna 2>/dev/null && git -C a remote add other ../other &&
	fails 5 "begins at another root" a anna other && clean_after a
'
test_expect_success 'a commit that does not verify is refused' '
	git clone -q hub.git evil && (cd evil && git rm -q $two && commit_as ben "update LS-2026-0002" && git push -q) &&
	fails 5 "not verified: commit.*record was removed" a anna && clean_after a && git -C hub.git update-ref refs/heads/main $(git -C b rev-parse main)
'
test_expect_success 'a remote that was set back is refused; it gets back what it lost only on request' '
	in_clone a by anna jzbf -q sync && git -C hub.git update-ref refs/heads/main main~2 && fails 5 "sync --restore.*an older state" a anna &&
	in_clone a by anna jzbf verify >out; test_grep "rollback" out && in_clone a by anna jzbf -q sync --restore >out && same a hub.git &&
	in_clone a by anna jzbf verify >out && fails 2 "no-push" a anna --restore --no-push
'
test_expect_success 'so is one that was emptied' '
	git -C hub.git update-ref -d refs/heads/main && fails 5 "gone from the remote" a anna && in_clone a by anna jzbf -q sync --restore >out && same a hub.git
'
test_expect_success 'a rewritten remote is refused, on request too' '
	good=$(git -C a rev-parse main) && rm -rf evil && git clone -q hub.git evil && (cd evil && git reset -q --hard HEAD~1 && text $one 3 | by anna seal ../c $office keys/$fpr_ben.asc &&
		git commit -q --allow-empty -m x && git push -q -f) && fails 5 "the history was rewritten" a anna && fails 5 "rewritten" a anna --restore &&
	git -C hub.git update-ref refs/heads/main $good && in_clone a by anna jzbf -q sync
'
test_expect_success 'what the remote and its hook say reaches the person, and nothing is lost' '
	printf "#!/bin/sh\necho only on weekdays >&2\nexit 1\n" >hub.git/hooks/pre-receive && chmod +x hub.git/hooks/pre-receive && in_clone a touched anna LS-2026-0001 &&
	fails 5 "did not take what was pushed" a anna && test_grep "only on weekdays" err && clean_after a && rm hub.git/hooks/pre-receive && in_clone a by anna jzbf -q sync && same a hub.git
'
test_expect_success 'our own hook takes a merge' '
	in_clone hub.git by eve jzbf hook install >out 2>err && test -x hub.git/hooks/pre-receive && in_clone b by ben jzbf -q sync && in_clone b by ben jzbf -q intake 1 person.former_name=戊 &&
	in_clone a by anna jzbf -q intake 1 person.phone=13800000077 && in_clone a by anna jzbf -q sync && in_clone b by ben jzbf -q sync >out && test_grep "merged +LS-2026-0001" out && same b hub.git
'
test_expect_success 'somebody who reads no case goes forward and merges what does not meet' '
	clone_as eve e && clone_as ben e2 && in_clone e by eve jzbf -q sync && in_clone b touched ben LS-2026-0001 && in_clone b by ben jzbf -q sync >/dev/null &&
	in_clone e2 touched ben LS-2026-0002 && git -C e pull -q ../e2 main && in_clone e by eve jzbf sync >out 2>err && test_grep "received +LS-2026-0001" out &&
	test_grep "sent +LS-2026-0002" out && same e hub.git && in_clone a by anna jzbf -q sync && in_clone a by anna jzbf verify --full >out && test_grep "^verified" out
'
test_expect_success 'a bare clone, as a server keeps one' '
	git clone -q --bare hub.git mirror.git && git -C mirror.git config jzbf.person eve && in_clone mirror.git by eve jzbf -q list >/dev/null 2>&1; in_clone b touched ben LS-2026-0001 &&
	in_clone b by ben jzbf -q sync >/dev/null && in_clone mirror.git by eve jzbf -q sync >out && test_grep "received +LS-2026-0001" out && same mirror.git b &&
	in_clone mirror.git by eve jzbf verify >out && test_grep "^verified" out
'
test_expect_success 'another branch name, by the configuration of git' '
	git -C a checkout -q -b here && git -C a config branch.here.remote origin && git -C a config branch.here.merge refs/heads/main && in_clone a by anna jzbf -q sync &&
	test "$(git -C a rev-parse here)" = "$(git -C hub.git rev-parse main)" && git -C a branch -f main here && git -C a checkout -q main && in_clone a by anna jzbf -q sync
'
test_expect_success 'the first sync of a fresh clone compares the root on request' '
	git clone -q hub.git f && git -C f config jzbf.person ben && fails 5 "neither is what was expected" f ben --expect $fpr_mallory && in_clone f by ben jzbf -q sync --expect $fpr_anna 2>err
'
test_expect_success 'others push meanwhile: it goes round until it is through' '
	printf "%s\n" "#!/bin/sh" "[ -e \"$W/once\" ] || exit 0" "rm \"$W/once\"" "unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES" \
		"git --git-dir=\"$W/hub.git\" update-ref refs/heads/main \$(cat \"$W/next\")" >pre-push && chmod +x pre-push && cp pre-push a/.git/hooks/pre-push &&
	in_clone b touched ben LS-2026-0002 && git -C b push -q ../hub.git HEAD:refs/heads/later 2>/dev/null; rm -f hub.git/hooks/pre-receive; git -C b push -q ../hub.git HEAD:refs/heads/later &&
	git -C b rev-parse HEAD >next && : >once && in_clone a touched anna LS-2026-0001 && in_clone a by anna jzbf sync --format json >out 2>err && test_grep "\"rounds\": 2" out && same a hub.git && clean_after a
'
test_expect_success 'a shallow clone is told what it lacks, and is well once it has it' '
	cd "$W" && git clone -q --depth 1 "file://$W/hub.git" shallow && for c in list verify sync; do
		in_clone shallow by anna test_expect_code 6 jzbf $c 2>err && test_grep "shallow.*fetch --unshallow" err || return 1
	done &&
	git -C shallow fetch -q --unshallow && in_clone shallow by anna jzbf verify >out && test_grep "^verified" out
'
test_expect_success 'an empty repository says how a store comes into it' '
	cd "$W" && git init -q --bare -b main none.git && in_clone none.git by anna test_expect_code 6 jzbf list 2>err && test_grep "is empty: .*jzbf sync" err &&
	in_clone none.git by anna in_chinese test_expect_code 6 jzbf verify 2>err && test_grep "仓库是空的" err
'
test_done

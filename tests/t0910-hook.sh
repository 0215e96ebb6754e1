#!/bin/bash
# The hook of a central repository, through real pushes: what an honest office pushes gets in, and nothing
# else; it needs no secret key.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

# The account of the server: no GnuPG home, no language, nothing of the pusher's.
server() { env -i PATH="$PATH" HOME="$W/server" JZBF_DEBUGGABLE="$JZBF_DEBUGGABLE" "$@"; }
# As over ssh, git starts the receiving side there, as that account.
cat >"$SHORT/receive" <<SH
#!/bin/sh
exec env -i PATH="$PATH" HOME="$W/server" JZBF_DEBUGGABLE="$JZBF_DEBUGGABLE" git-receive-pack "\$@"
SH
chmod +x "$SHORT/receive" && mkdir "$W/server"
PATH=$(git --exec-path):$PATH
central() { # central [OPTION…]: an empty one with the hook
	rm -rf "$W/central" "$W/server/.local" && server git init -q --bare "$W/central" && server jzbf -C "$W/central" hook install "$@" >"$W/hooks" 2>"$W/notes"
}
push() { git push -q --receive-pack="$SHORT/receive" "$W/central" "$@" 2>"$W/err"; }
stands() { git -C "$W/central" rev-parse -q --verify refs/heads/main; }
let_in() { push "$@" && test "$(stands)" = "$(git rev-parse HEAD)" || { cat "$W/err"; return 1; }; }
kept_out() { # kept_out PATTERN [ARGUMENT OF push…]: refused with that sentence, and nothing moved
	local before=$(git -C "$W/central" for-each-ref) pattern=$1
	shift
	test_must_fail push "$@" && test_grep "$pattern" "$W/err" && test "$before" = "$(git -C "$W/central" for-each-ref)"
}

test_expect_success 'an office, and an empty central repository with the hook' '
	make_office && central && grep -qx pre-receive ../hooks && test "$(git -C ../central symbolic-ref HEAD)" = refs/heads/main
'
test_expect_success 'the first push pins the root, and the pusher reads which' '
	let_in main && test_grep "remote: .*trusts the root $(git rev-list --max-parents=0 HEAD | cut -c1-10) from now on" ../err
'
test_expect_success 'an honest change gets in, and costs only itself' '
	touched ben LS-2026-0002 && let_in main && test_empty ../err && touched ben LS-2026-0002 && touched ben LS-2026-0001 && let_in main
'
test_expect_success 'pushing nothing new is no fault' 'push main && git branch -f copy main && push main'
test_expect_success 'a clone, its change, and another one that has to merge first' '
	git clone -q ../central ../c2 && git -C ../c2 config jzbf.person ben && cd ../c2 && touched ben LS-2026-0001 && let_in main && cd ../base &&
	touched ben LS-2026-0002 && kept_out "rejected" main && kept_out "forced push" +main && git pull -q --ff-only ../c2 main 2>/dev/null; git fetch -q ../c2 main &&
	git reset -q --hard FETCH_HEAD && jzbf trust --forget >/dev/null && jzbf verify >/dev/null
'
test_expect_success 'nothing is deleted, nothing forced' '
	kept_out "nothing is deleted here" :main && kept_out "forced push" +main~1:main && kept_out "forced push" +HEAD~2:main
'
test_expect_success 'no other branch, no notes, no tags, no other names' '
	kept_out "only .refs/heads/main. is accepted" main:other && kept_out "only .refs/heads/main. is accepted" main:refs/for/main &&
	git notes --ref textconv/jzbf add -m "in plain text" HEAD && kept_out "keeps decrypted records" refs/notes/textconv/jzbf &&
	git notes add -m "a remark" HEAD && kept_out "notes are not accepted" refs/notes/commits && kept_out "tags are not accepted" main:refs/tags/v1
'
test_expect_success 'one bad reference keeps the good ones out' '
	touched ben LS-2026-0001 && kept_out "only .refs/heads/main." main main:other && let_in main
'
test_expect_success 'tags where they are allowed: on commits of the branch, once, without a text' '
	server jzbf -C ../central hook install --tags >/dev/null && push main:refs/tags/2026-11 && kept_out "a text of its own" $(git tag -a -m "names" x && git rev-parse x):refs/tags/x &&
	kept_out "does not move" +main~1:refs/tags/2026-11 && kept_out "nothing is deleted" :refs/tags/2026-11 && kept_out "made of letters" main:refs/tags/张三 &&
	git checkout -q -b side main~1 && commit_as ben "$(says LS-2026-0001 9)" --allow-empty && kept_out "stands at no commit" side:refs/tags/y &&
	git checkout -q main && touched ben LS-2026-0001 && push main main:refs/tags/with && git branch -D -q side
'
test_expect_success 'in Chinese, whatever the server speaks' '
	server jzbf -C ../central hook install --language zh_CN >/dev/null && kept_out "此推送全部被拒绝" :main && test_grep "这里不删除任何内容" ../err &&
	server jzbf -C ../central hook install --language en >/dev/null && kept_out "nothing is deleted" :main
'
test_expect_success 'another root is refused, also by force' '
	(cd .. && rm -rf fake && as mallory jzbf init fake --office LS --name 示例县司法局 --person anna --person-name anna) 2>/dev/null &&
	git -C ../fake push -q --receive-pack="$SHORT/receive" ../central main 2>../err; test_grep "rejected|fetch first" ../err &&
	! git -C ../fake push -q -f --receive-pack="$SHORT/receive" ../central main 2>../err && test_grep "forced push" ../err
'
test_expect_success '--expect: the first push of another store is refused, the right one taken' '
	central --expect $fpr_anna && ! git -C ../fake push -q --receive-pack="$SHORT/receive" ../central main 2>../err && test_grep "neither is what was expected.*\[root\]" ../err &&
	let_in main && central --expect $(git rev-list --max-parents=0 main) && let_in main
'
test_expect_success 'the program gone: nothing gets in, and the pusher reads why' '
	touched ben LS-2026-0001 && sed -i.keep "s,^jzbf=.*,jzbf=/nowhere/jzbf," ../central/hooks/pre-receive && kept_out "jzbf is not where it was" main &&
	test_expect_code 1 server jzbf -C ../central hook status >../out && test_grep "pre-receive  *not as it was installed" ../out &&
	mv ../central/hooks/pre-receive.keep ../central/hooks/pre-receive && server jzbf -C ../central hook status >../out && let_in main
'
test_expect_success 'no file system in memory: refused, with a sentence' '
	touched ben LS-2026-0001 && cp "$SHORT/receive" "$SHORT/receive.keep" && sed -i "s,env -i,env -i JZBF_TMPFS=$W," "$SHORT/receive" &&
	kept_out "remote:.*tmpfs" main && mv "$SHORT/receive.keep" "$SHORT/receive" && let_in main
'
touched_plainly() { commit_as ben "update" --allow-empty; }
test_expect_success 'what was moved without the hook is seen: set back, emptied, or not true' '
	git -C ../central update-ref refs/heads/main main~1 && kept_out "an older state than" main && git -C ../central update-ref refs/heads/main $(git rev-parse main) &&
	rm -rf ../save && cp -r ../central ../save && git -C ../central update-ref -d refs/heads/main && kept_out "was emptied" main && rm -rf ../central && mv ../save ../central &&
	git -C ../central update-ref refs/heads/main $(git -C ../central commit-tree -p main -m x main^{tree}) &&
	git fetch -q ../central main && git reset -q --hard FETCH_HEAD && touched_plainly && kept_out "not signed: anybody" main &&
	git -C ../central update-ref refs/heads/main main~1 && git reset -q --hard main~2
'
test_expect_success 'many pushes at once: one of each round wins, none breaks' '
	for i in 1 2 3 4; do rm -rf ../p$i && git clone -q ../central ../p$i && git -C ../p$i config jzbf.person ben || return 1; done &&
	for i in 1 2 3 4; do (cd ../p$i && touched ben LS-2026-000$((i % 2 + 1))) || return 1; done &&
	for i in 1 2 3 4; do (cd ../p$i && git push -q --receive-pack="$SHORT/receive" origin main 2>err; echo $? >rc) & done; wait
	test "$(cat ../p?/rc | grep -c "^0")" = 1 && git -C ../central fsck --no-dangling && git -C ../central log -1 --format=%H main >../tip &&
	for i in 1 2 3 4; do test "$(cat ../p$i/rc)" != 0 || test "$(git -C ../p$i rev-parse main)" = "$(cat ../tip)" || return 1; done
'
test_expect_success 'somebody else'\''s hook is not overwritten' '
	rm -rf ../other && git init -q --bare ../other && echo "#!/bin/sh" >../other/hooks/pre-receive && test_expect_code 5 server jzbf -C ../other hook install 2>../err &&
	test_grep "somebody else.s hook" ../err && test "$(cat ../other/hooks/pre-receive)" = "#!/bin/sh" && test_expect_code 1 server jzbf -C ../other hook remove 2>../err &&
	server jzbf -C ../other hook install --force 2>../err >/dev/null && test "$(cat ../other/hooks/pre-receive.before-jzbf)" = "#!/bin/sh" &&
	server jzbf -C ../other hook remove && test_expect_code 1 server jzbf -C ../other hook status >../out && test_grep "not installed" ../out
'
test_expect_success 'core.hooksPath would go past it: refused, and seen' '
	git -C ../central config core.hooksPath /nowhere && test_expect_code 1 server jzbf -C ../central hook status >../out && test_grep "core.hooksPath" ../out &&
	test_expect_code 5 server jzbf -C ../central hook install 2>../err && test_grep "core.hooksPath" ../err && git -C ../central config --unset core.hooksPath
'
test_expect_success 'what stands there already must be true' '
	git clone -q --bare ../fake ../bad && git -C ../bad update-ref refs/heads/main $(git -C ../bad commit-tree -p main -m x main^{tree}) &&
	test_expect_code 5 server jzbf -C ../bad hook install 2>../err && test_grep "would not be accepted: not signed" ../err && test ! -e ../bad/hooks/pre-receive
'
test_expect_success 'status for scripts' '
	server jzbf -C ../central hook status --format json >../o.json && jzbf check --schema "$SRC/schemas/output/hook-status.yaml" ../o.json &&
	test_grep "\"state\": \"there\"" ../o.json
'
test_expect_success 'the memory of the server lies with its account' 'test -n "$(ls ../server/.local/state/jzbf/trust)" && test -z "$(find ../central -name trust)"'
test_done

#!/bin/bash
# What people do with plain git in two clones: pull, rebase, cherry-pick, stash, a fresh clone.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

both() { # FIELD=A in clone a, pushed; FIELD=B in clone b
	in_clone a by anna jzbf -q sync >/dev/null && in_clone b by ben jzbf -q sync >/dev/null && in_clone a by anna jzbf -q intake 1 "$1" >/dev/null &&
	in_clone b by ben jzbf -q intake 1 "$2" >/dev/null && in_clone a by anna jzbf -q sync >/dev/null
}
holds() { in_clone b by ben jzbf show 1 --format yaml >plain && for text; do test_grep "$text" plain || return 1; done; }

test_expect_success 'an office with a hub and clones' 'make_office && make_hub && clone_as anna a && clone_as ben b'
test_expect_success 'git pull merges by meaning, and the result verifies and syncs' '
	both person.phone=13800000001 person.former_name=乙 && plain ben b pull -q --no-rebase --no-edit && holds 13800000001 乙 && in_clone b by ben jzbf verify --full >out && test_grep ^verified out &&
	in_clone b by ben jzbf -q sync >out && in_clone a by anna jzbf -q sync >/dev/null && same a b && clean_after b
'
test_expect_success 'git pull with a conflict: resolve, commit, sync' '
	both person.phone=13800000002 person.phone=13800000003 && test_must_fail plain ben b pull -q --no-rebase --no-edit >out 2>&1 && in_clone b by ben test_expect_code 5 jzbf sync 2>err && test_grep "midst of a merge" err &&
	in_clone b by ben jzbf resolve 1 --theirs && plain ben b commit -q --no-edit && holds 13800000002 && in_clone b by ben jzbf -q sync >out && in_clone a by anna jzbf -q sync >/dev/null && same a b
'
test_expect_success 'git pull --rebase merges by meaning; the rewritten line is not the one that was verified, and that is said' '
	both person.phone=13800000004 person.former_name=丙 && plain ben b pull -q --rebase && holds_unverified=$(in_clone b by ben jzbf --unverified show 1 --format yaml 2>/dev/null) &&
	echo "$holds_unverified" | grep 13800000004 && echo "$holds_unverified" | grep 丙 && in_clone b by ben test_expect_code 5 jzbf sync 2>err && test_grep "history was rewritten" err &&
	plain ben b reset -q --hard ORIG_HEAD && in_clone b by ben jzbf -q sync >out && test_grep "merged +LS-2026-0001" out && holds 13800000004 丙 && in_clone a by anna jzbf -q sync >/dev/null && same a b
'
test_expect_success 'git cherry-pick takes over a change by meaning' '
	in_clone a by anna jzbf -q intake 1 person.phone=13800000005 && pick=$(git -C a rev-parse HEAD) && in_clone b by ben jzbf -q intake 1 person.former_name=丁 && git -C b fetch -q ../a main &&
	plain ben b cherry-pick $pick >/dev/null && test -z "$(git -C b status --porcelain)" && (cd b && by ben gpg -q -d $one) | tee plain | grep 13800000005 && grep 丁 plain
'
test_expect_success 'a fresh clone lacks the driver: doctor says so, --mend registers it' '
	git clone -q hub.git f && git -C f config jzbf.person ben && in_clone f by ben jzbf -q list >/dev/null 2>&1; { in_clone f by ben jzbf doctor >out; test_grep "merge driver is not registered" out; } &&
	{ in_clone f by ben jzbf doctor --mend >out 2>&1; test_grep -v "merge driver is not" out; } && git -C f config merge.jzbf.driver | grep merge-driver
'
# bare_git NAME DIR GIT-ARGUMENTS…: nothing but the clone's own settings says who commits.
bare_git() {
	local name=$1 dir=$2
	shift 2
	(become "$name" && unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL && cd "$W/$dir" && JZBF_PERSON=$name git "$@")
}
test_expect_success 'what doctor prints sets plain git up: its merge verifies' '
	in_clone f by ben jzbf doctor --format json >doctor.json; grep -o "git config [uc][^\"]*" doctor.json >commands && test_line_count = 4 commands && (cd f && sh -e ../commands) && in_clone f by ben jzbf doctor >out; test_grep -v "would not verify" out &&
	in_clone a by anna jzbf -q sync >/dev/null && in_clone f by ben jzbf -q sync >/dev/null && in_clone a by anna jzbf -q intake 1 person.phone=13800000006 >/dev/null && in_clone a by anna jzbf -q sync >/dev/null && in_clone f by ben jzbf -q intake 1 person.former_name=戊 >/dev/null &&
	bare_git ben f pull -q --no-rebase --no-edit && in_clone f by ben jzbf verify >out && test_grep "^verified" out && in_clone f by ben jzbf -q sync >/dev/null && same f hub.git &&
	git -C f config user.email ben@elsewhere.invalid && in_clone f by ben in_chinese jzbf doctor >out; test_grep "user.email" out && test_grep "git config user.email .ben@ls.jzbf.invalid." out && git -C f config user.email ben@ls.jzbf.invalid
'
test_expect_success 'sync needs no driver' '
	git -C f config --remove-section merge.jzbf && in_clone a by anna jzbf -q sync >/dev/null && in_clone f by ben jzbf -q intake 1 person.traits=外向 && in_clone f by ben jzbf -q sync >out && test_grep "merged +LS-2026-0001|sent +LS-2026-0001" out
'
test_done

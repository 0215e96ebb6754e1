#!/bin/bash
# Two clones replace a role key at once: one key stays in force, the other is retired, and everything stays readable.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

role_key() { sed -n "s/^  $2: \"\{0,1\}\([0-9A-F]*\).*/\1/p" "$1/access.yaml"; }
# sound DIR: verifies whole, by a custodian who opens every revision, and nothing lags behind.
sound() {
	in_clone "$1" by anna jzbf verify --full >out && test_grep "^verified" out && test_grep " 0 of them not decrypted" out &&
	head=$(git -C $1 rev-parse HEAD) && in_clone "$1" by anna jzbf access rotate --resume >out 2>err && test "$head" = "$(git -C $1 rev-parse HEAD)"
}

test_expect_success 'an office with a hub and clones' '
	make_office && by anna jzbf access add mallory --name mallory --role custodian --key-file "$KEYS/mallory.pub" && make_hub && clone_as anna a && clone_as dora b
'
test_expect_success 'both replace the office key, and one writes with it' '
	in_clone a by anna jzbf access rotate office >/dev/null 2>&1 && in_clone b by dora jzbf access rotate office >/dev/null 2>&1 && in_clone b touched dora LS-2026-0002 &&
	theirs=$(role_key a office) && ours=$(role_key b office) && in_clone a by anna jzbf -q sync >/dev/null && in_clone b by dora jzbf sync >out 2>err &&
	test_grep "both sides replaced a role key .office.: ${theirs:24} is in force" err && test $(role_key b office) = $theirs && test_grep "fingerprint: .*$ours" b/access.yaml && clean_after b
'
test_expect_success 'what each had written opens for both, every revision of it; nothing new goes to the retired one' '
	in_clone a by anna jzbf -q sync >/dev/null && same a b && sound a && in_clone b by dora jzbf show 2 --format yaml >plain && test_grep "by: dora" plain && in_clone a by anna jzbf log LS-2026-0002 --values >out &&
	gpg --batch --with-colons --show-keys a/keys/$ours.asc | awk -F: "\$1 == \"sub\" { print \$5 }" >old.ids && for file in a/$one a/$two; do gpg --batch --list-packets $file 2>/dev/null >packets; test_must_fail grep -F -f old.ids packets || return 1; done
'
test_expect_success 'who becomes a custodian afterwards opens what either key had sealed' '
	in_clone a by anna jzbf access add eve --role custodian 2>/dev/null && in_clone a by eve jzbf log LS-2026-0002 --values >out 2>err && in_clone a by eve jzbf list --at HEAD~2 >out && test_grep LS-2026-0002 out
'
test_expect_success 'in Chinese; one key here, the other one there is no conflict at all' '
	in_clone a by anna jzbf -q sync >/dev/null && in_clone b by dora jzbf -q sync >/dev/null && in_clone b by cai jzbf access rotate clinical >/dev/null 2>&1; in_clone b by dora jzbf access rotate clinical >/dev/null 2>&1 && in_clone a by anna jzbf access rotate office >/dev/null 2>&1 &&
	in_clone a by anna jzbf -q sync >/dev/null && in_clone b by dora in_chinese jzbf sync >out 2>err && test_grep -v "都更换了" err && in_clone a by anna jzbf -q sync >/dev/null && same a b && sound a && test $(grep -c "role_key: " a/access.yaml) = 4 &&
	in_clone a by anna jzbf access rotate office >/dev/null 2>&1 && in_clone b by dora jzbf access rotate office >/dev/null 2>&1 && in_clone a by anna jzbf -q sync >/dev/null && in_clone b by dora in_chinese jzbf sync >out 2>err && test_grep "双方都更换了角色密钥" err &&
	in_clone a by anna jzbf -q sync >/dev/null && same a b && sound a
'
test_expect_success 'who was removed with a rotation here does not get in by the rotation there' '
	in_clone b by dora jzbf access remove mallory --rotate >/dev/null 2>&1 && in_clone a by anna jzbf access rotate office >/dev/null 2>&1 && ours=$(role_key b office) && in_clone a by anna jzbf -q sync >/dev/null && in_clone b by dora jzbf sync >out 2>err &&
	test $(role_key b office) = $ours && test_grep "${ours:24} is in force" err && test_grep -v "was removed" err && in_clone a by anna jzbf -q sync >/dev/null && same a b && sound a && for file in a/$one a/$two a/keys/office.sec.gpg; do test_must_fail as mallory gpg --batch -q -d $file >/dev/null 2>&1 || return 1; done
'
test_expect_success 'each had handed its key to somebody whom the other removed: said, and a rotation mends it' '
	in_clone a by anna jzbf access remove eve --rotate >/dev/null 2>&1 && clone_as dora c && in_clone c by dora jzbf access add mallory --role custodian --key-file "$KEYS/mallory.pub" 2>/dev/null && in_clone c by dora jzbf -q sync >/dev/null; in_clone a by anna jzbf -q sync >/dev/null && in_clone c by dora jzbf -q sync >/dev/null &&
	same a c && in_clone a by anna jzbf access add eve --role custodian --key-file "$KEYS/eve.pub" 2>/dev/null && in_clone a by anna jzbf -q sync >/dev/null && in_clone c by dora jzbf -q sync >/dev/null &&
	in_clone a by anna jzbf access remove eve --rotate >/dev/null 2>&1 && in_clone c by dora jzbf access remove mallory --rotate >/dev/null 2>&1 && in_clone a by anna jzbf -q sync >/dev/null && in_clone c by dora jzbf sync >out 2>err && test_grep "known to somebody who was removed: .jzbf access rotate office" err &&
	in_clone c by dora jzbf access rotate office >/dev/null 2>&1 && in_clone c by dora jzbf -q sync >/dev/null && in_clone a by anna jzbf -q sync >/dev/null && same a c && sound a && for name in eve mallory; do test_must_fail as $name gpg --batch -q -d a/$one >/dev/null 2>&1 || return 1; done
'
test_expect_success 'remove --rotate of somebody who held no role key says so, and replaces none' '
	old=$(role_key a office) && in_clone a by anna jzbf access remove ben --rotate --dry-run >out 2>err && test_grep "no role key was replaced: .ben." err && test_line_count = 2 out &&
	in_clone a by anna in_chinese jzbf access remove ben --rotate >out 2>err && test_grep "没有更换角色密钥：“ben”" err && test $(role_key a office) = $old
'
test_done

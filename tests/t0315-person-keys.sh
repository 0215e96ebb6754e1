#!/bin/bash
# Somebody replaces their own key, leaves, or comes: the records that they may read follow.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben ben2 cai dora || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)

role_key() { sed -n "s/^  $1: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml; }
recipients() { gpg --batch --list-packets "$1" 2>/dev/null | sed -n 's/.*pubkey enc packet.*keyid //p' | sort; }
ids() { for f; do gpg --batch --with-colons --show-keys keys/$f.asc | awk -F: '$1 == "sub" { print $5 }'; done | sort; }
by() { JZBF_PERSON=$1 as "$@"; }
one=cases/2026/000/LS-2026-0001/case.yaml.gpg
gpg --homedir "$SHORT/ben" --batch -q --import "$KEYS/ben2.sec" 2>/dev/null # ben has both

test_expect_success 'an office: two cases are assigned to ben, of whom one has a psych file' '
	jzbf init s --office LS --name 示例县司法局 --person anna --person-name 甲 --role psychologist 2>/dev/null && cd s &&
	jzbf access add ben --name 乙 --role caseworker --key-file "$KEYS/ben.pub" 2>/dev/null &&
	jzbf access add dora --name 丁 --role custodian --key-file "$KEYS/dora.pub" && crash-writer . new 3 >/dev/null &&
	for id in 1 2; do jzbf -q intake $id "assigned[+]=ben" >/dev/null || return 1; done && recipients $one >../got &&
	ids $(role_key office) $fpr_anna $fpr_ben | test_cmp - ../got
'
test_expect_success 'a caseworker cannot put the new key in force, and is told whom to ask' '
	test_expect_code 4 by ben jzbf access add ben --key-file "$KEYS/ben2.pub" 2>../err && test_grep "only a custodian" ../err
'
test_expect_success 'a custodian can: the old key ends, and the cases go to the new one' '
	jzbf access add ben --key-file "$KEYS/ben2.pub" >../out 2>../err && printf "LS-2026-0001\nLS-2026-0002\n" | test_cmp - ../out &&
	test_grep "2 records encrypted anew" ../err && recipients $one >../got && ids $(role_key office) $fpr_anna $fpr_ben2 | test_cmp - ../got &&
	test $(grep -c "until: " access.yaml) = 1 && jzbf verify --full >../out && test_grep "^verified" ../out && clean_after
'
test_expect_success 'they read, write, and look back with the old secret key' '
	by ben jzbf -q intake 1 person.phone=13000000000 >/dev/null && test "$(git log -1 --format=%ae)" = ben@ls.jzbf.invalid &&
	by ben jzbf show LS-2026-0001 --at HEAD~3 >../out && jzbf verify >../out && test_grep "^verified" ../out
'
test_expect_success 'what was written in another clone meanwhile is seen to lag, and followed by the owner' '
	git clone -q . ../clone 2>/dev/null && git -C ../clone config jzbf.person anna && git -C ../clone reset -q --hard HEAD~3 && cp $one ../new.gpg &&
	git show HEAD~3:$one >../old.gpg && cmp -s ../new.gpg ../old.gpg; jzbf status --no-decrypt --format json >../o && test_grep "\"stale\": 0" ../o
'
test_expect_success 'a dry run of removing somebody tells the cases, and changes nothing' '
	head=$(git rev-parse HEAD) && jzbf access remove ben --dry-run >../out 2>../err && printf "LS-2026-0001\nLS-2026-0002\n" | test_cmp - ../out &&
	test $(git rev-parse HEAD) = $head
'
test_expect_success 'who leaves and held the office key: it should be replaced, and how' '
	cp -R . ../kept && cd ../kept && jzbf access remove dora >../out 2>../err && test_grep "rotate office" ../err && cd ../s
'
test_expect_success 'with --rotate it is, in the same commit, and the cases follow' '
	old=$(role_key office) && jzbf access remove dora --rotate >../out 2>../err && test_line_count = 3 ../out && new=$(role_key office) && test $new != $old &&
	recipients keys/office.sec.gpg >../got && ids $fpr_anna | test_cmp - ../got && test_grep -v "rotate office" ../err && test_grep "stays readable" ../err &&
	for file in $(git ls-files cases); do
		recipients $file >../got && test_grep "$(ids $new)" ../got && test_grep -v "$(ids $old)" ../got || return 1
	done && jzbf verify --full >../out && test_grep "^verified" ../out && clean_after
'
test_expect_success 'whoever left opens nothing that is new' '
	for file in $(git ls-files cases) keys/office.sec.gpg; do test_must_fail as dora gpg --batch -q -d $file >../out 2>/dev/null && test_empty ../out || return 1; done &&
	jzbf access exposure dora --format json >../o && python3 -c "
import json; d = json.load(open(\"../o\")); assert d[\"still_readable\"] == 0 and len(d[\"records\"]) == 3, d"
'
test_expect_success 'a record that cannot be encrypted anew is named, the others are done' '
	gpg --batch -q --passphrase "" --faked-system-time 20250101T000000 --quick-generate-key "<old@example.invalid>" future-default default 2y &&
	gpg --armor --export "<old@example.invalid>" >../old.asc && jzbf access add cai --name 丙 --role caseworker --key-file ../old.asc 2>/dev/null &&
	jzbf -q intake 2 "assigned[+]=cai" >/dev/null 2>&1 && fpr=$(gpg --batch --with-colons --show-keys ../old.asc | awk -F: "\$1 == \"fpr\" { print \$10; exit }") &&
	gpg --batch --quick-set-expire $fpr 2026-01-01 2>/dev/null; gpg --batch --command-fd 0 --status-fd 2 --edit-key $fpr >/dev/null 2>&1 <<-\EOS
	quit
	EOS
	sub=$(gpg --batch --with-colons --list-keys $fpr | awk -F: "\$1 == \"fpr\" && s { print \$10; exit } \$1 == \"sub\" { s = 1 }") &&
	printf "y\n0\n\ny\n" | gpg --no-tty --command-fd 0 --yes -o ../rev --gen-revoke $fpr 2>/dev/null && gpg --batch -q --import ../rev 2>/dev/null &&
	gpg --armor --export $fpr >keys/$fpr.asc && AS=甲 commit_as anna "access" -a && test_expect_code 1 jzbf access rotate office >../out 2>../err &&
	printf "LS-2026-0001\nLS-2026-0003\n" >../want && sort ../out | test_cmp ../want - && test_grep "LS-2026-0002 .case. still stands as it was: .*revoked" ../err &&
	test_grep "1 records could not be encrypted anew" ../err && jzbf status --no-decrypt >../out && test_grep "ended: 1 cases" ../out && jzbf verify >../out && test_grep "^verified" ../out
'
test_expect_success 'when the cause is mended, the rest is done' '
	jzbf access remove cai >../out 2>../err && echo LS-2026-0002 | test_cmp - ../out && jzbf status --no-decrypt >../out && test_grep -v "have ended:" ../out &&
	jzbf verify --full >../out && test_grep "^verified" ../out
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

#!/bin/bash
# The clinical role key is replaced by a psychologist and a custodian, neither of whom could do it alone.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna cai eve dora || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)

role_key() { sed -n "s/^  $1: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml; }
recipients() { gpg --batch --list-packets "$1" 2>/dev/null | sed -n 's/.*pubkey enc packet.*keyid //p' | sort; }
ids() { gpg --batch --with-colons --show-keys "$@" | awk -F: '$1 == "sub" { print $5 }' | sort; }
by() { JZBF_PERSON=$1 as "$@"; }
psych=cases/2026/000/LS-2026-0001/psych.yaml.gpg
# both can read what psychologists read, and the history is sound
sound() {
	for name in cai eve; do by $name jzbf textconv $psych >../plain && test_grep "^case: LS-2026-0001" ../plain || return 1; done &&
	jzbf verify >../out && test_grep "^verified" ../out && by cai jzbf verify --full >../out && test_grep "^verified" ../out && clean_after
}

test_expect_success 'an office with two psychologists and psych files' '
	jzbf init s --office LS --name 示例县司法局 --person anna --person-name 甲 2>/dev/null && cd s &&
	for name in cai eve; do jzbf access add $name --name $name --role psychologist --key-file "$KEYS/$name.pub" 2>/dev/null || return 1; done &&
	by cai jzbf access seal && crash-writer . new 3 >../ids && git config jzbf.person anna &&
	for id in $(cat ../ids); do
		by cai crash-writer . psych $id >/dev/null || return 1
	done && old=$(role_key clinical) && sound
'
test_expect_success 'a custodian cannot begin' '
	head=$(git rev-parse HEAD) && test_expect_code 4 jzbf access rotate clinical 2>../err &&
	test_grep "have a psychologist run" ../err && test $(git rev-parse HEAD) = $head &&
	test_expect_code 4 jzbf access rotate clinical --dry-run
'
test_expect_success 'a psychologist makes the key, which is not in force' '
	by cai jzbf access rotate clinical --dry-run >../out && test_grep "anew: 3 records" ../out &&
	by cai jzbf access rotate clinical >../out 2>../err && test_empty ../out && test_grep "have them run" ../err &&
	test "$(role_key clinical)" = $old && test -s keys/clinical.next.asc && sound && jzbf status >../out &&
	test_grep "new clinical role key waits" ../out && in_chinese jzbf status >../out && test_grep "待启用" ../out
'
test_expect_success 'asked again they wait' '
	head=$(git rev-parse HEAD) && by eve jzbf access rotate clinical 2>../err && test_grep "waits for a custodian" ../err &&
	test $(git rev-parse HEAD) = $head
'
test_expect_success 'the custodian puts it in force, and cannot open it' '
	jzbf access rotate clinical >../out 2>../err && test_empty ../out && new=$(role_key clinical) && test $new != $old &&
	test_grep "clinical role key is ${new:24}" ../err && test_grep "3 psych files are still encrypted to keys that have ended" ../err &&
	test -s keys/$new.asc && test -s keys/$old.asc && test ! -e keys/clinical.next.asc && sound &&
	test_must_fail jzbf textconv $psych && jzbf status --no-decrypt >../out && test_grep "ended: 3 psych files" ../out
'
test_expect_success 'a psychologist encrypts the psych files anew' '
	by eve jzbf textconv $psych >../before && by eve jzbf access rotate --resume >../out 2>../err && sort ../out | test_cmp ../ids - && ids keys/$new.asc >../want &&
	for id in $(cat ../ids); do recipients cases/2026/000/$id/psych.yaml.gpg | test_cmp ../want - || return 1; done && sound &&
	by eve jzbf textconv $psych | sed "s/^revision: 2/revision: 1/" | test_cmp ../before - && jzbf status --no-decrypt >../out && test_grep -v ended ../out
'
test_expect_success 'older revisions stay open to them' '
	git show HEAD~1:$psych >../old.gpg && for name in cai eve; do by $name jzbf textconv ../old.gpg >../out && test_cmp ../before ../out || return 1; done
'
test_expect_success 'a psychologist who leaves opens nothing new, and takes a key that waits along' '
	by eve jzbf access rotate clinical 2>/dev/null && test -s keys/clinical.next.asc && jzbf access remove eve >../out 2>../err && test_grep "is dropped" ../err &&
	test_grep "rotate clinical" ../err && test ! -e keys/clinical.next.asc && by cai jzbf access rotate clinical 2>/dev/null &&
	jzbf access rotate clinical 2>/dev/null && by cai jzbf access rotate --resume >../out && test_line_count = 3 ../out &&
	test_must_fail as eve jzbf textconv $psych && jzbf verify >../out && by cai jzbf verify --full >../out && test_grep "^verified" ../out
'
test_expect_success 'whoever is both does it alone' '
	jzbf access add cai --role custodian && by cai jzbf access rotate clinical >../out 2>../err && test_line_count = 3 ../out &&
	by cai jzbf verify --full >../out && test_grep "^verified" ../out && test $(grep -c "role_key: clinical" access.yaml) = 3
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

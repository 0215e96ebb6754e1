#!/bin/bash
# A role key is replaced: nothing new goes to the old one, and every revision stays readable.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben cai dora eve || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)

role_key() { sed -n "s/^  $1: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml; }
ids() { gpg --batch --with-colons --show-keys "$@" | awk -F: '$1 == "sub" || $1 == "pub" { print $5 }'; }
# sealed_to ID-FILE [RECORD]…: each record names one of the ids.
names_any() { gpg --batch --list-packets "$1" 2>/dev/null | grep -q -F -f "$2"; }
all_to() { # all_to FINGERPRINT [NOT-FINGERPRINT]: every case goes to the one and none to the other
	local file
	ids keys/$1.asc >../new.ids && { [ -z "$2" ] || ids keys/$2.asc >../old.ids; } || return 1
	for file in $(git ls-files cases | grep ${3:-case.yaml}); do
		names_any $file ../new.ids || { echo "$file: not to $1"; return 1; }
		[ -z "$2" ] || ! names_any $file ../old.ids || { echo "$file: to $2"; return 1; }
	done
}
by() { JZBF_PERSON=$1 as "$@"; }

test_expect_success 'an office with cases and psych files' '
	jzbf init s --office LS --name 示例县司法局 --person anna --person-name 甲 2>/dev/null && cd s &&
	jzbf access add ben --name 乙 --role caseworker --key-file "$KEYS/ben.pub" &&
	jzbf access add cai --name 丙 --role psychologist --key-file "$KEYS/cai.pub" &&
	jzbf access add dora --name 丁 --role custodian --key-file "$KEYS/dora.pub" &&
	crash-writer . new 20 >../ids && jzbf -q intake 1 "assigned[+]=ben" >/dev/null && jzbf -q intake 1 person.phone=13000000000 >/dev/null &&
	old=$(role_key office)
'
test_expect_success 'a dry run tells what would be done, and does nothing' '
	head=$(git rev-parse HEAD) && jzbf access rotate office --dry-run >../out &&
	test_grep "held afterwards by: 甲 .anna., 丁 .dora." ../out && test_grep "anew: 20 records, [0-9]+ bytes" ../out &&
	test_grep "does not undo" ../out && test $(git rev-parse HEAD) = $head && clean_after &&
	in_chinese jzbf access rotate office -n >../out && test_grep "20 份" ../out
'
test_expect_success 'who may not, and what is not said' '
	test_expect_code 4 by ben jzbf access rotate office 2>../err && test_grep "only a custodian" ../err &&
	test_expect_code 2 jzbf access rotate 2>../err && test_grep "office or clinical" ../err &&
	test_expect_code 2 jzbf access rotate cases && clean_after
'
test_expect_success 'the office key is replaced, and every case with it' '
	jzbf access rotate office >../out 2>../err && sort ../out | test_cmp ../ids - && new=$(role_key office) &&
	test "$new" != "$old" && test_grep "office role key is ${new:24} from now on" ../err && test_grep "20 records encrypted anew" ../err &&
	all_to $new $old && test -s keys/$old.asc && jzbf verify --full >../out && test_grep "^verified" ../out && clean_after
'
test_expect_success 'access.yaml names the old one with its days, and list shows it' '
	sed -n "/^retired_role_keys/,/^[a-z]*_key:/p" access.yaml >../out && test_grep "fingerprint: \"?$old" ../out && test_grep "until: " ../out &&
	jzbf access list --all >../out && test_grep "office .*${old:24}" ../out && jzbf access list --format json >../o &&
	jzbf -q check --schema "$SRC/schemas/output/access-list.yaml" ../o && test_grep "$old" ../o
'
test_expect_success 'both secret halves lie in the role secret, sealed to those who hold it' '
	gpg -q -d keys/office.sec.gpg | gpg --batch --with-colons --show-keys 2>/dev/null | grep "^fpr" >../got && test_grep $old ../got && test_grep $new ../got
'
test_expect_success 'every revision can be read, by another custodian too' '
	for name in anna dora; do
		by $name jzbf log LS-2026-0001 --values >../out && test_grep 13000000000 ../out &&
		by $name jzbf blame LS-2026-0001 >../out && test_grep "phone" ../out && by $name jzbf diff HEAD~3 HEAD~1 >../out &&
		by $name jzbf show LS-2026-0001 --at HEAD~4 >../out && by $name jzbf list --at HEAD~2 >../out &&
		git show HEAD~2:cases/2026/000/LS-2026-0001/case.yaml.gpg >../old.gpg && by $name jzbf textconv ../old.gpg >../out &&
		test_grep "^id: LS-2026-0001" ../out || return 1
	done && by ben jzbf show LS-2026-0001 --at HEAD~1 >../out
'
test_expect_success 'who becomes a custodian afterwards reads all that was before' '
	jzbf access add eve --name 戊 --role custodian --key-file "$KEYS/eve.pub" &&
	by eve jzbf show LS-2026-0003 --at HEAD~4 >../out && by eve jzbf log LS-2026-0001 --values >../out && test_grep 13000000000 ../out &&
	by eve jzbf list --at HEAD~4 >../out && test_grep LS-2026-0020 ../out
'
test_expect_success 'nothing is left to do' '
	head=$(git rev-parse HEAD) && jzbf access rotate --resume >../out && test_empty ../out && test $(git rev-parse HEAD) = $head
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

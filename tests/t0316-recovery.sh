#!/bin/bash
# The only custodian's key is lost: whoever has the recovery key brings another one in.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben rita dora mallory || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)

recipients() { gpg --batch --list-packets "$1" 2>/dev/null | sed -n 's/.*pubkey enc packet.*keyid //p' | sort; }
ids() { for f; do gpg --batch --with-colons --show-keys "$KEYS/$f.pub" | awk -F: '$1 == "sub" { print $5 }'; done | sort; }
by() { JZBF_PERSON=$1 as "$@"; }
role_key() { sed -n "s/^  $1: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml; }

test_expect_success 'an office with a recovery key' '
	jzbf init s --office LS --name 示例县司法局 --person anna --person-name 甲 --recovery-key "$KEYS/rita.pub" 2>/dev/null && cd s &&
	jzbf access add ben --name 乙 --role caseworker --key-file "$KEYS/ben.pub" && crash-writer . new 3 >/dev/null &&
	jzbf -q intake 1 "assigned[+]=ben" >/dev/null && recipients keys/office.sec.gpg >../got && ids anna rita | test_cmp - ../got
'
# What follows knows nothing of the key that was lost.
mv "$SHORT/anna" "$SHORT/lost"
test_expect_success 'the recovery key opens every case, in a clone of its own' '
	git clone -q . ../r 2>/dev/null && cd ../r && become rita && jzbf list >../out 2>../err && test_grep LS-2026-0003 ../out &&
	jzbf show LS-2026-0002 >../out && test_grep 测试甲 ../out
'
test_expect_success 'it may write no case, and remove nobody' '
	head=$(git rev-parse HEAD) && test_expect_code 4 jzbf -q intake 1 person.phone=13000000000 2>../err && test_grep "may not write" ../err &&
	test_must_fail jzbf -q access remove _recovery 2>../err && test $(git rev-parse HEAD) = $head
'
test_expect_success 'it brings in a new custodian, and the history verifies for everybody' '
	jzbf access add dora --name 丁 --role custodian --key-file "$KEYS/dora.pub" 2>../err && recipients keys/office.sec.gpg >../got &&
	ids anna dora rita | test_cmp - ../got && test "$(git log -1 --format="%an %ae")" = "recovery key _recovery@ls.jzbf.invalid" &&
	jzbf verify >../out && test_grep "^verified" ../out && jzbf verify --full >../out && test_grep "^verified" ../out && clean_after &&
	cd ../s && become ben && git pull -q ../r main 2>/dev/null && by ben jzbf verify >../out && test_grep "^verified" ../out
'
test_expect_success 'the new custodian ends the lost key, replaces role key and recovery key' '
	become dora && git config jzbf.person dora && old=$(role_key office) && jzbf access remove anna --rotate >../out 2>../err && test_line_count = 3 ../out &&
	test $(role_key office) != $old && recipients keys/office.sec.gpg >../got && ids dora rita | test_cmp - ../got &&
	jzbf access recovery --key-file "$KEYS/mallory.pub" 2>../err && test_grep "former recovery key" ../err &&
	recipients keys/office.sec.gpg >../got && ids dora mallory | test_cmp - ../got && jzbf verify --full >../out && test_grep "^verified" ../out && clean_after &&
	for all in "" --all; do jzbf access list $all >../out && test_grep "^recovery key: ${fpr_mallory:24}\$" ../out || return 1; done
'
test_expect_success 'the former recovery key signs nothing any more' '
	cd .. && git clone -q s t 2>/dev/null && cd t && become rita && test_must_fail jzbf access add ben --role custodian 2>../err &&
	sed -i "s/name: 乙/name: 某/" access.yaml &&
	GIT_AUTHOR_NAME="recovery key" GIT_AUTHOR_EMAIL=_recovery@ls.jzbf.invalid GIT_COMMITTER_NAME="recovery key" GIT_COMMITTER_EMAIL=_recovery@ls.jzbf.invalid \
		git -c user.signingkey=$fpr_rita commit -q -S -am access && test_expect_code 5 jzbf verify >../out && test_grep "stranger" ../out && cd ../s && become dora
'
test_expect_success 'a recovery commit that touches a case is refused' '
	cd .. && git clone -q s u 2>/dev/null && cd u && become mallory && file=$(git ls-files cases | head -1) && cp $(git ls-files cases | tail -1) $file &&
	GIT_AUTHOR_NAME="recovery key" GIT_AUTHOR_EMAIL=_recovery@ls.jzbf.invalid GIT_COMMITTER_NAME="recovery key" GIT_COMMITTER_EMAIL=_recovery@ls.jzbf.invalid \
		git -c user.signingkey=$fpr_mallory commit -q -S -am "update LS-2026-0001" && test_expect_code 5 jzbf verify >../out && test_grep "\[role\]" ../out && cd ../s && become dora
'
test_expect_success 'it can be taken away, once' '
	test_expect_code 2 jzbf access recovery 2>../err && jzbf access recovery --remove 2>../err && recipients keys/office.sec.gpg >../got && ids dora | test_cmp - ../got &&
	test_grep -v recovery_key access.yaml && test_expect_code 1 jzbf access recovery --remove && jzbf verify >../out && test_grep "^verified" ../out && clean_after
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

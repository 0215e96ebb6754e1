#!/bin/bash
# Keys that end are told in time, and an expired one can be extended.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
by() { JZBF_PERSON=$1 as "$@"; }
short() { # short NAME DAYS: a key that ends then, in a home of its own
	mkdir -m 700 "$SHORT/$1" && printf 'no-random-seed-file\ntrust-model always\n' >"$SHORT/$1/gpg.conf" &&
	gpg --homedir "$SHORT/$1" --batch -q --passphrase '' --quick-generate-key "$1 <$1@example.invalid>" future-default default "$2" 2>/dev/null &&
	gpg --homedir "$SHORT/$1" --armor --export >$1.asc
}
fpr_of() { gpg --homedir "$SHORT/$1" --batch --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }'; }
# extend NAME: the owner prolongs the key and its subkey, and exports it.
extend() {
	local f
	f=$(fpr_of $1) && gpg --homedir "$SHORT/$1" --batch -q --quick-set-expire $f 2y && gpg --homedir "$SHORT/$1" --batch -q --quick-set-expire $f 2y '*' &&
	gpg --homedir "$SHORT/$1" --armor --export >../$1.asc
}

short cai 30d && short dora 400d || exit 99
test_expect_success 'an office in which keys end' '
	jzbf init s --office LS --name 示例县司法局 --person anna --person-name 甲 2>/dev/null && cd s &&
	jzbf access add cai --name 丙 --role caseworker --key-file ../cai.asc && jzbf access add dora --name 丁 --role caseworker --key-file ../dora.asc &&
	crash-writer . new 1 >/dev/null && jzbf -q intake 1 "assigned[+]=cai" "assigned[+]=dora" >/dev/null && cai=$(fpr_of cai)
'
# An only custodian whose key expires: nobody else could bring in the extended file; and one of two. What follows
# takes some of the time.
test_expect_success 'two custodians with keys that expire in a moment' '
	cp -R . ../f && cd .. && short eve seconds=9 && become eve && jzbf init e --office EE --name E --person eve 2>/dev/null &&
	become anna && short fay seconds=9 && born=$EPOCHSECONDS && cd f && jzbf access add fay --name F --role custodian --key-file ../fay.asc && cd ../s
'
test_expect_success 'status tells whose key ends within the days of office policy' '
	jzbf status >../out && test_grep "丙 .cai., ${cai:24}: expires on 20" ../out && test_grep -v "丁 .dora.,|甲 .anna.," ../out &&
	jzbf status --format json >../o && jzbf -q check --schema "$SRC/schemas/output/status.yaml" ../o && test_grep "\"fingerprint\": \"$cai\"" ../o &&
	in_chinese jzbf status >../out && test_grep "到期" ../out && { jzbf doctor >../out; test_grep "丙 .cai.*expires on" ../out; }
'
test_expect_success 'the days are policy' '
	cp jzbf.yaml ../was && printf "policy:\n  key_days: 7\n" >>jzbf.yaml && AS=甲 commit_as anna settings -a && jzbf status >../out && test_grep -v "expires on" ../out &&
	{ jzbf doctor >../out; test_grep -v "expires on" ../out; } && cp ../was jzbf.yaml && AS=甲 commit_as anna settings -a
'
test_expect_success 'whoever writes with such a key is told so, and only they' '
	by cai jzbf -q intake 1 person.phone=13000000000 >/dev/null 2>../err && test_grep "your key ${cai:24} expires on .*access add cai --key-file" ../err &&
	by dora jzbf -q intake 1 person.phone=13000000001 >/dev/null 2>../err && test_empty ../err && by cai jzbf show 1 >/dev/null 2>../err && test_empty ../err
'
test_expect_success 'the extended key is brought in, and nothing ends any more' '
	extend cai && jzbf access add cai --key-file ../cai.asc && jzbf status >../out && test_grep -v "expires on" ../out &&
	by cai jzbf -q intake 1 person.phone=13000000002 >/dev/null 2>../err && test_empty ../err && jzbf verify >../out && test_grep "^verified" ../out
'
test_expect_success 'what cannot be told is not passed over' '
	{ JZBF_TMPFS=$PWD jzbf status --no-decrypt --format json >../o 2>../err; test $? = 1; } && test_grep "which keys end cannot be told: " ../err &&
	test_grep "\"ending_keys\": null" ../o && jzbf -q check --schema "$SRC/schemas/output/status.yaml" ../o
'
test_expect_success 'the expired key signs nothing, and its owner is told what to do' '
	while test $((EPOCHSECONDS - born)) -lt 11; do sleep 0.1; done && become eve && cd ../e && eve=$(fpr_of eve) && test_expect_code 4 crash-writer . new 1 2>../err && test_grep "has expired: (extend it|its owner extends it)" ../err &&
	jzbf status >../out && test_grep "EE|eve" ../out && test_grep "${eve:24}: can no longer be used" ../out
'
test_expect_success 'they extend it and bring it in themselves' '
	extend eve && jzbf access add eve --key-file ../eve.asc && crash-writer . new 1 && jzbf verify >../out && test_grep "^verified" ../out && clean_after
'
test_expect_success 'but where there is another custodian, it is for that one to do' '
	become anna && extend fay && cp -R ../f ../g && cd ../g && git config jzbf.person fay && fay=$(fpr_of fay) &&
	cp ../fay.asc keys/$fay.asc && git add -A && GNUPGHOME=$SHORT/fay GIT_AUTHOR_NAME=F GIT_AUTHOR_EMAIL=fay@ls.jzbf.invalid GIT_COMMITTER_NAME=F GIT_COMMITTER_EMAIL=fay@ls.jzbf.invalid \
		git -c user.signingkey=$fay commit -q -S -m access && test_expect_code 5 jzbf verify >../out && test_grep "after it had expired" ../out &&
	cd ../f && jzbf access add fay --key-file ../fay.asc && by fay jzbf access add cai --role supervisor && jzbf verify >../out && test_grep "^verified" ../out
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

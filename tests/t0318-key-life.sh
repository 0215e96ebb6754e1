#!/bin/bash
# Two custodians leave and two join, with the role key replaced each time, while two caseworkers keep
# writing: nothing is lost, everything verifies, and who left opens nothing new.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna bao chen dai wu xu || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
by() { JZBF_PERSON=$1 as "$@"; }
each=6 # writes by each caseworker

# write NAME CASE: until all their contacts are in; another writer may make them try again.
write() {
	local n=1
	while test $n -le $each; do
		by $1 jzbf -q intake $2 "contacts[+].date=2026-03-0$n" "contacts[+].mode=visit" "contacts[+].by=$1" >>../$1.out 2>>../$1.err && n=$((n + 1)) || test $? = 5 || return 1
	done
}
test_expect_success 'an office: anna and bao are custodians, wu and xu caseworkers with a case each' '
	jzbf init s --office LS --name 示例县司法局 --person anna --person-name anna 2>/dev/null && cd s && git config --unset jzbf.person &&
	jzbf access add bao --name bao --role custodian --key-file "$KEYS/bao.pub" && for name in wu xu; do
		jzbf access add $name --name $name --role caseworker --key-file "$KEYS/$name.pub" || return 1
	done && crash-writer . new 30 >../ids && by anna jzbf -q intake 1 "assigned[+]=wu" admission.declared_on=2026-03-01 >/dev/null && by anna jzbf -q intake 2 "assigned[+]=xu" admission.declared_on=2026-03-01 >/dev/null
'
test_expect_success 'custodians come and go while they write' '
	(write wu LS-2026-0001; echo $? >../wu.rc) & (write xu LS-2026-0002; echo $? >../xu.rc) &
	{
		by anna jzbf access add chen --name chen --role custodian --key-file "$KEYS/chen.pub" &&
		by chen jzbf access remove anna --rotate &&
		by bao jzbf access add dai --name dai --role custodian --key-file "$KEYS/dai.pub" &&
		by dai jzbf access remove bao --rotate && by chen jzbf access rotate office
	} >../keys.out 2>../keys.err; rc=$?
	wait; cat ../keys.err; test $rc = 0 && test "$(cat ../wu.rc ../xu.rc)" = "$(printf "0\n0")" && clean_after
'
test_expect_success 'no write is lost' '
	for pair in "wu LS-2026-0001" "xu LS-2026-0002"; do
		set -- $pair && by $1 jzbf textconv cases/2026/000/$2/case.yaml.gpg >../out && test $(grep -c "by: $1" ../out) = $each || { cat ../out; return 1; }
	done && test $(git ls-files cases | wc -l) = 30 && by dai jzbf list >../out && for id in $(cat ../ids); do test_grep $id ../out || return 1; done
'
test_expect_success 'the history verifies, and every revision opens for those who came last' '
	for name in chen dai; do
		by $name jzbf verify --full >../out 2>&1 && test_grep "^verified" ../out && test_grep " 0 of them not decrypted" ../out &&
		by $name jzbf log LS-2026-0001 --values >../out && test $(grep -c "+ contacts" ../out) = $each || return 1
	done && by chen jzbf status --no-decrypt >../out && test_grep -v "have ended" ../out && test $(grep -c "role_key: office" access.yaml) = 3
'
test_expect_success 'who left opens none of it as it stands' '
	for name in anna bao; do
		for file in cases/2026/000/LS-2026-0001/case.yaml.gpg keys/office.sec.gpg; do
			test_must_fail as $name gpg --batch -q -d $file >../out 2>/dev/null && test_empty ../out || return 1
		done
	done && by chen jzbf access exposure bao --format json >../o && python3 -c "
import json; d = json.load(open(\"../o\")); assert d[\"still_readable\"] == 0, d[\"still_readable\"]"
'
# In clones: the key is replaced in one while another one writes for the old key.
role_key() { sed -n "s/^  $1: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml; }
ids() { gpg --batch --with-colons --show-keys keys/$1.asc | awk -F: '$1 == "sub" { print $5 }'; }
# The cases of crash-writer are all of one person, which sync says by status 1.
synced() { "$@" >../sync.out 2>../sync.err || { test $? = 1 && test_grep "several open cases" ../sync.err; }; }
test_expect_success 'two clones of an office: one replaces the key, the other writes, both sync' '
	cd .. && become anna && jzbf init c --office LS --name 示例县司法局 --person anna --person-name anna 2>/dev/null && cd c &&
	jzbf access add wu --name wu --role caseworker --key-file "$KEYS/wu.pub" && crash-writer . new 5 >/dev/null && jzbf -q intake 1 "assigned[+]=wu" >/dev/null &&
	git init -q --bare -b main ../hub.git && git remote add origin ../hub.git && git push -q -u origin main && git clone -q ../hub.git ../w 2>/dev/null &&
	jzbf access rotate office >/dev/null 2>&1 && new=$(role_key office) && cd ../w && by wu jzbf -q intake 1 person.phone=13000000000 >/dev/null 2>&1 &&
	printf "assigned: [wu]\nperson: {name: 测试乙, id_type: citizen_id, id_number: \"441825198801010023\"}\nsentence: {category: probation}\n" >../new.yaml &&
	by wu jzbf -q intake --from ../new.yaml >../id 2>/dev/null && synced jzbf -q -C ../c sync && synced by wu jzbf -q sync && cd ../c && synced jzbf -q sync
'
test_expect_success 'everything is there, for the new key, and verifies' '
	jzbf verify --full >../out && test_grep "^verified" ../out && test "$(role_key office)" = $new && jzbf status --no-decrypt >../out && test_grep "cases: 6" ../out &&
	test_grep -v "have ended" ../out && for file in $(git ls-files cases); do
		gpg --batch --list-packets $file 2>/dev/null | grep -q "$(ids $new)" || { echo $file; return 1; }
	done && jzbf show 1 >../out && test_grep 13000000000 ../out && clean_after
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

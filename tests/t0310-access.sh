#!/bin/bash
# An office from nothing, its people, and who can open what.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben cai dora || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
for name in anna ben cai dora; do gpg --armor --export "<$name@example.invalid>" >$name.asc; done

# recipients FILE: key ids that a message names.  ids NAME…: encryption subkeys of people.
recipients() { gpg --batch --list-packets "$1" 2>/dev/null | sed -n 's/.*pubkey enc packet.*keyid //p' | sort; }
ids() {
	local name
	for name; do
		gpg --batch --with-colons --show-keys "${OUT:-..}/$name.asc" | awk -F: '$1 == "sub" { print $5 }'
	done | sort
}
sealed_to() { # sealed_to FILE NAME…
	local file=$1
	shift
	recipients "$file" >../got && ids "$@" >../want && test_cmp ../want ../got
}

test_expect_success 'what is wrong with the command line is said before anything is made' '
	test_expect_code 2 jzbf init s --office LS --person anna 2>err && test_grep "[-]-name" err &&
	test_expect_code 2 jzbf init s --office LS --name X --person anna --key 12 2>err && test_grep fingerprint err &&
	test_expect_code 2 jzbf init s --office LS --name X --person anna --role king 2>err && test_grep king err &&
	test_expect_code 4 jzbf init s --office LS --name X --person anna --key $fpr_ben 2>err &&
	test_grep "not in your keyring" err && test ! -e s
'
test_expect_success 'init makes a store with one signed commit' '
	jzbf init s --office LS --name 示例县司法局 --person anna --person-name 甲 2>err && cd s &&
	test $(git rev-list --count HEAD) = 1 && git verify-commit HEAD &&
	test "$(git log -1 --format="%an %ae %s")" = "甲 anna@ls.jzbf.invalid init" &&
	git ls-files | sed "s/[0-9A-F]\{40\}/FPR/" | sort -u >../got &&
	printf "%s\n" .gitattributes access.yaml jzbf.yaml keys/FPR.asc keys/clinical.sec.gpg keys/office.sec.gpg |
		sort | test_cmp - ../got && clean_after
'
test_expect_success 'and only one' '
	test_expect_code 5 jzbf init . --office LS --name X --person anna 2>../err && test $(git rev-list --count HEAD) = 1
'
test_expect_success 'nor in a repository with a history' '
	git init -q ../x && git -C ../x commit -q --allow-empty -m x &&
	test_expect_code 5 jzbf init ../x --office LS --name X --person anna 2>../err && test_grep "has commits already" ../err &&
	test -z "$(git -C ../x ls-files)"
'
test_expect_success 'without a file system in memory nothing is made, and the command can be given again' '
	test_expect_code 6 env JZBF_TMPFS=$TRASH jzbf init ../y --office LS --name Y --person anna 2>../err && test_grep "JZBF_TMPFS" ../err &&
	jzbf init ../y --office LS --name Y --person anna && clean_after ../y
'
test_expect_success 'the role secrets are sealed to the custodian, and hold the keys' '
	sealed_to keys/office.sec.gpg anna && sealed_to keys/clinical.sec.gpg anna &&
	gpg -q -d keys/office.sec.gpg | gpg --batch --with-colons --show-keys >../got 2>/dev/null &&
	test_grep "^fpr:.*:$(sed -n "s/  office: //p" access.yaml | tr -d \"):" ../got && test_grep "^sec:" ../got
'
test_expect_success 'the clone knows the drivers and the person' '
	test "$(git config jzbf.person)" = anna && test "$(git config diff.jzbf.cachetextconv)" = false &&
	git config merge.jzbf.driver && git config diff.jzbf.textconv
'
test_expect_success 'a caseworker is added: the office role secret stays with the custodian' '
	gpg --dearmor <../ben.asc >../ben.bin && jzbf access add ben --name 乙 --role caseworker --key-file ../ben.bin &&
	test_grep "BEGIN PGP PUBLIC KEY" keys/$fpr_ben.asc &&
	sealed_to keys/office.sec.gpg anna && test -s keys/$fpr_ben.asc && git verify-commit HEAD && clean_after
'
test_expect_success 'as long as there is no psychologist every custodian keeps the clinical one' '
	cp -R . ../early && cd ../early && jzbf -q access add dora --name 丁 --role custodian --key-file ../dora.asc 2>../err &&
	test_empty ../err && sealed_to keys/clinical.sec.gpg anna dora && sealed_to keys/office.sec.gpg anna dora &&
	clean_after && cd ../s
'
test_expect_success 'the first psychologist gets a new clinical role key, which no custodian holds' '
	old=$(sed -n "s/  clinical: //p" access.yaml) &&
	jzbf access add cai --name 丙 --role psychologist --key-file ../cai.asc &&
	new=$(sed -n "s/  clinical: //p" access.yaml) && test "$old" != "$new" &&
	sealed_to keys/clinical.sec.gpg cai && test ! -e keys/$(echo $old | tr -d \").asc && clean_after
'
test_expect_success 'access list tells people, roles and keys' '
	in_chinese jzbf access list >../out && test_grep "^anna +甲 +档案管理员 " ../out &&
	jzbf access list >../out && test_grep "^anna +甲 +custodian +$(echo $fpr_anna | cut -c25-)" ../out &&
	jzbf access list --format json >../out.json &&
	python3 -c "
import json; d = json.load(open(\"../out.json\")); p = {x[\"id\"]: x for x in d[\"people\"]}
assert d[\"format\"] == \"jzbf/access-list/1\" and p[\"cai\"][\"holds\"] == [\"clinical\"]
assert p[\"ben\"][\"key\"] == \"$fpr_ben\" and p[\"ben\"][\"holds\"] == [] and p[\"anna\"][\"in_force\"] is True"
'
test_expect_success 'a second custodian: one key file anew, not a case' '
	crash-writer . new 2 >../ids && before=$(git rev-parse HEAD:cases) &&
	jzbf access add dora --name 丁 --role custodian --key-file ../dora.asc &&
	sealed_to keys/office.sec.gpg anna dora && test $(git rev-parse HEAD:cases) = $before && clean_after
'
test_expect_success 'who opens the cases of anna: she, dora by the role key; not ben, not cai' '
	one=$(git ls-files cases | head -1) &&
	jzbf textconv $one >/dev/null && as dora jzbf textconv $one >../plain && test_grep "^id: LS-" ../plain &&
	for name in ben cai; do test_expect_code 4 as $name jzbf textconv $one >../out && test_empty ../out || return 1; done &&
	as ben env JZBF_PERSON=ben jzbf textconv --git $one >../out && echo "(encrypted to other people)" | test_cmp - ../out &&
	head -c 200 $one >../cut && test_expect_code 4 as ben env JZBF_PERSON=ben jzbf textconv --git ../cut >../out && test_empty ../out &&
	as ben env JZBF_PERSON=ben git log -p -- cases >../out 2>../err && test_grep "encrypted to other people" ../out && test_empty ../err
'
test_expect_success 'only a custodian changes access.yaml' '
	for name in ben cai; do
		test_expect_code 4 as $name env JZBF_PERSON=$name jzbf access add eve --name E --role it --key-file ../ben.asc 2>../err &&
		test_grep "only a custodian" ../err || return 1
	done && clean_after
'
test_expect_success 'a key stands for one person' '
	test_expect_code 3 jzbf access add eve --name E --role it --key-file ../ben.asc 2>../err && test_grep "somebody else" ../err
'
test_expect_success 'nobody is added with a key that cannot receive' '
	gpg --batch -q --passphrase "" --faked-system-time 20200101T000000 --quick-generate-key old future-default default 1y &&
	gpg --armor --export old >../old.asc &&
	test_expect_code 4 jzbf access add eve --name 戊 --role it --key-file ../old.asc 2>../err &&
	test_grep "戊 \(eve\), [0-9A-F]{16}, has expired" ../err && clean_after &&
	cat ../old.asc ../ben.asc >../two.asc &&
	test_expect_code 3 jzbf access add eve --name 戊 --role it --key-file ../two.asc && clean_after
'
test_expect_success 'a secret key that somebody hands over is never stored' '
	gpg --batch --armor --export-secret-keys $fpr_anna >../anna.sec &&
	test_expect_code 4 jzbf access add anna --key-file ../anna.sec 2>../err && test_grep "secret key" ../err && clean_after &&
	gpg --batch --export-secret-keys old >../old.sec &&
	test_expect_code 4 jzbf access add eve --name 戊 --role it --key-file ../old.sec && clean_after &&
	echo nonsense >../none.asc && test_must_fail jzbf access add eve --name 戊 --role it --key-file ../none.asc && clean_after
'
test_expect_success 'a dry run changes nothing' '
	head=$(git rev-parse HEAD) && gpg --armor --export-options export-minimal --export "<anna@example.invalid>" >../a.asc &&
	jzbf access add ben --role supervisor --dry-run 2>../err && test_grep "^dry run: nothing was written" ../err &&
	jzbf -q access seal -n 2>../err && test_empty ../err && jzbf access remove dora --dry-run 2>../err &&
	test $(git rev-parse HEAD) = $head && clean_after
'
test_expect_success 'what is in force already is no change, but its end can be moved' '
	head=$(git rev-parse HEAD) && jzbf access add ben --role caseworker --key-file ../ben.asc &&
	test $(git rev-parse HEAD) = $head && jzbf access add ben --role caseworker --until 2099-12-31 &&
	git diff $head HEAD -- access.yaml >../out && test_grep "^[+] +until: .2099-12-31" ../out && test_grep -v "^-  " ../out &&
	clean_after
'
test_expect_success 'a key file that was lost is brought back by adding it' '
	git rm -q keys/$fpr_ben.asc && AS=甲 commit_as anna lost && jzbf access add ben --key-file ../ben.asc &&
	test -s keys/$fpr_ben.asc && clean_after
'
test_expect_success 'a new role opens what belongs to it' '
	jzbf access add ben --role supervisor && sealed_to keys/office.sec.gpg anna ben dora &&
	as ben jzbf textconv $(git ls-files cases | head -1) >../plain && test_grep "^id: LS-" ../plain
'
test_expect_success 'a removed person is dropped from role secrets and from the cases that named them' '
	git config jzbf.person dora &&
	as dora jzbf access remove anna >../out 2>../err && sort ../ids | test_cmp - ../out &&
	sealed_to keys/office.sec.gpg ben dora &&
	for file in $(git ls-files cases); do
		recipients $file | grep -q "$(ids anna)" && return 1
		as dora jzbf textconv $file >../plain && test_grep "^revision: 2" ../plain || return 1
	done &&
	test_grep "earlier commits" ../err && test_grep "office role key" ../err && as dora git verify-commit HEAD && clean_after
'
test_expect_success 'the removed person can do nothing any more' '
	test_expect_code 4 env JZBF_PERSON=anna jzbf access add anna --role custodian &&
	test_expect_code 4 jzbf textconv $(git ls-files cases | head -1) >../out && test_empty ../out
'
test_expect_success 'the last custodian stays' '
	test_expect_code 3 as dora jzbf access remove dora 2>../err && test_grep "last custodian" ../err && clean_after
'
test_expect_success 'another psychologist: a custodian cannot seal the clinical secret, a psychologist can' '
	as dora jzbf access add ben --role psychologist 2>../err && test_grep "access seal" ../err &&
	sealed_to keys/clinical.sec.gpg cai &&
	as cai env JZBF_PERSON=cai jzbf access seal 2>../err && sealed_to keys/clinical.sec.gpg ben cai &&
	head=$(git rev-parse HEAD) && as cai env JZBF_PERSON=cai jzbf access seal && test $(git rev-parse HEAD) = $head && clean_after
'
test_expect_success 'a fresh clone recognises who works in it by the key' '
	git clone -q . ../clone && cd ../clone && as dora jzbf access add ben --role it && cd ../s
'
test_expect_success 'whoever was removed can come back, with the same key' '
	as dora jzbf access add anna --role caseworker --key-file ../anna.asc && jzbf access list >../out &&
	test_grep "^anna +甲 +caseworker +$(echo $fpr_anna | cut -c25-)" ../out && clean_after
'
test_expect_success 'a recovery key is in every role secret' '
	cd .. && jzbf init r --office RR --name R --person anna --key $fpr_anna --role psychologist --recovery-key dora.asc && cd r &&
	sealed_to keys/office.sec.gpg anna dora && sealed_to keys/clinical.sec.gpg anna dora && cd ..
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

#!/bin/bash
# What a person could read, against git and gpg read by hand.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben cai dora || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
for name in anna ben cai dora; do gpg --armor --export "<$name@example.invalid>" >$name.asc; done

# ids FILE…: key ids of public key files and all their subkeys.
ids() { cat "$@" | gpg --batch --with-colons --show-keys | awk -F: '$1 == "sub" || $1 == "pub" { print $5 }'; }

# by_hand IDS: every ciphertext of every commit that names one of the key ids, as
# "id kind number-of-ciphertexts first-commit last-commit" a record.
by_hand() {
	local commit path blob
	for commit in $(git rev-list --topo-order HEAD); do
		git ls-tree -r $commit cases | while read -r _ _ blob path; do
			[ -e ../seen-$blob ] || git cat-file blob $blob | gpg --batch --list-packets 2>/dev/null |
				sed -n "s/.*pubkey enc packet.*keyid //p" >../seen-$blob
			grep -qF -f "$1" ../seen-$blob || continue
			echo "$path $blob $commit"
		done
	done | python3 -c '
import sys
r = {}
for line in sys.stdin:
    path, blob, commit = line.split()
    e = r.setdefault(path, [set(), commit, commit])
    e[0].add(blob); e[1] = commit
for path in sorted(r):
    id, name = path.split("/")[3:5]
    print(id, name.split(".")[0], len(r[path][0]), r[path][1], r[path][2])'
}
# told PERSON [OPTION]: the same as jzbf tells it.
told() {
	jzbf access exposure "$@" --format json | python3 -c '
import json, sys
for r in json.load(sys.stdin)["records"]:
    print(r["id"], r["kind"], r["ciphertexts"], r["first"]["commit"], r["last"]["commit"])'
}
# field EXPRESSION: of d, the JSON in ../o.
field() { python3 -c "import json; d = json.load(open('../o')); assert $1, d"; }
fits() { jzbf -q check --schema "$SRC/schemas/output/access-exposure.yaml" ../o; }
# at MINUTE: commits lie a minute apart.
at() { export JZBF_NOW=2026-11-23T10:$1:00+08:00; }

test_expect_success 'setup: three cases, of which one is assigned to ben from its second revision to the third' '
	at 00 && jzbf init s --office LS --name 示例县司法局 --person anna --person-name 甲 && cd s &&
	at 01 && jzbf access add ben --name 乙 --role caseworker --key-file ../ben.asc &&
	at 02 && crash-writer . new 3 && at 03 && jzbf -q intake 1 "assigned[+]=ben" &&
	at 04 && jzbf -q intake 1 person.phone=13000000000 && c3=$(git rev-parse HEAD) &&
	at 05 && JZBF_EDITOR="sed -i /^..-.ben/d" jzbf edit 1 && c4=$(git rev-parse HEAD) &&
	at 06 && jzbf -q intake 1 person.phone=13000000001
'
test_expect_success 'a caseworker: two ciphertexts by the own key, and they ended' '
	jzbf access exposure ben --format json >../o && fits &&
	field "[r[\"id\"] for r in d[\"records\"]] == [\"LS-2026-0001\"] and d[\"still_readable\"] == 0" &&
	field "d[\"records\"][0][\"by\"] == [\"own\"] and d[\"role_keys\"] == [] and d[\"undecided\"] == []" &&
	field "d[\"records\"][0][\"ended\"][\"commit\"] == \"$c4\" and d[\"records\"][0][\"last\"][\"commit\"] == \"$c3\"" &&
	field "d[\"records\"][0][\"last\"][\"time\"].startswith(\"2026-11-23T10:04\")" &&
	ids ../ben.asc >../ben.ids && by_hand ../ben.ids >../want && test_line_count = 1 ../want && told ben | test_cmp ../want -
'
test_expect_success 'in words' '
	jzbf access exposure ben >../out 2>../err && test_empty ../err &&
	test_grep "^LS-2026-0001 +case file +2026-11-23 [0-9a-f]{10} +2026-11-23 ${c3:0:10} +no +2 +own key" ../out &&
	test_grep "ben .乙. can open 1 records, 2 ciphertexts, in 7 commits; 0 " ../out &&
	test_grep "keeps them for ever" ../out && in_chinese jzbf access exposure ben >../out && test_grep "永远留存" ../out
'
test_expect_success 'whoever has no role key and no case could read nothing' '
	at 07 && jzbf access add cai --name 丙 --role psychologist --key-file ../cai.asc &&
	jzbf access exposure cai --format json >../o && fits && field "d[\"records\"] == [] and d[\"ciphertexts\"] == 0" &&
	field "[k[\"key\"] for k in d[\"role_keys\"]] == [\"clinical\"] and d[\"role_keys\"][0][\"held\"]"
'
test_expect_success 'a custodian held both, the clinical one until there was a psychologist' '
	jzbf access exposure anna --format json >../o && fits &&
	field "sorted((k[\"key\"], k[\"held\"]) for k in d[\"role_keys\"]) == [(\"clinical\", False), (\"office\", True)]" &&
	field "len(d[\"records\"]) == 3 == d[\"still_readable\"] and d[\"ciphertexts\"] == 7" &&
	field "all(\"office\" in r[\"by\"] for r in d[\"records\"])"
'
test_expect_success 'a supervisor opens by the role key what is older than the role' '
	office=keys/$(sed -n "s/  office: //p" access.yaml | tr -d \").asc && at 08 &&
	jzbf access add dora --name 丁 --role supervisor --key-file ../dora.asc && at 09 && jzbf -q intake 2 person.phone=13000000002 &&
	ids ../dora.asc $office >../dora.ids && by_hand ../dora.ids >../want && test_line_count = 3 ../want &&
	told dora | test_cmp ../want - && jzbf access exposure dora --format json >../o && field "d[\"ciphertexts\"] == 8"
'
test_expect_success 'removing them takes nothing back, as long as the role key stays' '
	held=$(git rev-parse HEAD) && at 10 && jzbf access remove dora && at 11 && jzbf -q intake 3 person.phone=13000000003 &&
	jzbf access exposure dora --format json >../o && fits && field "d[\"still_readable\"] == 3 and d[\"ciphertexts\"] == 9" &&
	field "d[\"role_keys\"][0][\"last\"][\"commit\"] == \"$held\" and not d[\"role_keys\"][0][\"held\"]"
'
test_expect_success 'a former key of the person counts' '
	gpg --batch -q --passphrase "" --quick-generate-key "ben two" future-default default never &&
	gpg --armor --export "ben two" >../ben2.asc && at 14 && jzbf access add ben --key-file ../ben2.asc && at 15 &&
	jzbf -q intake 3 "assigned[+]=ben" && ids ../ben.asc ../ben2.asc >../both.ids && by_hand ../both.ids >../want &&
	test_line_count = 2 ../want && told ben | test_cmp ../want - && jzbf access exposure ben --format json >../o && field "d[\"still_readable\"] == 1"
'
test_expect_success 'it needs no secret key' '
	mkdir -m 700 ../nobody && GNUPGHOME=$TRASH/work/nobody jzbf access exposure ben --format json | cmp - ../o
'
test_expect_success 'somebody whom no access.yaml ever knew' '
	test_expect_code 1 jzbf access exposure eve 2>../err && test_grep "no access.yaml" ../err &&
	test_expect_code 2 jzbf access exposure
'
test_expect_success 'a merged branch counts, also what the merge did away with' '
	git clone -q . ../side && at 16 && JZBF_PERSON=anna jzbf -q -C ../side intake 2 "assigned[+]=ben" && side=$(git -C ../side rev-parse HEAD) &&
	at 17 && jzbf -q intake 3 person.phone=13000000004 && git fetch -q ../side main &&
	git merge -q -s ours --no-commit FETCH_HEAD && AS=甲 commit_as anna merge && told ben --unverified >../got &&
	by_hand ../both.ids >../want && test_line_count = 3 ../want && test_cmp ../want ../got && test_grep "^LS-2026-0002 case 1 $side $side" ../got
'
test_expect_success 'a record that was removed still counts' '
	git rm -q $(git ls-files cases | head -1) && AS=甲 commit_as anna gone &&
	told ben --unverified >../got && by_hand ../both.ids | test_cmp - ../got
'
test_expect_success 'what cannot be judged is said, and the status tells it' '
	mkdir -p cases/2026/000/LS-2026-0009 && echo "id: LS-2026-0009" >cases/2026/000/LS-2026-0009/case.yaml.gpg &&
	git add cases && AS=甲 commit_as anna plain && test_expect_code 5 jzbf access exposure ben &&
	test_expect_code 1 jzbf access exposure ben --unverified --format json >../o 2>../err && fits &&
	test_grep "LS-2026-0009 .case. of commit $(git rev-parse --short=10 HEAD)" ../err && test_grep "may have been able to read more" ../err &&
	field "len(d[\"undecided\"]) == 1"
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

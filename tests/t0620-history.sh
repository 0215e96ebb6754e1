#!/bin/bash
# History for people: which fields changed, by whom, and how two commits differ.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna || exit 99
export JZBF_NOW=2026-11-20T09:00:00+08:00
id=LS-2026-0001

test_expect_success 'a case with a few revisions' '
	make_store s anna && cd s &&
	head -3 $SRC/examples/people.csv | sed "s/li\.qing/anna/;s/wang\.song/anna/" >../two.csv &&
	jzbf -q intake --csv ../two.csv --map $SRC/examples/map.yaml && first=$(git rev-parse HEAD) &&
	JZBF_NOW=2026-11-21T09:00:00+08:00 jzbf -q intake $id person.phone=13100000000 2>/dev/null &&
	JZBF_NOW=2026-11-22T09:00:00+08:00 jzbf -q intake $id "person.skills[+]=木工" person.phone=13200000000 2>/dev/null &&
	JZBF_NOW=2026-11-23T09:00:00+08:00 jzbf -q intake $id "person.family[+].name=演家属" "person.family[+].relation=spouse" 2>/dev/null
'
test_expect_success 'log --values names fields with old and new values' '
	jzbf log $id --values >../out && test_grep "person.phone .Telephone.: 13100000000 → 13200000000" ../out &&
	test_grep "person.skills" ../out && test_grep "person.family" ../out && ! grep "revision" ../out &&
	jzbf log $id --fields >../out && test_grep "person.phone" ../out && ! grep 13200000000 ../out
'
test_expect_success 'log --values as JSON, and cut after a count' '
	jzbf log $id --values -n 2 --format json >../out && test_line_count = 2 ../out &&
	python3 - ../out <<-\PY
	import json, sys
	lines = [json.loads(l) for l in open(sys.argv[1])]
	assert [c["path"].split("[")[0] for c in lines[0]["changes"]] == ["person.family"], lines[0]
	phone = [c for c in lines[1]["changes"] if c["path"] == "person.phone"][0]
	assert (phone["before"], phone["after"], phone["change"]) == ("13100000000", "13200000000", "changed")
	PY
'
test_expect_success 'diff between commits, by revision and by date' '
	jzbf diff $first >../out && test_grep "^~ case $id" ../out && test_grep "13000000001 → 13200000000" ../out && ! grep LS-2026-0002 ../out &&
	JZBF_NOW=2026-11-24T09:00:00+08:00 jzbf diff $first 2026-11-21 >../out && test_grep "13000000001 → 13100000000" ../out &&
	jzbf diff HEAD >../out && test_empty ../out &&
	jzbf diff $first~1 $first --case 2 --fields >../out && test_grep "^[+] case LS-2026-0002" ../out && ! grep 演 ../out &&
	in_chinese jzbf diff $first >../out && test_grep "联系电话" ../out &&
	test_expect_code 1 jzbf diff nonsense 2>/dev/null
'
test_expect_success 'what is printed as JSON is as its schema says' '
	for c in "history log $id --values" "diff diff $first" "blame blame $id"; do
		set -- $c && format=$1 && shift &&
		jzbf "$@" --format json | head -1 >../one.json &&
		jzbf -q check --schema $SRC/schemas/output/$format.yaml ../one.json || return 1
	done
'
test_expect_success 'diff names a record that cannot be read' '
	git clone -q . ../broken && git -C ../broken config jzbf.person anna &&
	(cd ../broken && head -c 200 cases/2026/000/$id/case.yaml.gpg >x && mv x cases/2026/000/$id/case.yaml.gpg && git commit -qam broken) &&
	test_expect_code 1 jzbf -C ../broken --unverified diff HEAD~1 >../out 2>../err &&
	test_grep "$id" ../err
'
test_expect_success 'blame tells the commit and day of each field' '
	jzbf blame $id >../out && test_grep "2026-11-22 anna person.phone .Telephone.: 13200000000" ../out &&
	test_grep "2026-11-20 anna person.name .Name.: " ../out && test_grep "2026-11-22 anna person.skills .Skills.: 木工" ../out &&
	in_chinese jzbf blame $id person.phone >../out && test_grep "person.phone （?.?联系电话" ../out &&
	jzbf blame $id person.phone >../out && test_line_count = 1 ../out &&
	jzbf blame $id person.family --format json | python3 -c "
import json,sys
rows=[json.loads(l) for l in sys.stdin]
assert all(r[\"time\"].startswith(\"2026-11-23\") for r in rows) and len(rows)==3, rows" &&
	test_expect_code 1 jzbf blame $id nothing 2>/dev/null
'
test_expect_success 'blame finds a value that came back in the commit that brought it back' '
	JZBF_NOW=2026-11-24T09:00:00+08:00 jzbf -q intake $id person.phone=13100000000 2>/dev/null &&
	jzbf blame $id person.phone >../out && test_grep "^.* 2026-11-24 anna person.phone .Telephone.: 13100000000" ../out && clean_after
'
test_done

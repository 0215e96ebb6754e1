#!/bin/bash
# intake --csv: everyone of a list, all or none.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna || exit 99
a=441825199003070018 b=441802198511209996

cat >map.yaml <<'YAML'
columns:
  姓名: person.name
  证件号: person.id_number
  性别: {field: person.sex, values: {男: '1', 女: '2'}}
  报到: {field: admission.reported_on, date-format: YYYY/M/D}
  需求: 'needs[+].domain'
  备注:
constants:
  sentence.category: 缓刑
  'needs[+].severity': 1
  'needs[+].found_on': 2026-02-02
YAML
head='姓名,证件号,性别,报到,需求,备注'

test_expect_success 'a list is one commit: quotes, line ends inside, byte order mark' '
	open_store anna &&
	printf "\357\273\277$head\r\n甲,$a,男,2026/2/3,就业,\"a,\n\"\"b\"\"\"\r\n乙,$b,男,2026/2/14,住房,\r\n" >../two.csv &&
	jzbf intake --csv ../two.csv --map ../map.yaml >../out && printf "LS-2026-0001\nLS-2026-0002\n" | test_cmp - ../out &&
	git log -1 --format=%s | grep -x "intake LS-2026-0001 and 1 more" && clean_after && plain 2 >../plain &&
	test_grep "reported_on: \"2026-02-14\"" ../plain && test_grep "domain: housing" ../plain &&
	test_grep "category: probation" ../plain && test_grep "^  sex: \"1\"" ../plain
'
test_expect_success 'the same people again are refused by row, without their numbers' '
	unchanged jzbf intake --csv ../two.csv --map ../map.yaml 2>../err &&
	test_grep "row 1, column 2 .证件号.*LS-2026-0001" ../err && test_grep "row 2, .*LS-2026-0002" ../err &&
	test_grep -v "$a|$b|甲|乙" ../err
'
test_expect_success 'GB18030 is read when it is named and refused when it is not' '
	printf "$head\n丙𠮷,440901199202029992,女,2026/2/3,,\n" | iconv -t gb18030 >../g.csv &&
	unchanged jzbf intake --csv ../g.csv --map ../map.yaml 2>../err && test_grep gb18030 ../err
'
cat >../bad.csv <<CSV
$head
秘密甲,440901199202029993,女,2026/2/3,,
秘密乙,$a,马,2026-02-03,钱,
,$b,男,2026/2/30,,
CSV
test_expect_success 'every bad cell is named by row, column and reason, none by what it holds' '
	unchanged jzbf intake --csv ../bad.csv --map ../map.yaml 2>../err &&
	test_grep "bad.csv:2: error: row 1, column 2 .证件号.: .*check character" ../err &&
	test_grep "row 2, column 3 .性别.: .*sex" ../err && test_grep "row 2, column 4 .报到.: not a date written as YYYY/M/D" ../err &&
	test_grep "row 2, column 5 .需求.: .*need_domain" ../err && test_grep "row 3, column 4 .报到.: not a date" ../err &&
	test_grep "row 3, column 1 .姓名.: must not be empty \[6.2.1\]" ../err && test_grep "1 male, 2 female" ../err &&
	test_grep "3 of 3 rows are wrong" ../err && test_grep -v "秘密|马|钱|2026/2/30|440901" ../err &&
	unchanged in_chinese jzbf intake --csv ../bad.csv --map ../map.yaml 2>../err && test_grep "第 2 行第 3 列“性别”" ../err
'
test_expect_success 'the same person twice in one list is found' '
	printf "$head\n丁,441825200001010017,男,,,\n丁,441825200001010017,男,,,\n" >../twice.csv &&
	unchanged jzbf intake --csv ../twice.csv --map ../map.yaml 2>../err && test_grep "row 2, .*same person is in row 1" ../err
'
test_expect_success '--skip-bad takes the good rows and keeps the others in a private new file' '
	printf "$head\n=丁,441825200001010033,男,,,\n戊,441825200001010041,马,,,+1\n" >../mixed.csv && rm -f ../rejects.csv &&
	(umask 000; test_expect_code 1 jzbf intake --csv ../mixed.csv --map ../map.yaml --skip-bad ../rejects.csv >../out 2>../err) &&
	test_line_count = 1 ../out && test_grep "1 of 2 rows were not taken" ../err && test_grep "not encrypted" ../err &&
	test "$(stat -c %a ../rejects.csv)" = 600 && test_line_count = 2 ../rejects.csv && clean_after &&
	sed "s/马/女/" ../rejects.csv >../mended.csv && jzbf -q intake --csv ../mended.csv --map ../map.yaml >../out
'
test_expect_success '--skip-bad never overwrites' '
	printf "$head\n己,44182520000101005X,男,,,\n庚,441825200001010068,马,,,\n" >../mixed.csv && before=$(git rev-parse HEAD) &&
	test_expect_code 6 jzbf intake --csv ../mixed.csv --map ../map.yaml --skip-bad ../rejects.csv &&
	test $before = $(git rev-parse HEAD)
'
test_expect_success 'a map that does not fit is refused with its place' '
	sed "s/person.name/person.nmae/" ../map.yaml >../m.yaml && unchanged jzbf intake --csv ../two.csv --map ../m.yaml 2>../err &&
	test_grep "m.yaml:2:.*did you mean .name." ../err &&
	grep -v 备注 ../map.yaml >../m.yaml && unchanged jzbf intake --csv ../two.csv --map ../m.yaml 2>../err &&
	test_grep "column 6 .备注." ../err && (cat ../map.yaml; echo "other: 1") >../m.yaml &&
	unchanged jzbf intake --csv ../two.csv --map ../m.yaml && sed "s/备注:/备考:/" ../map.yaml >../m.yaml &&
	unchanged jzbf intake --csv ../two.csv --map ../m.yaml
'
test_expect_success 'hostile tables are refused' '
	printf "$head\na,b\n" >../h.csv && unchanged jzbf intake --csv ../h.csv --map ../map.yaml &&
	printf "姓名,姓名,性别,报到,需求,备注\n" >../h.csv && unchanged jzbf intake --csv ../h.csv --map ../map.yaml &&
	: >../h.csv && unchanged jzbf intake --csv ../h.csv --map ../map.yaml &&
	printf "$head\n" >../h.csv && unchanged jzbf intake --csv ../h.csv --map ../map.yaml &&
	printf "$head\n\"open,1,,,,\n" >../h.csv && unchanged jzbf intake --csv ../h.csv --map ../map.yaml &&
	printf "$head\na\0b,1,,,,\n" >../h.csv && unchanged jzbf intake --csv ../h.csv --map ../map.yaml &&
	printf "$head\n\377,1,,,,\n" >../h.csv && unchanged jzbf intake --csv ../h.csv --map ../map.yaml
'
test_expect_success 'a dry run writes no rejects and takes none away' '
	printf "$head\n壬,441825200001010076,马,,,\n癸,441825200001010092,男,,,\n" >../part.csv && echo mine >../kept.csv &&
	test_must_fail jzbf intake -n --csv ../part.csv --map ../map.yaml --skip-bad ../kept.csv 2>../err && test_grep "1 of 2 rows" ../err &&
	echo mine | test_cmp - ../kept.csv && test_must_fail jzbf intake -n --csv ../part.csv --map ../map.yaml --skip-bad ../none.csv && test ! -e ../none.csv
'
test_expect_success 'a dry run of a list writes nothing' '
	printf "$head\n辛,441825200001010076,男,,,\n" >../one.csv && before=$(git rev-parse HEAD) &&
	jzbf intake -n --csv ../one.csv --map ../map.yaml && test $before = $(git rev-parse HEAD)
'
# What must not stay behind: objects of a pack that was begun, files of the private home, plain text.
many() { # many COUNT: so many people, the last with a number that is none
	echo "$head"
	python3 - "$1" <<-'PY'
	import sys
	weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
	count = int(sys.argv[1])
	for n in range(count):
	    digits = "441802%04d%02d%02d%03d" % (1960 + n % 45, 1 + n % 12, 1 + n % 28, n % 1000)
	    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]
	    print(f"秘密{n},{digits}{check if n < count - 1 else '?'},,2026/2/{1 + n % 28},就业,")
	PY
}
test_expect_success PYTHON 'a bad row behind a hundred good ones: nothing of any is there' '
	many 101 >../many.csv && find .git -type f | sort >../files && was=$(git rev-parse HEAD) &&
	unchanged jzbf intake --csv ../many.csv --map ../map.yaml 2>../err && test_grep "row 101, column 2" ../err &&
	find .git -type f | sort | test_cmp ../files - && ! grep -r -l 秘密 . && clean_after
'
test_expect_success PYTHON 'without it they are one commit, in one pack' '
	sed "\$d" ../many.csv >../good.csv && jzbf intake --csv ../good.csv --map ../map.yaml >../out && test_line_count = 100 ../out &&
	test $(git rev-parse HEAD^) = $was && test $(ls .git/objects/pack/*.pack | wc -l) = 1 &&
	git verify-pack .git/objects/pack/*.idx && clean_after && jzbf check --all >../out 2>&1; test_grep "unreadable 0" ../out &&
	git gc -q && jzbf list --ids >../out && test_line_count -gt 100 ../out && clean_after
'
test_done

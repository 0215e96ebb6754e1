#!/bin/bash
# Scoring instruments: what people see, what scripts get, what is refused.
. "$(dirname "$0")/lib.sh"

fill() { # fill COUNT VALUE: a list of so many equal answers
	awk -v n="$1" -v v="$2" 'BEGIN { printf "[%s", v; for (i = 1; i < n; i++) printf ", %s", v; print "]" }'
}

test_expect_success 'the shipped instruments are listed, in both languages' '
	jzbf score --list >out && test_line_count = 7 out &&
	for i in phq-9 gad-7 sds sas scl-90; do test_grep "^$i " out || return 1; done &&
	in_chinese jzbf score --list >out && test_grep "症状自评量表" out &&
	jzbf score --list --format json >out && test_grep "jzbf/instruments/1" out
'
test_expect_success 'each shipped key is valid by the schema of keys' '
	jzbf check --schema instrument "$SRC"/schemas/instruments/*.yaml
'
test_expect_success 'item texts are shipped only where they are free' '
	for f in "$SRC"/schemas/instruments/*.yaml; do
		case $f in
		*phq-?.yaml | *gad-7.yaml) grep -q "^  items: free" "$f" && grep -q "^text:" "$f" ;;
		*) grep -q "^  items: key-only" "$f" && ! grep -q "^text:" "$f" ;;
		esac || { echo "$f"; return 1; }
	done
'
test_expect_success 'a plain questionnaire' '
	echo "answers: {1: 1, 2: 2, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 0}" >a.yaml &&
	jzbf score phq-9 a.yaml >out && test_grep "^Total +9 +mild" out &&
	test_grep "Depression screen: negative" out && test_grep -v CRITICAL out &&
	in_chinese jzbf score phq-9 a.yaml >out && test_grep "总分 +9 +轻度" out &&
	jzbf score -v phq-9 a.yaml >out && test_grep "\[V2\]" out
'
test_expect_success 'a critical answer is told first, with its clause and duty' '
	echo "answers: {1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0, 9: 1}" >a.yaml &&
	jzbf score phq-9 a.yaml >out && test_grep "^CRITICAL: item 9" out && test_grep "5\.3\.3" out &&
	test_grep "^Total +1 +none or minimal" out &&
	in_chinese jzbf score phq-9 a.yaml >out && test_grep "^危急：第9项" out && test_grep "第一时间" out &&
	jzbf score --format json phq-9 a.yaml >out && test_grep "\"duty\": \"alert\"" out
'
test_expect_success 'also when other answers are missing or refused' '
	echo "{9: 3}" >a.yaml && jzbf score phq-9 a.yaml >out && test_grep "^CRITICAL: item 9" out &&
	printf "3: 7\n9: 3\n" >a.yaml && test_expect_code 3 jzbf score phq-9 a.yaml >out 2>err &&
	test_grep "^CRITICAL: item 9" out && test_grep "a.yaml:1:4" err && test_grep -v "7" err &&
	test_expect_code 3 jzbf score --format json phq-9 a.yaml >out &&
	test_grep "\"status\": \"refused\"" out && test_grep "\"duty\": \"alert\"" out &&
	test_grep "\"line\": 1" out && test_grep -v "\"scores\"" out
'
test_expect_success 'a critical item without an answer is asked for' '
	echo "[0, 0, 0, 0, 0, 0, 0, 0, null]" >a.yaml && jzbf score phq-9 a.yaml >out &&
	test_grep "critical item 9 has no answer" out && test_grep "must be asked: 9" out
'
test_expect_success 'missing answers: the band stands, or the items are asked' '
	echo "[3, 3, 3, 3, 3, 3, 3, null, 0]" >a.yaml && jzbf score phq-9 a.yaml >out &&
	test_grep "^Total +21–24 +severe" out && test_grep "whatever they would be" out &&
	echo "[3, 3, 3, 0, 0, 0, 0, null, 0]" >a.yaml && jzbf score phq-9 a.yaml >out &&
	test_grep "^Total +9–12 +not determinable" out && test_grep "must be asked: 8" out &&
	jzbf score --format json phq-9 a.yaml >out && test_grep "\"status\": \"incomplete\"" out &&
	tr -d " \n" <out | grep -q "\"ask\":\[8\].*\"value\":null,\"low\":9,\"high\":12,\"band\":null,\"determinable\":false"
'
test_expect_success 'SDS cuts the fraction of the standard score off' '
	echo "[3,3,3,2,3,3,2,2,2,2,3,3,2,3,2,3,3,3,2,3]" >a.yaml && jzbf score sds a.yaml >out &&
	test_grep "^Standard score +52 +below the cut" out && test_grep "^Raw score +42" out &&
	echo "[3,3,3,3,3,3,2,2,2,2,3,3,2,3,2,3,3,3,2,3]" >a.yaml && jzbf score sds a.yaml >out &&
	test_grep "^Standard score +53 +mild" out && test_grep "^Raw score +43" out
'
test_expect_success 'uniform answers to SDS and SAS are invalid, a critical one among them is told' '
	for v in 1 2 3 4; do
		fill 20 $v >a.yaml && for i in sds sas; do
			jzbf score $i a.yaml >out && test_grep "invalid, not scored" out && test_grep -v "^Raw" out || return 1
		done
	done &&
	jzbf score sds a.yaml >out && test_grep "^CRITICAL: item 19" out &&
	jzbf score --format json sds a.yaml >out && test_grep "\"status\": \"invalid\"" out
'
test_expect_success 'SCL-90 needs its scale, and keeps to it' '
	fill 90 1 >a.yaml && test_expect_code 3 jzbf score scl-90 a.yaml 2>err && test_grep "1-5, 0-4" err &&
	jzbf score scl-90 --scale 1-5 a.yaml >out && test_grep "^Total +90" out &&
	test_grep "^Mean of all items +1\.00" out && test_grep "^Negative items +90" out &&
	test_grep "^Mean of the positive items +none" out &&
	jzbf score scl-90 --scale 0-4 a.yaml >out && test_grep "^Total +90" out && test_grep "^Positive items +90" out &&
	test_grep "the lowest answer never occurs" out &&
	printf "scale: 1-5\nanswers:\n  1: 3\n  2: 0\n" >a.yaml && test_expect_code 3 jzbf score scl-90 a.yaml 2>err &&
	test_grep "a.yaml:4:6" err && test_grep "two scales must not be mixed" err &&
	printf "scale: 0-4\nanswers: {1: 5}\n" >a.yaml && test_expect_code 3 jzbf score scl-90 a.yaml 2>err &&
	test_expect_code 3 jzbf score scl-90 --scale 1-5 a.yaml 2>err && test_grep "another scale" err
'
test_expect_success 'JSON answers, standard input, extension fields' '
	echo "{\"instrument\": \"gad-7\", \"answers\": {\"1\": 3, \"2\": 3, \"3\": 3, \"4\": 1, \"5\": 0, \"6\": 0, \"7\": 0}, \"x-by\": \"S1\"}" >a.json &&
	jzbf score gad-7 a.json >out && test_grep "^Total +10 +moderate" out &&
	jzbf score gad-7 - <a.json >out2 && test_cmp out out2 &&
	test_expect_code 3 jzbf score phq-9 a.json 2>err && test_grep "another instrument" err
'
test_expect_success 'what is wrong is refused with its place, and never repeated' '
	printf "1: 8675309\n2: 1.5\n3: marker\n99: 1\nmarker: 1\n" >a.yaml &&
	test_expect_code 3 jzbf score phq-9 a.yaml >out 2>err &&
	test_grep -v "8675309|1\.5|marker|Total" out && test_grep "a.yaml:1:4" err && test_grep "a.yaml:2:4" err && test_grep "a.yaml:3:4" err &&
	test_grep "a.yaml:4:1" err && test_grep "a.yaml:5:1" err &&
	test_grep -v "8675309|1\.5|marker" err &&
	printf "1: 1\n1: 2\n" >a.yaml && test_expect_code 3 jzbf score phq-9 a.yaml &&
	fill 8 1 >a.yaml && test_expect_code 3 jzbf score phq-9 a.yaml &&
	: >a.yaml && test_expect_code 3 jzbf score phq-9 a.yaml &&
	test_expect_code 6 jzbf score phq-9 nowhere.yaml
'
test_expect_success 'unknown instruments and wrong usage' '
	echo "[1]" >a.yaml && test_expect_code 3 jzbf score phq9 a.yaml 2>err && test_grep "phq-9" err &&
	test_expect_code 6 jzbf score ../phq-9.yaml a.yaml 2>err &&
	test_expect_code 2 jzbf score && test_expect_code 2 jzbf score phq-9 &&
	test_expect_code 2 jzbf score --format xml phq-9 a.yaml
'

# The key that the manual shows.
sed -n '/^format: jzbf/,/^\.Ed/p' "$SRC/man/jzbf-score.1.inc" | sed '/^\.Ed/d' >sleep.yaml

test_expect_success 'an office adds an instrument of its own' '
	jzbf check --schema instrument sleep.yaml &&
	echo "{1: 3, 2: 0, 3: 1, 4: 2}" >a.yaml && jzbf score ./sleep.yaml a.yaml >out &&
	test_grep "^Total +9 +较重" out && test_grep "^CRITICAL: item 4" out &&
	mkdir own && cp sleep.yaml own/ &&
	JZBF_INSTRUMENTS=$PWD/own jzbf score sleep a.yaml >out2 && test_cmp out out2 &&
	JZBF_INSTRUMENTS=$PWD/own jzbf score --list >out && test_grep "^sleep " out &&
	test_expect_code 3 jzbf score sleep a.yaml
'
test_expect_success 'it cannot replace a shipped one, and its id is its file name' '
	sed "s/^id: sleep/id: phq-9/" sleep.yaml >own/phq-9.yaml && echo "[0,0,0,0,0,0,0,0,0]" >a.yaml &&
	JZBF_INSTRUMENTS=$PWD/own jzbf score phq-9 a.yaml >out && test_grep "Patient Health" out &&
	cp sleep.yaml own/nap.yaml && echo "[0,0,0,0]" >a.yaml &&
	JZBF_INSTRUMENTS=$PWD/own test_expect_code 3 jzbf score nap a.yaml 2>err && test_grep "nap.yaml" err &&
	rm own/nap.yaml own/phq-9.yaml
'
test_expect_success 'an office that reads the norm as "2 or more" says so in its own key' '
	sed -e "s/^id: scl-90/id: scl-strict/" -e "s/any: subscale, op: .>., value: 2/any: subscale, op: \">=\", value: 2/" \
		"$SRC/schemas/instruments/scl-90.yaml" >own/scl-strict.yaml &&
	awk "BEGIN { n = split(\"1 4 12 27 40 42 48 49 52 53 56 58\", f, \" \"); for (i = 1; i <= n; i++) som[f[i]] = 1;
		print \"scale: 1-5\\nanswers:\"; for (i = 1; i <= 90; i++) print \"  \" i \": \" (i in som) + 1 }" >a.yaml &&
	jzbf score scl-90 a.yaml >out && test_grep "^Somatization +2\.00" out && test_grep "norm\): negative" out &&
	test_grep "any factor > 2" out &&
	JZBF_INSTRUMENTS=$PWD/own jzbf score scl-strict a.yaml >out && test_grep "norm\): positive" out &&
	test_grep "any factor >= 2" out
'
test_expect_success 'a key that changed keeps its old version for old answers' '
	sed -e "s/2026/2027/" -e "s/to: 5/to: 6/" -e "s/from: 6/from: 7/" sleep.yaml >own/sleep.yaml &&
	cp sleep.yaml own/sleep@2026.yaml && echo "[3, 3, 3, 0]" >a.yaml &&
	JZBF_INSTRUMENTS=$PWD/own jzbf score sleep a.yaml >out && test_grep "key 2027" out && test_grep "6 +一般" out &&
	JZBF_INSTRUMENTS=$PWD/own jzbf score own/sleep@2026.yaml a.yaml >out && test_grep "6 +较重" out &&
	JZBF_INSTRUMENTS=$PWD/own jzbf score --list >out && test_grep -v "@" out
'
test_expect_success 'a wrong key is refused with its place' '
	sed "s/to: 5/to: 4/" sleep.yaml >bad.yaml && test_expect_code 3 jzbf score ./bad.yaml a.yaml 2>err &&
	test_grep "bad.yaml:[0-9]+:[0-9]+: .*gap or overlap" err &&
	sed "s/reverse: \[2\]/reverse: [7]/" sleep.yaml >bad.yaml && test_expect_code 3 jzbf score ./bad.yaml a.yaml &&
	sed "s/of: sum/of: magic/" sleep.yaml >bad.yaml && test_expect_code 3 jzbf score ./bad.yaml a.yaml 2>err &&
	sed "s/^items: 4/itmes: 4/" sleep.yaml >bad.yaml && test_expect_code 3 jzbf score ./bad.yaml a.yaml 2>err &&
	! jzbf check --schema instrument bad.yaml
'
test_expect_success 'hostile files are refused in time' '
	awk "BEGIN { for (i = 0; i < 100000; i++) printf \"[\" }" >deep.yaml && test_expect_code 3 timeout 5 jzbf score phq-9 deep.yaml &&
	printf "a: &a [1]\nb: *a\n" >alias.yaml && test_expect_code 3 jzbf score phq-9 alias.yaml &&
	printf "1: \377\376\n" >bytes.yaml && test_expect_code 3 jzbf score phq-9 bytes.yaml &&
	printf "1: 1\000\n" >nul.yaml && test_expect_code 3 jzbf score phq-9 nul.yaml &&
	head -c 9000000 /dev/zero | tr "\0" 1 >big.yaml && test_expect_code 3 timeout 5 jzbf score phq-9 big.yaml &&
	test_expect_code 3 timeout 5 jzbf score ./deep.yaml alias.yaml
'
test_done

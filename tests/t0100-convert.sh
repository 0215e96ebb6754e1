#!/bin/bash
. "$(dirname "$0")/lib.sh"

test_expect_success 'CSV becomes one JSON array of objects whose values are strings' '
	printf "姓名,号码,备注\r\n张三,0123,\"a, \"\"b\"\"\"\r\n李四,1e3,\r\n" >in.csv &&
	jzbf convert --from csv --to json in.csv >out &&
	cat >want <<-\EOF &&
	[
	{"姓名":"张三","号码":"0123","备注":"a, \"b\""},
	{"姓名":"李四","号码":"1e3","备注":""}
	]
	EOF
	test_cmp want out
'

test_expect_success PYTHON 'an independent reader agrees' '
	python3 -c "
import csv, json
rows = list(csv.DictReader(open(\"in.csv\", newline=\"\", encoding=\"utf-8\")))
assert rows == json.load(open(\"out\", encoding=\"utf-8\")), rows"
'

test_expect_success 'a header without rows is an empty list, and stays a header' '
	printf "a,b\n" >head.csv &&
	echo "[]" >want &&
	jzbf convert -t json head.csv >out && test_cmp want out &&
	jzbf convert -t yaml head.csv >out && test_cmp want out &&
	jzbf convert -t ndjson head.csv >out && test_empty out &&
	printf "a,b\r\n" >want &&
	jzbf convert -t csv head.csv >out && test_cmp want out
'

test_expect_success 'every format to every other and back' '
	cat >in.yaml <<-\EOF &&
	- name: 张三
	  code: "0123"
	  text: |
	    two
	    lines
	- name: 李四
	  code: =1+1
	  text: "no"
	EOF
	jzbf convert --to json in.yaml >want.json &&
	for via in yaml json csv ndjson; do
		jzbf convert --to $via in.yaml >via.$via &&
		for next in yaml json csv ndjson; do
			jzbf convert --to $next via.$via >next.$next &&
			jzbf convert --to yaml next.$next >back.yaml || return 1
			test_cmp in.yaml back.yaml || return 1
		done
	done
'

test_expect_success 'YAML is typed by the core rules, and digits stay' '
	cat >types.yaml <<-\EOF &&
	a: [1, 1.50, 12345678901234567890123, 1e400, -0, true, null, ~]
	b: [no, 0123, 2026-01-01, 12:30, "1", 0x1F, 110101190001010010]
	EOF
	cat >want <<-\EOF &&
	{"a":[1,1.50,12345678901234567890123,1e400,-0,true,null,null],"b":["no","0123","2026-01-01","12:30","1","0x1F",110101190001010010]}
	EOF
	jzbf convert --to ndjson types.yaml >out &&
	test_cmp want out
'

test_expect_success 'a schema types it otherwise' '
	cat >schema.yaml <<-\EOF &&
	properties:
	  b: {items: {type: string}}
	EOF
	jzbf convert --to ndjson --schema schema.yaml types.yaml >out &&
	test_grep "\"110101190001010010\"" out &&
	test_grep "1.50,12345" out &&
	printf "id: 0123\nrevision: 2\n" >case.yaml &&
	echo "{\"id\":\"0123\",\"revision\":2}" >want &&
	jzbf convert --to ndjson --schema case case.yaml >out && test_cmp want out &&
	test_expect_code 2 jzbf convert --to yaml --schema schema.yaml in.csv
'

test_expect_success 'comments stay from YAML to YAML, and the canonical form stays' '
	printf "# a\nb:   [1,   # one\n 2]\n# end\n" >notes.yaml &&
	printf "# a\nb:\n  - 1 # one\n  - 2\n# end\n" >want &&
	jzbf convert --to yaml notes.yaml >out && test_cmp want out &&
	jzbf convert --to yaml --from yaml out >again && test_cmp want again
'

test_expect_success 'encodings both ways' '
	printf "姓名,备注\r\n张三,喆𠀀\r\n" >utf8.csv &&
	jzbf convert --to csv --to-encoding gb18030 utf8.csv >gb.csv &&
	test_must_fail cmp utf8.csv gb.csv &&
	jzbf convert --to csv --encoding gb18030 gb.csv >out && test_cmp utf8.csv out &&
	jzbf convert --to csv --to-encoding utf-8-bom utf8.csv >bom.csv &&
	printf "\357\273\277" | cat - utf8.csv >want && test_cmp want bom.csv &&
	jzbf convert --to csv bom.csv >out && test_cmp utf8.csv out
'


test_expect_success 'the wrong encoding is noticed with its place' '
	test_expect_code 3 jzbf convert --to json gb.csv >out 2>err &&
	test_empty out &&
	test_grep "gb.csv:1:1: .*gb18030" err &&
	printf "a\n\325\305\377\n" >bad.csv &&
	test_expect_code 3 jzbf convert --to json -e gb18030 bad.csv >out 2>err &&
	test_empty out &&
	test_grep "bad.csv:2:2: " err
'

test_expect_success 'bad CSV is refused with row and column, and nothing is printed' '
	refused() {
		printf "$1" >bad.csv &&
		test_expect_code 3 jzbf convert --to json bad.csv >out 2>err &&
		test_empty out && test_grep "bad.csv:$2: $3" err
	} &&
	refused "a,b,a\n" 1:5 "column 3 has the header" &&
	refused "a,,c\n" 1:3 "column 2 has no header" &&
	refused "a,b\n1,2\n3\n" 3:2 "row 2 has 1 field" &&
	refused "a,b\n1,2\n3,4,5\n" 3:5 "row 2 has 3 fields" &&
	refused "a,b\n1,\"x\n" 2:3 "a field in quotes" &&
	refused "" 1:1 "there is no header"
'

test_expect_success 'CSV is made of flat and equal objects only' '
	refused() {
		printf "%s" "$1" >bad.json &&
		test_expect_code 3 jzbf convert --to csv bad.json >out 2>err &&
		test_empty out && test_grep "bad.json:$2" err
	} &&
	refused "{\"a\":1}" "1:1: CSV needs a list" &&
	refused "[{\"a\":1},2]" "1:10: /1: " &&
	refused "[{\"a\":1},{\"a\":[]}]" "1:15: /1/a: " &&
	refused "[{\"a\":1},{\"b\":1}]" "1:10: /1/a: " &&
	refused "[{\"a\":1},{\"a\":1,\"b\":2}]" "1:21: /1/b: " &&
	refused "[{\"a\":\"\\u0000\"}]" "1:7: /0/a: " &&
	refused "[{}]" "1:2: /0: " &&
	printf "[{\"a\":1,\"b\":null},{\"b\":true,\"a\":1.50}]" >good.json &&
	printf "a,b\r\n1,\r\n1.50,true\r\n" >want &&
	jzbf convert --to csv good.json >out && test_cmp want out
'

test_expect_success 'a bad line of NDJSON is named' '
	printf "{\"a\":1}\n\n{\"a\":}\n" >bad.ndjson &&
	test_expect_code 3 jzbf convert --to json bad.ndjson >out 2>err &&
	test_empty out && test_grep "bad.ndjson:3:6: " err
'

test_expect_success 'formulas are defused and read back unharmed' '
	cat >formulas.json <<-\EOF &&
	[{"a":"=1+1"},{"a":"+x"},{"a":"-x"},{"a":"@x"},{"a":"\tx"},{"a":"\rx"},{"a":"＝x"},{"a":"-5"},{"a":"'\''=x"},{"a":"x"}]
	EOF
	jzbf convert --to csv formulas.json >out.csv &&
	test_grep -v "^\"?([=+@[:cntrl:]]|-[^5]|＝)" out.csv &&
	test_grep "^-5" out.csv &&
	jzbf convert --to json formulas.json >want &&
	jzbf convert --to json out.csv >mid && jzbf convert --to json --from json mid >out &&
	test_cmp want out
'

test_expect_success 'formats come from names, options and standard input' '
	echo "{\"a\": 1}" >x.unknown &&
	test_expect_code 2 jzbf convert --to yaml x.unknown &&
	test_expect_code 2 jzbf convert --from json x.unknown &&
	test_expect_code 2 jzbf convert --from xml --to json x.unknown &&
	echo "a: 1" >want &&
	jzbf convert --from json --to yaml x.unknown >out && test_cmp want out &&
	jzbf convert --from json --to yaml - <x.unknown >out && test_cmp want out &&
	test_expect_code 6 jzbf convert --to json missing.yaml &&
	test_expect_code 6 jzbf convert --from yaml --to json .
'

test_expect_success 'a full disk is an error' '
	test_expect_code 6 jzbf convert --to json in.yaml >/dev/full
'

test_expect_success 'messages in Chinese' '
	test_expect_code 3 in_chinese jzbf convert --to json bad.csv 2>err &&
	test_grep "bad.csv:1:1: 没有表头" err
'

test_done

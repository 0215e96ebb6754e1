#!/bin/bash
# jzbf check --schema: documents against a JSON Schema, without a store.
. "$(dirname "$0")/lib.sh"

cat >person.yaml <<\EOT
title: 人员
type: object
required: [name, id]
properties:
  name: {title: 姓名, x-title-en: Name, type: string, maxLength: 4}
  id: {type: string, pattern: '^[0-9]{17}[0-9X]$'}
  day: {type: string, format: date}
  sum: {type: integer, multipleOf: 0.1}
additionalProperties: false
EOT
cat >good.yaml <<\EOT
name: 甲某某
id: 330102199001010011
day: 2026-01-01
sum: 7.0
EOT
echo '{"name": "no", "id": "33010219900101001X"}' >good.json
cat >bad.yaml <<\EOT
# a comment
name: 甲某某某某
id: 330102199001010O11
colour: red
EOT

test_expect_success 'valid documents, YAML and JSON; nothing on standard output' '
	jzbf check --schema person.yaml good.yaml good.json >out 2>err && test_empty out &&
	test_grep "^documents 2: valid 2, invalid 0, unreadable 0$" err &&
	jzbf check -q -s person.yaml good.yaml 2>err && test_empty err
'
test_expect_success 'findings have file, line, column, path, sentence and keyword' '
	test_expect_code 1 jzbf check --schema person.yaml good.yaml bad.yaml >out 2>err &&
	cat >want <<-\EOT &&
	bad.yaml:2:7: error: /name: Name: must have at most 4 characters [maxLength]
	bad.yaml:3:5: error: /id: is not of the form ^[0-9]{17}[0-9X]$ [pattern]
	bad.yaml:4:1: error: /colour: is a field that is not known here [additionalProperties]
	EOT
	test_cmp want out && test_grep "valid 1, invalid 1" err
'
test_expect_success 'and never a value of the document' '
	test_grep -v "甲某" out && test_grep -v "O11" out && test_grep -v red out
'
test_expect_success 'in Chinese, with the Chinese title of the field' '
	test_expect_code 1 in_chinese jzbf check --schema person.yaml bad.yaml >out 2>err &&
	test_grep "^bad.yaml:2:7: 错误: /name: 姓名：至多可有 4 个字符 \[maxLength\]$" out && test_grep "无效 1" err
'
test_expect_success 'findings as JSON are the same in every language' '
	test_expect_code 1 jzbf check --schema person.yaml --format json bad.yaml >out 2>err &&
	jzbf convert --from json --to yaml out >yaml &&
	test_grep "format: jzbf/findings/1" yaml && test_grep "rule: maxLength" yaml && test_grep "line: 2" yaml &&
	jzbf check --schema person.yaml --format json good.yaml >out && test_grep "\"findings\": \[\]" out
'
test_expect_success 'format says nothing unless it is asked for' '
	echo "{\"name\": \"a\", \"id\": \"330102199001010011\", \"day\": \"2026-02-30\"}" >day.json &&
	jzbf check -s person.yaml day.json && test_expect_code 1 jzbf check -s person.yaml --assert-format day.json >out &&
	test_grep "/day: .*\[format\]" out
'
test_expect_success 'standard input, by --from or by how it begins' '
	jzbf check -s person.yaml - <good.yaml && jzbf check -s person.yaml - <good.json &&
	jzbf check -s person.yaml --from yaml - <good.json && test_expect_code 3 jzbf check -s person.yaml --from json - <good.yaml
'
test_expect_success 'NDJSON: one document a line, counted from the first line of the file' '
	{ cat good.json; echo; echo "{\"name\": \"a\"}"; cat good.json; } >list.ndjson &&
	test_expect_code 1 jzbf check -s person.yaml list.ndjson >out 2>err &&
	echo "list.ndjson:3:1: error: field '\''id'\'' is missing [required]" >want && test_cmp want out &&
	test_grep "^documents 3: valid 2, invalid 1, unreadable 0$" err
'
test_expect_success 'a file that cannot be judged is named, the others are checked all the same' '
	printf "a: [1\n" >broken.yaml &&
	test_expect_code 3 jzbf check -s person.yaml broken.yaml bad.yaml >out 2>err &&
	test_grep "^broken.yaml:[0-9]+:[0-9]+: error: .*\[readable\]$" out && test_grep "^bad.yaml:2:7" out &&
	test_grep "valid 0, invalid 1, unreadable 1" err &&
	test_expect_code 6 jzbf check -s person.yaml nowhere.yaml good.yaml >out 2>err && test_grep "valid 1" err &&
	printf "a,b\n1,2\n" >x.csv && test_expect_code 3 jzbf check -s person.yaml x.csv >out && test_grep CSV out
'
test_expect_success 'a wrong schema is refused with its place, and nothing is checked' '
	printf "properties:\n  a:\n    type: strnig\n" >wrong.yaml &&
	test_expect_code 3 jzbf check -s wrong.yaml good.yaml >out 2>err && test_empty out &&
	test_grep "wrong.yaml:3:11: /properties/a/type: must be one of" err &&
	echo "{\"\$ref\": \"https://example.org/schema\"}" >away.json &&
	test_expect_code 3 jzbf check -s away.json good.yaml 2>err && test_grep "away.json:1:10: /.ref: refers to another document" err &&
	echo "{\"\$ref\": \"#\"}" >loop.json && test_expect_code 3 jzbf check -s loop.json good.yaml 2>err &&
	test_grep "itself without end" err &&
	echo "{\"pattern\": \"(\"}" >regex.json && test_expect_code 3 jzbf check -s regex.json good.yaml 2>err &&
	test_grep "/pattern: is no regular expression" err &&
	echo "{\"items\": [true]}" >old.json && test_expect_code 3 jzbf check -s old.json good.yaml 2>err && test_grep prefixItems err
'
test_expect_success 'a pattern that never ends is an error, never a pass' '
	echo "{\"not\": {\"pattern\": \"^(a+)+$\"}}" >bomb.json &&
	echo "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"" >victim.json &&
	test_expect_code 1 timeout 10 jzbf check -s bomb.json victim.json >out && test_grep "too much work" out
'
test_expect_success 'the schemas of the program itself by their names' '
	jzbf check -s case "$SRC"/tests/data/case-minimal.yaml "$SRC"/tests/data/case-full.yaml &&
	test_expect_code 1 jzbf check -s case good.yaml >out && test_expect_code 2 jzbf check -s nosuch good.yaml
'
test_expect_success 'what does not go together is a usage error' '
	test_expect_code 2 jzbf check -s person.yaml && test_expect_code 2 jzbf check -s person.yaml --strict good.yaml &&
	test_expect_code 2 jzbf check --assert-format && test_expect_code 2 jzbf check -s person.yaml --from csv good.yaml
'
test_expect_success 'a value that looks like a secret is in no message, whatever keyword fails' '
	cat >all.yaml <<-\EOT &&
	allOf: [{enum: [a, b]}, {const: c}, {minLength: 100}, {maxLength: 1}, {pattern: "^z"}, {type: integer},
	  {not: {type: string}}, {oneOf: [{const: q}, {const: r}]}, {anyOf: [{format: ipv4, const: s}]}, false]
	EOT
	echo MARKERVALUE >doc.yaml && test_expect_code 1 jzbf check --assert-format -s all.yaml doc.yaml >out 2>err &&
	test_line_count -gt 8 out && test_grep -v MARKER out && test_grep -v MARKER err
'
test_done

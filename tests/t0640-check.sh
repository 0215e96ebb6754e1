#!/bin/bash
# What check says of the cases of a store, and how.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys zhang || exit 99
CASE=cases/2026/000/LS-2026-0001

test_expect_success 'a case with a psychological file' '
	open_store zhang && jzbf -q intake --from ../person.yaml >/dev/null && jzbf -q plan 1 --from ../plan.yaml >/dev/null &&
	printf "scale: 0-3\nat: 2026-03-01T10:00:00+08:00\nanswers: {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 2}\n" >../critical &&
	jzbf -q assess 1 phq-9 --answers ../critical >/dev/null 2>&1 &&
	sed "s/9: 2/9: 0/" ../critical >../calm && jzbf -q assess 1 --psych phq-9 --answers ../calm >/dev/null &&
	jzbf -q serve 1 --psych kind=心理辅导 note.fact=谈话 minutes=50 >/dev/null
'
test_expect_success 'it is judged against itself, not against the case' '
	test_expect_code 1 jzbf check --date 2026-03-05 --format json >../out 2>../err && test_grep "\"R5.3.3b\"" ../out &&
	test_must_fail grep "R5.3.3g" ../out && test_grep "scanned 1, unreadable 0" ../err
'
test_expect_success 'its findings have its own name, since their positions are not those of the case' '
	test_expect_code 1 jzbf check --date 2026-02-20 --format json >../out 2>/dev/null &&
	python3 - ../out <<-\PY
	import json, sys
	found = [f for f in json.load(open(sys.argv[1]))["findings"] if f["rule"] == "R7.5.2-facts"]
	assert found and all(f["file"] == "LS-2026-0001/psych" and f["line"] for f in found), found
	PY
'
test_expect_success 'one case, many cases and all say the same' '
	for id in 441825198704121039 441825198704121055 441825198704121071; do
		sed "s/$MARK_NUMBER/$id/" ../person.yaml >../other.yaml && jzbf -q intake --from ../other.yaml >/dev/null 2>&1 || return 1
	done &&
	jzbf -q assess 3 --psych phq-9 --answers ../calm >/dev/null &&
	test_expect_code 1 jzbf check >../all 2>/dev/null &&
	for id in 1 2 3 4; do test_expect_code 1 jzbf check $id 2>/dev/null || return 1; done >../singly && test_cmp ../all ../singly &&
	test_expect_code 1 jzbf check 4 1 >../two 2>../err && sed 1q ../two >../first && test_grep "^LS-2026-0004" ../first && test_grep "scanned 2" ../err
'
test_expect_success 'people see titles, scripts see pointers' '
	printf "%s\\n" "person: {name: 乙, id_type: 居民身份证, id_number: 441825198704121098}" "sentence: {category: 缓刑, correction_from: 2025-06-01, correction_to: 2026-12-31}" >../neglected.yaml &&
	jzbf -q intake --from ../neglected.yaml >../id && id=$(cat ../id) && jzbf intake $id admission.declared_on=2025-06-02 2>../first >/dev/null &&
	in_chinese jzbf check $id >../zh 2>/dev/null; jzbf check $id >../en 2>/dev/null; jzbf check $id --format json >../json 2>/dev/null
	test_grep "错误: 服务记录: " ../zh && test_grep "error: Services: " ../en && ! grep ": /" ../zh ../en &&
	test_grep "\"path\": \"/services\"" ../json && ! grep Services: ../json
'
test_expect_success 'six topics neither given nor learnt are one line with both clauses, at the first change and later' '
	test_grep "$id: error: Services: .*, .*, .*: not given in the entry phase; its content is not completed.*\[7.1.1, 7.1.3\]" ../en &&
	grep -c "7\.1\.[13]" ../en | grep -x 1 && test_grep "7.1.1, 7.1.3" ../first && grep -c "7\.1\.[13]" ../first | grep -x 1 &&
	test_grep "、.*：*入矫期内未开展；学习内容未完成，也未安排补课 \[7.1.1, 7.1.3\]" ../zh &&
	test_grep "2025-08, 2025-09, .*: no daily education" ../en &&
	test $(grep -c "\"clause\": \"7.1.1\"" ../json) = 6 && test $(grep -c "\"clause\": \"7.1.3\"" ../json) = 6
'
test_expect_success 'a refusal names the field by its titles, too' '
	test_expect_code 3 jzbf intake LS-2026-0002 sentence.correction_to=2025-01-01 2>../err && test_grep "error: Sentence › " ../err &&
	test_expect_code 3 in_chinese jzbf intake LS-2026-0002 sentence.correction_to=2025-01-01 2>../err && test_grep "错误: 刑罚信息 › " ../err
'
test_expect_success 'a psychological file that cannot be read is counted and named' '
	head -c 200 $CASE/psych.yaml.gpg >../cut && cp ../cut $CASE/psych.yaml.gpg && git commit -qam cut &&
	test_expect_code 1 jzbf --unverified check >../out 2>../err && test_grep "^LS-2026-0001/psych: error: cannot be read" ../out &&
	test_grep "scanned 5, unreadable 1" ../err && test_expect_code 1 jzbf --unverified check 1 >../out 2>/dev/null &&
	test_grep "^LS-2026-0001/psych: error: cannot be read" ../out
'
test_done

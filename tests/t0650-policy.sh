#!/bin/bash
# Office policy: what is in force, what is the default, and that it is no law.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys zhang li || exit 99
fits() { jzbf -q check --schema "$SRC/schemas/output/policy.yaml" "$1" >../verdict 2>&1 || { cat ../verdict "$1"; return 1; }; }
json() { python3 -c "import json, sys
d = json.load(open(sys.argv[1])); v = {x[\"name\"]: x for x in d[\"values\"]}
assert ($2), d" "$1"; }

test_expect_success 'defaults, all of them, and whose they are' '
	make_store s zhang && cd s && jzbf policy >../out && sed -n "/^Office policy: neither/,/^Given by/p" ../out >../own &&
	test_grep "^6.1.1 .* 10 days .*default +contact_days" ../own && test_grep "Telephone" ../own && test_grep "(default, file_fields)" ../own &&
	! grep entry_months ../own && test_grep "^7.1.1 .* 1 month .*not changed +entry_months" ../out &&
	for name in $(sed -n "s/^  \([a-z_]*\):.*/\1/p" "$SRC/schemas/policy.yaml" | grep -vxE "pattern|values"); do test_grep "$name" ../out || return 1; done
'
test_expect_success 'nothing was changed' '
	test_expect_code 1 jzbf policy --changed >../out 2>../err && test_empty ../out && test_grep "nothing otherwise" ../err &&
	jzbf policy --format json >../json && fits ../json && json ../json "len(v) > 25 and not any(x[\"changed\"] for x in v.values()) and d[\"code_tables\"] == []"
'
test_expect_success 'an office that set some of it' '
	cat >>jzbf.yaml <<-\EOF &&
	policy: {contact_days: 15, entry_months: 2, followup_months: [2, 4], file_days: 10}
	codes: {level: [{code: red, zh: 红色, en: red}]}
	EOF
	git add -A && commit_as zhang policy && jzbf policy --changed >../out &&
	test_grep "15 days +10 days +set by the office +contact_days" ../out && test_grep "2 months; 4 months +1 month; 3 months; 6 months" ../out &&
	test_grep "2 months +1 month +DEPARTS FROM IT +entry_months" ../out && ! grep file_days ../out &&
	jzbf policy >../out && test_grep "Code tables of the office.*: level" ../out && test_grep "default +file_days" ../out
'
test_expect_success 'for scripts' '
	jzbf policy --format json >../json && fits ../json && json ../json "v[\"contact_days\"][\"value\"] == 15 and v[\"contact_days\"][\"default\"] == 10
		and v[\"contact_days\"][\"changed\"] and v[\"contact_days\"][\"is_policy\"] and not v[\"entry_months\"][\"is_policy\"]
		and not v[\"file_days\"][\"changed\"] and d[\"code_tables\"] == [\"level\"]" &&
	jzbf policy --format json contact_days mediation_confirm_days >../json && fits ../json &&
	json ../json "len(v) == 2 and v[\"mediation_confirm_days\"][\"source\"] == \"law\"" &&
	in_chinese jzbf policy --format json contact_days mediation_confirm_days >../zh && test_cmp ../json ../zh
'
test_expect_success 'of an earlier commit; wrong use; in Chinese' '
	jzbf policy --at HEAD~1 contact_days >../out && test_grep "10 days .*default" ../out && ! grep 15 ../out &&
	test_expect_code 2 jzbf policy contact_day 2>../err && test_grep "contact_day" ../err &&
	in_chinese jzbf policy >../out && test_grep "单位规定（标准和法律均未给出" ../out && test_grep "15 天 +10 天 +本单位设定 +contact_days" ../out &&
	test_grep "2 个月 +1 个月 +与其不符 +entry_months" ../out && test_grep "代码表：* level" ../out
'
test_expect_success 'it needs no key: whoever can read the repository can look' '
	GNUPGHOME=$SHORT/li JZBF_PERSON= jzbf policy contact_days >../out && test_grep "15 days" ../out
'
test_done

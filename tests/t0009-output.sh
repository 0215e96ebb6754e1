#!/bin/bash
# What --format json prints is what schemas/output says, in either language.
. "$(dirname "$0")/lib.sh"

export JZBF_NOW=2026-11-23T10:00:00+08:00
setup_keys zhang li

# fits NAME FILE: the output is of the format jzbf/NAME/1 and as its schema says.
fits() { jzbf -q check --schema "$SRC/schemas/output/$1.yaml" "$2" >verdict 2>&1 || { cat verdict "$2"; return 1; }; }

test_expect_success 'each format that the program prints has its schema' '
	grep -rhoE "jzbf/[a-z-]+/1" "$SRC"/cmd/*.[ch] "$SRC"/lib/report/*.[ch] | cut -d/ -f2 | sort -u |
		grep -vxE "case|psych|pending|office|access" >formats && test_line_count -gt 8 formats &&
	for f in $(cat formats); do
		test -e "$SRC/schemas/output/$f.yaml" || { echo "no schema: $f"; return 1; }
	done
'
test_expect_success 'a change, and one that is refused' '
	jzbf init --office LS --name 连山司法所 --person zhang --role caseworker office && cd office &&
	cat >../person.yaml <<-\EOF &&
	assigned: [zhang]
	person: {name: 测试甲, id_type: citizen_id, id_number: "441825199003070018"}
	sentence: {category: probation, correction_from: 2026-03-02, correction_to: 2027-03-01}
	EOF
	jzbf intake --format json --from ../person.yaml >../ok.json && fits change ../ok.json &&
	test_expect_code 3 jzbf intake --format json person.name=x >../no.json && fits change ../no.json &&
	test_grep "\"rule\": \"required\"" ../no.json
'
test_expect_success 'a screening with a critical answer names the duty' '
	printf "scale: 0-3\nanswers: {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 2}\n" >../nine.yaml &&
	jzbf -q intake LS-2026-0001 admission.declared_on=2026-03-02 "consents[+].kind=screening" \
		"consents[+].version=1" "consents[+].date=2026-03-02" "consents[+].signed=true" &&
	jzbf assess LS-2026-0001 phq-9 --answers ../nine.yaml --format json >../assess.json &&
	fits change ../assess.json && test_grep "\"duties\": \[$" ../assess.json
'
test_expect_success 'looking' '
	jzbf status --format json >../o && fits status ../o &&
	jzbf status --no-decrypt --format json >../o && fits status ../o && test_grep "\"readable\": null" ../o &&
	jzbf access list --format json >../o && fits access-list ../o &&
	jzbf access exposure zhang --format json >../o && fits access-exposure ../o &&
	jzbf list --format json >../o && fits report ../o &&
	for r in indicators caseload "case LS-2026-0001"; do
		jzbf report $r --format json >../o && fits report ../o || return 1
	done &&
	{ jzbf check --format json >../o; fits findings ../o; } &&
	{ jzbf doctor --format json >../o; fits doctor ../o; } &&
	jzbf log --format json >../log && test_line_count = 4 ../log &&
	jzbf find 测试 --format json >../o && fits find ../o &&
	while read -r line; do printf "%s" "$line" >../o && fits log ../o || return 1; done <../log
'
test_expect_success 'tools' '
	{ jzbf check-id --format json 441825199003070018 12 >../o; fits check-id ../o; } &&
	jzbf score --list --format json >../o && fits instruments ../o &&
	{ jzbf score phq-9 ../nine.yaml --format json >../o; fits score ../o; } &&
	printf "{scale: 0-3, answers: {1: 2, 3: null}}" >../some.yaml &&
	{ jzbf score phq-9 ../some.yaml --format json >../o; fits score ../o; } &&
	printf "{scale: 0-3, answers: {1: 7}}" >../bad.yaml &&
	{ jzbf score phq-9 ../bad.yaml --format json >../o; fits score ../o; } && test_grep refused ../o
'
test_expect_success 'a field that the schema does not know would be seen' '
	jzbf status --format json | sed "s/\"bare\"/\"bear\"/" >../o &&
	test_must_fail fits status ../o
'
test_done

#!/bin/bash
# Machine output is never translated: the same bytes in English and in Chinese.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys zhang li || exit 99

# same COMMAND…: it prints something, and the same in both languages. Its status is not looked at.
same() {
	"$@" >../o.en 2>../o.en.err
	in_chinese "$@" >../o.zh 2>../o.zh.err
	test -s ../o.en && cmp ../o.en ../o.zh || { echo "differs: $*"; diff ../o.en ../o.zh; cat ../o.en.err; return 1; }
}
# A key's time is measured, and never twice the same.
healthy() { jzbf doctor --format json | sed "s/ [0-9]* ms/ N ms/"; }
# all_same: every line of standard input is a command.
all_same() {
	local bad=0 line
	while read -r line; do [ -z "$line" ] || eval "same $line" || bad=1; done
	return $bad
}

test_expect_success 'a store with something to say' '
	open_store zhang && jzbf -q intake --from ../person.yaml >/dev/null && jzbf -q plan 1 --from ../plan.yaml >/dev/null &&
	printf "scale: 0-3\nanswers: {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 2}\n" >../nine &&
	printf "{scale: 0-3, answers: {1: 2, 3: null}}" >../some.yaml && printf "{scale: 0-3, answers: {1: 7}}" >../bad.yaml &&
	jzbf -q assess 1 phq-9 --answers ../nine >/dev/null 2>&1 && jzbf -q assess 1 --psych phq-9 --answers ../nine >/dev/null 2>&1 &&
	cp -r ../s ../broken
'
test_expect_success 'looking' '
	all_same <<-\EOF
	jzbf status --format json
	jzbf status --no-decrypt --format json
	jzbf access list --format json
	jzbf access exposure zhang --format json
	jzbf list --format json
	jzbf list psych --format json
	jzbf show 1 --format json
	jzbf show 1 --psych --format json
	jzbf find 失业 --format json
	jzbf log --format json
	jzbf log 1 --values --format json
	jzbf log 1 --psych --fields --format json
	jzbf diff HEAD~1 --format json
	jzbf blame 1 --format json
	jzbf index --format json
	jzbf hook status --format json
	jzbf policy --format json
	jzbf verify --format json
	healthy
	jzbf report indicators --format json
	jzbf report caseload --format json
	jzbf report case LS-2026-0001 --format json
	jzbf list --format csv
	jzbf report indicators --format csv
	jzbf log --format csv
	jzbf diff HEAD~1 --format csv
	jzbf blame 1 --format csv
	EOF
'
test_expect_success 'findings' '
	all_same <<-\EOF
	jzbf check --date 2026-12-01 --format json
	jzbf check --closing --date 2026-12-01 --format json
	jzbf check --schema case --format json ../person.yaml ../bad.yaml ../nosuch.yaml
	EOF
'
test_expect_success 'changes, and such that are refused' '
	all_same <<-\EOF
	jzbf intake 1 --dry-run --format json person.phone=13000000000
	jzbf intake 1 --format json sentence.correction_to=2025-01-01
	jzbf intake --format json person.name=x
	jzbf plan 1 --format json measures=x
	jzbf assess 1 phq-9 --answers ../bad.yaml --format json
	jzbf serve 1 --format json kind=心理矫正 psychology.kind=心理咨询 date=2026-03-02
	jzbf alert 1 --format json category=violence
	jzbf close 1 --format json closed_on=2026-03-02
	jzbf follow 1 --format json done=2026-03-02
	EOF
'
test_expect_success 'tools' '
	all_same <<-\EOF
	jzbf check-id --format json 441825199003070018 12 441825199003070019
	jzbf score --list --format json
	jzbf score phq-9 ../nine --format json
	jzbf score phq-9 ../some.yaml --format json
	jzbf score phq-9 ../bad.yaml --format json
	EOF
'
test_expect_success 'history that does not verify, records that cannot be read' '
	cd ../broken && echo cut >cases/2026/000/LS-2026-0001/case.yaml.gpg && git commit -qam cut && all_same <<-\EOF &&
	jzbf verify --format json
	jzbf bundle --format json -o ../pack.tar
	jzbf bundle verify --format json ../pack.tar
	jzbf --unverified list --format json
	jzbf --unverified list --format csv
	jzbf --unverified check --format json
	jzbf --unverified report caseload --format json
	EOF
	cd ../s
'
test_expect_success 'a hub' '
	git init -q --bare ../hub && git remote add hub ../hub && jzbf -q sync hub && all_same <<-\EOF
	jzbf sync --format json hub
	EOF
'
test_expect_success 'text is translated, so that this test can fail; what stands beside machine output is not' '
	test_must_fail same jzbf check --date 2026-12-01 >/dev/null && test_must_fail same jzbf doctor >/dev/null &&
	in_chinese jzbf check --date 2026-12-01 2>../err >/dev/null; test_grep "共 1 份" ../err &&
	in_chinese jzbf check --date 2026-12-01 --format json 2>../err >/dev/null; test_grep "scanned 1, unreadable 0" ../err
'
test_expect_success 'every command that knows such a format is here' '
	for c in $(sed -n "s/^COMMAND(\(.*\))/\1/p" "$SRC/cmd/commands.def" | tr _ -); do
		jzbf $c --help | grep -- "--format FORMAT.*json" >/dev/null || continue
		grep -qE "^	jzbf (--unverified )?$c .*--format (json|csv)" "$SRC/tests/t0010-untranslated.sh" || [ $c = doctor ] || { echo "not here: $c"; return 1; }
	done
'
test_done

#!/bin/bash
# The encrypted index: whatever is printed with it is printed without it, from the first look to the
# hundredth change, for everybody and every day.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben cora || exit 99
export JZBF_NOW=2026-11-20T09:00:00+08:00
index() { ls .git/jzbf/index 2>/dev/null; }
stat_of() { jzbf index --format json | sed -n "s/^ *\"$1\": \(.*[^,]\),*$/\1/p"; }

# trace COMMAND…: ../programs is how many programs were started, itself included.
trace() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=execve -o ../trace "$@" >../out 2>../err
	grep -cE "(execve\(|execve resumed>).* = 0$" ../trace >../programs
}

# same COMMAND…: the same bytes, the same status and the same talk with the index and without it.
same() {
	local with without
	jzbf "$@" >../with 2>../with.err; with=$?
	JZBF_INDEX=off jzbf "$@" >../without 2>../without.err; without=$?
	test $with = $without && cmp ../with ../without && test_cmp ../with.err ../without.err && return
	echo "jzbf $*: status $with with the index, $without without"
	return 1
}
# Everything that reads summaries.
same_all() {
	local day format where
	for format in json csv text html; do
		same report caseload --format $format && same report indicators --year 2026 --cases --format $format || return 1
	done
	for day in 2026-02-01 2026-06-15 2027-07-01; do
		same report caseload --date $day && same report indicators --year 2026 --date $day --cases --format json &&
		same list --date $day --format json || return 1
	done
	same report indicators --from 2026-01-01 --to 2026-03-31 && same list && same list --ids || return 1
	for where in state=in_service "age<40" minor=true "alerts>0" "end<=2026-12-31" person.sex=2 "services.topics=entry_notice" \
		"contacts.date>2026-05-01" "person.family.relation=spouse" "analysis.cognition!=x"; do
		same list --where "$where" --ids || return 1
	done
}

test_expect_success 'a population, read once' '
	make_store s anna && cd s &&
	JZBF_SCHEMAS=$SRC/schemas "$BUILD/bench/population" fill . 40 "$SRC/tests/data" >../out 2>&1 &&
	git config jzbf.person anna && jzbf list --ids >../ids && test_line_count = 40 ../ids &&
	test "$(index)" = "anna-$(id -u)" && test "$(stat -c %a .git/jzbf/index/*)" = 600 && jzbf index >../out &&
	test_grep "rows: .* 40 of 40 cases" ../out
'
test_expect_success 'the same bytes with and without it: reports, listings, days, conditions' 'same_all'
test_expect_success 'in Chinese too' '
	LANGUAGE=zh_CN same list && LANGUAGE=zh_CN same report caseload && LANGUAGE=zh_CN same report indicators
'
test_expect_success STRACE 'and no record is decrypted: one gpg, for the key' '
	trace jzbf report indicators && test "$(cat ../programs)" = 2
'
test_expect_success STRACE 'a condition on what no summary holds reads the records' '
	trace jzbf list --where services.place=centre --ids; test -s ../out && test "$(cat ../programs)" -gt 3
'
test_expect_success 'somebody who is known is recognised by the index' '
	id=$(jzbf list --where state=in_service --ids | head -1) && test -n "$id" && number=$(jzbf show $id person.id_number) &&
	printf "assigned: [anna]\nperson: {name: 测试, id_type: citizen_id, id_number: \"%s\"}\nsentence: {category: probation}\n" $number >../again.yaml &&
	test_must_fail jzbf intake --from ../again.yaml >../out 2>../with.err &&
	JZBF_INDEX=off test_must_fail jzbf intake --from ../again.yaml >../out 2>../without.err &&
	test_grep "$id" ../with.err && test_cmp ../with.err ../without.err
'
test_expect_success STRACE 'a change brings its row along: the next look decrypts nothing' '
	crash-writer . touch LS-2026-0003 LS-2026-0004 && { trace jzbf list; test "$(cat ../programs)" = 2; } && same list && same report caseload && jzbf index --check
'
test_expect_success STRACE 'a change asks for no passphrase for the sake of the index' '
	{ trace crash-writer . touch LS-2026-0003; cp ../programs ../with; } &&
	{ JZBF_INDEX=off trace crash-writer . touch LS-2026-0004; } && test_cmp ../programs ../with
'
test_expect_success 'a hundred changes: boxed pages are folded, waste is swept' '
	for i in $(seq 50); do crash-writer . touch $(sed -n $((i % 30 + 1))p ../ids) || break; done && test $i = 50 &&
	before=$(stat_of pages) && same list && test_expect_code 0 jzbf index --check && same report caseload &&
	for i in $(seq 3); do crash-writer . touch $(cat ../ids); done && same list && same report indicators &&
	jzbf index --check && test "$(stat_of rows)" = 40 && test "$(stat_of stale)" -lt 420
'
test_expect_success 'other commits: a report of then, and the index is left alone' '
	size=$(stat_of bytes) && same list --at HEAD~3 && same report caseload --at HEAD~20 && test "$(stat_of bytes)" = $size
'
test_expect_success STRACE 'git gc changes nothing' '
	git gc -q --prune=now && same list && same report caseload && { trace jzbf list; test "$(cat ../programs)" = 2; }
'
test_expect_success 'a new case, and one that goes away' '
	crash-writer . new 3 2027 >../more && same list && same report caseload && test "$(stat_of rows)" = 43
'
test_expect_success 'nothing of it is in the working tree, in a clone, or pushed' '
	clean_after && git clone -q . ../clone && test ! -e ../clone/.git/jzbf/index &&
	git init -q --bare ../up.git && git push -q ../up.git main && test ! -e ../up.git/jzbf
'
test_expect_success 'stat and drop' '
	jzbf index --format json >../o && jzbf -q check --schema "$SRC/schemas/output/index.yaml" ../o &&
	jzbf index --drop && test -z "$(index)" && test -z "$(ls "$HOME/.local/state/jzbf/index" | grep -v "lock$")" &&
	jzbf index >../out && test_grep "no: there is none yet" ../out && jzbf index --drop &&
	jzbf index --rebuild && test "$(stat_of rows)" = 43 && test_expect_code 2 jzbf index --drop --check
'
test_expect_success 'JZBF_INDEX=off and --unverified neither make nor read one' '
	jzbf index --drop && JZBF_INDEX=off jzbf list >../out && jzbf --unverified list >../out 2>../err && test -z "$(index)" &&
	JZBF_INDEX=off jzbf index >../out && test_grep "switched off" ../out && jzbf list >../out && test -n "$(index)"
'
test_expect_success 'an unreadable record is never in it: named each time, with the same words' '
	git checkout -q -b broken && truncate -s 200 cases/2026/000/LS-2026-0005/case.yaml.gpg && commit_as anna broken -a &&
	test_expect_code 1 jzbf --unverified list >../out 2>../err && test_grep LS-2026-0005 ../err &&
	git checkout -q main && same list
'
test_expect_success 'a record at the place of another one counts for nothing, index or not' '
	git clone -q . ../swap && cd ../swap && git config jzbf.person anna && jzbf -q list >../out &&
	cp cases/2026/000/LS-2026-0006/case.yaml.gpg cases/2026/000/LS-2026-0007/case.yaml.gpg &&
	commit_as anna "update LS-2026-0007" -a && test_expect_code 5 jzbf list 2>../err && cd ../s
'
test_expect_success STRACE 'a person without role key: what is assigned, and the rest is counted without a look' '
	for who in ben cora; do gpg --armor --export $who@example.invalid >../$who.asc && jzbf access add $who --name $who --role caseworker --key-file ../$who.asc || return 1; done >../out 2>&1 &&
	jzbf -q intake LS-2026-0001 "assigned[+]=ben" >../out && jzbf -q intake LS-2026-0002 "assigned[+]=ben" >../out && become ben && export JZBF_PERSON=ben &&
	same list && same report caseload && test "$(stat_of rows)" = 2 && test "$(stat_of foreign)" = 41 &&
	{ trace jzbf list; test "$(cat ../programs)" = 2; } &&
	as anna env JZBF_PERSON=anna jzbf -q intake LS-2026-0003 "assigned[+]=ben" >../out && same list && jzbf index && test "$(stat_of rows)" = 3 &&
	test "$(stat_of foreign)" = 40 && become anna && unset JZBF_PERSON
'
test_expect_success 'each of several people in one clone has an index of their own' '
	same list && jzbf list >../out 2>../err && test_empty ../err && as ben env JZBF_PERSON=ben jzbf list 2>&1 | grep "not assigned" && jzbf list >../out 2>../err && test_empty ../err &&
	test "$(ls .git/jzbf/index | wc -l)" = 2
'
test_done

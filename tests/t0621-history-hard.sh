#!/bin/bash
# History where it is not one straight line of readable revisions: merges, revisions that cannot be read,
# people without rights, items that went and came back, psych files.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna ben || exit 99
id=LS-2026-0001
one=cases/2026/000/$id/case.yaml.gpg
at() { JZBF_NOW=2026-03-$1T09:00:00+08:00; shift; "$@"; }
export GIT_AUTHOR_EMAIL=anna@ls.jzbf.invalid GIT_COMMITTER_EMAIL=anna@ls.jzbf.invalid
col() { python3 -c "
import csv,sys
rows=list(csv.DictReader(open(sys.argv[1],newline='')))
print(eval(sys.argv[2]))" "$@"; }

# Two lines that part at start and meet in a merge: the phone changes on ours, the conduct on theirs.
test_expect_success 'a case that two clones changed' '
	open_store anna && git config merge.jzbf.driver "jzbf merge-driver %O %A %B %P" &&
	git config user.signingkey $fpr_anna && git config commit.gpgsign true &&
	jzbf -q intake --from ../person.yaml && git branch side &&
	at 03 jzbf -q intake 1 person.phone=13800000001 && ours=$(git rev-parse HEAD) && git checkout -q side && jzbf trust --forget >../out &&
	at 04 jzbf -q intake 1 person.traits=内向 && theirs=$(git rev-parse HEAD) && git checkout -q main && jzbf trust --forget >../out &&
	GIT_AUTHOR_DATE=2026-03-05T09:00:00+08:00 GIT_COMMITTER_DATE=2026-03-05T09:00:00+08:00 git merge -q side -m merge &&
	git checkout -q -B main && at 06 jzbf -q intake 1 person.former_name=乙 && jzbf verify >../out
'
test_expect_success 'blame tells a merged field from the side that wrote it' '
	jzbf blame 1 >../out && test_grep "^$(echo $ours | cut -c-10) 2026-03-03 anna person.phone" ../out &&
	test_grep "^$(echo $theirs | cut -c-10) 2026-03-04 anna person.traits" ../out && test_grep "2026-03-06 anna person.former_name" ../out &&
	test_grep "2026-03-02 anna person.name" ../out
'
test_expect_success 'log holds each revision against the one that it was made from' '
	jzbf log 1 --fields >../out && test "$(grep -c "person.phone" ../out)" = 1 && test "$(grep -c "person.traits" ../out)" = 1 &&
	test_grep "both sides put together, nothing new" ../out && test_grep -v "^    -" ../out &&
	jzbf log 1 --fields --format json >../out && test "$(grep -c "\"step\":\"merged\",\"changes\":\[\]" ../out)" = 1 &&
	test "$(grep -c "\"step\":\"first\"" ../out)" = 1 &&
	in_chinese jzbf log 1 --fields >../out && test_grep "仅合并两边" ../out
'
test_expect_success 'what a merge settled is its own' '
	git checkout -q -B side HEAD && at 07 jzbf -q intake 1 person.phone=13800000002 && git checkout -q main && jzbf trust --forget >../out &&
	at 08 jzbf -q intake 1 person.phone=13800000003 && { ! git merge -q side >../out 2>&1; } &&
	jzbf resolve 1 person.phone=13800000004 2>../err >../out &&
	GIT_AUTHOR_DATE=2026-03-09T09:00:00+08:00 GIT_COMMITTER_DATE=2026-03-09T09:00:00+08:00 git commit -q -m settled &&
	at 10 jzbf verify >../out && jzbf blame 1 person.phone >../out && test_grep "2026-03-09 anna person.phone .Telephone.: 13800000004" ../out &&
	jzbf log 1 --values -n 1 >../out && test_grep "~ person.phone .Telephone.: 13800000003 → 13800000004" ../out
'
test_expect_success 'an item that went and came back is its own again; one that was renamed is another' '
	at 11 jzbf -q intake 1 "needs[need0001]=" analysis= >../out && at 12 jzbf -q intake 1 "needs[+].domain=住房" "needs[+].severity=1" \
		"needs[+].found_on=2026-02-06" "needs[+].evidence=cont0001" >../out && new=$(sed -n "s/^needs\[\(.*\)\]/\1/p" ../out) &&
	jzbf log 1 --fields -n 2 >../out && test_grep "^    [+] needs" ../out && test_grep "^    - needs" ../out &&
	jzbf blame 1 "needs[$new]" >../out && test_grep "2026-03-12 anna needs\[$new\].domain" ../out && test_expect_code 1 jzbf blame 1 "needs[need0001]"
'
test_expect_success 'only comments changed' '
	printf "#!/bin/sh\nsed -i \"s/^person:/# looked through\\\\nperson:/\" \$1\n" >../editor && chmod +x ../editor &&
	at 13 env JZBF_EDITOR=$PWD/../editor jzbf -q edit 1 >../out && jzbf log 1 --values -n 1 >../out && test_line_count = 2 ../out &&
	test_grep "comments or order only" ../out && jzbf diff HEAD~1 >../out && test_grep "comments or order only" ../out &&
	jzbf diff HEAD~1 --format json >../out && test_grep "\"changes\":\[\]" ../out
'
test_expect_success 'tables for scripts' '
	jzbf log 1 --values --format csv >../out && test "$(col ../out "rows[0][\"step\"] + rows[0][\"path\"]")" = changed &&
	jzbf log 1 >../all && test "$(col ../out "len({r[\"commit\"] for r in rows})")" = "$(grep -c "^[0-9a-f]" ../all)" &&
	jzbf log 1 --fields --format csv | head -1 | tr -d "\r" | grep -x "commit,time,person,subject,step,path,change" &&
	jzbf log --format csv >../out && test "$(col ../out "rows[0][\"kind\"] + rows[0][\"id\"]")" = case$id &&
	jzbf blame 1 --format csv >../out && test "$(col ../out "[r[\"value\"] for r in rows if r[\"path\"]==\"person.phone\"][0]")" = 13800000004 &&
	jzbf diff HEAD~3 --format csv >../out && test "$(col ../out "\" \".join(sorted({r[\"change\"] for r in rows}))")" = "added removed" &&
	jzbf diff HEAD~3 --ids >../out && echo $id | test_cmp - ../out && jzbf diff HEAD~3 -z >../out && printf "$id\0" | cmp - ../out &&
	jzbf diff HEAD --ids >../out && test_empty ../out
'
test_expect_success 'log of the psych file, for those who may read it' '
	at 14 crash-writer . psych $id >../out && jzbf log 1 --psych --fields >../out && test_grep "opened_on" ../out && test "$(grep -c "^[0-9a-f]" ../out)" = 1 &&
	jzbf blame 1 --psych >../out && test_grep "2026-03-14 anna opened_on" ../out && jzbf log 1 --psych >../out && test_line_count = 2 ../out &&
	test_expect_code 2 jzbf log --psych 2>../err
'
test_expect_success 'somebody else sees who and when, and no field' '
	at 15 jzbf access add ben --name 乙 --role caseworker --key $fpr_ben 2>../err && as ben env JZBF_PERSON=ben jzbf log 1 >../out && test_grep "intake $id" ../out &&
	test_expect_code 4 as ben env JZBF_PERSON=ben jzbf log 1 --values >../out 2>../err && test_empty ../out && test_grep "not assigned to you" ../err &&
	test_expect_code 4 as ben env JZBF_PERSON=ben jzbf blame 1 >../out 2>../err && test_empty ../out &&
	as ben env JZBF_PERSON=ben jzbf diff HEAD~5 >../out 2>../err && test_empty ../out && test_grep "2 of 2 records are not for you to read" ../err &&
	as ben env JZBF_PERSON=ben jzbf diff HEAD~5 --ids >../out && echo $id | test_cmp - ../out
'
# In a copy whose owner lost some revisions: nothing verifies there, and that is not the question.
test_expect_success 'revisions in the middle that cannot be read are named, counted, and nothing is made up' '
	git clone -q . ../broken && cd ../broken && git config jzbf.person anna && git config commit.gpgsign false &&
	jzbf --unverified -q intake 1 person.phone=13900000001 >../out 2>../err && cp $one ../good && head -c 300 ../good >$one && git commit -qam cut &&
	echo >>$one && git commit -qam cut2 && cp ../good $one && git commit -qam mended &&
	(jzbf --unverified -q intake 1 person.former_name=丙 person.phone=13900000002 >../out 2>../err) &&
	test_expect_code 1 jzbf --unverified log 1 --fields >../out 2>../err && test "$(grep -c "this revision cannot be read" ../out)" = 2 &&
	test_grep "what changed is not known" ../out && test_grep "scanned 16, unreadable 2" ../err && test_grep "$id at [0-9a-f]{10}, [0-9a-f]{10} cannot be read" ../err &&
	test_expect_code 1 jzbf --unverified log 1 --fields --format json >../json 2>../err && test "$(grep -c "\"step\":\"unreadable\",\"changes\":null" ../json)" = 2 &&
	jzbf -q check --schema $SRC/schemas/output/history.yaml --from ndjson ../json &&
	test_expect_code 1 jzbf --unverified blame 1 >../out 2>../err && test_grep "scanned .*, unreadable 2" ../err &&
	test_grep "^[0-9a-f]{10} 2026-03-02 anna person.name" ../out && test_grep "^[0-9a-f]{10} .* person.former_name .*: 丙" ../out &&
	cd ../s
'
test_expect_success 'a field that an unreadable revision may have written is marked' '
	cd ../broken && git reset -q --hard HEAD~2 && jzbf trust --forget >../out 2>&1; git show HEAD~2:$one >$one && git commit -qam "back" &&
	jzbf --unverified -q intake 1 person.traits=外向 >../out 2>../err && cp $one ../good && head -c 300 ../good >$one && git commit -qam cut3 && cp ../good $one && git commit -qam again &&
	test_expect_code 1 jzbf --unverified blame 1 person >../out 2>../err && test_grep "^[0-9a-f]{10} .* person.traits" ../out &&
	git checkout -q --orphan lost && git rm -rqf --cached $one && head -c 300 ../good >$one && git add $one && git commit -qm root && cp ../good $one && git commit -qam whole &&
	test_expect_code 1 jzbf --unverified blame 1 person.traits >../out 2>../err && test_grep "^[0-9a-f]{10}[?] .* person.traits" ../out &&
	test_expect_code 1 jzbf --unverified blame 1 person.traits --format json >../out 2>../err && test_grep "\"certain\":false" ../out &&
	test_expect_code 1 jzbf --unverified blame 1 person.traits --format csv >../out 2>../err && test_grep ",false," ../out && cd ../s
'
test_done

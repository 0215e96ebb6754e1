#!/bin/bash
# intake: one person's file.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna || exit 99

test_expect_success 'a template that is empty is refused as nothing, and one filled in is taken' '
	open_store anna && jzbf intake --template >../t.yaml &&
	test_grep "^  name:$" ../t.yaml && test_grep "probation suspended sentence" ../t.yaml &&
	test_expect_code 2 jzbf intake --from ../t.yaml &&
	sed -e "s/^  name:\$/  name: 模板甲/" -e "s/^  id_number:\$/  id_number: 441802198511209996/" \
		-e "s/^  category:\$/  category: parole/" ../t.yaml >../filled.yaml &&
	jzbf intake --from ../filled.yaml >../out && echo LS-2026-0001 | test_cmp - ../out &&
	plain >../plain && test_grep "name: 模板甲" ../plain && test_grep -v "^#" ../plain &&
	test_line_count -lt 16 ../plain
'
test_expect_success 'the template is in the language of the person' '
	in_chinese jzbf intake --template >../t.yaml && test_grep "^  # 姓名 （必填） \[6.2.1\]" ../t.yaml
'
test_expect_success 'a person is one signed commit that says nothing about the person' '
	jzbf intake --from ../person.yaml >../out 2>../err && echo LS-2026-0002 | test_cmp - ../out &&
	git verify-commit HEAD && git log -1 --format=%s >../out &&
	echo "intake LS-2026-0002" | test_cmp - ../out && clean_after && no_trace
'
test_expect_success 'what was not told is filled in, labels become codes' '
	plain 2 >../plain && test_grep "category: probation" ../plain && test_grep "mode: visit" ../plain &&
	test_grep "id_type: citizen_id" ../plain && test_grep "^  - anna" ../plain &&
	test_grep "role_explained: true" ../plain
'
test_expect_success 'open duties of the standard are counted' '
	test_grep "LS-2026-0002: [0-9]+ duties of the standard are open" ../err
'
test_expect_success 'the same person is not taken in twice while the case is open' '
	sed "s/$MARK/另一名/" ../person.yaml >../again.yaml && unchanged jzbf intake --from ../again.yaml 2>../err &&
	test_grep "open case already: .LS-2026-0002." ../err && test_grep -v 另一名 ../err
'
test_expect_success 'a missing field is named with its clause, in both languages' '
	printf "person: {name: %s}\nsentence: {category: probation}\n" "$MARK" >../bad.yaml &&
	unchanged jzbf intake --from ../bad.yaml 2>../err && test_grep "id_number.*\[6.2.1\]" ../err &&
	test_grep "nothing was written" ../err && test_grep -v "$MARK" ../err &&
	unchanged in_chinese jzbf intake --from ../bad.yaml 2>../err && test_grep "没有写入任何内容" ../err &&
	test_grep 证件号码 ../err
'
test_expect_success 'a field that does not exist is answered with the one that was meant' '
	printf "person:\n  nmae: %s\n" "$MARK" >../bad.yaml && unchanged jzbf intake --from ../bad.yaml 2>../err &&
	test_grep "bad.yaml:2:3: person: .*nmae.*did you mean .name." ../err && test_grep -v "$MARK" ../err &&
	test_expect_code 2 jzbf intake 2 person.phnoe=1 2>../err && test_grep "did you mean .phone." ../err
'
test_expect_success 'an identity number that is wrong is refused and not repeated' '
	sed "s/$MARK_NUMBER/441825199003070019/" ../person.yaml >../bad.yaml &&
	unchanged jzbf intake --from ../bad.yaml 2>../err && test_grep "check character" ../err &&
	test_grep "\[6.2.1\]" ../err && test_grep -v 441825199003070019 ../err
'
test_expect_success 'a minor is put on the minor track' '
	printf "person: {name: 丙, id_number: \"%s\"}\nsentence: {category: probation}\nadmission: {declared_on: 2026-02-02}\n" \
		44182520100101$(python3 -c "
w=[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2]; s=\"44182520100101\"+\"111\"
print(\"111\"+\"10X98765432\"[sum(int(a)*b for a,b in zip(s,w))%11])") >../minor.yaml &&
	id=$(jzbf -q intake --from ../minor.yaml) && plain ${id#LS-2026-000} >../plain &&
	test_grep "^minor_track: true" ../plain
'
test_expect_success 'a case is gone on with, by new items and by texts out of files' '
	printf "事实一\n" >../fact && jzbf -q intake 2 "contacts[+].date=2026-02-20" "contacts[+].mode=phone" \
		"contacts[+].by=anna" "contacts[+].note.fact=@../fact" >../out &&
	sed -n 1p ../out | grep -x LS-2026-0002 && sed -n 2p ../out | grep -E "^contacts\[[a-z0-9]{8}\]$" &&
	plain 2 >../plain && test_grep "fact: 事实一" ../plain && test_grep "^revision: 2" ../plain &&
	git log -1 --format=%s | grep -x "update LS-2026-0002"
'
test_expect_success 'a dry run says the same and writes nothing' '
	before=$(git rev-parse HEAD) && jzbf intake 2 --dry-run person.phone=13000000000 --format json >../out &&
	test $before = $(git rev-parse HEAD) && test_grep "\"dry_run\": true" ../out &&
	test_grep "\"commit\": null" ../out && unchanged jzbf intake 2 --dry-run person.phone=x 2>../err
'
test_expect_success 'json tells the commit, what was touched, and what is wrong' '
	jzbf -q intake 2 person.phone=13000000000 --format json >../out &&
	test_grep "\"format\": \"jzbf/change/1\"" ../out && test_grep "\"commit\": \"$(git rev-parse HEAD)\"" ../out &&
	test_grep "\"LS-2026-0002\"" ../out && unchanged jzbf intake 2 person.phone=x --format json >../out &&
	test_grep "\"path\": \"/person/phone\"" ../out && test_grep "\"commit\": null" ../out
'
test_expect_success 'a removed field is gone, and a change of nothing is no commit' '
	jzbf -q intake 2 person.phone= >../out && plain 2 >../plain && test_grep -v 1300000 ../plain &&
	before=$(git rev-parse HEAD) && test_expect_code 1 jzbf intake 77 person.phone=13000000000 &&
	test $before = $(git rev-parse HEAD)
'
test_expect_success 'a number is not changed to that of somebody who has an open case' '
	unchanged jzbf intake 1 person.id_number=$MARK_NUMBER 2>../err && test_grep "open case already: .LS-2026-0002." ../err &&
	jzbf -q intake 2 person.id_number=$MARK_NUMBER >../out
'
test_expect_success 'two who take the same person in at once make one case' '
	sed "s/$MARK_NUMBER/440901199202029994/" ../person.yaml >../same.yaml && before=$(git rev-list --count HEAD) &&
	for i in 1 2 3; do jzbf -q intake --from ../same.yaml >../out.$i 2>../err.$i & done; wait
	cat ../err.?; test $(git rev-list --count HEAD) = $((before + 1)) && test $(cat ../out.? | wc -l) = 1 && clean_after
'
test_expect_success 'comments and extension fields survive' '
	printf "#!/bin/sh\nprintf \"# 备注行\\nx-office: 1\\n\" >>\"\$1\"\n" >../ed && chmod +x ../ed && EDITOR=../ed jzbf -q edit 2 &&
	jzbf -q intake 2 person.phone=13000000003 >../out && plain 2 >../plain && test_grep "备注行" ../plain && test_grep "^x-office: 1" ../plain
'
test_expect_success 'hostile documents are refused' '
	printf "a: &x 1\nb: *x\n" >../bad.yaml && unchanged jzbf intake --from ../bad.yaml &&
	printf "person: [1]\n" >../bad.yaml && unchanged jzbf intake --from ../bad.yaml &&
	printf "[1,2]\n" >../bad.yaml && unchanged jzbf intake --from ../bad.yaml &&
	printf "person: {name: a\001}\n" >../bad.yaml && unchanged jzbf intake --from ../bad.yaml &&
	: >../bad.yaml && unchanged jzbf intake --from ../bad.yaml
'
test_expect_success 'personal data from standard input is seen by no other process' '
	{ sed "s/$MARK_NUMBER/441802198706153013/; s/$MARK/$MARK-2/" ../person.yaml; } >../again.yaml &&
	jzbf -q intake --from - <../again.yaml >../out 2>../err & pid=$! && : >../seen
	while kill -0 $pid 2>/dev/null; do ps axww -o args >>../seen; done
	wait $pid && test_line_count = 1 ../out && test_grep "jzbf -q intake" ../seen && test_grep -v "$MARK" ../seen
'
test_expect_success 'what stands there already is no event; a dry run says so; a form is told in words' '
	jzbf -q intake 1 person.phone=13000000001 2>/dev/null; before=$(git rev-parse HEAD) &&
	jzbf intake 1 person.phone=13000000001 >../out 2>../err && test_empty ../out && test_grep "nothing was changed" ../err &&
	test "$(git rev-parse HEAD)" = $before && clean_after &&
	jzbf intake 1 person.phone=13000000002 -n 2>../err && test_grep "dry run" ../err && test "$(git rev-parse HEAD)" = $before &&
	unchanged jzbf intake 1 person.phone=abc 2>../err && test_grep "must be a telephone number" ../err &&
	unchanged jzbf intake 1 sentence.correction_to=2027-02-30 2>../err && test_grep "no such day" ../err
'
test_expect_success 'a code table that cannot be read is no fault of the record' '
	cp -r "$SRC/schemas" ../schemas && rm ../schemas/codes/id_type.yaml && before=$(git rev-parse HEAD) &&
	JZBF_SCHEMAS=$PWD/../schemas test_expect_code 6 jzbf intake 1 person.phone=13000000003 2>../err &&
	test_grep "codes cannot be checked" ../err && test_grep -v "not in the code table" ../err &&
	test "$(git rev-parse HEAD)" = $before && clean_after
'
test_expect_success 'nor is the table of topics an empty one: nothing is judged or counted without it' '
	cp "$SRC/schemas/codes/id_type.yaml" ../schemas/codes/ && rm ../schemas/codes/education_topic.yaml &&
	for c in "check --all" "report indicators" list; do JZBF_SCHEMAS=$PWD/../schemas test_expect_code 6 jzbf $c >../out 2>../err && test_empty ../out && test_grep education_topic ../err || return 1; done
'
test_done

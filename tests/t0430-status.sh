#!/bin/bash
# jzbf status: where the store stands, and what it does not pass over.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
path() { echo cases/2026/000/LS-2026-000$1/case.yaml.gpg; }
json() { python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print($2)" "$1"; }

test_expect_success 'a store in order' '
	make_store s anna && cd s && crash-writer . new 4 >../ids &&
	jzbf status >../out && test_grep "^office +LS 示例县司法局" ../out &&
	test_grep "^at +main $(git rev-parse --short=10 HEAD)" ../out &&
	test_grep "^you +anna \(anna\): custodian, caseworker, psychologist" ../out &&
	test_grep "^records +cases: 4, psychological files: 0" ../out && test_grep "4 readable, 0 unreadable" ../out &&
	test_grep -v "interrupted|writing now|uncommitted" ../out
'
test_expect_success 'in Chinese' '
	in_chinese jzbf status >../out && test_grep "个案档案 4 份" ../out
'
test_expect_success PYTHON 'for scripts' '
	jzbf status --format json >../out &&
	test "$(json ../out "d[\"format\"], d[\"records\"][\"case\"], d[\"readable\"], d[\"unreadable\"], d[\"me\"][\"roles\"][0], d[\"bare\"]")" = \
		"jzbf/status/1 4 4 [] custodian False"
'
test_expect_success 'without any use of a key' '
	GNUPGHOME=/nonexistent jzbf status --no-decrypt >../out && test_grep "cases: 4" ../out &&
	test_grep -v readable ../out
'
test_expect_success 'uncommitted changes are named' '
	echo x >>$(path 1) && echo x >loose && jzbf status >../out &&
	test_grep "^ +M $(path 1)" ../out && test_grep "^ +\?\? loose" ../out &&
	git checkout -q . && rm loose
'
damage() { # damage 'title' 'script that changes record 2' PATTERN: committed, it is named, exit 1
	test_expect_success "$1" "
		(cd .. && rm -rf d && cp -a s d) && cd ../d &&
		$2 && git commit -q -a -m damage &&
		test_expect_code 1 jzbf status >../out && test_grep '3 readable, 1 unreadable' ../out &&
		test_grep 'case LS-2026-0002: .*$3' ../out && cd ../s
	"
}
damage 'a cut-off record is unreadable' 'truncate -s 200 $(path 2)' 'cut off'
damage 'so is an empty one' ': >$(path 2)' 'empty'
damage 'a flipped bit' 'python3 -c "import sys; f = open(sys.argv[1], \"r+b\"); f.seek(300); b = f.read(1)[0]; f.seek(300); f.write(bytes([b ^ 1]))" $(path 2)' ''
damage 'two messages in one' 'cat $(path 3) >>$(path 2)' 'behind'
damage 'plain text' 'gpg -q -d $(path 3) >../plain && cp ../plain $(path 2)' 'OpenPGP'
damage 'another record in its place' 'cp $(path 3) $(path 2)' 'id of its path'
test_expect_success 'a valid record at a wrong path is not passed over' '
	(cd .. && rm -rf d && cp -a s d) && cd ../d && mkdir -p cases/2026/007/LS-2026-0002 &&
	git mv $(path 2) cases/2026/007/LS-2026-0002/case.yaml.gpg && git commit -q -m moved &&
	test_expect_code 1 jzbf status >../out && test_grep "LS-2026-0002: .*path" ../out && cd ../s
'
test_expect_success 'nor is a file that is none of the known ones, plain text least of all' '
	(cd .. && rm -rf d && cp -a s d) && cd ../d &&
	git mv $(path 2) cases/2026/000/LS-2026-0002/Case.yaml.gpg && gpg -q -d $(path 3) >cases/2026/000/LS-2026-0003/case.yaml &&
	echo "*" >cases/.gitattributes && git add -A && git commit -q -m strays && test_expect_code 1 jzbf status >../out &&
	test_grep "case LS-2026-0002: .*path" ../out && test_grep "case LS-2026-0003: .*path" ../out &&
	test_grep "3 readable, 2 unreadable" ../out && cd ../s
'
test_expect_success 'a record that breaks its schema is unreadable and no value is shown' '
	(cd .. && rm -rf d && cp -a s d) && cd ../d &&
	gpg -q -d $(path 2) | sed "s/- anna/- SECRETWORD!/" |
		gpg -q --trust-model always -e -r anna@example.invalid >../new && cp ../new $(path 2) &&
	git commit -q -a -m forged && test_expect_code 1 jzbf status >../out 2>&1 &&
	test_grep "LS-2026-0002: " ../out && test_grep -v SECRETWORD ../out && cd ../s
'
test_expect_success 'records that are not for this person are no fault' '
	(cd .. && make_store t anna none) && cd ../t && crash-writer . new 1 &&
	sed -i "/role: custodian/d" access.yaml && commit_as anna "access" -a &&
	cp ../s/$(path 1) ../foreign && as ben gpg --batch --yes --quiet --trust-model always -e \
		-r ben@example.invalid -o $(path 1) ../foreign && git commit -q -a -m other &&
	test_expect_code 5 jzbf status >../out && test_grep "0 readable, 0 unreadable, 1 not for you" ../out &&
	test_expect_code 4 jzbf --unverified show 1 2>../err && test_grep "case .LS-2026-0001. is not assigned to you" ../err &&
	test_expect_code 4 jzbf --unverified check 1 2>../err && test_grep "was not checked" ../err && cd ../s
'
test_expect_success 'an interrupted change is named, and what landed is finished' '
	old=$(git rev-parse HEAD) && crash-writer . touch LS-2026-0001 && new=$(git rev-parse HEAD) &&
	git show $old:$(path 1) >$(path 1) && git add $(path 1) &&
	printf "%s\n" jzbf/pending/1 refs/heads/main $old $new "update LS-2026-0001" >.git/jzbf/pending &&
	jzbf status >../out 2>../err && test_grep "^interrupted.*update LS-2026-0001.*landed" ../out &&
	test_grep "update LS-2026-0001" ../err && clean_after &&
	jzbf status >../out && test_grep -v interrupted ../out
'
test_expect_success 'what had not landed is dropped' '
	tree=$(git rev-parse HEAD^{tree}) && other=$(git commit-tree -p HEAD -m x $tree) &&
	printf "%s\n" jzbf/pending/1 refs/heads/main $(git rev-parse HEAD) $other "update LS-2026-0003" >.git/jzbf/pending &&
	jzbf status >../out && test_grep "update LS-2026-0003.*dropped" ../out && clean_after
'
test_expect_success 'a marker that is none of ours stops writers, not readers' '
	echo nonsense >.git/jzbf/pending && jzbf status >../out &&
	test_expect_code 3 crash-writer . touch LS-2026-0001 2>../err && test_grep pending ../err &&
	rm .git/jzbf/pending
'
test_expect_success 'a critical answer stands there until somebody meets it' '
	(
		. "$SRC/tests/case.sh" && mkdir ../crit && cd ../crit && open_store anna &&
		jzbf -q intake --from ../person.yaml >../out &&
		echo "{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":1}" >../answers &&
		jzbf -q assess 1 phq-9 --answers ../answers >../out 2>../err &&
		a=$(sed -n "s/^assessments\[\(.*\)\]$/\1/p" ../out) && jzbf status >../out &&
		test_grep "^  LS-2026-0001: phq-9, item 9 \(due 2026-03-03 09:00\)$" ../out &&
		JZBF_NOW=2026-03-04T10:00:00+08:00 jzbf status >../out &&
		test_grep "LS-2026-0001: phq-9, item 9 .*: overdue" ../out &&
		JZBF_NOW=2026-03-04T10:00:00+08:00 jzbf status --format json >../out && test_grep "\"overdue\": true" ../out &&
		jzbf -q alert 1 --rule-out $a grounds=示例 >../out 2>../err &&
		jzbf status >../out && test_grep -v "critical" ../out
	)
'
test_expect_success 'somebody of no access.yaml is told so' '
	JZBF_PERSON=nobody jzbf status --no-decrypt >../out && test_grep "nobody" ../out
'
test_expect_success 'a directory that is no store' '
	mkdir ../empty && test_expect_code 6 jzbf -C ../empty status 2>../err && git init -q ../empty &&
	test_expect_code 6 jzbf -C ../empty status 2>../err && test_must_fail jzbf -C ../nowhere status
'
test_lazy_prereq ROOT 'test $(id -u) = 0'
test_expect_success ROOT 'a repository of another user is not trusted unless git is told to' '
	cp -a . ../foreign.d && chown -R 65534 ../foreign.d &&
	test_expect_code 6 jzbf -C ../foreign.d status 2>../err && test_grep safe.directory ../err &&
	git config --global --add safe.directory "$(cd ../foreign.d && pwd)" && jzbf -C ../foreign.d status >../out
'
test_done

#!/bin/bash
# Transactions: what a commit holds, what is refused, and who else may be at work.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
id1=LS-2026-0001
one=cases/2026/000/LS-2026-0001/case.yaml.gpg

test_expect_success 'a new record is one signed commit of exactly its path' '
	make_store s anna && cd s &&
	crash-writer . new 1 >../out && echo LS-2026-0001 | test_cmp - ../out &&
	git show --name-status --format= HEAD >../out && printf "A\t%s\n" $one | test_cmp - ../out &&
	git verify-commit HEAD &&
	git log -1 --format="%s|%an|%cn|%ae" >../out &&
	echo "update LS-2026-0001|anna|anna|anna@ls.jzbf.invalid" | test_cmp - ../out &&
	git log -1 --format=%b | sed "/^$/d" >../out && echo "Jzbf-Record: case LS-2026-0001 1" | test_cmp - ../out &&
	clean_after
'
test_expect_success 'plain gpg reads it, and it is canonical' '
	gpg -q -d $one >../plain && head -3 ../plain >../head &&
	printf "%s\n" "format: jzbf/case/1" "id: LS-2026-0001" "revision: 1" | test_cmp - ../head
'
test_expect_success 'it is encrypted to the assigned person and the office role key, to nobody else' '
	gpg --batch --list-packets $one 2>/dev/null | sed -n "s/.*pubkey enc packet.*keyid //p" | sort >../got &&
	for key in keys/$fpr_anna.asc keys/$(sed -n "s/  office: //p" access.yaml).asc; do
		gpg --batch --with-colons --show-keys $key | awk -F: "\$1 == \"sub\" { print \$5 }"
	done | sort >../want && test_cmp ../want ../got &&
	(as ben gpg -q -d $one >../out; test ! -s ../out)
'
test_expect_success 'a psychological file goes to the clinical role key instead' '
	crash-writer . psych $id1 && psych=cases/2026/000/LS-2026-0001/psych.yaml.gpg &&
	gpg --batch --list-packets $psych 2>/dev/null | sed -n "s/.*pubkey enc packet.*keyid //p" | sort >../got &&
	for key in keys/$fpr_anna.asc keys/$(sed -n "s/  clinical: //p" access.yaml).asc; do
		gpg --batch --with-colons --show-keys $key | awk -F: "\$1 == \"sub\" { print \$5 }"
	done | sort >../want && test_cmp ../want ../got &&
	git log -1 --format=%B >../out && printf "update LS-2026-0001\n\nJzbf-Record: psych LS-2026-0001 1\n\n" | test_cmp - ../out &&
	jzbf status >../out && test_grep "psychological files: 1" ../out && test_grep "2 readable, 0 unreadable" ../out && clean_after
'
test_expect_success 'nobody but a psychologist may write it' '
	(cd .. && make_store p anna none) && cd ../p && crash-writer . new 1 &&
	test_expect_code 4 crash-writer . psych $id1 2>../err && test_grep psych.yaml.gpg ../err && clean_after && cd ../s
'
test_expect_success 'nothing of the person is in paths, messages or reflogs' '
	! grep -r -l -e 测试甲 -e 441825199003070018 .git cases &&
	! git log --all --format=%B | grep -e 测试甲 -e 44182519
'
test_expect_success 'a revision grows by one and the field is there' '
	crash-writer . touch $id1 && gpg -q -d $one >../plain &&
	test_grep "^revision: 2" ../plain && test_grep "^x-touched:" ../plain &&
	git log -1 --format=%b | grep "^Jzbf-Record: case LS-2026-0001 2$" && clean_after
'
test_expect_success 'several records are one commit' '
	before=$(git rev-list --count HEAD) &&
	crash-writer . new 60 >../ids && test_line_count = 60 ../ids &&
	test $(git rev-list --count HEAD) = $((before + 1)) &&
	git log -1 --format=%s | grep "^update LS-2026-0002 and 59 more$" &&
	test $(git log -1 --format=%b | grep -c ^Jzbf-Record) = 60 &&
	sort -u ../ids | test_cmp - ../ids && clean_after
'
test_expect_success 'serials above 255 go to the next directory' '
	crash-writer . new 200 2027 >../ids && crash-writer . new 57 2027 >../ids &&
	test -f cases/2027/001/LS-2027-0257/case.yaml.gpg && test -f cases/2027/000/LS-2027-0255/case.yaml.gpg
'
test_expect_success 'an invalid record is refused and nothing is written' '
	head=$(git rev-parse HEAD) && count=$(git count-objects) &&
	test_expect_code 3 crash-writer . bad 2>../err && test_grep person ../err &&
	test $(git rev-parse HEAD) = $head && test "$(git count-objects)" = "$count" && clean_after
'
test_expect_success 'a change of the user in the same file refuses with 5 and names it' '
	echo mine >>$one && head=$(git rev-parse HEAD) &&
	test_expect_code 5 crash-writer . touch $id1 2>../err && test_grep "$one" ../err &&
	test $(git rev-parse HEAD) = $head && tail -1 $one | grep mine &&
	git checkout -q $one && clean_after
'
test_expect_success 'so does a staged one' '
	echo mine >>$one && git add $one && git show HEAD:$one >$one &&
	test_expect_code 5 crash-writer . touch $id1 2>../err && test_grep "$one" ../err &&
	git reset -q && git checkout -q $one && clean_after
'
test_expect_success 'changes in other files stay untouched' '
	echo "# note" >>jzbf.yaml && echo draft >draft && git add draft &&
	crash-writer . touch $id1 && git status --porcelain >../out &&
	printf "A  draft\n M jzbf.yaml\n" | test_cmp - ../out &&
	git checkout -q jzbf.yaml && git rm -q -f --cached draft && rm draft && clean_after
'
test_expect_success 'a plain git commit in between does not get lost' '
	before=$(git rev-list --count HEAD) &&
	git config user.signingkey $fpr_anna && git config commit.gpgsign true &&
	GIT_AUTHOR_EMAIL=anna@ls.jzbf.invalid GIT_COMMITTER_EMAIL=anna@ls.jzbf.invalid crash-writer . twice $id1 && git log --format=%s -2 >../out &&
	printf "update LS-2026-0001\nbetween\n" | test_cmp - ../out && clean_after
'
test_expect_success 'a living git that holds the index is waited for' '
	touch .git/index.lock && { (sleep 1; rm .git/index.lock) & } &&
	crash-writer . touch $id1 && wait && clean_after
'
test_expect_success 'a merge in progress and a detached HEAD are left alone' '
	head=$(git rev-parse HEAD) && echo $head >.git/MERGE_HEAD &&
	test_expect_code 5 crash-writer . touch $id1 2>../err && test_grep merge ../err &&
	rm .git/MERGE_HEAD && git checkout -q --detach &&
	test_expect_code 5 crash-writer . touch $id1 2>../err && test_grep detached ../err &&
	git checkout -q main && test $(git rev-parse HEAD) = $head && clean_after
'
test_expect_success 'reads are of the commit, not of the working tree' '
	cp $one ../keep && echo garbage >$one &&
	jzbf status >../out && test_grep "^ *M $one" ../out &&
	test_grep " 0 unreadable" ../out && cp ../keep $one
'
test_expect_success 'as of a revision, as of a day' '
	test $(crash-writer . at HEAD~1 $id1) = 4 && test $(crash-writer . at HEAD $id1) = 5 &&
	today=$(date +%F) && test $(crash-writer . at $today $id1) = 5 &&
	test_expect_code 1 crash-writer . at 2019-01-01 $id1 2>../err && test_grep 2019-01-01 ../err &&
	test_expect_code 1 crash-writer . at no-such-rev $id1
'
test_expect_success 'the last commit of a day counts in the time zone of the store' '
	git clone -q . ../days && cd ../days && git config jzbf.person anna &&
	day() { JZBF_NOW=$1 TZ=UTC crash-writer . touch $id1 >/dev/null; } &&
	day 2030-05-01T15:59:59Z && day 2030-05-01T16:00:00Z &&
	before=$(crash-writer . at HEAD~1 $id1) && last=$(crash-writer . at HEAD $id1) &&
	at() { JZBF_NOW=2030-05-03T09:00:00+08:00 crash-writer . at $1 $id1; } &&
	test $(at 2030-05-01) = $before && test $(at 2030-05-02) = $last &&
	git log -1 --format=%ci | grep "^2030-05-02 00:00:00 +0800" && cd ../s
'
test_expect_success 'a bare repository is read and written' '
	git clone -q --bare . ../bare.git && cd ../bare.git && git config jzbf.person anna &&
	crash-writer . new 1 2028 && crash-writer . touch $id1 && git fsck --strict --no-dangling &&
	jzbf status >../out && test_grep "unreadable" ../out && test ! -e index && cd ../s
'
test_expect_success 'a linked working tree follows its own branch' '
	git worktree add -q -b side ../side && cd ../side && crash-writer . touch $id1 &&
	test -z "$(git status --porcelain)" && cd ../s && test -z "$(git status --porcelain)" &&
	test $(git rev-parse side~1) = $(git rev-parse main) && git worktree remove ../side
'
test_expect_success 'a file that a sparse checkout leaves out stays out' '
	git update-index --skip-worktree $one && rm $one && crash-writer . touch $id1 && test ! -e $one &&
	test -z "$(git status --porcelain)" && git update-index --no-skip-worktree $one && git checkout -q $one && clean_after
'
test_expect_success 'who may not write is refused before anything happens' '
	head=$(git rev-parse HEAD) &&
	JZBF_PERSON=nobody test_expect_code 4 crash-writer . touch $id1 2>../err && test_grep nobody ../err &&
	test $(git rev-parse HEAD) = $head
'
test_expect_success 'packed references and objects make no difference' '
	git gc -q && crash-writer . touch $id1 && clean_after
'
test_expect_success 'the first commit has the time of the office too, whatever the zone of the machine' '
	TZ=America/Lima jzbf init ../zone --office LS --name 局 --person anna --key $fpr_anna >../out 2>&1 &&
	test "$(git -C ../zone log -1 --format=%ai | cut -d" " -f3)" = +0800
'
test_done

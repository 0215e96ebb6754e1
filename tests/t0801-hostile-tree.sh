#!/bin/bash
# A working tree and commits that somebody prepared: nothing is written elsewhere, nothing is passed
# over.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna ben || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
open_store anna || exit 99

test_expect_success 'a symbolic link in the place of a directory is not followed' '
	jzbf intake --from ../person.yaml &&
	for dir in cases cases/2026 cases/2026/000; do
		head=$(git rev-parse HEAD) &&
		mkdir ../out && mv $dir ../out/moved && ln -s "$TRASH/work/out/moved" $dir &&
		test_expect_code 5 jzbf intake person.name=乙 person.id_number=441825196501010110 \
			sentence.category=缓刑 2>../err &&
		test_grep "symbolic link" ../err && test_grep -v "乙" ../err &&
		test $(git rev-parse HEAD) = $head && test -z "$(find ../out -name "*0002*")" &&
		rm $dir && mv ../out/moved $dir && rmdir ../out && clean_after || return 1
	done &&
	jzbf intake person.name=乙 person.id_number=441825196501010110 sentence.category=缓刑
'

test_expect_success 'something that is no file at the place of a record counts as unreadable' '
	git update-index --add \
		--cacheinfo "160000,$(git rev-parse HEAD),cases/2026/000/LS-2026-0009/case.yaml.gpg" &&
	git commit -q -m evil &&
	test_expect_code 1 jzbf --unverified list >../out 2>../err &&
	test_grep "LS-2026-0009 cannot be read" ../err && test_grep "unreadable 1" ../err &&
	git reset -q --hard HEAD~1
'

test_expect_success 'a name that git cannot write into a commit never gets into access.yaml' '
	gpg --armor --export "<ben@example.invalid>" >../ben.asc &&
	for name in "a <b@c>" "$(printf "two\\nlines")" "$(printf "e\\033[1m")" "..." " "; do
		unchanged jzbf access add ben --name "$name" --role caseworker --key-file ../ben.asc &&
		unchanged jzbf access add anna --name "$name" || { echo "name: $name"; return 1; }
	done &&
	jzbf access add anna --name "O’Neill-安娜 Jr." && jzbf access add anna --name anna && clean_after
'

rmdir "$JZBF_TMPFS"
test_done

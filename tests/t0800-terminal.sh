#!/bin/bash
# Nothing that comes from a record, a path or a commit steers the terminal of who looks at it.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
open_store anna || exit 99
EVIL=$'\e[31mRED\e]0;title\a\u202e\u009b1m'

# tame FILE: it speaks of the hostile thing, and steers nothing.
tame() {
	grep -a -q RED "$1" || { echo "not spoken of"; return 1; }
	! LC_ALL=C grep -a -n -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$1" | cat -v | grep .
}

on_terminal() { script -qec "$*" /dev/null </dev/null | tr -d '\r'; }

test_lazy_prereq SCRIPT 'command -v script && on_terminal true'

test_expect_success 'values of a record' '
	jzbf intake --from ../person.yaml >../id &&
	jzbf intake "person.name=张$EVIL" person.id_number=441825196501010110 sentence.category=缓刑 \
		"person.phone=13900000000" >../id 2>../err || cat ../err
	id=$(cat ../id) && test -n "$id" && jzbf intake $id "person.name=李$EVIL" >/dev/null 2>&1 &&
	for look in "list" "show $id" "find RED" "report case $id" "blame $id" "log --values $id" "diff HEAD~1 HEAD"; do
		jzbf $look >../out 2>&1; tame ../out || { echo "in $look"; return 1; }
	done
'

test_expect_success 'a single value reaches a script exactly' '
	printf "李%s\n" "$EVIL" >../want &&
	jzbf show $id person.name >../out && test_cmp ../want ../out
'

test_expect_success SCRIPT,!WRAPPED 'a single value on a terminal' '
	on_terminal jzbf show $id person.name >../out && tame ../out
'

test_expect_success 'what was typed, and keys of documents' '
	test_must_fail jzbf show "$EVIL" 2>../err && tame ../err &&
	test_must_fail jzbf serve $id "x$EVIL[0]=1" 2>../err && tame ../err &&
	printf "%s" "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}" >../s.json &&
	printf "%s" "{\"a\\u001b[31mRED\":1}" >../d.json &&
	test_must_fail jzbf check --schema ../s.json ../d.json >../out && tame ../out
'

test_expect_success 'paths and authors of a commit made by hand' '
	blob=$(git rev-parse HEAD:cases/2026/000/$id/case.yaml.gpg) &&
	path=$(printf "cases/2026/000/LS-\\nEVIL-\\033[31mRED-0099/case.yaml.gpg") &&
	git update-index --add --cacheinfo "100644,$blob,$path" &&
	GIT_AUTHOR_NAME="bad$EVIL" git commit -q -m "evil $EVIL" &&
	for look in list status check "show 0099" "log -n 1" "find xyz" "report caseload" verify; do
		jzbf --unverified $look >../out 2>&1; tame ../out || { echo "in $look"; return 1; }
		! grep -a "^EVIL" ../out || { echo "a line of its own in $look"; return 1; }
	done
'

rmdir "$JZBF_TMPFS"
test_done

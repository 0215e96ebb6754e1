# A small test library in TAP. A test file is:
#
#	#!/bin/bash
#	. "$(dirname "$0")/lib.sh"
#	test_expect_success 'what it shows' '
#		jzbf version >out &&
#		test_must_fail jzbf nonsense
#	'
#	test_done
#
# It runs in an empty directory of its own, which stays behind for a look when something failed. The
# program under test is $JZBF_BUILD/jzbf (default: build), found in PATH as jzbf.

SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$(cd "${JZBF_BUILD:-$SRC/build}" && pwd) || exit 99
TEST_NAME=$(basename "$0" .sh)
TRASH=$BUILD/trash/$TEST_NAME
KEYS=$BUILD/test-keys
SHORT=$(mktemp -d /tmp/jz.XXXXXX) || exit 99 # agent sockets need a short path
test_count=0 test_failed=0 test_out_fd=5
declare -A test_prereqs test_prereq_known

# Nothing of the person who runs the tests gets in.
VALGRIND=$JZBF_VALGRIND
for name in $(compgen -e | grep -E '^(JZBF|GIT|GPG|GNUPG|LC_|XDG_)'); do unset "$name"; done
unset LANGUAGE LANG NO_COLOR COLUMNS EDITOR VISUAL PAGER DISPLAY CDPATH name
export HOME=$TRASH/home XDG_CONFIG_HOME=$TRASH/home/.config
export LC_ALL=C.UTF-8 TZ=Asia/Shanghai TERM=dumb COLUMNS=80
export GIT_CONFIG_NOSYSTEM=1 GIT_CEILING_DIRECTORIES=$TRASH GIT_TERMINAL_PROMPT=0 GNUPGHOME=$SHORT/gpg
export GIT_AUTHOR_NAME=tester GIT_AUTHOR_EMAIL=tester@example.invalid
export GIT_COMMITTER_NAME=tester GIT_COMMITTER_EMAIL=tester@example.invalid
export MALLOC_PERTURB_=165
export PATH=$BUILD:$PATH
# The leak sanitizer looks into its own process, which a hardened one forbids.
nm "$BUILD/jzbf" 2>/dev/null | grep -q __asan_init && export JZBF_DEBUGGABLE=1 && unset MALLOC_PERTURB_

# Two runs of one test at once would take each other's directory away: the second one waits.
mkdir -p "$BUILD/trash" && exec 4>"$BUILD/trash/.$TEST_NAME.lock" && flock -w 300 4 || exit 99
rm -rf "$TRASH" && mkdir -p "$TRASH/home" "$TRASH/work" && cd "$TRASH/work" || exit 99
mkdir -m 700 "$SHORT/gpg"

if [ -n "$VALGRIND" ]; then # stand before the program
	mkdir "$SHORT/bin" && PATH=$SHORT/bin:$PATH
	cat >"$SHORT/bin/jzbf" <<-EOF
	#!/bin/sh
	exec valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
		--log-file="$TRASH/valgrind.%p" "$BUILD/jzbf" "\$@"
	EOF
	chmod +x "$SHORT/bin/jzbf"
	export JZBF_DEBUGGABLE=1
	unset MALLOC_PERTURB_
fi

exec 5>&1 6>"$TRASH/log" 7>&2

test_cleanup() {
	local home
	for home in "$SHORT"/*/; do
		GNUPGHOME=$home gpgconf --kill all 2>/dev/null
	done
	rm -rf "$SHORT"
	[ "$test_failed" != 0 ] || { cd / && rm -rf "$TRASH"; }
}
trap test_cleanup EXIT
trap 'exit 130' INT TERM HUP

say() { printf '%s\n' "$*" >&5; }

# ---- the tests ----

test_run() { eval "$1"; } # of its own, so that a script may say return

# test_expect_success [PREREQ,!PREREQ] 'title' 'script'; the script stops at the first && that fails.
test_expect_success() {
	local needs= rc
	[ $# = 3 ] && { needs=$1; shift; }
	test_count=$((test_count + 1))
	if [ -n "$needs" ] && ! test_have_prereq "$needs"; then
		say "ok $test_count # SKIP $1: no $needs"
		return
	fi
	printf '\n--- %s ---\n' "$1" >&6
	test_run "$2" </dev/null >&6 2>&6
	rc=$?
	if [ $rc = 0 ]; then
		say "ok $test_count - $1"
	else
		test_failed=$((test_failed + 1))
		say "not ok $test_count - $1"
		printf 'status %d\n' "$rc" >&6
		awk '/^--- /{text=""} {text=text "# " $0 "\n"} END{printf "%s", text}' "$TRASH/log" | tail -40 >&7 # prove shows standard error
	fi
}

test_done() {
	local log
	for log in "$TRASH"/valgrind.*; do
		[ -s "$log" ] || continue
		test_failed=$((test_failed + 1))
		sed 's/^/# /' "$log" >&5
	done
	say "1..$test_count"
	[ $test_failed = 0 ] || say "# failed $test_failed of $test_count; left in $TRASH"
	exit $((test_failed != 0))
}

skip_all() {
	say "1..0 # SKIP $*"
	exit 0
}

# ---- prerequisites ----

# test_lazy_prereq NAME 'script': looked at once, when first asked for.
test_lazy_prereq() { test_prereqs[$1]=$2; }

test_have_prereq() { # NAME, !NAME, or several with commas between
	local name want rc=0
	for name in ${1//,/ }; do
		want=yes
		[ "${name#!}" = "$name" ] || { want=no; name=${name#!}; }
		if [ -z "${test_prereq_known[$name]}" ]; then
			if (eval "${test_prereqs[$name]:-false}") >&6 2>&6; then
				test_prereq_known[$name]=yes
			else
				test_prereq_known[$name]=no
			fi
		fi
		[ "${test_prereq_known[$name]}" = $want ] || rc=1
	done
	return $rc
}

test_lazy_prereq ZSH 'command -v zsh'
test_lazy_prereq FISH 'command -v fish'
test_lazy_prereq STRACE 'strace -o /dev/null true'
test_lazy_prereq VALGRIND 'command -v valgrind'
test_lazy_prereq PYTHON 'command -v python3'
test_lazy_prereq SANITIZED 'nm "$BUILD/jzbf" | grep -q __asan_init'
test_lazy_prereq WRAPPED '[ -n "$VALGRIND" ]' # something stands before the program
test_lazy_prereq MANDOC 'command -v mandoc'

# ---- assertions ----

# The command fails, but does not crash.
test_must_fail() {
	"$@"
	local rc=$?
	if [ $rc = 0 ] || [ $rc -ge 128 ] || [ $rc = 127 ] || [ $rc = 70 ] || [ $rc = 99 ]; then
		echo "test_must_fail: status $rc: $*" >&2
		return 1
	fi
}

test_expect_code() {
	local want=$1 rc
	shift
	"$@"
	rc=$?
	[ $rc = "$want" ] || { echo "status $rc, not $want: $*" >&2; return 1; }
}

test_cmp() { diff -u "$1" "$2"; }

test_line_count() { # test_line_count = 3 FILE
	local lines
	lines=$(wc -l <"$3")
	test "$lines" "$1" "$2" || { echo "$3 has $lines lines"; cat "$3"; return 1; }
}

# test_grep [-v] PATTERN FILE: shows the file when it does not hold.
test_grep() {
	if [ "$1" = -v ]; then
		shift
		! grep -E -n -e "$1" "$2" || { echo "'$1' found in $2"; return 1; }
	else
		grep -E -q -e "$1" "$2" || { echo "'$1' not in $2:"; cat "$2"; return 1; }
	fi
}

test_empty() { [ ! -s "$1" ] || { echo "$1 is not empty:"; cat "$1"; return 1; }; }

# Messages in Chinese, also where no zh_CN locale was generated.
in_chinese() { LANGUAGE=zh_CN "$@"; }

# Waits until the clock shows another second.
next_second() {
	local now=$EPOCHSECONDS
	while [ "$EPOCHSECONDS" = "$now" ]; do sleep 0.05; done
}

# ---- people and their keys ----

make_key() { # once a build, kept in $KEYS
	local name=$1 home
	[ -s "$KEYS/$name.sec" ] && [ -s "$KEYS/$name.fpr" ] && return
	home=$(mktemp -d "$SHORT/k.XXXX") &&
	gpg --homedir "$home" --batch --quiet --passphrase '' --quick-generate-key \
		"$name <$name@example.invalid>" future-default default never &&
	gpg --homedir "$home" --batch --armor --export "$name" >"$KEYS/$name.pub" &&
	gpg --homedir "$home" --batch --no-auto-check-trustdb --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }' >"$KEYS/$name.fpr" &&
	gpg --homedir "$home" --batch --armor --export-secret-keys "$name" >"$KEYS/$name.tmp" &&
	mv "$KEYS/$name.tmp" "$KEYS/$name.sec" &&
	gpgconf --homedir "$home" --kill all &&
	rm -rf "$home"
}

make_home() { # make_home NAME NAME…: that of the first among all; once a build, too
	local name=$1 other kept home
	shift
	kept=$KEYS/homes/$name,$(IFS=,; echo "$*")
	[ -d "$kept" ] && return
	home=$(mktemp -d "$SHORT/h.XXXX") && mkdir -p "$KEYS/homes" &&
	printf 'no-random-seed-file\ntrust-model always\nno-auto-check-trustdb\n' >"$home/gpg.conf" &&
	printf 'auto-expand-secmem\n' >"$home/gpg-agent.conf" || return 1
	for other; do cat "$KEYS/$other.pub"; done | cat - "$KEYS/$name.sec" | gpg --homedir "$home" --batch --quiet --import &&
	gpgconf --homedir "$home" --kill all && cp -R "$home" "$kept.tmp" && mv "$kept.tmp" "$kept"
	rm -rf "$home"
}

# setup_keys NAME…: each gets a GnuPG home with the own secret key and everybody's public keys. The
# first one's is in force until `as` says otherwise; $fpr_NAME is the fingerprint.
setup_keys() {
	local name
	mkdir -p "$KEYS"
	(
		flock 9
		for name; do make_key "$name" || exit 1; done
		for name; do make_home "$name" "$@" || exit 1; done
	) 9>"$KEYS/lock" || return 1
	for name; do
		cp -R "$KEYS/homes/$name,$(IFS=,; echo "$*")" "$SHORT/$name" && eval "fpr_${name//-/_}=$(cat "$KEYS/$name.fpr")" || return 1
	done
	become "$1"
}

# become NAME: this person from here on.  as NAME COMMAND…: for one command.
become() {
	export GNUPGHOME=$SHORT/$1
	export GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@example.invalid
	export GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$1@example.invalid
}
as() {
	local name=$1
	shift
	(become "$name" && "$@")
}

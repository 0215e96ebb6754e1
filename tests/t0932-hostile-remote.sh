#!/bin/bash
# Whoever runs the other repository says and serves what they like.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

# greeting TEXT COMMAND: a program of the remote that says so before it does its work.
greeting() {
	printf '#!/bin/sh\nprintf "\\033[2J%s\\033]0;title\\007\\n" >&2\n%s\n' "$1" "$2" >"$W/remote" && chmod +x "$W/remote"
}
plain() { ! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" "$1"; }

test_expect_success 'an office, and the remote of a clone' '
	make_office && attack && git clone -q --bare "$W/base" "$W/up" && git remote add origin "$W/up" && jzbf sync 2>/dev/null
'
test_expect_success 'what the remote says does not steer the terminal: a fetch that works, and one that fails' '
	cd "$W/x" && greeting hello "exec git-upload-pack \"\$@\"" && git config remote.origin.uploadpack "$W/remote" &&
	jzbf sync >../out 2>../err && plain ../err && greeting sorry "exit 1" && test_expect_code 6 jzbf sync >../out 2>../err &&
	test_grep sorry ../err && plain ../err && git config --unset remote.origin.uploadpack
'
test_expect_success 'so does not what it says of a push' '
	cd "$W/x" && touched ben LS-2026-0001 && greeting sorry "exit 1" && git config remote.origin.receivepack "$W/remote" &&
	test_expect_code 5 jzbf sync >../out 2>../err && test_grep sorry ../err && plain ../err && git config --unset remote.origin.receivepack
'
test_done

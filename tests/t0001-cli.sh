#!/bin/bash
# The command line itself: exits, help in both languages, other people's commands.
. "$(dirname "$0")/lib.sh"

test_expect_success 'no command, an unknown one and a wrong option are usage errors' '
	test_expect_code 2 jzbf 2>err && test_grep "no command given" err &&
	test_expect_code 2 jzbf hlep 2>err && test_grep "did you mean .help.\?" err &&
	test_expect_code 2 jzbf version --nonsense 2>err && test_grep "try .jzbf version --help." err &&
	test_expect_code 2 jzbf version more 2>err && test_grep "unexpected argument" err &&
	test_expect_code 2 jzbf completion 2>err && test_grep "missing argument SHELL" err &&
	test_expect_code 2 jzbf completion tcsh >out 2>err && test_grep "bash, zsh, fish" err &&
	test_empty out
'
test_expect_success 'version' '
	jzbf version >a && jzbf --version >b && test_cmp a b && test_grep "^jzbf [0-9]+\.[0-9]+\.[0-9]+$" a && test_line_count = 2 a &&
	if nm "$BUILD/jzbf" | grep -q " T git_libgit2_init$"; then test_grep "^libgit2 [0-9.]+, linked in$" a; else test_grep "^libgit2 [0-9.]+, loaded from libgit2\.so" a; fi &&
	LC_ALL=zh_CN.UTF-8 jzbf version >a && test_grep "^libgit2 [0-9.]+（" a
'
test_expect_success 'help goes to standard output, and lists every command by group' '
	jzbf --help >a 2>err && jzbf help >b 2>>err && test_cmp a b && test_empty err &&
	test_grep "^usage: jzbf" a && test_grep "^  completion +print a script" a &&
	test_grep -v "^  manual" a
'
test_expect_success 'help of a command, whichever way it is asked for' '
	jzbf completion --help >a && jzbf help completion >b && jzbf -h completion >c && test_cmp a b &&
	test_cmp a c && test_grep "^usage: jzbf completion SHELL$" a && test_expect_code 2 jzbf help nonsense
'
test_lazy_prereq PTY 'script -qec true /dev/null'
test_expect_success PTY 'on a terminal help is the manual page; topics of section 5 always are' '
	mkdir -p fakeman && printf "#!/bin/sh\necho man \"\$@\"\n" >fakeman/man && chmod +x fakeman/man &&
	(PATH=$PWD/fakeman:$PATH && jzbf help store >out && test_grep "^man -l .*/man/man5/jzbf-store.5" out &&
	in_chinese jzbf help schema >out && test_grep "man/zh_CN/man5/jzbf-schema.5" out &&
	jzbf help version >out && test_grep "^usage:" out &&
	script -qec "jzbf help version" /dev/null >out && test_grep "^man -l .*/man/man1/jzbf-version.1" out)
'
test_expect_success 'help in Chinese fits the terminal and aligns' '
	in_chinese jzbf --help >out && test_grep "^用法：jzbf" out && test_grep "^  completion +输出" out &&
	COLUMNS=40 in_chinese jzbf completion --help >narrow &&
	test $(wc -l <narrow) -gt 15 && ! grep -P "[^\x00-\x7f]{21}" narrow
'
test_expect_success 'what the table of an option says by itself is not said twice' '
	for c in $(jzbf complete -- "" | cut -f1); do
		jzbf $c --help | tr -s "\n " " " >out && test_grep -v "may be given again \(may|([0-9]+ to [0-9]+\)) \(" out || return 1
	done
'
test_expect_success 'every command explains itself, in both languages' '
	for c in $(jzbf complete -- "" | cut -f1); do
		jzbf $c --help >out && test_grep "^usage: jzbf $c" out &&
		in_chinese jzbf $c --help >out && test_grep "^用法：" out || return 1
	done
'
test_expect_success 'jzbf-foo in PATH is jzbf foo, with its arguments and -C' '
	mkdir -p bin && cat >bin/jzbf-foo <<-\EOF &&
	#!/bin/sh
	echo "$JZBF_DIR:$#:$2"; exit 7
	EOF
	chmod +x bin/jzbf-foo && cp bin/jzbf-foo bin/jzbf-version &&
	PATH=$PWD/bin:$PATH && test_expect_code 7 jzbf -C /some/where foo -x "a b" >out &&
	echo "/some/where:2:a b" >want && test_cmp want out && jzbf version >out && test_grep "^jzbf 0" out &&
	test_expect_code 2 jzbf ./foo && test_expect_code 2 jzbf ../bin/foo
'
test_expect_success 'a standard output that cannot be written is an error' '
	test_expect_code 6 jzbf --help >/dev/full 2>err && test_grep "standard output" err
'
test_expect_success !WRAPPED 'a closed standard output is one too, and never becomes a file' '
	(jzbf help >&- 2>err; echo $? >code) && test_grep "^6$" code &&
	setup_keys zhang &&
	(jzbf init --office LS --name x --person zhang --role caseworker s >&- 2>err; echo $? >code) &&
	(cd s && git fsck --strict && git status --porcelain) >out && test_empty out &&
	(jzbf -C s access list <&- >&- 2>&-; echo $? >code) && test_grep "^6$" code
'
test_expect_success 'a reader that goes away is told nothing' '
	(jzbf --help 2>err; echo $? >code) | true; test_empty err
'
# gpgme runs programs when it starts; libgit2, if it is not linked in, needs 18 other libraries, and would read
# the certificates of the system.
traced() { strace -f -qq -e trace=execve,fork,vfork,clone,clone3,openat -o trace jzbf "$@" >/dev/null 2>&1; }
test_expect_success STRACE,!SANITIZED,!WRAPPED 'help, completion and wrong command lines start no library' '
	for args in --help "completion bash" nonsense "help version" "list --nonsense" "show" "complete -- intake --"; do
		traced $args
		grep -v openat trace >started && test_line_count = 1 started && test_grep execve started &&
		test_grep -v "libgit2|ssl|gitconfig|gnupg" trace || { echo "$args"; return 1; }
	done &&
	traced -C / list; { nm "$BUILD/jzbf" | grep -q " T git_libgit2_init$" && test_grep -v "libgit2|crypto|ssl" trace || test_grep libgit2 trace; } && test_grep -v "certs" trace
'
test_expect_success 'no colour where it is not wanted' '
	jzbf --help >out && ! grep -q "$(printf "\033")" out
'
test_expect_success 'a machine without a zh_CN locale, and one that asks for a language that is not there' '
	LC_ALL=zh_CN.UTF-8 jzbf --help >out 2>err && test_grep 用法 out && test_empty err &&
	LC_ALL=xx_YY.UTF-8 jzbf --help >out 2>err && test_grep "^usage" out && test_empty err &&
	LC_ALL=C LANGUAGE=zh_CN jzbf --help >out && test_grep "^usage" out
'
test_done

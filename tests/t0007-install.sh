#!/bin/bash
# What `make install` puts where, and that the program works from there.
. "$(dirname "$0")/lib.sh"

unset MAKEFLAGS MAKELEVEL MFLAGS
D=$PWD/dest/usr/local
target() { make -s -C "$SRC" "$@" DESTDIR="$PWD/dest" O="$BUILD"; }

test_expect_success 'install' 'target install-files'
test_expect_success 'everything lies where Debian looks for it' '
	for f in bin/jzbf share/jzbf/schemas/case.yaml share/jzbf/schemas/instruments/phq-9.yaml \
		share/locale/zh_CN/LC_MESSAGES/jzbf.mo share/man/man1/jzbf.1 share/man/man1/jzbf-intake.1 \
		share/man/man5/jzbf-store.5 share/man/zh_CN/man1/jzbf-intake.1 share/man/zh_CN/man5/jzbf-case.5 \
		share/man/man7/jzbf-security.7 share/man/zh_CN/man7/jzbf-security.7 \
		share/bash-completion/completions/jzbf share/zsh/site-functions/_jzbf \
		share/fish/vendor_completions.d/jzbf.fish share/doc/jzbf/README.md; do
		test -s "$D/$f" || { echo "missing: $f"; return 1; }
	done && test -x "$D/bin/jzbf"
'
test_expect_success 'the installed program finds its translations and schemas there' '
	cp -R dest moved && moved=$PWD/moved/usr/local &&
	in_chinese "$moved/bin/jzbf" --help >out && test_grep 用法 out &&
	"$moved/bin/jzbf" manual case.5 >out && test_grep "person.id_number" out
'
test_expect_success STRACE,!SANITIZED,!WRAPPED 'and nowhere else' '
	strace -f -e trace=openat -o trace "$moved/bin/jzbf" manual case.5 >out &&
	test_grep "$moved/share/jzbf/schemas/case.yaml" trace && test_grep -v "\"$SRC/(schemas|build/locale)" trace
'
test_expect_success 'uninstall leaves nothing' '
	target uninstall && find dest -type f >out && test_empty out
'
test_done

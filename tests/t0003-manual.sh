#!/bin/bash
# The manual pages: all there in both languages, sound, and of one mind with --help.
. "$(dirname "$0")/lib.sh"

test_expect_success 'a page for every command in both languages' '
	for c in $(jzbf complete -- "" | cut -f1); do
		test -s "$BUILD/man/man1/jzbf-$c.1" && test -s "$BUILD/man/zh_CN/man1/jzbf-$c.1" ||
			{ echo "no page: $c"; return 1; }
	done &&
	for p in man1/jzbf.1 man5/jzbf-store.5 man5/jzbf-case.5 man5/jzbf-psych.5 man5/jzbf-schema.5 man7/jzbf-security.7; do
		test -s "$BUILD/man/$p" && test -s "$BUILD/man/zh_CN/$p" || { echo "no page: $p"; return 1; }
	done
'
test_expect_success MANDOC 'every page is sound; Chinese ones once their section heads are the ones of mdoc again' '
	cp -R "$BUILD/man" pages && in_chinese jzbf manual heads | awk -F"\t" "{ print \"s/^\\.Sh \" \$2 \"\$/.Sh \" \$1 \"/\" }" >back.sed &&
	test_line_count -gt 8 back.sed && find pages/zh_CN -type f -exec sed -i -f back.sed {} + &&
	find pages -name "*.[157]" -print0 | xargs -0 mandoc -T lint -W warning >out; test_empty out
'
test_expect_success 'no section head that mdoc knows is left English in Chinese, and none is Chinese in English' '
	jzbf manual heads | cut -f1 >heads && test_line_count -gt 8 heads &&
	jzbf manual heads | awk -F"\t" "\$1 != \$2" >out && test_empty out &&
	grep -hE "^\.Sh [A-Z ]+$" "$BUILD"/man/zh_CN/man?/* | sort -u >out && echo ".Sh JSON" | test_cmp - out &&
	grep -q "^\.Sh 概要$" "$BUILD/man/zh_CN/man1/jzbf.1" && test_must_fail grep -qP "^\.Sh .*[^\x00-\x7f]" "$BUILD"/man/man?/*
'
test_lazy_prereq GROFF 'command -v groff'
test_expect_success GROFF,PYTHON 'laid out by groff, lines stay in the margin, each synopsis begins one, Chinese keeps its punctuation' '
	cat >wide.py <<-\EOF &&
	import sys, unicodedata
	for line in sys.stdin:
	    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.rstrip())
	    if width > 80: sys.exit(line)
	EOF
	set -- -Kutf8 -mandoc -mzh -Tutf8 -P-cbou -rLL=78n &&
	groff "$@" "$BUILD"/man/man?/* "$BUILD"/man/zh_CN/man?/* >text 2>/dev/null && test $(wc -l <text) -gt 5000 &&
	python3 wide.py <text && test_grep -v "[a-z0-9] [，。；：、]" text &&
	groff "$@" "$BUILD/man/zh_CN/man1/jzbf-access.1" 2>/dev/null >text && test_grep "^概要$" text && test_grep "^     jzbf access add" text &&
	printf "%090d\n" 0 | test_must_fail python3 wide.py
'
test_expect_success MANDOC 'the pages have the options that --help has' '
	for c in $(jzbf complete -- "" | cut -f1); do
		jzbf $c --help | grep -oE "^  (-[a-zA-Z], )?--[a-z-]+" | grep -oE -e "--[a-z-]+" | sort -u >want &&
		sed -n "s/^\.It .*Fl [\\]\(-[a-z-]*\).*/-\1/p" "$BUILD/man/man1/jzbf-$c.1" | sort -u >found &&
		comm -23 want found >missing && test_empty missing || { echo "in $c"; return 1; }
	done
'
test_expect_success 'no mark of the build is left, and a planted error would be seen' '
	! grep -rl "@prose@" "$BUILD/man" &&
	{ ! command -v mandoc >/dev/null || { cat "$BUILD/man/man1/jzbf-help.1" && echo .Zz; } >bad.1 &&
	test_must_fail mandoc -T lint -W warning bad.1; }
'
test_expect_success 'every setting that the program reads from the environment is in jzbf(1)' '
	grep -rhoE "getenv\(\"JZBF_[A-Z_]+" "$SRC/lib" "$SRC/cmd" | grep -oE "JZBF_[A-Z_]+" | sort -u >used &&
	test_line_count -gt 5 used &&
	for dir in man man/zh_CN; do
		for name in $(cat used); do
			grep -q "^\.It Ev.*$name" "$BUILD/$dir/man1/jzbf.1" || { echo "$dir: $name"; return 1; }
		done
	done
'
test_expect_success 'every test that stands for a promise is there, and both languages name the same' '
	for dir in man man/zh_CN; do
		grep -oE "\bt[0-9]{4}\b" "$BUILD/$dir/man7/jzbf-security.7" | sort -u >names-${dir##*/} || return 1
	done && test_line_count -gt 10 names-man && test_cmp names-man names-zh_CN &&
	for name in $(cat names-man); do
		ls "$SRC"/tests/$name-*.sh >/dev/null || { echo "no test $name"; return 1; }
	done
'
test_expect_success 'the fields of the case page are those of the schema' '
	grep -q "^\.It Va \"person.id_number\"" "$BUILD/man/man5/jzbf-case.5" &&
	grep -q "证件号码" "$BUILD/man/zh_CN/man5/jzbf-case.5" &&
	! grep -q "证件号码" "$BUILD/man/man5/jzbf-case.5"
'
test_done

#!/bin/bash
# The rules of the house, and that the checks of them can fail.
. "$(dirname "$0")/lib.sh"

cp -R "$SRC/lib" "$SRC/cmd" "$SRC/Makefile" . && mkdir tests po man && cp "$SRC"/tests/*.mk "$SRC"/tests/*.awk tests/
unset MAKEFLAGS MAKELEVEL MFLAGS
one() { make -s "$@" LIB_SRC=lib/base/str.c CMD_SRC= HEADERS=lib/base/str.h 2>&1; }

test_expect_success 'a clean file passes' 'one check-layers && one check-headers'
test_expect_success 'an include that goes up a layer is found' '
	cp lib/base/str.c keep && echo "#include \"lib/model/label.h\"" >>lib/base/str.c &&
	test_must_fail one check-layers >out && test_grep "base may not know model" out && cp keep lib/base/str.c
'
test_expect_success 'also when it is hidden in another header' '
	cp lib/base/utf8.h keep && sed -i "3i #include \"lib/store/txn.h\"" lib/base/utf8.h &&
	cp lib/base/str.c keep.c && echo "#include \"lib/base/utf8.h\"" >>lib/base/str.c &&
	test_must_fail one check-layers >out && test_grep "base may not know store" out &&
	cp keep lib/base/utf8.h && cp keep.c lib/base/str.c
'
test_expect_success 'a vendor header outside its file is found' '
	cp lib/base/str.c keep && echo "#include <yaml.h>" >>lib/base/str.c &&
	test_must_fail one check-layers >out && test_grep "belongs to lib/port/yaml" out && cp keep lib/base/str.c
'
test_expect_success 'a header that does not stand alone is found' '
	cp lib/base/str.h keep && echo "struct jz_nowhere jz_incomplete(size_t n, FILE *to);" >>lib/base/str.h &&
	test_must_fail one check-headers >out && test_grep "FILE" out && cp keep lib/base/str.h
'
test_expect_success 'no function that the house has banned' '
	! grep -nE "\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|system|popen|mktemp|tmpnam|rand|alloca) ?\(" \
		$(find lib cmd -name "*.[ch]")
'
test_expect_success 'files stay under 600 lines and functions under 70' '
	long() {
		awk "FNR == 601 { print FILENAME \": too long\" } FNR == 1 { n = 0 } /^{/ { n = FNR }
			/^}/ { if (n && FNR - n > 70) print FILENAME \":\" n \": \" FNR - n \" lines\"; n = 0 }" "$@"
	}
	{ echo "int f(void)"; echo "{"; yes ";" | head -71; echo "}"; } >long.c && long long.c >out && test_line_count = 1 out &&
	long $(find lib cmd -name "*.[ch]") >out; test_empty out
'
test_expect_success 'a source includes its own header first' '
	for c in $(find lib -name "*.c"); do
		h=${c%.c}.h && [ -e "$h" ] || continue
		[ "$(grep -m1 "^#include" "$c")" = "#include \"$h\"" ] || { echo "$c"; return 1; }
	done
'
test_expect_success 'the top level holds what belongs there' '
	git -C "$SRC" ls-files >files 2>/dev/null || return 0 # an unpacked archive has no list
	sed "s,/.*,/," files | sort -u | grep -vxE "(cmd|lib|schemas|examples|man|tests|po|[.]ci)/|Makefile|README([.]zh-CN)?[.]md|LICENSE|[.].*" >strays
	test_empty strays
'
test_done

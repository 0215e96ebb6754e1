#!/bin/bash
# The Chinese translation is complete, and its formats fit.
. "$(dirname "$0")/lib.sh"

extract() { # extract SOURCE… > what has no translation
	xgettext --from-code=UTF-8 -k_ -kN_ -kP_:1,2 --add-location=file -o all.pot "$@" &&
	msgmerge -q -N --no-wrap "$BUILD/zh_CN.po" all.pot -o merged.po &&
	msgattrib --untranslated --no-obsolete --no-wrap merged.po | grep -A1 -E "^#: " | grep -v "^--"
}

test_expect_success 'a message without a translation is found' '
	echo "_(\"surely nobody says this\")" >x.c && extract x.c >out && test_grep "surely nobody" out
'
test_expect_success 'every message has its translation' '
	(cd "$SRC" && find lib cmd -name "*.[ch]") >list && (cd "$SRC" && ls) >/dev/null &&
	ln -sfn "$SRC/lib" lib && ln -sfn "$SRC/cmd" cmd && extract $(cat list) >out; test_empty out
'
test_expect_success 'translations keep the formats and the letters' '
	msgfmt --check-format --check-header -o /dev/null "$BUILD/zh_CN.po" &&
	iconv -f UTF-8 -t UTF-8 "$BUILD/zh_CN.po" >/dev/null
'
test_done

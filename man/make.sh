#!/bin/sh
# man/make.sh BUILD: writes all manual pages below BUILD/man, English and man/zh_CN. What the tables
# of commands and the schemas say comes from the program; the prose comes from this directory. Sources
# have mdoc's own section heads in every language, so that they can be checked; they are translated last.
set -e
build=$1
src=$(dirname "$0")
out=$build/man
prog=$(cd "$build" && pwd)/jzbf
export JZBF_SCHEMAS="$src/../schemas" 

# page SOURCE-DIR TARGET NAME [ARGUMENT]: what the program writes, with NAME.inc at its mark.
page() {
	"$prog" manual $4 >"$2.tmp"
	if [ -f "$1/$3.inc" ]; then
		sed -e "/^\.\\\\\" @prose@\$/{r $1/$3.inc
d;}" "$2.tmp" >"$2"
	else
		sed -e '/^\.\\" @prose@$/d' "$2.tmp" >"$2"
	fi
	rm "$2.tmp"
}

pages() { # pages SOURCE-DIR OUT-DIR
	mkdir -p "$2/man1" "$2/man5" "$2/man7"
	page "$1" "$2/man1/jzbf.1" jzbf.1
	for name in $("$prog" complete -- "" | cut -f1); do
		page "$1" "$2/man1/jzbf-$name.1" "jzbf-$name.1" "$name"
	done
	for kind in case psych; do
		page "$1" "$2/man5/jzbf-$kind.5" "jzbf-$kind.5" "$kind.5"
	done
	cp "$1"/*.5 "$2/man5/"
	cp "$1"/*.7 "$2/man7/"
}

# heads SED: translates the section heads of mdoc, and tells groff which ones to lay out specially.
heads() {
	"$prog" manual heads | while IFS='	' read -r head own; do
		printf 's/^\\.Sh %s$/.Sh %s/\n' "$head" "$own"
		case $head in
		NAME) string=name ;;
		SYNOPSIS) string=synopsis ;;
		DESCRIPTION) string=description ;;
		FILES) string=files ;;
		"SEE ALSO") string=see-also ;;
		*) continue ;;
		esac
		printf '/^\\.Dd /a\\\n.ds doc-section-%s %s\n' "$string" "$own"
	done >"$1"
}

rm -rf "$out"
export LC_ALL=C.UTF-8 LANGUAGE=en
pages "$src" "$out"
export LANGUAGE=zh_CN
pages "$src/zh_CN" "$out/zh_CN"
heads "$out/heads.sed"
for file in "$out"/zh_CN/man?/*; do
	LC_ALL=C awk -f "$src/zh.awk" "$file" | sed -f "$out/heads.sed" >"$file.tmp" && mv "$file.tmp" "$file"
done
rm "$out/heads.sed"
touch "$out/.made"

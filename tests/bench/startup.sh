#!/bin/bash
# Start-up: what people wait for before anything is done, against an empty program that is linked with
# nothing; 3.0 is the limit that the design sets. Prints the median of each in milliseconds and the ratio,
# and what an empty program takes that is linked with the same libraries.
. "$(dirname "$0")/lib.sh"
set -e
runs=${RUNS:-200} work=$mem
export COLUMNS=80

cc=${CC:-cc}
echo 'int main(void) { return 0; }' >"$work/empty.c"
# Everything the program is linked with, used or not.
libs=$(readelf -d "$build/jzbf" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/-l:\1/p')
$cc -O2 -pie -fPIE -Wl,-z,relro,-z,now -Wl,--no-as-needed -o "$work/empty" "$work/empty.c" $libs
$cc -O2 -o "$work/bare" "$work/empty.c"

ms() { timed -n "$runs" "$@" | cut -d" " -f1; }

bare=$(ms "$work/bare")
empty=$(ms "$work/empty")
printf '%-34s %6s ms\n' 'empty program' "$bare" 'empty program, same libraries' "$empty"
while read -r args; do
	for language in en zh_CN; do
		# shellcheck disable=SC2086
		took=$(LANGUAGE=$language ms "$build/jzbf" $args)
		printf '%-34s %6s ms  %s times the empty one\n' "jzbf $args ($language)" "$took" \
			"$(awk -v a="$took" -v b="$bare" 'BEGIN { printf "%.2f", a / b }')"
	done
done <<EOF
--help
help intake
completion bash
intake --nonsense
complete -- intake --
EOF

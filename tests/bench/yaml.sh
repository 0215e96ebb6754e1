#!/bin/bash
# The YAML reader against libyaml's bare events, in nanoseconds a byte. usage: yaml.sh [FILE…]
set -e
src=$(cd "$(dirname "$0")/../.." && pwd)
build=${JZBF_BUILD:-$src/build}
mkdir -p "$build/bench"
cc=${CC:-cc}
$cc -O2 -o "$build/bench/yaml-events" "$src/tests/bench/yaml-events.c" -lyaml
$cc -O2 -D_GNU_SOURCE -I"$src" -o "$build/bench/yaml" "$src/tests/bench/yaml.c" \
	"$build/libjzbf.a" -lyaml
[ $# != 0 ] || set -- "$src/tests/data/case-full.yaml" "$src/schemas/case.yaml"
for file; do
	events=$("$build/bench/yaml-events" "$file" 500)
	"$build/bench/yaml" "$file" 500 | awk -v e="$events" -v f="${file##*/}" \
		'{ printf "%s: events %s, read %s (%.2fx), write %s ns/byte\n", f, e, $1, $1 / e, $2 }'
done

#!/bin/bash
# The YAML reader against libyaml's bare events, in nanoseconds a byte. usage: yaml.sh [FILE…]
. "$(dirname "$0")/lib.sh"
set -e
[ $# != 0 ] || set -- "$src/tests/data/case-full.yaml" "$src/schemas/case.yaml"
for file; do
	events=$("$build/bench/yaml-events" "$file" 500)
	"$build/bench/yaml" "$file" 500 | awk -v e="$events" -v f="${file##*/}" \
		'{ printf "%s: events %s, read %s (%.2fx), write %s ns/byte\n", f, e, $1, $1 / e, $2 }'
done

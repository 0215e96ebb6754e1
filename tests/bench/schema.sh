#!/bin/bash
# Typing and checking 10,000 case files by the case schema, on top of reading them, on one core: 0.30
# is the limit that the design sets. The documents are the full example and a half of it (10 KB).
. "$(dirname "$0")/lib.sh"
set -e
rounds=${ROUNDS:-10000} half=$mem/half

# whole top-level fields, from the last one backwards, as long as 10 KB and the required ones are left
awk '/^[a-z]/ { n++ } { part[n] = part[n] $0 "\n" } END { for (i = 0; i <= n; i++) {
	if (size + length(part[i]) > 10500 && part[i] !~ /^(format|id|revision|assigned|person|sentence):/) continue
	size += length(part[i]); printf "%s", part[i] } }' "$src/tests/data/case-full.yaml" >"$half"
"$build/bench/schema" "$half" "$rounds"
"$build/bench/schema" "$src/tests/data/case-full.yaml" "$rounds"

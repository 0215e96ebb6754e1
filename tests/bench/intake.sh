#!/bin/bash
# How long taking in a list of people takes, and one more person behind it: the second decrypts every
# case to find the same person. ROWS=1000 tests/bench/intake.sh
. "$(dirname "$0")/../lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

ROWS=${ROWS:-1000}
setup_keys anna && open_store anna || exit 99
exec >&5 2>&6
python3 - "$ROWS" >../people.csv <<'PY'
import sys
weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
print("name,number,reported")
for n in range(int(sys.argv[1])):
    digits = "441802%04d%02d%02d%03d" % (1960 + n % 45, 1 + n % 12, 1 + n % 28, n % 1000)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]
    print(f"测试{n},{digits}{check},2026/2/{1 + n % 28}")
PY
cat >../map.yaml <<'YAML'
columns:
  name: person.name
  number: person.id_number
  reported: {field: admission.reported_on, date-format: YYYY/M/D}
constants:
  sentence.category: probation
YAML
timed() {
	local what=$1 from
	shift
	from=$(date +%s%N)
	"$@" >../ids || exit 1
	awk -v ns=$(($(date +%s%N) - from)) -v what="$what" 'BEGIN { printf "%-40s %7.2f s\n", what, ns / 1e9 }'
}
timed "$ROWS rows, dry run" jzbf -q intake -n --csv ../people.csv --map ../map.yaml
timed "$ROWS rows" jzbf -q intake --csv ../people.csv --map ../map.yaml
timed "one more person" jzbf -q intake --from ../person.yaml

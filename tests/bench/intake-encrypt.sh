#!/bin/bash
# Taking in a list of people by one commit, against two `gpg --encrypt-files` of the same plaintexts to
# the same people, in turns, each median of RUNS (5); the design sets 1.5 as the limit of the ratio. The
# rival checks nothing, stores nothing and signs nothing. ROWS=1000 LONG=0 tests/bench/intake-encrypt.sh;
# LONG: so many characters of text more in each case.
. "$(dirname "$0")/../lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"
unset MALLOC_PERTURB_

rows=${ROWS:-1000} runs=${RUNS:-5} long=${LONG:-0}
plain=$(mktemp -d /dev/shm/jzbench.XXXXXX) || exit 99
trap 'rm -rf "$plain"; test_cleanup' EXIT
setup_keys anna && open_store anna || exit 99
python3 - "$rows" "$long" >../people.csv <<'PY'
import sys
rows, long = int(sys.argv[1]), int(sys.argv[2])
weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
print("name,number,reported,causes")
for n in range(rows):
    digits = "441802%04d%02d%02d%03d" % (1960 + n % 45, 1 + n % 12, 1 + n % 28, n % 1000)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]
    text = "".join(chr(0x4e00 + (n * 7919 + k * k * 31) % 3000) for k in range(long)) or "失业"
    print(f"测试{n},{digits}{check},2026/2/{1 + n % 28},{text}")
PY
cat >../map.yaml <<'YAML'
columns:
  name: person.name
  number: person.id_number
  reported: {field: admission.reported_on, date-format: YYYY/M/D}
  causes: sentence.facts
constants:
  sentence.category: probation
YAML
cd ..

# whose plaintexts the rival encrypts
cp -a s t && (cd t && jzbf -q intake --csv ../people.csv --map ../map.yaml >../first) || exit 1
list=0
mkdir "$plain/a" "$plain/b" "$plain/home" && chmod 700 "$plain/home"
while read -r id; do
	list=$((list + 1)) half=$([ $((list % 2)) = 0 ] && echo a || echo b)
	cp "$(find t/cases -path "*/$id/case.yaml.gpg")" "$plain/$half/$id.gpg"
done <first
for half in a b; do ls "$plain/$half"/*.gpg | gpg --batch --quiet --decrypt-files && rm "$plain/$half"/*.gpg; done
[ "$(cat first | wc -l)" = "$(ls "$plain"/[ab] | grep -c LS)" ] || exit 99
printf 'no-random-seed-file\ntrust-model always\nno-autostart\n' >"$plain/home/gpg.conf"
cat s/keys/*.asc | gpg --homedir "$plain/home" --batch --quiet --import
recipients=$(gpg --homedir "$plain/home" --batch --list-keys --with-colons | awk -F: '
	$1 == "pub" { first = 1 } $1 == "fpr" && first { print "-r", $10; first = 0 }')
named=$(gpg --homedir "$plain/home" --batch --list-packets "$(find t/cases -name '*.gpg' | head -n 1)" 2>/dev/null | grep -c pubkey)
# The clinical role key reads no case.
recipients=$(echo "$recipients" | grep -v "$(sed -n 's/  clinical: //p' s/access.yaml)")
[ "$named" = "$(echo "$recipients" | wc -l)" ] || exit 99

theirs() {
	local half
	rm -f "$plain"/[ab]/*.gpg
	for half in a b; do
		ls "$plain/$half"/* | gpg --homedir "$plain/home" --batch --quiet --yes $recipients --encrypt-files &
	done
	wait
}
timed() {
	local from=$(date +%s%N)
	"$@" >../ids || return 1
	echo $((($(date +%s%N) - from) / 1000000))
}
# Only the command is in the figure, not the copy of the store; what was verified is remembered by path.
for run in $(seq "$runs"); do
	cp -a s "run$run" && cd "run$run" || exit 1
	timed jzbf -q intake --csv ../people.csv --map ../map.yaml >>../ours || exit 1
	timed theirs >>../theirs && cd .. # not removed: ext4 is slow to make files where many were removed a moment ago
done
a=$(sort -n ours | sed -n "$(((runs + 1) / 2))p") b=$(sort -n theirs | sed -n "$(((runs + 1) / 2))p")
size=$(cat "$plain"/[ab]/*[0-9] | wc -c)
awk -v a="$a" -v b="$b" -v rows="$rows" -v size="$size" 'BEGIN {
	printf "%d rows of %d bytes: intake %d ms, two gpg --encrypt-files %d ms, ratio %.2f\n", rows, size / rows, a, b, a / b }' >&5

# What the scripts of this directory share: a population with everything that rivals need, and rows of a
# table. Source it. SIZE (1,000) cases, RUNS (3) rounds; slow rivals get LIMIT (at most 1,000) records, and
# very slow ones FEW (20): the table has microseconds a record.

src=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(cd "${JZBF_BUILD:-$src/build}" && pwd) || exit 99
export JZBF_BUILD=$build PATH=$build:$build/bench:$PATH JZBF_SCHEMAS=$src/schemas LC_ALL=C.UTF-8
size=${SIZE:-1000} runs=${RUNS:-3}
limit=${LIMIT:-1000} few=${FEW:-20}
[ "$limit" -le "$size" ] || limit=$size
[ "$few" -le "$limit" ] || few=$limit

# What is plain lies in memory, and goes with the script.
mem=$(mktemp -d /dev/shm/jzbench.XXXXXX) || exit 99
bench_end() {
	local home
	for home in "$mem"/*/; do
		[ ! -S "$home/S.gpg-agent" ] || gpgconf --homedir "$home" --kill all
	done
	rm -rf "$mem"
}
trap bench_end EXIT
trap 'exit 130' INT TERM HUP

have() { command -v "$1" >/dev/null; }

# role_home DIR: a GnuPG home with the office role key, which has no passphrase.
role_home() {
	mkdir -m 700 "$1" && printf 'no-random-seed-file\ntrust-model always\n' >"$1/gpg.conf" &&
	gpg -q -d "$store/keys/office.sec.gpg" | gpg --homedir "$1" --batch -q --import
}

# halves FROM TO SUFFIX: every second file of a list goes to TO/a, the others to TO/b, numbered; lists
# of them are TO/a.list and TO/b.list.
halves() {
	local n=0 half file
	mkdir "$2" "$2/a" "$2/b"
	while read -r file; do
		n=$((n + 1)) half=$([ $((n % 2)) = 0 ] && echo a || echo b)
		cp "$file" "$2/$half/$n$3" && echo "$2/$half/$n$3" >>"$2/$half.list"
	done <"$1"
}

# bench_population: $pop, $store, the person's environment; $mem/names: the ciphertexts; $mem/role: the role
# key; $mem/floor: the ciphertexts on a tmpfs, in two halves.
bench_population() {
	pop=$("$src/tests/bench/population.sh" "$size") && . "$pop/env" || exit 99
	store=$pop/store
	find "$store/cases" -name case.yaml.gpg | sort >"$mem/names"
	head -n "$limit" "$mem/names" >"$mem/names.limit"
	head -n "$few" "$mem/names" >"$mem/names.few"
	role_home "$mem/role" && halves "$mem/names" "$mem/floor" .gpg || exit 99
	jzbf -q -C "$store" list >"$mem/list" || exit 99 # the first look verifies, once
	# two co-processes on the same files, with the role key, to a tmpfs
	floor="for h in a b; do gpg --homedir $mem/role --batch -q --decrypt-files <$mem/floor/\$h.list & done; wait"
	clear_floor="find $mem/floor -type f ! -name '*.gpg' ! -name '*.list' -delete"
}

# ---- the table ----

table_head() {
	printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$1" 'done by' records 'ms' 'us a record' 'ours takes' 'peak MiB' \
		--- --- ---: ---: ---: ---: ---:
}

contenders=() counts=() commands=() preparations=()
# contender NAME RECORDS COMMAND [PREPARATION]: the first one is ours. Both are shell text; what prepares a
# run is not measured.
contender() {
	contenders+=("$1") counts+=("$2") commands+=("$3") preparations+=("${4:-:}")
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# measure TITLE: the contenders in turn, RUNS times, and a row for each.
measure() {
	local run i ms ours=
	rm -f "$mem"/figure.*
	for ((run = 0; run < runs; run++)); do
		for i in "${!contenders[@]}"; do
			bash -c "${preparations[i]}" >/dev/null 2>&1
			"$build/bench/timed" bash -c "${commands[i]}" >>"$mem/figure.$i" 2>"$mem/figure.err" || {
				echo "${contenders[i]} failed: ${commands[i]}" >&2
				cat "$mem/figure.err" >&2
				exit 1
			}
			bash -c "${after:-:}" >/dev/null 2>&1
		done
	done
	for i in "${!contenders[@]}"; do
		ms=$(cut -d' ' -f1 "$mem/figure.$i" | median)
		ours=${ours:-$(awk "BEGIN { print $ms / ${counts[i]} }")}
		awk -v title="$1" -v name="${contenders[i]}" -v n="${counts[i]}" -v ms="$ms" -v ours="$ours" \
			-v peak="$(sort -n -k2 "$mem/figure.$i" | tail -n 1 | cut -d' ' -f2)" -v first="$i" 'BEGIN {
				ratio = ours / (ms / n)
				printf "| %s | %s | %d | %.1f | %.1f | %s | %.0f |\n", title, name, n, ms, ms * 1000 / n,
					first == 0 ? "" : sprintf(ratio < 0.1 ? "%.4fx" : "%.2fx", ratio), peak / 1024 }'
	done
	contenders=() counts=() commands=() preparations=()
}

#!/bin/bash
# Replacing the office role key over a made-up population (SIZE, 1000: population.sh), against two `gpg
# --decrypt-files` and then two `gpg --encrypt-files` of the same records to as many recipients, all in
# memory; in turns, medians of RUNS (3). The rival checks nothing, stores nothing, signs nothing. Peak
# memory of jzbf alone; its gpg processes hold one record each.
set -e
src=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${JZBF_BUILD:-$src/build}" && pwd)
size=${SIZE:-1000} runs=${RUNS:-3}
pop=$("$src/tests/bench/population.sh" "$size")
. "$pop/env"
work=$(mktemp -d "$pop/rotate.XXXXXX") mem=$(mktemp -d /dev/shm/jzbench.XXXXXX)
home=$mem/home
trap 'gpgconf --homedir "$home" --kill all; gpgconf --kill all; rm -rf "$work" "$mem"' EXIT

mkdir -m 700 "$home" && printf 'no-random-seed-file\ntrust-model always\n' >"$home/gpg.conf"
gpg -q -d "$pop/store/keys/office.sec.gpg" | gpg --homedir "$home" --batch --quiet --import
gpg --homedir "$home" --batch --quiet --import "$pop"/li.qing.asc
to=$(gpg --homedir "$home" --batch --with-colons --list-keys | awk -F: '$1 == "pub" { first = 1 } $1 == "fpr" && first { print "-r", $10; first = 0 }')
n=0
mkdir "$mem/a" "$mem/b"
for file in $(git -C "$pop/store" ls-files 'cases/*case.yaml.gpg'); do
	n=$((n + 1))
	cp "$pop/store/$file" "$mem/$([ $((n % 2)) = 0 ] && echo a || echo b)/$n.gpg"
done

theirs() {
	local half
	rm -f "$mem"/[ab]/*[0-9]
	for half in a b; do (ls "$mem/$half"/*.gpg | gpg --homedir "$home" --batch --quiet --decrypt-files) & done
	wait
	for half in a b; do (ls "$mem/$half"/*[0-9] | sed 's/$//' | gpg --homedir "$home" --batch --quiet --yes $to --encrypt-files) & done
	wait
}
ours() {
	/usr/bin/env python3 - "$build/jzbf" "$work/store" <<-'PY'
	import resource, subprocess, sys
	from os import wait4
	p = subprocess.Popen([sys.argv[1], "-q", "-C", sys.argv[2], "access", "rotate", "office"], stdout=subprocess.DEVNULL)
	_, status, usage = wait4(p.pid, 0)
	print("peak", usage.ru_maxrss)
	sys.exit(status != 0)
	PY
}
timed() {
	local from=$(date +%s%N)
	"$@" || return 1
	echo "ms $((($(date +%s%N) - from) / 1000000))"
}
for run in $(seq "$runs"); do
	rm -rf "$work/store" && cp -a "$pop/store" "$work/store" && rm -rf "$XDG_STATE_HOME"
	"$build/jzbf" -q -C "$work/store" list --unverified >/dev/null 2>&1 || true
	"$build/jzbf" -C "$work/store" trust --forget >/dev/null 2>&1 || true
	"$build/jzbf" -q -C "$work/store" log >/dev/null 2>&1
	timed ours >>"$work/ours"
	timed theirs >>"$work/theirs"
done
middle() { sed -n "s/^$2 //p" "$work/$1" | sort -n | sed -n "$(((runs + 1) / 2))p"; }
a=$(middle ours ms) b=$(middle theirs ms)
bytes=$(cat "$mem"/[ab]/*[0-9] | wc -c)
awk -v a="$a" -v b="$b" -v n="$n" -v bytes="$bytes" -v peak="$(middle ours peak)" 'BEGIN {
	printf "%d records of %d bytes: rotate %d ms, two gpg --decrypt-files and two gpg --encrypt-files %d ms, ratio %.2f; peak %.1f MiB\n",
		n, bytes / n, a, b, a / b, peak / 1024 }'

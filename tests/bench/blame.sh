#!/bin/bash
# Who wrote each field of a case with many revisions, against decrypting each of its ciphertexts once by
# two `gpg --decrypt-files`. Medians of RUNS pairs, run in turn, and their ratio; 1.3 is the limit that
# the design sets.	REVISIONS=500 RUNS=5 tests/bench/blame.sh
. "$(dirname "$0")/../lib.sh"
. "$SRC/tests/store.sh"

revisions=${REVISIONS:-500}
runs=${RUNS:-5}
id=LS-2026-0001
setup_keys anna || exit 99
mem=$(mktemp -d /dev/shm/jzb.XXXXXX)
trap 'rm -rf "$mem"; test_cleanup' EXIT
{
	make_store s anna && cd s && jzbf -q intake person.name=测试甲 person.id_type=passport \
		person.id_number=E00000001 person.birth_date=1990-01-01 sentence.category=probation "assigned[+]=anna"
	id=$(jzbf list --ids | head -1)
	for ((i = 1; i < revisions; i++)); do
		jzbf -q intake "$id" "person.phone=13$(printf %09d "$i")" || exit 1
	done
} >/dev/null 2>&1
mkdir "$mem/a" "$mem/b"
n=0
for commit in $(git log --format=%h -- "cases/*/$id/case.yaml.gpg"); do
	git cat-file blob "$commit:$(git ls-files "cases/*/$id/case.yaml.gpg")" \
		>"$mem/$([ $((n % 2)) = 0 ] && echo a || echo b)/$n.gpg"
	n=$((n + 1))
done

ms() { # ms COMMAND…: milliseconds on file descriptor 5's caller
	local from=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo $((($(date +%s%N) - from) / 1000000))
}
floor() {
	rm -f "$mem"/?/*[0-9]
	gpg --batch --quiet --decrypt-files "$mem"/a/*.gpg &
	gpg --batch --quiet --decrypt-files "$mem"/b/*.gpg
	wait $!
}
for ((i = 0; i < runs; i++)); do
	ms jzbf blame "$id" >>../ours
	ms floor >>../floor
done
median() { sort -n "$1" | sed -n "$(((runs + 1) / 2))p"; }
ours=$(median ../ours) floor=$(median ../floor)
printf 'revisions %d: blame %d ms, two gpg --decrypt-files %d ms, ratio %s\n' "$n" "$ours" "$floor" \
	"$(awk "BEGIN { printf \"%.2f\", $ours / $floor }")" >&5

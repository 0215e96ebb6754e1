#!/bin/bash
# Verifying a history of SIZE commits (1,000), in turns with its rivals: `git verify-commit` in a loop, and
# a bare `gpg --verify` of the same signatures in a loop. Medians of ROUNDS (3), and ratios.
. "$(dirname "$0")/../lib.sh"
. "$SRC/tests/store.sh"

size=${SIZE:-1000} rounds=${ROUNDS:-3}
setup_keys anna
make_store s anna && cd s || exit 1
for ((i = 2; i <= size; i++)); do # each a true change, by hand, for its signature
	GIT_AUTHOR_NAME=anna GIT_AUTHOR_EMAIL=anna@ls.jzbf.invalid GIT_COMMITTER_NAME=anna GIT_COMMITTER_EMAIL=anna@ls.jzbf.invalid \
		git -c user.signingkey="$fpr_anna" commit -q -S --allow-empty -m update
done
mkdir ../sigs
git rev-list HEAD | while read -r id; do
	git cat-file commit "$id" >../c
	sed '/^gpgsig /,/^ -----END PGP SIGNATURE-----$/d' ../c >"../sigs/$id"
	sed -n '/^gpgsig /,/^ -----END PGP SIGNATURE-----$/p' ../c | sed 's/^gpgsig //; s/^ //' >"../sigs/$id.asc"
done

ours() { jzbf verify; }
git_loop() { for id in $(git rev-list HEAD); do git verify-commit "$id"; done; }
gpg_loop() { for f in ../sigs/*.asc; do gpg --batch -q --verify "$f" "${f%.asc}"; done; }
time_of() { # milliseconds
	local from
	from=$(date +%s%N)
	"$@" >/dev/null 2>&1 || exit 1
	echo $((($(date +%s%N) - from) / 1000000))
}
for ((round = 0; round < rounds; round++)); do
	for what in ours git_loop gpg_loop; do time_of $what >>../$what; done
done
middle() { sort -n "../$1" | sed -n "$(((rounds + 1) / 2))p"; }
a=$(middle ours) b=$(middle git_loop) c=$(middle gpg_loop)
printf 'jzbf verify, %d commits                      %6d ms\n' "$size" "$a" >&5
printf 'git verify-commit in a loop                    %6d ms  %s times ours\n' "$b" "$(awk "BEGIN { printf \"%.1f\", $b / $a }")" >&5
printf 'gpg --verify in a loop                         %6d ms  %s times ours\n' "$c" "$(awk "BEGIN { printf \"%.1f\", $c / $a }")" >&5
printf 'peak memory                                    %6d KiB\n' "$(python3 -c 'import resource, subprocess
subprocess.run(["jzbf", "verify"], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)')" >&5
printf 'jzbf trust, the second look                    %6d ms\n' "$(time_of jzbf trust)" >&5

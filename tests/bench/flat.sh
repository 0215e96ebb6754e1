#!/bin/bash
# One edit of one case among SMALL (100) and among LARGE (10,000), in a bare store and with a working tree,
# in turns: medians of RUNS (9). The design sets 1.5 as the limit of the ratio in a bare store, and 60 ms as
# that of the difference with a working tree, at LARGE=100000 (whose first look takes minutes).
. "$(dirname "$0")/lib.sh"

small=${SMALL:-100} large=${LARGE:-10000} runs=${RUNS:-9}
# edit KIND SIZE: the command, as text.
edit() {
	local pop=$base/pop-$2
	echo ". $pop/env; export GNUPGHOME=$pop/gnupg/li.qing JZBF_PERSON=li.qing XDG_STATE_HOME=$mem/state;" \
		"jzbf -q -C $base/flat-$1-$2 intake LS-2024-0001 person.phone=13\$(date +%N)"
}
for n in $small $large; do
	base=$(dirname "$("$src/tests/bench/population.sh" "$n")") || exit 99
	rm -rf "$base/flat-bare-$n" "$base/flat-tree-$n"
	git clone -q --bare -l "$base/pop-$n/store" "$base/flat-bare-$n" && git clone -q -l "$base/pop-$n/store" "$base/flat-tree-$n" || exit 99
	for kind in bare tree; do bash -c "$(edit $kind "$n")" >/dev/null 2>&1 || exit 99; done # the first look verifies
done
table_head figure
for kind in bare tree; do
	contender "jzbf intake CASE FIELD, $large cases" 1 "$(edit $kind "$large")"
	contender "jzbf intake CASE FIELD, $small cases" 1 "$(edit $kind "$small")"
	measure "one edit, $([ $kind = bare ] && echo bare store || echo working tree)"
done
rm -rf "$base"/flat-*

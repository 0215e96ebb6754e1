#!/bin/bash
# What the README and jzbf-store(5) tell people to type works as it stands there.
. "$(dirname "$0")/lib.sh"

setup_keys zhang li
# Blocks are taken from the texts, so that what is tested is what is printed.
block() { awk -v n="$1" '/^```sh$/{i++; on = i == n; next} /^```$/{on = 0} on' "$2"; }
recipe() { # the N-th literal block of the READING section, without roff's escapes
	sed -n '/^\.Sh READING/,/^\.Sh SEE/p' "$SRC/man/jzbf-store.5" |
		awk -v n="$1" '/^\.Bd/{i++; on = i == n; next} /^\.Ed/{on = 0} on' | sed 's/\\e/\\/g'
}

for readme in README.md README.zh-CN.md; do
	test_expect_success "$readme: a first office" '
		rm -rf office && block 1 "$SRC/$readme" >first.sh && test_line_count -gt 8 first.sh &&
		(set -e; . ./first.sh) >out && test_grep "^LS-2026-0001$" out && test_grep "intake LS-2026-0001" out
	'
	test_expect_success "$readme: reading without jzbf" '
		block 2 "$SRC/$readme" >plain.sh && test_line_count = 3 plain.sh &&
		(set -e; cd office; . ../plain.sh) >out 2>err && test_grep "name: 测试甲" out && test_grep "case.yaml.gpg" out
	'
done
test_expect_success 'the repository is clean afterwards' '
	(cd office && git status --porcelain) >out && test_empty out
'
test_expect_success 'jzbf-store(5): one record, from a clone' '
	(set -e; recipe 1 | sed "s,/path/to/store,office," >r1.sh; . ./r1.sh) >out && test_grep "name: 测试甲" out
'
test_expect_success 'jzbf-store(5): all records, by the role key, in a home that is gone afterwards' '
	(set -e; cd office; recipe 2 >../r2.sh; . ../r2.sh; [ ! -e "$home" ]) >out && test_grep "name: 测试甲" out
'
test_expect_success 'jzbf-store(5): an earlier state, and signatures' '
	(cd office && recipe 4 >../r4.sh && . ../r4.sh) && (cd office && git show HEAD~1:cases/2026/000/LS-2026-0001/case.yaml.gpg | gpg -d) >out &&
	test_grep "revision: 1" out &&
	(cd office && recipe 3 | tail -1 >../r3.sh && . ../r3.sh) >out 2>&1 && test_grep "Good signature" out
'
test_expect_success 'a colleague without the key reads nothing' '
	test_must_fail as li gpg --batch -d office/cases/2026/000/LS-2026-0001/case.yaml.gpg >out && test_empty out
'
test_done

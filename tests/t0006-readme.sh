#!/bin/bash
# What the README and jzbf-store(5) tell people to type works as it stands there.
. "$(dirname "$0")/lib.sh"

setup_keys zhang li
# Blocks are taken from the texts, so that what is tested is what is printed.
block() { awk -v n="$1" '/^```sh$/{i++; on = i == n; next} /^```$/{on = 0} on' "$2"; }
recipe() { # the N-th literal block of the READING section, without roff's escapes
	sed -n '/^\.Sh READING/,/^\.Sh SEE/p' "$SRC/man/jzbf-store.5" |
		awk -v n="$1" '/^\.Bd/{i++; on = i == n; next} /^\.Ed/{on = 0} on' | sed "s/\\\\e/\\\\/g; s/2026/$(date +%Y)/g"
}

for readme in README.md README.zh-CN.md; do
	test_expect_success "$readme: a first office" '
		rm -rf office hub.git second "$HOME/.local/state/jzbf" && block 1 "$SRC/$readme" >first.sh && test_line_count -gt 8 first.sh &&
		bash -e first.sh >out && test_grep "^LS-[0-9]{4}-0001$" out && test_grep "intake LS-[0-9]{4}-0001" out && test -s indicators.html
	'
	test_expect_success "$readme: several clones" '
		block 2 "$SRC/$readme" >clones.sh && test_line_count = 8 clones.sh && (cd office && bash -e ../clones.sh) >out &&
		test_grep "^verified" out && test "$(git -C second rev-parse HEAD)" = "$(git -C hub.git rev-parse HEAD)"
	'
	test_expect_success "$readme: reading without jzbf" '
		block 3 "$SRC/$readme" >plain.sh && test_line_count = 3 plain.sh &&
		(cd office && bash -e ../plain.sh) >out && test_grep "name: 测试甲" out && test_grep "case.yaml.gpg" out
	'
done
test_expect_success 'the repository is clean afterwards' '
	(cd office && git status --porcelain) >out && test_empty out
'
test_expect_success 'jzbf-store(5): one record, from a clone' '
	mkdir clone && recipe 1 | sed "s,/path/to/store,$PWD/office office," | sed "s,cd store,cd office," >r1.sh &&
	(cd clone && bash -e ../r1.sh) >out && test_grep "name: 测试甲" out
'
test_expect_success 'jzbf-store(5): all records, by the role key, in a home that is gone afterwards' '
	{ recipe 2; echo "[ ! -e \"\$home\" ]"; } >r2.sh && (cd office && bash -e ../r2.sh) >out && test_grep "name: 测试甲" out
'
test_expect_success 'jzbf-store(5): an earlier state, and signatures' '
	recipe 4 >r4.sh && recipe 3 | sed "s/HEAD~3/HEAD~1/" >r3.sh && test_line_count = 2 r3.sh &&
	(cd office && bash -e ../r4.sh && bash -e ../r3.sh) >out 2>&1 && test_grep "revision: 1" out &&
	test_grep "Good signature" out
'
test_expect_success 'a colleague without the key reads nothing' '
	test_must_fail as li gpg --batch -d office/cases/*/000/LS-*-0001/case.yaml.gpg >out && test_empty out
'
test_done

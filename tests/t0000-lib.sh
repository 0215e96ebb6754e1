#!/bin/bash
# The test library itself: a check that cannot fail is not a check.
. "$(dirname "$0")/lib.sh"

inner() { # runs a test file made of standard input
	{ echo ". '$SRC/tests/lib.sh'"; cat; } >inner.sh
	(cd "$TRASH/work" && JZBF_BUILD=$BUILD bash inner.sh) >inner.out 2>&1
}

test_expect_success 'a passing test is reported and the run succeeds' '
	inner <<-\EOF &&
	test_expect_success "yes" "true"
	test_done
	EOF
	test_grep "^ok 1 - yes" inner.out && test_grep "^1\.\.1" inner.out
'
test_expect_success 'a failing test fails the run and shows its log' '
	! inner <<-\EOF &&
	test_expect_success "no" "echo because && false"
	test_done
	EOF
	test_grep "^not ok 1 - no" inner.out && test_grep "^# because" inner.out
'
test_expect_success 'a missing prerequisite skips' '
	inner <<-\EOF &&
	test_lazy_prereq NEVER false
	test_expect_success NEVER "skipped" "false"
	test_lazy_prereq ALWAYS true
	test_expect_success ALWAYS,!NEVER "done" "true"
	test_expect_success ALWAYS,!ALWAYS "skipped" "false"
	test_done
	EOF
	test_grep "^ok 1 # SKIP" inner.out && test_grep "^ok 2 - done" inner.out && test_grep "^ok 3 # SKIP" inner.out
'
test_expect_success 'assertions fail when they should' '
	! test_must_fail true && ! test_must_fail sh -c "exit 139" && test_must_fail false &&
	! test_expect_code 3 false && test_expect_code 1 false &&
	echo a >a && echo b >b && ! test_cmp a b &&
	! test_grep b a && ! test_grep -v a a && ! test_empty a && ! test_line_count = 2 a
'
test_expect_success 'people have keys of their own, and see the keys of the others' '
	setup_keys zhang li &&
	echo text | gpg --batch --quiet --trust-model always -e -r "$fpr_li" >m.gpg &&
	test_must_fail gpg --batch --quiet -d m.gpg &&
	as li gpg --batch --quiet -d m.gpg >out && echo text >want && test_cmp want out
'
test_expect_success 'Chinese works where no zh_CN locale was generated' '
	test_expect_code 2 in_chinese jzbf nonsense 2>err && test_grep 未知命令 err &&
	LC_ALL=zh_CN.UTF-8 test_expect_code 2 jzbf nonsense 2>err && test_grep 未知命令 err &&
	test_expect_code 2 jzbf nonsense 2>err && test_grep "unknown command" err
'
test_done

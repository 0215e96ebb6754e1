#!/bin/bash
# The measurements run: a slice with twenty cases. Their figures are nobody's verdict here.
. "$(dirname "$0")/lib.sh"

[ -x "$BUILD/bench/population" ] || skip_all 'build/bench is not built'
export BENCH_DIR=$SHORT/bench SIZE=20 RUNS=1 LIMIT=4 FEW=2
population=$SRC/tests/bench/population.sh

test_expect_success 'a population is made once, the same every time' '
	JZBF_BUILD=$BUILD $population 20 >out && test "$(cat out)" = "$BENCH_DIR/pop-20" && . $BENCH_DIR/pop-20/env &&
	head=$(git -C $BENCH_DIR/pop-20/store rev-parse HEAD) && JZBF_BUILD=$BUILD $population 20 >out &&
	test "$(git -C $BENCH_DIR/pop-20/store rev-parse HEAD)" = $head &&
	"$BUILD/bench/population" show 20 "$SRC/tests/data" 3 >first &&
	"$BUILD/bench/population" show 20 "$SRC/tests/data" 3 | test_cmp first -
'
test_expect_success 'all of it is valid, and there is something to count' '
	jzbf -C $BENCH_DIR/pop-20/store check --all >out 2>&1; test_grep "scanned 20, unreadable 0" out &&
	jzbf -q -C $BENCH_DIR/pop-20/store list --format csv >list && sed 1d list | wc -l >count && test $(cat count) = 20 &&
	mkdir plain && "$BUILD/bench/population" plain $BENCH_DIR/pop-20/store plain && test $(ls plain | wc -l) = 20 &&
	sed -n "s/.*id_number: \"\(.*\)\"/\1/p" plain/*.yaml | sort -u >numbers && test_line_count = 20 numbers &&
	jzbf check-id $(cat numbers)
'
test_expect_success 'the table has a row for every figure, and leaves nothing behind' '
	JZBF_BUILD=$BUILD "$SRC/tests/bench/table.sh" >table && cat table &&
	for figure in "cold report" "warm report" find check list "cold report, key with a passphrase" "one edit" \
		"report after one edit" "batch intake" verify; do
		test_grep "^\| $figure" table || break
	done && test "$figure" = verify &&
	test_grep "floor: two gpg" table && test_grep "gpgme, one thread \| 4 " table && ! ls -d /dev/shm/jzbench.*
'
test_done

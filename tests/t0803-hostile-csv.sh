#!/bin/bash
# Lists that are not what they seem say nothing about the people in them.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
open_store anna || exit 99
cat >../map.yaml <<\YAML
columns: {姓名: person.name, 号码: person.id_number}
constants: {sentence.category: 缓刑}
YAML

test_expect_success 'a list without headers' '
	printf "%s,%s\n乙,441825196501010110\n" $MARK $MARK_NUMBER >../list.csv &&
	unchanged jzbf intake --csv ../list.csv --map ../map.yaml 2>../err >../out &&
	test_grep "no row of headers" ../err && cat ../err ../out >../all &&
	test_grep -v "$MARK|$MARK_NUMBER" ../all &&
	in_chinese jzbf intake --csv ../list.csv --map ../map.yaml 2>../err
	test_grep "首行不是表头" ../err && test_grep -v "$MARK" ../err
'

test_expect_success 'a column that the map forgot is named' '
	printf "姓名,别的\n%s,%s\n" $MARK $MARK_NUMBER >../list.csv &&
	unchanged jzbf intake --csv ../list.csv --map ../map.yaml 2>../err &&
	test_grep "column 2 .别的" ../err && test_grep -v "$MARK" ../err
'

test_expect_success 'rejects overwrite nothing and follow no link' '
	printf "姓名,号码\n%s,1\n乙,441825196501010110\n" $MARK >../list.csv && echo mine >../kept && ln -s nowhere ../link &&
	for file in kept link; do
		test_expect_code 6 jzbf intake --csv ../list.csv --map ../map.yaml --skip-bad ../$file || return 1
	done &&
	test "$(cat ../kept)" = mine && ! test -e ../nowhere && clean_after
'

rmdir "$JZBF_TMPFS"
test_done

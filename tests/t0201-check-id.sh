#!/bin/bash
# Citizen identity numbers: synthetic ones, and each way to be wrong.
. "$(dirname "$0")/lib.sh"

cat >good <<-END
	441825199003070018
	441825200802290020
	441825196501010110
	44182519991231012X
	44182519880815007X
	441802198511209996
	34052419800101001X
	11010519491231002X
END

test_expect_success 'valid numbers' '
	jzbf check-id --from good --on 2026-07-01 >out && test_line_count = 9 out &&
	test_grep "^1 +valid +male +1990-03-07 +36 +441825 Lianshan" out &&
	test_grep "^2 +valid +female +2008-02-29 +18 " out && test_grep "^7 .*340524, in Anhui; not in the list" out &&
	jzbf check-id --from - --on 2026-07-01 <good >out2 && test_cmp out out2
'
test_expect_success 'the age is reached on the birthday, of 29 February on 1 March' '
	sed -n 2p good >leap && jzbf check-id --from leap --on 2026-02-28 >out && test_grep " 17 " out &&
	jzbf check-id --from leap --on 2026-03-01 >out && test_grep " 18 " out &&
	test_expect_code 1 jzbf check-id --from leap --on 2008-02-28 >out && test_grep "in the future" out
'
printf '%s\n' 340524198001010013 441825199902290014 44182519900307001 441825900307001 \
	44182519900307OO18 ４４１８２５１９９００３０７００１８ '441825199003070018 ' 448125199003070018 >bad

test_expect_success 'wrong numbers: what is wrong is told, the number is not' '
	test_expect_code 1 jzbf check-id --from bad >out 2>err && test_empty err && test_line_count = 9 out &&
	test_grep "^1 .*check character" out && test_grep "^2 .*birth date" out && test_grep "^3 .*18 characters" out &&
	test_grep "^4 .*15 digits" out && test_grep "^5 .*letter O" out && test_grep "^6 .*full-width" out &&
	test_grep "^7 .*blanks" out && test_grep "^8 .*check character" out &&
	test_grep -v "1990|4418|34052|４" out &&
	test_expect_code 1 in_chinese jzbf check-id --from bad >out &&
	test_grep "^1 .*校验码" out && test_grep -v "1990|4418|34052" out
'
test_expect_success 'JSON' '
	cat good bad >all && test_expect_code 1 jzbf check-id --format json --from all --on 2026-07-01 >out &&
	test_grep "jzbf/check-id/1" out && test_grep "\"checked\": 16" out && test_grep "\"invalid\": 8" out &&
	grep -o "\"fault\": .*" out >faults &&
	printf "\"fault\": \"%s\"\n" checksum date length old alphabet full-width space checksum >want &&
	test_cmp want faults &&
	test_expect_code 1 in_chinese jzbf check-id --format json --from all --on 2026-07-01 >out2 && test_cmp out out2
'
test_expect_success 'arguments are referred to by position' '
	test_expect_code 1 jzbf check-id 441825199003070018 44182519880815007x 441825199003070019 >out &&
	test_grep "^1 +valid" out && test_grep "^2 +valid.*lower-case x" out && test_grep "^3 +wrong" out &&
	test_grep -v "44182519900307001" out
'
test_expect_success 'lines: CRLF, a byte order mark and empty lines are understood' '
	printf "\357\273\277441825199003070018\r\n\r\n44182519991231012X" >dos && jzbf check-id --from dos >out &&
	test_grep "^1 +valid" out && test_grep "^3 +valid" out && test_line_count = 3 out
'
test_expect_success 'wrong usage and odd input' '
	test_expect_code 2 jzbf check-id && test_expect_code 2 jzbf check-id --from good 441825199003070018 &&
	test_expect_code 2 jzbf check-id --on 2026-02-30 --from good &&
	test_expect_code 6 jzbf check-id --from nowhere &&
	: >empty && test_expect_code 1 jzbf check-id --from empty &&
	printf "4418251990030700\00018\n\377\376\n" >odd && test_expect_code 1 jzbf check-id --from odd &&
	yes 1 | head -c 300000 >many && test_expect_code 3 jzbf check-id --from many 2>err && test_grep "split" err
'
test_done

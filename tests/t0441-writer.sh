#!/bin/bash
# Writing many records at once: each is encrypted to exactly its people, or nothing is written.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna ben || exit 99

# sealed_to FILE: the subkeys that a message names.
sealed_to() { gpg --batch --list-packets "$1" 2>/dev/null | sed -n 's/^:pubkey enc packet:.*keyid //p' | sort; }
# people FROM: forty, every third of them assigned to ben
people() {
	python3 - "$1" <<-'PY'
	import sys
	weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
	print("who,name,number")
	for n in range(1, 41):
	    digits = "44180219900101%03d" % (int(sys.argv[1]) + n)
	    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]
	    print(f"{'anna' if n % 3 else 'ben'},测试{n},{digits}{check}")
	PY
}
# instead TEXT: another gpg for --encrypt-files; $gpg is the real one.
instead() {
	mkdir -p ../more && cat >../more/gpg <<-SH && chmod +x ../more/gpg
	#!/bin/sh
	gpg=$gpg
	case "\$*" in *--encrypt-files*) $1 ;; esac
	exec "\$gpg" "\$@"
	SH
}
gpg=$(command -v gpg)
# refused COMMAND…: it fails, and the store stands as before, with nothing left over.
refused() {
	local head=$(git rev-parse HEAD)
	test_must_fail "$@" 2>../err && test "$(git rev-parse HEAD)" = "$head" && clean_after
}

test_expect_success 'many records in one commit, each to the people of a record that is written alone' '
	make_store s anna && cd s && crash-writer . new 1 >../ids && crash-writer . new 60 2027 >>../ids &&
	jzbf status >../out && test_grep "61 readable, 0 unreadable" ../out && clean_after &&
	sealed_to cases/2026/000/LS-2026-0001/case.yaml.gpg >../alone && test -s ../alone &&
	for file in cases/2027/000/*/case.yaml.gpg; do sealed_to $file | test_cmp ../alone - || break; done &&
	test "$(basename $(dirname $file))" = LS-2027-0060
'
test_expect_success 'the message names no file' '
	gpg --batch --list-packets cases/2027/000/LS-2027-0033/case.yaml.gpg >../packets 2>/dev/null &&
	test_grep "name=\"\"" ../packets
'
test_expect_success STRACE 'by a few co-processes, not one for each' '
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=execve -o ../trace crash-writer . new 60 2028 >../ids &&
	grep -c "execve(.*= 0" ../trace >../count && test $(cat ../count) -lt 30
'
test_expect_success STRACE 'no plaintext is written to a file system' '
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -s 400 -e trace=write,pwrite64,writev -y -o ../trace crash-writer . new 60 2029 >../ids &&
	grep -a "id_number\|sentence:" ../trace >../plain && test_grep "memfd:" ../plain &&
	! grep -a -v "<[^>]*memfd:\|<pipe:\|<socket:" ../plain
'
test_expect_success 'assigned to different people, each goes to its own' '
	cd .. && jzbf init --office QX --name 示例 --person anna --role caseworker --role custodian u >out &&
	gpg --armor --export ben@example.invalid >ben.asc && cd u &&
	jzbf access add ben --name ben --role caseworker --key-file ../ben.asc >../out &&
	ben=$(gpg --batch --with-colons --list-keys ben@example.invalid | awk -F: "\$1 == \"sub\" { print \$5 }") && test -n "$ben" &&
	people 0 >../mixed.csv &&
	printf "columns:\n  who: \"assigned[+]\"\n  name: person.name\n  number: person.id_number\nconstants:\n  sentence.category: probation\n" >../mixed.yaml &&
	jzbf intake --csv ../mixed.csv --map ../mixed.yaml >../ids && test_line_count = 40 ../ids &&
	i=0 && while read -r id; do
		i=$((i + 1)) && test $((i % 3)) = 0 && want=1 || want=0
		test "$(sealed_to cases/*/*/$id/case.yaml.gpg | grep -c "$ben")" = $want || break
	done <../ids && test $i = 40 && jzbf list --format csv >../list && test_line_count = 41 ../list &&
	as ben env JZBF_PERSON=ben jzbf status >../out && test_grep "13 readable, 0 unreadable, 27 not for you" ../out && cd ../s
'
test_expect_success 'a gpg that adds a recipient is refused with all that it made' '
	instead "exec \"\$gpg\" --recipient-file \"$PWD/../ben.asc\" \"\$@\"" &&
	refused env PATH="$PWD/../more:$PATH" crash-writer . new 20 2030 &&
	test_grep "gpg did not encrypt to exactly the recipients" ../err
'
test_expect_success 'so is one that leaves at once' '
	instead "exit 0" &&
	refused env PATH="$PWD/../more:$PATH" crash-writer . new 20 2030 && test_grep "gpg could not encrypt" ../err
'
test_expect_success 'a co-process that is killed ends the whole, and nothing stays behind' '
	mkdir -m 700 /dev/shm/jzt.$$ &&
	{ JZBF_TMPFS=/dev/shm/jzt.$$ crash-writer . new 1500 2030 >../ids 2>../err & } && writer=$! && killed=
	head=$(git rev-parse HEAD)
	while kill -0 $writer 2>/dev/null && [ -z "$killed" ]; do
		for pid in $(pgrep -f "gpg .*--homedir /dev/shm/jzt.$$/.*--encrypt-files"); do
			kill -9 $pid && killed=yes
		done
	done
	! wait $writer && test -n "$killed" && test_grep "gpg could not encrypt" ../err && test_grep -v "测试甲" ../err &&
	test "$(git rev-parse HEAD)" = "$head" && clean_after && rmdir /dev/shm/jzt.$$ &&
	crash-writer . new 20 2030 >../ids && jzbf status >../out && test_grep " 0 unreadable" ../out
'
test_done

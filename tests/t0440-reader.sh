#!/bin/bash
# Reading many records at once: every one is delivered in order, and none that is wrong passes.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
trap 'rm -rf /dev/shm/jzt.$$; test_cleanup' EXIT
path() { printf 'cases/2026/000/LS-2026-%04d/case.yaml.gpg' "$1"; }

# seal PLAIN PATH [OPTION…]: as jzbf would encrypt it, to the office role key.
seal() {
	local plain=$1 to=$2
	shift 2
	gpg --batch --yes --quiet --trust-model always -r "$office" -o "$to" "$@" -e "$plain"
}

test_expect_success 'many records are read, in order' '
	make_store s anna && cd s && crash-writer . new 70 >../ids && jzbf status >../out &&
	test_grep "70 readable, 0 unreadable" ../out &&
	jzbf list --format csv >../list && sed 1d ../list | cut -d, -f1 | test_cmp ../ids -
'
test_expect_success STRACE 'by a few co-processes, not one for each' '
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=execve -o ../trace jzbf status >../out &&
	grep -c "execve(.*= 0" ../trace >../count && test $(cat ../count) -lt 30
'
test_expect_success STRACE 'no plaintext is written to a file system' '
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=openat,open,creat,memfd_create -o ../trace jzbf status >../out &&
	sed -n "s/.*\"\(.*\)\".*O_\(WRONLY\|RDWR\).*O_CREAT.*/\1/p" ../trace | sort -u >../written &&
	test_grep "/m[01]\$" ../written &&
	! grep -v -e "^/dev/" -e "^/run/user/" -e "/\.#lk" ../written
'
test_expect_success 'what is wrong is found among them, each with its reason' '
	office=$(sed -n "s/  office: //p" access.yaml) && gpg -q --import keys/$office.asc &&
	gpg -q -d $(path 5) >../plain.5 && gpg -q -d $(path 6) >../plain.6 &&
	truncate -s 150 $(path 3) &&
	printf "\125\252\125" | dd of=$(path 9) bs=1 seek=330 conv=notrunc 2>/dev/null &&
	cp $(path 12) $(path 13) && : >$(path 17) && cp ../plain.5 $(path 20) &&
	cat $(path 22) >>$(path 21) && seal ../plain.6 $(path 25) --rfc2440 --disable-mdc 2>/dev/null
	head -c 60000000 /dev/zero | tr "\0" a >../bomb && seal ../bomb $(path 30) && rm ../bomb &&
	printf "" >../empty && seal ../empty $(path 33) &&
	gpg -q -d $(path 44) >../plain.44 && gpg --batch -z 0 -s -o ../signed ../plain.44 &&
	seal ../signed $(path 44) -z 0 --no-literal && rm ../signed &&
	as ben gpg --batch --yes --quiet --trust-model always -r ben@example.invalid -o $(path 40) -e ../plain.5 &&
	git commit -q -a -m damage && test_expect_code 1 jzbf status >../out &&
	sed -n "s/^  case \(LS-2026-[0-9]*\): .*/\1/p" ../out >../bad &&
	for i in 3 9 13 17 20 21 25 30 33 40 44; do printf "LS-2026-%04d\n" $i; done | test_cmp - ../bad &&
	test_grep "59 readable, 11 unreadable" ../out
'
test_expect_success 'the reasons are those of a record read alone' '
	for i in 3 9 13 17 20 21 25 30 33 40 44; do
		id=$(printf "LS-2026-%04d" $i) &&
		sed -n "s/^  case $id: //p" ../out >../many &&
		WRITER_UNVERIFIED=1 test_must_fail crash-writer . at HEAD $id 2>../err && sed "s/^writer: //" ../err | test_cmp ../many - || break
	done && test $i = 44
'
test_expect_success 'nothing stays on the tmpfs and no agent behind' '
	mkdir -m 700 /dev/shm/jzt.$$ && JZBF_TMPFS=/dev/shm/jzt.$$ test_expect_code 1 jzbf status >../out &&
	rmdir /dev/shm/jzt.$$ &&
	for i in $(seq 100); do pgrep -f "homedir /dev/shm/jzt.$$" || break; sleep 0.1; done && test $i -lt 100
'
test_expect_success 'a co-process that is killed costs nothing but its time' '
	git clone -q . ../big && cd ../big && git checkout -q -b big HEAD~1 && git config jzbf.person anna &&
	crash-writer . new 400 2027 >../ids &&
	mkdir -m 700 /dev/shm/jzt.$$ &&
	{ JZBF_TMPFS=/dev/shm/jzt.$$ jzbf status >../out & } && reader=$! && killed=0
	while kill -0 $reader 2>/dev/null && [ $killed -lt 2 ]; do
		for pid in $(pgrep -f "gpg --homedir /dev/shm/jzt.$$/.*--decrypt-files"); do
			kill -9 $pid && killed=$((killed + 1))
		done
	done
	wait $reader && rmdir /dev/shm/jzt.$$ && test $killed -gt 0 &&
	test_grep "470 readable, 0 unreadable" ../out && cd ../s
'
# under DIR: processes of a GnuPG home there, twins too
under() { pgrep -f "homedir $1/"; }
test_expect_success 'each co-process has an agent of its own' '
	cd ../big && mkdir -m 700 /dev/shm/jzt.$$ && agents=0
	{ JZBF_TMPFS=/dev/shm/jzt.$$ jzbf status >../out & } && reader=$!
	while kill -0 $reader 2>/dev/null && [ $agents -lt 2 ]; do
		agents=$(ls -d /dev/shm/jzt.$$/*/S.gpg-agent 2>/dev/null | wc -l)
	done
	wait $reader && rmdir /dev/shm/jzt.$$ && test $agents -ge $([ $(nproc) = 1 ] && echo 1 || echo 2) &&
	for i in $(seq 100); do under /dev/shm/jzt.$$ || break; sleep 0.1; done && test $i -lt 100 && cd ../s
'
test_expect_success 'Ctrl-C in the middle leaves no process, no agent, nothing on the tmpfs' '
	cd ../big && for signal in INT TERM HUP; do
		mkdir -m 700 /dev/shm/jzt.$$ && rm -f ../rc
		# A shell lets its background jobs ignore SIGINT.
		perl -e "\$SIG{INT} = q(DEFAULT); exec @ARGV" env JZBF_TMPFS=/dev/shm/jzt.$$ jzbf status >../out & reader=$!
		until [ "$(ls -d /dev/shm/jzt.$$/*/S.gpg-agent 2>/dev/null | wc -l)" -ge 2 ] || [ $(nproc) = 1 ]; do
			kill -0 $reader || break
		done
		kill -$signal $reader; wait $reader; test $? = $((128 + $(kill -l $signal))) || break
		for i in $(seq 100); do under /dev/shm/jzt.$$ >../left || break; sleep 0.1; done
		test_empty ../left && rmdir /dev/shm/jzt.$$ || break
	done && test $signal = HUP && ! test -e /dev/shm/jzt.$$ && clean_after && cd ../s
'
test_expect_success 'a caseworker without the role key reads what is assigned' '
	cd .. && make_store t anna none && cd t && crash-writer . new 20 >../ids &&
	sed -i "/role: custodian/d" access.yaml && commit_as anna "access" -a &&
	jzbf status >../out && test_grep "20 readable, 0 unreadable" ../out && cd ../s
'
test_expect_success 'cases of others are counted for a caseworker, and are no fault' '
	cd .. && jzbf init --office QX --name 示例 --person anna --role caseworker u >out &&
	gpg --armor --export ben@example.invalid >ben.asc && cd u &&
	jzbf access add ben --name ben --role caseworker --key-file ../ben.asc >../out &&
	crash-writer . new 20 >../ids &&
	for who in anna ben; do (become $who && JZBF_PERSON=$who jzbf status >../out.$who) || break; done &&
	test_grep "20 readable, 0 unreadable, 0 not for you" ../out.anna &&
	test_grep "0 readable, 0 unreadable, 20 not for you" ../out.ben &&
	become ben && JZBF_PERSON=ben test_expect_code 1 jzbf list >../out 2>../err && test_grep "20 of 20 cases" ../err &&
	become anna && cd ../s
'
test_expect_success 'a custodian whose secret key is elsewhere is told which key is missing' '
	cd ../u && mkdir -m 700 "$SHORT/bare" &&
	test_expect_code 4 env GNUPGHOME="$SHORT/bare" jzbf list >../out 2>../err &&
	test_grep "secret key of .anna., $(echo $fpr_anna | cut -c25-), is not in your keyring" ../err &&
	test_expect_code 4 env GNUPGHOME="$SHORT/bare" jzbf show QX-2026-0001 2>../err && test_grep "gpg --import" ../err
'
test_expect_success 'but a record that is closed to a holder of the role key is one' '
	cd ../u && as ben gpg --batch --yes --quiet --trust-model always -r ben@example.invalid \
		-o cases/2026/000/QX-2026-0003/case.yaml.gpg -e ../ben.asc && git commit -q -a -m foreign &&
	test_expect_code 1 jzbf status >../out && test_grep "QX-2026-0003: " ../out &&
	test_expect_code 1 jzbf --unverified list >../out 2>../err && test_grep "QX-2026-0003" ../err && cd ../s
'
test_done

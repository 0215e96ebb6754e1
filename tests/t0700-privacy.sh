#!/bin/bash
# What a person never leaves behind: a marker name and number go through a full run, and are then
# looked for in the repository, the process list, environments, file systems, logs and memory.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna || exit 99
export JZBF_NOW=2026-11-20T09:00:00+08:00
name=标记甲乙丙
number=441825196501010110
shm=$(mktemp -d /dev/shm/jzt.XXXXXX)
export JZBF_TMPFS=$shm TMPDIR=$PWD/tmp
mkdir tmp
id=LS-2026-0001

# Samples every process of this user: arguments and environment, until the file `stop` is there.
sampler() {
	for ((i = 0; i < 2000; i++)); do
		[ ! -e stop ] || break
		for p in /proc/[0-9]*; do
			{ tr '\0' '\n' <$p/cmdline; tr '\0' '\n' <$p/environ; } 2>/dev/null
		done
	done | grep -a -f marks >seen-in-proc
}

person() {
	cat <<-YAML
	assigned: [anna]
	person:
	  name: $name
	  sex: '1'
	  birth_date: '1965-01-01'
	  id_type: citizen_id
	  id_number: '$number'
	  phone: '13000000000'
	  health: {status: good}
	sentence:
	  category: probation
	  offence: 盗窃罪
	  judged_on: '2026-10-26'
	  main_penalty: imprisonment
	  term: {months: 8}
	  correction_from: '2026-11-06'
	  correction_to: '2027-11-05'
	admission: {reported_on: '2026-11-16', registered_on: '2026-11-16', declared_on: '2026-11-18'}
	YAML
}

printf "%s\n" $name $number >marks # greps and seds of the test itself must not show them
printf "s/li[.]qing/anna/g;s/演村干1/%s/\n" $name >script
sampler &
sampler=$!
test_expect_success 'a full run with a marked person' '
	make_store s anna && cd s &&
	person | jzbf intake --from - >../ids && echo $id | test_cmp - ../ids &&
	sed -f ../script $SRC/examples/cases/05/10-intake.yaml >../contact.yaml &&
	sed "s/2026-10-2[0-9]/2026-11-19/g;s/2026-11-1[0-8]/2026-11-19/g" ../contact.yaml | jzbf intake $id --from - 2>>../talk &&
	jzbf assess $id phq-9 --answers $SRC/examples/critical.yaml purpose=psych_screen date=2026-11-19 >>../talk 2>&1 &&
	{ echo "category: suicide"; echo "facts: $name 有自伤念头"; echo "observed_at: 2026-11-20T08:00:00+08:00"; echo "reported_at: 2026-11-20T08:10:00+08:00"; echo "reported_to: 司法所"; echo "channel: phone"; } |
		jzbf alert $id --assessment $(jzbf show $id assessments[0].id) --from - >>../talk 2>&1 &&
	printf "person:\n  id_number: \"%s1\"\n" $number | test_must_fail jzbf intake $id --from - >>../talk 2>&1 &&
	person | test_must_fail jzbf intake --from - >>../talk 2>&1 &&
	printf "姓名,号码\n%s,%s\n" $name 1$number >../bad.csv &&
	printf "columns: {姓名: person.name, 号码: person.id_number}\nconstants: {person.id_type: citizen_id, sentence.category: probation, \"assigned[+]\": anna}\n" >../map.yaml &&
	test_must_fail jzbf intake --csv ../bad.csv --map ../map.yaml >>../talk 2>&1 &&
	printf %s $number | jzbf find --stdin >/dev/null &&
	JZBF_EDITOR="sed -i s/13000000000/13000000001/" jzbf edit $id >>../talk 2>&1 &&
	jzbf show $id >/dev/null && jzbf list >/dev/null && jzbf report case $id --format html >/dev/null &&
	jzbf check >/dev/null 2>&1; jzbf status >>../talk && jzbf log >>../talk &&
	cd ..
'
touch stop
wait $sampler
test_expect_success 'the run was real: whoever may read finds the marker' '
	cd s && jzbf show $id person.name >../out && echo $name | test_cmp - ../out && cd .. &&
	gpg -q -d s/cases/2026/000/$id/case.yaml.gpg | grep -q $number
'
test_expect_success 'no process had it in its arguments or environment' '
	test_empty seen-in-proc
'
test_expect_success 'it is nowhere in the repository, loose or packed, paths and messages included' '
	! grep -r -a -l -e $name -e $number s && (cd s && git repack -qad && git log --all --format=fuller --name-only >../log &&
	git for-each-ref >>../log) && ! grep -a -e $name -e $number log &&
	! (cd s && git cat-file --batch-all-objects --batch) | grep -a -e $name -e $number
'
test_expect_success 'it is in no message that was printed' '
	! grep -a -e $name -e $number -e "1$number" talk
'
test_expect_success 'it is in no temporary file, home or tmpfs' '
	test -z "$(ls -A $shm)" && ! grep -r -a -l -e $name -e $number $TMPDIR "$HOME" "$GNUPGHOME"
'
# A sanitizer keeps freed memory aside on purpose.
grep -q __asan_init "$(command -v crash-memory)" ||
test_expect_success 'releasing a record leaves no copy of it in memory' '
	cd s && for text in $name $number 13000000001; do
		printf %s $text | od -An -tx1 | tr -d " \n" | crash-memory . $id >../out && read open left <../out &&
		test $open -ge 1 && test $left = 0 || { cat ../out; return 1; }
	done; cd ..
'
# A limit is inherited: what the editor sees is what the program set for itself.
test_expect_success 'a crash leaves no core, whatever the shell allows' '
	test "$(ulimit -H -c)" = unlimited || return 0 # nothing to take away here
	cd s && (ulimit -c unlimited && JZBF_EDITOR="ulimit -c >$PWD/../limit; ulimit -H -c >>$PWD/../limit; :" jzbf edit $id 2>/dev/null); cd .. &&
	printf "0\n0\n" | test_cmp - limit
'
rm -rf "$shm"
test_done

#!/bin/bash
# Long lists: records are encrypted while later rows are still read, and all or none of them come in.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna ben cleo || exit 99
test_have_prereq PYTHON || skip_all "no python"
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
open_store anna || exit 99
gpg=$(command -v gpg)

# people COUNT FROM [TEXT]: so many rows, with so many characters of text each
people() {
	python3 - "$@" <<-'PY'
	import sys
	weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
	count, first, length = int(sys.argv[1]), int(sys.argv[2]), int((sys.argv + ["0"])[3])
	sets = ["anna,,", "ben,,", "cleo,,", "anna,ben,", "anna,cleo,", "ben,cleo,", "anna,ben,cleo"]
	print("one,two,three,name,number,facts")
	for n in range(first, first + count):
	    digits = "441802%04d%02d%02d%03d" % (1960 + n // 1000, 1 + n % 12, 1 + n % 28, n % 1000)
	    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]
	    text = "".join(chr(0x4e00 + (n * 7919 + k * k * 31) % 3000) for k in range(length))
	    print(f"{sets[n % 7] if first >= 9000 else 'anna,,'},秘密{n},{digits}{check},{text}")
	PY
}
cat >../map.yaml <<'YAML'
columns:
  one: 'assigned[+]'
  two: 'assigned[+]'
  three: 'assigned[+]'
  name: person.name
  number: person.id_number
  facts: sentence.facts
constants: {sentence.category: 缓刑}
YAML
# wrapped COMMAND…: with a gpg that says when it begins to encrypt, and waits for ../go before.
mkdir ../more && cat >../more/gpg <<SH && chmod +x ../more/gpg
#!/bin/sh
case "\$*" in *--encrypt*) touch "$PWD/../began"; n=0; while [ -e "$PWD/../wait" ] && [ \$((n += 1)) -lt 1200 ]; do sleep 0.05; done ;; esac
exec "$gpg" "\$@"
SH
wrapped() { rm -f ../began && PATH=$PWD/../more:$PATH "$@"; }
take() { jzbf intake $2 --csv "../$1.csv" --map ../map.yaml; }
# nothing: no file more or less below .git but the lock, and nothing on the tmpfs.
files() { find .git -type f ! -path .git/jzbf/lock | sort; }
nothing() { files | test_cmp ../files - && clean_after && ! ls -A "$JZBF_TMPFS" | grep .; }

people 300 0 >../good.csv
test_expect_success 'the last row is wrong, when much was encrypted: nothing of any is there' '
	sed "\$s/[0-9X]*,\$/1,/" ../good.csv >../bad.csv && files >../files &&
	unchanged wrapped take bad 2>../err && test -e ../began && nothing &&
	test_grep "bad.csv:301: error: row 300, column 5 .number" ../err && test_grep "1 of 300 rows are wrong" ../err &&
	test_grep -v "秘密" ../err
'
test_expect_success 'every wrong row is told, also behind the first one' '
	sed -e "100s/anna/nobody/" -e "150s/秘密[0-9]*//" -e "\$s/anna/anna,anna/;\$s/,,/,/" ../good.csv >../bad.csv &&
	unchanged take bad 2>../err && nothing && test_grep "row 99: somebody in .assigned" ../err &&
	test_grep "row 149, column 4 .name" ../err && test_grep "row 300, " ../err && test_grep "3 of 300 rows" ../err
'
test_expect_success 'a row with a cell too many, when much was encrypted' '
	sed "\$s/\$/,more/" ../good.csv >../bad.csv && unchanged take bad 2>../err && nothing && test_grep "bad.csv:301:" ../err
'
test_expect_success 'a dry run encrypts nothing' '
	wrapped take good -n && test ! -e ../began && nothing
'
test_expect_success 'killed in the midst it leaves nothing but what the next command sweeps' '
	touch ../wait && before=$(git rev-parse HEAD) && { PATH=$PWD/../more:$PATH exec jzbf intake --csv ../good.csv --map ../map.yaml >../out 2>&1 & } &&
	killed=$! && rm -f ../began && while [ ! -e ../began ] && kill -0 $killed; do sleep 0.05; done && rm ../wait && sleep 0.1 &&
	kill -9 $killed && ! wait $killed && test $before = $(git rev-parse HEAD) && jzbf status >../out &&
	test_grep "0 unreadable" ../out && nothing
'
test_expect_success 'a file that must not grow any more: nothing is there' '
	people 600 2000 2000 >../long.csv && before=$(git rev-parse HEAD) &&
	(trap "" XFSZ && ulimit -f 1100 && test_expect_code 6 take long) 2>../err && test_grep "too large" ../err &&
	test $before = $(git rev-parse HEAD) && nothing
'
test_expect_success 'two lists at once are two commits' '
	people 60 700 >../more.csv && before=$(git rev-parse HEAD) && { take good >../one 2>../err & } && take more >../two && wait $! &&
	test_line_count = 300 ../one && test_line_count = 60 ../two && test -z "$(sort ../one ../two | uniq -d)" &&
	test $(git rev-list --count $before..HEAD) = 2 && clean_after && jzbf list --ids >../out && test_line_count = 360 ../out &&
	test $(ls .git/objects/pack/*.pack | wc -l) = 2
'
test_expect_success 'more sets of people than co-processes: each record goes to its own' '
	for who in ben cleo; do
		gpg --armor --export $who@example.invalid >../$who.asc &&
		jzbf access add $who --name $who --role caseworker --key-file ../$who.asc >../out || return 1
	done &&
	people 1000 9000 >../mixed.csv && take mixed >../ids && test_line_count = 1000 ../ids && clean_after &&
	for who in ben cleo; do
		gpg --batch --with-colons --list-keys $who@example.invalid | awk -F: "\$1 == \"sub\" { print \$5 }"
	done >../keys && n=9000 &&
	while read -r id; do
		case $((n % 7)) in 0) want=;; 1|3) want=1;; 2|4) want=2;; *) want="1 2";; esac
		[ $((n % 41)) != 0 ] || { # some of all
			got=$(gpg --batch --list-packets cases/*/*/$id/case.yaml.gpg 2>/dev/null | grep -o -f ../keys | sort -u |
				while read -r key; do grep -n $key ../keys | cut -d: -f1; done | sort | xargs)
			[ "$got" = "$want" ] || { echo "$id: $got, not $want"; break; }
		}
		n=$((n + 1))
	done <../ids && test $n = 10000 && jzbf status >../out && test_grep " 0 unreadable" ../out
'
test_expect_success 'plain git moves the branch meanwhile: all is done again from there, and the newcomer is known' '
	git clone -q --bare . ../bare.git && git clone -q ../bare.git ../other && cd ../bare.git && JZBF_PERSON=anna && export JZBF_PERSON &&
	people 60 1500 >../late.csv && sed -n "1p;31p" ../late.csv >../one.csv &&
	jzbf -C ../other intake --csv ../one.csv --map ../map.yaml >../first && touch ../wait && rm -f ../began &&
	{ PATH=$PWD/../more:$PATH jzbf intake --csv ../late.csv --map ../map.yaml --skip-bad ../rest.csv >../ids 2>../err & } && late=$! &&
	while [ ! -e ../began ] && kill -0 $late; do sleep 0.05; done &&
	git fetch -q ../other main && git update-ref refs/heads/main FETCH_HEAD && rm ../wait &&
	! wait $late && test_line_count = 59 ../ids && test_grep "row 30, column 5 .number.: .*$(cat ../first)" ../err &&
	test_line_count = 2 ../rest.csv && test "$(git rev-parse HEAD^)" = "$(git rev-parse FETCH_HEAD)" && git fsck --strict &&
	test -z "$(sort ../ids ../first | uniq -d)" && test -z "$(ls -A "$JZBF_TMPFS")"
'
rmdir "$JZBF_TMPFS"
test_done

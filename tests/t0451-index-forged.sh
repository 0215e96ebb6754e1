#!/bin/bash
# Somebody who can write the repository tampers with the index: nobody is shown anything else than what
# the records say, and nothing of it can be read.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
export JZBF_NOW=2026-11-20T09:00:00+08:00
state=$HOME/.local/state/jzbf/index
stat_of() { jzbf index --format json | sed -n "s/^ *\"$1\": \(.*[^,]\),*$/\1/p"; }
truth() { JZBF_INDEX=off jzbf list --format csv >../truth; }
# looks [PATTERN]: the list is the truth, with a notice like PATTERN or without any, and after that the
# index is whole and quiet again.
looks() {
	jzbf list --format csv >../out 2>../err && test_cmp ../truth ../out || { cat ../err; return 1; }
	if [ "$1" ]; then test_grep "$1" ../err; else test_empty ../err; fi || return 1
	jzbf list --format csv >../out 2>../err && test_cmp ../truth ../out && test_empty ../err &&
	jzbf index --check 2>../err && test "$(stat_of rows)" = "$(sed 1d ../truth | wc -l)"
}
flip() { # flip OFFSET BIT
	local byte
	byte=$(od -An -tu1 -j "$1" -N 1 $index)
	printf "\\x$(printf %x $((byte ^ (1 << $2))))" | dd of=$index bs=1 seek="$1" conv=notrunc 2>/dev/null
}

make_store s anna && cd s && crash-writer . new 12 >../ids && jzbf list --format csv >../truth && crash-writer . touch $(head -3 ../ids) >../out || exit 99
index=.git/jzbf/index/anna-$(id -u)
truth

test_expect_success 'nothing of a person or case lies in it unsealed, nor where its key is' '
	jzbf list >../out && ! grep -a -e 测试甲 -e 441825 -e LS-2026 -e probation -e anna $index && ! grep -a -r -e 测试甲 -e LS-2026 $state &&
	test "$(stat -c %a $state)" = 700 && test "$(stat -c %a $state/*-anna)" = 600
'
test_expect_success 'no other program is asked for the data key than gpg, with a message that lies outside' '
	! grep -a -q "BEGIN PGP" $index && test -s $state/*-anna && ls .git/jzbf/index >../out && test_line_count = 1 ../out
'
# A changed byte either does not verify, or makes what follows no page (a torn end): never another row.
size=$(stat -c %s $index)
for at in 0 9 44 60 64 70 74 82 86 90 120 400 900 $((size / 2)) $((size - 700)) $((size - 300)) $((size - 100)) $((size - 12)) $((size - 5)) $((size - 1)); do
	test_expect_success "one bit is another at byte $at of $size" '
		cp $index ../kept && flip $at $((at % 8)) && ! cmp -s $index ../kept &&
		jzbf list --format csv >../out 2>../err && test_cmp ../truth ../out && { test_empty ../err || test_grep "does not verify" ../err; } &&
		jzbf list --format csv >../out 2>../err && test_cmp ../truth ../out && test_empty ../err && jzbf index --check
	'
done
test_expect_success 'a page that does not verify is told' '
	looks && jzbf index --rebuild && flip 300 0 && looks "does not verify"
'
test_expect_success 'rows that do not verify are told, and only those records are read' '
	crash-writer . touch $(sed 1,6d ../ids) >../out && truth && jzbf index --rebuild && flip $(($(stat -c %s $index) / 2)) 3 && looks "does not verify"
'
test_expect_success 'cut off anywhere' '
	cp $index ../whole && size=$(stat -c %s $index) &&
	for at in 0 1 63 64 65 90 200 $((size / 3)) $((size / 2)) $((size - 20)) $((size - 1)); do
		cp ../whole $index && truncate -s $at $index && looks || { echo "cut at $at"; return 1; }
	done
'
test_expect_success 'bytes behind the end, zeros too' '
	head -c 500 /dev/urandom >>$index && looks && head -c 4096 /dev/zero >>$index && looks
'
test_expect_success 'the index of another clone' '
	git clone -q . ../t && cd ../t && git config jzbf.person anna && jzbf -q list >../out && cp $index ../other && jzbf index --drop && cd ../s &&
	cp ../other $index && looks "does not verify"
'
test_expect_success PYTHON 'a page of another index behind ours, with the right place in it' '
	cat >../graft.py <<-\PY &&
	import struct, sys
	def pages(data):
	    at, out = 64, []
	    while at + 24 <= len(data):
	        kind, = struct.unpack_from("<B", data, at + 4)
	        a, b = struct.unpack_from("<II", data, at + 8)
	        size = 24 + (112 if kind == 1 else 0) + a + b + 8
	        out.append(bytearray(data[at:at + size]))
	        at += size
	    return out
	ours, other = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read()
	page = pages(other)[-1]
	struct.pack_into("<Q", page, 16, len(pages(ours)))
	open(sys.argv[1], "ab").write(page)
	PY
	python3 ../graft.py $index ../other && looks "does not verify"
'
test_expect_success PYTHON 'pages in another order' '
	crash-writer . touch $(head -1 ../ids) >../out && crash-writer . touch $(head -1 ../ids) >../out && truth && cat >../swap.py <<-\PY &&
	import struct, sys
	exec(open("../graft.py").read().split("ours, other")[0])
	data = open(sys.argv[1], "rb").read()
	list = pages(data)
	for i in (-1, -2):
	    struct.pack_into("<Q", list[i], 16, len(list) + (-2 if i == -1 else -1))
	list[-1], list[-2] = list[-2], list[-1]
	open(sys.argv[1], "wb").write(data[:64] + b"".join(list))
	PY
	python3 ../swap.py $index && looks "does not verify"
'
test_expect_success 'an old index is no wrong one' '
	cp $index ../old && crash-writer . touch $(head -4 ../ids) >../out && truth && looks && cp ../old $index && looks
'
test_expect_success 'its key is gone, or is that of another' '
	cp $state/*-anna ../key && rm $state/*-anna && looks "its key is gone" && cp ../key $state/*-anna && looks "does not verify"
'
test_expect_success 'the key file is damaged' '
	truncate -s 30 $state/*-anna && looks "its key is gone"
'
test_expect_success 'a link, a pipe, a directory in its place: neither followed nor waited for' '
	echo precious >../precious && rm $index && ln -s ../../../../precious $index && jzbf list --format csv >../out 2>../err && test_cmp ../truth ../out &&
	echo precious | test_cmp - ../precious && rm -f $index && mkfifo $index && timeout 20 jzbf list --format csv >../out 2>../err && test_cmp ../truth ../out &&
	rm -f $index && mkdir $index && jzbf list --format csv >../out 2>../err && test_cmp ../truth ../out && rmdir $index && rm -f $state/* && looks
'
test_expect_success 'other fields, another version: made anew without a word' '
	jzbf list >../out && cp -r "$SRC/schemas" ../schemas && sed -i "s/^  - person.name$/  - person.name\n  - person.phone/" ../schemas/summary.yaml &&
	JZBF_SCHEMAS=$PWD/../schemas looks && JZBF_SCHEMAS=$PWD/../schemas jzbf list --where person.phone=1 2>../err; looks
'
test_expect_success 'a row that lies is found by index --check, and is gone then' '
	JZBF_INDEX=off crash-writer . touch LS-2026-0005 >../out && crash-writer . wrong-row LS-2026-0005 && jzbf list --format csv >../out && test_grep "0005,某某" ../out &&
	test_expect_code 1 jzbf index --check >../out 2>../err && test_grep "LS-2026-0005: its row is not" ../out && truth && looks
'
test_expect_success 'a row at the place of another record counts for nothing' '
	blob=$(git rev-parse HEAD:cases/2026/000/LS-2026-0005/case.yaml.gpg) && jzbf -q list >../out && git read-tree HEAD &&
	git update-index --cacheinfo 100644,$blob,cases/2026/000/LS-2026-0006/case.yaml.gpg &&
	commit_as anna "update LS-2026-0006" && git checkout -q . &&
	test_expect_code 5 jzbf list >../out 2>../err && git reset -q --hard HEAD~1 && looks
'
test_expect_success 'somebody who lost a role reads nothing by it' '
	gpg --armor --export ben@example.invalid >../ben.asc && jzbf access add ben --name ben --role custodian --key-file ../ben.asc >../out 2>&1 &&
	become ben && export JZBF_PERSON=ben && jzbf list --format csv >../out && test_cmp ../truth ../out && jzbf index >../out && test_grep "12 of 12 cases" ../out && cp .git/jzbf/index/ben-* ../bens && cp $state/*-ben ../bens.key &&
	become anna && JZBF_PERSON=anna jzbf access remove ben >../out 2>&1 && JZBF_PERSON=anna jzbf access add ben --name ben --role caseworker --key-file ../ben.asc >../out 2>&1; git log -2 --format=%s &&
	become ben && JZBF_INDEX=off test_expect_code 1 jzbf list --format csv >../without 2>../without.err && test_expect_code 1 jzbf list --format csv >../with 2>../with.err &&
	test_cmp ../without ../with && test_grep "do not hold the office role key any more" ../with.err && jzbf index >../out && test_grep "rows: *0 of 12" ../out &&
	cp ../bens .git/jzbf/index/ben-$(id -u) && cp ../bens.key $state/$(ls $state | grep -e "-ben$") && test_expect_code 1 jzbf list --format csv >../with 2>../with.err && test_cmp ../without ../with &&
	become anna && unset JZBF_PERSON && truth && looks
'
test_done

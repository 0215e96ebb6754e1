#!/bin/bash
# A stranger who can write the clone's directory, and shows its user another history there.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office' 'make_office'

# gone PATTERN: both commands say what happened.
gone() {
	test_expect_code 5 jzbf verify >"$W/out" 2>&1 && test_grep "$1" "$W/out" &&
	test_expect_code 5 jzbf list >"$W/list" 2>"$W/err" && test_empty "$W/list" && test_grep "$1" "$W/err"
}

# forge_graph COMMIT PARENT: git's file about the shape of the history says that COMMIT follows on PARENT,
# which begins it.
forge_graph() {
	local file=.git/objects/info/commit-graph
	git -c commitGraph.generationVersion=1 commit-graph write --reachable && chmod u+w $file && python3 -c '
import hashlib, struct, sys
path, child, parent = sys.argv[1:4]
data = bytearray(open(path, "rb").read())
chunks = dict(struct.unpack(">4sQ", data[8 + 12 * i:20 + 12 * i]) for i in range(data[6] + 1))
count = struct.unpack(">I", data[chunks[b"OIDF"] + 1020:chunks[b"OIDF"] + 1024])[0]
start = chunks[b"OIDL"]
ids = [data[start + 20 * i:start + 20 * i + 20].hex() for i in range(count)]
for one, before in (child, ids.index(parent)), (parent, 0x70000000):
    at = chunks[b"CDAT"] + 36 * ids.index(one) + 20
    data[at:at + 4] = struct.pack(">I", before)
data[-20:] = hashlib.sha1(bytes(data[:-20])).digest()
open(path, "wb").write(data)' $file "$1" "$2"
}
test_expect_success PYTHON 'the branch reset, and a forged commit-graph that puts what is gone behind it' '
	attack && new=$(git rev-parse HEAD) && old=$(git rev-parse HEAD~1) && forge_graph $old $new && git reset -q --hard $old && gone "an older state"
'
test_expect_success 'an older history elsewhere, to which .git points' '
	attack && cd .. && rm -rf old && git clone -q --bare base old && git -C old update-ref HEAD HEAD~2 && git -C old config core.bare false &&
	rm -rf x/.git && echo "gitdir: ../old" >x/.git && cd x && git reset -q --hard && gone "an older state" &&
	rm .git && ln -s ../old .git && gone "an older state" && git config core.worktree "$W/x" && gone "an older state"
'
test_expect_success 'another root, the same way, with a working tree of its own' '
	attack && cd .. && rm -rf fake && as mallory jzbf init fake --office LS --name 示例县司法局 --person anna --person-name anna 2>/dev/null &&
	rm -rf x/.git && echo "gitdir: ../fake/.git" >x/.git && cd x && gone "begins at another root" &&
	git config core.worktree "$W/fake" && gone "begins at another root"
'
test_expect_success 'an object exchanged under its id' '
	attack && for what in HEAD: HEAD; do
		id=$(git rev-parse $what) && other=$(git rev-parse ${what/HEAD/HEAD~1}) &&
		a=.git/objects/${id:0:2}/${id:2} b=.git/objects/${other:0:2}/${other:2} &&
		cp $a ../kept && chmod u+w $a && cp $b $a && test_expect_code 6 jzbf list 2>../err && test_grep "hash mismatch" ../err &&
		cp ../kept $a || return 1
	done
'
test_done

#!/bin/bash
# What gpg said of a key file is remembered, outside of the repository: it saves a gpg, and decides nothing.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
memory=$HOME/.local/state/jzbf/keys
real=$(command -v gpg)
mkdir "$SHORT/bin" && printf '#!/bin/sh\necho "$*" >>%s\nexec %s "$@"\n' "$SHORT/ran" "$real" >"$SHORT/bin/gpg" && chmod +x "$SHORT/bin/gpg"
# looks N COMMAND…: the command asks gpg so many times what key files hold.
looks() {
	local want=$1 got
	shift
	: >"$SHORT/ran" && PATH=$SHORT/bin:$PATH "$@" && got=$(grep -c -e --show-keys "$SHORT/ran")
	[ "$got" = "$want" ] || { echo "gpg looked $got times, not $want"; cat "$SHORT/ran"; return 1; }
}
edit() { jzbf -q intake 1 "person.phone=13$(date +%N)" >/dev/null; }
by() { JZBF_PERSON=$1 as "$@"; }
# upset SED: each memory is changed, by somebody who knows how they are made.
upset() {
	local file
	for file in "$memory"/*; do
		sed "/^sum /d; $1" "$file" >"$file.new" && printf 'sum %s\n' "$(sha256sum <"$file.new" | cut -d" " -f1)" >>"$file.new" && mv "$file.new" "$file" || return 1
	done
}

test_expect_success 'a store, and a case' '
	jzbf init s --office LS --name X --person anna --role custodian --role caseworker --person-name anna 2>/dev/null && cd s && git config jzbf.person anna &&
	crash-writer . new 1 >/dev/null && rm -rf $memory
'
test_expect_success 'the first edit looks at the keys, the second remembers' '
	looks 1 edit && looks 0 edit && test $(wc -l <$SHORT/ran) = 3 && test "$(stat -c %a $memory)" = 700 && test "$(stat -c %a $memory/* | sort -u)" = 600 &&
	test_grep "^key $fpr_anna " <(cat $memory/*) && git verify-commit HEAD && clean_after
'
test_expect_success 'what is torn, empty, too open or a link tells nothing' '
	for f in $memory/*; do head -c 100 $f >t && cat t >$f; done && looks 1 edit && looks 0 edit &&
	for f in $memory/*; do : >$f; done && looks 1 edit && looks 0 edit &&
	for f in $memory/*; do sed -i "s/^key \(.*\) [01] [01] /key \1 1 1 /" $f; done && looks 1 edit && looks 0 edit &&
	chmod g+w $memory/* && looks 1 edit && looks 0 edit &&
	for f in $memory/*; do mv $f ../$(basename $f) && ln -s $PWD/../$(basename $f) $f; done && looks 1 edit && looks 0 edit && rm -f t ../????????????????????????????????????????
'
test_expect_success 'nor does what is old, of a time to come, or of another file' '
	upset "s/^seen .*/seen $(($(date +%s) - 31 * 86400))/" && looks 1 edit && looks 0 edit &&
	upset "s/^seen .*/seen $(($(date +%s) + 1000))/" && looks 1 edit && looks 0 edit &&
	upset "s/^file ./file x/" && looks 1 edit && looks 0 edit && set -- $memory/* && cp $1 ../one && cp $2 $1 && cp ../one $2 && looks 1 edit && looks 0 edit
'
test_expect_success 'a memory that holds is believed: the test can change one' 'upset "s/^seen .*/seen $(($(date +%s) - 29 * 86400))/" && looks 0 edit'
test_expect_success 'once a subkey has ended, gpg is asked' 'upset "s/ 0$/ $(($(date +%s) - 1))/" && looks 1 edit && looks 0 edit'
test_expect_success 'nowhere to remember: gpg is asked each time' 'rm -rf $memory && : >$memory && looks 1 edit && looks 1 edit && rm $memory && looks 1 edit'
test_expect_success 'a lie that names other subkeys: what gpg made is not taken' '
	upset "s/^key \($fpr_anna\|[0-9A-F]*\) \([0-9A-F]*\) 1 1 0/key \1 0123456789ABCDEF 1 1 0/" && head=$(git rev-parse HEAD) &&
	{ looks 0 edit 2>../err; test $(git rev-parse HEAD) = $head; } && test_grep "exactly the recipients" ../err && rm -rf $memory && looks 1 edit
'
test_expect_success 'a lie that a revoked key is good: gpg refuses, and it is said why' '
	jzbf access add ben --name B --role caseworker --key-file $KEYS/ben.pub && jzbf -q intake 1 "assigned[+]=ben" >/dev/null && looks 0 edit &&
	ben=$(grep -l $fpr_ben $memory/*) && cp $ben ../ben &&
	echo y | gpg --homedir $SHORT/ben --no-tty --command-fd 0 --pinentry-mode loopback --gen-revoke $fpr_ben >../x 2>/dev/null <<-EOF &&
	y
	0

	y
	EOF
	mkdir -m 700 $SHORT/r && gpg --homedir $SHORT/r --batch -q --import $KEYS/ben.pub ../x && gpg --homedir $SHORT/r --armor --export $fpr_ben >keys/$fpr_ben.asc &&
	AS=anna commit_as anna keys -a && head=$(git rev-parse HEAD) && { looks 1 edit 2>../err; test_grep "of B .ben., ${fpr_ben:24}, has been revoked" ../err; } &&
	digest=$(sha256sum <keys/$fpr_ben.asc | cut -d" " -f1) && name=$(printf %s $digest | git hash-object --stdin) && test ! -e $memory/$name &&
	cp ../ben $memory/$name && upset "s/^file .*/&/" && sed -i "/^sum/d; s/^file .*/file $digest/" $memory/$name && printf "sum %s\n" $(sha256sum <$memory/$name | cut -d" " -f1) >>$memory/$name &&
	{ looks 1 edit 2>../err; test_grep "of B .ben., ${fpr_ben:24}, has been revoked" ../err; } && test $(git rev-parse HEAD) = $head
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

#!/bin/bash
# A sound history verifies; the first look pins its root; the second looks at nothing twice.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office' 'make_office'
test_expect_success 'an honest history verifies, with and without decrypting' '
	jzbf verify >../out && test_grep "8 commits, 3 revisions of records, 3 of them not decrypted" ../out &&
	test_grep "^verified" ../out && jzbf verify --full >../out && test_grep " 0 of them not decrypted" ../out
'
test_expect_success 'anybody can judge it, an auditor and somebody with no key too' '
	by eve jzbf verify >../out && test_grep "^verified" ../out && as mallory jzbf verify >../out &&
	test_grep "^verified" ../out && as mallory jzbf verify --full >../out && test_grep "3 of them not decrypted" ../out
'
test_expect_success '--since judges what came after' '
	jzbf verify --since HEAD~2 >../out && test_grep "^2 commits, 2 revisions" ../out
'
test_expect_success '--format json is what its schema says' '
	jzbf verify --format json >../out.json && test_grep "jzbf/verify/1" ../out.json &&
	jzbf check --schema "$SRC/schemas/output/verify.yaml" ../out.json
'
test_expect_success 'in Chinese' '
	in_chinese jzbf verify >../out && test_grep "核验通过" ../out
'
test_expect_success 'the first look at a clone pins its root and says so; the second is silent' '
	git clone -q . ../clone && cd ../clone && jzbf list 2>../err >/dev/null && test_grep "first look at this clone" ../err &&
	jzbf list 2>../err >/dev/null && test_grep -v "first look" ../err && cd ../base
'
test_expect_success 'trust shows root and key; --expect takes either, and nothing else' '
	root=$(git rev-list --max-parents=0 HEAD) && jzbf trust >../out && test_grep "$root" ../out &&
	test_grep "$fpr_anna" ../out && test_grep "HEAD is verified" ../out && jzbf trust --expect $root >../out &&
	jzbf trust --expect $fpr_anna >../out && test_expect_code 5 jzbf trust --expect $fpr_ben 2>../err &&
	test_grep "do not use it" ../err
'
test_expect_success '--expect pins a clone that was never looked at, or nothing' '
	git clone -q . ../second && cd ../second && test_expect_code 5 jzbf trust --expect $fpr_mallory 2>../err &&
	jzbf trust >../out && test_grep "not pinned" ../out && jzbf trust --expect $fpr_anna >../out &&
	test_grep "pinned" ../out && cd ../base
'
test_expect_success STRACE,!WRAPPED,!SANITIZED 'the second look starts no gpg to check anything' '
	strace -f -qq -e trace=execve -o ../trace jzbf log >/dev/null && test_grep -v "gpg.*--verify|gpg.*--import" ../trace &&
	git -C ../clone fetch -q && jzbf trust --forget >/dev/null &&
	strace -f -qq -e trace=execve -o ../trace jzbf log >/dev/null 2>&1 && test_grep "gpg.*--verify" ../trace
'
test_expect_success STRACE,!WRAPPED,!SANITIZED 'where nothing is decrypted it starts no gpg at all' '
	jzbf access list >/dev/null && strace -f -qq -e trace=execve -o ../trace jzbf access list >/dev/null && test_grep -v "gpg" ../trace
'
test_expect_success PYTHON,!WRAPPED 'the first look through another command shows how far it is, on a terminal' '
	mkdir -p "$SHORT/slow" && printf "#!/bin/sh\nsleep 0.4\nexec $(command -v gpg) \"\$@\"\n" >"$SHORT/slow/gpg" && chmod +x "$SHORT/slow/gpg" && jzbf trust --forget >/dev/null &&
	PATH="$SHORT/slow:$PATH" python3 -c "
import os, pty, sys
def read(fd):
    data = os.read(fd, 4096)
    out.write(data)
    return data
out = open(\"../screen\", \"wb\")
pty.spawn([\"jzbf\", \"access\", \"list\"], read)" >/dev/null && test_grep "judging commits  [0-9]*/[0-9]*" ../screen
'
test_expect_success 'an own commit is trusted at once, and a pulled one judged' '
	touched ben LS-2026-0002 && jzbf trust >../out && test_grep "HEAD is verified" ../out &&
	cd ../clone && git pull -q && jzbf trust >../out && test_grep "not verified yet" ../out && jzbf list >/dev/null &&
	jzbf trust >../out && test_grep "HEAD is verified" ../out && cd ../base
'
test_expect_success 'a key that is revoked later leaves what it signed before' '
	attack && mkdir -m 700 "$SHORT/r" && gpg --homedir "$SHORT/r" --batch -q --import "$KEYS/ben.sec" &&
	printf "y\n0\n\ny\n" | gpg --homedir "$SHORT/r" --no-tty --command-fd 0 --yes -o ../rev --gen-revoke $fpr_ben &&
	gpg --homedir "$SHORT/r" --batch -q --import ../rev && gpg --homedir "$SHORT/r" --armor --export $fpr_ben >keys/$fpr_ben.asc &&
	commit_as anna "access add" -a && jzbf verify >../out && test_grep "^verified" ../out
'
test_expect_success 'but nothing that it signs from then on' '
	text $one 3 | seal ../c $office keys/$fpr_ben.asc 2>/dev/null; cp ../c $one 2>/dev/null;
	commit_as ben "$(says LS-2026-0001 3)" -a --allow-empty && refused key "was revoked then"
'
test_expect_success 'the memory of ciphertexts is a cache: the same findings with, without, and with a damaged one' '
	attack && for i in $(seq 70); do commit_as anna update --allow-empty || return 1; done && jzbf verify >/dev/null && f=$(ls -t "$HOME"/.local/state/jzbf/trust/*.seen | head -1) && test_line_count -gt 4 $f &&
	git show $(git log --format=%H -- $one | tail -1):$one >$one && git add -A && commit_as ben "$(says LS-2026-0001 3)" && for how in ":" "sed -i 2d $f" "echo junk >$f" "rm $f"; do
		eval "$how" && test_expect_code 5 jzbf verify --since HEAD~1 >../out && test_grep "an old ciphertext of the record" ../out || return 1
	done
'
test_done

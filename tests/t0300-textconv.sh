#!/bin/bash
# textconv prints one whole decrypted record, or nothing and exit 4.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX) # others use the usual place at the same time
seal() { gpg --batch --quiet -r "$fpr_anna" "$@" -e; }
# refused FILE [WORD]: exit 4, nothing printed, the reason said.
refused() {
	test_expect_code 4 jzbf textconv "$1" >out 2>err &&
	test_empty out && test_grep "${2:-.}" err
}

printf 'format: x\r\nname: 测试甲\n\0no newline' >plain
seal <plain >good.gpg

test_expect_success 'a record comes out byte by byte, outside any store' '
	jzbf textconv good.gpg >out 2>err && test_cmp plain out && test_empty err &&
	jzbf textconv - <good.gpg >out && test_cmp plain out
'
test_expect_success 'a file that is not there is no matter of keys' '
	test_expect_code 6 jzbf textconv nothing.gpg
'
test_expect_success 'cut off anywhere it is refused' '
	size=$(stat -c %s good.gpg) &&
	for len in 0 1 10 50 93 94 95 96 110 $((size - 30)) $((size - 22)) $((size - 2)) $((size - 1)); do
		head -c $len good.gpg >cut.gpg && refused cut.gpg || return 1
	done
'
test_expect_success 'with any bit flipped it is refused' '
	size=$(stat -c %s good.gpg) &&
	for at in 0 1 5 20 60 90 94 95 96 97 100 115 $((size - 21)) $((size - 10)) $((size - 1)); do
		perl -e "local \$/; \$_ = <STDIN>; substr(\$_, $at, 1) ^= chr(4); print" <good.gpg >flip.gpg &&
		refused flip.gpg || { echo "at $at"; return 1; }
	done
'
test_expect_success 'not encrypted at all' '
	refused plain "not an OpenPGP" &&
	gpg --batch -s <plain >signed.gpg && refused signed.gpg "not encrypted" &&
	gpg --batch --store <plain >literal.gpg && refused literal.gpg "not encrypted"
'
test_expect_success 'armored' 'seal -a <plain >armor.gpg && refused armor.gpg "not an OpenPGP"'
test_expect_success 'without integrity protection, as an old program makes it' '
	seal --rfc2440 --cipher-algo 3DES <plain >sed.gpg 2>/dev/null &&
	gpg --batch --list-packets sed.gpg 2>/dev/null | grep "mdc_method: 2" && return 1
	refused sed.gpg "no integrity protection"
'
test_expect_success 'stripped of it' '
	perl -e "local \$/; \$_ = <STDIN>; my \$n = 2 + ord(substr(\$_, 1, 1)); my \$b = substr(\$_, \$n);
		my \$h = ord(substr(\$b, 1, 1)) < 192 ? 2 : 3; my \$body = substr(\$b, \$h + 1, -22);
		print substr(\$_, 0, \$n), chr(0xc9), chr(0xff), pack(\"N\", length \$body), \$body" <good.gpg >stripped.gpg &&
	refused stripped.gpg "no integrity protection" &&
	echo ignore-mdc-error >>$GNUPGHOME/gpg.conf && refused stripped.gpg "no integrity protection" &&
	sed -i /ignore-mdc-error/d $GNUPGHOME/gpg.conf
'
test_expect_success 'to somebody else' '
	gpg --batch -q -r $fpr_ben -e <plain >ben.gpg && refused ben.gpg "not encrypted to any key" &&
	as ben jzbf textconv ben.gpg >out && test_cmp plain out
'
test_expect_success 'to a passphrase, or to nobody by name' '
	gpg --batch -q --pinentry-mode loopback --passphrase x -r $fpr_anna -c -e <plain >both.gpg &&
	refused both.gpg "passphrase" &&
	seal --throw-keyids <plain >hidden.gpg && refused hidden.gpg "hides its recipients"
'
test_expect_success 'junk, a newline or a message behind it' '
	(cat good.gpg; echo) >junk.gpg && refused junk.gpg "behind" &&
	cat good.gpg good.gpg >twice.gpg && refused twice.gpg "behind" &&
	(cat good.gpg; gpg --batch --store <plain) >more.gpg && refused more.gpg "behind"
'
test_expect_success 'two documents inside one message' '
	(gpg --batch -z 0 --store <plain; gpg --batch -z 0 --store <plain) | seal --no-literal -z 0 >two.gpg &&
	refused two.gpg
'
test_expect_success 'no document, or an empty one' '
	seal </dev/null >empty.gpg && refused empty.gpg "empty" &&
	seal --no-literal -z 0 </dev/null >void.gpg && refused void.gpg
'
test_expect_success 'binary inside: a role secret does not get to the terminal' '
	gpg --batch --export-secret-keys $fpr_anna | seal >secret.gpg && refused secret.gpg "no text"
'
test_expect_success 'a compression bomb stops at the limit, in little time and memory' '
	head -c 60M /dev/zero | seal >bomb.gpg &&
	test $(stat -c %s bomb.gpg) -lt 200000 &&
	((test_have_prereq SANITIZED || ulimit -v 600000) && timeout 5 jzbf textconv bomb.gpg >out 2>err; test $? = 4) &&
	test_empty out && test_grep "more than 8388608" err
'
test_expect_success 'just under the limit is fine' '
	head -c 8388608 /dev/zero | tr "\0" y >big && seal <big >big.gpg && jzbf textconv big.gpg >out &&
	cmp big out && (cat big; echo) | seal >bigger.gpg && refused bigger.gpg "more than"
'
test_expect_success 'no message says what is inside' '! grep -e 测试甲 -e "no newline" err'

test_expect_success 'inside a store the role key opens it, as git asks for it' '
	make_store s anna && office=$(sed -n "s/  office: //p" s/access.yaml) &&
	gpg --import s/keys/$office.asc 2>/dev/null &&
	mkdir -p s/cases/2026/000/LS-2026-0001 &&
	one=cases/2026/000/LS-2026-0001/case.yaml.gpg &&
	gpg --batch -q -r $office -e <plain >s/$one &&
	refused s/$one "not encrypted to any key" &&
	(cd s && jzbf textconv $one) >out && test_cmp plain out &&
	cp s/$one away.gpg && (cd s && jzbf textconv ../away.gpg) >out && test_cmp plain out &&
	jzbf -C s textconv away.gpg >out && test_cmp plain out
'
test_expect_success 'git log -p shows differences between records' '
	cd s && jzbf doctor --mend >../doctor; sed -i "s/\\\\0//" ../plain &&
	printf "a: 1\nb: 2\n" | gpg --batch -q -r $office -e >$one && git add . && git commit -q -m one &&
	printf "a: 1\nb: 3\n" | gpg --batch -q -r $office -e >$one && git commit -q -a -m two &&
	git log -1 -p --format= >../out && test_grep "^-b: 2" ../out && test_grep "^[+]b: 3" ../out &&
	! git for-each-ref | grep notes && cd ..
'
test_expect_success 'git log -p never shows a role secret' '
	echo "keys/*.sec.gpg -diff -merge -text" >>s/.gitattributes &&
	(cd s && git log -p --format= -- keys/office.sec.gpg) >out && test_grep "^Binary files" out
'
test_expect_success 'a merge of two sides of a record is a conflict, never a text merge' '
	cd s && git checkout -q -b side HEAD^ && printf "a: 7\nb: 2\n" | gpg --batch -q -r $office -e >$one &&
	git commit -q -a -m side && cp $one ../ours && test_must_fail git merge main >../out 2>&1 &&
	test_grep "CONFLICT" ../out && test_grep "states no format" ../out && cmp $one ../ours && cd ..
'
test_expect_success 'nothing is left behind' '
	rmdir "$JZBF_TMPFS"
'
test_done

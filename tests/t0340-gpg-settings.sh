#!/bin/bash
# The user's own gpg settings decide nothing about who can read, and a key file in the store is what its
# name says.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
recipients() { gpg --batch --no-options --list-packets "$1" 2>/dev/null | sed -n 's/.*pubkey enc packet.*keyid //p' | sort; }
wanted() {
	for file in keys/$fpr_anna.asc keys/$(sed -n 's/  office: "\?\([0-9A-F]*\)"\?$/\1/p' access.yaml).asc; do
		gpg --batch --no-options --with-colons --show-keys $file | awk -F: '$1 == "sub" { print $5 }'
	done | sort
}
cp $GNUPGHOME/gpg.conf conf

test_expect_success 'a store' 'jzbf init s --office LS --name X --person anna && cd s'
test_expect_success 'settings that add or hide recipients' '
	printf "%s\n" "encrypt-to $fpr_ben" "default-recipient $fpr_ben" throw-keyids "hidden-encrypt-to $fpr_ben" \
		"group $fpr_anna=$fpr_ben" armor "comment 测试乙" always-trust "compress-level 0" >>$GNUPGHOME/gpg.conf &&
	crash-writer . new 1 && file=$(git ls-files cases | head -1) && recipients $file >../got && wanted >../want &&
	test_cmp ../want ../got && test_line_count = 2 ../got && git verify-commit HEAD && clean_after &&
	jzbf textconv $file >../out && test_grep "^id: LS-2026-0001" ../out
'
test_expect_success 'role secrets are as exact' '
	recipients keys/office.sec.gpg >../got && test_line_count = 1 ../got
'
test_expect_success 'a second signer slipped in: exactly our own signature, or no commit' '
	cp ../conf $GNUPGHOME/gpg.conf && gpg --batch --import $KEYS/ben.sec 2>/dev/null &&
	echo "local-user $fpr_ben" >>$GNUPGHOME/gpg.conf && head=$(git rev-parse HEAD) &&
	if crash-writer . new 1 >../out 2>../err; then
		git verify-commit --raw HEAD 2>&1 | grep "VALIDSIG" >../sigs && test_line_count = 1 ../sigs && test_grep $fpr_anna ../sigs
	else
		test $(git rev-parse HEAD) = $head && test_grep "one signature" ../err
	fi && cp ../conf $GNUPGHOME/gpg.conf && clean_after
'
test_expect_success 'a key file that holds somebody else: nobody is encrypted to' '
	cp keys/$fpr_anna.asc ../keep && cp $KEYS/ben.pub keys/$fpr_anna.asc && git commit -q -am swapped && head=$(git rev-parse HEAD) &&
	WRITER_UNVERIFIED=1 test_expect_code 4 crash-writer . new 1 2>../err; test $(git rev-parse HEAD) = $head && test_grep "another key" ../err &&
	cat ../keep $KEYS/ben.pub >keys/$fpr_anna.asc && git commit -q -am both && head=$(git rev-parse HEAD) &&
	WRITER_UNVERIFIED=1 test_expect_code 4 crash-writer . new 1 2>../err; test $(git rev-parse HEAD) = $head && test_grep "another key" ../err &&
	cp ../keep keys/$fpr_anna.asc && git commit -q -am back && JZBF_PERSON=anna WRITER_UNVERIFIED=1 crash-writer . new 1
'
test_expect_success 'a key file that is gone: refused by name' '
	git rm -q keys/$fpr_anna.asc && git commit -q -m gone && head=$(git rev-parse HEAD) &&
	test_expect_code 4 env JZBF_PERSON=anna WRITER_UNVERIFIED=1 crash-writer . new 1 2>../err; test $(git rev-parse HEAD) = $head &&
	test_grep "no public key of anna \(anna\), $(echo $fpr_anna | cut -c25-)" ../err && clean_after
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done

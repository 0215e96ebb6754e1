#!/bin/bash
# A package of evidence: made without any key of a case, checked without the store, by jzbf and by hand.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office, and an auditor who makes a package of all of it' '
	make_office && by eve jzbf bundle -o ../all.tar >../out && test_grep "commits:  8, findings 0" ../out && test_grep "maker:    eve, key $fpr_eve" ../out &&
	test_grep "$(git rev-list --max-parents=0 HEAD)" ../out && test ! -e ../all.tar.part
'
unpack() { rm -rf "$W/u" && mkdir "$W/u" && tar -C "$W/u" -xf "$1"; }
test_expect_success 'it is checked where there is neither store nor keyring' '
	(cd / && as mallory jzbf bundle verify "$W/all.tar") >../out 2>../err && test_grep "findings 0" ../out && test_grep "compare root and key" ../err &&
	jzbf bundle verify ../all.tar --expect $fpr_anna >../out 2>../err && test_empty ../err && test_expect_code 5 jzbf bundle verify ../all.tar --expect $fpr_ben 2>../err
'
test_expect_success 'each line says who, when, and who can read it' '
	unpack ../all.tar && test_line_count = 8 ../u/jzbf-bundle/commits.ndjson && jzbf check --schema "$SRC/schemas/output/bundle.yaml" ../u/jzbf-bundle/manifest.json &&
	while read -r line; do printf "%s" "$line" >../line.json && jzbf -q check --schema "$SRC/schemas/output/bundle-commit.yaml" ../line.json || return 1; done <../u/jzbf-bundle/commits.ndjson &&
	tail -1 ../u/jzbf-bundle/commits.ndjson >../line.json && test_grep "\"signer\": ?\"ben\"" ../line.json && test_grep "office [0-9A-F]{16}\", ?\"|\"ben [0-9A-F]{16}\"" ../line.json &&
	test_grep "$(sha256sum <$one | cut -d" " -f1)" ../line.json && test_grep "\"id\": ?\"LS-2026-0001\"" ../line.json
'
test_expect_success 'no case content, no ciphertext; names of the staff, and it says so' '
	! grep -r 测试甲 ../u && ! find ../u -name "*.blob" -exec grep -l "^.\{0,4\}\x84" {} + | xargs -r -n1 gpg --batch --list-packets 2>/dev/null | grep "encrypted data" &&
	! ls ../u/jzbf-bundle/objects | grep -F "$(git rev-parse HEAD:$one)" && grep -q "name: ben" ../u/jzbf-bundle/access-to.yaml && grep -q "names of staff" ../u/jzbf-bundle/README.txt
'
test_expect_success 'the same commits and maker, the same bytes, but for the signature' '
	next_second && git clone -q . ../c && (cd ../c && jzbf trust --expect $fpr_anna >/dev/null && JZBF_PERSON=eve as eve in_chinese jzbf bundle -o ../again.tar >/dev/null) &&
	unpack ../all.tar && mv ../u ../u1 && unpack ../again.tar && rm ../u/*/SHA256SUMS.asc ../u1/*/SHA256SUMS.asc && diff -r ../u ../u1
'
test_expect_success 'a part of the history; with ciphertext' '
	by eve jzbf bundle --from HEAD~2 --to HEAD~1 -o ../part.tar >../out && test_grep "commits:  1," ../out && jzbf bundle verify ../part.tar >../out2 && test_cmp ../out ../out2 &&
	unpack ../part.tar && test -e ../u/jzbf-bundle/access-from.yaml && by eve jzbf bundle --from HEAD~2 --with-ciphertext -o ../cipher.tar >../out && jzbf bundle verify ../cipher.tar >../out2 && test_cmp ../out ../out2 &&
	tar -tf ../cipher.tar | grep -F "$(git rev-parse HEAD:$one).blob"
'
test_expect_success 'the steps of its README, which are those of the manual, taken literally' '
	unpack ../all.tar && sed -n "/^export GNUPGHOME/,/^\$/p" ../u/jzbf-bundle/README.txt >../steps && test_line_count -gt 8 ../steps &&
	for page in man/jzbf-bundle.1.inc man/zh_CN/jzbf-bundle.1.inc; do sed -n "/^export GNUPGHOME/,/^\.Ed/p" "$SRC/$page" | sed "s/^\.Ed//" | test_cmp ../steps - || return 1; done &&
	(cd ../u/jzbf-bundle && TMPDIR=$SHORT sh ../../steps) >../o 2>&1 && test_grep -v WRONG ../o && test $(grep -c "Good signature" ../o) = 9
'
test_expect_success 'and the steps see a file that was changed, and a forged signature' '
	unpack ../all.tar && cd ../u/jzbf-bundle && f=$(ls objects/*.tree | head -1) && printf x >>$f && c=objects/$(git -C "$W/base" rev-parse HEAD).commit && sed -i s/^author\ ben/author\ eve/ $c &&
	TMPDIR=$SHORT sh ../../steps >../../o 2>&1; cd "$W/base" && test_grep "WRONG objects/.*tree" ../o && test_grep "WRONG signature of $(git rev-parse HEAD)" ../o
'
# changed COMMAND: unpacks, changes, makes sums and signature anew as eve, who made it and has her own key.
changed() {
	unpack "$W/all.tar" && (cd "$W/u/jzbf-bundle" && eval "$1" && tar -tf "$W/all.tar" | sed "s,^jzbf-bundle/,," | grep -v ^SHA256 >"$W/names" && sha256sum $(cat "$W/names") >SHA256SUMS &&
	as eve gpg --batch --yes -q -u $fpr_eve --armor -b -o SHA256SUMS.asc SHA256SUMS) &&
	tar -C "$W/u" --format=ustar --owner=0 --group=0 -cf "$W/bad.tar" $(sed "s,^,jzbf-bundle/," "$W/names") jzbf-bundle/SHA256SUMS jzbf-bundle/SHA256SUMS.asc
}
found() { test_expect_code "$1" jzbf bundle verify "$W/bad.tar" >"$W/out" 2>"$W/err" && test_grep "$2" "$W/err"; }
test_expect_success 'made anew without a change it is sound: the tests below show what is wrong with theirs' 'changed : && jzbf bundle verify ../bad.tar'
test_expect_success 'the maker lies: another signer, another recipient, another verdict, a commit left out, other counts' '
	changed "sed -i s/\\\"signer\\\":\ *\\\"ben\\\"/\\\"signer\\\":\\\"anna\\\"/ commits.ndjson" && found 5 "commits.ndjson" &&
	changed "sed -i \\\$d commits.ndjson" && found 5 "commits.ndjson" && changed "head -c 1 /dev/zero >>commits.ndjson; echo more >>commits.ndjson" && found 5 "commits.ndjson" &&
	changed "sed -i s/\\\"true\\\":\ *true/\\\"true\\\":false/ commits.ndjson" && found 5 "commits.ndjson" &&
	changed "sed -i s/\\\"commits\\\":\ 8/\\\"commits\\\":\ 7/ manifest.json" && found 5 "manifest.json" && changed "sed -i s/caseworker/custodian/ access-to.yaml" && found 5 "access-to.yaml" &&
	changed "cp keys/$fpr_ben.asc keys/$fpr_eve.asc" && found 5 "keys/"
'
test_expect_success 'somebody else lies: sums, signature, objects' '
	cp ../all.tar ../bad.tar && python3 -c "b = bytearray(open(\"../bad.tar\", \"rb\").read()); b[700] ^= 1; open(\"../bad.tar\", \"wb\").write(b)" && test_expect_code 5 jzbf bundle verify ../bad.tar 2>../err &&
	changed : && (cd ../u/jzbf-bundle && as mallory gpg --batch --yes -q -u $fpr_mallory --armor -b -o SHA256SUMS.asc SHA256SUMS) && tar -C ../u --format=ustar -cf ../bad.tar $(sed "s,^,jzbf-bundle/," ../names) jzbf-bundle/SHA256SUMS jzbf-bundle/SHA256SUMS.asc && found 5 "not signed by .eve." &&
	changed "f=\$(ls objects/*.tree | head -1); printf x >>\$f" && found 5 "objects/.*tree.*not what it says"
'
test_expect_success 'no package at all, a cut one, one with more in it' '
	test_expect_code 3 jzbf bundle verify access.yaml && head -c 20000 ../all.tar >../bad.tar && found 3 "cut off" && echo x >../u/jzbf-bundle/more && tar -C ../u --format=ustar -cf ../bad.tar jzbf-bundle/more && found 3 "does not belong" &&
	test_expect_code 6 jzbf bundle verify /nowhere
'
test_expect_success 'a history that does not verify is packed with its findings, and says so by its status' '
	attack && text $one 3 >../p && cp ../p $one && git add -A && commit_as ben "$(says LS-2026-0001 3)" && test_expect_code 5 by eve jzbf bundle -o ../flawed.tar >../out 2>../err && test_grep "findings 1" ../out &&
	test_grep "^$(git rev-parse --short=10 HEAD) $one .ciphertext." ../out && test_grep "tar -xOf ../flawed.tar jzbf-bundle/commits.ndjson" ../err && tar -xOf ../flawed.tar jzbf-bundle/commits.ndjson | grep -q "\"rule\":" &&
	test_expect_code 5 jzbf bundle verify ../flawed.tar >../out2 && test_cmp ../out ../out2 && unpack ../flawed.tar && test_grep "\"rule\": ?\"ciphertext\"" ../u/jzbf-bundle/commits.ndjson
'
test_expect_success 'the same for scripts, made and checked' '
	test_expect_code 5 by eve jzbf bundle --format json -o ../flawed2.tar >../out.json 2>../err && jzbf -q check --schema "$SRC/schemas/output/bundle-facts.yaml" ../out.json && test_grep "\"rule\": \"ciphertext\"" ../out.json && test_grep "\"path\": \"$one\"" ../out.json &&
	test_expect_code 5 jzbf bundle verify --format json ../flawed2.tar >../out2 2>../err && test_cmp ../out.json ../out2 && jzbf bundle verify --format json ../all.tar >../out 2>../err && test_grep "\"findings\": \[\]" ../out && jzbf -q check --schema "$SRC/schemas/output/bundle-facts.yaml" ../out
'
test_expect_success 'merges, an unsigned commit and a stranger'\''s are packed as they are' '
	attack && git clone -q . ../m && touched ben LS-2026-0001 && (cd ../m && git config jzbf.person ben && jzbf -q list >/dev/null 2>&1 && touched ben LS-2026-0002) && git fetch -q ../m main && git merge -q --no-commit FETCH_HEAD && commit_as ben "merge" &&
	by eve jzbf bundle --from HEAD~1 -o ../m.tar >../out && test_grep "findings 0" ../out && jzbf bundle verify ../m.tar >../out2 && test_cmp ../out ../out2 && by eve jzbf bundle -o ../m.tar >../out && jzbf bundle verify ../m.tar >../out2 && test_cmp ../out ../out2 &&
	git commit -q --allow-empty -m "update" && test_expect_code 5 by eve jzbf bundle --from HEAD~1 -o ../m.tar >../out && test_expect_code 5 jzbf bundle verify ../m.tar >../out2 && test_cmp ../out ../out2
'
# resigned NAME [GPG-OPTION…]: the package in u, with sums signed by this key as it stands in the manifest.
resigned() {
	local name=$1 fpr
	eval "fpr=\$fpr_$name"
	shift
	(cd "$W/u/jzbf-bundle" && sed -i "s/\"maker_key\": *\"[0-9A-F]*\"/\"maker_key\": \"$fpr\"/" manifest.json && sha256sum $(cat "$W/names") >SHA256SUMS && as "$name" gpg --batch --yes -q "$@" -u $fpr --armor -b -o SHA256SUMS.asc SHA256SUMS) &&
	tar -C "$W/u" --format=ustar --owner=0 --group=0 -cf "$W/bad.tar" $(sed "s,^,jzbf-bundle/," "$W/names") jzbf-bundle/SHA256SUMS jzbf-bundle/SHA256SUMS.asc
}
made() { unpack "$1" && tar -tf "$1" | sed "s,^jzbf-bundle/,," | grep -v ^SHA256 >"$W/names"; }
test_expect_success 'the key must have been in force when it signed, and its owner held a role' '
	attack && jzbf access add eve --key-file "$KEYS/mallory.pub" >/dev/null && (export JZBF_PERSON=eve && as mallory jzbf bundle -o ../new.tar) >../out && test_grep "maker:    eve, key $fpr_mallory" ../out && jzbf bundle verify ../new.tar >../out &&
	made "$W/new.tar" && resigned mallory && jzbf bundle verify ../bad.tar >../out && resigned eve && found 5 "key ${fpr_eve:24} of .eve., which access.yaml had not in force on" && test_empty ../out &&
	in_chinese test_expect_code 5 jzbf bundle verify ../bad.tar 2>../err && test_grep "未启用" ../err
'
test_expect_success 'nor is it signed before what it holds was made' '
	attack && GIT_COMMITTER_DATE=$(date -d "+2 hours" +%s) commit_as ben "later" --allow-empty && test_expect_code 5 by eve jzbf bundle -o ../bad.tar >../out && test_grep " .time." ../out && found 5 "signed before its last commit"
'
test_expect_success 'wrong use' '
	cd ../base && test_expect_code 2 by eve jzbf bundle 2>../err && test_expect_code 1 by eve jzbf bundle --from HEAD --to HEAD~1 -o ../x.tar 2>../err && test_expect_code 4 by mallory jzbf bundle -o ../x.tar 2>../err && test ! -e ../x.tar
'
test_expect_success 'in Chinese' 'in_chinese jzbf bundle verify ../all.tar >../out && test_grep "制作人" ../out'
test_done

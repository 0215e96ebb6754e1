#!/bin/bash
# Commits by those who may not make them, in plain git.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office' 'make_office'

forge() { text $one 3 | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && git add -A; } # an honest record
test_expect_success 'an honest change by hand is let through: the tests below show what is wrong with theirs' '
	attack && forge && commit_as ben "$(says LS-2026-0001 3)" && jzbf verify --full >../out && test_grep "^verified" ../out
'
test_expect_success 'a record forged with public keys alone, by a stranger' '
	attack && forge && GNUPGHOME=$SHORT/mallory GIT_AUTHOR_NAME=ben GIT_AUTHOR_EMAIL=ben@ls.jzbf.invalid \
		GIT_COMMITTER_NAME=ben GIT_COMMITTER_EMAIL=ben@ls.jzbf.invalid \
		git -c user.signingkey=$fpr_mallory commit -q -S -m "$(says LS-2026-0001 3)" && refused signature "signed by a stranger"
'
test_expect_success 'not signed' '
	attack && forge && commit_as ben "$(says LS-2026-0001 3)" --no-gpg-sign && refused signature "not signed"
'
test_expect_success 'the signature of another commit' '
	attack && git cat-file commit HEAD | sed "s/^committer ben/committer Ben/" >../raw &&
	git update-ref HEAD $(git hash-object -t commit -w ../raw) && git reset -q --hard &&
	test_expect_code 5 jzbf verify >../out && test_grep "signature is bad" ../out
'
test_expect_success 'author spoofed' '
	attack && forge && commit_as ben "$(says LS-2026-0001 3)" --author "anna <anna@ls.jzbf.invalid>" &&
	refused identity "signed by .ben. in another name"
'
test_expect_success 'an auditor changes a record' '
	attack && forge && commit_as eve "$(says LS-2026-0001 3)" && refused role "eve. held no role"
'
test_expect_success 'a caseworker writes a psychological file' '
	attack && p=${one%case*}psych.yaml.gpg && echo x | seal $p keys/$(sed -n "s/^ *clinical: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml).asc &&
	git add -A && commit_as ben "$(says LS-2026-0001 1 psych)" && refused role "ben. held no role"
'
test_expect_success 'a caseworker makes himself a custodian, and acts as one in the same breath' '
	attack && sed -i "/^ *- id: ben/,/^ *keys:/s/role: caseworker/role: custodian/" access.yaml && test -n "$(git status --porcelain)" &&
	commit_as ben "access add" -a && refused role "access.yaml.*ben. held no role"
'
test_expect_success 'a person whose roles ended yesterday' '
	attack && jzbf access remove ben >/dev/null 2>&1 && forge && commit_as ben "$(says LS-2026-0001 $(($(git log --format=%B | grep -c "LS-2026-0001 [0-9]") + 1)))" &&
	refused signer "ben., who held no role"
'
test_expect_success 'and who dates the commit back to when they held' '
	attack && jzbf access remove ben >/dev/null 2>&1 && forge && GIT_COMMITTER_DATE="$(($(date +%s) - 172800)) +0800" commit_as ben "$(says LS-2026-0001 3)" &&
	refused time "dated before the commit" && test_grep "signature was made at another time" ../out
'
test_expect_success 'an expired key, whose owner made it last longer in their own keyring alone' '
	attack && mkdir -m 700 "$SHORT/fay" && gpg --homedir "$SHORT/fay" --batch -q --faked-system-time 20200101T000000 --passphrase "" \
		--quick-generate-key "fay <fay@example.invalid>" future-default default 1y 2>/dev/null &&
	fpr_fay=$(gpg --homedir "$SHORT/fay" --with-colons -k 2>/dev/null | awk -F: "\$1 == \"fpr\" { print \$10; exit }") &&
	gpg --homedir "$SHORT/fay" --armor --export >keys/$fpr_fay.asc 2>/dev/null && cp "$SHORT/ben/gpg.conf" "$SHORT/fay" &&
	sed -i "/^ *- id: ben/s/^/  - id: fay\n    name: fay\n    roles: [{role: caseworker, from: 2020-01-01}]\n    keys: [{fingerprint: $fpr_fay, from: 2020-01-01}]\n/" access.yaml &&
	git add -A && commit_as anna "access add" && jzbf verify >../out &&
	as fay gpg --batch -q --quick-set-expire $fpr_fay 0 && as fay gpg --batch -q --quick-set-expire $fpr_fay 0 "*" && forge &&
	commit_as fay "$(says LS-2026-0001 3)" && refused key "after it had expired"
'
test_expect_success 'a custodian replaces a public key file by another key' '
	attack && cp "$KEYS/mallory.pub" keys/$fpr_ben.asc && commit_as dora "access add" -a && refused key-file "keys/$fpr_ben.asc: the file does not hold"
'
test_expect_success 'a caseworker puts a file beside the records' '
	attack && echo names >notes.txt && git add -A && commit_as ben "update" && refused path "notes.txt: nothing of a store"
'
test_done

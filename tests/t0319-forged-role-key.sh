#!/bin/bash
# A custodian, or somebody who stole one's key, plays with the role keys by plain git and gpg: verify
# says so.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

role_key() { sed -n "s/^  $1: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml; }
# found RULE PATTERN [OPTION]: verify finds it.
found() { test_expect_code 5 by dora jzbf verify $3 >"$W/out" 2>&1 && test_grep "$2.*\[$1\]" "$W/out" || { cat "$W/out"; return 1; }; }
swap() { sed -i "s/$1/$2/" access.yaml; } # a fingerprint for another

test_expect_success 'an office whose office key was replaced once, and a key to put in its place' '
	make_office && old=$(role_key office) && jzbf access rotate office >/dev/null 2>&1 && now=$(role_key office) && test $now != $old &&
	by dora jzbf verify --full >"$W/out" && test_grep "^verified" "$W/out" && fake=$fpr_mallory
'
test_expect_success 'an honest replacement is no finding' '
	attack && jzbf access rotate office >/dev/null 2>&1 && by dora jzbf verify --full >"$W/out" && test_grep "^verified" "$W/out"
'
test_expect_success 'another role key, and the old one not retired' '
	attack && swap $now $fake && cp "$KEYS/mallory.pub" keys/$fake.asc && gpg --dearmor <"$KEYS/mallory.sec" >../m && seal keys/office.sec.gpg keys/$fpr_anna.asc keys/$fpr_dora.asc <../m &&
	git add -A && commit_as anna access && found role-key "was replaced and is not named as retired"
'
test_expect_success 'the same, retired, but without its secret half' '
	attack && jzbf access rotate office >/dev/null 2>&1; git show HEAD~1:keys/office.sec.gpg >../s 2>/dev/null; role=$(git log --format=%H --grep="rotate office key" -1) &&
	git reset -q --hard $role && git show HEAD~1:keys/office.sec.gpg >keys/office.sec.gpg && git add -A &&
	GNUPGHOME=$SHORT/anna git -c user.signingkey=$fpr_anna commit -q --amend --no-edit -S && found role-key "secret half was not handed"
'
test_expect_success 'a role secret with something else in it: a holder sees it' '
	attack && echo nothing | seal keys/office.sec.gpg keys/$fpr_anna.asc keys/$fpr_dora.asc && git add -A && commit_as anna access &&
	jzbf verify >"$W/out" && found role-key "office.sec.gpg" --full
'
test_expect_success 'a role secret without the retired half' '
	attack && by dora gpg -q -d keys/office.sec.gpg 2>/dev/null | gpg --homedir "$SHORT/mallory" --batch -q --import 2>/dev/null;
	gpg --homedir "$SHORT/mallory" --batch --export-secret-keys $now | seal keys/office.sec.gpg keys/$fpr_anna.asc keys/$fpr_dora.asc && git add -A && commit_as anna access &&
	found role-key "does not hold the secret half of role key ${old:24}" --full
'
test_expect_success 'a retired key that is named no more' '
	attack && sed -i "/^retired_role_keys:/,\$d" access.yaml && commit_as anna access -a && found role-key "${old:24} is named no more"
'
test_expect_success 'its public half taken away' '
	attack && git rm -q keys/$old.asc && commit_as anna access -a && found removed "cannot do without"
'
test_expect_success 'a record encrypted to the retired key, instead of the one in force or beside it' '
	attack && text $one 4 | seal ../c keys/$old.asc keys/$fpr_ben.asc && cp ../c $one && commit_as ben "$(says LS-2026-0001 4)" -a &&
	found recipients "not encrypted to key ${now:24}" &&
	attack && text $one 4 | seal ../c keys/$now.asc keys/$old.asc keys/$fpr_ben.asc && cp ../c $one && commit_as ben "$(says LS-2026-0001 4)" -a &&
	found recipients "too, which must not read it"
'
test_expect_success 'a clinical key that a caseworker lays down, or that is none' '
	attack && cp "$KEYS/mallory.pub" keys/clinical.next.asc && git add -A && commit_as ben access && found role "held no role" &&
	attack && echo nonsense >keys/clinical.next.asc && git add -A && commit_as cai access && found key-file "does not hold one public key"
'
test_expect_success 'a psychologist changes access.yaml' '
	attack && swap $(role_key clinical) $fake && cp "$KEYS/mallory.pub" keys/$fake.asc && git add -A && commit_as cai access && found role "held no role"
'
test_done

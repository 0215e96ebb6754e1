#!/bin/bash
# Forgeries that take more thought: keys, times, settings, merges, the memory of trust.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"

test_expect_success 'an office' 'make_office'
forge() { text $one ${1:-3} | seal ../c $office keys/$fpr_ben.asc && cp ../c $one && git add -A; }

test_expect_success 'a key whose time in access.yaml is over, of a person who still works there' '
	attack && python3 - <<-\PY &&
	import re
	text = open("access.yaml").read()
	at = text.index("id: ben")
	at = text.index("keys:", at)
	end = text.index("from:", at)
	line = text[end:].split("\n")[0].rstrip("}")
	open("access.yaml", "w").write(text[:end] + re.sub(r"from: *[^,}\n]*", "from: 2020-01-01, until: 2020-12-31" if "{" in text[at:end] else "from: 2020-01-01\n        until: 2020-12-31", text[end:], count=1))
	PY
	git add -A && commit_as anna "access add" && forge && commit_as ben "$(says LS-2026-0001 3)" && refused signer "had not in force"
'
test_expect_success 'a key file that hides a revocation' '
	attack && mkdir -m 700 "$SHORT/r" && gpg --homedir "$SHORT/r" --batch -q --import "$KEYS/ben.sec" && printf "y\n0\n\ny\n" | gpg --homedir "$SHORT/r" --no-tty --command-fd 0 --yes -o ../rev --gen-revoke $fpr_ben &&
	cp keys/$fpr_ben.asc ../sound && gpg --homedir "$SHORT/r" --batch -q --import ../rev && gpg --homedir "$SHORT/r" --armor --export $fpr_ben >keys/$fpr_ben.asc && commit_as anna "access add" -a &&
	jzbf verify >/dev/null && cp ../sound keys/$fpr_ben.asc && commit_as anna "access add" -a && refused key-file "hides it"
'
test_expect_success 'a commit of tomorrow' '
	attack && forge && GIT_COMMITTER_DATE="$(($(date +%s) + 86400)) +0800" commit_as ben "$(says LS-2026-0001 3)" && refused time "dated in the future"
'
test_expect_success 'a custodian pins the clock, so that times would not be judged' '
	attack && echo "clock: pinned" >>jzbf.yaml && commit_as anna "office" -a && refused office "pins the clock"
'
test_expect_success 'access.yaml and jzbf.yaml that nobody can read' '
	attack && echo "{" >access.yaml && commit_as anna "access add" -a && guarded access "cannot be read" && test_expect_code 5 jzbf verify >../out && test_grep "access.yaml: cannot be read" ../out &&
	attack && echo "{" >jzbf.yaml && commit_as anna "office" -a && guarded office "cannot be read" && test_expect_code 5 jzbf verify >../out && test_grep "jzbf.yaml: cannot be read" ../out
'
test_expect_success 'access.yaml taken away by a custodian' '
	attack && git rm -q access.yaml && commit_as anna "access" && guarded removed "cannot do without" && test_expect_code 5 jzbf verify >../out && test_grep "access.yaml: the store cannot do without.*\[removed\]" ../out
'
test_expect_success 'the assigned caseworker dropped from the recipients: found by those who can read it' '
	attack && text $one 3 | seal ../c $office && cp ../c $one && git add -A && commit_as anna "$(says LS-2026-0001 3)" &&
	test_expect_code 5 jzbf verify --full >../out && test_grep "must be able to read it.*\[recipients\]" ../out
'
test_expect_success 'a message locked with a passphrase beside the keys, one signed inside, one without integrity' '
	attack && text $one 3 >../p && gpg --batch -q --yes --trust-model always -f $office -f keys/$fpr_ben.asc --passphrase x --pinentry-mode loopback -c -e -o $one ../p && git add -A &&
	commit_as ben "$(says LS-2026-0001 3)" && refused ciphertext "not one whole"
'
test_expect_success 'a merge of three sides' '
	attack && for b in b1 b2; do git checkout -q -b $b main && commit_as ben "update" --allow-empty || return 1; done && git checkout -q main && tree=$(git rev-parse main^{tree}) &&
	printf "tree %s\nparent %s\nparent %s\nparent %s\nauthor ben <ben@ls.jzbf.invalid> %s +0800\ncommitter ben <ben@ls.jzbf.invalid> %s +0800\n\nmerge\n" $tree $(git rev-parse main b1 b2) $(date +%s) $(date +%s) >../raw &&
	git reset -q --hard $(git hash-object -t commit -w ../raw) && refused merge "more than two sides"
'
test_expect_success 'a merge that slips a change of a record in, which neither side made' '
	attack && touched ben LS-2026-0001 && git checkout -q -b side HEAD~1 && text $two 2 | seal ../c $office keys/$fpr_ben.asc && cp ../c $two && git add -A && commit_as ben "$(says LS-2026-0002 2)" &&
	git checkout -q main && git merge -q --no-commit --no-ff side >/dev/null && text $two 3 | seal ../c $office "$KEYS/mallory.pub" && cp ../c $two && git add -A && commit_as ben "merge side" && refused recipients "which must not read it"
'
test_expect_success 'a second signature in one commit, or a text behind the first' '
	attack && forge && commit_as ben "$(says LS-2026-0001 3)" && git cat-file commit HEAD >../raw && python3 - ../raw <<-\PY &&
	import sys
	lines = open(sys.argv[1]).read().split("\n")
	start = next(i for i, l in enumerate(lines) if l.startswith("gpgsig "))
	end = next(i for i, l in enumerate(lines) if "END PGP" in l)
	again = [" " + lines[start][7:]] + lines[start + 1:end + 1]
	open(sys.argv[1], "w").write("\n".join(lines[:end + 1] + again + lines[end + 1:]))
	PY
	git reset -q --hard $(git hash-object -t commit -w ../raw) && test_expect_code 5 jzbf verify >../out && test_grep "something beside the signature.*\[signature\]" ../out && guarded signature "something beside"
'
test_expect_success 'the signature of one commit on another, in a history long enough to be checked together' '
	attack && git cat-file commit HEAD | sed "s/^author ben/author anna/" >../raw && git reset -q --hard $(git hash-object -t commit -w ../raw) && test_expect_code 5 jzbf verify >../out &&
	test_grep "signature is bad.*\[signature\]" ../out && test_line_count = 4 ../out
'
test_expect_success 'the memory of another clone put in the place of this one'\''s is not believed' '
	attack && git reset -q --hard HEAD~1 && cd .. && git clone -q x other && (cd other && jzbf -q list >/dev/null) && dir=$HOME/.local/state/jzbf/trust && f=$(grep -l "^path $W/x/.git" $dir/*) && g=$(grep -l "^path $W/other/.git" $dir/*) &&
	cp $g $f && cd x && test_expect_code 5 jzbf list 2>../err && test_grep "damaged" ../err && jzbf trust --forget >/dev/null
'
test_expect_success 'what lies in .git/jzbf tells nobody that a forged commit is true' '
	attack && forge && commit_as ben "$(says LS-2026-0001 3)" --no-gpg-sign && mkdir -p .git/jzbf/trust && printf "jzbf-trust 1\npath %s\nroot %s\nhead %s\n" "$W/x/.git" $(git rev-list --max-parents=0 HEAD) $(git rev-parse HEAD) >.git/jzbf/trust/x && cp .git/jzbf/trust/x .git/jzbf/verified && refused signature "not signed"
'
test_done

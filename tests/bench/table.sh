#!/bin/bash
# The figures of a store of SIZE cases side by side with what else could do the work, run in turns:
# medians, ratios and peak memory, as a table. Rivals that are not installed are left out (make bench-deps
# installs them). Figures, no verdict.
#	SIZE=1000 RUNS=3 LIMIT=1000 FEW=20 tests/bench/table.sh
. "$(dirname "$0")/lib.sh"

off="JZBF_INDEX=off jzbf -q -C"
role="GNUPGHOME=$mem/role"

# ---- what the rivals work on: the same plaintexts ----

plaintexts() {
	mkdir "$mem/plain" && population plain "$store" "$mem/plain" || exit 1
	ls "$mem"/plain/*.yaml >"$mem/plain.names"
	! have recsel || population rec "$store" | awk -v n="$limit" -v RS= -v ORS='\n\n' 'NR <= n + 1' >"$mem/some.rec"
}

# A password store of the first LIMIT plaintexts, encrypted to the person's own key, as pass does it; on the
# same disk as ours.
password_store() {
	export PASSWORD_STORE_DIR=$base/pass-$size
	rm -rf "$PASSWORD_STORE_DIR"
	pass init "$(gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }')" &&
	head -n "$limit" "$mem/plain.names" | while read -r file; do
		cp "$file" "$PASSWORD_STORE_DIR/$(basename "$file" .yaml)"
	done
	(cd "$PASSWORD_STORE_DIR" && ls -d LS* | gpg --batch -q --trust-model always \
		-r "$(cat .gpg-id)" --encrypt-files && rm LS*[0-9] && pass git init)
}

# A home of the same person whose key has a passphrase; a pinentry answers at once.
locked_home() {
	locked=$mem/locked
	mkdir -m 700 "$locked" && printf 'no-random-seed-file\ntrust-model always\n' >"$locked/gpg.conf"
	cat >"$mem/pinentry" <<-'SH'
	#!/bin/sh
	echo OK ready
	while read -r word rest; do
		case $word in
		GETPIN) echo D passphrase; echo OK ;;
		BYE) echo OK; exit ;;
		*) echo OK ;;
		esac
	done
	SH
	chmod +x "$mem/pinentry"
	printf 'pinentry-program %s\n' "$mem/pinentry" >"$locked/gpg-agent.conf"
	gpg --batch --export-secret-keys >"$mem/own.sec" &&
	gpg --homedir "$locked" --batch -q --import "$mem/own.sec" && rm "$mem/own.sec" &&
	for key in $(gpg --batch --with-colons --with-keygrip --list-secret-keys | awk -F: '$1 == "grp" { print $10 }'); do
		gpg-connect-agent --homedir "$locked" "PASSWD $key" /bye
	done
	gpgconf --homedir "$locked" --kill all
	! grep -L protected-private-key "$locked"/private-keys-v1.d/* | grep .
}

# ---- the figures ----

reading() {
	local text=个人近期
	contender "jzbf report, no index" "$size" "$off $store report caseload"
	contender "floor: two gpg --decrypt-files" "$size" "$floor" "$clear_floor"
	contender "gpgme, one thread" "$limit" "$role gpgme <$mem/names.limit"
	contender "gpg -d, one by one" "$few" "while read -r f; do $role gpg -q -d \$f; done <$mem/names.few"
	! have pass || contender "pass grep" "$limit" "pass grep $text"
	! have recsel || contender "recsel on plaintext" "$limit" "recsel -e \"admission_township = '441825104'\" -c $mem/some.rec"
	measure "cold report"

	contender "jzbf report" "$size" "jzbf -q -C $store report caseload" "jzbf -q -C $store report caseload"
	contender "jzbf report, no index" "$size" "$off $store report caseload"
	! have pass || contender "pass grep" "$limit" "pass grep $text"
	! have recsel || contender "recsel on plaintext" "$limit" "recsel -e \"admission_township = '441825104'\" -c $mem/some.rec"
	measure "warm report"

	for what in "find $text" "check --all" list; do
		contender "jzbf $what" "$size" "$off $store $what"
		contender "floor: two gpg --decrypt-files" "$size" "$floor" "$clear_floor"
		[ "$what" = list ] || [ "$what" = "check --all" ] || ! have pass || contender "pass grep" "$limit" "pass grep $text"
		measure "${what%% *}, no index"
	done
}

with_passphrase() {
	local kill="gpgconf --homedir $locked --kill all"
	contender "jzbf report, no index" "$size" "GNUPGHOME=$locked $off $store report caseload" "$kill"
	contender "the same without a passphrase" "$size" "$off $store report caseload"
	contender "gpg -d, one by one" "$few" "for i in \$(seq $few); do GNUPGHOME=$locked gpg -q -d $store/keys/office.sec.gpg; done"
	measure "cold report, key with a passphrase"
	contender "jzbf report" "$size" "GNUPGHOME=$locked jzbf -q -C $store report caseload" "$kill"
	contender "the same without a passphrase" "$size" "jzbf -q -C $store report caseload"
	measure "warm report, key with a passphrase"
}

# By a caseworker, whose own key opens the case. Git needs a name, or pass leaves the commit out.
writing() {
	local -x GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=bench@bench.invalid GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@bench.invalid
	local -x GNUPGHOME=$pop/gnupg/li.qing JZBF_PERSON=li.qing
	local id=$(head -n 1 "$mem/names" | xargs dirname | xargs basename) own
	own=$(gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }')
	copy=$base/copy-$size
	rm -rf "$copy" && cp -a "$store" "$copy" && sync && jzbf -q -C "$copy" list >/dev/null || exit 1
	contender "jzbf intake CASE FIELD" 1 "jzbf -q -C $copy intake $id person.phone=13\$(date +%N)"
	contender "gpg -d, gpg -e, gpg -b" 1 "gpg -q -d $mem/one.gpg >$mem/one && gpg -q --yes --trust-model always -r $own -o $mem/two -e $mem/one && gpg -q --yes -o $mem/sig -b $mem/two"
	! have pass || contender "pass insert" 1 "pass insert -m -f one <$(head -n 1 "$mem/plain.names")"
	gpg -q --trust-model always -r "$own" -o "$mem/one.gpg" -e "$(head -n 1 "$mem/plain.names")"
	measure "one edit"
	contender "jzbf report after one edit" "$size" "jzbf -q -C $copy report caseload" "jzbf -q -C $copy intake $id person.phone=13\$(date +%N)"
	contender "jzbf report" "$size" "jzbf -q -C $store report caseload"
	measure "report after one edit"
}

# SIZE rows of CSV with some text in one commit of a new store, against encrypting what came of it.
people() {
	python3 - "$size" <<-'PY'
	import sys
	weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
	print("name,number,reported,causes")
	for n in range(int(sys.argv[1])):
	    digits = "441802%04d%02d%02d%03d" % (1960 + n % 45, 1 + n % 12, 1 + n % 28, n % 1000)
	    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]
	    text = "".join(chr(0x4e00 + (n * 7919 + k * k * 31) % 3000) for k in range(2000))
	    print(f"测试{n},{digits}{check},2026/2/{1 + n % 28},{text}")
	PY
}

intake() {
	local new=$base/intake-$size recipients half
	local -x XDG_STATE_HOME=$mem/state # each copy is looked at for the first time
	people >"$mem/people.csv"
	cat >"$mem/map.yaml" <<-'YAML'
	columns:
	  name: person.name
	  number: person.id_number
	  reported: {field: admission.reported_on, date-format: YYYY/M/D}
	  causes: sentence.facts
	constants:
	  sentence.category: probation
	YAML
	rm -rf "$new" "$new".*
	jzbf -q init "$new.empty" --office LS --name X --person he.min --role caseworker >/dev/null || exit 1
	cp -a "$new.empty" "$new" && jzbf -q -C "$new" intake --csv "$mem/people.csv" --map "$mem/map.yaml" >/dev/null &&
	mkdir "$mem/taken" && population plain "$new" "$mem/taken" && ls "$mem"/taken/*.yaml >"$mem/taken.names" &&
	halves "$mem/taken.names" "$mem/seal" "" || exit 1
	mkdir -m 700 "$mem/public" && printf 'no-random-seed-file\ntrust-model always\nno-autostart\n' >"$mem/public/gpg.conf"
	cat "$new"/keys/*.asc | gpg --homedir "$mem/public" --batch -q --import 2>/dev/null
	recipients=$(gpg --homedir "$mem/public" --batch --list-packets "$(find "$new/cases" -name '*.gpg' | head -n 1)" 2>/dev/null |
		sed -n 's/^:pubkey enc packet:.*keyid /-r /p' | tr '\n' ' ')
	# What was made is put aside, not removed: ext4 goes around the places of thousands of files that were
	# removed a moment ago, one by one, whenever it makes another one.
	contender "jzbf intake --csv" "$size" "jzbf -q -C $new intake --csv $mem/people.csv --map $mem/map.yaml" \
		"mv $new $new.\$(date +%s%N); rm -rf $mem/state; cp -a $new.empty $new; jzbf -q -C $new list"
	contender "two gpg --encrypt-files" "$size" "for h in a b; do gpg --homedir $mem/public --batch -q --yes $recipients --encrypt-files <$mem/seal/\$h.list & done; wait"
	measure "batch intake"
	rm -rf "$new" "$new".* "$mem/taken" "$mem/seal"
}

history() {
	local commits=$(git -C "$store" rev-list --count HEAD)
	contender "jzbf verify" "$commits" "jzbf -q -C $store verify" "rm -rf $XDG_STATE_HOME/jzbf"
	contender "git verify-commit" "$commits" "cd $store && git rev-list HEAD | xargs git verify-commit"
	measure "verify, by commit"
}

base=${BENCH_DIR:-/tmp/jzbf-bench.$(id -u)}
bench_population
plaintexts
! have pass || password_store >/dev/null 2>&1
locked_home >/dev/null 2>&1 || exit 1
printf '%s cases of %.0f bytes, %d rounds, %d cores, %s\n\n' "$size" \
	"$(cat "$mem"/plain/*.yaml | awk -v n="$size" '{ s += length($0) + 1 } END { print s / n }')" "$runs" "$(nproc)" "$(gpg --version | sed 1q)"
table_head figure
reading
with_passphrase
writing
intake
history
rm -rf "$copy" "$base/pass-$size"

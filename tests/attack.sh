# An office to be attacked with plain git and gpg, without jzbf. Source it behind lib.sh and store.sh.
# People: anna and dora custodians, ben caseworker, cai psychologist, eve auditor; mallory is nobody.

W=$TRASH/work

# by NAME COMMAND…: jzbf as this person.
by() { JZBF_PERSON=$1 as "$@"; }

make_office() {
	setup_keys anna ben cai dora eve mallory || return 1
	jzbf init base --office LS --name 示例县司法局 --person anna --person-name anna 2>/dev/null && cd base &&
	jzbf access add ben --name ben --role caseworker --key-file "$KEYS/ben.pub" &&
	jzbf access add cai --name cai --role psychologist --key-file "$KEYS/cai.pub" &&
	jzbf access add dora --name dora --role custodian --key-file "$KEYS/dora.pub" &&
	jzbf access add eve --name eve --role auditor --key-file "$KEYS/eve.pub" &&
	for number in 441825199003070018 441825198801010023; do by ben jzbf -q intake --from - <<-YAML >/dev/null || return 1; done
	assigned: [ben]
	person: {name: 测试甲, id_type: citizen_id, id_number: '$number'}
	admission: {declared_on: 2026-03-02}
	sentence: {category: probation, correction_from: 2026-03-02, correction_to: 2027-03-01}
	YAML
	touched ben LS-2026-0001 &&
	office=keys/$(sed -n "s/^ *office: \"\{0,1\}\([0-9A-F]*\).*/\1/p" access.yaml).asc &&
	one=cases/2026/000/LS-2026-0001/case.yaml.gpg two=cases/2026/000/LS-2026-0002/case.yaml.gpg
}

# touched NAME ID: a revision more of a case.
touched() { by "$1" jzbf -q intake "$2" "contacts[+].date=2026-03-03" "contacts[+].mode=visit" "contacts[+].by=$1" >/dev/null; }

# attack: a clone that has verified the office, to be attacked in.
attack() {
	cd "$W" && rm -rf x && cp -r base x && cd x && jzbf trust --forget >/dev/null && jzbf -q list >/dev/null
}

# seal FILE [KEY FILE…]: encrypts standard input to the owners of key files.
seal() {
	local out=$1 to=()
	shift
	while [ $# != 0 ]; do to+=(-f "$1"); shift; done
	gpg --batch --quiet --yes --trust-model always "${to[@]}" -o "$out" -e
}

# says ID REVISION [KIND]: the message of an honest change.
says() { printf 'update %s\n\nJzbf-Record: %s %s %s\n' "$1" "${3:-case}" "$1" "$2"; }

# text FILE REVISION: a case as it stands, under another revision.
text() { by anna jzbf textconv "$1" | sed "s/^revision: .*/revision: $2/"; }

# A central repository that has the office and the hook: what verify refuses must not get in there either.
guard() {
	[ -d "$W/guard" ] && return
	git clone -q --bare "$W/base" "$W/guard" && XDG_STATE_HOME=$W/server jzbf -C "$W/guard" hook install >/dev/null
}
# guarded RULE PATTERN: a push is refused for the same reason. Forced, so that nothing but the hook can refuse.
guarded() {
	guard && git -C "$W/guard" for-each-ref >"$W/before" && ! git push -q -f "$W/guard" HEAD:main 2>"$W/pushed" &&
	test_grep "$2.*\[$1\]" "$W/pushed" && git -C "$W/guard" for-each-ref | test_cmp "$W/before" -
}

# refused RULE PATTERN: verify finds it, reading refuses, and so does the central repository.
refused() {
	guarded "$1" "$2" && test_expect_code 5 jzbf verify >"$W/out" 2>&1 && test_grep "$2.*\[$1\]" "$W/out" &&
	test_expect_code 5 jzbf list >"$W/list" 2>"$W/err" && test_empty "$W/list" &&
	test_grep "not verified: commit" "$W/err" && { jzbf --unverified list >"$W/list" 2>"$W/err" || test $? = 1; } &&
	test_grep "nothing is verified" "$W/err"
}

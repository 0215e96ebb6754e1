#!/bin/bash
# Eight writers and four readers at work in two clones that sync with a hub all the while. JZBF_ROUNDS
# says how long.
ROUNDS=${JZBF_ROUNDS:-2}
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"
export JZBF_LOCK_WAIT=600

# wrong WHO STATUS FILE: notes a failure, or a word on standard error where there was nothing to say.
wrong() {
	[ "$2" = 0 ] && [ ! -s "$3" ] && return
	{ echo "$1: status $2"; cat "$3"; } >>"$W/wrong"
}
some_case() { local all=(cases/2026/000/*/case.yaml.gpg); basename "$(dirname "${all[RANDOM % ${#all[@]}]}")"; }

writer() { # NUMBER: an item a round, every third a new case
	local who=anna dir=a mark err="$W/err.$1"
	[ $(($1 % 2)) = 0 ] || { who=ben dir=b; }
	cd "$W/$dir" || return 1
	for round in $(seq "$ROUNDS"); do
		mark=mark$1x$round
		if [ $((($1 + round) % 3)) = 0 ]; then
			by $who jzbf -q intake --from - >/dev/null 2>"$err" <<-YAML
			assigned: [ben, anna]
			person: {name: $mark, id_type: other, birth_date: 1990-01-01, id_number: N$1x$round}
			admission: {declared_on: 2026-03-02}
			sentence: {category: probation, correction_from: 2026-03-02, correction_to: 2027-03-01}
			YAML
		else
			by $who jzbf -q intake "$(some_case)" "contacts[+].date=2026-03-03" "contacts[+].mode=visit" "contacts[+].by=$who" "contacts[+].place=$mark" >/dev/null 2>"$err"
		fi
		wrong "writer $1" $? "$err"
		echo "$mark" >>"$W/wrote.$1"
	done
}
reader() { # NUMBER
	local who=anna dir=a err="$W/err.r$1" rc
	[ $(($1 % 2)) = 0 ] || { who=ben dir=b; }
	cd "$W/$dir" || return 1
	for round in $(seq "$ROUNDS"); do
		by $who jzbf -q list >/dev/null 2>"$err"
		wrong "list $1" $? "$err"
		by $who jzbf -q show "$(some_case)" >/dev/null 2>"$err"
		wrong "show $1" $? "$err"
		by $who jzbf -q report caseload >/dev/null 2>"$err"
		wrong "report $1" $? "$err"
	done
}
syncer() { # NAME DIR NUMBER: until the writers are done; one of them may be a second in its clone
	cd "$W/$2" || return 1
	until [ -e "$W/done" ]; do
		by "$1" jzbf -q sync >/dev/null 2>"$W/err.s$2$3"
		wrong "sync $2" $? "$W/err.s$2$3"
	done
}
count() { git -C "$W/$1" rev-list --no-merges --count main; }

test_expect_success 'an office with a hub and two clones' '
	make_office && for i in 1 2; do by anna jzbf -q intake $i assigned=ben,anna || return 1; done && make_hub && clone_as anna a && clone_as ben b && first=$(count a)
'
test_expect_success "8 writers, 4 readers, 2 clones that sync, $ROUNDS rounds: no false message" '
	for i in 0 1 2 3 4 5 6 7; do writer $i & jobs[$i]=$!; done && for i in 0 1 2 3; do reader $i & jobs[$((8 + i))]=$!; done &&
	{ syncer anna a 1 & } && { syncer anna a 2 & } && { syncer ben b 1 & } && wait ${jobs[@]} && : >"$W/done" && wait && { test ! -e "$W/wrong" || { cat "$W/wrong"; return 1; }; }
'
test_expect_success 'at the end both clones are equal, and every commit is there' '
	for i in 1 2; do in_clone a by anna jzbf -q sync >/dev/null && in_clone b by ben jzbf -q sync >/dev/null || return 1; done && same a b && same a hub.git &&
	clean_after a && clean_after b && test "$(count a)" = $((first + 8 * ROUNDS))
'
test_expect_success 'every record is readable, and holds what was written' '
	in_clone a by anna jzbf verify --full >out && test_grep "^verified" out && in_clone a by anna jzbf status >out && test_grep " 0 unreadable" out &&
	for id in a/cases/2026/000/*/; do in_clone a by anna jzbf show $(basename $id) --format yaml || return 1; done >all &&
	cat wrote.* >wrote && test_line_count = $((8 * ROUNDS)) wrote && while read -r mark; do grep -qw "$mark" all || { echo "$mark is lost"; return 1; }; done <wrote
'
test_done

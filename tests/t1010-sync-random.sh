#!/bin/bash
# Random work in three clones that sync through a hub in any order: the same content everywhere at the
# end, and nothing that anybody wrote is lost. JZBF_SEEDS="1 2 3" says which; a seed that failed is named.
SEEDS=${JZBF_SEEDS:-$((RANDOM + 1))} STEPS=${JZBF_STEPS:-18}
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

clones=(a b d) people=(anna ben dora)

pick() { echo $((RANDOM % $1)); }
# as_clone N COMMAND…
as_clone() { in_clone "${clones[$1]}" by "${people[$1]}" "${@:2}"; }
# a case that this clone has
some_case() { local all=("$W/${clones[$1]}"/cases/2026/000/*/); basename "${all[$(pick ${#all[@]})]}"; }

add_item() {
	local mark=item$((++serial))
	as_clone "$1" jzbf -q intake "$2" "contacts[+].date=2026-03-03" "contacts[+].mode=visit" "contacts[+].by=${people[$1]}" "contacts[+].place=$mark" || return 1
	echo "$1 $mark" >>"$W/wrote"
}
# Only what the clone itself wrote, so that what must be there at the end is known.
own_item() { # CLONE CASE: id and mark of an item
	as_clone "$1" jzbf show "$2" --format yaml | awk -v who="${people[$1]}" '
		/^contacts:/ { on = 1; next } /^[a-z]/ { on = 0 }
		on && /^  - id:/ { id = $3; by = "" } on && /^    by:/ { by = $2 } on && /^    place: item/ && by == who { print id, $2 }' | head -1
}
remove_item() {
	local id mark
	read -r id mark <<<"$(own_item "$1" "$2")"
	[ -n "$id" ] || return 0
	as_clone "$1" jzbf -q intake "$2" "contacts[$id]=" && echo "$mark" >>"$W/removed"
}
change_item() {
	local id mark new=item$((++serial))
	read -r id mark <<<"$(own_item "$1" "$2")"
	[ -n "$id" ] || return 0
	as_clone "$1" jzbf -q intake "$2" "contacts[$id].place=$new" && echo "$mark" >>"$W/removed" && echo "$1 $new" >>"$W/wrote"
}
shared_field() {
	local phone=138$(printf %08d $((++serial)))
	as_clone "$1" jzbf -q intake "$2" "person.phone=$phone" && echo "$2 $phone" >>"$W/phones"
}
comment() {
	local mark=comment$((++serial))
	JZBF_EDITOR="sed -i \"s/^person:/# $mark\n&/\"" as_clone "$1" jzbf -q edit "$2" && echo "$1 $mark" >>"$W/wrote"
}
new_case() {
	local name=case$((++serial))
	as_clone "$1" jzbf -q intake --from - <<-YAML && echo "$1 $name" >>"$W/wrote"
	assigned: [ben, dora, anna]
	person: {name: $name, id_type: other, birth_date: 1990-01-01, id_number: N000$serial}
	admission: {declared_on: 2026-03-02}
	sentence: {category: probation, correction_from: 2026-03-02, correction_to: 2027-03-01}
	YAML
}
meet() { # CLONE: sync, settling by either side what is in conflict
	local rc id kind side
	for try in 1 2 3 4; do
		as_clone "$1" jzbf -q sync >>"$W/syncs" 2>>"$W/syncs" && return 0
		rc=$?
		[ $rc = 5 ] || return 1
		[ $(pick 2) = 0 ] && side=--ours || side=--theirs
		as_clone "$1" jzbf -q resolve >"$W/left"
		while read -r id kind; do as_clone "$1" jzbf -q resolve "$id" $side || return 1; done <"$W/left"
	done
	return 1
}
one_step() {
	local n=$(pick 3) what=$(pick 12) case
	case=$(some_case $n)
	case $what in
	0 | 1) add_item $n $case ;;
	2) remove_item $n $case ;;
	3) change_item $n $case ;;
	4 | 5) shared_field $n $case ;;
	6 | 7) comment $n $case ;;
	8) new_case $n ;;
	*) meet $n ;;
	esac >/dev/null || { echo "step $what in ${clones[$n]} on $case"; return 1; }
}
begin() { # SEED
	RANDOM=$1 serial=0
	rm -rf "$HOME/.local/state/jzbf" && cd "$W" && rm -rf hub.git a b d wrote removed phones syncs && cp -r hub0.git hub.git && : >wrote && : >removed && : >phones &&
	for n in 0 1 2; do clone_as ${people[$n]} ${clones[$n]} || return 1; done
}
settle_all() {
	for n in $(pick 3) 0 1 2 0 1 2; do meet $n || return 1; done
	same a b && same a d && clean_after a && clean_after b && clean_after d
}
nothing_lost() {
	as_clone 0 jzbf verify --full >out && test_grep "^verified" out &&
	for id in a/cases/2026/000/*/; do as_clone 0 jzbf show $(basename $id) --format yaml || return 1; done >all 2>err &&
	while read -r n mark; do
		grep -qx "$mark" removed || grep -qw "$mark" all || { echo "$mark of ${clones[$n]} is lost"; return 1; }
	done <wrote && while read -r mark; do ! grep -w "$mark" all || { echo "$mark came back"; return 1; }; done <removed &&
	sed -n "s/^  phone: //p" all | tr -d \" | while read -r phone; do grep -q "$phone" phones || { echo "nobody wrote $phone"; exit 1; }; done
}
test_expect_success 'an office where all three are assigned' '
	make_office && by anna jzbf -q access add dora --role caseworker >/dev/null && for i in 1 2; do by anna jzbf -q intake $i assigned=ben,dora,anna || return 1; done &&
	make_hub && mv hub.git hub0.git
'
for seed in $SEEDS; do
	test_expect_success "seed $seed: $STEPS steps in three clones" '
		begin $seed && for step in $(seq $STEPS); do one_step || return 1; done && settle_all && nothing_lost || { echo "JZBF_SEEDS=$seed JZBF_STEPS=$STEPS"; return 1; }
	'
done
test_done

#!/bin/bash
# Every writing command, killed where it is about to change something, and with calls that fail: the old
# state or the new one, a clean repository that verifies, nothing readable on a disk, nothing left at work,
# and the next command goes on. A slice here; JZBF_CRASH=all (make crash) takes every JZBF_CRASH_STEP-th call
# (6, if unset: some six minutes of two cores) and each of the last forty; JZBF_CRASH_ONLY=NAME,… takes these
# commands only.
how=$JZBF_CRASH step=${JZBF_CRASH_STEP:-6} only=$JZBF_CRASH_ONLY # lib.sh clears the environment
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

test_have_prereq SANITIZED && skip_all "a sanitizer makes other system calls"
setup_keys anna ben cai || exit 99
export JZBF_TMPFS=/dev/shm/jzc.$$ # short, and a tmpfs of our own to look into
mkdir -m 700 "$JZBF_TMPFS" 2>/dev/null || skip_all "no /dev/shm"
trap 'rm -rf "$JZBF_TMPFS"; test_cleanup' EXIT
work=$PWD states=$TRASH/states
export JZBF_EDITOR=$work/editor JZBF_PERSON=anna
export GIT_AUTHOR_EMAIL=anna@ls.jzbf.invalid GIT_COMMITTER_EMAIL=anna@ls.jzbf.invalid

# ---- the commands ----

# name | the state it starts from | what it changes: HEAD by one commit or by several, here and in the remote,
# the tree, nothing that git shows | command
table() {
	cat <<-\END
	init | nothing | head | jzbf init . --office LS --name 局 --person anna --key $fpr_anna
	init-git | empty | head | jzbf init . --office LS --name 局 --person anna --key $fpr_anna
	access-add | case | head | jzbf access add ben --name 乙 --role custodian --key $fpr_ben
	access-remove | people | heads | jzbf access remove ben
	access-seal | unsealed | head | jzbf access seal
	access-rotate | people | heads | jzbf access rotate office
	intake | case | head | jzbf intake --from ../other.yaml
	intake-csv | case | head | jzbf intake --csv ../list.csv --map $SRC/examples/map.yaml
	assess | case | head | jzbf assess 1 phq-9 --answers ../answers
	plan | case | head | jzbf plan 1 --from ../plan.yaml
	serve | plan | head | jzbf serve 1 --from ../service.yaml
	alert | case | head | jzbf alert 1 --from ../alert.yaml
	close | plan | head | jzbf close 1 --draft --from ../consolidation.yaml
	follow | closed | head | jzbf follow 1 --from ../follow.yaml
	edit | case | head | jzbf edit 1
	resolve | conflict | tree | jzbf resolve 1 --ours
	merge-driver | conflict | tree | jzbf merge-driver ../base.gpg ../ours.gpg ../theirs.gpg $one
	trust | forgotten | none | jzbf trust --expect $fpr_anna
	status | interrupted | none | jzbf status
	doctor | case | none | jzbf doctor --mend
	sync | apart | both | jzbf sync
	index | case | none | jzbf index --rebuild
	hook | case | none | jzbf hook install
	END
}
one=cases/2026/000/LS-2026-0001/case.yaml.gpg

# ---- the states ----

save() { # save NAME: the store and what is remembered of it
	rm -rf "$states/$1" && mkdir -p "$states/$1" && cp -a "$work/s" "$states/$1/s" &&
	{ [ ! -e "$work/far.git" ] || cp -a "$work/far.git" "$states/$1"; } &&
	mkdir -p "$HOME/.local/state" && cp -a "$HOME/.local/state" "$states/$1/memory"
}
restore() {
	cd "$work" && rm -rf s far.git "$HOME/.local/state" && cp -a "$states/$1/s" s &&
	{ [ ! -e "$states/$1/far.git" ] || cp -a "$states/$1/far.git" .; } && cp -a "$states/$1/memory" "$HOME/.local/state" && cd s
}

papers() { # what open_store() does not write
	sed "s/$MARK_NUMBER/441802198511209996/" person.yaml >other.yaml
	head -3 $SRC/examples/people.csv | sed "s/li\.qing/anna/;s/wang\.song/anna/;s#2026/#2025/#g" >list.csv
	echo '{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0}' >answers
	printf 'category: 自杀\nfacts: %s\nreported_to: 示例司法所\nchannel: 电话\nreceipt_no: R1\n' $MARK >alert.yaml
	printf 'kind: 就业帮扶\ndate: 2026-03-10\nminutes: 60\nneed: need0001\ngoal: %s\nnote: {fact: %s}\n' "$1" $MARK >service.yaml
	echo "consolidation: $MARK" >consolidation.yaml
	printf 'mode: visit\nfindings: %s\nresult: stable\ndone: 2026-03-02\n' $MARK >follow.yaml
	printf '#!/bin/sh\nsed -i "s/name: %s/name: %s乙/" "$1"\n' $MARK $MARK >editor
	chmod +x editor
}
build_states() {
	mkdir s && save nothing && git init -q -b main s && save empty && rm -rf s &&
	open_store anna && jzbf -q intake --from ../person.yaml >../out && git config user.signingkey $fpr_anna && git config commit.gpgsign true &&
	save case &&
	jzbf access add ben --name 乙 --role custodian --key $fpr_ben 2>../err && save people &&
	jzbf -q intake 1 "assigned[+]=ben" >../out && save people &&
	restore case && goal= && jzbf -q plan 1 --from ../plan.yaml >../out &&
	goal=$(plain | awk '/^    goals:/{g=1} g && /^      - id:/{print $3; exit}') && save plan &&
	(cd .. && papers "$goal") &&
	restore people && as ben env JZBF_PERSON=ben jzbf access add cai --name 丙 --role psychologist --key $fpr_cai 2>../err &&
	save unsealed &&
	restore plan && printf 'reason: 死亡\nreport:\n  date: 2026-03-02\n  goals: [%s]\n  summary: 中止\n  signed_by: anna\n  countersigned_by: li.ming\n  countersigned_on: 2026-03-02\n' \
		"$(plain | awk '/^    goals:/{g=1} /^    steps:/{g=0} g && /^      - id:/{printf "{goal: %s, outcome: 未达成}, ", $3}')" >../closing.yaml &&
	jzbf -q close 1 --from ../closing.yaml >../out && save closed &&
	restore case && git branch side && jzbf -q intake 1 person.phone=13800000001 >../out && git checkout -q side &&
	jzbf trust --forget >../out && jzbf -q intake 1 person.phone=13800000002 >../out && git checkout -q main &&
	{ ! git -c merge.jzbf.driver=false merge side; } >../out 2>&1 &&
	jzbf trust --forget >../out && jzbf status >../out 2>&1 && save conflict &&
	git show :1:$one >../base.gpg && git show :2:$one >../mine.gpg && git show :1:$one >../theirs.gpg &&
	restore case && git remote add origin ../far.git && git config branch.main.remote origin && git config branch.main.merge refs/heads/main &&
	git clone -q --bare . ../far.git && git clone -q ../far.git ../other 2>../err && git -C ../other config jzbf.person anna &&
	jzbf -q -C ../other intake 1 person.traits=$MARK >../out 2>../err && git -C ../other push -q &&
	jzbf -q intake 1 person.phone=13800000001 >../out && jzbf verify >../out && save apart && rm -rf ../far.git &&
	restore case && jzbf trust --forget >../out && save forgotten && interrupt && save interrupted
}
interrupt() { # killed when the branch has moved and the index is next
	restore case && crash-killer -c rename 0 ../count jzbf -q intake 1 person.phone=13800000003 >../out && restore case &&
	! crash-killer -c rename $(($(cat ../count) - 1)) ../count jzbf -q intake 1 person.phone=13800000003 >../out 2>&1 &&
	test -e .git/jzbf/pending
}

# ---- what must hold ----

at_work() { # processes that inherited our tmpfs, but for the agents of people's own homes
	grep -l -a -z "^JZBF_TMPFS=$JZBF_TMPFS$" /proc/[0-9]*/environ 2>/dev/null | while read -r file; do
		file=${file%environ}
		line=$(tr '\0' ' ' 2>/dev/null <${file}cmdline)
		case $line in *"$SHORT/"*|"") ;; *) echo "$line";; esac
	done
}
ends_in_time() {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ -n "$(at_work)" ] || return 0
		sleep 0.2
	done
	echo "still at work: $(at_work)"
	return 1
}
nothing_readable() {
	! grep -r -l -a -e $MARK . "$HOME" "$JZBF_TMPFS" || return 1
	! git cat-file --batch --batch-all-objects --unordered | grep -a -q -e $MARK || { echo "in an object"; return 1; }
}

# holds WHAT CHANGES OLD CODE: after the command stopped with this status (99: killed).
holds() {
	local what=$1 changes=$2 old=$3 code=$4 new
	new=$(git rev-parse -q --verify HEAD 2>/dev/null)
	[ "$new" = "$old" ] || [ "$(git rev-parse -q --verify HEAD^ 2>/dev/null)" = "$old" ] ||
		{ case $changes in heads|both) true;; *) false;; esac && git merge-base --is-ancestor $old HEAD; } || { echo "HEAD is elsewhere"; return 1; }
	if [ $changes = head ] && [ $code != 99 ]; then
		[ $code != 0 ] || [ "$new" != "$old" ] || { echo "success told, nothing there"; return 1; }
		[ $code = 0 ] || [ "$new" = "$old" ] || grep -q -e "committed as" -e "all else that .* is done" ../out ||
			[ $full = 1 ] || { echo "failure told, all there"; return 1; }
	fi
	case $code in 0|1|4|5|6|99) ;; *) echo "status $code"; return 1;; esac
	[ "$new" != "$old" ] && states_met=$states_met.new || states_met=$states_met.old
	[ $changes != both ] || { git -C ../far.git fsck --strict --no-dangling && jzbf sync && jzbf show 1 person.phone && jzbf show 1 person.traits &&
		[ "$(git -C ../far.git rev-parse main)" = "$(git rev-parse HEAD)" ]; } >../next 2>&1 || return 1
	[ -n "$new" ] || { jzbf init . --office LS --name 局 --person anna --key $fpr_anna >../next 2>&1 || return 1; }
	case $changes in
	tree) # still in conflict, or settled: either way the record is one that can be read
		gpg -q -d $one >/dev/null 2>../next || return 1
		eval "$3" >../next 2>&1; set -- "$what" $changes
		[ -z "$(git ls-files -u)" ] || jzbf resolve 1 --ours >../next 2>&1 || return 1
		git reset -q --hard && git fsck --strict --no-dangling >../next 2>&1 || return 1;;
	*)
		if [ $((turn % 2)) = 0 ]; then
			jzbf status >../next 2>&1 || return 1
		elif [ -e cases ]; then
			jzbf -q intake 1 person.phone=13911112222 >../next 2>&1 || return 1
		fi;;
	esac
	rm -f .git/jzbf/*.work.lock # of a removal that failed: the next writer takes it away
	jzbf -q verify >../next 2>&1 && ends_in_time && jzbf status >../next 2>&1 && clean_after >../next 2>&1 || return 1
	ends_in_time && nothing_readable &&
	{ ! find "$JZBF_TMPFS" ! -type d | grep .; }
}

# stopped_at NAME STATE CHANGES COMMAND KILLER-OPTION… K: one run of the command, and all that must hold.
stopped_at() {
	local name=$1 state=$2 changes=$3 command=$4 old code
	shift 4
	turn=$((turn + 1)) full=0
	case $* in *+*) full=1;; esac
	restore "$state" && cp ../mine.gpg ../ours.gpg || return 1
	old=$(git rev-parse -q --verify HEAD 2>/dev/null)
	eval "crash-killer $* ../count $command" >../out 2>&1
	code=$?
	# A failure that was told is a failure of that command only.
	holds "$command" $changes "$old" $code && return
	echo "$name stopped by: $* (status $code)"
	cat ../out ../next
	return 1
}
counted() { # STATE COMMAND KILLER-OPTION…: how many such calls
	local state=$1 command=$2
	shift 2
	restore "$state" && cp ../mine.gpg ../ours.gpg &&
	eval "crash-killer $* 0 ../count $command" >../out 2>&1
	case $? in 0|1) cat ../count;; *) cat ../out >&2; return 1;; esac
}

faults="write:ENOSPC write:ENOSPC+ write:short pwrite64:ENOSPC fsync:EIO rename:EIO link:EIO unlink:EACCES openat:EMFILE mkdir:ENOSPC poll:EINTR wait4:EINTR"
test_expect_success 'the states to start from' build_states

i=0 states_met= turn=0
while IFS='|' read -r name state changes command; do
	name=${name// } state=${state// } changes=${changes// }
	[ -n "$name" ] && case ",${only:-$name}," in *",$name,"*) true;; *) false;; esac || continue
	i=$((i + 1))
	if [ "$how" = all ]; then
		test_expect_success "$name, killed" '
			calls=$(counted $state "$command" -c changing) && echo "$calls calls" && test $calls -gt 5 &&
			for k in $(seq $((1 + i % step)) $step $((calls - 40))) $(seq $((calls > 40 ? calls - 39 : 1)) $calls); do
				stopped_at $name $state $changes "$command" -c changing $k || break
			done && test $k = $calls
		'
		for fault in $faults; do
			test_expect_success "$name, $fault" '
				calls=$(counted $state "$command" -c ${fault%:*}) && wide=$((calls / (36 / step) + 1)) &&
				for ((k = 1 + i % wide; k <= calls; k += wide)); do
					stopped_at $name $state $changes "$command" -c ${fault%:*} -e ${fault#*:} $k || break
				done && test $k -gt $calls
			'
		done
	else
		test_expect_success "$name" '
			calls=$(counted $state "$command" -c changing) && test $calls -gt 5 &&
			stopped_at $name $state $changes "$command" -c changing $((calls - 2 - 5 * i % 40)) &&
			if [ $((i % 2)) = 1 ]; then
				set -- $faults && shift $((i * 5 % $#)) &&
				stopped_at $name $state $changes "$command" -c ${1%:*} -e ${1#*:} $((1 + i % 4))
			fi
		'
	fi
done < <(table)

# Two working trees of one repository: what is killed in one waits for it, and is no matter of the other's.
test_expect_success 'killed in a linked working tree' '
	restore case && git worktree add -q -b side ../side && cd ../side && crash-killer -c rename 0 ../count jzbf -q intake 1 person.phone=13800000003 >../out &&
	calls=$(cat ../count) && for k in $((calls - 1)) $((calls - 2)); do
		git -C ../s worktree remove --force ../side; restore case && git worktree add -q -b side$k ../side$k && cd ../side$k &&
		! crash-killer -c rename $k ../count jzbf -q intake 1 person.phone=13800000003 >../out 2>&1 &&
		cd ../s && jzbf -q intake 1 person.phone=13800000004 >../out && test -z "$(git status --porcelain)" && jzbf -q verify && test "$(git rev-parse side$k^{commit})" &&
		cd ../side$k && { jzbf status >../out 2>../next; cat ../next; } && jzbf -q verify && clean_after &&
		jzbf -q intake 1 person.phone=13800000005 >../out && test -z "$(git status --porcelain)" && test ! -e "$(git rev-parse --git-dir)/index.lock" &&
		git -C ../s worktree remove ../side$k || return 1
	done
'
[ -n "$only" ] || test_expect_success 'both states were met' '
	case $states_met in *old*) ;; *) false;; esac && case $states_met in *new*) ;; *) false;; esac
'
test_done

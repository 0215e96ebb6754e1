#!/bin/bash
# plan, serve, close, follow: a case from its plan to its last follow-up.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna || exit 99
goal() { plain | awk -v n="$1" '/^    goals:/{g=1} g && /^      - id:/{if (++i == n) print $3}'; }

test_expect_success 'setup' '
	open_store anna && jzbf -q intake --from ../person.yaml
'
test_expect_success 'without a plan no service, said in the words of the standard' '
	unchanged jzbf serve 1 kind=employment date=2026-03-02 2>../err && test_grep "\[6.5.1\]" ../err &&
	unchanged in_chinese jzbf serve 1 kind=employment date=2026-03-02 2>../err && test_grep 错误 ../err &&
	test_grep 没有写入 ../err
'
test_expect_success 'a plan that lacks parts is refused with all of them' '
	unchanged jzbf plan 1 measures=x 2>../err && for part in Content Goals "Steps in time" Organisation Safeguards; do
		test_grep "Plans › no. 1 › $part: " ../err || return 1; done && test_grep "\[6.4.1\]" ../err &&
	test_grep "Plans › no. 1 › Personal basis: Personal traits, .*: missing" ../err &&
	unchanged in_chinese jzbf plan 1 measures=x 2>../err && test_grep "服务方案 › 第1项 › .*\[6.4.1\]" ../err
'
test_expect_success 'a draft may lack them' '
	jzbf -q plan 1 --draft measures=x >../out && item=$(sed -n "s/^plans\[\(.*\)\]/\1/p" ../out) &&
	plain | test_must_fail grep "^    from:" && jzbf -q plan 1 --item $item measures=y >/dev/null &&
	jzbf -q intake 1 "plans[$item]=" >/dev/null && plain | test_must_fail grep "^plans:"
'
test_expect_success 'a whole plan is in force, its names are ids' '
	jzbf -q plan 1 --from ../plan.yaml >../out && plain >../plain && test_grep "from: \"2026-03-02\"" ../plain &&
	test_grep "^    version: 1" ../plain && test_grep "term: short" ../plain && test_grep -v "id: g[123]$" ../plain &&
	test "$(goal 1)" = "$(sed -n "s/^        goal: //p" ../plain | head -1)" &&
	git log -1 --format=%s | grep -x "plan LS-2026-0001" && clean_after
'
test_expect_success 'a session is planned when it lies ahead, with plan, phase and category' '
	jzbf -q serve 1 kind=就业帮扶 date=2026-03-10 start=14:00 minutes=60 need=need0001 goal=$(goal 1) >../out &&
	session=$(sed -n "s/^services\[\(.*\)\]/\1/p" ../out) && plain >../plain && test_grep "status: planned" ../plain &&
	test_grep "phase: daily" ../plain && test_grep "    category: probation" ../plain && test_grep "^    plan: " ../plain
'
test_expect_success 'a goal that cannot be meant is not guessed' '
	unchanged jzbf serve 1 kind=employment date=2026-03-11 need=need0001 2>../err && test_grep "\[6.5.1\]" ../err
'
test_expect_success 'nothing came of it yet' '
	unchanged jzbf serve 1 --done $session attendance=attended 2>../err && test_grep "\[6.5.3\]" ../err
'
test_expect_success 'it took place' '
	JZBF_NOW=2026-03-10T16:00:00+08:00 && jzbf -q serve 1 --done $session attendance=到场 note.fact=讨论 >../out &&
	grep -x "services\[$session\]" ../out && plain >../plain && test_grep "status: done" ../plain &&
	test_expect_code 1 jzbf serve 1 --done aaaaaaaa attendance=attended
'
test_expect_success 'a plan in force is not changed, a new version says why' '
	JZBF_NOW=2026-04-01T09:00:00+08:00 && plan=$(sed -n "/^plans:/,/id:/s/.*id: //p" ../plain | head -1) &&
	unchanged jzbf plan 1 --item $plan measures=z 2>../err && test_grep "\[6.5.2\]" ../err &&
	unchanged jzbf plan 1 --revise 2>../err && test_grep "\[6.5.2\]" ../err &&
	g1=$(goal 1) && jzbf -q plan 1 --revise change_reason=培训推迟 "goals[$g1].due=2026-05-31" \
		agreement.state=agrees agreement.date=2026-04-01 >../out &&
	plain >../plain && test_grep "version: 2" ../plain && test_grep "supersedes: $plan" ../plain &&
	test_grep "due: \"2026-05-31\"" ../plain
'
test_expect_success 'closing lists all that is missing at once' '
	JZBF_NOW=2027-02-01T09:00:00+08:00 && unchanged jzbf close 1 reason=期满 2>../err;
	unchanged jzbf close 1 reason=expiry 2>../err && test_grep "a\) the consolidation" ../err && test_grep "b\) confidence" ../err &&
	test_grep "c\) the end of the relation" ../err && test_grep "closing session" ../err && test_grep "\[6.6.2\]" ../err
'
test_expect_success 'what is there already is kept in a draft' '
	jzbf -q close 1 --draft consolidation=保持 >../out && plain >../plain && test_grep "consolidation: 保持" ../plain &&
	test_grep -v closed_on ../plain && git log -1 --format=%s | grep -x "update LS-2026-0001"
'
test_expect_success 'a case is closed and its follow-ups are scheduled by policy' '
	cp -r . ../whole && cd ../whole && JZBF_NOW=2027-01-20T17:00:00+08:00 &&
	jzbf -q serve 1 kind=解矫教育 topics=exit_law,exit_reoffending,exit_resettlement date=2027-01-20 goal=$(goal 1) \
		place=centre attendance=attended completed=是 >../out &&
	jzbf -q serve 1 kind=closing_session date=2027-01-20 goal=$(goal 1) attendance=attended >../out &&
	JZBF_NOW=2027-01-31T17:00:00+08:00 && cat >../closing.yaml <<-YAML &&
	reason: 矫正期满
	consolidation: 保持
	self_efficacy:
	  instrument: local
	  pre: {date: 2026-03-02, key_version: 1, score: 20}
	  post: {date: 2027-01-20, key_version: 1, score: 28.5}
	separation: {date: 2027-01-20, how: 说明}
	handover: {date: 2027-01-20, to: 示例办, accepted: 是}
	report:
	  date: 2027-01-31
	  goals: [$(for i in 1 2 3; do printf "{goal: %s, outcome: 达成}, " $(goal $i); done)]
	  summary: 达成
	  signed_by: anna
	  countersigned_by: li.ming
	  countersigned_on: 2027-01-31
	YAML
	jzbf close 1 --from ../closing.yaml >../out && test_line_count = 4 ../out && plain >../plain &&
	test_grep "due: \"2027-02-28\"" ../plain && test_grep "due: \"2027-04-30\"" ../plain && test_grep "due: \"2027-07-31\"" ../plain &&
	test_expect_code 1 jzbf close 1 reason=expiry && jzbf -q follow 1 mode=visit findings=x result=stable done=2027-01-31 && clean_after
'
test_expect_success 'somebody who comes back gets a new case, and the earlier one is named' '
	jzbf intake --from ../person.yaml >../out 2>../err && echo LS-2027-0001 | test_cmp - ../out && test_grep "closed: LS-2026-0001" ../err
'
cd "$TRASH/work/s"
test_expect_success 'a case that ends without the person needs its report and no follow-up' '
	cat >../report.yaml <<-YAML
	reason: 死亡
	report:
	  date: 2027-02-01
	  goals: [$(for i in 1 2 3; do printf "{goal: %s, outcome: 未达成}, " $(goal $i); done)]
	  summary: 中止
	  signed_by: anna
	  countersigned_by: li.ming
	  countersigned_on: 2027-02-01
	YAML
	cp -r . ../dead && (cd ../dead && JZBF_NOW=2027-02-01T09:00:00+08:00 && jzbf close 1 --from ../report.yaml >../out && test_grep -v followups ../out)
'
test_expect_success 'group sessions: one commit, adults and minors apart, no case twice' '
	sed "s/$MARK_NUMBER/441802198511209996/" ../person.yaml >../p2.yaml && JZBF_NOW=2026-04-02T09:00:00+08:00 &&
	jzbf -q intake --from ../p2.yaml && sed "s/$MARK_NUMBER/$(python3 -c "
w=[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2]; s=\"44182520100101111\"
print(s+\"10X98765432\"[sum(int(a)*b for a,b in zip(s,w))%11])")/" ../person.yaml >../p3.yaml && jzbf -q intake --from ../p3.yaml &&
	before=$(git rev-list --count HEAD) && jzbf -q serve 1 2 kind=入矫教育 topics=entry_rights date=2026-04-02 attendance=attended >../out &&
	test $(git rev-list --count HEAD) = $((before + 1)) && test_grep LS-2026-0002 ../out &&
	unchanged jzbf serve 2 3 kind=entry_education topics=entry_rights 2>../err && test_grep "\[7.7.3\]" ../err &&
	unchanged in_chinese jzbf serve 2 3 kind=entry_education topics=entry_rights 2>../err && test_grep 未成年人与成年人分开 ../err &&
	test_expect_code 2 jzbf serve 2 LS-2026-0002 kind=entry_education topics=entry_rights
'
test_expect_success 'a group session finds the need and the goal of each case' '
	sed "s/2026-03-02/2026-04-02/; s/2026-03-03/2026-04-03/; s/2026-03-31/2026-04-20/" ../plan.yaml >../plan2.yaml &&
	jzbf -q plan 2 --from ../plan2.yaml && unchanged jzbf serve 1 2 kind=group_education attendance=attended &&
	jzbf -q serve 1 2 --need 就业 kind=group_education attendance=attended >../out && plain 2 >../plain &&
	sed -n "/kind: group_education/,\$p" ../plain >../session && test_grep "need: need0001" ../session &&
	test_grep "goal: $(sed -n "/^    goals:/,/term: short/s/.*- id: //p" ../plain)" ../session &&
	test_expect_code 1 jzbf serve 1 2 --need 住房 kind=group_education &&
	test_expect_code 2 jzbf serve 1 2 --need 无此 kind=group_education
'
test_expect_success 'follow-ups: the earliest that is open, or one more' '
	jzbf -q follow 2 --schedule 2026-06-02 >../out && jzbf -q follow 2 --schedule 2026-05-02 >../out &&
	unchanged jzbf follow 2 result=stable 2>../err && test_grep "\[6.6.3\]" ../err &&
	jzbf -q follow 2 mode=走访 result=情况稳定 findings=x >../out && plain 2 >../plain &&
	sed -n "/^followups/,\$p" ../plain >../f && test "$(grep -n "done: \"2026-04-02\"" ../f | cut -d: -f1)" -gt \
		"$(grep -n 2026-05-02 ../f | cut -d: -f1)" && test_expect_code 2 jzbf follow 2 --schedule 2026-13-02
'
test_expect_success 'what a change brings up is told when it arises, once' '
	jzbf serve 2 kind=entry_education topics=entry_rights place=village date=2026-02-20 attendance=attended >../out 2>../err &&
	test_grep "warning.*\[7.1.2\]" ../err && jzbf intake 2 person.phone=13000000000 >../out 2>../err && test_grep -v "7.1.2" ../err
'
test_expect_success 'templates of every command are read back as nothing' '
	for command in plan serve alert close "serve --psych" assess; do
		jzbf $command --template >../t.yaml && grep -q "^# " ../t.yaml || return 1
		case $command in plan | serve | alert) unchanged jzbf $command 1 --from ../t.yaml || return 1 ;; esac
	done
'
test_expect_success 'usage' '
	test_expect_code 2 jzbf serve kind=employment && test_expect_code 2 jzbf plan && test_expect_code 2 jzbf close &&
	test_expect_code 2 jzbf follow && test_expect_code 2 jzbf alert && test_expect_code 2 jzbf plan 1 --revise --item x
'
test_expect_success 'nothing of the person got out' 'no_trace && clean_after'
test_done

#!/bin/bash
# assess and alert: answers, scores, and the duty that a critical answer makes.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna ben || exit 99
none='{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0}'
critical='{"1":1,"2":1,"3":2,"4":0,"5":0,"6":3,"7":0,"8":null,"9":1}'
item_of() { sed -n "s/^$2\[\(.*\)\]$/\1/p" "$1"; }

test_expect_success 'setup' '
	open_store anna && jzbf -q intake --from ../person.yaml && echo "$none" >../none && echo "$critical" >../critical
'
test_expect_success 'answers are kept as they were given, the score is printed' '
	jzbf -q assess 1 phq-9 --answers ../none >../out 2>../err && test_grep "^Total +0 " ../out && test_grep -v ATTENTION ../err &&
	plain >../plain && test_grep "instrument: phq-9" ../plain && test_grep "\"9\": 0" ../plain && test_grep -v "score|total" ../plain &&
	test_grep "at: \"2026-03-02T09:00:00\+08:00\"" ../plain && git log -1 --format=%s | grep -x "assess LS-2026-0001"
'
test_expect_success 'a critical answer is a duty at once, at the end, with its time and what to do' '
	jzbf assess 1 phq-9 --answers ../critical >../out 2>../err && a=$(item_of ../out assessments) &&
	test_grep "^ATTENTION: LS-2026-0001: .*phq-9, item 9.*by 2026-03-03 09:00.*\[5.3.3\]" ../err &&
	test_grep "jzbf alert LS-2026-0001 --assessment $a" ../err && test_grep "jzbf alert LS-2026-0001 --rule-out $a" ../err &&
	tail -1 ../err | grep -- --rule-out && test_grep "no answer to items: 8" ../out && test_grep "8–11" ../out
'
test_expect_success 'it stays until it is met, in Chinese too, and in json' '
	in_chinese jzbf -q intake 1 person.phone=13000000000 2>../err >../out && test_grep "^注意： LS-2026-0001：有危急作答（phq-9，第 9 题）.*2026-03-03 09:00" ../err &&
	jzbf -q intake 1 person.phone=13000000001 --format json >../out 2>../err &&
	test_grep "\"assessment\": \"$a\"" ../out && test_grep "\"due\": \"2026-03-03T09:00:00\+08:00\"" ../out
'
test_expect_success 'an alert that says too little is refused in the words of the standard' '
	unchanged jzbf alert 1 --assessment $a category=suicide facts=x reported_to=y 2>../err && test_grep "\[5.3.3\]" ../err &&
	unchanged jzbf alert 1 --assessment $a facts=x 2>../err && test_grep category ../err &&
	unchanged in_chinese jzbf alert 1 --assessment $a facts=x 2>../err && test_grep 情形 ../err
'
test_expect_success 'ruling out needs grounds' '
	cp -r . ../ruled && unchanged jzbf alert 1 --rule-out $a 2>../err && test_grep grounds ../err &&
	(cd ../ruled && jzbf -q alert 1 --rule-out $a grounds=x 2>../err && test_grep -v ATTENTION ../err &&
	 plain >../plain && test_grep "^rule_outs:" ../plain)
'
test_expect_success 'an alert meets it, and says only update' '
	printf "category: 自杀\nfacts: x\nreported_to: 示例司法所\nchannel: 电话\nreceipt_no: R1\n" >../alert.yaml &&
	jzbf -q alert 1 --assessment $a --from ../alert.yaml >../out 2>../err && test_grep -v "critical answer" ../err &&
	alert=$(item_of ../out alerts) && plain >../plain && test_grep "observed_by: anna" ../plain && test_grep "reported_at: " ../plain &&
	test_grep "assessment: $a" ../plain && git log -1 --format=%s | grep -x "update LS-2026-0001"
'
test_expect_success 'actions and the end of an alert' '
	jzbf -q alert 1 --action $alert what=到场 >../out && test_grep "alerts\[$alert\].actions\[" ../out &&
	jzbf -q alert 1 --close $alert result=已化解 >../out && plain >../plain && test_grep "closed_by: anna" ../plain && test_grep "what: 到场" ../plain &&
	test_expect_code 2 jzbf alert 1 --close $alert --action $alert && test_expect_code 1 jzbf alert 1 --close aaaaaaaa result=x &&
	test_expect_code 1 jzbf alert 1 --assessment aaaaaaaa category=suicide facts=x &&
	test_expect_code 1 jzbf alert 1 --rule-out $(plain | sed -n "/^assessments/,\$p" | sed -n "s/.*- id: //p" | head -1) grounds=x
'
test_expect_success 'answers that do not fit are refused at their place, without what they hold' '
	echo "{\"1\":7,\"12\":0}" >../bad && unchanged jzbf assess 1 phq-9 --answers ../bad 2>../err &&
	test_grep "bad:1:.*item 1" ../err && test_grep "unknown item" ../err && test_grep -v "[^0-9]7[^0-9]" ../err &&
	echo "[0,0,0]" >../bad && unchanged jzbf assess 1 phq-9 --answers ../bad &&
	echo "{" >../bad && unchanged jzbf assess 1 phq-9 --answers ../bad && test_expect_code 2 jzbf assess 1 phq-9 </dev/null &&
	test_must_fail jzbf assess 1 phq-99 --answers ../none
'
test_expect_success 'an instrument with two scales wants one named' '
	for i in $(seq 90); do echo "\"$i\": 1"; done >../scl && test_must_fail jzbf assess 1 scl-90 --answers ../scl 2>../err &&
	jzbf -q assess 1 scl-90 --scale 1-5 --answers ../scl mode=self_paper >../out 2>../err && plain >../plain && test_grep "scale: .?1-5" ../plain
'
test_expect_success 'a form can be printed, filled in, and taken' '
	jzbf assess 1 gad-7 --template >../form && test_grep "^# Feeling nervous" ../form &&
	in_chinese jzbf assess 1 gad-7 --template >../zh && test_grep "^# 感到" ../zh &&
	sed "s/^\(.[1-7].:\)\$/\1 0/" ../form >../filled && jzbf -q assess 1 gad-7 --answers ../filled >../out && test_grep "^Total +0 " ../out
'
test_expect_success 'json has the score as jzbf score gives it' '
	jzbf -q assess 1 gad-7 --answers ../filled --format json >../out && test_grep "\"format\": \"jzbf/score/1\"" ../out &&
	test_grep "\"answered\": 7" ../out && test_grep "\"duties\": \[" ../out
'
test_expect_success 'no consent, no screening' '
	printf "person: {name: 丙, id_number: 441802198511209996}\nsentence: {category: 缓刑}\nadmission: {declared_on: 2026-02-02}\n" >../p2.yaml &&
	jzbf -q intake --from ../p2.yaml && unchanged jzbf assess 2 gad-7 --answers <(echo "[0,0,0,0,0,0,0]") 2>../err && test_grep "\[5.2.4\]" ../err
'
test_expect_success 'many: a table with the case, the items and fields' '
	printf "person: {}\n" >/dev/null && jzbf -q intake 2 "consents[+].kind=screening" "consents[+].version=1" \
		"consents[+].date=2026-02-05" "consents[+].signed=是" &&
	printf "case,1,2,3,4,5,6,7,mode,日期\n" >../a.csv && sed "s/日期/date/" -i ../a.csv &&
	printf "LS-2026-0001,0,1,0,0,0,0,,interview,2026-03-01\n2,3,3,3,3,3,3,3,面谈询问,2026-03-01\n" >>../a.csv &&
	before=$(git rev-list --count HEAD) && jzbf -q assess gad-7 --csv ../a.csv >../out && test $(git rev-list --count HEAD) = $((before + 1)) &&
	plain 2 >../plain && test_grep "mode: interview" ../plain && test_grep "date: \"2026-03-01\"" ../plain && clean_after
'
test_expect_success 'all rows or none' '
	printf "case,1,2,3,4,5,6,7\n1,0,0,0,0,0,0,9\n2,0,0,x,0,0,0,0\n" >../b.csv && unchanged jzbf assess gad-7 --csv ../b.csv 2>../err &&
	test_grep "row 1, column 8 .7." ../err && test_grep "row 2, column 4 .3." ../err &&
	printf "case,1,2,3,4,5,6,7\n1,0,0,0,0,0,0,0\n9,0,0,0,0,0,0,0\n1,0,0,0,0,0,0,0\n" >../b.csv && unchanged jzbf assess gad-7 --csv ../b.csv 2>../err &&
	test_grep "^../b.csv:3:1: error: row 2: .*.9." ../err && test_grep "^../b.csv:4:1: error: row 3: " ../err &&
	printf "case,1,2,3,4,5,6,7,date\n1,0,0,0,0,0,0,0,2026-03-01\n2,0,0,0,0,0,0,0,2126-03-01\n" >../b.csv && unchanged jzbf assess gad-7 --csv ../b.csv 2>../err &&
	test_grep "^../b.csv:3:17: error: .*Date: " ../err &&
	printf "case,nonsense\n1,0\n" >../b.csv && unchanged jzbf assess gad-7 --csv ../b.csv && printf "1,2\n0,0\n" >../b.csv && unchanged jzbf assess gad-7 --csv ../b.csv
'
test_expect_success PYTHON 'on a terminal: forth, back, help, skip, and saving' '
	cat >../terminal.py <<-\PY &&
	import os, pty, select, sys, time
	keys = sys.argv[1].split(",")
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp(sys.argv[2], sys.argv[2:])
	out = b""
	def read_until(mark):
	    global out
	    end = time.time() + 20
	    while time.time() < end and mark not in out[read_until.at:]:
	        if select.select([fd], [], [], 0.2)[0]:
	            try:
	                part = os.read(fd, 4096)
	            except OSError:
	                return False
	            if not part:
	                return False
	            out += part
	    read_until.at = len(out)
	    return True
	read_until.at = 0
	for key in keys:
	    mark = b"quit " if key in ("y", "n") else b"> "
	    read_until(mark)
	    os.write(fd, key.encode() + b"\n")
	while read_until(b"\0never"):
	    pass
	sys.stdout.buffer.write(out)
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	PY
	before=$(git rev-list --count HEAD) && python3 ../terminal.py "1,1,b,2,9,?,s,0,0,0,0,y" jzbf -q assess 1 gad-7 >../out &&
	test $(git rev-list --count HEAD) = $((before + 1)) && test_grep "answered: 1" ../out && test_grep "b goes back" ../out &&
	plain >../plain && sed -n "/gad-7/h;/gad-7/!H;\${x;p}" ../plain >../last && test_grep "\"1\": 1" ../last && test_grep "\"2\": 2" ../last &&
	test_grep "\"3\": null" ../last && test_grep "mode: interview" ../last
'
test_expect_success PYTHON 'on a terminal: who stops halfway has saved nothing' '
	before=$(git rev-parse HEAD) && test_expect_code 1 python3 ../terminal.py "1,1,q" jzbf -q assess 1 gad-7 >../out &&
	test_grep "nothing is saved" ../out && test_expect_code 1 python3 ../terminal.py "0,0,0,0,0,0,0,n" jzbf -q assess 1 gad-7 >../out &&
	test $before = $(git rev-parse HEAD) && clean_after &&
	! python3 ../terminal.py "1,1,$(printf "\\003")" jzbf -q assess 1 gad-7 >../out && test $before = $(git rev-parse HEAD) && clean_after
'
test_expect_success 'needs, risks and analysis without an instrument' '
	jzbf -q assess 1 "needs[+].domain=住房" "needs[+].severity=1" "needs[+].found_on=2026-03-01" >../out && test_grep "needs\[" ../out &&
	jzbf assess --template >../t.yaml && test_grep "^risks:" ../t.yaml && test_expect_code 2 jzbf assess 1 && test_expect_code 2 jzbf assess
'
test_expect_success 'the psychological file: opened, for psychologists only, and named by nothing but update' '
	unchanged jzbf serve 1 kind=心理矫正 psychology.kind=心理咨询 date=2026-03-02 2>../err && test_grep "\[(7.5.2|6.5.1|5.2.4)\]" ../err &&
	jzbf assess 1 --psych phq-9 --answers ../critical >../out 2>../err && test_grep "psychological file is opened" ../err &&
	test_grep ATTENTION ../err && p=$(item_of ../out assessments) && git log -1 --format=%s | grep -x "update LS-2026-0001" &&
	plain 1 psych >../plain && test_grep "^case: LS-2026-0001" ../plain && test_grep "opened_on: \"2026-03-02\"" ../plain &&
	gpg --list-packets cases/2026/000/LS-2026-0001/psych.yaml.gpg 2>/dev/null | grep -c "pubkey enc packet" >../count && echo 2 | test_cmp - ../count
'
test_expect_success 'a critical answer there is met by an alert in the case' '
	jzbf -q intake 1 person.phone=13000000002 2>../err >../out && test_grep "ATTENTION: .*phq-9" ../err &&
	jzbf -q alert 1 --assessment $p --from ../alert.yaml 2>../err && test_grep -v "critical answer" ../err
'
test_expect_success 'a session of that file' '
	jzbf -q serve 1 --psych kind=心理辅导 note.fact=谈话 minutes=50 >../out && test_grep "^sessions\[" ../out && plain 1 psych >../plain &&
	test_grep "kind: guidance" ../plain && test_grep "^revision: 2" ../plain && test_expect_code 1 jzbf assess 77 --psych phq-9 --answers ../none
'
test_expect_success 'nothing of the person got out' 'no_trace && clean_after'
test_expect_success 'a missing consent is told before anybody is asked, a critical answer even when it is refused' '
	sed -e "/^consents/d" -e "s/$MARK_NUMBER/441825198704121039/" ../person.yaml >../other.yaml && jzbf -q intake --from ../other.yaml >../out 2>/dev/null && id=$(head -1 ../out) &&
	test_expect_code 3 script -qec "jzbf assess $id phq-9" /dev/null </dev/null >../out && test_grep "\[5.2.4\]" ../out && test_grep -v "1/10" ../out &&
	unchanged jzbf assess $id phq-9 --answers ../critical 2>../err && test_grep "item 9 holds a critical answer" ../err
'
test_expect_success 'answers are shown in one line' '
	jzbf show 1 assessments >../out && test_grep "^Raw answers +1=0 2=0 3=0 4=0" ../out
'
test_expect_success 'an instrument is found as people write it' '
	jzbf assess 1 PHQ-9 --template >../out && jzbf assess 1 phq-9 --template >../again && test_cmp ../again ../out
'
test_done

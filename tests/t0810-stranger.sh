#!/bin/bash
# Somebody new, in the wrong place or with a slip of the hand: each message says what is wrong, where,
# and what to do next.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
export JZBF_NOW=2026-11-20T09:00:00+08:00

# says CODE PATTERN COMMAND…: that status, and that on standard error.
says() {
	local code=$1 pattern=$2
	shift 2
	test_expect_code "$code" "$@" >"$SHORT/out" 2>"$SHORT/err" </dev/null && test_grep "$pattern" "$SHORT/err"
}

test_expect_success 'outside of a store' '
	mkdir "$SHORT/nothing" && cd "$SHORT/nothing" && git init -q ../empty && git init -q ../other && (cd ../other && echo >x && git add x && git commit -q -m x) &&
	for c in status "access list" sync list "find x" check "show 1" "report indicators" log "diff HEAD" verify "intake x=1" "edit 1"; do
		says 6 "no git repository at or above .*-C DIRECTORY.*jzbf init" jzbf $c &&
		says 6 "the repository is empty.*jzbf sync.*jzbf init" jzbf -C ../empty $c &&
		says 6 "no jzbf store.*-C DIRECTORY" jzbf -C ../other $c || { echo "in $c"; return 1; }
	done && cd "$TRASH/work"
'
test_expect_success 'a wrong option, and none where one is needed' '
	for c in $(jzbf complete -- "" | cut -f1); do
		says 2 "try .jzbf $c --help" jzbf $c --no-such-option || { echo "in $c"; return 1; }
	done &&
	says 2 "subcommand: install, status, remove" jzbf hook && says 2 "SHELL, one of bash, zsh, fish" jzbf completion &&
	says 2 "NAME, one of indicators, caseload, case" jzbf report && says 2 "missing: --office, --name, --person" jzbf init &&
	says 2 "缺少：--name, --person" in_chinese jzbf init --office LS &&
	says 2 "did you mean .--format" jzbf show --fromat=json 1
'
test_expect_success 'a founder who is somebody else is told before anything is made' '
	JZBF_PERSON=ben says 2 "JZBF_PERSON says .* .ben.*--person .anna." jzbf init --office LS --name x --person anna --key $fpr_anna new &&
	test ! -e new &&
	says 4 "not in your keyring: import it there .*GNUPGHOME" jzbf init --office LS --name x --person anna --key $(echo $fpr_anna | rev) new && test ! -e new
'
test_expect_success 'in a store: what there is not is named, with what there is' '
	make_store s anna && cd s &&
	jzbf -q intake --from - <<-\EOF >/dev/null &&
	person: {name: 测试甲, id_type: citizen_id, id_number: "441825199003070018"}
	sentence: {category: probation}
	EOF
	says 1 "no case .99.: .jzbf list. shows" jzbf show 99 && says 1 "没有档案“99”：可用“jzbf list”" in_chinese jzbf edit 99 &&
	says 3 "no instrument .nosuch. \(gad-7, .*sds\)" jzbf assess 1 nosuch && says 3 "did you mean .phq-9" jzbf assess 1 pqh-9 &&
	says 2 "did you mean .name.\?" jzbf intake 1 person.nam=x && says 2 "age is a number" jzbf list -w "age>x" && says 2 "age is a number" jzbf list -w age=x &&
	jzbf list -w "age>=18" >/dev/null &&
	says 2 "\(custodian, supervisor, .* it IT staff\)" jzbf access add bob --role king && says 2 "--name.*--role.*--key" jzbf access add bob
'
test_expect_success 'files are named as they were given' '
	says 6 "/nosuch/x.html: No such file" jzbf report indicators -o /nosuch/x.html && test_grep -v "x.html\." "$SHORT/err" &&
	says 6 "/nosuch/x.tar: No such file" jzbf bundle -o /nosuch/x.tar && test_grep -v "part" "$SHORT/err" &&
	says 3 "jzbf.yaml: the archive is cut off" jzbf bundle verify jzbf.yaml
'
test_expect_success 'without the own key, or a home, the next step is said' '
	mkdir -m 700 "$SHORT/bare" && GNUPGHOME=$SHORT/bare says 4 "not in your keyring: import it.*GNUPGHOME" jzbf show 1 &&
	GNUPGHOME=$SHORT/bare says 4 "not in your keyring: import it.*GNUPGHOME" jzbf access add ben --name B --role it --key-file "$KEYS/ben.pub" &&
	says 6 "HOME is set.*so set one" env -u HOME -u XDG_STATE_HOME jzbf verify
'
test_expect_success 'output that goes nowhere is an error, also where there are findings; a reader who leaves is none' '
	for c in list "show 1" "check-id 123" "report indicators" "report case 1 -f html" log verify help "intake --template"; do
		jzbf -q $c >/dev/full 2>../err; test $? = 6 && test_grep "standard output" ../err || { echo "in $c"; return 1; }
	done &&
	test_expect_code 6 jzbf -q intake 1 person.phone=13822223333 >/dev/full 2>../err && test_grep "all else that .jzbf intake. was to do is done" ../err &&
	test_expect_code 6 jzbf report indicators -o /nosuch/x 2>../err && test_grep -v "all else" ../err &&
	test_expect_code 1 jzbf check-id 123 >/dev/null 2>&1 && (jzbf intake --template 2>../err | head -1 >/dev/null) && test_empty ../err
'
test_expect_success 'any locale will do' '
	for l in C POSIX xx_YY.UTF-8 en_US.ISO-8859-1; do
		says 2 "^jzbf: missing argument CASE" env -u LC_ALL LANG=$l jzbf show || return 1
	done &&
	for l in zh_CN.UTF-8 zh_CN.GB18030 zh_CN zh zh_SG.UTF-8 zh_TW.UTF-8 zh_Hans_CN; do
		says 2 "^jzbf: 缺少参数" env -u LC_ALL LANG=$l jzbf show || return 1
	done
'
test_done

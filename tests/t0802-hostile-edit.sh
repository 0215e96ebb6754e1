#!/bin/bash
# What somebody could try in an editor or with a field: nothing invalid is committed.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/case.sh"

setup_keys anna || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
open_store anna || exit 99

# edit SCRIPT: jzbf edit of the first case with a shell script as editor, the file as $1
cat >../editor <<\SH
#!/bin/sh
sh -c "$EDIT" sh "$1"
SH
chmod +x ../editor
edit() { EDITOR=../editor EDIT=$1 timeout 20 jzbf edit LS-2026-0001 2>../err; }
refused() { unchanged edit "$1" && rm -rf "$HOME/.local/state/jzbf/drafts"; }

test_expect_success 'what a record is cannot be changed' '
	jzbf intake --from ../person.yaml &&
	refused "sed -i \"s/^id: .*/id: LS-2026-0002/\" \"\$1\"" && test_grep "cannot be changed" ../err &&
	refused "sed -i \"s/^format: .*/format: jzbf\\/psych\\/1/\" \"\$1\"" &&
	edit "sed -i \"s/^revision: .*/revision: 77/\" \"\$1\"" && plain | grep "^revision: 2$"
'

test_expect_success 'an alert that was raised stays' '
	jzbf alert LS-2026-0001 category=自杀 observed_at="2026-03-02 08:30" observed_by=anna facts=有自伤念头 \
		reported_at="2026-03-02 08:40" reported_to=司法所 channel=电话 &&
	id=$(jzbf show LS-2026-0001 "alerts[0].id") &&
	refused "sed -i \"/^alerts:/,/^[b-z]/{/^[b-z]/!d}\" \"\$1\"" && test_grep "R5.3.3e|5\.3\.3" ../err &&
	unchanged jzbf intake LS-2026-0001 ".alerts[$id]=" 2>../err && test_grep "5\.3\.3" ../err
'

test_expect_success 'a critical answer stays, or is ruled out by somebody' '
	echo "[0,0,0,0,0,0,0,0,2]" >../answers && jzbf -q assess LS-2026-0001 phq-9 --answers ../answers >/dev/null 2>&1
	id=$(jzbf show LS-2026-0001 "assessments[0].id") && test -n "$id" &&
	unchanged jzbf intake LS-2026-0001 ".assessments[$id]=" 2>../err && test_grep "R5.3.3f|5\.3\.3" ../err &&
	unchanged jzbf intake LS-2026-0001 ".assessments[$id].answers.9=0" 2>../err && test_grep "item 9" ../err &&
	jzbf intake LS-2026-0001 "rule_outs[+].assessment=$id" "rule_outs[+].items[+]=9" "rule_outs[+].at=2026-03-02 09:00" \
		"rule_outs[+].by=anna" "rule_outs[+].grounds=录入错误" && jzbf intake LS-2026-0001 ".assessments[$id].answers.9=0" &&
	test "$(jzbf show LS-2026-0001 "assessments[0].answers.9")" = 0
'

test_expect_success 'nobody becomes a person who has an open case' '
	jzbf intake person.name=乙 person.id_number=441825196501010110 sentence.category=缓刑 &&
	for try in "jzbf intake LS-2026-0002" "jzbf serve LS-2026-0002 kind=个别教育"; do
		unchanged $try .person.id_number=$MARK_NUMBER 2>../err || cat ../err
		test_grep -v "$MARK_NUMBER" ../err || return 1
	done &&
	unchanged env EDITOR=../editor EDIT="sed -i \"s/441825196501010110/$MARK_NUMBER/\" \"\$1\"" \
		timeout 20 jzbf edit LS-2026-0002 2>../err &&
	test_grep "has an open case already: .LS-2026-0001." ../err && rm -rf "$HOME/.local/state/jzbf/drafts"
'

test_expect_success 'an editor that leaves something else than a file' '
	test_must_fail edit "rm \"\$1\"; mkfifo \"\$1\"" && test_grep "plain file" ../err &&
	test_must_fail edit "ln -sf /dev/zero \"\$1\"" &&
	test_must_fail edit "rm \"\$1\"; mkdir \"\$1\"" &&
	test -z "$(ls -A "$JZBF_TMPFS")" && clean_after
'

test_expect_success !WRAPPED 'the leavings of such an editor block nobody' '
	mkfifo ../ready || return 1
	EDITOR=../editor EDIT="rm \"\$1\"; mkfifo \"\$1\"; echo >../ready; sleep 2" jzbf edit LS-2026-0001 2>../err &
	pid=$!
	read -r line <../ready; kill -STOP $pid; kill -9 $pid
	wait $pid
	(cd "$JZBF_TMPFS" && find . -name edit.yaml -type p) | grep . &&
	EDITOR=true timeout 20 jzbf edit LS-2026-0001 && test -z "$(ls -A "$JZBF_TMPFS")"
'

rmdir "$JZBF_TMPFS"
test_done

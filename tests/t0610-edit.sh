#!/bin/bash
# edit: the editor's file lives in memory, what is saved is checked, nothing is lost, nothing is left.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna || exit 99
export JZBF_NOW=2026-11-20T09:00:00+08:00
id=LS-2026-0001
export JZBF_TMPFS=$(mktemp -d /dev/shm/jzt.XXXXXX)
trap 'rm -rf "$JZBF_TMPFS"; test_cleanup' EXIT

editor() { # SCRIPT: an editor that does this with $1
	printf '#!/bin/sh\n%s\n' "$1" >"$PWD/../editor" && chmod +x ../editor
	export JZBF_EDITOR=$PWD/../editor
}
nothing_left() { test -z "$(ls -A "$JZBF_TMPFS")" || { find "$JZBF_TMPFS"; return 1; }; }

test_expect_success 'a case' '
	make_store s anna && cd s &&
	head -2 $SRC/examples/people.csv | sed "s/li\.qing/anna/" >../one.csv &&
	jzbf -q intake --csv ../one.csv --map $SRC/examples/map.yaml
'
test_expect_success 'saving without a change writes nothing' '
	head=$(git rev-parse HEAD) && editor ":" && jzbf edit $id 2>../err &&
	test_grep "nothing was changed" ../err && test $(git rev-parse HEAD) = $head && nothing_left
'
test_expect_success 'the file is private, in memory, and the record itself' '
	editor "stat -c %a \$1 >$PWD/../mode; stat -f -c %T \$1 >$PWD/../fs; cp \$1 $PWD/../seen; stat -c %a \$(dirname \$1) >>$PWD/../mode" &&
	jzbf edit $id 2>/dev/null && printf "600\n700\n" | test_cmp - ../mode && echo tmpfs | test_cmp - ../fs &&
	jzbf show $id --format yaml | test_cmp - ../seen && nothing_left
'
test_expect_success 'a change is one commit; comments and x- fields stay' '
	editor "sed -i \"s/^person:/# 备注：请保留\nx-local: {no: A-17}\nperson:/\" \$1" &&
	jzbf edit 1 >../out && echo $id | test_cmp - ../out && nothing_left &&
	jzbf show $id --format yaml >../now && test_grep "# 备注：请保留" ../now && test_grep "A-17" ../now &&
	jzbf intake $id person.skills[+]=木工 >/dev/null 2>&1 &&
	jzbf show $id --format yaml >../now && test_grep "# 备注：请保留" ../now && test_grep 木工 ../now &&
	clean_after
'
test_expect_success 'what is invalid is refused, kept as a draft that only its writer opens' '
	head=$(git rev-parse HEAD) && editor "sed -i \"s/^  name:.*/  name: 马克某甲\n  nonsense: 1/\" \$1" &&
	test_expect_code 3 jzbf edit $id 2>../err </dev/null && test_grep nonsense ../err && test_grep resume ../err &&
	test $(git rev-parse HEAD) = $head && nothing_left && ! grep -r 马克某甲 .git "$HOME/.local" &&
	gpg -q -d "$HOME"/.local/state/jzbf/drafts/*/case-$id.gpg | grep 马克某甲 && clean_after &&
	jzbf status >../out && grep -A1 "drafts of" ../out | grep "case $id"
'
test_expect_success 'a new edit does not pass over the draft; --resume takes it up' '
	editor ":" && test_expect_code 5 jzbf edit $id 2>../err && test_grep discard ../err &&
	editor "cp \$1 $PWD/../seen; sed -i /nonsense/d \$1" &&
	jzbf edit $id --resume >../out && test_grep nonsense ../seen &&
	jzbf show $id person.name >../out && echo 马克某甲 | test_cmp - ../out &&
	! ls "$HOME"/.local/state/jzbf/drafts/*/case-$id.gpg && clean_after
'
test_expect_success 'a draft that lies in the repository is none' '
	mkdir -p .git/jzbf/drafts && jzbf show $id --format yaml | sed "s/^  name:.*/  name: 冒名/" |
		gpg --batch -q --trust-model always -r $fpr_anna -o .git/jzbf/drafts/case-$id.gpg -e &&
	jzbf show $id --format yaml | sed -n "s/^revision: //p" >.git/jzbf/drafts/case-$id.base && editor ":" &&
	test_expect_code 1 jzbf edit $id --resume 2>../err && test_grep "has no draft" ../err && rm -r .git/jzbf/drafts
'
test_expect_success 'the editor comes back with the findings in place' '
	editor "n=\$(cat $PWD/../n 2>/dev/null || echo 0); echo \$((n+1)) >$PWD/../n
		if [ \$n = 0 ]; then sed -i \"s/^  name:.*/  name: 乙\n  nonsense: 1/\" \$1; else cp \$1 $PWD/../seen; sed -i /nonsense/d \$1; fi" &&
	rm -f ../n && python3 - $id <<-\PY >../out &&
	import os, pty, subprocess, sys
	master, slave = pty.openpty()
	p = subprocess.Popen(["jzbf", "edit", sys.argv[1]], stdin=slave, stderr=slave, stdout=subprocess.PIPE)
	os.close(slave); os.write(master, b"y\n")
	out = p.communicate(timeout=20)[0]
	print(p.returncode, out.decode().strip())
	PY
	echo "0 $id" | test_cmp - ../out && grep -A1 "^#! " ../seen | grep nonsense &&
	jzbf show $id --format yaml >../now && ! grep "^#! " ../now && test_grep "name: 乙" ../now && nothing_left
'
test_expect_success 'a case that somebody changed meanwhile is not overwritten' '
	editor "JZBF_EDITOR=: jzbf -q -C $PWD intake $id person.skills[+]=电工 >/dev/null 2>&1; sed -i \"s/name: 乙/name: 丙/\" \$1" &&
	test_expect_code 5 jzbf edit $id 2>../err && test_grep "meanwhile" ../err &&
	jzbf show $id person.name >../out && echo 乙 | test_cmp - ../out && jzbf show $id person.skills | grep 电工 &&
	editor "sed -i s/nothing// \$1" && jzbf edit $id --discard 2>/dev/null && nothing_left
'
test_expect_success 'a killed edit leaves its text in memory, and the next one makes a draft of it' '
	editor "sed -i \"s/name: 乙/name: 戊己庚/\" \$1; touch $PWD/../ready; exec sleep 5" && rm -f ../ready &&
	{ jzbf edit $id 2>/dev/null & } && pid=$! && until test -e ../ready; do sleep 0.1; done &&
	kill -9 $pid; wait $pid; ls $JZBF_TMPFS | grep jzbf &&
	jzbf list >/dev/null && ls $JZBF_TMPFS | grep jzbf &&
	editor ":" && test_expect_code 5 jzbf edit $id 2>../err && test_grep draft ../err && nothing_left &&
	! grep -r 戊己庚 .git && editor ":" && jzbf edit $id --resume 2>/dev/null &&
	jzbf show $id person.name >../out && echo 戊己庚 | test_cmp - ../out && clean_after
'
test_expect_success 'an editor that fails saves nothing' '
	head=$(git rev-parse HEAD) && editor "sed -i \"s/name: 戊/name: 辛/\" \$1; exit 1" &&
	test_expect_code 1 jzbf edit $id 2>../err && test $(git rev-parse HEAD) = $head && nothing_left
'
test_expect_success 'without an editor and a terminal nothing is opened' '
	test_expect_code 2 env -u EDITOR -u VISUAL -u JZBF_EDITOR jzbf edit 1 </dev/null 2>../err && test_grep "no editor is named" ../err &&
	test -z "$(git status --porcelain)"
'
test_done

#!/bin/bash
# Completion: what the program offers, and that each shell can load and use its script.
. "$(dirname "$0")/lib.sh"

offers() { jzbf complete -- "$@" | cut -f1; }

test_expect_success 'commands, options, values' '
	offers comp >out && echo completion >want && test_cmp want out &&
	offers completion "" >out && printf "%s\n" bash zsh fish >want && test_cmp want out &&
	offers completion z >out && echo zsh >want && test_cmp want out &&
	offers completion -- --he >out && test_empty out &&
	offers completion --he >out && echo --help >want && test_cmp want out &&
	offers --ver >out && printf "%s\n" --version --verbose >want && test_cmp want out &&
	offers -C "" >out && echo :dir >want && test_cmp want out &&
	offers --directory=x >out && test_cmp want out &&
	offers -C /tmp help comp >out && echo completion >want && test_cmp want out
'
test_expect_success 'every option of every command is offered, hidden ones are not' '
	for c in $(offers ""); do
		jzbf $c --help | grep -oE "^  (-[a-zA-Z], )?--[a-z-]+" | grep -oE -e "--[a-z-]+" | sort >want &&
		offers $c -- >/dev/null && offers $c - | sort >out && test_cmp want out || return 1
	done
'
test_expect_success 'ids of cases and people of a store, found without decrypting' '
	setup_keys zhang li &&
	jzbf init --office LS --name 连山司法所 --person zhang --role caseworker office &&
	jzbf -C office intake --from - <<-\EOF &&
	assigned: [zhang]
	person: {name: 测试甲, id_type: citizen_id, id_number: "441825199003070018"}
	sentence: {category: probation}
	EOF
	export GNUPGHOME=$PWD/none &&
	(cd office && offers show "" && offers access remove "") >out && printf "LS-%s-0001\nzhang\n" $(date +%Y) >want &&
	test_cmp want out && offers -C office show LS >out && test_grep "^LS-" out && offers show "" >out && test_empty out
'
test_expect_success 'instruments, schemas and files' '
	offers score phq >out && printf "phq-2\nphq-9\n" >want && test_cmp want out &&
	offers check --schema psy >out && printf "psych\n:file\n" >want && test_cmp want out &&
	offers check --schema=psy >out && printf "%s\n" --schema=psych :file >want && test_cmp want out
'
test_expect_success 'fields of a case, from dot to dot, those of the command first' '
	offers intake LS-2026-0001 per >out && echo person. >want && test_cmp want out &&
	offers intake LS-2026-0001 person.s >out && printf "person.%s=\n" sex skills >want && test_cmp want out &&
	offers intake x "needs[+].do" >out && echo "needs[+].domain=" >want && test_cmp want out &&
	offers intake x nee >out && echo "needs[+]." >want && test_cmp want out &&
	offers plan x "" >out && grep -nxE "goals\[\+\]\.|person\." out | cut -d: -f2 >found && printf "goals[+].\nperson.\n" | test_cmp - found &&
	test_grep -v "^(id|format|revision)" out && offers follow x .per >out && echo .person. >want && test_cmp want out &&
	offers show x per >out && printf "person\nperson.\n" >want && test_cmp want out &&
	offers blame x "services[a7k2m9q4].ki" >out && echo "services[a7k2m9q4].kind" >want && test_cmp want out &&
	offers show x no.such.place. >out && test_empty out && in_chinese jzbf complete -- show x person.na >out && printf "person.name\t姓名\nperson.nationality\t国籍或地区\n" >want && test_cmp want out
'
test_expect_success 'codes of a field, and the fields of conditions' '
	offers intake x sentence.category=pro >out && echo sentence.category=probation >want && test_cmp want out &&
	offers serve x kind=medi >out && echo kind=mediation >want && test_cmp want out &&
	offers intake x minor_track= >out && printf "minor_track=%s\n" true false >want && test_cmp want out &&
	offers list -w services.ki >out && echo services.kind= >want && test_cmp want out &&
	offers list --where=stat >out && echo --where=state= >want && test_cmp want out &&
	offers list -w category=par >out && echo category=parole >want && test_cmp want out
'
test_expect_success STRACE,!SANITIZED,!WRAPPED 'for fields no other program is run, and no store is looked at' '
	strace -f -e trace=execve,openat -o calls jzbf complete -- show x person. >out && test_line_count -gt 9 out &&
	test $(grep -c execve calls) = 1 && test_grep case.yaml calls && test_grep -v "\.git/|gnupg|bin/gpg" calls
'
test_expect_success 'bash' '
	cat >try.bash <<-\EOF &&
	source <(jzbf completion bash)
	try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jzbf; printf "%s\n" "${COMPREPLY[@]}"; }
	try jzbf completion ""
	try jzbf comp
	try jzbf --directory = fold
	try jzbf intake x person.sex = 1
	try jzbf intake x "\"contacts[+].mo"
	EOF
	mkdir -p folder && bash --norc try.bash >out &&
	printf "%s\n" bash zsh fish completion folder 1 "contacts[+].mode=" >want && test_cmp want out
'
test_expect_success ZSH 'zsh' '
	cat >try.zsh <<-\EOF &&
	autoload -Uz compinit && compinit -u -D
	source <(jzbf completion zsh)
	[[ $_comps[jzbf] == _jzbf ]] || exit 1
	_describe() { print -l -- "${(@P)2}"; }
	words=(jzbf completion ""); CURRENT=3; _jzbf
	words=(jzbf intake x "contacts\\[+\\].mo"); CURRENT=4; _jzbf
	EOF
	zsh -f try.zsh >out && test_grep "^bash:" out && test_grep "^contacts\[\+\]\.mode=:Mode" out && test_line_count = 4 out
'
test_expect_success FISH 'fish' '
	fish --no-config -c "jzbf completion fish | source; complete -C \"jzbf comp\"; complete -C \"jzbf completion \"; complete -C \"jzbf intake x person.se\"" >out &&
	cut -f1 out >names && printf "%s\n" completion bash zsh fish person.sex= | sort >want && sort names | test_cmp want -
'
test_done

# People and papers for tests of the writing commands. Source it behind lib.sh and store.sh.

export JZBF_NOW=2026-03-02T09:00:00+08:00
MARK=测试标记
MARK_NUMBER=441825199003070018

# open_store NAME: a store in s, and the files of papers in ..
open_store() {
	make_store s "$1" && cd s || return 1
	cat >../person.yaml <<-YAML
	person:
	  name: $MARK
	  id_number: $MARK_NUMBER
	sentence: {category: 缓刑, correction_from: 2026-02-01, correction_to: 2027-01-31}
	admission: {declared_on: 2026-02-02}
	contacts: [{id: cont0001, date: 2026-02-05, mode: 走访, by: $1, role_explained: 是}]
	consents: [{kind: 测评筛查, version: 一, date: 2026-02-05, signed: 是}]
	needs: [{id: need0001, domain: 就业, severity: 2, found_on: 2026-02-06, evidence: [cont0001]}]
	analysis:
	  date: 2026-02-10
	  by: $1
	  causes: [{statement: 失业, evidence: [cont0001]}]
	  cognition: {offence: 认罪}
	  environment: {family: 和睦}
	YAML
	cat >../plan.yaml <<-YAML
	content: [帮助就业]
	goals:
	  - {id: g1, term: 短期, need: need0001, statement: 完成技能培训, due: 2026-04-30}
	  - {id: g2, term: 中期, need: need0001, statement: 找到工作, due: 2026-07-31}
	  - {id: g3, term: 长期, need: need0001, statement: 稳定就业, due: 2026-12-31}
	steps:
	  - {goal: g1, what: 报名, from: 2026-03-03, to: 2026-03-31}
	  - {goal: g2, what: 推荐岗位, from: 2026-05-01, to: 2026-07-31}
	organisation: 司法所
	measures: 面谈
	safeguards: 经费
	agreement: {state: 同意, date: 2026-03-02}
	guided_by: {organisation: 示例司法局, person: 乙, date: 2026-03-02}
	personal_basis: {traits: 内向, conduct: 良好, strengths: 木工, needs: 就业, work_life: 务农}
	YAML
}

# unchanged COMMAND…: it is refused with status 3, and the store is as it was.
unchanged() {
	local before
	before=$(git rev-parse HEAD)
	test_expect_code 3 "$@" || return 1
	[ "$(git rev-parse HEAD)" = "$before" ] || { echo "something was committed"; return 1; }
	test -z "$(git status --porcelain)"
}

plain() { gpg -q -d "cases/2026/000/LS-2026-000${1:-1}/${2:-case}.yaml.gpg"; }

# no_trace: the marker is nowhere but in ciphertext.
no_trace() {
	! grep -r -l -e "$MARK" -e "$MARK_NUMBER" . &&
	! git log --all --format=%B | grep -e "$MARK" -e "$MARK_NUMBER" &&
	! find . | grep -e "$MARK" -e "$MARK_NUMBER"
}

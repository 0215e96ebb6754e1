#!/bin/bash
# Looking: list, show, find, log, check and report, as people and as scripts use them.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
export JZBF_NOW=2026-11-20T09:00:00+08:00
examples=$SRC/examples

test_expect_success 'a store of the example office, first five people' '
	make_store s anna && cd s &&
	head -6 $examples/people.csv | sed "s/li\.qing/anna/;s/wang\.song/anna/" >../five.csv &&
	jzbf -q intake --csv ../five.csv --map $examples/map.yaml >../ids &&
	test_line_count = 5 ../ids &&
	sed "s/li\.qing/anna/" $examples/cases/03/10-intake.yaml >../contact.yaml &&
	jzbf -q intake LS-2026-0003 --from ../contact.yaml 2>/dev/null
'
test_expect_success 'list shows derived states; ids and NUL for scripts' '
	jzbf list >../out && test_grep "LS-2026-0003 .* contacted" ../out &&
	jzbf list --ids >../out && test_cmp ../ids ../out &&
	jzbf list -z | tr "\0" "\n" >../out && test_cmp ../ids ../out
'
test_expect_success 'conditions choose, nothing found is status 1, a wrong one is status 2' '
	jzbf list --ids --where state=contacted >../out && echo LS-2026-0003 | test_cmp - ../out &&
	jzbf list --ids --where "age<40" --where person.phone=x >../out; test $? = 1 &&
	jzbf list --ids --where person.sex=2 >../out && printf "%s\n" LS-2026-0002 LS-2026-0005 | test_cmp - ../out &&
	test_expect_code 2 jzbf list --where nonsense 2>../err && test_grep "condition 1" ../err
'
test_expect_success 'a condition may use labels; what there is not is named, not passed over' '
	in_chinese jzbf list --ids --where state=已接触 >../out && echo LS-2026-0003 | test_cmp - ../out &&
	jzbf list --ids --where person.sex=女性 --where minor=否 >../out && printf "%s\n" LS-2026-0002 LS-2026-0005 | test_cmp - ../out &&
	test_expect_code 2 jzbf list --where sentence.categry=x 2>../err && test_grep "did you mean .category" ../err &&
	test_expect_code 2 jzbf list --where category=probatio 2>../err && test_grep "suspended sentence" ../err &&
	test_expect_code 2 jzbf list --where state=nowhere 2>../err && test_grep "no state .nowhere" ../err &&
	test_expect_code 1 jzbf list --where services.kind=other >../out && test ! -s ../out &&
	test_expect_code 2 jzbf list psych -w age=1 2>../err && test_grep "not opened" ../err &&
	test_expect_code 1 jzbf list psych -f json >../out 2>../err && test_grep "jzbf/report/1" ../out &&
	test_expect_code 1 jzbf list psych 2>../err && test_grep "no psychological file" ../err
'
test_expect_success 'list as JSON and CSV has machine values in any language' '
	jzbf list --format json >../en && in_chinese jzbf list --format json >../zh && test_cmp ../en ../zh &&
	python3 -c "import json,sys; d=json.load(open(sys.argv[1])); assert d[\"format\"]==\"jzbf/report/1\"; assert len(d[\"tables\"][\"cases\"])==5; assert d[\"tables\"][\"cases\"][2][\"state\"]==\"contacted\"" ../en &&
	jzbf list --format csv >../out && head -1 ../out | tr -d "\r" >../head &&
	echo id,name,age,category,state,phase,level,end,alerts | test_cmp - ../head
'
test_expect_success 'list in Chinese' '
	in_chinese jzbf list >../out && test_grep "缓刑.*已接触" ../out
'
test_expect_success 'show gives titles, YAML, JSON, one value' '
	jzbf show LS-2026-0003 >../out && test_grep "^# Contacts" ../out &&
	in_chinese jzbf show 3 >../out && test_grep "^# 接触记录" ../out &&
	jzbf show 0003 --format yaml >../out && test_grep "^id: LS-2026-0003$" ../out &&
	git cat-file -p HEAD:cases/2026/000/LS-2026-0003/case.yaml.gpg | gpg -q -d >../plain && test_cmp ../plain ../out &&
	head -3 ../plain | cut -d: -f1 | paste -sd " " >../head && echo format id revision | test_cmp - ../head &&
	jzbf show LS-2026-0003 --format json | python3 -m json.tool >/dev/null &&
	jzbf show LS-2026-0003 contacts[0].mode >../out && echo interview | test_cmp - ../out &&
	test_expect_code 2 jzbf show LS-2026-0003 nothing.there 2>../err && test_grep "no field .nothing.there" ../err &&
	test_expect_code 1 jzbf show LS-2026-0003 closing.reason 2>../err && test_grep "has no .closing.reason" ../err &&
	test_expect_code 1 jzbf show LS-2026-0099 2>../err
'
test_expect_success 'show --at a revision before' '
	jzbf show LS-2026-0003 revision >../out && echo 2 | test_cmp - ../out &&
	jzbf show LS-2026-0003 revision --at HEAD~1 >../out && echo 1 | test_cmp - ../out &&
	test_expect_code 1 jzbf show LS-2026-0003 contacts --at HEAD~1 2>/dev/null
'
test_expect_success 'find looks everywhere; the text may come from standard input' '
	jzbf find 村干 >../out && test_grep "^LS-2026-0003:/admission/team/1/name: 演村干3" ../out &&
	printf 13000000004 | jzbf find --stdin --ids >../out && echo LS-2026-0004 | test_cmp - ../out &&
	jzbf find 村干 --path /contacts >../out; test $? = 1 && test_empty ../out &&
	test_expect_code 2 jzbf find 2>../err &&
	jzbf find 村干 --format json | python3 -c "import json,sys; assert json.loads(sys.stdin.readline())[\"path\"]==\"/admission/team/1/name\""
'
test_expect_success 'log names people, records and revisions, and decrypts nothing' '
	jzbf log LS-2026-0003 >../out && test_grep "case LS-2026-0003 2$" ../out && test_grep "case LS-2026-0003 1$" ../out &&
	jzbf log -n 1 --format json >../out && test_line_count = 1 ../out &&
	python3 -c "import json,sys; d=json.load(open(sys.argv[1])); assert d[\"records\"][0][\"id\"]==\"LS-2026-0003\" and d[\"person\"]==\"anna\"" ../out &&
	GNUPGHOME=$SHORT/nobody jzbf log >../out && test_grep intake ../out
'
test_expect_success 'check reports duties of a day, by id, in both languages' '
	test_expect_code 1 jzbf check >../out 2>../err && test_grep "LS-2026-0002: error: .*\[社区矫正法25\]" ../out && test_grep "unreadable 0" ../err &&
	test_expect_code 1 jzbf check --all -f json >../all 2>/dev/null && test_grep "LS-2026-0002" ../all &&
	test_expect_code 2 jzbf check --all LS-2026-0001 2>/dev/null &&
	jzbf check LS-2026-0001 >../out 2>/dev/null && test_empty ../out &&
	test_expect_code 1 jzbf check LS-2026-0001 --date 2027-01-15 >../out 2>/dev/null && test_grep "6.1.1" ../out &&
	in_chinese jzbf check LS-2026-0002 >../out 2>/dev/null; test_grep "错误" ../out &&
	test_must_fail jzbf check --format json 2>/dev/null | python3 -c "import json,sys; d=json.load(sys.stdin); assert d[\"format\"]==\"jzbf/findings/1\" and d[\"findings\"]"
'
test_expect_success 'reports are pure: same commit and date, same bytes, in a clone and a bare one too' '
	for f in text csv json html; do jzbf report indicators --format $f >../one.$f || return 1; done && next_second &&
	for f in text csv json html; do
		JZBF_NOW=2026-11-20T23:59:00+08:00 jzbf report indicators --format $f >../two && test_cmp ../one.$f ../two || return 1
	done &&
	git clone -q --bare . ../bare.git && git -C ../bare.git config jzbf.person anna &&
	jzbf -C ../bare.git report indicators --format html >../two && test_cmp ../one.html ../two
'
test_expect_success 'indicators print n and N, and the cases behind them' '
	jzbf report indicators --month 2026-11 --format json --cases >../out &&
	python3 - ../out <<-\PY &&
	import json, sys
	d = json.load(open(sys.argv[1]))
	rows = {r["key"]: r for r in d["tables"]["rates"]}
	assert (rows["contact_rate"]["n"], rows["contact_rate"]["total"]) == (1, 4), rows
	assert d["facts"]["window"] == "2026-11-01/2026-11-30"
	behind = {(r["key"], r["set"], r["id"]) for r in d["tables"]["cases"]}
	assert ("contact_rate", "n", "LS-2026-0003") in behind
	assert ("contact_rate", "missed", "LS-2026-0004") in behind
	assert rows["education_rate"]["total"] == 0 and rows["education_rate"]["percent"] is None
	PY
	jzbf report indicators --month 2020-01 >../out && test_grep "—" ../out
'
test_expect_success PYTHON 'a page is whole, loads nothing, names its language, and heads its tables' '
	cat >../page.py <<-\EOF &&
	import re, sys
	from html.parser import HTMLParser
	VOID = {"meta", "rect"}
	class Page(HTMLParser):
	    def __init__(self):
	        super().__init__()
	        self.open, self.seen, self.attrs, self.rows = [], set(), [], []
	    def handle_starttag(self, tag, attrs):
	        self.seen.add(tag); self.attrs += attrs
	        if tag not in VOID: self.open.append(tag)
	        if tag == "html": self.lang = dict(attrs)["lang"]
	        if tag == "th": assert dict(attrs)["scope"] in ("col", "row")
	        if tag == "tr": self.rows.append(0)
	        if tag in ("td", "th"): self.rows[-1] += 1
	    def handle_endtag(self, tag):
	        if tag not in VOID: assert self.open.pop() == tag, tag
	for name, lang in (a.split(":") for a in sys.argv[1:]):
	    text = open(name).read()
	    page = Page(); page.feed(text); page.close()
	    assert not page.open and page.lang == lang, (page.open, page.lang)
	    assert {"title", "h1", "table", "thead", "tbody"} <= page.seen
	    assert not page.seen & {"script", "link", "img", "iframe", "object", "form", "a"}
	    assert not [k for k, v in page.attrs if k in ("src", "href", "style") or k.startswith("on")]
	    assert "default-src \x27none\x27" in text and not re.search(r"url\(|@import|https?:", text)
	    assert "color-scheme:only light" in text and "@page" in text
	EOF
	for r in indicators "indicators --cases" caseload "case LS-2026-0003"; do
		jzbf report $r --format html >../en.html && in_chinese jzbf report $r --format html >../zh.html &&
		python3 ../page.py ../en.html:en ../zh.html:zh-CN || return 1
	done &&
	echo "<html lang=en><p>" >../bad.html && test_must_fail python3 ../page.py ../bad.html:en
'
test_expect_success 'a printed case names the staff, machines get their ids' '
	cp -R . ../named && cd ../named && sed -i "s/name: anna/name: 安娜/" access.yaml && commit_as anna access -a &&
	jzbf report case LS-2026-0003 >../out && test_grep "Assigned staff +安娜 \(anna\)" ../out &&
	jzbf report case LS-2026-0003 --format csv >../out && test_grep "^anna,social_worker" ../out && test_grep "^screening,.*,true" ../out
'
test_expect_success 'the case report is the whole file; wrong words are usage errors' '
	jzbf report case LS-2026-0003 --format html -o ../case.html && test "$(stat -c %a ../case.html)" = 600 &&
	test_grep 演丙寅 ../case.html && ! grep -E "https?://|<script" ../case.html &&
	test_expect_code 2 jzbf report case 2>/dev/null &&
	test_expect_code 2 jzbf report caseload LS-2026-0003 2>/dev/null &&
	test_expect_code 2 jzbf report indicators --month 2026-13 2>../err && test_grep YYYY-MM ../err &&
	test_expect_code 2 jzbf report nothing 2>/dev/null
'
test_expect_success 'a record that cannot be read is counted, named and status 1, everywhere' '
	cp -R . ../broken && cd ../broken &&
	head -c 300 cases/2026/000/LS-2026-0002/case.yaml.gpg >../cut &&
	cp ../cut cases/2026/000/LS-2026-0002/case.yaml.gpg && git commit -qam broken &&
	for c in list "find 演" "report indicators" "report caseload" check; do
		test_expect_code 1 jzbf --unverified $c >../out 2>../err && cat ../out ../err >../both &&
		test_grep LS-2026-0002 ../both || return 1
	done &&
	test_expect_code 1 jzbf --unverified list 2>&1 >/dev/null | grep "scanned 5, unreadable 1" &&
	test_expect_code 5 jzbf list 2>/dev/null && test_expect_code 4 jzbf --unverified show LS-2026-0002 2>/dev/null &&
	jzbf --unverified report indicators --format json 2>/dev/null >../out; python3 -c "import json,sys; d=json.load(open(sys.argv[1])); assert d[\"facts\"][\"unreadable\"]==\"1\" and d[\"tables\"][\"unreadable\"][0][\"id\"]==\"LS-2026-0002\"" ../out &&
	cd ../s
'
test_expect_success 'somebody without a role reads nothing and is told so' '
	git clone -q . ../ben && cd ../ben && git config jzbf.person ben &&
	(as ben jzbf list >../out 2>../err; test $? != 0) && ! grep 演 ../out && cd ../s
'
test_expect_success 'where no key of anybody is, that is what is said, with status 4: not that all is well' '
	cd ../ben && git config --unset jzbf.person && mkdir -m 700 $SHORT/nokeys &&
	for c in list "list --format json" "find 演" check "check --format json"; do
		test_expect_code 4 env GNUPGHOME=$SHORT/nokeys jzbf -q $c >../out 2>../err && test_grep "no secret key of anybody" ../err || return 1
	done && GNUPGHOME=$SHORT/nokeys gpgconf --kill all && cd ../s
'
test_expect_success 'nothing of this left the working tree dirty' '
	clean_after
'
test_done

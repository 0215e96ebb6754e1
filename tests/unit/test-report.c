/* Reports: windows, conditions, measures on small cases, and the renderers. */
#include "lib/model/query.h"
#include "lib/model/schema.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"
#include "lib/report/measure.h"
#include "lib/report/render.h"
#include "lib/report/window.h"

#include "tests/unit/tap.h"
#include "tests/unit/yaml-node.h"

static struct jz_policy *policy;

static struct jz_date day(const char *text)
{
	struct jz_date d = {0, 0, 0};

	jz_date_parse(text, &d);
	return d;
}

static bool window(struct jz_window_words words, const char *from, const char *to)
{
	struct jz_window w;

	return !jz_window_parse(&words, day("2026-11-23"), &w, NULL) &&
	       !jz_date_cmp(w.from, day(from)) && !jz_date_cmp(w.to, day(to));
}

static bool refused(struct jz_window_words words)
{
	struct jz_window w;

	return jz_window_parse(&words, day("2026-11-23"), &w, NULL) == JZ_E_USAGE;
}

static void test_window(void)
{
	ok(window((struct jz_window_words){0}, "2026-01-01", "2026-11-23"), "the year to date");
	ok(window((struct jz_window_words){.month = "2024-02"}, "2024-02-01", "2024-02-29"),
	   "a month of a leap year");
	ok(window((struct jz_window_words){.quarter = "2026-Q4"}, "2026-10-01", "2026-12-31"),
	   "a quarter");
	ok(window((struct jz_window_words){.year = "2025"}, "2025-01-01", "2025-12-31"), "a year");
	ok(window((struct jz_window_words){.to = "2025-03-31"}, "2025-01-01", "2025-03-31"),
	   "to alone begins with its own year");
	ok(refused((struct jz_window_words){.month = "2026-13"}) &&
		   refused((struct jz_window_words){.quarter = "2026-Q5"}) &&
		   refused((struct jz_window_words){.year = "26"}) &&
		   refused((struct jz_window_words){.from = "2026-02-30"}),
	   "what is no period is refused");
	ok(refused((struct jz_window_words){.month = "2026-01", .year = "2026"}),
	   "two periods are refused");
	ok(refused((struct jz_window_words){.from = "2026-05-01", .to = "2026-04-30"}),
	   "a window that ends before it begins is refused");
}

static bool matches(const struct jz_node *record, const char *condition)
{
	struct jz_strs terms = JZ_STRS_INIT;
	struct jz_query *query = NULL;
	bool result;

	jz_strs_add(&terms, condition);
	result = !jz_query_parse(&terms, jz_policy_codes(policy), &query, NULL) &&
		 jz_query_match(query, record, policy, day("2026-11-23"));
	jz_query_free(query);
	jz_strs_release(&terms);
	return result;
}

static void test_query(void)
{
	struct jz_node *record = yaml("person: {name: 测试甲, birth_date: '2009-12-01', sex: '1'}\n"
				      "assigned: [li, wang]\n"
				      "sentence: {category: probation}\n"
				      "services:\n- {kind: schooling}\n- {kind: other}\n");

	ok(matches(record, "age<18") && !matches(record, "age>=17"), "age is derived");
	ok(matches(record, "assigned=wang") && !matches(record, "assigned=zhao"),
	   "a list matches by any element");
	ok(matches(record, "assigned!=zhao") && !matches(record, "assigned!=li"),
	   "and differs only if none is equal");
	ok(matches(record, "services.kind=other"), "items of a list are looked into");
	ok(matches(record, "person.name~试") && !matches(record, "person.name~乙"), "contains");
	ok(matches(record, "person.phone!=1") && !matches(record, "person.phone=1"),
	   "a field that is not there is equal to nothing");
	ok(!matches(record, "nonsense"), "what is no condition is refused");
}

static struct jz_measure measure(const char *key, const struct jz_node *record,
				 const char *definition)
{
	struct jz_window w = {day("2026-01-01"), day("2026-12-31")};
	struct jz_measure result = {-1, -1};
	jz_measure_fn *fn = jz_measure_find(key, NULL);
	struct jz_measure_ctx ctx;

	jz_measure_begin(&ctx, policy, &w, day("2026-11-23"));
	jz_measure_case(&ctx, record);
	ctx.definition = definition ? yaml(definition) : NULL;
	if (fn)
		result = fn(&ctx);
	jz_measure_end(&ctx);
	return result;
}

static bool is(struct jz_measure m, long n, long total)
{
	if (m.n != n || m.total != total)
		printf("# got %ld/%ld, want %ld/%ld\n", m.n, m.total, n, total);
	return m.n == n && m.total == total;
}

static void test_measures(void)
{
	struct jz_node *prompt =
		yaml("admission: {declared_on: '2026-03-01'}\n"
		     "contacts:\n- {id: a, date: '2026-03-05'}\n"
		     "assessments:\n- {id: b, purpose: psych_screen, date: '2026-03-06'}\n"
		     "risks:\n- {id: c, date: '2026-03-07'}\n"
		     "needs:\n- {id: n1, domain: employment, found_on: '2026-03-08'}\n"
		     "services:\n"
		     "- {id: s1, kind: employment, need: n1, status: done, attendance: attended, "
		     "date: '2026-04-01'}\n"
		     "- {id: s2, kind: employment, need: n1, status: done, attendance: absent, "
		     "date: '2026-04-08'}\n"
		     "- {id: s3, kind: employment, need: n1, status: planned, date: '2026-12-08'}\n"
		     "followups:\n- {id: f, due: '2026-05-01', done: '2026-05-02'}\n- {id: g, due: "
		     "'2026-06-01'}\n- {id: h, due: '2026-12-01'}\n");
	struct jz_node *late =
		yaml("admission: {declared_on: '2026-03-01'}\n"
		     "contacts:\n- {id: a, date: '2026-05-05'}\n"
		     "needs:\n- {id: n1, domain: employment, found_on: '2026-03-08'}\n");
	struct jz_node *earlier = yaml("admission: {declared_on: '2025-12-31'}\n");
	const char *help = "needs: [employment]\nservices: [employment]\n";

	ok(is(measure("contact_rate", prompt, NULL), 1, 1), "a contact in time counts");
	ok(is(measure("contact_rate", late, NULL), 0, 1), "a late one does not");
	ok(is(measure("contact_rate", earlier, NULL), 0, 0), "who came before is not in N");
	ok(is(measure("screening_rate", prompt, NULL), 1, 1), "both screenings count");
	ok(is(measure("screening_rate", late, NULL), 0, 1), "none does not");
	ok(is(measure("assistance_rate", prompt, help), 1, 1), "help that was attended counts");
	ok(is(measure("assistance_rate", late, help), 0, 1), "a need without help is in N");
	ok(is(measure("assistance_rate", prompt, "needs: [housing]\nservices: [employment]\n"), 0,
	      0),
	   "another need is not");
	ok(is(measure("attendances", prompt, NULL), 1, 0), "absence and plans are no attendance");
	ok(is(measure("persons_served", prompt, NULL), 1, 0), "a person is counted once");
	ok(is(measure("followup_rate", prompt, NULL), 1, 2), "follow-ups due by the date");
	ok(is(measure("education_rate", prompt, NULL), 0, 1), "a phase without its topics");
	ok(!jz_measure_find("no_such", NULL), "an unknown indicator is not measured");
}

static struct jz_doc *sample(void)
{
	const struct jz_column columns[] = {{"name", "名称", false}, {"n", "n", true}};
	struct jz_doc *doc = jz_doc_new("sample", "样本 <1>");

	jz_doc_facts(doc, "head");
	jz_doc_fact(doc, "date", "日期", "2026-11-23", NULL);
	jz_doc_notice(doc, "看 & 想");
	jz_doc_table(doc, "rows", NULL, columns, 2);
	jz_doc_cell(doc, "a", "甲乙丙");
	jz_doc_cell_int(doc, 7);
	jz_doc_cell(doc, "b", "<script>");
	jz_doc_cell_int(doc, 12);
	jz_doc_bars(doc, "bars", NULL);
	jz_doc_bar(doc, "a", "甲", 1, 2);
	return doc;
}

static void test_render(void)
{
	jz_cleanup(jz_doc_free_p) struct jz_doc *doc = sample();
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT, html = JZ_BUF_INIT,
						 json = JZ_BUF_INIT;
	struct jz_node *tree = NULL;

	jz_render_text(doc, 80, &text);
	ok(strstr(text.data, "甲乙丙     7\n<script>  12\n"), "columns align by display width");
	jz_render_html(doc, &html);
	ok(!strstr(html.data, "<script>") && strstr(html.data, "&lt;script&gt;") &&
		   strstr(html.data, "看 &amp; 想"),
	   "HTML is escaped");
	ok(strstr(html.data, "width=\"50.0%\""), "a half bar is half as wide");
	ok(strstr(html.data, "<th scope=\"row\">甲乙丙</th><td class=\"n\">7</td>"),
	   "in a table of figures the first column heads the rows");
	jz_render_json(doc, &json);
	ok(!jz_json_read(arena, json.data, json.len, &tree, NULL), "JSON is JSON");
	is_str(jz_node_text(jz_node_at(tree, "tables.rows[1].n")), "12", "with its tables");
	is_str(jz_node_text(jz_node_at(tree, "facts.date")), "2026-11-23", "and facts");
	is_int(jz_node_at(tree, "tables.rows[1].n")->kind, JZ_NUMBER, "numbers are numbers");
}

static void test_gathered(void)
{
	const struct jz_column columns[] = {{"set", "组", false}, {"id", "档案", false}};
	jz_cleanup(jz_doc_free_p) struct jz_doc *doc = jz_doc_new("sample", "样本");
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT, html = JZ_BUF_INIT,
						 csv = JZ_BUF_INIT;

	jz_doc_table(doc, "rows", NULL, columns, 2);
	jz_doc_gather(doc);
	for (const char *const *c = (const char *const[]){"甲", "1", "甲", "2", "乙", "3", NULL};
	     *c; c++)
		jz_doc_cell(doc, *c, NULL);
	jz_render_text(doc, 80, &text);
	ok(strstr(text.data, "甲  1 2\n乙  3\n"), "rows that differ in the last column are one");
	jz_render_text(doc, 5, &text);
	ok(strstr(text.data, "甲  1\n    2\n乙  3\n"), "and wrap below one another");
	jz_render_html(doc, &html);
	ok(strstr(html.data, "<span class=\"k\">1</span> <span class=\"k\">2</span>\n</td>"),
	   "in HTML too");
	jz_render_csv(doc, &csv);
	ok(strstr(csv.data, "甲,1\r\n甲,2\r\n乙,3\r\n"), "machines get every row");
}

int main(void)
{
	struct jz_err err = JZ_ERR_INIT;

	arena = jz_arena_new();
	if (!ok(!jz_policy_load(NULL, &policy, &err), "the default policy loads"))
		printf("# %s\n", err.message);
	test_window();
	test_query();
	test_measures();
	test_render();
	test_gathered();
	jz_policy_free(policy);
	jz_arena_free(arena);
	return done_testing();
}

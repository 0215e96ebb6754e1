/* Each list of fields that somebody says to look at: a case that has these alone gives the same
 * answer as the whole one, and there is a case that gives another one without any single of them. */
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/model/casefile.h"
#include "lib/port/yaml.h"
#include "lib/report/measure.h"
#include "lib/store/summary.h"
#include "tests/unit/tap.h"
#include "tests/unit/yaml-node.h"

static struct jz_policy *policy;
static struct jz_node *definition;

/* With the papers that office policy asks for. */
#define PAPERS "documents: []\n"

static const char *const cases[] = {
	"admission: {declared_on: '2026-03-01'}\nsentence: {correction_to: '2026-12-31'}\n"
	"person: {birth_date: '2009-01-01'}\nfocus: {value: true}\n",
	"admission: {declared_on: '2026-03-01'}\n"
	"person: {id_type: citizen_id, id_number: '110101200901010016'}\nminor_track: false\n",
	"minor_track: true\n",
	"closing: {closed_on: '2026-05-01'}\nadmission: {declared_on: '2026-02-01'}\n"
	"followups: [{due: '2026-05-20', done: '2026-06-01'}]\n",
	"services: [{status: done, attendance: late, date: '2026-04-01'}, {status: planned}]\n",
	"plans: [{kind: service, version: 1, from: '2026-03-20'}]\n",
	"analysis: {date: '2026-03-10', cognition: {a: b}, environment: {a: b}}\n",
	PAPERS "needs: [{id: n, domain: housing, found_on: '2026-03-05'}]\n"
	       "admission: {declared_on: '2026-03-01'}\n",
	PAPERS "no_needs: {date: '2026-03-05'}\nadmission: {declared_on: '2026-03-01'}\n",
	"contacts: [{date: '2026-03-02'}]\nadmission: {declared_on: '2026-03-01'}\n",
	"levels: [{level: strict, from: '2026-03-01', until: '2026-04-01'}, {level: general, from: '2026-03-02'}, "
	"{level: lenient, from: '2026-05-01', until: '2026-06-01'}]\n",
	"alerts: [{observed_at: '2026-04-01T08:00:00+08:00', closed_at: x}, {category: y}]\n",
	"admission: {declared_on: '2026-03-01'}\nassessments: [{purpose: psych_screen, date: '2026-03-02'}]\n"
	"risks: [{date: '2026-03-03'}]\n",
	"needs: [{id: n, domain: housing, found_on: '2026-03-05', met_on: '2026-04-10'}, "
	"{id: m, domain: housing, found_on: '2027-03-05'}]\n"
	"services: [{kind: resource, need: n, status: done, attendance: attended, date: '2026-04-01'}]\n",
	"needs: [{id: n, domain: housing, found_on: '2025-03-05', met_on: '2025-04-10'}]\n",
	"needs: [{id: n, domain: housing, found_on: '2027-03-05'}]\n",
	/* filled in below: all topics of entry, in time, some of them not completed */
	NULL, NULL,
};
static struct jz_node *records[JZ_COUNT(cases)];

static struct jz_date day(const char *text)
{
	struct jz_date d = {0, 0, 0};

	jz_date_parse(text, &d);
	return d;
}

static struct jz_node *taught(const char *completed)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_buf_addf(&text,
		    "admission: {declared_on: '2026-03-01'}\nsentence: {correction_to: '2026-03-20'}\n"
		    "services: [{status: done, attendance: attended, date: '2026-03-05', completed: %s, topics: [",
		    completed);
	jz_items(row, jz_codes_rows(jz_policy_codes(policy), "education_topic"))
	{
		jz_buf_addf(&text, "%s%s", row_i ? ", " : "", jz_map_text(row, "code"));
	}
	jz_buf_adds(&text, "]}]\n");
	return yaml(text.data);
}

/* The papers that office policy asks for. */
static struct jz_node *with_papers(struct jz_node *record)
{
	const struct jz_node *kinds = jz_policy_value(policy, "mandatory_documents");
	struct jz_node *list = jz_node_seq(arena);

	jz_items(kind, kinds)
	{
		struct jz_node *paper = jz_node_map(arena);

		jz_map_set(arena, paper, "kind", jz_node_string(arena, jz_node_text(kind)));
		jz_map_set(arena, paper, "date", jz_node_string(arena, "2026-02-20"));
		jz_seq_push(arena, list, paper);
	}
	if (jz_map_get(record, "documents"))
		jz_map_set(arena, record, "documents", list);
	return record;
}

/* ---- what is asked ---- */

typedef long ask_fn(const struct jz_node *record, struct jz_date on, const char *what);

static long state(const struct jz_node *record, struct jz_date on, const char *what)
{
	(void)what;
	return jz_case_state(record, policy, on);
}

static long filed(const struct jz_node *record, struct jz_date on, const char *what)
{
	(void)what;
	return jz_case_filed(record, policy, on);
}

static long phases(const struct jz_node *record, struct jz_date on, const char *what)
{
	(void)what;
	return jz_case_phases(record, policy, on);
}

static long level(const struct jz_node *record, struct jz_date on, const char *what)
{
	const char *found = jz_case_level_on(record, on);

	(void)what;
	return found ? *found : 0;
}

static long minor(const struct jz_node *record, struct jz_date on, const char *what)
{
	(void)on, (void)what;
	return jz_case_minor(record);
}

static long age(const struct jz_node *record, struct jz_date on, const char *what)
{
	(void)what;
	return jz_case_age(record, on);
}

static long alerts(const struct jz_node *record, struct jz_date on, const char *what)
{
	(void)on, (void)what;
	return (long)jz_case_open_alerts(record);
}

static long measured(const struct jz_node *record, struct jz_date on, const char *what)
{
	struct jz_window window = {day("2026-01-01"), day("2026-12-31")};
	struct jz_measure_ctx ctx;
	struct jz_measure m;

	jz_measure_begin(&ctx, policy, &window, on);
	jz_measure_case(&ctx, record);
	ctx.definition = definition;
	m = jz_measure_find(what, NULL)(&ctx);
	jz_measure_end(&ctx);
	return m.n * 1000 + m.total;
}

/* ---- with some fields only ---- */

/* How many answers are other ones than those of the whole cases. */
static size_t other_answers(ask_fn *ask, const char *what, const char *fields)
{
	static const char *const days[] = {"2026-02-25", "2026-03-06", "2026-03-25", "2026-05-15",
					   "2027-01-01"};
	struct jz_summary_view view = JZ_SUMMARY_VIEW_INIT;
	struct jz_summary_room room = JZ_SUMMARY_ROOM_INIT;
	struct jz_summary_wanted wanted;
	struct jz_summary_page page;
	size_t other = 0;

	if (!jz_summary_want(fields, &wanted))
		return SIZE_MAX;
	jz_summary_page_init(&page);
	for (size_t i = 0; i < JZ_COUNT(records); i++) {
		const struct jz_node *row;

		jz_summary_page_clear(&page);
		if (!jz_summary_add(&page, records[i]))
			return SIZE_MAX;
		jz_summary_page_end(&page);
		jz_summary_open(&view, page.bytes.data, page.bytes.len);
		row = jz_summary_row(&view, 0, &wanted, &room);
		for (size_t d = 0; d < JZ_COUNT(days); d++)
			other += ask(row, day(days[d]), what) !=
				 ask(records[i], day(days[d]), what);
	}
	jz_summary_page_release(&page);
	jz_summary_view_release(&view);
	jz_summary_room_release(&room);
	return other;
}

/* own: those that must all be needed; base: what else is looked at. */
static void check(const char *name, ask_fn *ask, const char *own, const char *base)
{
	jz_autofree char *all = jz_xasprintf("%s%s", own, base);

	is_int(other_answers(ask, name, all), 0, name);
	for (const char *at = own; *at;) {
		size_t len = strcspn(at, " ") + 1;
		jz_autofree char *rest =
			jz_xasprintf("%.*s%s%s", (int)(at - own), own, at + len, base);

		ok(other_answers(ask, name, rest) > 0, "%s needs %.*s", name, (int)len - 1, at);
		at += len;
	}
}

static void check_measures(void)
{
	static const char *const names[] = {
		"filing_rate",	  "contact_rate",  "screening_rate", "education_rate",
		"assistance_rate", "focus_rate",   "followup_rate",  "persons_served",
		"attendances",	  "admitted",	   "closed",	     "alerts"};

	for (size_t i = 0; i < JZ_COUNT(names); i++) {
		const char *fields = "";

		jz_measure_find(names[i], &fields);
		check(names[i], measured, fields, jz_measure_fields);
	}
	check("attendances", measured, JZ_OF_ATTENDED "services.date ", "");
	check("admitted", measured, JZ_OF_ENTRY, "");
}

int main(void)
{
	size_t last = JZ_COUNT(cases) - 1;

	arena = jz_arena_new();
	is_int(jz_summary_start(NULL) | jz_policy_load(NULL, &policy, NULL), 0, "fields and policy");
	definition = yaml("needs: [housing]\nservices: [resource]\n");
	for (size_t i = 0; i < last - 1; i++)
		records[i] = with_papers(yaml(cases[i]));
	records[last - 1] = taught("true");
	records[last] = taught("false");
	check("state", state, JZ_OF_STATE, "");
	check("filed", filed, JZ_OF_FILED, "");
	check("phases", phases, JZ_OF_PHASES, "");
	check("level", level, JZ_OF_LEVEL, "");
	check("minor", minor, JZ_OF_MINOR, "");
	check("age", age, JZ_OF_BIRTH, "");
	check("open alerts", alerts, JZ_OF_ALERTS, "");
	check_measures();
	jz_policy_free(policy);
	jz_arena_free(arena);
	return done_testing();
}

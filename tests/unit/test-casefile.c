/* Code tables, office policy, and what is derived from a case file. */
#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/model/casefile.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"

static struct jz_arena *arena;

static struct jz_node *yaml(const char *text)
{
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *tree = NULL;

	if (jz_yaml_read(arena, text, strlen(text), &tree, &err) < 0) {
		printf("Bail out! %s\n", err.message);
		exit(1);
	}
	return tree;
}

static struct jz_node *case_file(const char *path)
{
	struct jz_err err = JZ_ERR_INIT;
	const struct jz_schema *schema;
	struct jz_node *tree = NULL;

	if (jz_yaml_read_file(arena, path, &tree, &err) < 0 ||
	    jz_schema_builtin("case", &schema, &err) < 0) {
		printf("Bail out! %s\n", err.message);
		exit(1);
	}
	jz_schema_type(schema, tree);
	return tree;
}

static struct jz_date day(const char *text)
{
	struct jz_date date = {0};

	jz_date_parse(text, &date);
	return date;
}

static void test_codes(void)
{
	struct jz_node *office = yaml("codes:\n  level:\n    - {code: red, zh: 红, en: Red, "
				      "valid_from: 2026-03-01, until: 2026-03-31}\n");
	jz_cleanup(jz_codes_free_p) struct jz_codes *codes = jz_codes_new(office);
	const struct jz_node *red = jz_codes_find(codes, "level", "red");

	ok(jz_codes_find(codes, "sex", "1"), "a built-in code");
	ok(!jz_codes_find(codes, "sex", "7"), "a code that the table lacks");
	ok(!jz_codes_find(codes, "nosuch", "1"), "a table that is not there");
	ok(!jz_codes_find(codes, "../case", "1"), "a table is not a path to another file");
	is_int(jz_seq_len(jz_codes_rows(codes, "ethnicity")), 58, "56 peoples and two others");
	is_str(jz_map_text(jz_codes_find(codes, "ethnicity", "08"), "zh"), "壮族", "08 is Zhuang");
	is_str(jz_map_text(jz_codes_find(codes, "ethnicity", "13"), "zh"), "瑶族", "13 is Yao");
	is_str(jz_codes_label(codes, "sex", "2"), "female", "a label");
	is_str(jz_codes_label(codes, "sex", "7"), "7", "an unknown code is its own label");
	ok(red && !jz_codes_find(codes, "level", "strict"), "the office's table replaces ours");
	ok(!jz_code_valid(red, day("2026-02-28")), "not before valid_from");
	ok(jz_code_valid(red, day("2026-03-01")) && jz_code_valid(red, day("2026-03-31")),
	   "from the first day to the last");
	ok(!jz_code_valid(red, day("2026-04-01")), "not after until");
}

static void refused(const char *text, unsigned line, const char *what)
{
	jz_cleanup(jz_policy_free_p) struct jz_policy *policy = NULL;
	struct jz_err err = JZ_ERR_INIT;

	is_int(jz_policy_load(yaml(text), &policy, &err), JZ_E_INVALID, what);
	is_int(err.line, line, "with its line");
}

static void test_policy(void)
{
	jz_cleanup(jz_policy_free_p) struct jz_policy *defaults = NULL;
	jz_cleanup(jz_policy_free_p) struct jz_policy *own = NULL;
	struct jz_err err = JZ_ERR_INIT;
	const struct jz_node *entries;

	is_int(jz_policy_load(NULL, &defaults, &err), 0, "the defaults load");
	is_int(jz_policy_int(defaults, "alert_report_hours"), 2, "two hours to report an alert");
	is_int(jz_policy_load(yaml("policy:\n  alert_report_hours: 4\n  followup_months: [2]\n"),
			      &own, &err),
	       0, "an office's own values");
	is_int(jz_policy_int(own, "alert_report_hours"), 4, "are in force");
	is_int(jz_policy_int(own, "contact_days"), jz_policy_int(defaults, "contact_days"),
	       "the others stay");
	is_int(jz_seq_len(jz_policy_value(own, "followup_months")), 1, "lists are replaced whole");
	entries = jz_policy_entries(defaults);
	for (size_t i = 0; i < entries->len; i++) {
		const struct jz_node *entry = entries->pairs[i].value;

		if (!jz_has(entry, "zh") || !jz_has(entry, "en") || !jz_has(entry, "unit") ||
		    !jz_has(entry, "clause") || !jz_has(entry, "source"))
			ok(false, "%s has labels, unit, clause and source", entries->pairs[i].key);
	}
	refused("policy:\n  no_such_value: 1\n", 2, "an unknown value");
	refused("policy:\n  contact_days: soon\n", 2, "a word for a number");
	refused("policy:\n  contact_days: 0\n", 2, "a number out of bounds");
	refused("policy:\n  followup_months: 3\n", 2, "a number for a list");
	refused("policy:\n  contact_days: [3]\n", 2, "a list for a number");
	refused("policy:\n  mandatory_documents: [judgment, nosuch]\n", 2, "an unknown code");
	refused("policy:\n  file_fields: ['no field']\n", 2, "what is no field");
}

static void test_person(void)
{
	struct jz_node *full = case_file("tests/data/case-full.yaml");
	struct jz_node *minor = case_file("tests/data/case-minor.yaml");
	struct jz_node *minimal = case_file("tests/data/case-minimal.yaml");
	struct jz_date birth;

	ok(jz_case_birth(minimal, &birth) && !jz_date_cmp(birth, day("1990-03-07")),
	   "the birth date comes from the identity number");
	is_int(jz_case_sex(minimal), '1', "and so does the sex");
	is_int(jz_case_age(minor, day("2026-02-28")), 17, "born on a leap day: 17");
	is_int(jz_case_age(minor, day("2026-03-01")), 18, "and 18 on the first of March");
	ok(jz_case_minor(minor) && !jz_case_minor(full), "the minor track");
	ok(jz_case_needs_guardian(minor, day("2026-02-28")), "under 18 a guardian acts too");
	ok(!jz_case_needs_guardian(minor, day("2026-03-01")), "from 18 on no longer");
	jz_map_remove(minor, "minor_track");
	ok(jz_case_minor(minor), "who entered under 18 is on it, marked or not");
	is_int(jz_case_age(NULL, day("2026-03-01")), -1, "no file, no age");
}

static void test_state(const struct jz_policy *policy)
{
	static const struct {
		const char *day;
		const char *state;
	} steps[] = {
		{"2026-01-14", "admitted"},   {"2026-01-15", "contacted"},
		{"2026-01-18", "filed"},      {"2026-01-20", "assessed"},
		{"2026-01-23", "planned"},    {"2026-01-26", "in_service"},
		{"2026-07-08", "in_service"}, {"2026-07-09", "closed"},
		{"2027-02-01", "closed"},
	};
	struct jz_node *full = case_file("tests/data/case-full.yaml");
	const struct jz_node *plan;

	for (size_t i = 0; i < JZ_COUNT(steps); i++)
		is_str(jz_case_state_name(jz_case_state(full, policy, day(steps[i].day))),
		       steps[i].state, steps[i].day);
	jz_seq_remove(jz_map_get(full, "followups"), 2);
	jz_seq_remove(jz_map_get(full, "followups"), 1);
	is_str(jz_case_state_name(jz_case_state(full, policy, day("2027-02-01"))), "followed_up",
	       "no follow-up left");
	ok(!jz_case_plan_on(full, day("2026-01-22")), "no plan before the first one");
	plan = jz_case_plan_on(full, day("2026-03-04"));
	is_str(jz_map_text(plan, "id"), "plan0001", "the first version until the day before");
	plan = jz_case_plan_on(full, day("2026-03-05"));
	is_str(jz_map_text(plan, "id"), "plan0002", "the second from its day on");
	is_int(jz_case_open_alerts(full), 0, "no alert is open");
	is_str(jz_case_level_on(full, day("2026-02-01")), "general", "the level in force");
	ok(!jz_case_level_on(full, day("2026-01-13")), "no level before");
}

/* A term of correction as a tree. */
static struct jz_node *term(const char *entry, const char *end)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "admission: {declared_on: %s}\nsentence: {correction_to: %s}\n", entry, end);
	return yaml(text);
}

static void is_window(const struct jz_node *record, const struct jz_policy *policy,
		      enum jz_phase phase, const char *from, const char *to, const char *what)
{
	struct jz_date got_from;
	struct jz_date got_to;
	bool there = jz_case_phase_window(record, policy, phase, &got_from, &got_to);

	ok(there && !jz_date_cmp(got_from, day(from)) && !jz_date_cmp(got_to, day(to)), "%s", what);
}

static void test_phases(const struct jz_policy *policy)
{
	struct jz_node *full = case_file("tests/data/case-full.yaml");
	struct jz_node *clamped = term("2026-01-31", "2026-12-31");
	struct jz_node *brief = term("2026-01-10", "2026-03-01");
	struct jz_date from;
	struct jz_date to;

	is_window(full, policy, JZ_PHASE_ENTRY, "2026-01-14", "2026-02-13", "the first month");
	is_window(full, policy, JZ_PHASE_DAILY, "2026-02-14", "2026-06-09", "the time between");
	is_window(full, policy, JZ_PHASE_EXIT, "2026-06-10", "2026-07-09", "the last month");
	is_int(jz_case_phases(full, policy, day("2026-01-13")), 0, "no phase before entry");
	is_int(jz_case_phases(full, policy, day("2026-02-13")), JZ_PHASE_ENTRY,
	       "last day of entry");
	is_int(jz_case_phases(full, policy, day("2026-02-14")), JZ_PHASE_DAILY, "first daily day");
	is_int(jz_case_phases(full, policy, day("2026-07-09")), JZ_PHASE_EXIT, "the last day");
	is_int(jz_case_phases(full, policy, day("2026-07-10")), 0, "no phase after the end");
	is_window(clamped, policy, JZ_PHASE_ENTRY, "2026-01-31", "2026-02-27",
		  "a month from 31 January is clamped");
	is_window(clamped, policy, JZ_PHASE_EXIT, "2026-12-01", "2026-12-31",
		  "a month before 31 December is clamped");
	is_int(jz_case_phases(brief, policy, day("2026-02-05")), JZ_PHASE_ENTRY | JZ_PHASE_EXIT,
	       "in a short term entry and exit overlap");
	ok(!jz_case_phase_window(brief, policy, JZ_PHASE_DAILY, &from, &to),
	   "and the daily phase has no day");
}

int main(void)
{
	jz_cleanup(jz_policy_free_p) struct jz_policy *policy = NULL;
	struct jz_err err = JZ_ERR_INIT;

	setenv("JZBF_SCHEMAS", "schemas", 0);
	arena = jz_arena_new();
	if (!ok(!jz_policy_load(NULL, &policy, &err), "the policy is read: %s", err.message))
		return done_testing();
	test_codes();
	test_policy();
	test_person();
	test_state(policy);
	test_phases(policy);
	jz_arena_free(arena);
	return done_testing();
}

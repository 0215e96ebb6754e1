/* What a key may say, projections of missing answers, and what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/str.h"
#include "lib/model/instrument.h"
#include "lib/port/yaml.h"
#include "tests/unit/tap.h"

static const struct jz_instrument *key(const char *id)
{
	const struct jz_instrument *found = NULL;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_instrument_get(id, NULL, &found, &err)) {
		printf("Bail out! %s: %s:%u %s %s\n", id, err.file, err.line, err.path,
		       err.message);
		exit(1);
	}
	return found;
}

/* A key with everything: reversal, filters, fractions, rounding. */
static const char small_key[] =
	"format: jzbf/instrument/1\n"
	"id: small\n"
	"key_version: '1'\n"
	"title: {zh: 小量表}\n"
	"licence: {items: own, note: {zh: 自编}}\n"
	"provenance: [{mark: O, zh: 本单位}]\n"
	"scales: [{id: 0-3}]\n"
	"items: 4\n"
	"reverse: [2]\n"
	"scores:\n"
	"  - {id: sum, title: {zh: 和}, of: sum}\n"
	"  - {id: mean, title: {zh: 均}, of: mean, items: [2, 3, 4]}\n"
	"  - {id: count, title: {zh: 数}, of: count, where: {op: '>=', value: 2, except: {3: 1}}}\n"
	"  - {id: some, title: {zh: 正均}, of: mean, where: {op: '>', value: 0}}\n"
	"  - {id: few, title: {zh: 低均}, of: mean, where: {op: <, value: 2, except: {4: 3}}}\n"
	"  - {id: part, title: {zh: 部分和}, of: sum, where: {op: '>=', value: 2}}\n"
	"  - {id: up, title: {zh: 标准}, of: scaled, from: mean, factor: 2.5, round: half-up}\n"
	"  - {id: even, title: {zh: 倍}, of: scaled, from: sum, factor: 1.25, round: none}\n";

static int build(const char *text, struct jz_instrument **out, struct jz_findings *findings)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = NULL;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_yaml_read(arena, text, strlen(text), &root, &err)) {
		printf("Bail out! %u:%u %s\n", err.line, err.column, err.message);
		exit(1);
	}
	jz_node_type_core(root);
	return jz_instrument_build(root, findings, out);
}

static void fill(const struct jz_instrument *small, const int *values, struct jz_answers *answers)
{
	jz_answers_init(answers, small, NULL, NULL);
	for (unsigned i = 0; i < 4; i++)
		if (values[i] != JZ_NO_ANSWER)
			jz_answers_set(answers, i + 1, values[i], NULL);
}

/* The interval of one score over all ways to fill the gaps. */
struct seen {
	struct jz_ratio low, high;
	bool any, undefined;
};

static void see(const struct jz_scoring *scoring, struct seen *seen)
{
	for (size_t i = 0; i < scoring->score_count; i++) {
		const struct jz_score_result *r = &scoring->scores[i];

		if (!r->defined) {
			seen[i].undefined = true;
			continue;
		}
		if (!seen[i].any || jz_ratio_cmp(r->low, seen[i].low) < 0)
			seen[i].low = r->low;
		if (!seen[i].any || jz_ratio_cmp(r->high, seen[i].high) > 0)
			seen[i].high = r->high;
		seen[i].any = true;
	}
}

static void fill_gaps(const struct jz_instrument *small, int *values, int at, struct seen *seen)
{
	struct jz_answers answers = {0};
	struct jz_scoring *scoring;

	while (at < 4 && values[at] != JZ_NO_ANSWER)
		at++;
	if (at < 4) {
		for (int v = 0; v <= 3; v++) {
			values[at] = v;
			fill_gaps(small, values, at + 1, seen);
		}
		values[at] = JZ_NO_ANSWER;
		return;
	}
	fill(small, values, &answers);
	scoring = jz_score(&answers);
	see(scoring, seen);
	jz_scoring_free(scoring);
	jz_answers_release(&answers);
}

/* All 625 ways to answer or leave out four items: the projection equals what trying out gives. */
static void test_projection(void)
{
	struct jz_findings findings;
	struct jz_instrument *small = NULL;
	int wrong = 0;

	jz_findings_init(&findings);
	is_int(build(small_key, &small, &findings), 0, "a key of the office");
	for (int n = 0; small && n < 625; n++) {
		int values[4] = {n % 5 - 1, n / 5 % 5 - 1, n / 25 % 5 - 1, n / 125 - 1};
		struct seen seen[8] = {0};
		struct jz_answers answers = {0};
		struct jz_scoring *s;

		fill(small, values, &answers);
		s = jz_score(&answers);
		fill_gaps(small, values, 0, seen);
		for (size_t i = 0; i < s->score_count; i++) {
			const struct jz_score_result *r = &s->scores[i];
			bool same = r->defined == seen[i].any;

			if (same && r->defined)
				same = !jz_ratio_cmp(r->low, seen[i].low) &&
				       !jz_ratio_cmp(r->high, seen[i].high) &&
				       r->maybe_undefined == seen[i].undefined;
			wrong += !same;
			if (!same)
				printf("# %s of answers number %d\n", r->score->id, n);
		}
		jz_scoring_free(s);
		jz_answers_release(&answers);
	}
	is_int(wrong, 0, "5,000 projections equal trying out all ways to fill the gaps");
	jz_instrument_free(small);
	jz_findings_release(&findings);
}

/* One change to the small key makes it wrong; the finding has this path. */
static const struct {
	const char *from, *to, *path, *what;
} bad_keys[] = {
	{"0-3", "3-0", "/scales/0", "a scale upside down"},
	{"0-3}", "0-3, anchors: [{zh: 无}, {zh: 有}]}", "/scales/0", "two labels for four values"},
	{"reverse: [2]", "reverse: [5]", "/reverse", "a reversed item that is not there"},
	{"reverse: [2]", "reverse: [2, 2]", "/reverse", "a reversed item twice"},
	{"reverse: [2]", "text: {1: {zh: 题}}", "/text", "texts for some items only"},
	{"reverse: [2]", "unscored: [{item: 6, scale: {id: 0-1}}]", "/unscored/0",
	 "a gap before it"},
	{"items: [2, 3, 4]", "items: [2, 3, 5]", "/scores/1", "an item that is not there"},
	{"items: [2, 3, 4]", "items: [2, 3, 3]", "/scores/1", "an item twice"},
	{"id: mean", "id: sum", "/scores/1", "an id twice"},
	{"except: {3: 1}", "except: {5: 1}", "/scores/2", "an exception for no item"},
	{"from: mean", "from: nothing", "/scores/6", "a source that is not there"},
	{"from: mean", "from: even", "/scores/6", "a source that is scaled itself"},
	{"factor: 2.5", "factor: 2.55555", "/scores/6", "too many decimals"},
	{"factor: 2.5", "factor: 0", "/scores/6", "a factor of nothing"},
	{"of: sum}", "of: sum, bands: [{id: a, from: 0, to: 5, label: {zh: 甲}}]}", "/scores/0",
	 "bands end too early"},
	{"of: sum}", "of: sum, bands: [{id: a, from: 1, to: 12, label: {zh: 甲}}]}",
	 "/scores/0/bands/0", "bands begin too late"},
	{"of: sum}",
	 "of: sum, bands: [{id: a, from: 0, to: 5, label: {zh: 甲}}, {id: b, from: 7, to: 12, "
	 "label: "
	 "{zh: 乙}}]}",
	 "/scores/0/bands/1", "a gap between bands"},
	{"of: sum}",
	 "of: sum, bands: [{id: a, from: 0, to: 5, label: {zh: 甲}}, {id: b, from: 5, to: 12, "
	 "label: "
	 "{zh: 乙}}]}",
	 "/scores/0/bands/1", "bands overlap"},
	{"of: sum}",
	 "of: sum, bands: [{id: a, from: 0, to: 5, label: {zh: 甲}}, {id: a, from: 6, to: 12, "
	 "label: "
	 "{zh: 乙}}]}",
	 "/scores/0/bands/1", "two bands alike"},
	{"of: mean, items", "of: mean, bands: [{id: a, from: 1.5, label: {zh: 甲}}], items",
	 "/scores/1/bands/0", "fractional bands begin too late"},
	{"reverse: [2]", "critical: [{item: 9, op: '>=', value: 1, duty: alert, means: {zh: 险}}]",
	 "/critical/0", "a critical item that is not there"},
	{"reverse: [2]", "critical: [{item: 1, op: '>=', value: 0, duty: alert, means: {zh: 险}}]",
	 "/critical/0", "always critical"},
	{"reverse: [2]", "critical: [{item: 1, op: '>', value: 3, duty: alert, means: {zh: 险}}]",
	 "/critical/0", "never critical"},
	{"reverse: [2]", "partition: true", "/partition", "items without a subscale"},
	{"reverse: [2]",
	 "screens: [{id: s, title: {zh: 筛}, positive: {zh: 阳}, any_of: [{score: x, op: '>', "
	 "value: "
	 "1}]}]",
	 "/screens/0/any_of/0", "a screen of no score"},
	{"reverse: [2]",
	 "screens: [{id: s, title: {zh: 筛}, positive: {zh: 阳}, any_of: [{any: subscale, op: '>', "
	 "value: 1}]}]",
	 "/screens/0/any_of/0", "a screen of no subscale"},
	{"reverse: [2]", "validity: [{check: no-lowest, effect: flag, scale: 1-5}]", "/validity/0",
	 "a scale that is not there"},
};

static void test_bad_keys(void)
{
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(*bad_keys); i++) {
		struct jz_findings findings;
		struct jz_instrument *small = NULL;
		const char *at = strstr(small_key, bad_keys[i].from);
		char text[4096];
		int rc;

		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - small_key), small_key,
			 bad_keys[i].to, at + strlen(bad_keys[i].from));
		jz_findings_init(&findings);
		rc = build(text, &small, &findings);
		ok(rc == JZ_E_INVALID && !small && findings.len &&
			   jz_eq(findings.items[0].path, bad_keys[i].path) &&
			   findings.items[0].line,
		   "refused: %s (%s)", bad_keys[i].what,
		   findings.len ? findings.items[0].path : "nothing");
		jz_findings_release(&findings);
		jz_instrument_free(small);
	}
}

static const struct {
	const char *id, *scale, *text;
	unsigned errors, line, column;
	const char *what;
} documents[] = {
	{"phq-9", NULL, "{1: 0, \"2\": 3, 3: null, 10: 3}", 0, 0, 0, "a map"},
	{"phq-9", NULL, "[0, 1, 2, 3, 0, 1, 2, 3, ~]", 0, 0, 0, "a list"},
	{"phq-9", NULL, "[0, 1, 2, 3, 0, 1, 2, 3, 0, 1]", 0, 0, 0, "a list with the unscored item"},
	{"phq-9", NULL, "[0, 1, 2, 3, 0, 1, 2, 3]", 1, 1, 1, "a list too short"},
	{"phq-9", NULL, "1: 0\n2: 4\n", 1, 2, 4, "a value too high"},
	{"phq-9", NULL, "1: -1\n", 1, 1, 4, "a negative value"},
	{"phq-9", NULL, "1: 0\n9: 1.5\n", 1, 2, 4, "a fraction"},
	{"phq-9", NULL, "9: 1.0\n", 1, 1, 4, "decimals"},
	{"phq-9", NULL, "9: '1'\n", 1, 1, 4, "a text"},
	{"phq-9", NULL, "9: yes\n", 1, 1, 4, "a word"},
	{"phq-9", NULL, "9: 99999999999999999999\n", 1, 1, 4, "a huge number"},
	{"phq-9", NULL, "9: [1]\n", 1, 1, 4, "a list as an answer"},
	{"phq-9", NULL, "11: 1\n", 1, 1, 1, "an item too many"},
	{"phq-9", NULL, "0: 1\n", 1, 1, 1, "item 0"},
	{"phq-9", NULL, "01: 1\n", 1, 1, 1, "item 01"},
	{"phq-9", NULL, "q1: 1\n", 1, 1, 1, "item q1"},
	{"phq-9", NULL, "text\n", 1, 1, 1, "no map"},
	{"phq-9", NULL, "1: 9\n2: 9\n3: 1\n4: x\n", 3, 1, 4, "all faults are told"},
	{"scl-90", "1-5", "{1: 1, 2: 0}", 1, 1, 11, "0 on the scale 1-5"},
	{"scl-90", "0-4", "{1: 0, 2: 5}", 1, 1, 11, "5 on the scale 0-4"},
};

static void test_documents(void)
{
	for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
		struct jz_answers answers = {0};
		struct jz_findings findings;
		struct jz_node *root = NULL;

		jz_findings_init(&findings);
		jz_yaml_read(arena, documents[i].text, strlen(documents[i].text), &root, NULL);
		jz_answers_init(&answers, key(documents[i].id), documents[i].scale, NULL);
		jz_answers_read(&answers, root, "/answers", &findings);
		ok(findings.errors == documents[i].errors, "%s: %s, %u faults",
		   documents[i].errors ? "refused" : "taken", documents[i].what,
		   documents[i].errors);
		if (findings.len) {
			is_int(findings.items[0].line, documents[i].line, "line");
			is_int(findings.items[0].column, documents[i].column, "column");
		}
		jz_findings_release(&findings);
		jz_answers_release(&answers);
	}
}

static void test_ratio(void)
{
	char text[32];
	struct jz_ratio r;

	jz_ratio_format(jz_ratio(1, 3), false, text, sizeof(text));
	is_str(text, "0.33", "a third");
	jz_ratio_format(jz_ratio(2, 3), false, text, sizeof(text));
	is_str(text, "0.67", "two thirds");
	jz_ratio_format(jz_ratio(1, 200), false, text, sizeof(text));
	is_str(text, "0.01", "a half goes up");
	jz_ratio_format(jz_ratio(1199, 200), false, text, sizeof(text));
	is_str(text, "6.00", "carries");
	ok(jz_ratio_parse("1.25", &r) && r.num == 5 && r.den == 4, "1.25 is 5/4");
	ok(!jz_ratio_parse("", &r) && !jz_ratio_parse("1.", &r) && !jz_ratio_parse(".5", &r) &&
		   !jz_ratio_parse("-1", &r) && !jz_ratio_parse("1e3", &r) &&
		   !jz_ratio_parse("1.23456", &r) && !jz_ratio_parse("1234567890", &r),
	   "what is no plain decimal");
}

/* An assessment as a record keeps it. */
static void test_assessment(void)
{
	static const struct {
		const char *text;
		int rc;
		size_t critical;
		const char *what;
	} cases[] = {
		{"{instrument: phq-9, key_version: '1', answers: {1: 0, 9: 2}}", 0, 1, "PHQ-9"},
		{"{instrument: scl-90, key_version: '1', scale: 0-4, answers: {15: 1}}", 0, 1,
		 "SCL-90 on 0-4"},
		{"{instrument: scl-90, key_version: '1', scale: 1-5, answers: {15: 1}}", 0, 0,
		 "SCL-90 on 1-5"},
		{"{instrument: scl-90, key_version: '1', answers: {15: 1}}", JZ_E_INVALID, 0,
		 "without its scale"},
		{"{instrument: phq-9, key_version: '0', answers: {9: 2}}", JZ_E_INVALID, 0,
		 "a version that is not there"},
		{"{instrument: secretword, key_version: '1', answers: {9: 2}}", JZ_E_INVALID, 0,
		 "an instrument that is not there"},
		{"{instrument: ../phq-9, key_version: '1', answers: {9: 2}}", JZ_E_INVALID, 0,
		 "a path"},
		{"{instrument: phq-9, key_version: '1', answers: {9: 8}}", JZ_E_INVALID, 0,
		 "an answer off the scale"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
		jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = NULL;
		struct jz_err err = JZ_ERR_INIT;
		struct jz_findings findings;
		struct jz_node *root = NULL;
		int rc;

		jz_findings_init(&findings);
		jz_yaml_read(arena, cases[i].text, strlen(cases[i].text), &root, NULL);
		rc = jz_score_assessment(root, "/assessments/0", &findings, &scoring, &err);
		ok(rc == cases[i].rc && !rc == !!scoring, "assessment: %s", cases[i].what);
		ok(!scoring || scoring->critical_count == cases[i].critical,
		   "its critical answers");
		ok(!strstr(err.message, "secretword"), "the record's words stay out of messages");
		jz_findings_release(&findings);
	}
}

int main(void)
{
	test_assessment();
	test_ratio();
	test_projection();
	test_bad_keys();
	test_documents();
	return done_testing();
}

/* 6.1.1 and 7.5.3: what scores and impressions call for. */
#include "lib/rules/judge.h"

#include "lib/model/instrument.h"

/* Scores an assessment; NULL when its key is not at hand or the answers do not fit it. */
static struct jz_scoring *scored(const struct jz_node *assessment)
{
	jz_cleanup(jz_findings_release) struct jz_findings faults;
	struct jz_scoring *scoring = NULL;

	jz_findings_init(&faults);
	return jz_score_assessment(assessment, "", &faults, &scoring, NULL) ? NULL : scoring;
}

/* 6.1.1: answers fit the key by which they are scored. */
JZ_RULE(answers_fit)
{
	jz_items(assessment, jz_list(ctx, "assessments"))
	{
		jz_cleanup(jz_findings_release) struct jz_findings faults;
		jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = NULL;

		jz_findings_init(&faults);
		if (!jz_changed(ctx, "assessments", assessment))
			continue;
		jz_score_assessment(assessment, JZ_AT("/assessments/%zu/answers", assessment_i),
				    &faults, &scoring, NULL);
		for (size_t i = 0; i < faults.len; i++)
			JZ_SAY(assessment, faults.items[i].path, "%s", faults.items[i].message);
	}
}

/* 6.1.1: an assessment is scored by a key that is at hand. */
JZ_RULE(key_at_hand)
{
	jz_items(assessment, jz_list(ctx, "assessments"))
	{
		const struct jz_instrument *instrument;

		if (jz_instrument_get(jz_map_text(assessment, "instrument"),
				      jz_map_text(assessment, "key_version"), &instrument, NULL))
			JZ_SAY(assessment, JZ_AT("/assessments/%zu/instrument", assessment_i),
			       _("the scoring key of an assessment is not at hand, so it is not "
				 "scored"));
	}
}

/* A later assessment of the list was made with the same instrument. */
static bool repeated_later(const struct jz_node *list, const struct jz_node *assessment)
{
	const char *instrument = jz_map_text(assessment, "instrument");
	struct jz_date date;
	struct jz_date other_date;

	if (!jz_get_date(assessment, "date", &date))
		return false;
	jz_items(other, list)
	{
		if (instrument && jz_is(other, "instrument", instrument) &&
		    jz_get_date(other, "date", &other_date) && jz_date_cmp(other_date, date) > 0)
			return true;
	}
	return false;
}

static bool positive(const struct jz_node *assessment)
{
	jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = scored(assessment);

	for (size_t i = 0; scoring && i < scoring->screen_count; i++)
		if (scoring->screens[i].outcome == JZ_POSITIVE)
			return true;
	return false;
}

static bool severe(const struct jz_node *assessment)
{
	jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = scored(assessment);

	for (size_t i = 0; scoring && i < scoring->score_count; i++)
		if (scoring->scores[i].band && jz_eq(scoring->scores[i].band->id, "severe"))
			return true;
	return false;
}

/* True if the test holds for the newest assessment by some instrument. */
static bool newest(const struct jz_node *list, bool (*test)(const struct jz_node *assessment))
{
	jz_items(assessment, list)
	{
		if (!repeated_later(list, assessment) && test(assessment))
			return true;
	}
	return false;
}

static bool high_risk(const struct jz_rule_ctx *ctx)
{
	struct jz_date latest = {0};
	struct jz_date date;
	bool high = false;

	jz_items(risk, jz_list(ctx, "risks"))
	{
		if (jz_get_date(risk, "date", &date) && jz_date_cmp(date, latest) >= 0) {
			latest = date;
			high = jz_is(risk, "level", "high");
		}
	}
	return high;
}

/* 6.1.1: a positive screening or high risk makes a focus case, unless it is overridden. */
JZ_RULE(focus_decided)
{
	const struct jz_node *focus = jz_list(ctx, "focus");

	if (jz_case_closed(ctx->record, ctx->today) || jz_map_true(focus, "value") ||
	    jz_has(focus, "override"))
		return;
	if (high_risk(ctx))
		JZ_SAY_ABOUT(focus, "/focus", _("high social risk"), "%s",
			     _("neither a focus case nor an override with reason and "
			       "countersignature"));
	if (newest(jz_list(ctx, "assessments"), positive) ||
	    newest(jz_map_get(ctx->psych, "assessments"), positive))
		JZ_SAY_ABOUT(focus, "/focus", _("positive screening"), "%s",
			     _("neither a focus case nor an override with reason and "
			       "countersignature"));
}

/* A crisis plan of the record has not ended and has a review ahead, or had one. */
static bool crisis_plan_runs(const struct jz_node *record, struct jz_date today)
{
	struct jz_date review;

	jz_items(plan, jz_map_get(record, "crisis_plans"))
	{
		if (!jz_has(plan, "ended_on") &&
		    (jz_has(plan, "reviewed_on") ||
		     (jz_get_date(plan, "review_on", &review) && jz_date_cmp(review, today) >= 0)))
			return true;
	}
	return false;
}

static bool severe_impression(const struct jz_node *psych)
{
	const struct jz_node *impressions = jz_map_get(psych, "impressions");

	return jz_is(jz_seq_get(impressions, jz_seq_len(impressions) - 1), "severity", "severe");
}

/* 7.5.3: who is severely ill by the last impression or by a score is a focus case with a crisis
 * plan that is reviewed. */
JZ_RULE(severe_finding)
{
	if (jz_case_closed(ctx->record, ctx->today) ||
	    !(severe_impression(ctx->psych) || newest(jz_list(ctx, "assessments"), severe) ||
	      newest(jz_map_get(ctx->psych, "assessments"), severe)))
		return;
	if (!jz_map_true(jz_list(ctx, "focus"), "value"))
		JZ_SAY(NULL, "/focus", _("a severe psychological illness without focus control"));
	if (!crisis_plan_runs(ctx->record, ctx->today) && !crisis_plan_runs(ctx->psych, ctx->today))
		JZ_SAY(NULL, "/crisis_plans",
		       _("no crisis plan with a review ahead for a severe finding"));
}

const struct jz_rule jz_rules_screening[] = {
	{"R6.1.1c", "6.1.1", JZ_ERROR, JZ_RULE_CHECK, focus_decided},
	{"R6.1.1g", "6.1.1", JZ_ERROR, JZ_RULE_COMMIT, answers_fit},
	{"R6.1.1h", "6.1.1", JZ_WARNING, JZ_RULE_CHECK, key_at_hand},
	{"R7.5.3b", "7.5.3", JZ_ERROR, JZ_RULE_CHECK, severe_finding},
	{0},
};

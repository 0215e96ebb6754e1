/* 7.1 入矫教育, 7.2 日常教育, 7.10 解矫教育 */
#include "lib/rules/judge.h"

#include <stdio.h>

/* The topic was given to the person, and by a day. completed asks for the content learnt, too. */
static bool topic_done(const struct jz_rule_ctx *ctx, const char *topic, struct jz_date from,
		       struct jz_date to, bool completed)
{
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_service_attended(service) &&
		    jz_seq_has(jz_map_get(service, "topics"), topic) &&
		    (!completed || jz_map_true(service, "completed")) &&
		    jz_get_date(service, "date", &date) && jz_within(date, from, to))
			return true;
	}
	return false;
}

static bool topic_planned(const struct jz_rule_ctx *ctx, const char *topic)
{
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "status", "planned") &&
		    jz_seq_has(jz_map_get(service, "topics"), topic) &&
		    jz_get_date(service, "date", &date) && jz_date_cmp(date, ctx->today) >= 0)
			return true;
	}
	return false;
}

/* A short term in which entry and exit meet: both sets are due, with a warning only (7.10.1). */
static enum jz_severity phase_severity(const struct jz_rule *rule, const struct jz_rule_ctx *ctx)
{
	struct jz_date entry_from;
	struct jz_date entry_to;
	struct jz_date exit_from;
	struct jz_date exit_to;

	if (jz_case_phase_window(ctx->record, ctx->policy, JZ_PHASE_ENTRY, &entry_from,
				 &entry_to) &&
	    jz_case_phase_window(ctx->record, ctx->policy, JZ_PHASE_EXIT, &exit_from, &exit_to) &&
	    jz_date_cmp(exit_from, entry_to) <= 0)
		return JZ_WARNING;
	return rule->severity;
}

static const char *topic_label(const struct jz_rule_ctx *ctx, const char *topic)
{
	return jz_codes_label(jz_policy_codes(ctx->policy), "education_topic", topic);
}

static void judge_topics(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
			 struct jz_findings *findings, enum jz_phase phase)
{
	const struct jz_node *topics =
		jz_codes_rows(jz_policy_codes(ctx->policy), "education_topic");
	struct jz_date from;
	struct jz_date to;

	if (!jz_case_phase_window(ctx->record, ctx->policy, phase, &from, &to) ||
	    jz_date_cmp(to, ctx->today) >= 0)
		return;
	jz_items(topic, topics)
	{
		const char *code = jz_map_text(topic, "code");
		enum jz_severity severity;

		if (!jz_is(topic, "stage", jz_phase_name(phase)) ||
		    topic_done(ctx, code, from, to, false))
			continue;
		severity = topic_done(ctx, code, to, ctx->today, false) ? JZ_WARNING
									: phase_severity(rule, ctx);
		jz_findings_add_about(findings, severity, NULL, "/services", rule->id, rule->clause,
				      topic_label(ctx, code), "%s",
				      phase == JZ_PHASE_ENTRY ? _("not given in the entry phase")
							      : _("not given in the exit phase"));
	}
}

/* 7.1.1: the six topics in the first month. */
JZ_RULE(entry_topics)
{
	judge_topics(rule, ctx, findings, JZ_PHASE_ENTRY);
}

/* 7.1.2: in the community correction centre. */
JZ_RULE(entry_place)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "entry_education") &&
		    !jz_is(service, "status", "cancelled") && !jz_is(service, "place", "centre") &&
		    !jz_has(service, "place_note"))
			JZ_SAY(service, JZ_AT("/services/%zu/place", service_i),
			       _("entry education is not held in the community correction centre "
				 "and "
				 "no reason is given"));
	}
}

static void judge_completion(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
			     struct jz_findings *findings, enum jz_phase phase, bool now)
{
	const struct jz_node *topics =
		jz_codes_rows(jz_policy_codes(ctx->policy), "education_topic");
	struct jz_date from;
	struct jz_date to;

	if (!jz_case_phase_window(ctx->record, ctx->policy, phase, &from, &to) ||
	    (!now && jz_date_cmp(to, ctx->today) >= 0))
		return;
	jz_items(topic, topics)
	{
		const char *code = jz_map_text(topic, "code");

		if (!jz_is(topic, "stage", jz_phase_name(phase)) ||
		    topic_done(ctx, code, from, ctx->today, true))
			continue;
		JZ_SAY_ABOUT(NULL, "/services", topic_label(ctx, code), "%s",
			     topic_planned(ctx, code)
				     ? _("its content is not completed; a make-up session is planned")
				     : _("its content is not completed, and no make-up session is "
					 "planned"));
	}
}

/* 7.1.3: what was given is learnt. */
JZ_RULE(entry_completed)
{
	judge_completion(rule, ctx, findings, JZ_PHASE_ENTRY, false);
}

static bool education(const struct jz_node *service)
{
	return jz_is(service, "kind", "daily_education") ||
	       jz_is(service, "kind", "class_education") ||
	       jz_is(service, "kind", "group_education") ||
	       jz_is(service, "kind", "individual_education");
}

static bool month_served(const struct jz_rule_ctx *ctx, const char *month)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (education(service) && jz_is(service, "status", "done") &&
		    jz_starts_with(jz_map_text(service, "date"), month))
			return true;
	}
	jz_items(gap, jz_list(ctx, "daily_gaps"))
	{
		if (jz_is(gap, "month", month))
			return true;
	}
	return false;
}

/* 7.2.1: no calendar month that lies wholly in the daily phase goes by without education. */
JZ_RULE(daily_education)
{
	struct jz_date from;
	struct jz_date to;
	struct jz_date closed;
	struct jz_date first;
	char month[16];

	if (!jz_case_phase_window(ctx->record, ctx->policy, JZ_PHASE_DAILY, &from, &to))
		return;
	if (jz_get_date(jz_list(ctx, "closing"), "closed_on", &closed) &&
	    jz_date_cmp(closed, to) < 0)
		to = closed;
	if (jz_date_cmp(ctx->today, to) < 0)
		to = ctx->today;
	first = (struct jz_date){from.year, from.month, 1};
	if (from.day > 1)
		first = jz_date_add_months(first, 1);
	while (jz_date_cmp(jz_date_add_days(jz_date_add_months(first, 1), -1), to) <= 0) {
		snprintf(month, sizeof(month), "%04d-%02d", first.year, first.month);
		if (!month_served(ctx, month))
			JZ_SAY_ABOUT(NULL, "/services", month, "%s",
				     _("no daily education, and no reason is recorded"));
		first = jz_date_add_months(first, 1);
	}
}

/* 7.2.2: daily education answers a need, or goes on from entry or exit education. */
JZ_RULE(daily_linked)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "daily_education") &&
		    !jz_is(service, "status", "cancelled") && !jz_has(service, "need") &&
		    !jz_has(service, "extends"))
			JZ_SAY(service, JZ_AT("/services/%zu", service_i),
			       _("daily education is linked to no need and extends no entry or "
				 "exit "
				 "education"));
	}
}

/* 7.2.3: and is completed. */
JZ_RULE(daily_completed)
{
	int days = jz_policy_int(ctx->policy, "record_days");
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "daily_education") && jz_service_attended(service) &&
		    jz_get_date(service, "date", &date) && jz_overdue(date, days, ctx->today) &&
		    !jz_map_true(service, "completed"))
			JZ_SAY(service, JZ_AT("/services/%zu/completed", service_i),
			       _("the content of daily education is not completed"));
	}
}

/* 7.10.1: the topics in the last month. */
JZ_RULE(exit_topics)
{
	judge_topics(rule, ctx, findings, JZ_PHASE_EXIT);
}

/* A document of this kind dated on or before the day. */
static bool document_by(const struct jz_rule_ctx *ctx, const char *kind, struct jz_date by)
{
	struct jz_date date;

	jz_items(document, jz_list(ctx, "documents"))
	{
		if (jz_is(document, "kind", kind) && jz_get_date(document, "date", &date) &&
		    jz_date_cmp(date, by) <= 0)
			return true;
	}
	return false;
}

/* The day by which the personal summary is due: so many days before the end, and never later than
 * the beginning of the exit phase, whichever comes first. */
static struct jz_date summary_due(const struct jz_rule_ctx *ctx, struct jz_date from,
				  struct jz_date end)
{
	struct jz_date due = jz_date_add_days(end, -jz_policy_int(ctx->policy, "summary_days"));

	return jz_date_cmp(due, from) < 0 ? due : from;
}

/* 7.10.1: personal summary, self-appraisal, hand-over to resettlement help. */
JZ_RULE(exit_papers)
{
	const struct jz_node *closing = jz_list(ctx, "closing");
	struct jz_date from;
	struct jz_date end;
	struct jz_date due;

	if (!jz_case_phase_window(ctx->record, ctx->policy, JZ_PHASE_EXIT, &from, &end) ||
	    (jz_has(closing, "reason") && !jz_is(closing, "reason", "expiry")))
		return;
	due = summary_due(ctx, from, end);
	if (jz_date_cmp(due, ctx->today) < 0 && !document_by(ctx, "self_summary", ctx->today))
		JZ_SAY(NULL, "/documents",
		       _("the personal summary is missing %d days before the end of correction "
			 "(office "
			 "policy)"),
		       jz_policy_int(ctx->policy, "summary_days"));
	if (jz_date_cmp(end, ctx->today) >= 0)
		return;
	if (!document_by(ctx, "self_appraisal", end))
		JZ_SAY(NULL, "/documents", _("the self-appraisal is missing"));
	if (!jz_has(closing, "handover") && !document_by(ctx, "resettlement", end))
		JZ_SAY(NULL, "/closing/handover",
		       _("the hand-over to resettlement help is missing"));
}

/* 7.10.2: completed before the case is closed because the term is over. */
JZ_RULE(exit_completed)
{
	if (!jz_is(jz_list(ctx, "closing"), "reason", "expiry"))
		return;
	if (!jz_has(jz_list(ctx, "sentence"), "correction_to"))
		JZ_SAY(NULL, "/sentence/correction_to",
		       _("the case is closed for the end of a term of which the last day is not "
			 "recorded"));
	else
		judge_completion(rule, ctx, findings, JZ_PHASE_EXIT, true);
}

const struct jz_rule jz_rules_phases[] = {
	{"R7.1.1", "7.1.1", JZ_ERROR, JZ_RULE_CHECK, entry_topics},
	{"R7.1.2", "7.1.2", JZ_WARNING, JZ_RULE_CHECK, entry_place},
	{"R7.1.3", "7.1.3", JZ_ERROR, JZ_RULE_CHECK, entry_completed},
	{"R7.2.1", "7.2.1", JZ_ERROR, JZ_RULE_CHECK, daily_education},
	{"R7.2.2", "7.2.2", JZ_ERROR, JZ_RULE_CHECK, daily_linked},
	{"R7.2.3", "7.2.3", JZ_ERROR, JZ_RULE_CHECK, daily_completed},
	{"R7.10.1a", "7.10.1", JZ_ERROR, JZ_RULE_CHECK, exit_topics},
	{"R7.10.1b", "7.10.1", JZ_ERROR, JZ_RULE_CHECK, exit_papers},
	{"R7.10.2", "7.10.2", JZ_ERROR, JZ_RULE_CLOSE, exit_completed},
	{0},
};

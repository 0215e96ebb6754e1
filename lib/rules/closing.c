/* 6.6 结案 */
#include "lib/rules/judge.h"

/* The case ended without the person being there to close it with (death, prison, revocation). */
static bool brief(const struct jz_rule_ctx *ctx)
{
	return jz_code_flag(ctx, "end_reason", jz_map_text(jz_list(ctx, "closing"), "reason"),
			    "brief");
}

/* 6.6.1 a-c */
JZ_RULE(three_tasks)
{
	const struct jz_node *closing = jz_list(ctx, "closing");
	const struct jz_node *efficacy = jz_map_get(closing, "self_efficacy");

	if (brief(ctx))
		return;
	if (!jz_has(closing, "consolidation"))
		JZ_SAY(closing, "/closing/consolidation",
		       _("the closing lacks a) the consolidation of the changes"));
	if (!jz_has(efficacy, "pre") || !jz_has(efficacy, "post"))
		JZ_SAY(closing, "/closing/self_efficacy",
		       _("the closing lacks b) confidence and ability, measured before and after"));
	if (!jz_has(closing, "separation"))
		JZ_SAY(closing, "/closing/separation",
		       _("the closing lacks c) the end of the relation and the separation"));
}

/* 6.6.1: there was a closing session. */
JZ_RULE(closing_session)
{
	if (brief(ctx))
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "closing_session") && jz_service_attended(service))
			return;
	}
	JZ_SAY(NULL, "/services", _("no closing session was held"));
}

/* 6.6.1 b: before and after are measured with the same version of the same instrument. */
JZ_RULE(same_measure)
{
	const struct jz_node *efficacy = jz_map_get(jz_list(ctx, "closing"), "self_efficacy");
	const char *pre = jz_map_text(jz_map_get(efficacy, "pre"), "key_version");
	const char *post = jz_map_text(jz_map_get(efficacy, "post"), "key_version");

	if (pre && post && !jz_eq(pre, post))
		JZ_SAY(efficacy, "/closing/self_efficacy/post/key_version",
		       _("self-efficacy is measured with two versions of the instrument"));
}

static bool has_outcome(const struct jz_node *report, const char *goal)
{
	jz_items(row, jz_map_get(report, "goals"))
	{
		if (goal && jz_is(row, "goal", goal))
			return true;
	}
	return false;
}

/* 6.6.2: a report that says what came of every goal, after the last service. A crisis after the
 * closing is met without reopening the case. */
JZ_RULE(report_complete)
{
	const struct jz_node *closing = jz_list(ctx, "closing");
	const struct jz_node *report = jz_map_get(closing, "report");
	const struct jz_node *plan = jz_case_last_plan(ctx->record);
	struct jz_date written;
	struct jz_date date;

	if (!jz_has(closing, "closed_on") || !jz_has(closing, "reason"))
		JZ_SAY(closing, "/closing",
		       _("the closing lacks the date or the reason of closing"));
	if (!report) {
		JZ_SAY(closing, "/closing/report", _("the closing report is missing"));
		return;
	}
	jz_items(goal, jz_map_get(plan, "goals"))
	{
		if (!has_outcome(report, jz_map_text(goal, "id")))
			JZ_SAY(report, "/closing/report/goals",
			       _("the closing report gives no outcome for goal %zu of the last "
				 "plan"),
			       goal_i + 1);
	}
	if (!jz_get_date(report, "date", &written))
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "status", "done") && !jz_has(service, "alert") &&
		    jz_get_date(service, "date", &date) && jz_date_cmp(date, written) > 0)
			JZ_SAY(report, "/closing/report/date",
			       _("the closing report is dated before the last service"));
	}
}

/* 6.6.2: signed and countersigned, by two people. */
JZ_RULE(report_countersigned)
{
	const struct jz_node *report = jz_map_get(jz_list(ctx, "closing"), "report");
	const char *signer = jz_map_text(report, "signed_by");

	if (!report)
		return;
	if (!jz_has(report, "countersigned_by"))
		JZ_SAY(report, "/closing/report/countersigned_by",
		       _("the closing report is not countersigned"));
	else if (jz_is(report, "countersigned_by", signer))
		JZ_SAY(report, "/closing/report/countersigned_by",
		       _("the closing report is countersigned by its own author"));
}

/* Observed after the case was closed, in a follow-up. */
static bool after_closing(const struct jz_rule_ctx *ctx, const struct jz_node *alert)
{
	struct jz_date closed;
	struct jz_date date;

	return jz_get_date(jz_list(ctx, "closing"), "closed_on", &closed) &&
	       jz_get_day(alert, "observed_at", &date) && jz_date_cmp(date, closed) > 0;
}

/* 6.6.2: nothing is left open. */
JZ_RULE(nothing_open)
{
	jz_items(alert, jz_list(ctx, "alerts"))
	{
		if (!jz_has(alert, "closed_at") && !after_closing(ctx, alert))
			JZ_SAY(alert, JZ_AT("/alerts/%zu", alert_i), _("an alert is still open"));
	}
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "status", "planned"))
			JZ_SAY(service, JZ_AT("/services/%zu", service_i),
			       _("a session is still planned"));
	}
}

/* 6.6.1 c: after the end of the working relation there is no more service, unless a crisis calls
 * for it. */
JZ_RULE(no_service_after)
{
	struct jz_date closed;
	struct jz_date date;

	if (!jz_get_date(jz_list(ctx, "closing"), "closed_on", &closed))
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		if (!jz_has(service, "alert") && jz_get_date(service, "date", &date) &&
		    jz_date_cmp(date, closed) > 0)
			JZ_SAY(service, JZ_AT("/services/%zu/date", service_i),
			       _("a service is dated after the closing of the case"));
	}
}

/* 6.6.3: follow-ups are scheduled. */
JZ_RULE(followup_scheduled)
{
	if (!brief(ctx) && !jz_seq_len(jz_list(ctx, "followups")))
		JZ_SAY(NULL, "/followups", _("no follow-up is scheduled"));
}

/* 6.6.3: and carried out. */
JZ_RULE(followup_overdue)
{
	struct jz_date due;

	jz_items(followup, jz_list(ctx, "followups"))
	{
		if (!jz_has(followup, "done") && jz_get_date(followup, "due", &due) &&
		    jz_date_cmp(due, ctx->today) < 0)
			JZ_SAY(followup, JZ_AT("/followups/%zu", followup_i),
			       _("a follow-up is overdue"));
	}
}

/* 6.6.3: a follow-up that was made says what was found. */
JZ_RULE(followup_findings)
{
	jz_items(followup, jz_list(ctx, "followups"))
	{
		if (jz_has(followup, "done") &&
		    !(jz_has(followup, "by") && jz_has(followup, "mode") &&
		      jz_has(followup, "findings")))
			JZ_SAY(followup, JZ_AT("/followups/%zu", followup_i),
			       _("a follow-up lacks who made it, how, or what was found"));
	}
}

const struct jz_rule jz_rules_closing[] = {
	{"R6.6.1a", "6.6.1", JZ_ERROR, JZ_RULE_CLOSE, three_tasks},
	{"R6.6.1b", "6.6.1", JZ_ERROR, JZ_RULE_CLOSE, closing_session},
	{"R6.6.1c", "6.6.1", JZ_ERROR, JZ_RULE_COMMIT, same_measure},
	{"R6.6.1d", "6.6.1", JZ_ERROR, JZ_RULE_COMMIT, no_service_after},
	{"R6.6.2a", "6.6.2", JZ_ERROR, JZ_RULE_CLOSE, report_complete},
	{"R6.6.2b", "6.6.2", JZ_ERROR, JZ_RULE_CLOSE, report_countersigned},
	{"R6.6.2c", "6.6.2", JZ_ERROR, JZ_RULE_CLOSE, nothing_open},
	{"R6.6.3a", "6.6.3", JZ_ERROR, JZ_RULE_CLOSE, followup_scheduled},
	{"R6.6.3b", "6.6.3", JZ_ERROR, JZ_RULE_CHECK, followup_overdue},
	{"R6.6.3c", "6.6.3", JZ_ERROR, JZ_RULE_COMMIT, followup_findings},
	{0},
};

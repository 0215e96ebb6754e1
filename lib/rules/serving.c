/* 6.5.1 and 6.5.3: services by the plan, their record and the feedback on them. */
#include "lib/rules/judge.h"

/* Bound by the plan: what the standard itself prescribes (7.1.1) and crises are not. */
static bool needs_plan(const struct jz_rule_ctx *ctx, const struct jz_node *service)
{
	const char *kind = jz_map_text(service, "kind");

	return !jz_is(service, "status", "cancelled") &&
	       !jz_code_flag(ctx, "service_kind", kind, "plan_free") && !jz_has(service, "alert");
}

static void judge_service(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
			  struct jz_findings *findings, const struct jz_node *service,
			  const char *path)
{
	const struct jz_node *plan;
	struct jz_date date;

	if (jz_is(service, "kind", "crisis") && !jz_has(service, "alert")) {
		JZ_SAY(service, path, _("a crisis intervention does not cite its alert"));
		return;
	}
	if (!needs_plan(ctx, service) || !jz_get_date(service, "date", &date))
		return;
	plan = jz_case_plan_on(ctx->record, date);
	if (!plan)
		JZ_SAY(service, path, _("no service plan is in force on the day of a service"));
	else if (jz_has(service, "plan") && !jz_is(service, "plan", jz_map_text(plan, "id")))
		JZ_SAY(service, path,
		       _("a service cites another plan than the one in force on its day"));
	else if (!jz_item(jz_map_get(plan, "goals"), jz_map_text(service, "goal")))
		JZ_SAY(service, path, _("a service cites no goal of the plan in force on its day"));
}

/* 6.5.1: services follow the plan in force on their day. What is planned is judged when it is
 * written; a later version may overtake it. */
JZ_RULE(by_the_plan)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "status", "done") || jz_changed(ctx, "services", service))
			judge_service(rule, ctx, findings, service,
				      JZ_AT("/services/%zu", service_i));
	}
}

/* 6.5.1: a planned session that a new version of the plan has overtaken. */
JZ_RULE(planned_by_the_plan)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "status", "planned"))
			judge_service(rule, ctx, findings, service,
				      JZ_AT("/services/%zu", service_i));
	}
}

/* 6.5.3 b: in a focus case each session asks about risk. */
JZ_RULE(risk_asked)
{
	const struct jz_node *focus = jz_list(ctx, "focus");
	struct jz_date since;
	struct jz_date date;

	if (!jz_map_true(focus, "value") || !jz_get_date(focus, "date", &since))
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_service_attended(service) && jz_get_date(service, "date", &date) &&
		    jz_date_cmp(date, since) > 0 &&
		    !jz_map_true(jz_map_get(service, "risk_check"), "asked"))
			JZ_SAY(service, JZ_AT("/services/%zu/risk_check", service_i),
			       _("a session of a focus case has no risk check"));
	}
}

/* The last feedback, or the first service when there was none yet. */
static bool last_feedback(const struct jz_rule_ctx *ctx, struct jz_date *last)
{
	struct jz_date date;
	bool found = false;

	jz_items(feedback, jz_list(ctx, "feedbacks"))
	{
		if (jz_get_date(feedback, "date", &date) &&
		    (!found || jz_date_cmp(date, *last) > 0)) {
			*last = date;
			found = true;
		}
	}
	if (found)
		return true;
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "status", "done") && jz_get_date(service, "date", &date) &&
		    (!found || jz_date_cmp(date, *last) < 0)) {
			*last = date;
			found = true;
		}
	}
	return found;
}

/* 6.5.3 c: feedback to the agency, regularly. */
JZ_RULE(regular_feedback)
{
	int days = jz_policy_int(ctx->policy, "feedback_days");
	struct jz_date last;

	if (!jz_case_closed(ctx->record, ctx->today) && last_feedback(ctx, &last) &&
	    jz_overdue(last, days, ctx->today))
		JZ_SAY(NULL, "/feedbacks",
		       _("no feedback to the agency for %d days (office policy)"), days);
}

static bool feedback_since(const struct jz_rule_ctx *ctx, struct jz_date day)
{
	struct jz_date date;

	jz_items(feedback, jz_list(ctx, "feedbacks"))
	{
		if (jz_get_date(feedback, "date", &date) && jz_date_cmp(date, day) >= 0)
			return true;
	}
	return false;
}

/* 6.5.3 c: and after each alert and absence. */
JZ_RULE(feedback_after_event)
{
	int days = jz_policy_int(ctx->policy, "event_feedback_days");
	struct jz_date date;

	jz_items(alert, jz_list(ctx, "alerts"))
	{
		if (jz_get_day(alert, "observed_at", &date) && jz_overdue(date, days, ctx->today) &&
		    !feedback_since(ctx, date))
			JZ_SAY(alert, JZ_AT("/alerts/%zu", alert_i),
			       _("no feedback to the agency within %d days of an alert (office "
				 "policy)"),
			       days);
	}
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "attendance", "absent") && jz_get_date(service, "date", &date) &&
		    jz_overdue(date, days, ctx->today) && !feedback_since(ctx, date))
			JZ_SAY(service, JZ_AT("/services/%zu", service_i),
			       _("no feedback to the agency within %d days of an absence (office "
				 "policy)"),
			       days);
	}
}

/* 6.5.3 d: what has not happened has no outcome, except that an absence may be excused before. */
JZ_RULE(no_outcome_ahead)
{
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		const char *path = JZ_AT("/services/%zu", service_i);

		if (!jz_get_date(service, "date", &date) || jz_date_cmp(date, ctx->today) <= 0)
			continue;
		if (jz_is(service, "status", "done"))
			JZ_SAY(service, path, _("a future session is recorded as done"));
		else if (jz_has(service, "outcome") || jz_has(service, "completed") ||
			 jz_has(service, "score") ||
			 (jz_has(service, "attendance") &&
			  !jz_is(service, "attendance", "excused")))
			JZ_SAY(service, path, _("an outcome is recorded for a future session"));
	}
}

/* 6.5.3 d: an absence has a reason. */
JZ_RULE(absence_explained)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if ((jz_is(service, "attendance", "excused") ||
		     jz_is(service, "attendance", "absent")) &&
		    !jz_has(service, "absence_reason"))
			JZ_SAY(service, JZ_AT("/services/%zu/absence_reason", service_i),
			       _("an absence is recorded without its reason"));
	}
}

/* 6.5.3 d: past sessions are written up. */
JZ_RULE(sessions_recorded)
{
	int days = jz_policy_int(ctx->policy, "record_days");
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		const char *path = JZ_AT("/services/%zu", service_i);

		if (jz_is(service, "status", "cancelled") || !jz_get_date(service, "date", &date) ||
		    !jz_overdue(date, days, ctx->today))
			continue;
		if (jz_is(service, "status", "planned"))
			JZ_SAY(service, path,
			       _("a past session has no outcome after %d days (office policy)"),
			       days);
		else if (!jz_has(service, "attendance") || !jz_has(service, "note"))
			JZ_SAY(service, path,
			       _("a session lacks attendance or note after %d days (office "
				 "policy)"),
			       days);
	}
}

/* 6.5.3 d: a true record credits no more than was attended. */
JZ_RULE(credited_minutes)
{
	int credited;
	int minutes;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (!jz_get_int(jz_map_get(service, "activity"), "credited", &credited))
			continue;
		if (!jz_get_int(service, "minutes", &minutes) || credited > minutes)
			JZ_SAY(service, JZ_AT("/services/%zu/activity/credited", service_i),
			       _("more minutes are credited than were attended"));
	}
}

const struct jz_rule jz_rules_serving[] = {
	{"R6.5.1a", "6.5.1", JZ_ERROR, JZ_RULE_COMMIT, by_the_plan},
	{"R6.5.1b", "6.5.1", JZ_ERROR, JZ_RULE_CHECK, planned_by_the_plan},
	{"R6.5.3b", "6.5.3", JZ_ERROR, JZ_RULE_CHECK, risk_asked},
	{"R6.5.3c", "6.5.3", JZ_ERROR, JZ_RULE_CHECK, regular_feedback},
	{"R6.5.3d", "6.5.3", JZ_ERROR, JZ_RULE_CHECK, feedback_after_event},
	{"R6.5.3e", "6.5.3", JZ_ERROR, JZ_RULE_COMMIT, no_outcome_ahead},
	{"R6.5.3f", "6.5.3", JZ_ERROR, JZ_RULE_COMMIT, absence_explained},
	{"R6.5.3g", "6.5.3", JZ_ERROR, JZ_RULE_CHECK, sessions_recorded},
	{"R6.5.3h", "6.5.3", JZ_ERROR, JZ_RULE_COMMIT, credited_minutes},
	{0},
};

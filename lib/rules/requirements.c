/* 5.2.4 知情同意, 5.3.3 紧急报告 */
#include "lib/rules/judge.h"

#include "lib/model/critical.h"

#define HOUR 3600

/* A consent that covers the subject on a day: signed by the person and, under 18, by the guardian,
 * or not needed by statute; not withdrawn by then. */
static bool covered(const struct jz_rule_ctx *ctx, const struct jz_node *consents, const char *kind,
		    struct jz_date day)
{
	struct jz_date date;
	struct jz_date withdrawn;

	jz_items(consent, consents)
	{
		if (!jz_is(consent, "kind", kind) || !jz_get_date(consent, "date", &date) ||
		    jz_date_cmp(date, day) > 0)
			continue;
		if (jz_get_date(consent, "withdrawn_on", &withdrawn) &&
		    jz_date_cmp(withdrawn, day) <= 0)
			continue;
		if (jz_has(consent, "statutory_basis"))
			return true;
		if (jz_map_true(consent, "signed") &&
		    (!jz_case_needs_guardian(ctx->record, date) || jz_has(consent, "guardian")))
			return true;
	}
	return false;
}

static bool consented(const struct jz_rule_ctx *ctx, const char *kind, struct jz_date day)
{
	return covered(ctx, jz_list(ctx, "consents"), kind, day) ||
	       covered(ctx, jz_map_get(ctx->psych, "consents"), kind, day);
}

/* 5.2.4: nobody is screened without consent. */
JZ_RULE(consent_to_screening)
{
	struct jz_date date;

	jz_items(assessment, jz_list(ctx, "assessments"))
	{
		if (jz_get_date(assessment, "date", &date) && !consented(ctx, "screening", date))
			JZ_SAY(assessment, JZ_AT("/assessments/%zu", assessment_i),
			       _("an assessment is not covered by a valid consent to screening (of "
				 "a "
				 "minor: with the guardian's signature) or a statutory basis"));
	}
}

/* The subject of the consent that a service needs; NULL: none. */
static const char *subject(const struct jz_node *service)
{
	const struct jz_node *work = jz_map_get(service, "psychology");

	if (jz_is(service, "kind", "family_session"))
		return "family";
	if (jz_is(work, "kind", "guidance") || jz_is(work, "kind", "counselling") ||
	    jz_is(work, "kind", "therapy"))
		return "counselling";
	return NULL;
}

/* 5.2.4: nor counselled, nor drawn into a family session. */
JZ_RULE(consent_to_service)
{
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		const char *kind = subject(service);

		if (kind && jz_is(service, "status", "done") &&
		    jz_get_date(service, "date", &date) && !consented(ctx, kind, date))
			JZ_SAY(service, JZ_AT("/services/%zu", service_i),
			       _("counselling or a family session is not covered by a valid "
				 "consent (of "
				 "a minor: with the guardian's signature) or a statutory basis"));
	}
}

/* 5.3.3: an alert is observed, reported, closed, in this order, with what belongs to each. */
JZ_RULE(alert_fields)
{
	int64_t observed;
	int64_t reported;
	int64_t closed;

	jz_items(alert, jz_list(ctx, "alerts"))
	{
		const char *path = JZ_AT("/alerts/%zu", alert_i);
		bool is_reported = jz_get_time(alert, "reported_at", &reported);

		if (!jz_get_time(alert, "observed_at", &observed))
			continue;
		if (is_reported && reported < observed)
			JZ_SAY(alert, path, _("an alert is reported before it was observed"));
		if (is_reported && !(jz_has(alert, "reported_to") && jz_has(alert, "channel")))
			JZ_SAY(alert, path,
			       _("a reported alert lacks to whom or by which channel"));
		if (!jz_get_time(alert, "closed_at", &closed))
			continue;
		if (!is_reported || closed < reported)
			JZ_SAY(alert, path, _("an alert is closed before it was reported"));
		if (!jz_has(alert, "closed_by") || !jz_has(alert, "result"))
			JZ_SAY(alert, path, _("a closed alert lacks by whom or with what result"));
	}
}

/* 5.3.3: an alert stays on record; one raised by mistake is closed with that as its result. */
JZ_RULE(alerts_kept)
{
	const struct jz_node *alerts = jz_list(ctx, "alerts");

	jz_items(old, jz_map_get(ctx->before, "alerts"))
	{
		if (!jz_item(alerts, jz_map_text(old, "id")))
			JZ_SAY(alerts, "/alerts",
			       _("an alert is removed instead of closed with its result"));
	}
}

/* 5.3.3: reported at once. */
JZ_RULE(alert_in_time)
{
	int hours = jz_policy_int(ctx->policy, "alert_report_hours");
	int64_t observed;
	int64_t reported;

	jz_items(alert, jz_list(ctx, "alerts"))
	{
		const char *path = JZ_AT("/alerts/%zu/reported_at", alert_i);

		if (!jz_get_time(alert, "observed_at", &observed))
			continue;
		if (jz_get_time(alert, "reported_at", &reported)) {
			if (reported - observed > (int64_t)hours * HOUR)
				JZ_SAY(alert, path,
				       _("an alert was reported later than %d hours after it was "
					 "observed (office policy)"),
				       hours);
		} else if (ctx->now - observed > (int64_t)hours * HOUR) {
			JZ_SAY(alert, path,
			       _("an alert is not reported %d hours after it was observed (office "
				 "policy)"),
			       hours);
		}
	}
}

/* 5.3.3: a critical answer becomes an alert, or is ruled out by a professional. */
JZ_RULE(critical_answered)
{
	int hours = jz_policy_int(ctx->policy, "critical_answer_hours");
	jz_cleanup(jz_critical_release) struct jz_critical_list list = {0};

	jz_critical_find(ctx->record, ctx->psych, ctx->policy, &list);
	for (size_t i = 0; i < list.len; i++)
		if (list.items[i].due < ctx->now)
			JZ_SAY(list.items[i].psych ? NULL : list.items[i].assessment,
			       list.items[i].psych ? ""
						   : JZ_AT("/assessments/%zu", list.items[i].index),
			       _("a critical answer has neither an alert nor a professional's "
				 "rule-out after %d hours (office policy)"),
			       hours);
}

void jz_judge_critical_kept(const struct jz_rule *rule, struct jz_findings *findings,
			    const struct jz_node *before, const struct jz_node *now,
			    const struct jz_node *record)
{
	jz_items(old, before)
	{
		jz_cleanup(jz_strs_release) struct jz_strs was = JZ_STRS_INIT, is = JZ_STRS_INIT;
		const char *id = jz_map_text(old, "id");
		const struct jz_node *same = jz_item(now, id);

		if (same && jz_node_equal(old, same)) /* scoring takes a while */
			continue;
		if (jz_critical_items(old, &was, NULL) || !was.len)
			continue;
		if (!same) {
			JZ_SAY(now, "/assessments",
			       _("an assessment with a critical answer is removed instead of ruled "
				 "out"));
			continue;
		}
		(void)jz_critical_items(same, &is, NULL);
		for (size_t i = 0; i < was.len; i++)
			if (!jz_strs_has(&is, was.items[i]) &&
			    !jz_critical_met(record, id, was.items[i]))
				JZ_SAY(same, "/assessments",
				       _("the critical answer to item %s is changed without an "
					 "alert or a rule-out that names it"),
				       was.items[i]);
	}
}

/* 5.3.3: a critical answer does not vanish unseen. */
JZ_RULE(critical_kept)
{
	jz_judge_critical_kept(rule, findings, jz_map_get(ctx->before, "assessments"),
			       jz_list(ctx, "assessments"), ctx->record);
}

const struct jz_rule jz_rules_requirements[] = {
	{"R5.2.4a", "5.2.4", JZ_ERROR, JZ_RULE_COMMIT, consent_to_screening},
	{"R5.2.4b", "5.2.4", JZ_ERROR, JZ_RULE_COMMIT, consent_to_service},
	{"R5.3.3a", "5.3.3", JZ_ERROR, JZ_RULE_CHECK, alert_in_time},
	{"R5.3.3b", "5.3.3", JZ_ERROR, JZ_RULE_CHECK, critical_answered},
	{"R5.3.3d", "5.3.3", JZ_ERROR, JZ_RULE_COMMIT, alert_fields},
	{"R5.3.3e", "5.3.3", JZ_ERROR, JZ_RULE_COMMIT, alerts_kept},
	{"R5.3.3f", "5.3.3", JZ_ERROR, JZ_RULE_COMMIT, critical_kept},
	{0},
};

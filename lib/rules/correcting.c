/* 7.3 认知矫正, 7.4 行为矫正, 7.5 心理矫正 */
#include "lib/rules/judge.h"

static bool goal_for(const struct jz_rule_ctx *ctx, const char *need)
{
	jz_items(goal, jz_map_get(jz_case_last_plan(ctx->record), "goals"))
	{
		if (need && jz_is(goal, "need", need))
			return true;
	}
	return false;
}

static bool service_of_kind(const struct jz_rule_ctx *ctx, const char *kind)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", kind) && !jz_is(service, "status", "cancelled"))
			return true;
	}
	return false;
}

/* 7.3: a need in cognition has a goal and cognitive work. */
JZ_RULE(cognitive_work)
{
	int from = jz_policy_int(ctx->policy, "cognition_severity");
	int severity;

	if (!jz_case_last_plan(ctx->record))
		return;
	jz_items(need, jz_list(ctx, "needs"))
	{
		const char *path = JZ_AT("/needs/%zu", need_i);

		if (!jz_is(need, "domain", "cognition") || jz_has(need, "met_on") ||
		    !jz_get_int(need, "severity", &severity) || severity < from)
			continue;
		if (!goal_for(ctx, jz_map_text(need, "id")))
			JZ_SAY(need, path, _("a need in cognition has no goal in the plan"));
		if (!service_of_kind(ctx, "cognitive"))
			JZ_SAY(need, path, _("a need in cognition has no cognitive work"));
	}
}

/* 7.3: the belief is rated again after the work. */
JZ_RULE(belief_rated)
{
	int days = jz_policy_int(ctx->policy, "record_days");
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (!jz_is(service, "kind", "cognitive") || !jz_service_attended(service) ||
		    !jz_get_date(service, "date", &date) || !jz_overdue(date, days, ctx->today))
			continue;
		if (!jz_has(jz_map_get(service, "cognition"), "rating_after"))
			JZ_SAY(service, JZ_AT("/services/%zu/cognition", service_i),
			       _("the belief is not rated before and after cognitive work"));
	}
}

/* 7.4: behavioural work names its method and behaviour; punishment needs a supervisor. */
JZ_RULE(behaviour_method)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		const struct jz_node *work = jz_map_get(service, "behaviour");
		const char *path = JZ_AT("/services/%zu/behaviour", service_i);

		if (!jz_is(service, "kind", "behavioural"))
			continue;
		if (!work)
			JZ_SAY(service, path,
			       _("behavioural work does not name its method and the behaviour"));
		else if (jz_is(work, "method", "punishment") &&
			 (!jz_has(work, "approved_by") ||
			  jz_is(work, "approved_by", jz_map_text(service, "by"))))
			JZ_SAY(work, path,
			       _("punishment as a method is not approved by a supervisor"));
	}
}

/* 7.4: its effect is counted. */
JZ_RULE(behaviour_counted)
{
	int counts = jz_policy_int(ctx->policy, "behaviour_counts");

	if (!jz_case_closed(ctx->record, ctx->today))
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		const struct jz_node *work = jz_map_get(service, "behaviour");

		if (jz_is(service, "kind", "behavioural") && jz_service_attended(service) &&
		    (!jz_has(work, "baseline") ||
		     jz_seq_len(jz_map_get(work, "counts")) < (size_t)counts))
			JZ_SAY(service, JZ_AT("/services/%zu/behaviour", service_i),
			       _("behavioural work lacks a baseline or %d later counts (office "
				 "policy)"),
			       counts);
	}
}

static bool clinical(const struct jz_node *service)
{
	const struct jz_node *work = jz_map_get(service, "psychology");

	return jz_is(work, "kind", "guidance") || jz_is(work, "kind", "counselling") ||
	       jz_is(work, "kind", "crisis") || jz_is(work, "kind", "therapy");
}

/* 7.5.2: whoever is in psychological correction has a psychological file. */
JZ_RULE(psych_file)
{
	if (ctx->psych_exists)
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		if (clinical(service) && jz_is(service, "status", "done")) {
			JZ_SAY(service, JZ_AT("/services/%zu", service_i),
			       _("psychological work was done but there is no psychological file"));
			return;
		}
	}
}

void jz_judge_therapy(const struct jz_rule *rule, struct jz_findings *findings,
		      const struct jz_node *work, const char *path)
{
	if (jz_is(work, "kind", "therapy") &&
	    !(jz_has(work, "institution") && jz_has(work, "licence")))
		JZ_SAY(work, path,
		       _("psychotherapy without a medical institution and a licensed "
			 "professional"));
}

/* 7.5.3: therapy is for professionals, in a medical institution (精神卫生法 23, 51). */
JZ_RULE(therapy_by_professionals)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		jz_judge_therapy(rule, findings, jz_map_get(service, "psychology"),
				 JZ_AT("/services/%zu/psychology", service_i));
	}
}

static bool medical_referral(const struct jz_rule_ctx *ctx, const char *impression)
{
	jz_items(referral, jz_map_get(ctx->psych, "referrals"))
	{
		if (!jz_has(referral, "impression") || jz_is(referral, "impression", impression))
			return true;
	}
	jz_items(referral, jz_list(ctx, "referrals"))
	{
		if (jz_is(referral, "kind", "medical") && jz_is(referral, "direction", "out"))
			return true;
	}
	return false;
}

/* 7.5.3: a suspected disorder goes to a medical institution. */
JZ_RULE(suspected_disorder)
{
	jz_items(impression, jz_map_get(ctx->psych, "impressions"))
	{
		if (jz_map_true(impression, "suspected_disorder") &&
		    !medical_referral(ctx, jz_map_text(impression, "id")))
			JZ_SAY(NULL, "/referrals",
			       _("a suspected mental disorder was not referred to a medical "
				 "institution"));
	}
}

const struct jz_rule jz_rules_correcting[] = {
	{"R7.3a", "7.3", JZ_WARNING, JZ_RULE_CHECK, cognitive_work},
	{"R7.3b", "7.3", JZ_WARNING, JZ_RULE_CHECK, belief_rated},
	{"R7.4a", "7.4", JZ_ERROR, JZ_RULE_COMMIT, behaviour_method},
	{"R7.4b", "7.4", JZ_WARNING, JZ_RULE_CHECK, behaviour_counted},
	{"R7.5.2", "7.5.2", JZ_ERROR, JZ_RULE_CHECK, psych_file},
	{"R7.5.3a", "7.5.3", JZ_ERROR, JZ_RULE_COMMIT, therapy_by_professionals},
	{"R7.5.3c", "7.5.3", JZ_ERROR, JZ_RULE_CHECK, suspected_disorder},
	{0},
};

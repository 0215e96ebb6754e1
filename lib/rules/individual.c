/* 7.8 集中教育, 7.9 个性化教育 */
#include "lib/rules/judge.h"

/* 7.8.1: education in groups says in which form it is held. */
JZ_RULE(group_form)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "group_education") &&
		    !jz_is(service, "status", "cancelled") && !jz_has(service, "form"))
			JZ_SAY(service, JZ_AT("/services/%zu/form", service_i),
			       _("education in groups does not say in which form it is held"));
	}
}

/* 7.9.1: personality is analysed, and not too long ago. */
JZ_RULE(personality_known)
{
	const struct jz_node *analysis = jz_list(ctx, "analysis");
	const struct jz_node *personality = jz_map_get(analysis, "personality");
	int months = jz_policy_int(ctx->policy, "personality_months");
	struct jz_date date;

	if (!analysis || jz_case_closed(ctx->record, ctx->today))
		return;
	if (!jz_get_date(personality, "date", &date))
		JZ_SAY(analysis, "/analysis/personality",
		       _("the person's personality is not analysed"));
	else if (jz_date_cmp(jz_date_add_months(date, months), ctx->today) < 0)
		JZ_SAY(personality, "/analysis/personality/date",
		       _("the analysis of personality is more than %d months old (office policy)"),
		       months);
}

/* 7.9.2: phase and category of a session are those of the case on its day, judged when the session
 * is written. */
JZ_RULE(tags_fit)
{
	static const enum jz_phase phases[] = {JZ_PHASE_ENTRY, JZ_PHASE_DAILY, JZ_PHASE_EXIT};
	const char *category = jz_map_text(jz_list(ctx, "sentence"), "category");
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		const char *phase = jz_map_text(service, "phase");
		unsigned on_day;
		bool fits = false;

		if (!jz_changed(ctx, "services", service))
			continue;
		if (jz_has(service, "category") && !jz_is(service, "category", category))
			JZ_SAY(service, JZ_AT("/services/%zu/category", service_i),
			       _("a session is tagged with another category than the case has"));
		if (!phase || !jz_get_date(service, "date", &date))
			continue;
		on_day = jz_case_phases(ctx->record, ctx->policy, date);
		for (size_t i = 0; i < JZ_COUNT(phases); i++)
			if ((on_day & phases[i]) && jz_eq(phase, jz_phase_name(phases[i])))
				fits = true;
		if (on_day && !fits)
			JZ_SAY(service, JZ_AT("/services/%zu/phase", service_i),
			       _("a session is tagged with another phase than the one on its day"));
	}
}

/* 7.9.2: individual education is designed by phase and category, so both are known on its day. */
JZ_RULE(phase_known)
{
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "individual_education") &&
		    jz_is(service, "status", "done") && jz_get_date(service, "date", &date) &&
		    !jz_case_phases(ctx->record, ctx->policy, date))
			JZ_SAY(service, JZ_AT("/services/%zu/date", service_i),
			       _("individual education lies in no phase of correction"));
	}
}

static bool talk_about(const struct jz_rule_ctx *ctx, const char *breach, struct jz_date from,
		       struct jz_date to)
{
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "individual_education") &&
		    jz_is(service, "breach", breach) && jz_service_attended(service) &&
		    jz_get_date(service, "date", &date) && jz_within(date, from, to))
			return true;
	}
	return false;
}

/* 7.9.3: a breach is answered by individual education together with the penalty. */
JZ_RULE(breach_answered)
{
	int days = jz_policy_int(ctx->policy, "breach_talk_days");
	struct jz_date date;

	jz_items(breach, jz_list(ctx, "breaches"))
	{
		if (jz_get_date(breach, "date", &date) && jz_overdue(date, days, ctx->today) &&
		    !talk_about(ctx, jz_map_text(breach, "id"), date, jz_date_add_days(date, days)))
			JZ_SAY(breach, JZ_AT("/breaches/%zu", breach_i),
			       _("no individual education within %d days of a breach (office "
				 "policy)"),
			       days);
	}
}

struct load {
	int count;
	int minutes;
};

/* Individual education that took place in the days from..to. */
static struct load talks(const struct jz_rule_ctx *ctx, struct jz_date from, struct jz_date to)
{
	struct load load = {0, 0};
	struct jz_date date;
	int minutes;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (!jz_is(service, "kind", "individual_education") ||
		    !jz_service_attended(service) || !jz_get_date(service, "date", &date) ||
		    !jz_within(date, from, to))
			continue;
		load.count++;
		if (jz_get_int(service, "minutes", &minutes))
			load.minutes += minutes;
	}
	return load;
}

/* 7.9.4: while a ground is active, more often and longer than in the time before it. */
JZ_RULE(more_education)
{
	int window = jz_policy_int(ctx->policy, "extra_talk_window");
	int least = jz_policy_int(ctx->policy, "extra_talk_count");
	struct jz_date from;
	struct jz_date until;

	jz_items(trigger, jz_list(ctx, "triggers"))
	{
		struct jz_date end;
		struct load now;
		struct load before;

		if (!jz_get_date(trigger, "from", &from) || !jz_overdue(from, window, ctx->today) ||
		    jz_case_closed(ctx->record, ctx->today))
			continue;
		if (jz_get_date(trigger, "until", &until) && jz_overdue(until, 0, ctx->today))
			continue;
		end = ctx->today;
		now = talks(ctx, jz_date_add_days(end, 1 - window), end);
		before = talks(ctx, jz_date_add_days(from, -window), jz_date_add_days(from, -1));
		if (now.count < least || now.count <= before.count || now.minutes <= before.minutes)
			JZ_SAY(trigger, JZ_AT("/triggers/%zu", trigger_i),
			       _("individual education was not increased in the last %d days: "
				 "fewer "
				 "than %d talks, or no more and no longer than before (office "
				 "policy)"),
			       window, least);
	}
}

/* 7.9.5: the record of a talk. */
JZ_RULE(talk_recorded)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "individual_education") &&
		    jz_service_attended(service) && !jz_has(service, "talk"))
			JZ_SAY(service, JZ_AT("/services/%zu/talk", service_i),
			       _("individual education lacks its record: place, people, content, "
				 "response and effect"));
	}
}

static bool reviewed_within(const struct jz_rule_ctx *ctx, int days)
{
	struct jz_date date;

	jz_items(plan, jz_list(ctx, "plans"))
	{
		if (jz_get_date(plan, "from", &date) && !jz_overdue(date, days, ctx->today))
			return true;
		jz_items(review, jz_map_get(plan, "reviews"))
		{
			if (jz_get_date(review, "date", &date) &&
			    !jz_overdue(date, days, ctx->today))
				return true;
		}
	}
	return false;
}

/* 7.9.5: its effect is looked at every quarter, with the plan. */
JZ_RULE(talks_reviewed)
{
	int days = jz_policy_int(ctx->policy, "talk_review_days");
	struct jz_date date;

	if (jz_case_closed(ctx->record, ctx->today))
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		if (!jz_is(service, "kind", "individual_education") ||
		    !jz_service_attended(service) || !jz_get_date(service, "date", &date) ||
		    !jz_overdue(date, days, ctx->today) || reviewed_within(ctx, days))
			continue;
		JZ_SAY(NULL, "/plans",
		       _("the effect of individual education was not reviewed for %d days (office "
			 "policy)"),
		       days);
		return;
	}
}

const struct jz_rule jz_rules_individual[] = {
	{"R7.8.1", "7.8.1", JZ_INFO, JZ_RULE_CHECK, group_form},
	{"R7.9.1", "7.9.1", JZ_ERROR, JZ_RULE_CHECK, personality_known},
	{"R7.9.2a", "7.9.2", JZ_ERROR, JZ_RULE_COMMIT, tags_fit},
	{"R7.9.2b", "7.9.2", JZ_WARNING, JZ_RULE_CHECK, phase_known},
	{"R7.9.3", "7.9.3", JZ_ERROR, JZ_RULE_CHECK, breach_answered},
	{"R7.9.4", "7.9.4", JZ_ERROR, JZ_RULE_CHECK, more_education},
	{"R7.9.5a", "7.9.5", JZ_ERROR, JZ_RULE_COMMIT, talk_recorded},
	{"R7.9.5b", "7.9.5", JZ_ERROR, JZ_RULE_CHECK, talks_reviewed},
	{0},
};

/* 6.4 制定方案 */
#include "lib/rules/judge.h"

static bool service_plan(const struct jz_node *plan)
{
	return jz_is(plan, "kind", "service") && jz_plan_approved(plan);
}

/* 6.4.1 a-d: content, goals, steps in time, organisation with measures and safeguards. */
JZ_RULE(four_parts)
{
	static const struct {
		const char *key;
		const char *message;
	} parts[] = {
		{"content", N_("the plan lacks a) the content of the services")},
		{"goals", N_("the plan lacks b) the goals of the services")},
		{"steps", N_("the plan lacks c) the steps and their schedule")},
		{"organisation", N_("the plan lacks d) the organisation of the services")},
		{"measures", N_("the plan lacks d) the measures of the services")},
		{"safeguards", N_("the plan lacks d) the safeguards of the services")},
	};

	jz_items(plan, jz_list(ctx, "plans"))
	{
		for (size_t i = 0; service_plan(plan) && i < JZ_COUNT(parts); i++) {
			const struct jz_node *part = jz_map_get(plan, parts[i].key);

			if (!part || (part->kind == JZ_SEQ && !part->len))
				JZ_SAY(plan, JZ_AT("/plans/%zu/%s", plan_i, parts[i].key), "%s",
				       _(parts[i].message));
		}
	}
}

static bool has_term(const struct jz_node *plan, const char *term)
{
	jz_items(goal, jz_map_get(plan, "goals"))
	{
		if (jz_is(goal, "term", term))
			return true;
	}
	return false;
}

/* 6.4.1 b: short, middle and long term. */
JZ_RULE(three_terms)
{
	static const struct {
		const char *term;
		const char *message;
	} terms[] = {
		{"short", N_("the plan lacks a short-term goal")},
		{"middle", N_("the plan lacks a middle-term goal")},
		{"long", N_("the plan lacks a long-term goal")},
	};

	jz_items(plan, jz_list(ctx, "plans"))
	{
		for (size_t i = 0; service_plan(plan) && i < JZ_COUNT(terms); i++)
			if (!has_term(plan, terms[i].term))
				JZ_SAY(plan, JZ_AT("/plans/%zu/goals", plan_i), "%s",
				       _(terms[i].message));
	}
}

/* 6.4.1: every goal answers a need, every step serves a goal of its plan. */
JZ_RULE(goals_and_steps_linked)
{
	jz_items(plan, jz_list(ctx, "plans"))
	{
		const struct jz_node *goals = jz_map_get(plan, "goals");

		jz_items(goal, goals)
		{
			if (!jz_item(jz_list(ctx, "needs"), jz_map_text(goal, "need")))
				JZ_SAY(goal, JZ_AT("/plans/%zu/goals/%zu/need", plan_i, goal_i),
				       _("a goal is not linked to a recorded need"));
		}
		jz_items(step, jz_map_get(plan, "steps"))
		{
			if (!jz_item(goals, jz_map_text(step, "goal")))
				JZ_SAY(step, JZ_AT("/plans/%zu/steps/%zu/goal", plan_i, step_i),
				       _("a step is not linked to a goal of its plan"));
		}
	}
}

/* The date, when there is one, lies in the correction period. */
static bool inside(const struct jz_rule_ctx *ctx, const struct jz_node *map, const char *key)
{
	struct jz_date date;
	struct jz_date limit;

	if (!jz_get_date(map, key, &date))
		return true;
	if (jz_case_start(ctx->record, &limit) && jz_date_cmp(date, limit) < 0)
		return false;
	return !jz_case_end(ctx->record, &limit) || jz_date_cmp(date, limit) <= 0;
}

/* 6.4.1 c: the schedule lies in the correction period, as it stands when the plan is put in force.
 */
JZ_RULE(dates_in_period)
{
	jz_items(plan, jz_list(ctx, "plans"))
	{
		if (!service_plan(plan) || !jz_plan_new(ctx, plan))
			continue;
		if (!inside(ctx, plan, "from"))
			JZ_SAY(plan, JZ_AT("/plans/%zu/from", plan_i),
			       _("the plan begins outside the correction period"));
		jz_items(goal, jz_map_get(plan, "goals"))
		{
			if (!inside(ctx, goal, "due"))
				JZ_SAY(goal, JZ_AT("/plans/%zu/goals/%zu/due", plan_i, goal_i),
				       _("a goal is due outside the correction period"));
		}
		jz_items(step, jz_map_get(plan, "steps"))
		{
			if (!inside(ctx, step, "from") || !inside(ctx, step, "to"))
				JZ_SAY(step, JZ_AT("/plans/%zu/steps/%zu", plan_i, step_i),
				       _("a step lies outside the correction period"));
		}
	}
}

/* 6.4.1: there is a plan in time. */
JZ_RULE(plan_due)
{
	int days = jz_policy_int(ctx->policy, "plan_days");
	struct jz_date contact;

	if (jz_case_last_plan(ctx->record) || jz_case_closed(ctx->record, ctx->today) ||
	    !jz_get_date(jz_case_first_contact(ctx->record), "date", &contact))
		return;
	if (jz_overdue(contact, days, ctx->today))
		JZ_SAY(NULL, "/plans",
		       _("no service plan is in force %d days after the first contact (office "
			 "policy)"),
		       days);
}

/* 6.4.2 a: an investigation is about the danger to society and the impact on the community. */
JZ_RULE(investigation_sections)
{
	jz_items(plan, jz_list(ctx, "plans"))
	{
		const struct jz_node *part = jz_map_get(plan, "investigation");
		const char *path = JZ_AT("/plans/%zu/investigation", plan_i);

		if (!jz_is(plan, "kind", "investigation") || !jz_plan_approved(plan))
			continue;
		if (!jz_has(part, "danger"))
			JZ_SAY(plan, path, _("the investigation plan lacks the danger to society"));
		if (!jz_has(part, "community_impact"))
			JZ_SAY(plan, path,
			       _("the investigation plan lacks the impact on the community"));
	}
}

static void judge_agreement(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
			    struct jz_findings *findings, const struct jz_node *plan,
			    const char *path)
{
	const struct jz_node *agreement = jz_map_get(plan, "agreement");
	struct jz_date from;

	if (!agreement) {
		JZ_SAY(plan, path, _("the plan was not agreed with the person"));
		return;
	}
	if (!jz_is(agreement, "state", "agrees") &&
	    !(jz_has(agreement, "note") && jz_has(agreement, "ask_again_on")))
		JZ_SAY(agreement, path,
		       _("the person did not agree to the plan, and the note or the date on which "
			 "to "
			 "ask again is missing"));
	if (jz_get_date(plan, "from", &from) && jz_case_needs_guardian(ctx->record, from) &&
	    !jz_has(agreement, "guardian"))
		JZ_SAY(agreement, path, _("the plan of a minor was not agreed with the guardian"));
}

/* 6.4.2 b: agreed with the person and, under 18, with the guardian. */
JZ_RULE(agreed)
{
	jz_items(plan, jz_list(ctx, "plans"))
	{
		if (service_plan(plan))
			judge_agreement(rule, ctx, findings, plan,
					JZ_AT("/plans/%zu/agreement", plan_i));
	}
}

/* 6.4.2 c: made for this person. */
JZ_RULE(personal)
{
	static const char *const parts[] = {"traits", "conduct", "strengths", "needs", "work_life"};

	jz_items(plan, jz_list(ctx, "plans"))
	{
		const struct jz_node *basis = jz_map_get(plan, "personal_basis");

		for (size_t i = 0; service_plan(plan) && i < JZ_COUNT(parts); i++)
			if (!jz_has(basis, parts[i]))
				JZ_SAY_ABOUT(
					basis ? basis : plan,
					JZ_AT("/plans/%zu/personal_basis/%s", plan_i, parts[i]),
					jz_field_title(
						JZ_AT("/plans/0/personal_basis/%s", parts[i])),
					"%s", _("missing in the personal basis of the plan"));
	}
}

/* 6.4.2 d: under the guidance of the agency or the township office. */
JZ_RULE(guided)
{
	jz_items(plan, jz_list(ctx, "plans"))
	{
		if (service_plan(plan) && !jz_has(plan, "guided_by"))
			JZ_SAY(plan, JZ_AT("/plans/%zu/guided_by", plan_i),
			       _("the plan does not say which agency or township office guided "
				 "it"));
	}
}

const struct jz_rule jz_rules_planning[] = {
	{"R6.4.1a", "6.4.1", JZ_ERROR, JZ_RULE_COMMIT, four_parts},
	{"R6.4.1b", "6.4.1", JZ_ERROR, JZ_RULE_COMMIT, three_terms},
	{"R6.4.1c", "6.4.1", JZ_ERROR, JZ_RULE_COMMIT, goals_and_steps_linked},
	{"R6.4.1d", "6.4.1", JZ_ERROR, JZ_RULE_COMMIT, dates_in_period},
	{"R6.4.1e", "6.4.1", JZ_ERROR, JZ_RULE_CHECK, plan_due},
	{"R6.4.2a", "6.4.2", JZ_ERROR, JZ_RULE_COMMIT, investigation_sections},
	{"R6.4.2b", "6.4.2", JZ_ERROR, JZ_RULE_COMMIT, agreed},
	{"R6.4.2c", "6.4.2", JZ_ERROR, JZ_RULE_COMMIT, personal},
	{"R6.4.2d", "6.4.2", JZ_ERROR, JZ_RULE_COMMIT, guided},
	{0},
};

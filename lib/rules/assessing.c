/* 6.3 评估 */
#include "lib/rules/judge.h"

/* The first contact or piece of information. */
static bool first_information(const struct jz_rule_ctx *ctx, struct jz_date *first)
{
	bool found = jz_get_date(jz_case_first_contact(ctx->record), "date", first);
	struct jz_date date;

	jz_items(information, jz_list(ctx, "information"))
	{
		if (jz_get_date(information, "date", &date) &&
		    (!found || jz_date_cmp(date, *first) < 0)) {
			*first = date;
			found = true;
		}
	}
	return found;
}

/* 6.3.2: the analysis rests on information that was gathered before. */
JZ_RULE(after_information)
{
	const struct jz_node *analysis = jz_list(ctx, "analysis");
	struct jz_date first;
	struct jz_date date;

	if (!jz_get_date(analysis, "date", &date))
		return;
	if (!first_information(ctx, &first))
		JZ_SAY(analysis, "/analysis",
		       _("an analysis is recorded but no contact and no information"));
	else if (jz_date_cmp(date, first) < 0)
		JZ_SAY(jz_map_get(analysis, "date"), "/analysis/date",
		       _("the analysis is dated before the first contact or information"));
}

/* 6.3.2: a plan that is put in force now rests on an analysis. */
JZ_RULE(before_plan)
{
	struct jz_date analysed = {0};
	struct jz_date from;

	jz_get_date(jz_list(ctx, "analysis"), "date", &analysed);
	jz_items(plan, jz_list(ctx, "plans"))
	{
		if (!jz_is(plan, "kind", "service") || !jz_plan_new(ctx, plan) ||
		    !jz_get_date(plan, "from", &from))
			continue;
		if (!analysed.year || jz_date_cmp(from, analysed) < 0)
			JZ_SAY(plan, JZ_AT("/plans/%zu/from", plan_i),
			       _("a plan is put in force before causes, problems and needs were "
				 "analysed"));
	}
}

/* 6.3.2: each need cites what it rests on. */
JZ_RULE(needs_evidence)
{
	if (!jz_has(ctx->record, "analysis"))
		return;
	jz_items(need, jz_list(ctx, "needs"))
	{
		if (!jz_seq_len(jz_map_get(need, "evidence")))
			JZ_SAY(need, JZ_AT("/needs/%zu", need_i), _("a need cites no evidence"));
	}
}

JZ_RULE(analysis_due)
{
	int days = jz_policy_int(ctx->policy, "analysis_days");
	struct jz_date contact;

	if (jz_has(ctx->record, "analysis") ||
	    !jz_get_date(jz_case_first_contact(ctx->record), "date", &contact))
		return;
	if (jz_overdue(contact, days, ctx->today))
		JZ_SAY(NULL, "/analysis",
		       _("causes, problems and needs are not analysed %d days after the first "
			 "contact "
			 "(office policy)"),
		       days);
}

/* 6.3.3: cognition and environment are what the assessment is about. */
JZ_RULE(both_sides)
{
	const struct jz_node *analysis = jz_list(ctx, "analysis");

	if (!analysis)
		return;
	if (!jz_has(analysis, "cognition"))
		JZ_SAY(analysis, "/analysis", _("the analysis lacks the person's own cognition"));
	if (!jz_has(analysis, "environment"))
		JZ_SAY(analysis, "/analysis", _("the analysis lacks the external environment"));
}

const struct jz_rule jz_rules_assessing[] = {
	{"R6.3.2a", "6.3.2", JZ_ERROR, JZ_RULE_COMMIT, after_information},
	{"R6.3.2b", "6.3.2", JZ_ERROR, JZ_RULE_COMMIT, before_plan},
	{"R6.3.2c", "6.3.2", JZ_ERROR, JZ_RULE_CHECK, needs_evidence},
	{"R6.3.2d", "6.3.2", JZ_ERROR, JZ_RULE_CHECK, analysis_due},
	{"R6.3.3", "6.3.3", JZ_ERROR, JZ_RULE_COMMIT, both_sides},
	{0},
};

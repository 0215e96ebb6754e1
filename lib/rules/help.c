/* 7.11 就业就学帮扶, 7.12 社会关系帮扶 */
#include "lib/rules/judge.h"

#define WORKING_AGE 16

static bool schooling_goal(const struct jz_rule_ctx *ctx)
{
	const struct jz_node *needs = jz_list(ctx, "needs");

	jz_items(goal, jz_map_get(jz_case_last_plan(ctx->record), "goals"))
	{
		const struct jz_node *need = jz_item(needs, jz_map_text(goal, "need"));

		if (jz_is(need, "domain", "schooling") || jz_is(need, "domain", "work_school"))
			return true;
	}
	return false;
}

static bool school_contact(const struct jz_node *education, const char *with)
{
	jz_items(contact, jz_map_get(education, "contacts"))
	{
		if (jz_is(contact, "with", with))
			return true;
	}
	return false;
}

/* 7.11.1: a minor completes compulsory education, with guardian and school. */
JZ_RULE(compulsory_education)
{
	const struct jz_node *education = jz_list(ctx, "education");

	if (!jz_map_true(ctx->record, "minor_track") || !jz_case_last_plan(ctx->record) ||
	    jz_case_closed(ctx->record, ctx->today))
		return;
	if (!education) {
		JZ_SAY(NULL, "/education", _("the schooling of a minor is not recorded"));
		return;
	}
	if (jz_map_true(education, "compulsory_done"))
		return;
	if (!schooling_goal(ctx))
		JZ_SAY(education, "/plans",
		       _("compulsory education is not completed and the plan has no goal for it"));
	if (!school_contact(education, "guardian") && !school_contact(education, "family"))
		JZ_SAY(education, "/education/contacts",
		       _("compulsory education is not completed and there is no contact with the "
			 "guardian or family"));
	if (!school_contact(education, "school") && !school_contact(education, "authority"))
		JZ_SAY(education, "/education/contacts",
		       _("compulsory education is not completed and there is no contact with the "
			 "school"));
}

static bool referred(const struct jz_rule_ctx *ctx, const char *kind)
{
	jz_items(referral, jz_list(ctx, "referrals"))
	{
		if (jz_is(referral, "kind", kind) && jz_is(referral, "direction", "out"))
			return true;
	}
	return false;
}

/* 7.11.2: who wishes to go on studying may be referred. */
JZ_RULE(study_wish)
{
	const struct jz_node *education = jz_list(ctx, "education");

	if (jz_map_true(ctx->record, "minor_track") && jz_map_true(education, "compulsory_done") &&
	    jz_map_true(education, "wish") && !jz_map_true(education, "enrolled") &&
	    !jz_has(education, "no_referral_reason") && !referred(ctx, "education"))
		JZ_SAY(education, "/education",
		       _("a wish to study was neither referred to the education authority nor is a "
			 "reason given"));
}

/* 7.11.3, 社区矫正法 55: employment help is for people of 16 and older. */
JZ_RULE(working_age)
{
	struct jz_date date;
	int age;

	jz_items(service, jz_list(ctx, "services"))
	{
		if (!jz_is(service, "kind", "employment") ||
		    jz_is(service, "status", "cancelled") || !jz_get_date(service, "date", &date))
			continue;
		age = jz_case_age(ctx->record, date);
		if (age >= 0 && age < WORKING_AGE)
			JZ_SAY(service, JZ_AT("/services/%zu", service_i),
			       _("employment help for a person under 16"));
	}
}

/* 7.11.3: who wishes to work and has difficulty may be referred. */
JZ_RULE(work_wish)
{
	const struct jz_node *employment = jz_list(ctx, "employment");

	if (jz_map_true(employment, "wish") && jz_map_true(employment, "difficulty") &&
	    jz_case_age(ctx->record, ctx->today) >= WORKING_AGE &&
	    !jz_has(employment, "no_referral_reason") && !referred(ctx, "labour"))
		JZ_SAY(employment, "/employment",
		       _("a wish to work was neither referred to the labour authority nor is a "
			 "reason "
			 "given"));
}

/* 7.11.4: employment needs are collected in interviews and visits. */
JZ_RULE(employment_needs)
{
	const struct jz_node *employment = jz_list(ctx, "employment");

	if (jz_map_true(employment, "wish") && jz_map_true(employment, "difficulty") &&
	    !jz_seq_len(jz_map_get(employment, "needs")))
		JZ_SAY(employment, "/employment/needs",
		       _("employment needs were not collected by interview or visit"));
}

/* 7.11.5: a career plan is discussed together. */
JZ_RULE(career_agreed)
{
	const struct jz_node *plan = jz_map_get(jz_list(ctx, "employment"), "career_plan");

	if (plan && !(jz_has(plan, "agreed_on") && jz_map_true(plan, "signed")))
		JZ_SAY(plan, "/employment/career_plan",
		       _("the career plan was not agreed and signed"));
}

/* 7.11.6: wish, ability and resources come before a job. */
JZ_RULE(before_job)
{
	const struct jz_node *employment = jz_list(ctx, "employment");

	if (jz_seq_len(jz_map_get(employment, "jobs")) &&
	    (!jz_has(employment, "assessment") || !jz_seq_len(jz_map_get(employment, "resources"))))
		JZ_SAY(employment, "/employment/jobs",
		       _("a job was taken up without an assessment of wish and ability or without "
			 "resources linked"));
}

/* 7.11.7: a stay in the halfway house has an end or a day of review. */
JZ_RULE(halfway_limited)
{
	jz_items(stay, jz_map_get(jz_list(ctx, "employment"), "halfway"))
	{
		if (!jz_has(stay, "to") && !jz_has(stay, "review_on"))
			JZ_SAY(stay, JZ_AT("/employment/halfway/%zu", stay_i),
			       _("a placement in the halfway house has neither end nor review"));
	}
}

static bool service_for(const struct jz_rule_ctx *ctx, const char *key, const char *id)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (id && jz_is(service, key, id) && !jz_is(service, "status", "cancelled"))
			return true;
	}
	return false;
}

/* 7.12.1, 7.12.2: strained relations are worked on and measured. */
static void judge_relations(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
			    struct jz_findings *findings, const char *kind)
{
	int days = jz_policy_int(ctx->policy, "relation_days");
	struct jz_date found;

	jz_items(relation, jz_list(ctx, "relations"))
	{
		const char *path = JZ_AT("/relations/%zu", relation_i);

		if (!jz_is(relation, "kind", kind) || !jz_get_date(relation, "found_on", &found))
			continue;
		if (jz_overdue(found, days, ctx->today) &&
		    !service_for(ctx, "relation", jz_map_text(relation, "id")) &&
		    !jz_has(relation, "no_service_reason"))
			JZ_SAY(relation, path,
			       _("a strained relation has neither a service nor a reason after %d "
				 "days "
				 "(office policy)"),
			       days);
		if (jz_has(relation, "ended_on") &&
		    !(jz_has(relation, "pre") && jz_has(relation, "post")))
			JZ_SAY(relation, path,
			       _("a strained relation is not scored before and after the service"));
	}
}

JZ_RULE(social_relations)
{
	judge_relations(rule, ctx, findings, "social");
}

JZ_RULE(family_relations)
{
	judge_relations(rule, ctx, findings, "family");
}

/* 7.12.3: a dispute comes to an outcome. */
JZ_RULE(dispute_outcome)
{
	int days = jz_policy_int(ctx->policy, "relation_days");
	struct jz_date found;

	jz_items(dispute, jz_list(ctx, "disputes"))
	{
		if (jz_get_date(dispute, "found_on", &found) &&
		    jz_overdue(found, days, ctx->today) && !jz_has(dispute, "outcome"))
			JZ_SAY(dispute, JZ_AT("/disputes/%zu", dispute_i),
			       _("a dispute has no outcome after %d days (office policy)"), days);
	}
}

/* 7.12.3, 人民调解法 33: judicial confirmation is applied for within 30 days of the agreement. */
JZ_RULE(confirmation_in_time)
{
	int days = jz_policy_int(ctx->policy, "mediation_confirm_days");
	struct jz_date agreed;
	struct jz_date applied;

	jz_items(dispute, jz_list(ctx, "disputes"))
	{
		const struct jz_node *mediation = jz_map_get(dispute, "mediation");

		if (jz_get_date(mediation, "date", &agreed) &&
		    jz_get_date(mediation, "confirmed_on", &applied) &&
		    (jz_overdue(agreed, days, applied) || jz_date_cmp(applied, agreed) < 0))
			JZ_SAY(mediation, JZ_AT("/disputes/%zu/mediation/confirmed_on", dispute_i),
			       _("judicial confirmation was not applied for within %d days of the "
				 "agreement"),
			       days);
	}
}

const struct jz_rule jz_rules_help[] = {
	{"R7.11.1", "7.11.1", JZ_ERROR, JZ_RULE_CHECK, compulsory_education},
	{"R7.11.2", "7.11.2", JZ_INFO, JZ_RULE_CHECK, study_wish},
	{"R7.11.3a", "社区矫正法55", JZ_ERROR, JZ_RULE_COMMIT, working_age},
	{"R7.11.3b", "7.11.3", JZ_INFO, JZ_RULE_CHECK, work_wish},
	{"R7.11.4", "7.11.4", JZ_WARNING, JZ_RULE_CHECK, employment_needs},
	{"R7.11.5", "7.11.5", JZ_WARNING, JZ_RULE_CHECK, career_agreed},
	{"R7.11.6", "7.11.6", JZ_WARNING, JZ_RULE_CHECK, before_job},
	{"R7.11.7", "7.11.7", JZ_WARNING, JZ_RULE_CHECK, halfway_limited},
	{"R7.12.1", "7.12.1", JZ_WARNING, JZ_RULE_CHECK, social_relations},
	{"R7.12.2", "7.12.2", JZ_WARNING, JZ_RULE_CHECK, family_relations},
	{"R7.12.3a", "7.12.3", JZ_WARNING, JZ_RULE_CHECK, dispute_outcome},
	{"R7.12.3b", "7.12.3", JZ_WARNING, JZ_RULE_CHECK, confirmation_in_time},
	{0},
};

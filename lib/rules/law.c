/*
 * Arithmetic of the law that a record can be held against: 刑法 17, 38, 69, 72-74, 83, 刑事诉讼法
 * 265, 社区矫正法 25. Dates are taken from the legal document and only cross-checked here, so a
 * document that is odd is reported and never blocks the record of a person.
 */
#include "lib/rules/judge.h"

/* The correction period from..to (both included) is shorter than so many months. */
static bool shorter(struct jz_date from, struct jz_date to, int months)
{
	return jz_date_cmp(jz_date_add_days(to, 1), jz_date_add_months(from, months)) < 0;
}

static bool longer(struct jz_date from, struct jz_date to, int months)
{
	return jz_date_cmp(jz_date_add_days(to, 1), jz_date_add_months(from, months)) > 0;
}

static bool period(const struct jz_rule_ctx *ctx, struct jz_date *from, struct jz_date *to)
{
	const struct jz_node *sentence = jz_list(ctx, "sentence");

	return jz_get_date(sentence, "correction_from", from) &&
	       jz_get_date(sentence, "correction_to", to);
}

/* The original term in months, days rounded down; 0: not recorded. */
static int term_months(const struct jz_node *sentence)
{
	const struct jz_node *term = jz_map_get(sentence, "term");
	int years = 0;
	int months = 0;

	jz_get_int(term, "years", &years);
	jz_get_int(term, "months", &months);
	return years * 12 + months;
}

/* 刑法 38, 69: public surveillance lasts 3 months to 2 years, 3 years for several offences. */
JZ_RULE(control_length)
{
	const struct jz_node *sentence = jz_list(ctx, "sentence");
	int most = jz_map_true(sentence, "multiple_offences") ? 36 : 24;
	struct jz_date from;
	struct jz_date to;

	/* 刑法 41: a day in custody counts for two, so that what is left may be shorter */
	if (jz_is(sentence, "category", "control") && period(ctx, &from, &to) &&
	    longer(from, to, most))
		JZ_SAY(sentence, "/sentence/correction_to",
		       _("public surveillance is longer than %d months"), most);
	if (jz_is(sentence, "category", "control") && jz_has(sentence, "term") &&
	    (term_months(sentence) < 3 || term_months(sentence) > most))
		JZ_SAY(sentence, "/sentence/term",
		       _("a term of public surveillance is not between 3 and %d months"), most);
}

/* 刑法 72, 74: who can be put on probation. */
JZ_RULE(probation_allowed)
{
	const struct jz_node *sentence = jz_list(ctx, "sentence");

	if (!jz_is(sentence, "category", "probation"))
		return;
	if (jz_has(sentence, "main_penalty") && !jz_is(sentence, "main_penalty", "detention") &&
	    !jz_is(sentence, "main_penalty", "imprisonment"))
		JZ_SAY(sentence, "/sentence/main_penalty",
		       _("probation is for criminal detention and imprisonment only"));
	if (term_months(sentence) > 36)
		JZ_SAY(sentence, "/sentence/term",
		       _("probation is for terms of up to three years only"));
	if (jz_map_true(sentence, "recidivist") || jz_map_true(sentence, "ringleader"))
		JZ_SAY(sentence, "/sentence",
		       _("probation is not for recidivists and ringleaders of criminal groups"));
}

/* 刑法 73: how long probation lasts. */
JZ_RULE(probation_length)
{
	const struct jz_node *sentence = jz_list(ctx, "sentence");
	bool detention = jz_is(sentence, "main_penalty", "detention");
	int least = detention ? 2 : 12;
	int most = detention ? 12 : 60;
	struct jz_date from;
	struct jz_date to;

	if (!jz_is(sentence, "category", "probation") || !jz_has(sentence, "main_penalty") ||
	    !period(ctx, &from, &to))
		return;
	if (shorter(from, to, least) || longer(from, to, most))
		JZ_SAY(sentence, "/sentence/correction_to",
		       _("the probation period is not between %d and %d months"), least, most);
	if (shorter(from, to, term_months(sentence)))
		JZ_SAY(sentence, "/sentence/correction_to",
		       _("the probation period is shorter than the original term"));
}

/* 刑法 83: parole from life imprisonment lasts ten years. */
JZ_RULE(parole_length)
{
	const struct jz_node *sentence = jz_list(ctx, "sentence");
	struct jz_date from;
	struct jz_date to;

	if (jz_is(sentence, "category", "parole") && jz_is(sentence, "main_penalty", "life") &&
	    period(ctx, &from, &to) && (shorter(from, to, 120) || longer(from, to, 120)))
		JZ_SAY(sentence, "/sentence/correction_to",
		       _("parole from life imprisonment does not last ten years"));
}

/* 刑事诉讼法 265: grounds of temporary execution outside prison. */
JZ_RULE(outside_ground)
{
	const struct jz_node *sentence = jz_list(ctx, "sentence");

	if (!jz_is(sentence, "category", "outside"))
		return;
	if (!jz_has(sentence, "outside_reason"))
		JZ_SAY(sentence, "/sentence/outside_reason",
		       _("the ground of temporary execution outside prison is missing"));
	else if (jz_is(sentence, "main_penalty", "life") &&
		 !jz_is(sentence, "outside_reason", "pregnancy"))
		JZ_SAY(sentence, "/sentence/outside_reason",
		       _("life imprisonment is executed outside prison in pregnancy or "
			 "breast-feeding "
			 "only"));
}

/* 刑法 17: nobody under 12 is responsible. */
JZ_RULE(age_at_offence)
{
	const struct jz_node *sentence = jz_list(ctx, "sentence");
	struct jz_date offence;
	int age;

	if (!jz_get_date(sentence, "offence_date", &offence))
		return;
	age = jz_case_age(ctx->record, offence);
	if (age >= 0 && age < 12)
		JZ_SAY(jz_map_get(sentence, "offence_date"), "/sentence/offence_date",
		       _("the person was under 12 at the date of the offence"));
}

/* 社区矫正法 25: a woman's team has a woman in it. */
JZ_RULE(woman_in_team)
{
	const struct jz_node *team = jz_map_get(jz_list(ctx, "admission"), "team");
	struct jz_date entry;

	if (jz_case_sex(ctx->record) != '2' || !jz_case_entry(ctx->record, &entry))
		return;
	jz_items(member, team)
	{
		if (jz_is(member, "sex", "2"))
			return;
	}
	JZ_SAY(team, "/admission/team", _("the correction team of a woman has no female member"));
}

const struct jz_rule jz_rules_law[] = {
	{"L38", "刑法38", JZ_ERROR, JZ_RULE_CHECK, control_length},
	{"L72", "刑法72", JZ_ERROR, JZ_RULE_CHECK, probation_allowed},
	{"L73", "刑法73", JZ_ERROR, JZ_RULE_CHECK, probation_length},
	{"L83", "刑法83", JZ_ERROR, JZ_RULE_CHECK, parole_length},
	{"L265", "刑诉法265", JZ_ERROR, JZ_RULE_CHECK, outside_ground},
	{"L17", "刑法17", JZ_ERROR, JZ_RULE_CHECK, age_at_offence},
	{"L25", "社区矫正法25", JZ_ERROR, JZ_RULE_CHECK, woman_in_team},
	{0},
};

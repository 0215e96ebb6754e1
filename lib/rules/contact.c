/* 6.1 接触 */
#include "lib/rules/judge.h"

/* 6.1.1: contact comes after the report, the registration and the declaration of entry. */
JZ_RULE(after_declaration)
{
	struct jz_date entry;
	struct jz_date date;
	bool entered = jz_case_entry(ctx->record, &entry);

	jz_items(contact, jz_list(ctx, "contacts"))
	{
		const char *path = JZ_AT("/contacts/%zu/date", contact_i);

		if (!entered)
			JZ_SAY(contact, path,
			       _("a contact is recorded but the declaration of entry is not"));
		else if (jz_get_date(contact, "date", &date) && jz_date_cmp(date, entry) < 0)
			JZ_SAY(contact, path,
			       _("a contact is dated before the declaration of entry"));
	}
}

static bool psych_screened(const struct jz_rule_ctx *ctx)
{
	jz_items(assessment, jz_list(ctx, "assessments"))
	{
		if (jz_is(assessment, "purpose", "psych_screen"))
			return true;
	}
	return false;
}

static bool risk_screened(const struct jz_rule_ctx *ctx)
{
	jz_items(assessment, jz_list(ctx, "assessments"))
	{
		if (jz_is(assessment, "purpose", "risk_screen"))
			return true;
	}
	return jz_seq_len(jz_list(ctx, "risks")) > 0;
}

/* 6.1.1: everybody is contacted and screened, for mental health and for social risk. */
JZ_RULE(all_screened)
{
	int contact_days = jz_policy_int(ctx->policy, "contact_days");
	int screening_days = jz_policy_int(ctx->policy, "screening_days");
	struct jz_date entry;

	if (!jz_case_entry(ctx->record, &entry))
		return;
	if (jz_overdue(entry, contact_days, ctx->today) && !jz_seq_len(jz_list(ctx, "contacts")))
		JZ_SAY(NULL, "/contacts",
		       _("no contact within %d days of the declaration of entry (office policy)"),
		       contact_days);
	if (!jz_overdue(entry, screening_days, ctx->today))
		return;
	if (!psych_screened(ctx))
		JZ_SAY(NULL, "/assessments",
		       _("no screening of mental health within %d days of the declaration of entry "
			 "(office policy)"),
		       screening_days);
	if (!risk_screened(ctx))
		JZ_SAY(NULL, "/risks",
		       _("no screening of social risk within %d days of the declaration of entry "
			 "(office policy)"),
		       screening_days);
}

/* 6.1.1: overriding a screening needs a second person. */
JZ_RULE(override_countersigned)
{
	const struct jz_node *override = jz_map_get(jz_list(ctx, "focus"), "override");

	if (override && jz_is(override, "countersigned_by", jz_map_text(override, "by")))
		JZ_SAY(override, "/focus/override/countersigned_by",
		       _("an override of the screening is countersigned by its own author"));
}

/* The date of the newest psychological or social-risk screening. */
static bool last_screen(const struct jz_rule_ctx *ctx, struct jz_date *last)
{
	struct jz_date date;
	bool found = false;

	jz_items(assessment, jz_list(ctx, "assessments"))
	{
		if ((jz_is(assessment, "purpose", "psych_screen") ||
		     jz_is(assessment, "purpose", "risk_screen")) &&
		    jz_get_date(assessment, "date", &date) &&
		    (!found || jz_date_cmp(date, *last) > 0)) {
			*last = date;
			found = true;
		}
	}
	return found;
}

/* 6.1.1: a score grows stale. */
JZ_RULE(fresh_score)
{
	int months = jz_policy_int(ctx->policy, "score_months");
	struct jz_date last;

	if (jz_case_closed(ctx->record, ctx->today) || !last_screen(ctx, &last))
		return;
	if (jz_date_cmp(jz_date_add_months(last, months), ctx->today) < 0)
		JZ_SAY(NULL, "/assessments",
		       _("the last screening is more than %d months old (office policy)"), months);
}

/* 6.1.1: report, registration, declaration, in this order. */
JZ_RULE(admission_order)
{
	static const char *const steps[] = {"reported_on", "registered_on", "declared_on"};
	const struct jz_node *admission = jz_list(ctx, "admission");
	struct jz_date latest = {0};
	struct jz_date date;

	for (size_t i = 0; i < JZ_COUNT(steps); i++) {
		if (!jz_get_date(admission, steps[i], &date))
			continue;
		if (latest.year && jz_date_cmp(date, latest) < 0)
			JZ_SAY(jz_map_get(admission, steps[i]), JZ_AT("/admission/%s", steps[i]),
			       _("report, registration and declaration of entry are not in this "
				 "order"));
		latest = date;
	}
}

/* 6.1.2: a referral gets an answer, and an accepted one a contact. */
JZ_RULE(referral_answered)
{
	int days = jz_policy_int(ctx->policy, "referral_days");
	struct jz_date date;

	jz_items(referral, jz_list(ctx, "referrals"))
	{
		const char *path = JZ_AT("/referrals/%zu", referral_i);

		if (!jz_get_date(referral, "date", &date) || !jz_overdue(date, days, ctx->today))
			continue;
		if (!jz_has(referral, "decision") || !jz_has(referral, "reply_on"))
			JZ_SAY(referral, path,
			       _("a referral has no decision or no date of the reply after %d days "
				 "(office policy)"),
			       days);
		else if (jz_is(referral, "direction", "in") &&
			 jz_is(referral, "decision", "accepted") && !jz_has(referral, "contact"))
			JZ_SAY(referral, path,
			       _("an accepted referral does not name the contact that followed"));
	}
}

const struct jz_rule jz_rules_contact[] = {
	{"R6.1.1a", "6.1.1", JZ_ERROR, JZ_RULE_COMMIT, after_declaration},
	{"R6.1.1b", "6.1.1", JZ_ERROR, JZ_RULE_CHECK, all_screened},
	{"R6.1.1d", "6.1.1", JZ_ERROR, JZ_RULE_COMMIT, override_countersigned},
	{"R6.1.1e", "6.1.1", JZ_WARNING, JZ_RULE_CHECK, fresh_score},
	{"R6.1.1f", "6.1.1", JZ_ERROR, JZ_RULE_COMMIT, admission_order},
	{"R6.1.2", "6.1.2", JZ_INFO, JZ_RULE_CHECK, referral_answered},
	{0},
};

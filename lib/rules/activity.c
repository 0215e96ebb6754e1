/* 7.6 公益活动 */
#include "lib/rules/judge.h"

static bool exempt_on(const struct jz_rule_ctx *ctx, struct jz_date day)
{
	struct jz_date until;

	return jz_get_date(jz_map_get(jz_list(ctx, "activity_plan"), "exemption"), "until",
			   &until) &&
	       jz_date_cmp(day, until) <= 0;
}

/* 7.6.1: there is a plan of public-benefit activities, or an exemption. */
JZ_RULE(activity_plan)
{
	const struct jz_node *plan = jz_list(ctx, "activity_plan");
	int days = jz_policy_int(ctx->policy, "activity_plan_days");
	struct jz_date entry;

	if (!jz_case_entry(ctx->record, &entry) || jz_case_closed(ctx->record, ctx->today) ||
	    !jz_overdue(entry, days, ctx->today))
		return;
	if (!jz_has(plan, "content") && !exempt_on(ctx, ctx->today))
		JZ_SAY(plan, "/activity_plan",
		       _("no plan of public-benefit activities %d days after the declaration of "
			 "entry "
			 "(office policy)"),
		       days);
}

/* 7.6.2: who is exempt is not assigned. */
JZ_RULE(exemption_respected)
{
	struct jz_date made;
	struct jz_date date;

	if (!jz_get_date(jz_list(ctx, "activity_plan"), "date", &made))
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "public_activity") &&
		    !jz_is(service, "status", "cancelled") && jz_get_date(service, "date", &date) &&
		    jz_date_cmp(date, made) >= 0 && exempt_on(ctx, date))
			JZ_SAY(service, JZ_AT("/services/%zu", service_i),
			       _("a public-benefit activity is assigned during an exemption"));
	}
}

/* 7.6.3: a list is offered, the person chooses; what was self-initiated is proved. */
JZ_RULE(offered_and_chosen)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		const struct jz_node *activity = jz_map_get(service, "activity");
		const char *path = JZ_AT("/services/%zu/activity", service_i);

		if (!jz_is(service, "kind", "public_activity") ||
		    jz_is(service, "status", "cancelled"))
			continue;
		if (jz_is(activity, "organised", "self")) {
			if (!jz_has(activity, "proof") || !jz_has(activity, "approved_by"))
				JZ_SAY(service, path,
				       _("a self-initiated activity lacks proof or approval"));
		} else if (jz_seq_len(jz_map_get(activity, "offered")) < 2 &&
			   !jz_has(activity, "offer_reason")) {
			JZ_SAY(service, path,
			       _("fewer than two activities were offered, and no reason is given"));
		}
	}
}

const struct jz_rule jz_rules_activity[] = {
	{"R7.6.1", "7.6.1", JZ_ERROR, JZ_RULE_CHECK, activity_plan},
	{"R7.6.2", "7.6.2", JZ_INFO, JZ_RULE_CHECK, exemption_respected},
	{"R7.6.3", "7.6.3", JZ_INFO, JZ_RULE_CHECK, offered_and_chosen},
	{0},
};

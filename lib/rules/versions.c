/* 6.5.2: plans are adjusted in time, by versions of which the old ones stay. */
#include "lib/rules/judge.h"

/* The approved plan of this kind and version. */
static const struct jz_node *version_of(const struct jz_rule_ctx *ctx, const char *kind,
					int version)
{
	int number;

	jz_items(plan, jz_list(ctx, "plans"))
	{
		if (jz_is(plan, "kind", kind) && jz_plan_approved(plan) &&
		    jz_get_int(plan, "version", &number) && number == version)
			return plan;
	}
	return NULL;
}

static void judge_version(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
			  struct jz_findings *findings, const struct jz_node *plan,
			  const char *path)
{
	const char *kind = jz_map_text(plan, "kind");
	const struct jz_node *former;
	struct jz_date from;
	struct jz_date former_from;
	int version = 0;

	jz_get_int(plan, "version", &version);
	if (version_of(ctx, kind, version) != plan)
		JZ_SAY(plan, path, _("two plans have the same version"));
	if (version == 1)
		return;
	former = version_of(ctx, kind, version - 1);
	if (!former) {
		JZ_SAY(plan, path, _("the version of the plan before this one is missing"));
		return;
	}
	if (!jz_eq(jz_map_text(plan, "supersedes"), jz_map_text(former, "id")))
		JZ_SAY(plan, path,
		       _("the plan does not say that it supersedes the version before"));
	if (!jz_has(plan, "change_reason"))
		JZ_SAY(plan, path, _("the plan does not say why it was changed"));
	if (jz_get_date(plan, "from", &from) && jz_get_date(former, "from", &former_from) &&
	    jz_date_cmp(from, former_from) <= 0)
		JZ_SAY(plan, path,
		       _("the plan does not begin after the version that it supersedes"));
}

/* 6.5.2: versions form one chain, so that exactly one is in force on any day. */
JZ_RULE(one_chain)
{
	jz_items(plan, jz_list(ctx, "plans"))
	{
		if (jz_plan_approved(plan))
			judge_version(rule, ctx, findings, plan,
				      JZ_AT("/plans/%zu/version", plan_i));
	}
}

/* Steps are the same but for the progress that was made. */
static bool same_steps(const struct jz_node *old, const struct jz_node *new)
{
	static const char *const fixed[] = {"id",   "goal", "what",	 "who",
					    "from", "to",   "depends_on"};

	if (jz_seq_len(old) != jz_seq_len(new))
		return false;
	for (size_t i = 0; i < jz_seq_len(old); i++)
		for (size_t k = 0; k < JZ_COUNT(fixed); k++) {
			const struct jz_node *a = jz_map_get(jz_seq_get(old, i), fixed[k]);
			const struct jz_node *b = jz_map_get(jz_seq_get(new, i), fixed[k]);

			if (a != b && !(a && b && jz_node_equal(a, b)))
				return false;
		}
	return true;
}

static bool same_plan(const struct jz_node *old, const struct jz_node *new)
{
	static const char *const fixed[] = {"kind",	    "version",	"from",
					    "supersedes",   "content",	"goals",
					    "organisation", "measures", "safeguards"};

	for (size_t k = 0; k < JZ_COUNT(fixed); k++) {
		const struct jz_node *a = jz_map_get(old, fixed[k]);
		const struct jz_node *b = jz_map_get(new, fixed[k]);

		if (a != b && !(a && b && jz_node_equal(a, b)))
			return false;
	}
	return same_steps(jz_map_get(old, "steps"), jz_map_get(new, "steps"));
}

/* 6.5.2: what was put in force is changed by a new version only. */
JZ_RULE(versions_kept)
{
	const struct jz_node *plans = jz_list(ctx, "plans");

	jz_items(old, jz_map_get(ctx->before, "plans"))
	{
		const struct jz_node *now = jz_item(plans, jz_map_text(old, "id"));

		if (!jz_plan_approved(old))
			continue;
		if (!now)
			JZ_SAY(plans, "/plans", _("a plan that was in force is removed"));
		else if (!same_plan(old, now))
			JZ_SAY(now, "/plans",
			       _("a plan that was in force is changed instead of superseded by a "
				 "new "
				 "version"));
	}
}

/* The plan was looked at again on or after that day: a review, or a version that begins then. */
static bool reviewed_since(const struct jz_rule_ctx *ctx, struct jz_date day)
{
	struct jz_date date;

	jz_items(plan, jz_list(ctx, "plans"))
	{
		if (jz_get_date(plan, "from", &date) && jz_date_cmp(date, day) >= 0)
			return true;
		jz_items(review, jz_map_get(plan, "reviews"))
		{
			if (jz_get_date(review, "date", &date) && jz_date_cmp(date, day) >= 0)
				return true;
		}
	}
	return false;
}

static bool review_missing(const struct jz_rule_ctx *ctx, struct jz_date event)
{
	return jz_case_plan_on(ctx->record, event) &&
	       jz_overdue(event, jz_policy_int(ctx->policy, "review_days"), ctx->today) &&
	       !reviewed_since(ctx, event);
}

/* 6.5.2: an alert, a change of level and a breach call for a review. */
JZ_RULE(review_after_event)
{
	int days = jz_policy_int(ctx->policy, "review_days");
	struct jz_date entry = {0};
	struct jz_date date;

	if (jz_case_closed(ctx->record, ctx->today))
		return;
	jz_case_entry(ctx->record, &entry);
	jz_items(alert, jz_list(ctx, "alerts"))
	{
		if (jz_get_day(alert, "observed_at", &date) && review_missing(ctx, date))
			JZ_SAY(alert, JZ_AT("/alerts/%zu", alert_i),
			       _("the plan was not reviewed within %d days of an alert (office "
				 "policy)"),
			       days);
	}
	jz_items(breach, jz_list(ctx, "breaches"))
	{
		if (jz_get_date(breach, "date", &date) && review_missing(ctx, date))
			JZ_SAY(breach, JZ_AT("/breaches/%zu", breach_i),
			       _("the plan was not reviewed within %d days of a breach (office "
				 "policy)"),
			       days);
	}
	jz_items(level, jz_list(ctx, "levels"))
	{
		if (jz_get_date(level, "from", &date) && jz_date_cmp(date, entry) > 0 &&
		    review_missing(ctx, date))
			JZ_SAY(level, JZ_AT("/levels/%zu", level_i),
			       _("the plan was not reviewed within %d days of a change of level "
				 "(office policy)"),
			       days);
	}
}

/* The latest day up to today on which so many sessions in a row had been missed. */
static bool missed_in_a_row(const struct jz_rule_ctx *ctx, int limit, struct jz_date *last)
{
	const struct jz_node *services = jz_list(ctx, "services");
	struct jz_date after = {0};
	struct jz_date date;
	int missed = 0;

	jz_items(service, services)
	{
		if (jz_service_attended(service) && jz_get_date(service, "date", &date) &&
		    jz_date_cmp(date, after) > 0)
			after = date;
	}
	*last = after;
	jz_items(service, services)
	{
		if (!jz_is(service, "attendance", "absent") ||
		    !jz_get_date(service, "date", &date) || jz_date_cmp(date, after) <= 0)
			continue;
		missed++;
		if (jz_date_cmp(date, *last) > 0)
			*last = date;
	}
	return missed >= limit;
}

/* 6.5.2: so do sessions that are missed one after the other. */
JZ_RULE(review_after_absence)
{
	int limit = jz_policy_int(ctx->policy, "missed_sessions");
	struct jz_date last;

	if (!jz_case_closed(ctx->record, ctx->today) && missed_in_a_row(ctx, limit, &last) &&
	    review_missing(ctx, last))
		JZ_SAY(NULL, "/plans",
		       _("the plan was not reviewed after %d missed sessions in a row (office "
			 "policy)"),
		       limit);
}

const struct jz_rule jz_rules_versions[] = {
	{"R6.5.2a", "6.5.2", JZ_ERROR, JZ_RULE_COMMIT, one_chain},
	{"R6.5.2b", "6.5.2", JZ_ERROR, JZ_RULE_COMMIT, versions_kept},
	{"R6.5.2c", "6.5.2", JZ_ERROR, JZ_RULE_CHECK, review_after_event},
	{"R6.5.2d", "6.5.2", JZ_ERROR, JZ_RULE_CHECK, review_after_absence},
	{0},
};

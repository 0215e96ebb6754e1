/* 7.7 分类教育: classes, and the minor track of 社区矫正法 52 and 58. */
#include "lib/rules/judge.h"

#define ADULT_AGE 18

/* 7.7.2: education by class names its criterion and its content. */
JZ_RULE(class_named)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "kind", "class_education") &&
		    !jz_is(service, "status", "cancelled") &&
		    !(jz_has(service, "criterion") && jz_has(service, "content_class")))
			JZ_SAY(service, JZ_AT("/services/%zu", service_i),
			       _("education by class does not name its criterion and class of "
				 "content"));
	}
}

static bool in_class(const struct jz_rule_ctx *ctx, const char *criterion, struct jz_date day)
{
	struct jz_date from;
	struct jz_date until;

	jz_items(label, jz_list(ctx, "classes"))
	{
		if (criterion && jz_is(label, "criterion", criterion) &&
		    jz_get_date(label, "from", &from) && jz_date_cmp(from, day) <= 0 &&
		    !(jz_get_date(label, "until", &until) && jz_date_cmp(until, day) < 0))
			return true;
	}
	return false;
}

/* 7.7.2: and the person has a class by that criterion. */
JZ_RULE(class_fits)
{
	struct jz_date date;

	jz_items(service, jz_list(ctx, "services"))
	{
		const char *criterion = jz_map_text(service, "criterion");

		if (jz_is(service, "kind", "class_education") &&
		    !jz_is(service, "status", "cancelled") && criterion &&
		    jz_get_date(service, "date", &date) && !in_class(ctx, criterion, date))
			JZ_SAY(service, JZ_AT("/services/%zu/criterion", service_i),
			       _("the person has no class by the criterion of the education"));
	}
}

/* 7.7.3: once on the minor track, always on it (社区矫正法 58). */
JZ_RULE(minor_track_sticky)
{
	if (jz_map_true(ctx->before, "minor_track") && !jz_map_true(ctx->record, "minor_track"))
		JZ_SAY(jz_list(ctx, "minor_track"), "/minor_track",
		       _("the minor track is left, but it goes on after the age of 18"));
}

/* 7.7.3: who enters under 18 is on it. */
JZ_RULE(minor_track_set)
{
	if (jz_case_minor(ctx->record) && !jz_map_true(ctx->record, "minor_track"))
		JZ_SAY(jz_list(ctx, "minor_track"), "/minor_track",
		       _("the person was under 18 on entry but is not on the minor track"));
}

/* 7.7.3: a mark that the dates do not bear out. */
JZ_RULE(minor_track_doubtful)
{
	struct jz_date entry;

	if (jz_map_true(ctx->record, "minor_track") && jz_case_entry(ctx->record, &entry) &&
	    jz_case_age(ctx->record, entry) >= ADULT_AGE)
		JZ_SAY(jz_list(ctx, "minor_track"), "/minor_track",
		       _("the person is on the minor track but was 18 or older on entry"));
}

/* Held for several people, so that adults could be there. */
static bool in_company(const struct jz_node *service)
{
	return jz_is(service, "kind", "group_education") ||
	       jz_is(service, "kind", "class_education") ||
	       jz_is(jz_map_get(service, "activity"), "organised", "group") ||
	       jz_is(service, "method", "group_support") ||
	       jz_is(service, "method", "group_therapy") ||
	       jz_is(service, "method", "group_education");
}

/* 7.7.3: minors and adults apart. */
JZ_RULE(minors_apart)
{
	if (!jz_map_true(ctx->record, "minor_track"))
		return;
	jz_items(service, jz_list(ctx, "services"))
	{
		const struct jz_node *separate = jz_map_get(service, "separate");
		const char *path = JZ_AT("/services/%zu/separate", service_i);

		if (jz_is(service, "status", "cancelled"))
			continue;
		if (separate && !jz_map_true(service, "separate"))
			JZ_SAY(service, path,
			       _("a person on the minor track is taught together with adults"));
		else if (!separate && in_company(service))
			JZ_SAY(service, path,
			       _("a session in company does not say that minors are apart from "
				 "adults"));
	}
}

static bool trained_member(const struct jz_rule_ctx *ctx)
{
	jz_items(member, jz_map_get(jz_list(ctx, "admission"), "team"))
	{
		if (jz_map_true(member, "minor_trained"))
			return true;
	}
	return false;
}

/* 7.7.4: people who know minors, a section of the plan, the guardian, no publicity. */
JZ_RULE(minors_cared_for)
{
	const struct jz_node *admission = jz_list(ctx, "admission");
	const struct jz_node *plan = jz_case_last_plan(ctx->record);
	struct jz_date entry;

	if (!jz_map_true(ctx->record, "minor_track") || !jz_case_entry(ctx->record, &entry))
		return;
	if (!trained_member(ctx))
		JZ_SAY(admission, "/admission/team",
		       _("nobody in the correction team of a minor is trained for minors"));
	if (jz_map_true(admission, "public"))
		JZ_SAY(admission, "/admission/public",
		       _("the declaration of entry of a minor was public"));
	if (jz_case_needs_guardian(ctx->record, entry) &&
	    !jz_map_true(admission, "guardian_present"))
		JZ_SAY(admission, "/admission/guardian_present",
		       _("the guardian was not present at the declaration of entry of a minor"));
	if (plan && !jz_has(plan, "minor_section"))
		JZ_SAY(plan, "/plans", _("the plan of a minor has no section for minors"));
}

const struct jz_rule jz_rules_minors[] = {
	{"R7.7.2a", "7.7.2", JZ_ERROR, JZ_RULE_CHECK, class_named},
	{"R7.7.2b", "7.7.2", JZ_ERROR, JZ_RULE_CHECK, class_fits},
	{"R7.7.3a", "7.7.3", JZ_ERROR, JZ_RULE_COMMIT, minor_track_sticky},
	{"R7.7.3b", "7.7.3", JZ_ERROR, JZ_RULE_COMMIT, minor_track_set},
	{"R7.7.3c", "7.7.3", JZ_WARNING, JZ_RULE_CHECK, minor_track_doubtful},
	{"R7.7.3d", "7.7.3", JZ_ERROR, JZ_RULE_COMMIT, minors_apart},
	{"R7.7.4", "7.7.4", JZ_ERROR, JZ_RULE_CHECK, minors_cared_for},
	{0},
};

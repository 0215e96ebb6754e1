/* 7.5.2 and 7.5.3 in the psychological file itself. */
#include "lib/rules/judge.h"

JZ_RULE(codes_known)
{
	jz_judge_codes(rule, ctx, findings, "psych", ctx->psych);
}

JZ_RULE(ids_unique)
{
	jz_judge_ids(rule, ctx, findings, ctx->psych);
}

/* 7.5.2: the file belongs to the case of its own number. */
JZ_RULE(file_of_case)
{
	if (!jz_eq(jz_map_text(ctx->psych, "case"), jz_map_text(ctx->psych, "id")))
		JZ_SAY(jz_map_get(ctx->psych, "case"), "/case",
		       _("the psychological file is of another case than its number says"));
}

/* 7.5.2: the file records what has happened. */
JZ_RULE(sessions_past)
{
	static const char *const lists[] = {"sessions", "assessments", "impressions",
					    "consents", "referrals",   "crisis_plans"};
	struct jz_date date;

	for (size_t i = 0; i < JZ_COUNT(lists); i++) {
		jz_items(item, jz_map_get(ctx->psych, lists[i]))
		{
			if (jz_get_date(item, "date", &date) && jz_date_cmp(date, ctx->today) > 0)
				JZ_SAY(item, JZ_AT("/%s/%zu/date", lists[i], item_i),
				       _("an entry of the psychological file lies in the future"));
		}
	}
}

/* 7.5.3: therapy is for professionals, in a medical institution. */
JZ_RULE(therapy_by_professionals)
{
	jz_items(session, jz_map_get(ctx->psych, "sessions"))
	{
		jz_judge_therapy(rule, findings, session, JZ_AT("/sessions/%zu", session_i));
	}
}

/* 5.3.3: a critical answer stays on file; who answers anew is assessed anew. */
JZ_RULE(critical_kept)
{
	jz_judge_critical_kept(rule, findings, jz_map_get(ctx->before, "assessments"),
			       jz_map_get(ctx->psych, "assessments"), NULL);
}

const struct jz_rule jz_rules_psych[] = {
	{"R7.5.2-codes", "7.5.2", JZ_ERROR, JZ_RULE_PSYCH, codes_known},
	{"R7.5.2-ids", "7.5.2", JZ_ERROR, JZ_RULE_PSYCH, ids_unique},
	{"R7.5.2-case", "7.5.2", JZ_ERROR, JZ_RULE_PSYCH, file_of_case},
	{"R7.5.2-facts", "7.5.2", JZ_ERROR, JZ_RULE_PSYCH, sessions_past},
	{"R5.3.3g", "5.3.3", JZ_ERROR, JZ_RULE_PSYCH, critical_kept},
	{"R7.5.3e", "7.5.3", JZ_ERROR, JZ_RULE_PSYCH, therapy_by_professionals},
	{0},
};

#include "lib/rules/rules.h"

#include "lib/rules/judge.h"

static const struct jz_rule *const groups[] = {
	jz_rules_data,	     jz_rules_principles, jz_rules_requirements, jz_rules_contact,
	jz_rules_screening,  jz_rules_filing,	  jz_rules_assessing,	 jz_rules_planning,
	jz_rules_versions,   jz_rules_serving,	  jz_rules_closing,	 jz_rules_phases,
	jz_rules_correcting, jz_rules_activity,	  jz_rules_minors,	 jz_rules_individual,
	jz_rules_help,	     jz_rules_psych,	  jz_rules_law,
};

const struct jz_rule *jz_rule_at(size_t index)
{
	for (size_t g = 0; g < JZ_COUNT(groups); g++)
		for (const struct jz_rule *rule = groups[g]; rule->id; rule++)
			if (index-- == 0)
				return rule;
	return NULL;
}

const struct jz_rule *jz_rule_find(const char *id)
{
	const struct jz_rule *rule;

	for (size_t i = 0; (rule = jz_rule_at(i)); i++)
		if (jz_eq(rule->id, id))
			return rule;
	return NULL;
}

void jz_rules_run(const struct jz_rule_ctx *ctx, unsigned when, struct jz_findings *findings)
{
	if ((when & JZ_RULE_COMMIT) && jz_has(jz_map_get(ctx->record, "closing"), "closed_on"))
		when |= JZ_RULE_CLOSE;
	for (size_t g = 0; g < JZ_COUNT(groups); g++)
		for (const struct jz_rule *rule = groups[g]; rule->id; rule++)
			if (rule->when & when)
				rule->check(rule, ctx, findings);
}

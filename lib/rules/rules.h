/*
 * The clauses as functions, one a rule. A rule reads a case, adds findings with its clause, and
 * changes nothing.
 */
#ifndef JZ_RULES_RULES_H
#define JZ_RULES_RULES_H

#include "lib/base/date.h"
#include "lib/base/node.h"
#include "lib/model/finding.h"

struct jz_policy; /* lib/model/policy.h */

enum jz_rule_when {
	JZ_RULE_COMMIT = 1, /* an invariant: a record that breaks it is never committed */
	JZ_RULE_CHECK = 2,  /* a duty as of a date: reported, blocks nothing else */
	JZ_RULE_CLOSE = 4,  /* must hold before the case can be closed */
	JZ_RULE_PSYCH = 8,  /* an invariant of the psychological file, which is ctx->psych */
};

struct jz_rule_ctx {
	const struct jz_node
		*record; /* the case, typed and valid by its schema; NULL: only psych */
	/* The revision that it replaces; NULL: new. Rules on planning judge what is new against it,
	 * so whoever looks at a record that is committed already gives the record itself. */
	const struct jz_node *before;
	const struct jz_node *psych; /* its psych record; NULL: none or not readable */
	bool psych_exists;	     /* a psych file is there, readable or not */
	const struct jz_policy *policy;
	struct jz_date today;
	int64_t now; /* seconds */
};

struct jz_rule {
	const char *id;	    /* "R6.4.1" */
	const char *clause; /* "6.4.1", or an article of law */
	enum jz_severity severity;
	unsigned when; /* enum jz_rule_when, or-ed */
	void (*check)(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
		      struct jz_findings *findings);
};

/* All rules in the order of the standard, then the articles of law; NULL behind the last. */
const struct jz_rule *jz_rule_at(size_t index);
const struct jz_rule *jz_rule_find(const char *id); /* NULL: no such rule */

/* Runs every rule of which `when` has one of these bits. With JZ_RULE_COMMIT, a record that says
 * that it is closed (closing.closed_on) must pass the JZ_RULE_CLOSE rules too: nothing closes a
 * case past them. */
void jz_rules_run(const struct jz_rule_ctx *ctx, unsigned when, struct jz_findings *findings);

#endif

/*
 * What the rules share: the shape of a rule function, saying a finding, walking lists by name.
 * Private to lib/rules.
 */
#ifndef JZ_RULES_JUDGE_H
#define JZ_RULES_JUDGE_H

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/rules/rules.h"

/* The head of a rule function. */
#define JZ_RULE(name)                                                                              \
	static void name(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,                \
			 struct jz_findings *findings)

/* Inside a rule function: one finding of the rule's own severity. */
#define JZ_SAY(node, path, ...)                                                                    \
	jz_findings_add(findings, rule->severity, (node), (path), rule->id, rule->clause,          \
			__VA_ARGS__)

/* The same about one of several things at the same place, which people see in one line: the label of
 * a topic, a month. */
#define JZ_SAY_ABOUT(node, path, about, ...)                                                       \
	jz_findings_add_about(findings, rule->severity, (node), (path), rule->id, rule->clause,    \
			      (about), __VA_ARGS__)

/* A JSON Pointer that lives as long as the findings. */
#define JZ_AT(...) jz_arena_printf(findings->arena, __VA_ARGS__)

/* One table a file; the last row is empty. rules.c lists them. */
extern const struct jz_rule jz_rules_data[];
extern const struct jz_rule jz_rules_principles[];
extern const struct jz_rule jz_rules_requirements[];
extern const struct jz_rule jz_rules_contact[];
extern const struct jz_rule jz_rules_screening[];
extern const struct jz_rule jz_rules_filing[];
extern const struct jz_rule jz_rules_assessing[];
extern const struct jz_rule jz_rules_planning[];
extern const struct jz_rule jz_rules_versions[];
extern const struct jz_rule jz_rules_serving[];
extern const struct jz_rule jz_rules_closing[];
extern const struct jz_rule jz_rules_phases[];
extern const struct jz_rule jz_rules_correcting[];
extern const struct jz_rule jz_rules_activity[];
extern const struct jz_rule jz_rules_minors[];
extern const struct jz_rule jz_rules_individual[];
extern const struct jz_rule jz_rules_help[];
extern const struct jz_rule jz_rules_psych[];
extern const struct jz_rule jz_rules_law[];

/* today is later than so many days after from. */
bool jz_overdue(struct jz_date from, int days, struct jz_date today);

/* The day of a moment, as its writer's clock had it. */
bool jz_get_day(const struct jz_node *map, const char *key, struct jz_date *out);

/* from <= day <= to */
bool jz_within(struct jz_date day, struct jz_date from, struct jz_date to);

/* The list of the record under that name. */
static inline const struct jz_node *jz_list(const struct jz_rule_ctx *ctx, const char *name)
{
	return jz_map_get(ctx->record, name);
}

/* The item is new or differs from the revision before: rules on planning bind what is written now,
 * not what a later plan has overtaken. */
bool jz_changed(const struct jz_rule_ctx *ctx, const char *list, const struct jz_node *item);

/* A service plan or investigation plan that is no draft. */
bool jz_plan_approved(const struct jz_node *plan);

/* Put in force by this revision: approved now, and not in the revision before. */
bool jz_plan_new(const struct jz_rule_ctx *ctx, const struct jz_node *plan);

/* Calls visit for every map behind "plans.steps": each segment is a key, and sequences are entered.
 */
typedef void jz_each_visit(void *data, const struct jz_node *map, const struct jz_hop *place);
void jz_each_at(const struct jz_node *record, const char *where, jz_each_visit *visit, void *data);

/* The JSON Pointer of a key of the map that stands at a place (NULL: of the place itself), as long as
 * the findings live. */
const char *jz_hop_path(struct jz_findings *findings, const struct jz_hop *place,
			  const char *key);

/* True if the row of this code in the table holds flag: true. */
bool jz_code_flag(const struct jz_rule_ctx *ctx, const char *table, const char *code,
		  const char *flag);

/* Checks that data.c has for both kinds of record. */
void jz_judge_codes(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
		    struct jz_findings *findings, const char *kind, const struct jz_node *record);
void jz_judge_ids(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
		  struct jz_findings *findings, const struct jz_node *record);

/* Therapy names the medical institution and the licence (7.5.3). */
void jz_judge_therapy(const struct jz_rule *rule, struct jz_findings *findings,
		      const struct jz_node *work, const char *path);

/* Critical answers of the revision before are still there (5.3.3); record: the case, whose rule-outs
 * and alerts let an answer be corrected, NULL: nothing does. */
void jz_judge_critical_kept(const struct jz_rule *rule, struct jz_findings *findings,
			    const struct jz_node *before, const struct jz_node *now,
			    const struct jz_node *record);

/* The title of a case field for a message, by path or JSON Pointer ("person.phone"); the path
 * itself where the schema does not know it. */
const char *jz_field_title(const char *path);

/* A sequence of scalars holds this text. */
bool jz_seq_has(const struct jz_node *seq, const char *text);

#endif

/* 6.2.4: what makes a record one whole: codes, item ids, references, dates. */
#include "lib/rules/judge.h"

#include <string.h>

#include "lib/base/map.h"

struct say {
	const struct jz_rule *rule;
	const struct jz_rule_ctx *ctx;
	struct jz_findings *findings;
	const void *row; /* of a table below */
	bool dated;	 /* codes: the days of use count, since the revision before is known */
	struct jz_map *ids;
};

#define SAY(node, path, ...)                                                                       \
	jz_findings_add(say->findings, say->rule->severity, (node), (path), say->rule->id,         \
			say->rule->clause, __VA_ARGS__)

/* ---- codes ---- */

struct code_use {
	const char *table;
	const struct jz_node *value;
	bool found;
};

static void look_for_code(void *data, const char *table, const struct jz_node *value,
			  const struct jz_hop *place)
{
	struct code_use *use = data;

	(void)place;
	use->found = use->found || (jz_eq(table, use->table) && jz_node_equal(value, use->value));
}

/* The case had this code before: what was written while it was in use stays. */
static bool used_before(const struct jz_rule_ctx *ctx, const char *table,
			const struct jz_node *value)
{
	struct code_use use = {.table = table, .value = value};

	return ctx->before &&
	       !jz_codes_walk("case", ctx->before, look_for_code,
			      &use, NULL) &&
	       use.found;
}

/* No fault of the record. */
static void not_checked(const struct jz_rule *rule, struct jz_findings *findings,
			const struct jz_err *err)
{
	JZ_SAY(NULL, "", _("the codes cannot be checked: %s"), err->message);
	findings->failed = JZ_E_IO;
}

static void judge_code(void *data, const char *table, const struct jz_node *value,
		       const struct jz_hop *place)
{
	struct say *say = data;
	const struct jz_rule_ctx *ctx = say->ctx;
	struct jz_codes *codes = jz_policy_codes(ctx->policy);
	jz_cleanup(jz_buf_release) struct jz_buf choices = JZ_BUF_INIT;
	const struct jz_node *rows, *row;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_codes_read(codes, table, &rows, &err)) {
		not_checked(say->rule, say->findings, &err);
		return;
	}
	row = jz_codes_find(codes, table, jz_node_text(value));
	if (!row) {
		jz_codes_choices(codes, table, &choices);
		SAY(value, jz_hop_path(say->findings, place, NULL),
		    _("the code is not in the code table '%s' (%s)"), table, choices.data);
	} else if (say->dated && !jz_code_valid(row, ctx->today) &&
		   !used_before(ctx, table, value)) {
		SAY(value, jz_hop_path(say->findings, place, NULL),
		    _("the code is not in use today in the code table '%s'"), table);
	}
}

void jz_judge_codes(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
		    struct jz_findings *findings, const char *kind, const struct jz_node *record)
{
	struct say data = {
		.rule = rule, .ctx = ctx, .findings = findings, .dated = record == ctx->record};
	struct jz_err err = JZ_ERR_INIT;

	if (jz_codes_walk(kind, record, judge_code, &data, &err))
		not_checked(rule, findings, &err);
}

JZ_RULE(codes_known)
{
	jz_judge_codes(rule, ctx, findings, "case", ctx->record);
}

/* ---- ids ---- */

/* Goals and steps that go on in the next version of a plan keep their ids, so an id is unique in
 * its own list and not in the whole record. */
static void walk_ids(struct say *say, const struct jz_node *node, const struct jz_hop *up)
{
	struct jz_hop place = {.up = up};

	for (size_t i = 0; node->kind == JZ_MAP && i < node->len; i++) {
		const struct jz_pair *pair = &node->pairs[i];

		place.key = pair->key;
		place.key_len = pair->key_len;
		if (pair->value->kind == JZ_MAP || pair->value->kind == JZ_SEQ)
			walk_ids(say, pair->value, &place);
	}
	for (; place.index < jz_seq_len(node); place.index++) {
		const struct jz_node *item = node->items[place.index];
		const char *id = jz_map_text(item, "id");

		if (id && jz_item(node, id) != item)
			SAY(item, jz_hop_path(say->findings, &place, NULL),
			    _("two items of a list have the same id"));
		walk_ids(say, item, &place);
	}
}

void jz_judge_ids(const struct jz_rule *rule, const struct jz_rule_ctx *ctx,
		  struct jz_findings *findings, const struct jz_node *record)
{
	struct say data = {.rule = rule, .ctx = ctx, .findings = findings};

	walk_ids(&data, record, NULL);
}

JZ_RULE(ids_unique)
{
	jz_judge_ids(rule, ctx, findings, ctx->record);
}

/* ---- references ---- */

struct reference {
	const char *where;  /* maps that hold it */
	const char *key;    /* a scalar or a list of scalars */
	const char *target; /* list of the items that it may name; "*": any item */
};

static const struct reference references[] = {
	{"person.health", "evidence", "*"},
	{"needs", "evidence", "*"},
	{"analysis.causes", "evidence", "*"},
	{"analysis.strengths", "evidence", "*"},
	{"risks", "evidence", "*"},
	{"referrals", "contact", "contacts"},
	{"referrals", "need", "needs"},
	{"rule_outs", "assessment", "assessments"},
	{"plans", "supersedes", "plans"},
	{"plans.reviews", "cause", "*"},
	{"services", "need", "needs"},
	{"services", "plan", "plans"},
	{"services", "alert", "alerts"},
	{"services", "breach", "breaches"},
	{"services", "relation", "relations"},
	{"services", "dispute", "disputes"},
	{"services.family", "consent", "consents"},
	{"services.activity", "proof", "documents"},
	{"feedbacks", "cause", "*"},
	{"alerts", "assessment", "assessments"},
	{"employment.needs", "source", "*"},
	{"activity_plan.exemption", "evidence", "*"},
	{"closing.report.goals", "goal", "plans/goals"},
};

/* An item of this list by its id; the list is named by its keys without indices, "plans/goals". */
static bool in_list(const struct jz_node *node, const char *list, const char *id)
{
	size_t key = strcspn(list, "/");
	const struct jz_node *below = jz_map_getn(node, list, key);

	if (!list[key])
		return jz_item(below, id) != NULL;
	for (size_t i = 0; i < jz_seq_len(below); i++)
		if (in_list(below->items[i], list + key + 1, id))
			return true;
	return false;
}

/* Notes the ids of all items, wherever they are. */
static void note_ids(struct jz_map *ids, const struct jz_node *node)
{
	for (size_t i = 0; node->kind == JZ_MAP && i < node->len; i++)
		if (node->pairs[i].value->kind == JZ_MAP || node->pairs[i].value->kind == JZ_SEQ)
			note_ids(ids, node->pairs[i].value);
	for (size_t i = 0; i < jz_seq_len(node); i++) {
		const char *id = jz_map_text(node->items[i], "id");

		if (id)
			jz_map_puts(ids, id, ids);
		note_ids(ids, node->items[i]);
	}
}

static bool known(const struct say *say, const struct reference *row, const struct jz_node *value)
{
	const char *id = jz_node_text(value);

	if (!id)
		return true;
	if (jz_eq(row->target, "*")) {
		if (!say->ids->len)
			note_ids(say->ids, say->ctx->record);
		return jz_map_gets(say->ids, id) != NULL;
	}
	if (in_list(say->ctx->record, row->target, id))
		return true;
	/* the alerts of a case may answer assessments of its psychological file */
	if (strcmp(row->target, "assessments") || !say->ctx->psych_exists)
		return false;
	return !say->ctx->psych || jz_item(jz_map_get(say->ctx->psych, "assessments"), id);
}

static void judge_reference(void *data, const struct jz_node *map, const struct jz_hop *place)
{
	struct say *say = data;
	const struct reference *row = say->row;
	const struct jz_node *value = jz_map_get(map, row->key);

	if (!value)
		return;
	if (value->kind != JZ_SEQ && !known(say, row, value))
		SAY(value, jz_hop_path(say->findings, place, row->key),
		    _("the reference names no item of this record"));
	for (size_t i = 0; i < jz_seq_len(value); i++)
		if (!known(say, row, value->items[i]))
			SAY(value->items[i], jz_hop_path(say->findings, place, row->key),
			    _("the reference names no item of this record"));
}

JZ_RULE(references_known)
{
	struct jz_map ids = JZ_MAP_INIT;
	struct say data = {.rule = rule, .ctx = ctx, .findings = findings, .ids = &ids};

	for (size_t i = 0; i < JZ_COUNT(references); i++) {
		data.row = &references[i];
		jz_each_at(ctx->record, references[i].where, judge_reference, &data);
	}
	jz_map_release(&ids, NULL);
}

/* ---- dates ---- */

struct fact {
	const char *where;
	const char *key;
};

/* Dates of what has happened: none lies in the future. */
static const struct fact facts[] = {
	{"person", "birth_date"},
	{"admission", "papers_received_on"},
	{"admission", "reported_on"},
	{"admission", "registered_on"},
	{"admission", "declared_on"},
	{"contacts", "date"},
	{"consents", "date"},
	{"consents", "withdrawn_on"},
	{"documents", "date"},
	{"information", "date"},
	{"needs", "found_on"},
	{"needs", "met_on"},
	{"assessments", "date"},
	{"risks", "date"},
	{"focus", "date"},
	{"analysis", "date"},
	{"plans", "date"},
	{"plans.agreement", "date"},
	{"plans.steps", "started_on"},
	{"plans.steps", "done_on"},
	{"plans.reviews", "date"},
	{"feedbacks", "date"},
	{"breaches", "date"},
	{"execution", "date"},
	{"referrals", "date"},
	{"referrals", "reply_on"},
	{"relations", "found_on"},
	{"disputes", "found_on"},
	{"disputes", "outcome_on"},
	{"education.contacts", "date"},
	{"employment.needs", "date"},
	{"employment.assessment", "date"},
	{"closing", "closed_on"},
	{"closing.separation", "date"},
	{"closing.report", "date"},
	{"closing.handover", "date"},
	{"followups", "done"},
};

/* Moments of what has happened. */
static const struct fact moments[] = {
	{"assessments", "at"},	   {"rule_outs", "at"},	    {"alerts", "observed_at"},
	{"alerts", "reported_at"}, {"alerts", "closed_at"}, {"alerts.actions", "at"},
};

static void say_future(const struct say *say, const struct jz_node *map,
		       const struct jz_hop *place)
{
	const struct fact *row = say->row;
	const char *at = jz_hop_path(say->findings, place, row->key);

	SAY(jz_map_get(map, row->key), at, _("'%s' lies in the future"), jz_field_title(at));
}

static void judge_fact(void *data, const struct jz_node *map, const struct jz_hop *place)
{
	struct say *say = data;
	const struct fact *row = say->row;
	struct jz_date date;

	if (jz_get_date(map, row->key, &date) && jz_date_cmp(date, say->ctx->today) > 0)
		say_future(say, map, place);
}

static void judge_moment(void *data, const struct jz_node *map, const struct jz_hop *place)
{
	struct say *say = data;
	const struct fact *row = say->row;
	int64_t at;

	if (jz_get_time(map, row->key, &at) && at > say->ctx->now)
		say_future(say, map, place);
}

JZ_RULE(facts_past)
{
	struct say data = {.rule = rule, .ctx = ctx, .findings = findings};

	for (size_t i = 0; i < JZ_COUNT(facts); i++) {
		data.row = &facts[i];
		jz_each_at(ctx->record, facts[i].where, judge_fact, &data);
	}
	for (size_t i = 0; i < JZ_COUNT(moments); i++) {
		data.row = &moments[i];
		jz_each_at(ctx->record, moments[i].where, judge_moment, &data);
	}
}

struct span {
	const char *where;
	const char *from;
	const char *to;
};

static const struct span spans[] = {
	{"sentence", "correction_from", "correction_to"},
	{"sentence", "judged_on", "effective_on"},
	{"sentence.prohibitions", "from", "to"},
	{"admission.team", "from", "until"},
	{"person.resume", "from", "to"},
	{"levels", "from", "until"},
	{"classes", "from", "until"},
	{"triggers", "from", "until"},
	{"consents", "date", "withdrawn_on"},
	{"referrals", "date", "reply_on"},
	{"needs", "found_on", "met_on"},
	{"crisis_plans", "date", "review_on"},
	{"plans", "date", "from"},
	{"plans.steps", "from", "to"},
	{"plans.steps", "started_on", "done_on"},
	{"services.resource", "requested_on", "answered_on"},
	{"breaches", "date", "penalty_on"},
	{"relations", "found_on", "ended_on"},
	{"disputes", "found_on", "outcome_on"},
	{"employment.jobs", "from", "to"},
	{"employment.halfway", "from", "to"},
};

static void judge_span(void *data, const struct jz_node *map, const struct jz_hop *place)
{
	struct say *say = data;
	const struct span *row = say->row;
	struct jz_date from;
	struct jz_date to;
	const char *begin;
	const char *end;

	if (!jz_get_date(map, row->from, &from) || !jz_get_date(map, row->to, &to) ||
	    jz_date_cmp(to, from) >= 0)
		return;
	begin = jz_hop_path(say->findings, place, row->from);
	end = jz_hop_path(say->findings, place, row->to);
	SAY(jz_map_get(map, row->to), end, _("'%s' lies before '%s'"), jz_field_title(end),
	    jz_field_title(begin));
}

JZ_RULE(spans_in_order)
{
	struct say data = {.rule = rule, .ctx = ctx, .findings = findings};

	for (size_t i = 0; i < JZ_COUNT(spans); i++) {
		data.row = &spans[i];
		jz_each_at(ctx->record, spans[i].where, judge_span, &data);
	}
}

const struct jz_rule jz_rules_data[] = {
	{"R6.2.4-codes", "6.2.4", JZ_ERROR, JZ_RULE_COMMIT, codes_known},
	{"R6.2.4-ids", "6.2.4", JZ_ERROR, JZ_RULE_COMMIT, ids_unique},
	{"R6.2.4-references", "6.2.4", JZ_ERROR, JZ_RULE_COMMIT, references_known},
	{"R6.2.4-facts", "6.2.4", JZ_ERROR, JZ_RULE_COMMIT, facts_past},
	{"R6.2.4-spans", "6.2.4", JZ_ERROR, JZ_RULE_COMMIT, spans_in_order},
	{0},
};

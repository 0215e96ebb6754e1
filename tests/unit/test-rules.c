/*
 * The rules against tests/data/rules/: for each rule a change to a valid document that breaks it
 * and one that keeps it. A rule without both is a failure of this test.
 */
#include "tests/unit/tap.h"

#include <string.h>

#include "lib/base/file.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/policy.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"
#include "lib/rules/rules.h"

#define DATA "tests/data/"

struct fixture {
	struct jz_arena *arena;
	const struct jz_policy *policy;
	const struct jz_schema *schema;
	const struct jz_schema *psych_schema;
	const struct jz_node *file;
	const struct jz_node *base;
	const struct jz_node *psych;
};

static struct jz_map broken; /* rule ids that some fixture breaks */
static struct jz_map kept;

static struct jz_node *read_yaml(struct jz_arena *arena, const char *name)
{
	struct jz_err err = JZ_ERR_INIT;
	jz_autofree char *path = jz_path_join(DATA, name);
	struct jz_node *tree = NULL;

	if (jz_yaml_read_file(arena, path, &tree, &err) < 0) {
		printf("Bail out! %s: %s\n", path, err.message);
		exit(1);
	}
	return tree;
}

/* Finds the container of the last part of a path and that part: "a.b[ID].c" is (a.b[ID], c) and
 * "a.b[ID]" is (a.b, ID). */
static struct jz_node *container(struct jz_arena *arena, struct jz_node *root, const char *path,
				 const char **last, bool *item)
{
	size_t len = strlen(path);
	size_t cut = len;
	char *parent;

	*item = len && path[len - 1] == ']';
	while (cut && path[cut - 1] != (*item ? '[' : '.'))
		cut--;
	*last = *item ? jz_arena_strndup(arena, path + cut, len - cut - 1)
		      : jz_arena_strdup(arena, path + cut);
	parent = jz_arena_strndup(arena, path, cut ? cut - 1 : 0);
	return jz_node_at(root, parent);
}

static void change_set(struct jz_arena *arena, struct jz_node *root, const struct jz_node *set)
{
	for (size_t i = 0; set && i < set->len; i++) {
		const char *last;
		bool item;
		struct jz_node *map = container(arena, root, set->pairs[i].key, &last, &item);

		if (!map || map->kind != JZ_MAP) {
			ok(false, "path '%s' of a fixture exists", set->pairs[i].key);
			continue;
		}
		jz_map_set(arena, map, last, jz_node_clone(arena, set->pairs[i].value));
	}
}

static void change_remove(struct jz_arena *arena, struct jz_node *root, const struct jz_node *list)
{
	for (size_t i = 0; i < jz_seq_len(list); i++) {
		const char *path = jz_node_text(jz_seq_get(list, i));
		const char *last;
		bool item;
		struct jz_node *from = container(arena, root, path, &last, &item);
		bool removed = false;

		for (size_t k = 0; item && k < jz_seq_len(from) && !removed; k++)
			if (jz_eq(jz_map_text(jz_seq_get(from, k), "id"), last)) {
				jz_seq_remove(from, k);
				removed = true;
			}
		if (!item && from)
			removed = jz_map_remove(from, last);
		if (!removed)
			ok(false, "path '%s' of a fixture exists", path);
	}
}

static void change_push(struct jz_arena *arena, struct jz_node *root, const struct jz_node *push)
{
	for (size_t i = 0; push && i < push->len; i++) {
		const char *last;
		bool item;
		struct jz_node *map = container(arena, root, push->pairs[i].key, &last, &item);
		struct jz_node *list = jz_map_get(map, last);

		if (!list) {
			list = jz_node_seq(arena);
			jz_map_set(arena, map, last, list);
		}
		jz_seq_push(arena, list, jz_node_clone(arena, push->pairs[i].value));
	}
}

/* A copy of base with the change applied; it must be valid by the schema. */
static struct jz_node *changed(const struct fixture *fixture, const struct jz_schema *schema,
			       const struct jz_node *base, const struct jz_node *change,
			       const char *what)
{
	struct jz_node *copy = jz_node_clone(fixture->arena, base);
	jz_cleanup(jz_findings_release) struct jz_findings findings;

	change_set(fixture->arena, copy, jz_map_get(change, "set"));
	change_remove(fixture->arena, copy, jz_map_get(change, "remove"));
	change_push(fixture->arena, copy, jz_map_get(change, "push"));
	jz_schema_type(schema, copy);
	jz_findings_init(&findings);
	if (jz_schema_check(schema, copy, &findings) < 0)
		ok(false, "%s is valid by the schema: %s: %s", what, findings.items[0].path,
		   findings.items[0].message);
	return copy;
}

static const char *text_of(const struct jz_node *change, const struct jz_node *row,
			   const struct jz_node *file, const char *key)
{
	const char *text = jz_map_text(change, key);

	if (!text)
		text = jz_map_text(row, key);
	return text ? text : jz_map_text(file, key);
}

static void fill(struct jz_rule_ctx *ctx, const struct fixture *fixture, const struct jz_node *row,
		 const struct jz_node *change, const char *what)
{
	const char *today = text_of(change, row, fixture->file, "today");
	const char *now = text_of(change, row, fixture->file, "now");

	memset(ctx, 0, sizeof(*ctx));
	ctx->policy = fixture->policy;
	ctx->record = changed(fixture, fixture->schema, fixture->base, change, what);
	if (jz_map_get(change, "before"))
		ctx->before = changed(fixture, fixture->schema, fixture->base,
				      jz_map_get(change, "before"), what);
	if (jz_map_get(change, "psych_before"))
		ctx->before = changed(fixture, fixture->psych_schema, fixture->psych,
				      jz_map_get(change, "psych_before"), what);
	if (jz_map_get(change, "psych"))
		ctx->psych = changed(fixture, fixture->psych_schema, fixture->psych,
				     jz_map_get(change, "psych"), what);
	ctx->psych_exists = ctx->psych;
	if (!jz_date_parse(today, &ctx->today))
		ok(false, "%s: today is a date", what);
	if (!now || !jz_time_parse(now, &ctx->now))
		ctx->now = jz_date_days(ctx->today) * 86400 + 15 * 3600;
}

static enum jz_severity severity_of(const struct jz_node *row, const struct jz_rule *rule)
{
	return jz_eq(jz_map_text(row, "severity"), "warning") ? JZ_WARNING : rule->severity;
}

/* Every rule bears every document, also against a revision before; a sanitizer build watches. */
static void run_all(struct jz_rule_ctx *ctx)
{
	unsigned when = JZ_RULE_COMMIT | JZ_RULE_CHECK | JZ_RULE_CLOSE;
	jz_cleanup(jz_findings_release) struct jz_findings findings;

	jz_findings_init(&findings);
	ctx->before = ctx->record;
	jz_rules_run(ctx, ctx->psych ? when | JZ_RULE_PSYCH : when, &findings);
}

static void judge_row(const struct fixture *fixture, const struct jz_node *row, size_t number)
{
	const char *id = jz_map_text(row, "rule");
	const struct jz_rule *rule = jz_rule_find(id);
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	struct jz_rule_ctx ctx;
	char what[96];

	if (!rule) {
		ok(false, "rule %s exists", id ? id : "?");
		return;
	}
	jz_findings_init(&findings);
	snprintf(what, sizeof(what), "%s (row %zu, broken)", id, number);
	fill(&ctx, fixture, row, jz_map_get(row, "fail"), what);
	rule->check(rule, &ctx, &findings);
	ok(findings.len > 0, "%s", what);
	for (size_t i = 0; i < findings.len; i++)
		if (!jz_eq(findings.items[i].rule, id) ||
		    findings.items[i].severity != severity_of(row, rule))
			ok(false, "%s: rule and severity of the finding", what);
	jz_findings_release(&findings);
	jz_findings_init(&findings);
	snprintf(what, sizeof(what), "%s (row %zu, kept)", id, number);
	fill(&ctx, fixture, row, jz_map_get(row, "pass"), what);
	rule->check(rule, &ctx, &findings);
	if (!ok(findings.len == 0, "%s", what))
		printf("# %s: %s\n", findings.items[0].path, findings.items[0].message);
	run_all(&ctx);
	jz_map_puts(&broken, id, &broken);
	jz_map_puts(&kept, id, &kept);
}

/* The base itself breaks nothing that blocks a commit, and no duty. */
static void judge_base(const struct fixture *fixture)
{
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	struct jz_rule_ctx ctx;

	jz_findings_init(&findings);
	fill(&ctx, fixture, NULL, NULL, "base");
	jz_rules_run(&ctx, JZ_RULE_COMMIT | JZ_RULE_CHECK, &findings);
	is_int(findings.len, 0, "the base document breaks no rule");
	for (size_t i = 0; i < findings.len; i++)
		printf("# %s %s: %s\n", findings.items[i].rule, findings.items[i].path,
		       findings.items[i].message);
}

static void judge_file(const char *name, const struct jz_policy *policy)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct fixture fixture = {.arena = arena, .policy = policy};
	const struct jz_node *rows;

	jz_schema_builtin("case", &fixture.schema, NULL);
	jz_schema_builtin("psych", &fixture.psych_schema, NULL);
	fixture.file = read_yaml(arena, name);
	fixture.base = read_yaml(arena, jz_map_text(fixture.file, "base"));
	fixture.psych = read_yaml(arena, "psych-full.yaml");
	judge_base(&fixture);
	rows = jz_map_get(fixture.file, "cases");
	for (size_t i = 0; i < jz_seq_len(rows); i++)
		judge_row(&fixture, jz_seq_get(rows, i), i + 1);
}

/* Closing past the rules: a commit that sets closed_on runs the closing rules too. */
static void judge_bypass(const struct jz_policy *policy)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	const struct jz_schema *schema;
	struct jz_rule_ctx ctx = {.policy = policy, .today = {2026, 8, 10}, .now = 1786348800};
	struct jz_node *tree = read_yaml(arena, "case-full.yaml");

	jz_schema_builtin("case", &schema, NULL);
	jz_schema_type(schema, tree);
	jz_map_remove(tree, "followups");
	ctx.record = tree;
	jz_findings_init(&findings);
	jz_rules_run(&ctx, JZ_RULE_COMMIT, &findings);
	is_int(findings.errors, 1, "a commit cannot close a case past the closing rules");
	jz_map_remove(jz_map_get(tree, "closing"), "closed_on");
	jz_findings_release(&findings);
	jz_findings_init(&findings);
	jz_rules_run(&ctx, JZ_RULE_COMMIT, &findings);
	is_int(findings.errors, 0, "while it is open they do not block");
}

/* An office that stops using a code: a new case may not take it, one that has it keeps it. */
static void judge_code_in_use(void)
{
	static const char text[] = "codes: {id_type: "
				   "[{code: citizen_id, zh: 甲, en: a, until: '2026-08-09'}]}\n";
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	jz_cleanup(jz_policy_free_p) struct jz_policy *policy = NULL;
	struct jz_rule_ctx ctx = {.today = {2026, 8, 10}};
	struct jz_node *office = NULL, *tree = read_yaml(arena, "case-minimal.yaml");
	const struct jz_schema *schema;

	ok(!jz_yaml_read(arena, text, sizeof(text) - 1, &office, NULL) &&
		   !jz_policy_load(office, &policy, NULL),
	   "codes of an office");
	jz_schema_builtin("case", &schema, NULL);
	jz_schema_type(schema, tree);
	ctx.record = tree;
	ctx.policy = policy;
	jz_findings_init(&findings);
	jz_rules_run(&ctx, JZ_RULE_COMMIT, &findings);
	ok(findings.errors == 1 && strstr(findings.items[0].message, "not in use today"),
	   "a code that is out of use is not taken anew");
	ctx.before = tree;
	jz_findings_release(&findings);
	jz_findings_init(&findings);
	jz_rules_run(&ctx, JZ_RULE_COMMIT, &findings);
	is_int(findings.errors, 0, "and stays where it was");
}

static void judge_minimal(const struct jz_policy *policy)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	const struct jz_schema *schema;
	struct jz_rule_ctx ctx = {.policy = policy, .today = {2026, 8, 10}};
	struct jz_node *tree = read_yaml(arena, "case-minimal.yaml");

	jz_schema_builtin("case", &schema, NULL);
	jz_schema_type(schema, tree);
	ctx.record = tree;
	jz_findings_init(&findings);
	is_int(jz_schema_check(schema, tree, &findings), 0, "a minimal case is valid");
	jz_rules_run(&ctx, JZ_RULE_COMMIT, &findings);
	is_int(findings.len, 0, "and can be committed");
}

/* The catalogue lists this rule under its clause or article. */
static bool catalogued(const struct jz_node *list, const char *key, const struct jz_rule *rule)
{
	for (size_t i = 0; i < jz_seq_len(list); i++) {
		const struct jz_node *entry = jz_seq_get(list, i);
		const struct jz_node *rules = jz_map_get(entry, "rules");

		for (size_t k = 0; k < jz_seq_len(rules); k++)
			if (jz_eq(jz_node_text(jz_seq_get(rules, k)), rule->id))
				return jz_eq(jz_map_text(entry, key), rule->clause);
	}
	return false;
}

/* How many rules the catalogue names. */
static size_t catalogue_size(const struct jz_node *list)
{
	size_t size = 0;

	for (size_t i = 0; i < jz_seq_len(list); i++)
		size += jz_seq_len(jz_map_get(jz_seq_get(list, i), "rules"));
	return size;
}

static void judge_catalogue(void)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_node *file = read_yaml(arena, "../../schemas/clauses.yaml");
	const struct jz_node *clauses = jz_map_get(file, "clauses");
	const struct jz_node *laws = jz_map_get(file, "laws");
	const struct jz_rule *rule;
	size_t count = 0;

	for (; (rule = jz_rule_at(count)); count++)
		if (!catalogued(clauses, "clause", rule) && !catalogued(laws, "article", rule))
			ok(false, "%s stands in the catalogue under %s", rule->id, rule->clause);
	is_int(catalogue_size(clauses) + catalogue_size(laws), count,
	       "the catalogue of clauses names every rule and no other");
}

static void judge_table(void)
{
	struct jz_map seen = JZ_MAP_INIT;
	const struct jz_rule *rule;
	size_t count = 0;

	for (; (rule = jz_rule_at(count)); count++) {
		if (jz_map_gets(&seen, rule->id))
			ok(false, "%s stands in the table once", rule->id);
		jz_map_puts(&seen, rule->id, &seen);
		if (!jz_map_gets(&broken, rule->id) || !jz_map_gets(&kept, rule->id))
			ok(false, "%s has a fixture that breaks it and one that keeps it",
			   rule->id);
	}
	ok(count > 90, "there are %zu rules, each with a failing and a passing fixture", count);
	jz_map_release(&seen, NULL);
}

int main(void)
{
	jz_cleanup(jz_policy_free_p) struct jz_policy *policy = NULL;
	struct jz_err err = JZ_ERR_INIT;

	setenv("TZ", "Asia/Shanghai", 1);
	setenv("JZBF_SCHEMAS", "schemas", 0);
	if (!ok(!jz_policy_load(NULL, &policy, &err), "the policy is read: %s", err.message))
		return done_testing();
	judge_file("rules/adult.yaml", policy);
	judge_file("rules/minor.yaml", policy);
	judge_bypass(policy);
	judge_minimal(policy);
	judge_code_in_use();
	judge_table();
	judge_catalogue();
	jz_map_release(&broken, NULL);
	jz_map_release(&kept, NULL);
	return done_testing();
}

/* What a record must be before it is written. */
#include "lib/base/i18n.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"
#include "lib/rules/rules.h"
#include "lib/store/store-impl.h"

static void run_rules(bool is_case, struct jz_node *root, const struct jz_node *before,
		      bool psych_exists, const struct jz_policy *policy,
		      struct jz_findings *findings)
{
	struct jz_rule_ctx ctx = {.record = is_case ? root : NULL,
				  .before = before,
				  .psych = is_case ? NULL : root,
				  .psych_exists = !is_case || psych_exists,
				  .policy = policy,
				  .today = jz_today(),
				  .now = jz_now()};

	jz_rules_run(&ctx, is_case ? JZ_RULE_COMMIT : JZ_RULE_PSYCH, findings);
}

int jz_record_check(const char *kind, const char *id, struct jz_node *root,
		    const struct jz_node *before, bool psych_exists, const struct jz_policy *policy,
		    struct jz_findings *findings, struct jz_err *err)
{
	const struct jz_schema *schema;
	size_t from = findings->len, errors = findings->errors;
	int rc = jz_schema_builtin(kind, &schema, err);

	if (rc)
		return rc;
	jz_schema_type(schema, root);
	jz_schema_check(schema, root, findings);
	if (findings->errors == errors)
		run_rules(!strcmp(kind, "case"), root, before, psych_exists, policy, findings);
	jz_findings_file(findings, from, id);
	jz_findings_titles(findings, from, kind);
	if (findings->errors == errors)
		return 0;
	rc = jz_findings_fail(findings, err);
	return rc ? rc : JZ_E_BUG;
}

/* What is encrypted must read back as what was checked, whatever the writer thinks. */
int jz_record_text(const char *kind, const struct jz_node *root, struct jz_buf *text,
		   struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_schema *schema;
	struct jz_node *again;
	int rc = jz_schema_builtin(kind, &schema, err);

	jz_yaml_write(root, text);
	if (!rc)
		rc = jz_yaml_read(arena, text->data, text->len, &again, err);
	if (rc)
		return rc;
	jz_schema_type(schema, again);
	return jz_node_equal(root, again)
		       ? 0
		       : jz_fail(err, JZ_E_BUG, _("the record would not read back as it is"));
}

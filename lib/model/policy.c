#include "lib/model/policy.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/model/builtin.h"

struct jz_policy {
	struct jz_arena *arena;
	struct jz_codes *codes;
	struct jz_node *entries; /* `values:` of policy.yaml */
	struct jz_node *values;	 /* name: value in force */
};

static int judge_number(const struct jz_node *value, const struct jz_node *entry, const char *name,
			struct jz_err *err)
{
	int64_t number;
	int64_t low = INT32_MIN;
	int64_t high = INT32_MAX;

	if (value->kind != JZ_NUMBER || !jz_node_to_int(value, &number))
		return jz_fail_at(err, JZ_E_INVALID, value->line, value->column,
				  _("the policy value '%s' is not a whole number"), name);
	jz_node_to_int(jz_map_get(entry, "min"), &low);
	jz_node_to_int(jz_map_get(entry, "max"), &high);
	if (number < low || number > high)
		return jz_fail_at(err, JZ_E_INVALID, value->line, value->column,
				  _("the policy value '%s' is not between %lld and %lld"), name,
				  (long long)low, (long long)high);
	return 0;
}

/* A field of the case schema, "person.phone". */
static int judge_field(const struct jz_node *value, const char *name, struct jz_err *err)
{
	const char *field = jz_node_text(value);

	if (!field || !*field || field[strspn(field, "abcdefghijklmnopqrstuvwxyz_.")])
		return jz_fail_at(err, JZ_E_INVALID, value->line, value->column,
				  _("the policy value '%s' does not name a field"), name);
	return 0;
}

static int judge_item(const struct jz_policy *policy, const struct jz_node *value,
		      const struct jz_node *entry, const char *name, struct jz_err *err)
{
	const char *table = jz_map_text(entry, "codes");

	if (jz_map_get(entry, "pattern"))
		return judge_field(value, name, err);
	if (!table)
		return judge_number(value, entry, name, err);
	if (!jz_codes_find(policy->codes, table, jz_node_text(value)))
		return jz_fail_at(err, JZ_E_INVALID, value->line, value->column,
				  _("the policy value '%s' is not a code of the table '%s'"), name,
				  table);
	return 0;
}

/* One value of `policy:` against its entry; lists stay lists. */
static int judge(const struct jz_policy *policy, const struct jz_node *value,
		 const struct jz_node *entry, const char *name, struct jz_err *err)
{
	bool list = jz_map_get(entry, "default")->kind == JZ_SEQ;

	if (list != (value->kind == JZ_SEQ))
		return jz_fail_at(err, JZ_E_INVALID, value->line, value->column,
				  list ? _("the policy value '%s' must be a list")
				       : _("the policy value '%s' must not be a list"),
				  name);
	if (!list)
		return judge_item(policy, value, entry, name, err);
	for (size_t i = 0; i < value->len; i++) {
		int rc = judge_item(policy, value->items[i], entry, name, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int take_office(struct jz_policy *policy, const struct jz_node *own, struct jz_err *err)
{
	for (size_t i = 0; own && own->kind == JZ_MAP && i < own->len; i++) {
		const struct jz_pair *pair = &own->pairs[i];
		const struct jz_node *entry = jz_map_get(policy->entries, pair->key);
		struct jz_node *value;
		int rc;

		if (!entry)
			return jz_fail_at(err, JZ_E_INVALID, pair->line, pair->column,
					  _("there is no policy value '%s'"), pair->key);
		value = jz_node_clone(policy->arena, pair->value);
		jz_node_type_core(value);
		rc = judge(policy, value, entry, pair->key, err);
		if (rc < 0)
			return rc;
		jz_map_set(policy->arena, policy->values, pair->key, value);
	}
	return 0;
}

static int load(struct jz_policy *policy, const struct jz_node *office, struct jz_err *err)
{
	const struct jz_node *file;
	int rc = jz_builtin_tree("policy", &file, err);

	if (rc < 0)
		return rc;
	policy->entries = jz_map_get(file, "values");
	policy->values = jz_node_map(policy->arena);
	for (size_t i = 0; policy->entries && i < policy->entries->len; i++) {
		const struct jz_pair *pair = &policy->entries->pairs[i];
		struct jz_node *value = jz_map_get(pair->value, "default");

		if (!value)
			return jz_fail_at(err, JZ_E_INVALID, pair->line, pair->column,
					  _("the policy value '%s' has no default"), pair->key);
		jz_map_set(policy->arena, policy->values, pair->key, value);
	}
	return take_office(policy, jz_map_get(office, "policy"), err);
}

int jz_policy_load(const struct jz_node *office, struct jz_policy **out, struct jz_err *err)
{
	jz_cleanup(jz_policy_free_p) struct jz_policy *policy = jz_xcalloc(1, sizeof(*policy));
	const struct jz_node *topics;
	int rc;

	policy->arena = jz_arena_new_public();
	policy->codes = jz_codes_new(office);
	rc = load(policy, office, err);
	if (rc < 0)
		return rc;
	if (jz_codes_read(policy->codes, "education_topic", &topics, err))
		return JZ_E_IO;
	*out = jz_steal(policy);
	return 0;
}

void jz_policy_free(struct jz_policy *policy)
{
	if (!policy)
		return;
	jz_codes_free(policy->codes);
	jz_arena_free(policy->arena);
	free(policy);
}

const struct jz_node *jz_policy_value(const struct jz_policy *policy, const char *name)
{
	return jz_map_get(policy->values, name);
}

int jz_policy_int(const struct jz_policy *policy, const char *name)
{
	int64_t number;

	if (!jz_node_to_int(jz_policy_value(policy, name), &number))
		abort();
	return (int)number;
}

const struct jz_node *jz_policy_entries(const struct jz_policy *policy)
{
	return policy->entries;
}

struct jz_codes *jz_policy_codes(const struct jz_policy *policy)
{
	return policy->codes;
}

/*
 * Office policy: the numbers that the standard leaves to the office. Names, defaults, units and
 * bounds are data in schemas/policy.yaml; an office overrides a value under `policy:` in jzbf.yaml.
 * Where a value's source is "standard" or "law" it is printed as such, all others as office policy.
 */
#ifndef JZ_MODEL_POLICY_H
#define JZ_MODEL_POLICY_H

#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/model/codes.h"

struct jz_policy;

/* office: the root of jzbf.yaml, copied as far as it is needed; NULL: defaults. A name that
 * policy.yaml does not know, a wrong type and a value out of bounds are JZ_E_INVALID with the
 * position. JZ_E_IO: the table of topics of education cannot be read, which rules and figures go through:
 * to them it would be an empty one. */
int jz_policy_load(const struct jz_node *office, struct jz_policy **out, struct jz_err *err);
void jz_policy_free(struct jz_policy *policy);
JZ_DEFINE_AUTO(struct jz_policy, jz_policy_free)

/* A whole number; asking for a name that policy.yaml lacks is a bug and aborts. */
int jz_policy_int(const struct jz_policy *policy, const char *name);

/* A value of any type: the office's, else the default. Lists are sequences. */
const struct jz_node *jz_policy_value(const struct jz_policy *policy, const char *name);

/* What policy.yaml says about every value, in its order: a map of name to {default, unit, zh, en,
 * clause, source, …}. For printing and documentation. */
const struct jz_node *jz_policy_entries(const struct jz_policy *policy);

/* The code tables as this office has them. */
struct jz_codes *jz_policy_codes(const struct jz_policy *policy);

#endif

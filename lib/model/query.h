/*
 * Choosing cases: `--where` terms such as state=in_service, age<18, level=strict, person.name~text,
 * assigned=li. A field is a path of the record or a derived one: state, phase, age, minor, level,
 * focus, alerts, category, township, end. On a list a term holds if it holds for any element.
 * Operators: = != < <= > >= ~ (contains). Terms are joined by AND.
 */
#ifndef JZ_MODEL_QUERY_H
#define JZ_MODEL_QUERY_H

#include "lib/base/buf.h"
#include "lib/base/date.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/vec.h"
#include "lib/model/codes.h"
#include "lib/model/policy.h"

struct jz_query;

/* Parses the terms. A label stands for its code ("state=服务中"). JZ_E_USAGE: no condition, a field
 * that the schema does not have, or a value that is no code of its table. */
int jz_query_parse(const struct jz_strs *terms, struct jz_codes *codes, struct jz_query **out,
		   struct jz_err *err);
void jz_query_free(struct jz_query *query);
JZ_DEFINE_AUTO(struct jz_query, jz_query_free)

bool jz_query_match(const struct jz_query *query, const struct jz_node *record,
		    const struct jz_policy *policy, struct jz_date date);

/* Appends what the conditions look at, as paths with a blank behind each. */
void jz_query_fields(const struct jz_query *query, struct jz_buf *out);

/* The derived fields one by one, and the place of the schema that has the same values (NULL: none);
 * false: there is no such index. */
bool jz_query_derived_field(size_t index, const char **name, const char **place);

/* The value of a derived field, "" if unknown; false: not a derived field. age and alerts are
 * numbers, minor and focus true or false, end a date, the others codes or words of casefile.h. */
bool jz_query_derived(const char *field, const struct jz_node *record,
		      const struct jz_policy *policy, struct jz_date date, char *out, size_t size);

#endif

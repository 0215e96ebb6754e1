/* 6.2 建档 */
#include "lib/rules/judge.h"

#include "lib/model/citizen_id.h"

static bool has_citizen_number(const struct jz_node *person)
{
	return jz_is(person, "id_type", "citizen_id") || jz_is(person, "id_type", "hmt_residence");
}

/* 6.2.1: the identity number is one (GB 11643). */
JZ_RULE(identity_number)
{
	const struct jz_node *person = jz_list(ctx, "person");
	const char *number = jz_map_text(person, "id_number");
	enum jz_citizen_id_fault fault;

	if (!number || !has_citizen_number(person))
		return;
	fault = jz_citizen_id_on(number, ctx->today, NULL);
	if (fault != JZ_ID_OK)
		JZ_SAY(jz_map_get(person, "id_number"), "/person/id_number", "%s",
		       jz_citizen_id_sentence(fault));
}

/* 6.2.1: birth date and sex agree with the identity number; without such a number they are needed.
 */
JZ_RULE(identity_agrees)
{
	const struct jz_node *person = jz_list(ctx, "person");
	const char *number = jz_map_text(person, "id_number");
	const char *sex = jz_map_text(person, "sex");
	struct jz_citizen_id facts;
	struct jz_date birth;

	if (!number || !has_citizen_number(person)) {
		if (!jz_has(person, "birth_date"))
			JZ_SAY(person, "/person",
			       _("the date of birth is missing, and the document does not give "
				 "it"));
		return;
	}
	if (jz_citizen_id_check(number, &facts) != JZ_ID_OK)
		return;
	if (jz_get_date(person, "birth_date", &birth) && jz_date_cmp(birth, facts.birth))
		JZ_SAY(jz_map_get(person, "birth_date"), "/person/birth_date",
		       _("the date of birth is not the one of the identity number"));
	if (sex && (sex[0] == '1' || sex[0] == '2') && sex[0] != facts.sex)
		JZ_SAY(jz_map_get(person, "sex"), "/person/sex",
		       _("the sex is not the one of the identity number"));
}

/* The first contact is longer ago than the policy value allows. */
static bool contact_overdue(const struct jz_rule_ctx *ctx, const char *policy)
{
	struct jz_date date;

	return jz_get_date(jz_case_first_contact(ctx->record), "date", &date) &&
	       jz_overdue(date, jz_policy_int(ctx->policy, policy), ctx->today);
}

/* "person.residence.township" to "/person/residence/township". */
static const char *pointer_of(struct jz_findings *findings, const char *field)
{
	char *pointer = JZ_AT("/%s", field);

	for (char *c = pointer; *c; c++)
		if (*c == '.')
			*c = '/';
	return pointer;
}

/* 6.2.1: the fields that a file must have. */
JZ_RULE(fields_complete)
{
	const struct jz_node *fields = jz_policy_value(ctx->policy, "file_fields");
	int days = jz_policy_int(ctx->policy, "file_days");

	if (!contact_overdue(ctx, "file_days"))
		return;
	for (size_t i = 0; i < jz_seq_len(fields); i++) {
		const char *field = jz_node_text(jz_seq_get(fields, i));

		if (!jz_node_at(ctx->record, field))
			JZ_SAY_ABOUT(NULL, pointer_of(findings, field), jz_field_title(field),
				     _("missing %d days after the first contact (office policy)"),
				     days);
	}
}

/* 6.2.2: needs, or the statement that there are none. */
JZ_RULE(needs_known)
{
	if (contact_overdue(ctx, "file_days") && !jz_seq_len(jz_list(ctx, "needs")) &&
	    !jz_has(ctx->record, "no_needs"))
		JZ_SAY(NULL, "/needs",
		       _("neither a need nor a reason why there is none is recorded %d days after "
			 "the "
			 "first contact (office policy)"),
		       jz_policy_int(ctx->policy, "file_days"));
}

/* 6.2.3: the role was explained before the first assessment. */
JZ_RULE(role_explained)
{
	struct jz_date explained = {0};
	struct jz_date date;

	jz_items(contact, jz_list(ctx, "contacts"))
	{
		if (jz_map_true(contact, "role_explained") && jz_get_date(contact, "date", &date) &&
		    (!explained.year || jz_date_cmp(date, explained) < 0))
			explained = date;
	}
	jz_items(assessment, jz_list(ctx, "assessments"))
	{
		if (jz_get_date(assessment, "date", &date) &&
		    (!explained.year || jz_date_cmp(date, explained) < 0)) {
			JZ_SAY(assessment, JZ_AT("/assessments/%zu", assessment_i),
			       _("an assessment was made before the worker's role was explained"));
			return;
		}
	}
}

static bool has_document(const struct jz_rule_ctx *ctx, const char *kind)
{
	jz_items(document, jz_list(ctx, "documents"))
	{
		if (jz_is(document, "kind", kind))
			return true;
	}
	return false;
}

/* 6.2.4: the documents of a file. */
JZ_RULE(documents_complete)
{
	const struct jz_node *kinds = jz_policy_value(ctx->policy, "mandatory_documents");
	int days = jz_policy_int(ctx->policy, "file_days");

	if (!contact_overdue(ctx, "file_days"))
		return;
	for (size_t i = 0; i < jz_seq_len(kinds); i++) {
		const char *kind = jz_node_text(jz_seq_get(kinds, i));

		if (!has_document(ctx, kind))
			JZ_SAY_ABOUT(NULL, "/documents",
				     jz_codes_label(jz_policy_codes(ctx->policy), "document", kind),
				     _("missing %d days after the first contact (office policy)"),
				     days);
	}
}

const struct jz_rule jz_rules_filing[] = {
	{"R6.2.1a", "6.2.1", JZ_ERROR, JZ_RULE_COMMIT, identity_number},
	{"R6.2.1b", "6.2.1", JZ_ERROR, JZ_RULE_COMMIT, identity_agrees},
	{"R6.2.1c", "6.2.1", JZ_ERROR, JZ_RULE_CHECK, fields_complete},
	{"R6.2.2", "6.2.2", JZ_ERROR, JZ_RULE_CHECK, needs_known},
	{"R6.2.3", "6.2.3", JZ_WARNING, JZ_RULE_CHECK, role_explained},
	{"R6.2.4", "6.2.4", JZ_ERROR, JZ_RULE_CHECK, documents_complete},
	{0},
};

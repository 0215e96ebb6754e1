#include "lib/store/access.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define BIT(role) (1u << (role))

/* Roles whose people read a record with their own key when it is theirs to read. */
static const unsigned readers = BIT(JZ_ROLE_CUSTODIAN) | BIT(JZ_ROLE_SUPERVISOR) |
				BIT(JZ_ROLE_CASEWORKER) | BIT(JZ_ROLE_PSYCHOLOGIST);

static const unsigned holders[JZ_ROLE_KEY_COUNT] = {
	[JZ_KEY_OFFICE] = BIT(JZ_ROLE_CUSTODIAN) | BIT(JZ_ROLE_SUPERVISOR),
	[JZ_KEY_CLINICAL] = BIT(JZ_ROLE_PSYCHOLOGIST),
};

bool jz_span_holds(const struct jz_span *span, struct jz_date day)
{
	return (!span->from.year || jz_date_cmp(span->from, day) <= 0) &&
	       (!span->until.year || jz_date_cmp(day, span->until) <= 0);
}

static unsigned roles_on(const struct jz_person *person, struct jz_date day)
{
	unsigned roles = 0;

	for (size_t i = 0; i < person->role_count; i++)
		if (jz_span_holds(&person->roles[i].span, day))
			roles |= BIT(person->roles[i].role);
	return roles;
}

const char *jz_person_key_on(const struct jz_person *person, struct jz_date day)
{
	const struct jz_person_key *best = NULL;

	for (size_t i = 0; i < person->key_count; i++) {
		const struct jz_person_key *key = &person->keys[i];

		if (jz_span_holds(&key->span, day) &&
		    (!best || jz_date_cmp(key->span.from, best->span.from) >= 0))
			best = key;
	}
	return best ? best->fingerprint : NULL;
}

bool jz_person_has_role(const struct jz_person *person, enum jz_role role, struct jz_date day)
{
	return roles_on(person, day) & BIT(role);
}

bool jz_person_in_force(const struct jz_person *person, struct jz_date day)
{
	return roles_on(person, day) != 0 || person->recovery;
}

bool jz_person_holds(const struct jz_person *person, enum jz_role_key key, struct jz_date day)
{
	return (roles_on(person, day) & holders[key]) || person->recovery;
}

bool jz_person_reads(const struct jz_person *person, struct jz_date day)
{
	return (roles_on(person, day) & readers) || person->recovery;
}

/* Adds the person's key of the day if any of these roles is in force. */
static int add_person(const struct jz_person *person, unsigned roles, struct jz_date day,
		      struct jz_strs *out, struct jz_err *err)
{
	const char *fingerprint;

	if (!(roles_on(person, day) & roles))
		return 0;
	fingerprint = jz_person_key_on(person, day);
	if (!fingerprint)
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' (%s) has no key in force"), person->id,
			       person->name);
	jz_strs_add(out, fingerprint);
	return 0;
}

static int add_everyone(const struct jz_access *access, unsigned roles, struct jz_date day,
			struct jz_strs *out, struct jz_err *err)
{
	int failed = 0;

	for (size_t i = 0; !failed && i < access->count; i++)
		failed = add_person(&access->people[i], roles, day, out, err);
	return failed;
}

static int add_assigned(const struct jz_access *access, const struct jz_strs *assigned,
			unsigned roles, struct jz_date day, struct jz_strs *out, struct jz_err *err)
{
	int failed = 0;

	for (size_t i = 0; !failed && assigned && i < assigned->len; i++) {
		const struct jz_person *person = jz_access_person(access, assigned->items[i]);

		if (!person)
			return jz_fail(
				err, JZ_E_INVALID,
				_("somebody in 'assigned' (entry %zu) is not in access.yaml"),
				i + 1);
		failed = add_person(person, roles, day, out, err);
	}
	return failed;
}

/* Sorts what was collected and hands it over. */
static void hand_over(struct jz_strs *found, struct jz_strs *out)
{
	jz_strs_sort(found);
	jz_strs_uniq(found);
	for (size_t i = 0; i < found->len; i++)
		jz_strs_add(out, found->items[i]);
}

int jz_access_recipients(const struct jz_access *access, const char *kind,
			 const struct jz_strs *assigned, struct jz_date day, struct jz_strs *out,
			 struct jz_err *err)
{
	static const char *const confidential[] = {"staff", "complaint", "review"};
	jz_cleanup(jz_strs_release) struct jz_strs found = JZ_STRS_INIT;
	bool psych = jz_eq(kind, "psych"), office_only = false;
	int failed;

	for (size_t i = 0; i < JZ_COUNT(confidential); i++)
		office_only = office_only || jz_eq(kind, confidential[i]);
	jz_strs_add(&found, access->role_key[psych ? JZ_KEY_CLINICAL : JZ_KEY_OFFICE]);
	if (psych)
		failed =
			add_assigned(access, assigned, BIT(JZ_ROLE_PSYCHOLOGIST), day, &found, err);
	else if (jz_eq(kind, "case"))
		failed = add_assigned(access, assigned, readers, day, &found, err);
	else
		failed = office_only ? 0 : add_everyone(access, readers, day, &found, err);
	if (!failed)
		hand_over(&found, out);
	return failed;
}

int jz_access_role_holders(const struct jz_access *access, enum jz_role_key key, struct jz_date day,
			   struct jz_strs *out, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs found = JZ_STRS_INIT;
	int failed = add_everyone(access, holders[key], day, &found, err);

	if (!failed && !found.len)
		failed = add_everyone(access, BIT(JZ_ROLE_CUSTODIAN), day, &found, err);
	if (failed)
		return failed;
	if (access->recovery)
		jz_strs_add(&found, access->recovery);
	hand_over(&found, out);
	return 0;
}

void jz_access_generations(const struct jz_access *access, enum jz_role_key key,
			   struct jz_strs *out)
{
	jz_strs_add(out, access->role_key[key]);
	for (size_t i = access->retired_count; i-- > 0;)
		if (access->retired[i].key == key)
			jz_strs_add(out, access->retired[i].fingerprint);
}

const char *jz_role_secret_path(enum jz_role_key key)
{
	return key == JZ_KEY_OFFICE ? "keys/office.sec.gpg" : "keys/clinical.sec.gpg";
}

void jz_key_path(const char *fingerprint, char out[64])
{
	snprintf(out, 64, "keys/%.40s.asc", fingerprint);
}

int jz_person_may_write(const struct jz_person *person, const char *path, struct jz_date day,
			struct jz_err *err)
{
	static const char *const plain[] = {"access.yaml", "jzbf.yaml", ".gitattributes"};
	unsigned allowed = 0;

	for (size_t i = 0; i < JZ_COUNT(plain); i++)
		if (jz_eq(path, plain[i]))
			allowed = BIT(JZ_ROLE_CUSTODIAN);
	if (jz_eq(path, jz_role_secret_path(JZ_KEY_CLINICAL)) || jz_eq(path, JZ_NEXT_CLINICAL))
		allowed = BIT(JZ_ROLE_CUSTODIAN) | BIT(JZ_ROLE_PSYCHOLOGIST);
	else if (jz_starts_with(path, "keys/"))
		allowed = BIT(JZ_ROLE_CUSTODIAN);
	else if (jz_starts_with(path, "cases/") && jz_ends_with(path, "/psych.yaml.gpg"))
		allowed = BIT(JZ_ROLE_PSYCHOLOGIST);
	else if ((jz_starts_with(path, "cases/") || jz_starts_with(path, "office/")) &&
		 jz_ends_with(path, ".yaml.gpg"))
		allowed = readers;
	if ((roles_on(person, day) & allowed) ||
	    (person->recovery && (jz_eq(path, "access.yaml") || jz_starts_with(path, "keys/"))))
		return 0;
	return jz_fail(err, JZ_E_CRYPTO, _("'%s' may not write '%s'"), person->id, path);
}

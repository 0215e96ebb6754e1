#include "lib/model/casefile.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/citizen_id.h"

#define ADULT_AGE 18

bool jz_get_date(const struct jz_node *map, const char *key, struct jz_date *out)
{
	const struct jz_node *node = jz_map_get(map, key);

	return jz_node_text(node) && jz_date_parsen(node->text, node->len, out);
}

bool jz_get_time(const struct jz_node *map, const char *key, int64_t *seconds)
{
	const char *text = jz_map_text(map, key);

	return text && jz_time_parse(text, seconds);
}

bool jz_get_int(const struct jz_node *map, const char *key, int *out)
{
	int64_t value;

	if (!jz_node_to_int(jz_map_get(map, key), &value) || value < INT32_MIN || value > INT32_MAX)
		return false;
	*out = (int)value;
	return true;
}

bool jz_is(const struct jz_node *map, const char *key, const char *text)
{
	const char *value = jz_map_text(map, key);

	return value && !strcmp(value, text);
}

bool jz_has(const struct jz_node *map, const char *key)
{
	const struct jz_node *value = jz_map_get(map, key);

	return value && value->kind != JZ_NULL;
}

const struct jz_node *jz_item(const struct jz_node *list, const char *id)
{
	jz_items(item, list)
	{
		if (id && jz_is(item, "id", id))
			return item;
	}
	return NULL;
}

/* What the citizen number says; false for other documents and broken numbers. */
static bool id_facts(const struct jz_node *record, struct jz_citizen_id *facts)
{
	const struct jz_node *person = jz_map_get(record, "person");
	const char *number = jz_map_text(person, "id_number");

	if (!number ||
	    !(jz_is(person, "id_type", "citizen_id") || jz_is(person, "id_type", "hmt_residence")))
		return false;
	return jz_citizen_id_check(number, facts) == JZ_ID_OK;
}

bool jz_case_birth(const struct jz_node *record, struct jz_date *out)
{
	struct jz_citizen_id facts;

	if (jz_get_date(jz_map_get(record, "person"), "birth_date", out))
		return true;
	if (!id_facts(record, &facts))
		return false;
	*out = facts.birth;
	return true;
}

char jz_case_sex(const struct jz_node *record)
{
	const char *sex = jz_map_text(jz_map_get(record, "person"), "sex");
	struct jz_citizen_id facts;

	if (sex)
		return sex[0];
	return id_facts(record, &facts) ? facts.sex : '0';
}

int jz_case_age(const struct jz_node *record, struct jz_date on)
{
	struct jz_date birth;

	return jz_case_birth(record, &birth) ? jz_date_age(birth, on) : -1;
}

bool jz_case_entry(const struct jz_node *record, struct jz_date *out)
{
	return jz_get_date(jz_map_get(record, "admission"), "declared_on", out);
}

bool jz_case_start(const struct jz_node *record, struct jz_date *out)
{
	if (jz_get_date(jz_map_get(record, "sentence"), "correction_from", out))
		return true;
	return jz_case_entry(record, out);
}

bool jz_case_end(const struct jz_node *record, struct jz_date *out)
{
	return jz_get_date(jz_map_get(record, "sentence"), "correction_to", out);
}

bool jz_case_minor(const struct jz_node *record)
{
	struct jz_date entry;
	int age;

	if (jz_map_true(record, "minor_track"))
		return true;
	if (!jz_case_entry(record, &entry))
		return false;
	age = jz_case_age(record, entry);
	return age >= 0 && age < ADULT_AGE;
}

bool jz_case_needs_guardian(const struct jz_node *record, struct jz_date on)
{
	int age = jz_case_age(record, on);

	return age < 0 ? jz_map_true(record, "minor_track") : age < ADULT_AGE;
}

bool jz_case_closed(const struct jz_node *record, struct jz_date on)
{
	struct jz_date closed;

	return jz_get_date(jz_map_get(record, "closing"), "closed_on", &closed) &&
	       jz_date_cmp(closed, on) <= 0;
}

/* There is an item dated on or before that day. */
static bool any_by(const struct jz_node *list, const char *key, struct jz_date on)
{
	struct jz_date date;

	jz_items(item, list)
	{
		if (jz_get_date(item, key, &date) && jz_date_cmp(date, on) <= 0)
			return true;
	}
	return false;
}

static bool has_document(const struct jz_node *record, const char *kind, struct jz_date on)
{
	struct jz_date date;

	jz_items(document, jz_map_get(record, "documents"))
	{
		if (jz_is(document, "kind", kind) && jz_get_date(document, "date", &date) &&
		    jz_date_cmp(date, on) <= 0)
			return true;
	}
	return false;
}

bool jz_case_filed(const struct jz_node *record, const struct jz_policy *policy, struct jz_date on)
{
	const struct jz_node *kinds = jz_policy_value(policy, "mandatory_documents");
	struct jz_date date;

	for (size_t i = 0; i < jz_seq_len(kinds); i++)
		if (!has_document(record, jz_node_text(jz_seq_get(kinds, i)), on))
			return false;
	if (any_by(jz_map_get(record, "needs"), "found_on", on))
		return true;
	return jz_get_date(jz_map_get(record, "no_needs"), "date", &date) &&
	       jz_date_cmp(date, on) <= 0;
}

static bool followed_up(const struct jz_node *record, struct jz_date on)
{
	const struct jz_node *list = jz_map_get(record, "followups");
	struct jz_date done;

	jz_items(followup, list)
	{
		if (!jz_get_date(followup, "done", &done) || jz_date_cmp(done, on) > 0)
			return false;
	}
	return jz_seq_len(list) > 0;
}

static bool served(const struct jz_node *record, struct jz_date on)
{
	struct jz_date date;

	jz_items(service, jz_map_get(record, "services"))
	{
		if (jz_is(service, "status", "done") && jz_get_date(service, "date", &date) &&
		    jz_date_cmp(date, on) <= 0)
			return true;
	}
	return false;
}

static bool assessed(const struct jz_node *record, struct jz_date on)
{
	const struct jz_node *analysis = jz_map_get(record, "analysis");
	struct jz_date date;

	return jz_get_date(analysis, "date", &date) && jz_date_cmp(date, on) <= 0 &&
	       jz_has(analysis, "cognition") && jz_has(analysis, "environment");
}

enum jz_case_state jz_case_state(const struct jz_node *record, const struct jz_policy *policy,
				 struct jz_date on)
{
	if (jz_case_closed(record, on))
		return followed_up(record, on) ? JZ_STATE_FOLLOWED_UP : JZ_STATE_CLOSED;
	if (served(record, on))
		return JZ_STATE_IN_SERVICE;
	if (jz_case_plan_on(record, on))
		return JZ_STATE_PLANNED;
	if (assessed(record, on))
		return JZ_STATE_ASSESSED;
	if (jz_case_filed(record, policy, on))
		return JZ_STATE_FILED;
	if (any_by(jz_map_get(record, "contacts"), "date", on))
		return JZ_STATE_CONTACTED;
	return JZ_STATE_ADMITTED;
}

static const struct {
	const char *name;
	const char *label;
} states[] = {
	[JZ_STATE_ADMITTED] = {"admitted", N_("admitted")},
	[JZ_STATE_CONTACTED] = {"contacted", N_("contacted")},
	[JZ_STATE_FILED] = {"filed", N_("filed")},
	[JZ_STATE_ASSESSED] = {"assessed", N_("assessed")},
	[JZ_STATE_PLANNED] = {"planned", N_("planned")},
	[JZ_STATE_IN_SERVICE] = {"in_service", N_("in service")},
	[JZ_STATE_CLOSED] = {"closed", N_("closed")},
	[JZ_STATE_FOLLOWED_UP] = {"followed_up", N_("followed up")},
};

const char *jz_case_state_name(enum jz_case_state state)
{
	return states[state].name;
}

const char *jz_case_state_label(enum jz_case_state state)
{
	return _(states[state].label);
}

static bool plan_counts(const struct jz_node *plan, struct jz_date on, struct jz_date *from)
{
	return jz_is(plan, "kind", "service") && jz_get_date(plan, "from", from) &&
	       jz_date_cmp(*from, on) <= 0;
}

const struct jz_node *jz_case_plan_on(const struct jz_node *record, struct jz_date on)
{
	const struct jz_node *best = NULL;
	struct jz_date from;
	int best_version = 0;
	int version;

	jz_items(plan, jz_map_get(record, "plans"))
	{
		if (plan_counts(plan, on, &from) && jz_get_int(plan, "version", &version) &&
		    version > best_version) {
			best = plan;
			best_version = version;
		}
	}
	return best;
}

const struct jz_node *jz_case_last_plan(const struct jz_node *record)
{
	const struct jz_date end_of_time = {9999, 12, 31};

	return jz_case_plan_on(record, end_of_time);
}

const struct jz_node *jz_case_first_contact(const struct jz_node *record)
{
	const struct jz_node *first = NULL;
	struct jz_date earliest = {0};
	struct jz_date date;

	jz_items(contact, jz_map_get(record, "contacts"))
	{
		if (jz_get_date(contact, "date", &date) &&
		    (!first || jz_date_cmp(date, earliest) < 0)) {
			first = contact;
			earliest = date;
		}
	}
	return first;
}

size_t jz_case_open_alerts(const struct jz_node *record)
{
	size_t open = 0;

	jz_items(alert, jz_map_get(record, "alerts"))
	{
		if (!jz_has(alert, "closed_at"))
			open++;
	}
	return open;
}

const char *jz_case_level_on(const struct jz_node *record, struct jz_date on)
{
	const char *level = NULL;
	struct jz_date latest = {0};
	struct jz_date from;
	struct jz_date until;

	jz_items(item, jz_map_get(record, "levels"))
	{
		if (!jz_get_date(item, "from", &from) || jz_date_cmp(from, on) > 0)
			continue;
		if (jz_get_date(item, "until", &until) && jz_date_cmp(until, on) < 0)
			continue;
		if (!level || jz_date_cmp(from, latest) >= 0) {
			level = jz_map_text(item, "level");
			latest = from;
		}
	}
	return level;
}

bool jz_service_attended(const struct jz_node *service)
{
	const char *attendance;

	if (!jz_is(service, "status", "done"))
		return false;
	attendance = jz_map_text(service, "attendance");
	return attendance && (!strcmp(attendance, "attended") || !strcmp(attendance, "late"));
}

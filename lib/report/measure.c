#include "lib/report/measure.h"

#include <string.h>

#include "lib/base/vec.h"
#include "lib/model/casefile.h"

static bool admitted(const struct jz_measure_ctx *ctx, struct jz_date *entry)
{
	return jz_case_entry(ctx->record, entry) && jz_window_has(ctx->window, *entry);
}

static bool dated_in_window(const struct jz_measure_ctx *ctx, const struct jz_node *item,
			    const char *key)
{
	struct jz_date day;

	return jz_get_date(item, key, &day) && jz_window_has(ctx->window, day) &&
	       jz_date_cmp(day, ctx->date) <= 0;
}

static bool listed(const struct jz_node *list, const char *word)
{
	jz_items(item, list)
	{
		if (word && jz_node_text(item) && !strcmp(jz_node_text(item), word))
			return true;
	}
	return false;
}

static struct jz_measure filing_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};
	struct jz_date entry;

	m.total = admitted(ctx, &entry);
	m.n = m.total && jz_case_filed(ctx->record, ctx->policy, ctx->date);
	return m;
}

static bool between(struct jz_date day, struct jz_date from, struct jz_date to)
{
	return jz_date_cmp(from, day) <= 0 && jz_date_cmp(day, to) <= 0;
}

static struct jz_measure contact_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};
	struct jz_date entry, day;

	m.total = admitted(ctx, &entry);
	if (m.total && jz_get_date(jz_case_first_contact(ctx->record), "date", &day))
		m.n = between(day, entry,
			      jz_date_add_days(entry, jz_policy_int(ctx->policy, "contact_days")));
	return m;
}

/* A screening of that purpose between entry and deadline. */
static bool screened(const struct jz_measure_ctx *ctx, const char *purpose, struct jz_date entry,
		     struct jz_date until)
{
	struct jz_date day;

	jz_items(item, jz_map_get(ctx->record, "assessments"))
	{
		if (jz_is(item, "purpose", purpose) && jz_get_date(item, "date", &day) &&
		    between(day, entry, until))
			return true;
	}
	if (strcmp(purpose, "risk_screen") != 0)
		return false;
	jz_items(item, jz_map_get(ctx->record, "risks"))
	{
		if (jz_get_date(item, "date", &day) && between(day, entry, until))
			return true;
	}
	return false;
}

static struct jz_measure screening_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};
	struct jz_date entry, until;

	m.total = admitted(ctx, &entry);
	if (!m.total)
		return m;
	until = jz_date_add_days(entry, jz_policy_int(ctx->policy, "screening_days"));
	m.n = screened(ctx, "psych_screen", entry, until) &&
	      screened(ctx, "risk_screen", entry, until);
	return m;
}

/* Attended within the days, and completed where that is said. */
static bool taught(const struct jz_node *service, struct jz_date from, struct jz_date to)
{
	struct jz_date day;

	return jz_service_attended(service) &&
	       (!jz_map_get(service, "completed") || jz_map_true(service, "completed")) &&
	       jz_get_date(service, "date", &day) && between(day, from, to);
}

/* Every topic of the stage was attended and completed within the days. */
static bool phase_complete(const struct jz_measure_ctx *ctx, enum jz_phase phase,
			   struct jz_date from, struct jz_date to)
{
	const struct jz_node *topics =
		jz_codes_rows(jz_policy_codes(ctx->policy), "education_topic");
	const struct jz_node *services = jz_map_get(ctx->record, "services");
	jz_cleanup(jz_vec_release) struct jz_vec done = JZ_VEC_INIT;

	jz_items(service, services)
	{
		if (taught(service, from, to))
			jz_vec_push(&done, (void *)(uintptr_t)jz_map_get(service, "topics"));
	}
	jz_items(row, topics)
	{
		bool found = false;

		if (!jz_is(row, "stage", jz_phase_name(phase)))
			continue;
		for (size_t i = 0; !found && i < done.len; i++)
			found = listed(done.items[i], jz_map_text(row, "code"));
		if (!found)
			return false;
	}
	return true;
}

static struct jz_measure education_rate(const struct jz_measure_ctx *ctx)
{
	static const enum jz_phase phases[] = {JZ_PHASE_ENTRY, JZ_PHASE_EXIT};
	struct jz_measure m = {0, 0};
	struct jz_date from, to;

	for (size_t i = 0; i < JZ_COUNT(phases); i++) {
		if (!jz_case_phase_window(ctx->record, ctx->policy, phases[i], &from, &to) ||
		    !jz_window_has(ctx->window, to) || jz_date_cmp(to, ctx->date) > 0)
			continue;
		m.total++;
		m.n += phase_complete(ctx, phases[i], from, to);
	}
	return m;
}

/* An assessed help need that was open on some day of the window. */
static bool open_need(const struct jz_measure_ctx *ctx, const struct jz_node *need)
{
	struct jz_date found, met;

	if (!listed(jz_map_get(ctx->definition, "needs"), jz_map_text(need, "domain")))
		return false;
	if (jz_get_date(need, "found_on", &found) && jz_date_cmp(found, ctx->window->to) > 0)
		return false;
	return !jz_get_date(need, "met_on", &met) || jz_date_cmp(met, ctx->window->from) >= 0;
}

static bool helped(const struct jz_measure_ctx *ctx, const char *need)
{
	jz_items(service, jz_map_get(ctx->record, "services"))
	{
		if (jz_is(service, "need", need) && jz_service_attended(service) &&
		    listed(jz_map_get(ctx->definition, "services"), jz_map_text(service, "kind")) &&
		    dated_in_window(ctx, service, "date"))
			return true;
	}
	return false;
}

static struct jz_measure assistance_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};

	jz_items(need, jz_map_get(ctx->record, "needs"))
	{
		if (!open_need(ctx, need))
			continue;
		m.total = 1;
		if (helped(ctx, jz_map_text(need, "id")))
			m.n = 1;
	}
	return m;
}

/* The last day on which the figures can be known. */
static struct jz_date last_day(const struct jz_measure_ctx *ctx)
{
	return jz_date_cmp(ctx->date, ctx->window->to) < 0 ? ctx->date : ctx->window->to;
}

static struct jz_measure focus_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};
	struct jz_date entry, end, day = last_day(ctx);

	if (!jz_case_entry(ctx->record, &entry) || jz_date_cmp(entry, day) > 0 ||
	    jz_case_closed(ctx->record, day))
		return m;
	m.total = !jz_case_end(ctx->record, &end) || jz_date_cmp(end, day) >= 0;
	m.n = m.total && jz_map_true(jz_map_get(ctx->record, "focus"), "value");
	return m;
}

static struct jz_measure followup_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};
	struct jz_date done;

	jz_items(item, jz_map_get(ctx->record, "followups"))
	{
		if (!dated_in_window(ctx, item, "due"))
			continue;
		m.total++;
		m.n += jz_get_date(item, "done", &done) && jz_date_cmp(done, ctx->date) <= 0;
	}
	return m;
}

static bool attended_in_window(const struct jz_measure_ctx *ctx, const struct jz_node *service)
{
	return dated_in_window(ctx, service, "date") && jz_service_attended(service);
}

static struct jz_measure attendances(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};

	jz_items(service, jz_map_get(ctx->record, "services")) m.n +=
		attended_in_window(ctx, service);
	return m;
}

static struct jz_measure persons_served(const struct jz_measure_ctx *ctx)
{
	jz_items(service, jz_map_get(ctx->record, "services"))
	{
		if (attended_in_window(ctx, service))
			return (struct jz_measure){1, 0};
	}
	return (struct jz_measure){0, 0};
}

static struct jz_measure admissions(const struct jz_measure_ctx *ctx)
{
	struct jz_date entry;
	struct jz_measure m = {admitted(ctx, &entry), 0};

	return m;
}

static struct jz_measure closures(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {
		dated_in_window(ctx, jz_map_get(ctx->record, "closing"), "closed_on"), 0};

	return m;
}

static struct jz_measure alerts(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};
	int64_t seconds;

	jz_items(alert, jz_map_get(ctx->record, "alerts"))
	{
		if (jz_get_time(alert, "observed_at", &seconds) &&
		    jz_window_has(ctx->window, jz_local_date(seconds)))
			m.n++;
	}
	return m;
}

jz_measure_fn *jz_measure_find(const char *key)
{
	static const struct {
		const char *key;
		jz_measure_fn *fn;
	} known[] = {
		{"filing_rate", filing_rate},
		{"contact_rate", contact_rate},
		{"screening_rate", screening_rate},
		{"education_rate", education_rate},
		{"assistance_rate", assistance_rate},
		{"focus_rate", focus_rate},
		{"followup_rate", followup_rate},
		{"persons_served", persons_served},
		{"attendances", attendances},
		{"admitted", admissions},
		{"closed", closures},
		{"alerts", alerts},
	};

	for (size_t i = 0; i < JZ_COUNT(known); i++)
		if (!strcmp(known[i].key, key))
			return known[i].fn;
	return NULL;
}

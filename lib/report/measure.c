#include "lib/report/measure.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/model/casefile.h"

const char jz_measure_fields[] = JZ_OF_ENTRY JZ_OF_ATTENDED "services.date ";

static bool listed(const struct jz_node *list, const char *word)
{
	for (size_t i = 0; word && i < jz_seq_len(list); i++) {
		const char *text = jz_node_text(list->items[i]);

		if (text && !strcmp(text, word))
			return true;
	}
	return false;
}

static bool in_window(const struct jz_measure_ctx *ctx, struct jz_date day)
{
	return jz_window_has(ctx->window, day) && jz_date_cmp(day, ctx->date) <= 0;
}

/* ---- what several indicators ask, found once ---- */

static const enum jz_phase taught_phases[] = {JZ_PHASE_ENTRY, JZ_PHASE_EXIT};

void jz_measure_begin(struct jz_measure_ctx *ctx, const struct jz_policy *policy,
		      const struct jz_window *window, struct jz_date date)
{
	*ctx = (struct jz_measure_ctx){.policy = policy, .window = window, .date = date};
	jz_items(row, jz_codes_rows(jz_policy_codes(policy), "education_topic"))
	{
		for (size_t i = 0; i < JZ_COUNT(taught_phases); i++)
			if (jz_is(row, "stage", jz_phase_name(taught_phases[i])))
				jz_vec_push(&ctx->topics[i],
					    (void *)(uintptr_t)jz_map_text(row, "code"));
	}
}

void jz_measure_end(struct jz_measure_ctx *ctx)
{
	for (size_t i = 0; i < JZ_COUNT(ctx->topics); i++)
		jz_vec_release(&ctx->topics[i]);
	free(ctx->services);
}

static void look_at_services(struct jz_measure_ctx *ctx)
{
	const struct jz_node *list = jz_map_get(ctx->record, "services");

	ctx->service_count = 0;
	if (jz_seq_len(list) > ctx->service_cap) {
		ctx->service_cap = 2 * jz_seq_len(list);
		ctx->services = jz_xrealloc(ctx->services,
					    ctx->service_cap * sizeof(*ctx->services));
	}
	jz_items(item, list)
	{
		struct jz_measure_service *service = &ctx->services[ctx->service_count++];

		*service = (struct jz_measure_service){.node = item,
						       .attended = jz_service_attended(item)};
		if (jz_get_date(item, "date", &service->day))
			service->counts = service->attended && in_window(ctx, service->day);
	}
}

void jz_measure_case(struct jz_measure_ctx *ctx, const struct jz_node *record)
{
	ctx->record = record;
	if (!jz_case_entry(record, &ctx->entry))
		ctx->entry = (struct jz_date){0, 0, 0};
	ctx->admitted = jz_window_has(ctx->window, ctx->entry);
	look_at_services(ctx);
}

/* ---- the measures ---- */

static bool dated_in_window(const struct jz_measure_ctx *ctx, const struct jz_node *item,
			    const char *key)
{
	struct jz_date day;

	return jz_get_date(item, key, &day) && in_window(ctx, day);
}

static struct jz_measure filing_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, ctx->admitted};

	m.n = m.total && jz_case_filed(ctx->record, ctx->policy, ctx->date);
	return m;
}

static bool between(struct jz_date day, struct jz_date from, struct jz_date to)
{
	return jz_date_cmp(from, day) <= 0 && jz_date_cmp(day, to) <= 0;
}

static struct jz_measure contact_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, ctx->admitted};
	struct jz_date day;

	if (m.total && jz_get_date(jz_case_first_contact(ctx->record), "date", &day))
		m.n = between(day, ctx->entry,
			      jz_date_add_days(ctx->entry,
					       jz_policy_int(ctx->policy, "contact_days")));
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
	struct jz_measure m = {0, ctx->admitted};
	struct jz_date until;

	if (!m.total)
		return m;
	until = jz_date_add_days(ctx->entry, jz_policy_int(ctx->policy, "screening_days"));
	m.n = screened(ctx, "psych_screen", ctx->entry, until) &&
	      screened(ctx, "risk_screen", ctx->entry, until);
	return m;
}

/* Attended within the days, and completed where that is said. */
static bool taught(const struct jz_measure_service *service, struct jz_date from, struct jz_date to)
{
	return service->attended && service->day.year && between(service->day, from, to) &&
	       (!jz_map_get(service->node, "completed") ||
		jz_map_true(service->node, "completed"));
}

/* Every topic of the stage was attended and completed within the days. */
static bool phase_complete(const struct jz_measure_ctx *ctx, const struct jz_vec *topics,
			   struct jz_date from, struct jz_date to)
{
	jz_cleanup(jz_vec_release) struct jz_vec done = JZ_VEC_INIT;

	for (size_t i = 0; i < ctx->service_count; i++)
		if (taught(&ctx->services[i], from, to))
			jz_vec_push(&done, jz_map_get(ctx->services[i].node, "topics"));
	for (size_t i = 0; i < topics->len; i++) {
		bool found = false;

		for (size_t k = 0; !found && k < done.len; k++)
			found = listed(done.items[k], topics->items[i]);
		if (!found)
			return false;
	}
	return true;
}

static struct jz_measure education_rate(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};
	struct jz_date from, to;

	for (size_t i = 0; i < JZ_COUNT(taught_phases); i++) {
		if (!jz_case_phase_window(ctx->record, ctx->policy, taught_phases[i], &from, &to) ||
		    !in_window(ctx, to))
			continue;
		m.total++;
		m.n += phase_complete(ctx, &ctx->topics[i], from, to);
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
	const struct jz_node *kinds = jz_map_get(ctx->definition, "services");

	for (size_t i = 0; i < ctx->service_count; i++) {
		const struct jz_measure_service *service = &ctx->services[i];

		if (need && service->counts && jz_is(service->node, "need", need) &&
		    listed(kinds, jz_map_text(service->node, "kind")))
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
	struct jz_date end, day = last_day(ctx);

	if (!ctx->entry.year || jz_date_cmp(ctx->entry, day) > 0 ||
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

static struct jz_measure attendances(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};

	for (size_t i = 0; i < ctx->service_count; i++)
		m.n += ctx->services[i].counts;
	return m;
}

static struct jz_measure persons_served(const struct jz_measure_ctx *ctx)
{
	return (struct jz_measure){attendances(ctx).n > 0, 0};
}

static struct jz_measure admissions(const struct jz_measure_ctx *ctx)
{
	return (struct jz_measure){ctx->admitted, 0};
}

static struct jz_measure closures(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {
		dated_in_window(ctx, jz_map_get(ctx->record, "closing"), "closed_on"), 0};

	return m;
}

/* By the local clock, which is asked only where it could matter: it is never more than a day off. */
static bool then_in_window(const struct jz_measure_ctx *ctx, int64_t seconds)
{
	struct jz_date before = jz_date_from_days(seconds / 86400 - 2);
	struct jz_date after = jz_date_from_days(seconds / 86400 + 2);

	if (jz_window_has(ctx->window, before) && jz_window_has(ctx->window, after))
		return true;
	return between(ctx->window->from, before, after) || between(ctx->window->to, before, after)
		       ? jz_window_has(ctx->window, jz_local_date(seconds))
		       : false;
}

static struct jz_measure alerts(const struct jz_measure_ctx *ctx)
{
	struct jz_measure m = {0, 0};
	int64_t seconds;

	jz_items(alert, jz_map_get(ctx->record, "alerts"))
	{
		if (jz_get_time(alert, "observed_at", &seconds) && then_in_window(ctx, seconds))
			m.n++;
	}
	return m;
}

jz_measure_fn *jz_measure_find(const char *key, const char **fields)
{
	static const struct {
		const char *key;
		jz_measure_fn *fn;
		const char *fields;
	} known[] = {
		{"filing_rate", filing_rate, JZ_OF_FILED},
		{"contact_rate", contact_rate, "contacts.date "},
		{"screening_rate", screening_rate,
		 "assessments.purpose assessments.date risks.date "},
		{"education_rate", education_rate,
		 JZ_OF_END "services.completed services.topics "},
		{"assistance_rate", assistance_rate,
		 "needs.id needs.domain needs.found_on needs.met_on services.need services.kind "},
		{"focus_rate", focus_rate, "focus.value " JZ_OF_END JZ_OF_CLOSED},
		{"followup_rate", followup_rate, "followups.due followups.done "},
		{"persons_served", persons_served, ""},
		{"attendances", attendances, ""},
		{"admitted", admissions, ""},
		{"closed", closures, JZ_OF_CLOSED},
		{"alerts", alerts, "alerts.observed_at "},
	};

	for (size_t i = 0; i < JZ_COUNT(known); i++)
		if (!strcmp(known[i].key, key)) {
			if (fields)
				*fields = known[i].fields;
			return known[i].fn;
		}
	return NULL;
}

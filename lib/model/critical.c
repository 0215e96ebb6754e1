#include "lib/model/critical.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/model/instrument.h"

#define DAY  86400
#define HOUR 3600

void jz_critical_release(struct jz_critical_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		jz_strs_release(&list->items[i].items);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

int jz_critical_items(const struct jz_node *assessment, struct jz_strs *out, struct jz_err *err)
{
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = NULL;
	int rc;

	jz_findings_init(&findings);
	rc = jz_score_assessment(assessment, "", &findings, &scoring, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < scoring->critical_count; i++) {
		const struct jz_critical *critical = scoring->critical[i].critical;
		char number[16];

		snprintf(number, sizeof(number), "%u", critical->item);
		if (critical->duty == JZ_DUTY_ALERT && !jz_strs_has(out, number))
			jz_strs_add(out, number);
	}
	return 0;
}

static bool names_item(const struct jz_node *entry, const char *id, const char *item, bool or_all)
{
	const struct jz_node *items = jz_map_get(entry, "items");

	if (!jz_is(entry, "assessment", id))
		return false;
	if (!items)
		return or_all;
	for (size_t i = 0; i < jz_seq_len(items); i++)
		if (jz_eq(jz_node_text(jz_seq_get(items, i)), item))
			return true;
	return false;
}

bool jz_critical_met(const struct jz_node *record, const char *id, const char *item)
{
	jz_items(alert, jz_map_get(record, "alerts"))
	{
		if (names_item(alert, id, item, true))
			return true;
	}
	jz_items(rule_out, jz_map_get(record, "rule_outs"))
	{
		if (names_item(rule_out, id, item, false))
			return true;
	}
	return false;
}

static int64_t completed(const struct jz_node *assessment)
{
	struct jz_date date;
	int64_t at;

	if (jz_get_time(assessment, "at", &at))
		return at;
	if (!jz_get_date(assessment, "date", &date))
		return 0;
	at = (jz_date_days(date) + 1) * DAY;
	return at - (int64_t)jz_local_offset(at) * 60;
}

static void look_at(const struct jz_node *record, const struct jz_node *assessment, size_t index,
		    bool psych, const struct jz_policy *policy, struct jz_critical_list *out)
{
	jz_cleanup(jz_strs_release) struct jz_strs items = JZ_STRS_INIT;
	struct jz_critical_open open = {.assessment = assessment, .psych = psych, .index = index};

	if (jz_critical_items(assessment, &items, NULL)) {
		out->unscored++;
		return;
	}
	for (size_t i = 0; i < items.len; i++)
		if (!jz_critical_met(record, jz_map_text(assessment, "id"), items.items[i]))
			jz_strs_add(&open.items, items.items[i]);
	if (!open.items.len)
		return;
	open.due = completed(assessment) +
		   (int64_t)jz_policy_int(policy, "critical_answer_hours") * HOUR;
	out->items = jz_xrealloc(out->items, (out->len + 1) * sizeof(*out->items));
	out->items[out->len++] = open;
}

void jz_critical_find(const struct jz_node *record, const struct jz_node *psych,
		      const struct jz_policy *policy, struct jz_critical_list *out)
{
	memset(out, 0, sizeof(*out));
	jz_items(assessment, jz_map_get(record, "assessments"))
	{
		look_at(record, assessment, assessment_i, false, policy, out);
	}
	jz_items(own, jz_map_get(psych, "assessments"))
	{
		look_at(record, own, own_i, true, policy, out);
	}
}

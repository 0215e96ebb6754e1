/* 4.3 依法保障, 4.4 循序渐进 */
#include "lib/rules/judge.h"

#include <string.h>

/* Minutes since midnight of HH:MM, -1 when there is none. */
static int minute_of_day(const struct jz_node *map, const char *key)
{
	const char *text = jz_map_text(map, key);

	if (!text || strlen(text) != 5)
		return -1;
	return ((text[0] - '0') * 10 + (text[1] - '0')) * 60 + (text[3] - '0') * 10 + text[4] - '0';
}

/* 1 is Monday; 1970-01-01 was a Thursday. */
static int weekday(struct jz_date date)
{
	return (int)(((jz_date_days(date) + 3) % 7 + 7) % 7) + 1;
}

static bool on_day(const struct jz_node *hours, int day)
{
	const struct jz_node *days = jz_map_get(hours, "days");
	int64_t listed;

	for (size_t i = 0; i < jz_seq_len(days); i++)
		if (jz_node_to_int(jz_seq_get(days, i), &listed) && listed == day)
			return true;
	return false;
}

static bool collides(const struct jz_rule_ctx *ctx, const struct jz_node *service)
{
	int start = minute_of_day(service, "start");
	struct jz_date date;
	int minutes = 1;

	if (start < 0 || !jz_get_date(service, "date", &date))
		return false;
	jz_get_int(service, "minutes", &minutes);
	jz_items(hours, jz_map_get(jz_map_get(jz_list(ctx, "person"), "work"), "hours"))
	{
		if (on_day(hours, weekday(date)) && start < minute_of_day(hours, "to") &&
		    start + minutes > minute_of_day(hours, "from"))
			return true;
	}
	return false;
}

/* 4.3: nothing is scheduled into working or school hours without the person's consent. */
JZ_RULE(hours_respected)
{
	jz_items(service, jz_list(ctx, "services"))
	{
		if (jz_is(service, "status", "planned") && !jz_map_true(service, "agrees_time") &&
		    collides(ctx, service))
			JZ_SAY(service, JZ_AT("/services/%zu/start", service_i),
			       _("a session is scheduled into working or school hours without the "
				 "person's consent"));
	}
}

/* 4.4: steps begin in the order in which they stand. */
JZ_RULE(steps_in_order)
{
	struct jz_date from;

	jz_items(plan, jz_list(ctx, "plans"))
	{
		struct jz_date last = {0};

		jz_items(step, jz_map_get(plan, "steps"))
		{
			if (!jz_get_date(step, "from", &from))
				continue;
			if (last.year && jz_date_cmp(from, last) < 0)
				JZ_SAY(step, JZ_AT("/plans/%zu/steps/%zu/from", plan_i, step_i),
				       _("a step begins before the step that stands before it"));
			last = from;
		}
	}
}

/* The latest due date of the goals of a term; false: none. */
static bool latest_due(const struct jz_node *plan, const char *term, struct jz_date *latest)
{
	struct jz_date due;
	bool found = false;

	jz_items(goal, jz_map_get(plan, "goals"))
	{
		if (jz_is(goal, "term", term) && jz_get_date(goal, "due", &due) &&
		    (!found || jz_date_cmp(due, *latest) > 0)) {
			*latest = due;
			found = true;
		}
	}
	return found;
}

/* 4.4: short-term goals are due first, long-term goals last. */
JZ_RULE(terms_in_order)
{
	static const char *const terms[] = {"short", "middle", "long"};
	struct jz_date before;
	struct jz_date due;

	jz_items(plan, jz_list(ctx, "plans"))
	{
		for (size_t i = 1; i < JZ_COUNT(terms); i++)
			if (latest_due(plan, terms[i - 1], &before) &&
			    latest_due(plan, terms[i], &due) && jz_date_cmp(due, before) < 0)
				JZ_SAY(plan, JZ_AT("/plans/%zu/goals", plan_i),
				       _("the goals are not due in the order short, middle, long "
					 "term"));
	}
}

static void judge_step(const struct jz_rule *rule, struct jz_findings *findings,
		       const struct jz_node *steps, const struct jz_node *step, const char *path)
{
	const struct jz_node *before = jz_map_get(step, "depends_on");
	struct jz_date started;
	struct jz_date done;

	for (size_t i = 0; i < jz_seq_len(before); i++) {
		const char *id = jz_node_text(jz_seq_get(before, i));
		const struct jz_node *other = jz_item(steps, id);

		if (!other || other == step)
			JZ_SAY(step, path, _("a step depends on one that is not in the plan"));
		else if (jz_get_date(step, "started_on", &started) &&
			 (!jz_get_date(other, "done_on", &done) || jz_date_cmp(started, done) < 0))
			JZ_SAY(step, path,
			       _("a step was started before the one that it depends on was done"));
	}
}

/* 4.4: a step waits for those that it depends on. */
JZ_RULE(steps_wait)
{
	jz_items(plan, jz_list(ctx, "plans"))
	{
		const struct jz_node *steps = jz_map_get(plan, "steps");

		jz_items(step, steps)
		{
			judge_step(rule, findings, steps, step,
				   JZ_AT("/plans/%zu/steps/%zu/depends_on", plan_i, step_i));
		}
	}
}

const struct jz_rule jz_rules_principles[] = {
	{"R4.3", "4.3", JZ_ERROR, JZ_RULE_CHECK, hours_respected},
	{"R4.4a", "4.4", JZ_ERROR, JZ_RULE_COMMIT, steps_in_order},
	{"R4.4b", "4.4", JZ_ERROR, JZ_RULE_COMMIT, terms_in_order},
	{"R4.4c", "4.4", JZ_ERROR, JZ_RULE_COMMIT, steps_wait},
	{0},
};

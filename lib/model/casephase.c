#include "lib/model/casefile.h"

#include "lib/base/mem.h"

static bool entry_window(const struct jz_node *record, const struct jz_policy *policy,
			 struct jz_date *from, struct jz_date *to)
{
	if (!jz_case_entry(record, from))
		return false;
	*to = jz_date_add_days(jz_date_add_months(*from, jz_policy_int(policy, "entry_months")),
			       -1);
	return true;
}

static bool exit_window(const struct jz_node *record, const struct jz_policy *policy,
			struct jz_date *from, struct jz_date *to)
{
	if (!jz_case_end(record, to))
		return false;
	*from = jz_date_add_days(jz_date_add_months(*to, -jz_policy_int(policy, "exit_months")), 1);
	return true;
}

bool jz_case_phase_window(const struct jz_node *record, const struct jz_policy *policy,
			  enum jz_phase phase, struct jz_date *from, struct jz_date *to)
{
	struct jz_date entry_from;
	struct jz_date entry_to;
	struct jz_date exit_from;
	struct jz_date exit_to;
	bool entered = entry_window(record, policy, &entry_from, &entry_to);
	bool ends = exit_window(record, policy, &exit_from, &exit_to);

	if (!entered)
		return false;
	switch (phase) {
	case JZ_PHASE_ENTRY:
		*from = entry_from;
		*to = ends && jz_date_cmp(exit_to, entry_to) < 0 ? exit_to : entry_to;
		break;
	case JZ_PHASE_EXIT:
		if (!ends)
			return false;
		*from = jz_date_cmp(exit_from, entry_from) < 0 ? entry_from : exit_from;
		*to = exit_to;
		break;
	case JZ_PHASE_DAILY:
		*from = jz_date_add_days(entry_to, 1);
		*to = ends ? jz_date_add_days(exit_from, -1) : (struct jz_date){9999, 12, 31};
		break;
	}
	return jz_date_cmp(*from, *to) <= 0;
}

unsigned jz_case_phases(const struct jz_node *record, const struct jz_policy *policy,
			struct jz_date on)
{
	static const enum jz_phase all[] = {JZ_PHASE_ENTRY, JZ_PHASE_DAILY, JZ_PHASE_EXIT};
	unsigned phases = 0;
	struct jz_date from;
	struct jz_date to;

	for (size_t i = 0; i < JZ_COUNT(all); i++)
		if (jz_case_phase_window(record, policy, all[i], &from, &to) &&
		    jz_date_cmp(from, on) <= 0 && jz_date_cmp(on, to) <= 0)
			phases |= all[i];
	return phases;
}

const char *jz_phase_name(enum jz_phase phase)
{
	return phase == JZ_PHASE_ENTRY ? "entry" : phase == JZ_PHASE_EXIT ? "exit" : "daily";
}

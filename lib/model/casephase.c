#include "lib/model/casefile.h"

#include "lib/base/mem.h"

/* The days that phases begin and end with. */
struct days {
	struct jz_date entry, entry_last;
	struct jz_date exit_first, end;
	bool ends;
};

/* Those of them that these phases (bits) need. False: nobody has entered. */
static bool days_of(const struct jz_node *record, const struct jz_policy *policy, unsigned phases,
		    struct days *out)
{
	out->ends = jz_case_end(record, &out->end);
	if (!jz_case_entry(record, &out->entry))
		return false;
	if (phases & (JZ_PHASE_ENTRY | JZ_PHASE_DAILY))
		out->entry_last = jz_date_add_days(
			jz_date_add_months(out->entry, jz_policy_int(policy, "entry_months")), -1);
	if (out->ends && phases & (JZ_PHASE_EXIT | JZ_PHASE_DAILY))
		out->exit_first = jz_date_add_days(
			jz_date_add_months(out->end, -jz_policy_int(policy, "exit_months")), 1);
	return true;
}

static bool window_of(const struct days *days, enum jz_phase phase, struct jz_date *from,
		      struct jz_date *to)
{
	switch (phase) {
	case JZ_PHASE_ENTRY:
		*from = days->entry;
		*to = days->ends && jz_date_cmp(days->end, days->entry_last) < 0
			      ? days->end
			      : days->entry_last;
		break;
	case JZ_PHASE_EXIT:
		if (!days->ends)
			return false;
		*from = jz_date_cmp(days->exit_first, days->entry) < 0 ? days->entry
								       : days->exit_first;
		*to = days->end;
		break;
	case JZ_PHASE_DAILY:
		*from = jz_date_add_days(days->entry_last, 1);
		*to = days->ends ? jz_date_add_days(days->exit_first, -1)
				 : (struct jz_date){9999, 12, 31};
		break;
	}
	return jz_date_cmp(*from, *to) <= 0;
}

bool jz_case_phase_window(const struct jz_node *record, const struct jz_policy *policy,
			  enum jz_phase phase, struct jz_date *from, struct jz_date *to)
{
	struct days days;

	return days_of(record, policy, phase, &days) && window_of(&days, phase, from, to);
}

bool jz_case_in_phase(const struct jz_node *record, const struct jz_policy *policy,
		      enum jz_phase phase, struct jz_date on)
{
	struct jz_date from, to;

	return jz_case_phase_window(record, policy, phase, &from, &to) &&
	       jz_date_cmp(from, on) <= 0 && jz_date_cmp(on, to) <= 0;
}

unsigned jz_case_phases(const struct jz_node *record, const struct jz_policy *policy,
			struct jz_date on)
{
	static const enum jz_phase all[] = {JZ_PHASE_ENTRY, JZ_PHASE_DAILY, JZ_PHASE_EXIT};
	struct jz_date from, to;
	unsigned phases = 0;
	struct days days;

	if (!days_of(record, policy, JZ_PHASE_ENTRY | JZ_PHASE_DAILY | JZ_PHASE_EXIT, &days))
		return 0;
	for (size_t i = 0; i < JZ_COUNT(all); i++)
		if (window_of(&days, all[i], &from, &to) && jz_date_cmp(from, on) <= 0 &&
		    jz_date_cmp(on, to) <= 0)
			phases |= all[i];
	return phases;
}

const char *jz_phase_name(enum jz_phase phase)
{
	return phase == JZ_PHASE_ENTRY ? "entry" : phase == JZ_PHASE_EXIT ? "exit" : "daily";
}

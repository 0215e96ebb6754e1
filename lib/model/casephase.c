#include "lib/model/casefile.h"

#include "lib/base/mem.h"

static struct jz_date last_of_entry(struct jz_date entry, const struct jz_policy *policy)
{
	return jz_date_add_days(jz_date_add_months(entry, jz_policy_int(policy, "entry_months")),
				-1);
}

static struct jz_date first_of_exit(struct jz_date end, const struct jz_policy *policy)
{
	return jz_date_add_days(jz_date_add_months(end, -jz_policy_int(policy, "exit_months")), 1);
}

bool jz_case_phase_window(const struct jz_node *record, const struct jz_policy *policy,
			  enum jz_phase phase, struct jz_date *from, struct jz_date *to)
{
	struct jz_date entry, end;
	bool ends = jz_case_end(record, &end);

	if (!jz_case_entry(record, &entry))
		return false;
	switch (phase) {
	case JZ_PHASE_ENTRY:
		*from = entry;
		*to = last_of_entry(entry, policy);
		if (ends && jz_date_cmp(end, *to) < 0)
			*to = end;
		break;
	case JZ_PHASE_EXIT:
		if (!ends)
			return false;
		*from = first_of_exit(end, policy);
		if (jz_date_cmp(*from, entry) < 0)
			*from = entry;
		*to = end;
		break;
	case JZ_PHASE_DAILY:
		*from = jz_date_add_days(last_of_entry(entry, policy), 1);
		*to = ends ? jz_date_add_days(first_of_exit(end, policy), -1)
			   : (struct jz_date){9999, 12, 31};
		break;
	}
	return jz_date_cmp(*from, *to) <= 0;
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
	unsigned phases = 0;

	for (size_t i = 0; i < JZ_COUNT(all); i++)
		if (jz_case_in_phase(record, policy, all[i], on))
			phases |= all[i];
	return phases;
}

const char *jz_phase_name(enum jz_phase phase)
{
	return phase == JZ_PHASE_ENTRY ? "entry" : phase == JZ_PHASE_EXIT ? "exit" : "daily";
}

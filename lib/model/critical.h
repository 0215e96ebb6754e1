/*
 * Critical answers (5.3.3): an answer that must be reported at once, or ruled out by a
 * professional, whatever the total of the instrument. Which answers are critical is data of the
 * instrument's key; the deadline is office policy (critical_answer_hours).
 *
 * An answer is met by an alert or a rule-out that names its assessment and its item; an alert that
 * names no items stands for all of them.
 */
#ifndef JZ_MODEL_CRITICAL_H
#define JZ_MODEL_CRITICAL_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/node.h"
#include "lib/base/vec.h"
#include "lib/model/policy.h"

/* The critical answers of one assessment that nobody has met yet. */
struct jz_critical_open {
	const struct jz_node *assessment; /* in the case, or in its psych record */
	bool psych;
	size_t index;	      /* in that record's assessments */
	struct jz_strs items; /* numbers of the items */
	int64_t due;	      /* seconds: completion (its day's end where no time is recorded)
				 plus the hours of the policy */
};

struct jz_critical_list {
	struct jz_critical_open *items;
	size_t len;
	size_t unscored; /* assessments whose key is not at hand or whose answers do not fit it */
};
void jz_critical_release(struct jz_critical_list *list);

/* record: the case; psych: its psych record or NULL. */
void jz_critical_find(const struct jz_node *record, const struct jz_node *psych,
		      const struct jz_policy *policy, struct jz_critical_list *out);

/* The numbers of all critical items of one assessment that call for a report, met or not. */
int jz_critical_items(const struct jz_node *assessment, struct jz_strs *out, struct jz_err *err);

/* Has the case an alert or a rule-out that meets this item of this assessment? */
bool jz_critical_met(const struct jz_node *record, const char *id, const char *item);

#endif

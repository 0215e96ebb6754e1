/*
 * A case file read with the field's eyes: what can be derived from the record tree, the office's
 * policy and a date. Nothing here is stored, nothing is changed, NULL trees find nothing.
 */
#ifndef JZ_MODEL_CASEFILE_H
#define JZ_MODEL_CASEFILE_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/date.h"
#include "lib/base/node.h"
#include "lib/model/policy.h"

/* Walks the items of a sequence node, which is looked up once: jz_items(service, services) { … };
 * service_i is the position. */
#define jz_items(item, from)                                                                       \
	for (const struct jz_node *item##_seq = (from); item##_seq; item##_seq = NULL)             \
		for (size_t item##_i = 0; item##_i < jz_seq_len(item##_seq); item##_i++)           \
			for (const struct jz_node *item = jz_seq_get(item##_seq, item##_i); item;  \
			     item = NULL)

/* What the functions below look at, as paths with a blank behind each: for those who read no more of a
 * record than they need (lib/store/index.h). */
#define JZ_OF_BIRTH  "person.birth_date person.id_type person.id_number "
#define JZ_OF_ENTRY  "admission.declared_on "
#define JZ_OF_END    "sentence.correction_to "
#define JZ_OF_MINOR  "minor_track " JZ_OF_ENTRY JZ_OF_BIRTH
#define JZ_OF_CLOSED "closing.closed_on "
#define JZ_OF_FILED  "documents.kind documents.date needs.found_on no_needs.date "
#define JZ_OF_STATE                                                                                \
	JZ_OF_CLOSED JZ_OF_FILED                                                                   \
		"followups.done services.status services.date plans.kind plans.version plans.from " \
		"analysis.date analysis.cognition? analysis.environment? contacts.date "
#define JZ_OF_PHASES JZ_OF_ENTRY JZ_OF_END
#define JZ_OF_LEVEL  "levels.level levels.from levels.until "
#define JZ_OF_ALERTS "alerts.closed_at " /* jz_case_open_alerts() */
#define JZ_OF_ATTENDED "services.status services.attendance "

/* The date at key, false when it is missing or malformed. */
bool jz_get_date(const struct jz_node *map, const char *key, struct jz_date *out);
bool jz_get_time(const struct jz_node *map, const char *key, int64_t *seconds);
bool jz_get_int(const struct jz_node *map, const char *key, int *out);
bool jz_is(const struct jz_node *map, const char *key, const char *text); /* equals text */
bool jz_has(const struct jz_node *map, const char *key);		  /* there and not null */

/* The item of a list by its id; NULL: not there. */
const struct jz_node *jz_item(const struct jz_node *list, const char *id);

/* Birth date: as recorded, else out of the identity number. */
bool jz_case_birth(const struct jz_node *record, struct jz_date *out);
/* '1' male, '2' female, '0' or '9' otherwise: as recorded, else out of the identity number. */
char jz_case_sex(const struct jz_node *record);
/* Full years on a day, -1 when the birth date is unknown. */
int jz_case_age(const struct jz_node *record, struct jz_date on);

/* Entry into correction: the declaration (6.1.1); false before it. */
bool jz_case_entry(const struct jz_node *record, struct jz_date *out);
/* The first day of the correction period as far as it is known: correction_from, else the entry. */
bool jz_case_start(const struct jz_node *record, struct jz_date *out);
/* The last day of the correction period. */
bool jz_case_end(const struct jz_node *record, struct jz_date *out);

/* On the minor track (社区矫正法 58): marked so, or under 18 on entry. Never ends. */
bool jz_case_minor(const struct jz_node *record);
/* Under 18 on that day, so that a guardian acts too. */
bool jz_case_needs_guardian(const struct jz_node *record, struct jz_date on);

bool jz_case_closed(const struct jz_node *record, struct jz_date on);

/* How far the work has come, by the furthest step done (clause 6). */
enum jz_case_state {
	JZ_STATE_ADMITTED,
	JZ_STATE_CONTACTED,
	JZ_STATE_FILED,	   /* mandatory documents, needs or a statement that there are none */
	JZ_STATE_ASSESSED, /* analysis with cognition and environment */
	JZ_STATE_PLANNED,
	JZ_STATE_IN_SERVICE,
	JZ_STATE_CLOSED,
	JZ_STATE_FOLLOWED_UP, /* closed and no follow-up left to do */
};
enum jz_case_state jz_case_state(const struct jz_node *record, const struct jz_policy *policy,
				 struct jz_date on);
const char *jz_case_state_name(enum jz_case_state state);  /* "in_service": for machines */
const char *jz_case_state_label(enum jz_case_state state); /* translated */
/* The date on which the file was complete by 6.2.4; false when it is not by that day. */
bool jz_case_filed(const struct jz_node *record, const struct jz_policy *policy, struct jz_date on);

/* Phases of correction; entry and exit overlap in a short term, so they are bits. */
enum jz_phase { JZ_PHASE_ENTRY = 1, JZ_PHASE_DAILY = 2, JZ_PHASE_EXIT = 4 };
unsigned jz_case_phases(const struct jz_node *record, const struct jz_policy *policy,
			struct jz_date on);
bool jz_case_in_phase(const struct jz_node *record, const struct jz_policy *policy,
		      enum jz_phase phase, struct jz_date on);
/* The days of a phase, both included. False: unknown, or the phase has no day. Months are calendar
 * months, clamped to the end of a short one: entry is [declaration, +1 month), exit (end - 1 month,
 * end]. */
bool jz_case_phase_window(const struct jz_node *record, const struct jz_policy *policy,
			  enum jz_phase phase, struct jz_date *from, struct jz_date *to);
const char *jz_phase_name(enum jz_phase phase); /* "entry" */

/* The service plan in force on a day: the highest version that began by then. NULL: none. */
const struct jz_node *jz_case_plan_on(const struct jz_node *record, struct jz_date on);
/* The last version of the service plan that is no draft. */
const struct jz_node *jz_case_last_plan(const struct jz_node *record);

/* Earliest contact; NULL: none. */
const struct jz_node *jz_case_first_contact(const struct jz_node *record);

/* Alerts not closed. */
size_t jz_case_open_alerts(const struct jz_node *record);

/* The level in force on a day, as a code; NULL: none. */
const char *jz_case_level_on(const struct jz_node *record, struct jz_date on);

/* True if the service took place with the person there (done, attended or late). */
bool jz_service_attended(const struct jz_node *service);

#endif

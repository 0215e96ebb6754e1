/*
 * What one case contributes to each indicator: n (met) and N (due), or a plain count. Pure
 * functions of a case, the policy, a window and the definition's parameters.
 *
 *	jz_measure_begin() once, jz_measure_case() for each case, then the measures, then
 *	jz_measure_end().
 */
#ifndef JZ_REPORT_MEASURE_H
#define JZ_REPORT_MEASURE_H

#include "lib/base/node.h"
#include "lib/base/vec.h"
#include "lib/model/policy.h"
#include "lib/report/window.h"

/* A service, as several indicators look at it. */
struct jz_measure_service {
	const struct jz_node *node;
	struct jz_date day; /* year 0: none */
	bool attended;
	bool counts; /* attended in the window, as known on the date */
};

struct jz_measure_ctx {
	const struct jz_policy *policy;
	const struct jz_window *window;
	struct jz_date date;
	struct jz_vec topics[2]; /* codes (const char *) of what entry and exit education must have */
	/* of the case in hand */
	const struct jz_node *record;
	struct jz_date entry; /* year 0: none */
	bool admitted;	      /* in the window */
	struct jz_measure_service *services;
	size_t service_count;
	size_t service_cap;
	/* set by the caller, for each measure */
	const struct jz_node *definition; /* the entry of indicators.yaml */
};

/* policy and window must live as long. */
void jz_measure_begin(struct jz_measure_ctx *ctx, const struct jz_policy *policy,
		      const struct jz_window *window, struct jz_date date);
void jz_measure_case(struct jz_measure_ctx *ctx, const struct jz_node *record);
void jz_measure_end(struct jz_measure_ctx *ctx);

struct jz_measure {
	long n;
	long total; /* 0: this case does not count */
};

typedef struct jz_measure jz_measure_fn(const struct jz_measure_ctx *ctx);

/* NULL: indicators.yaml names something that this program cannot measure. *fields (may be NULL): what it
 * looks at, as paths with a blank behind each. */
jz_measure_fn *jz_measure_find(const char *key, const char **fields);

/* What jz_measure_case() looks at, for whatever measure. */
extern const char jz_measure_fields[];

#endif

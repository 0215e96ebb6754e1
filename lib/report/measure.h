/*
 * What one case contributes to each indicator: n (met) and N (due), or a plain count. Pure
 * functions of a case, the policy, a window and the definition's parameters.
 */
#ifndef JZ_REPORT_MEASURE_H
#define JZ_REPORT_MEASURE_H

#include "lib/base/node.h"
#include "lib/model/policy.h"
#include "lib/report/window.h"

struct jz_measure_ctx {
	const struct jz_node *record;
	const struct jz_policy *policy;
	const struct jz_window *window;
	struct jz_date date;
	const struct jz_node *definition; /* the entry of indicators.yaml */
};

struct jz_measure {
	long n;
	long total; /* 0: this case does not count */
};

/* NULL: indicators.yaml names something that this program cannot measure. */
typedef struct jz_measure jz_measure_fn(const struct jz_measure_ctx *ctx);
jz_measure_fn *jz_measure_find(const char *key);

#endif

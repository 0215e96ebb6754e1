/*
 * Workload indicators (9.3.1): 建档率, 接触率, 筛查率, 教育率, 帮扶率, 服务人数/人次 and others,
 * each n/N with the cases behind both. Names, definitions and parameters are data in
 * schemas/reports/indicators.yaml.
 */
#ifndef JZ_REPORT_INDICATORS_H
#define JZ_REPORT_INDICATORS_H

#include <stdbool.h>
#include "lib/report/doc.h"
#include "lib/report/scan.h"

struct jz_indicator_opts {
	struct jz_window window;
	struct jz_date date; /* the figures are as known on this day */
	bool cases;	     /* list who is behind a figure, by id */
	const struct jz_scan_progress *progress;
};

/* unreadable: number of records that could not be read, for the exit status. */
int jz_report_indicators(struct jz_snapshot *snapshot, const struct jz_indicator_opts *opts,
			 struct jz_doc **out, size_t *unreadable, struct jz_err *err);

#endif

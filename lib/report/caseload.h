/* Who has how many cases, and what kind of cases they are (9.3.1, 8.1.3). */
#ifndef JZ_REPORT_CASELOAD_H
#define JZ_REPORT_CASELOAD_H

#include "lib/report/doc.h"
#include "lib/report/scan.h"

struct jz_caseload_opts {
	struct jz_date date;
	const struct jz_scan_progress *progress;
};

int jz_report_caseload(struct jz_snapshot *snapshot, const struct jz_caseload_opts *opts,
		       struct jz_doc **out, size_t *unreadable, struct jz_err *err);

#endif

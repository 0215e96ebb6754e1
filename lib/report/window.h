/* The days that a report is about, both included. */
#ifndef JZ_REPORT_WINDOW_H
#define JZ_REPORT_WINDOW_H

#include "lib/base/date.h"
#include "lib/base/err.h"

struct jz_window {
	struct jz_date from;
	struct jz_date to;
};

/* At most one of the four ways may be used: from/to (either may be NULL), month "2026-05", quarter
 * "2026-Q2", year "2026". Nothing given: from the first day of date's year to date. */
struct jz_window_words {
	const char *from, *to, *month, *quarter, *year;
};
int jz_window_parse(const struct jz_window_words *words, struct jz_date date, struct jz_window *out,
		    struct jz_err *err);

bool jz_window_has(const struct jz_window *window, struct jz_date day);

#endif

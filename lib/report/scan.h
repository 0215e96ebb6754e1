/*
 * Going through the cases of a commit for a report: every case is read or counted as unreadable and
 * named; nothing is left out silently. Also the facts that stand at the head of every report.
 */
#ifndef JZ_REPORT_SCAN_H
#define JZ_REPORT_SCAN_H

#include "lib/base/date.h"
#include "lib/base/vec.h"
#include "lib/report/doc.h"
#include "lib/report/window.h"
#include "lib/store/store.h"

struct jz_scan {
	size_t scanned;		   /* all cases of the commit */
	struct jz_strs unreadable; /* ids */
	struct jz_strs reasons;	   /* beside them: why, without any content */
	struct jz_strs foreign;	   /* those of them that are sound, but for other people to read */
};
#define JZ_SCAN_INIT                                                                               \
	{                                                                                          \
		0, JZ_STRS_INIT, JZ_STRS_INIT, JZ_STRS_INIT                                        \
	}
void jz_scan_release(struct jz_scan *scan);

typedef void jz_scan_fn(void *data, const struct jz_entry *entry, const struct jz_node *record);
struct jz_scan_progress {
	void (*start)(void *data, size_t total);
	void (*update)(void *data, size_t done);
	void *data;
};

/* progress may be NULL. */
int jz_scan_cases(struct jz_snapshot *snapshot, jz_scan_fn *each, void *data,
		  const struct jz_scan_progress *progress, struct jz_scan *scan,
		  struct jz_err *err);

/* The same, but a record may be no more than these fields of it (lib/store/index.h). */
int jz_scan_summaries(struct jz_snapshot *snapshot, const char *fields, jz_scan_fn *each, void *data,
		      const struct jz_scan_progress *progress, struct jz_scan *scan,
		      struct jz_err *err);

/* Office, commit, date, window (NULL: none), scanned and unreadable, with a notice for the latter.
 */
void jz_report_head(struct jz_doc *doc, const struct jz_snapshot *snapshot, struct jz_date date,
		    const struct jz_window *window, const struct jz_scan *scan);

#endif

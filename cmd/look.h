/* What the looking commands share: opening a snapshot, the report's date, scanning with progress.
 */
#ifndef JZ_CMD_LOOK_H
#define JZ_CMD_LOOK_H

#include "cmd/command.h"
#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/report/scan.h"

/* Declares `--at` in a command's option table. */
#define JZ_AT_OPT(at_dest)                                                                         \
	{                                                                                          \
		.kind = JZ_OPT_STRING, .long_name = "at", .dest = (at_dest),                       \
		.metavar = N_("REV|DATE"),                                                         \
		.help = N_("look at this commit, or at the last one of this day"),                 \
		.complete = JZ_COMPLETE_REV                                                        \
	}

/* The argument that names the case to look at. */
#define JZ_CASE_ARG                                                                                \
	{                                                                                          \
		.metavar = N_("CASE"), .help = N_("id of a case, or an unambiguous end of one"),   \
		.complete = JZ_COMPLETE_CASE                                                       \
	}

/* Declares `--at` and `--date`. */
#define JZ_LOOK_OPTS(at_dest, date_dest)                                                           \
	JZ_AT_OPT(at_dest),                                                                        \
	{                                                                                          \
		.kind = JZ_OPT_DATE, .long_name = "date", .dest = (date_dest),                     \
		.metavar = N_("DATE"),                                                             \
		.help = N_("derive states, ages and phases for this day; without it, for the day " \
			   "of --at, or today")                                                    \
	}

/* For a store that was just opened: does what --unverified says, and says so. */
void jz_look_trust(struct jz_store *store);

/* A progress bar for the first look, while the store is open. */
struct jz_judging {
	const struct jz_ctx *ctx;
	struct jz_progress bar;
};
void jz_look_judging(struct jz_judging *state, const struct jz_ctx *ctx, struct jz_store *store);

/* What the store has to tell at the end of a command: interrupted changes, a first look. */
void jz_look_notices(const struct jz_ctx *ctx, const struct jz_store *store);

/* The commit that --at names, or HEAD, and in it the case, or with psych its psych file; id NULL: no
 * record is looked for. */
int jz_look_record(struct jz_ctx *ctx, const char *at, bool psych, const char *id,
		   struct jz_snapshot **snapshot, struct jz_entry *entry, struct jz_err *err);

/* The day that states, ages and deadlines are derived for: --date, else the day of --at (the day
 * that it names, or that of the commit), else today. So what --at shows does not change with the
 * day on which it is asked for. */
struct jz_date jz_look_day(const char *date, const char *at, struct jz_snapshot *snapshot);

/* A progress bar for jz_scan_cases(). */
struct jz_look_progress {
	struct jz_scan_progress scan;
	struct jz_progress bar;
	const struct jz_ctx *ctx;
};
void jz_look_progress_init(struct jz_look_progress *progress, const struct jz_ctx *ctx);
void jz_look_progress_end(struct jz_look_progress *progress);

/* Names what could not be read on standard error ("scanned N, unreadable K"); JZ_E_FINDINGS with an
 * empty message if there was any. Cases that are for others to read are only counted, in a note. */
int jz_look_unreadable(const struct jz_ctx *ctx, const struct jz_scan *scan, struct jz_err *err);

/* Tells of cases that are for others to read. JZ_E_CRYPTO where nobody of access.yaml is known to
 * work here: then it is a key that is missing, and nothing says that the cases are not for them. */
int jz_look_foreign(const struct jz_ctx *ctx, size_t foreign, size_t scanned, struct jz_err *err);

#endif

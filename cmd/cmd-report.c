#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/report/casedoc.h"
#include "lib/report/caseload.h"
#include "lib/report/indicators.h"
#include "lib/report/render.h"

static const char *arg_at, *arg_date, *arg_format = "text", *arg_output;
static struct jz_window_words arg_window;
static bool arg_cases;

static const char *const formats[] = {"text", "csv", "json", "html", NULL};
static const char *const names[] = {"indicators", "caseload", "case", NULL};

static const struct jz_opt opts[] = {
	JZ_FORMAT_OPT(&arg_format, formats,
		      N_("text, csv, json, or html: one self-contained page that prints well")),
	{.kind = JZ_OPT_STRING,
	 .short_name = 'o',
	 .long_name = "output",
	 .dest = &arg_output,
	 .metavar = N_("FILE"),
	 .help = N_("write to FILE, readable by you alone; it is no longer encrypted"),
	 .complete = JZ_COMPLETE_FILE},
	{.kind = JZ_OPT_DATE,
	 .long_name = "from",
	 .dest = &arg_window.from,
	 .metavar = N_("DATE"),
	 .help = N_("first day of the window; without any, the first of January")},
	{.kind = JZ_OPT_DATE,
	 .long_name = "to",
	 .dest = &arg_window.to,
	 .metavar = N_("DATE"),
	 .help = N_("last day of the window; without any, the day of the report")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "month",
	 .dest = &arg_window.month,
	 .metavar = N_("YYYY-MM"),
	 .help = N_("the window is this month")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "quarter",
	 .dest = &arg_window.quarter,
	 .metavar = N_("YYYY-Qn"),
	 .help = N_("the window is this quarter")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "year",
	 .dest = &arg_window.year,
	 .metavar = N_("YYYY"),
	 .help = N_("the window is this year")},
	JZ_FLAG_OPT(&arg_cases, "cases", N_("list the cases behind each figure, by id")),
	JZ_LOOK_OPTS(&arg_at, &arg_date),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("NAME"),
	 .help = N_("indicators (9.3.1), caseload, or case"),
	 .complete = JZ_COMPLETE_VALUES,
	 .values = names},
	{.metavar = N_("CASE"),
	 .help = N_("the case to print, for the report `case`"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Makes a report from a commit and a date: the same commit and date give the same "
	   "bytes. --at alone sets both, a day or a commit with its day."),
	N_("Every percentage prints n and N; --cases lists who is behind them. A case that cannot "
	   "be "
	   "read is counted and named, and the exit status is 1."),
	NULL,
};

static const char *const examples[] = {
	"jzbf report indicators --quarter 2026-Q3",
	N_("the indicators of a quarter"),
	"jzbf report indicators --cases --format csv -o indicators.csv",
	N_("the same with the cases behind each figure, for a spreadsheet"),
	"jzbf report caseload --at 2026-06-30",
	N_("the caseload as it was at the end of June"),
	"jzbf report case LS-2026-0001 --format html -o case.html",
	N_("a whole case file as a page to print"),
	NULL,
};

static int make(struct jz_ctx *ctx, struct jz_snapshot *snapshot, const char *name, const char *id,
		struct jz_doc **doc, size_t *unreadable, struct jz_err *err)
{
	struct jz_look_progress progress;
	struct jz_date date = jz_look_day(arg_date, arg_at, snapshot);
	struct jz_indicator_opts indicators = {
		.date = date, .cases = arg_cases, .progress = &progress.scan};
	struct jz_caseload_opts caseload = {date, &progress.scan};
	int failed;

	if (!strcmp(name, "case"))
		return jz_report_case(snapshot, id, date, doc, err);
	jz_look_progress_init(&progress, ctx);
	if (!strcmp(name, "caseload")) {
		failed = jz_report_caseload(snapshot, &caseload, doc, unreadable, err);
	} else {
		failed = jz_window_parse(&arg_window, date, &indicators.window, err);
		if (!failed)
			failed = jz_report_indicators(snapshot, &indicators, doc, unreadable, err);
	}
	jz_look_progress_end(&progress);
	return failed;
}

static void render(const struct jz_doc *doc, struct jz_buf *out)
{
	if (!strcmp(arg_format, "html"))
		jz_render_html(doc, out);
	else if (!strcmp(arg_format, "json"))
		jz_render_json(doc, out);
	else if (!strcmp(arg_format, "csv"))
		jz_render_csv(doc, out);
	else
		jz_render_text(doc, arg_output ? 80 : jz_term_columns(), out);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_doc_free_p) struct jz_doc *doc = NULL;
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	size_t unreadable = 0;
	bool one_case = !strcmp(argv[1], "case");
	int failed;

	if (one_case != (argc > 2))
		return jz_fail(err, JZ_E_USAGE,
			       one_case ? _("the report 'case' needs a case")
					: _("only the report 'case' takes a case"));
	failed = jz_snapshot_open(ctx->store, arg_at, &snapshot, err);
	if (!failed)
		failed = make(ctx, snapshot, argv[1], argc > 2 ? argv[2] : NULL, &doc, &unreadable,
			      err);
	if (failed)
		return failed;
	if (jz_global.unverified)
		jz_doc_notice(doc,
			      _("The history was not verified (--unverified): what this report "
				"says may be forged."));
	render(doc, &out);
	if (arg_output && strcmp(arg_output, "-") != 0)
		failed = jz_file_replace(arg_output, out.data, out.len, 0600, err);
	else
		fwrite(out.data, 1, out.len, stdout);
	if (!failed && unreadable) {
		jz_warn(_("%zu records could not be read; the report names them"), unreadable);
		failed = jz_fail(err, JZ_E_FINDINGS, "%s", "");
	}
	return failed;
}

const struct jz_command jz_cmd_report = {
	.name = "report",
	.group = "look",
	.summary = N_("print indicators, the caseload or a whole case file"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE | JZ_NEED_INDEX,
	.run = run,
};

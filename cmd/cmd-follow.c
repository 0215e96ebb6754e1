/* follow: follow-ups after closing (6.6.3). */
#include <string.h>

#include "cmd/case-change.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"

static struct jz_change_args args;
static const char *item;
static const char *due;

static const struct jz_opt opts[] = {
	JZ_ITEM_OPT(item, N_("the follow-up that is meant, instead of the earliest that is open")),
	{.kind = JZ_OPT_DATE,
	 .long_name = "schedule",
	 .dest = &due,
	 .metavar = N_("DATE"),
	 .help = N_("schedule one more follow-up for that day")},
	JZ_CHANGE_OPTS(args),
	{0},
};

static const char *const about[] = {
	N_("Records that a person was followed up after the closing of the case (clause 6.6.3): "
	   "the "
	   "earliest follow-up that is open, today and by you unless you say so. How it was done "
	   "(mode) and what was found (findings) must be told."),
	jz_change_about_fields,
	jz_change_about_argv,
	NULL,
};

static const char *const examples[] = {
	"jzbf follow LS-2026-0001 mode=visit result=stable findings=@visit.txt",
	N_("record a visit"),
	"jzbf follow LS-2026-0001 --schedule 2027-01-09",
	N_("schedule another one"),
	NULL,
};

static const char *earliest_open(struct jz_change *change, struct jz_work *work)
{
	const char *id = NULL;
	struct jz_date first = {0};

	(void)change;
	if (due)
		return NULL;
	jz_items(followup, jz_map_get(work->root, "followups"))
	{
		struct jz_date date;

		if (jz_has(followup, "done") || !jz_get_date(followup, "due", &date) ||
		    (id && jz_date_cmp(date, first) >= 0))
			continue;
		id = jz_map_text(followup, "id");
		first = date;
	}
	return id;
}

static int fill(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	char today[11];

	(void)err;
	if (due) {
		jz_work_default(change, work, "due", due);
		return 0;
	}
	jz_date_format(work->today, today);
	jz_work_default(change, work, "done", today);
	jz_work_default(change, work, "due", jz_map_text(work->item, "done"));
	jz_work_default(change, work, "by", work->me);
	return 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	struct jz_change change = {
		.ctx = ctx,
		.args = &args,
		.verb = "follow",
		.kind = "case",
		.list = "followups",
		.item_id = item,
		.choose = earliest_open,
		.fill = fill,
	};

	if (item && due)
		change.refused = _("--schedule makes a new one; leave --item out");
	return jz_change_run(&change, argc, argv, 1, err);
}

const struct jz_command jz_cmd_follow = {
	.name = "follow",
	.group = "case",
	.summary = N_("record or schedule a follow-up after closing"),
	.opts = opts,
	.args = jz_change_case_args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.list = "followups",
	.run = run,
};

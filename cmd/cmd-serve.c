/* serve: a planned session, or one that took place (6.5.1, 6.5.3). */
#include "cmd/case-change.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"

#include <limits.h>
#include <string.h>

static struct jz_change_args args;
static const char *done;
static const char *item;
static const char *need_domain;
static bool psych;

static const struct jz_opt opts[] = {
	JZ_NAMED_ITEM_OPT(done, "done",
			  N_("record that a planned session took place, and what came of it")),
	JZ_ITEM_OPT(item, N_("change a session that is recorded already")),
	{.kind = JZ_OPT_STRING,
	 .long_name = "need",
	 .dest = &need_domain,
	 .metavar = N_("DOMAIN"),
	 .help = N_("for each case the need of this domain, and its goal that is due next")},
	JZ_FLAG_OPT(&psych, "psych",
		    N_("write a session of the psychological file instead, and open that file if "
		       "there is none")),
	JZ_CHANGE_OPTS(args),
	{0},
};

static const struct jz_arg positional[] = {
	{.metavar = N_("CASE"),
	 .help = N_("the case, or all cases that were in one group session"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true},
	JZ_FIELDS_ARG,
	{0},
};

static const char *const about[] = {
	N_("Records a service: education of any kind, correction of cognition, behaviour and mind, "
	   "public-benefit activity, help with work, school and relations (clauses 6.5, 7, 8). It "
	   "is "
	   "planned when its date lies ahead and done otherwise, on the day of today and by you "
	   "unless "
	   "you say so. The plan in force, the phase and the category of correction are filled in; "
	   "so is the goal, when the need that is given has only one."),
	N_("Several cases before the fields are one group session: each case gets the same record, "
	   "by "
	   "one commit. Minors and adults are not mixed (clause 7.7.3). --need finds in each case "
	   "the need of a "
	   "domain and the goal for it that is due next."),
	N_("--psych writes into the psychological file (clause 7.5.2), which only psychologists "
	   "read."),
	jz_change_about_fields,
	jz_change_about_argv,
	NULL,
};

static const char *const examples[] = {
	"jzbf serve LS-2026-0001 kind=employment date=2026-03-10 start=14:00 need=a7k2m9q4",
	N_("plan a session"),
	"jzbf serve LS-2026-0001 --done k3v8x2p7 attendance=attended --from note.yaml",
	N_("record that it took place"),
	"jzbf serve LS-2026-0001 LS-2026-0002 --need employment kind=group_education "
	"attendance=attended",
	N_("a group session"),
	"jzbf serve --template > session.yaml",
	N_("print a form to fill in"),
	NULL,
};

/* The goal of the plan in force, if only one can be meant. */
static const char *only_goal(const struct jz_node *plan, const char *need)
{
	const char *only = NULL;

	jz_items(goal, jz_map_get(plan, "goals"))
	{
		if (need && !jz_is(goal, "need", need))
			continue;
		if (only)
			return NULL;
		only = jz_map_text(goal, "id");
	}
	return only;
}

/* The open need of the domain that --need names by its code or label. */
static int find_need(struct jz_change *change, struct jz_work *work, const char **out,
		     struct jz_err *err)
{
	struct jz_shape shape;
	struct jz_node *code;
	int rc;

	jz_shape_at(&change->shape, "needs[].domain", &shape);
	rc = jz_item_value(&shape, change->codes, work->arena, need_domain, strlen(need_domain),
			   &code, err);
	if (rc) {
		jz_err_prefix(err, "--need");
		return JZ_E_USAGE;
	}
	jz_items(need, jz_map_get(work->root, "needs"))
	{
		if (!jz_is(need, "domain", jz_node_text(code)) || jz_has(need, "met_on"))
			continue;
		*out = jz_map_text(need, "id");
		return 0;
	}
	return jz_fail(err, JZ_E_FINDINGS, _("%s: there is no open need of the domain '%s'"),
		       work->id, need_domain);
}

/* The goal of a need that is due next on that day. */
static const char *next_goal(const struct jz_node *plan, const char *need, struct jz_date day)
{
	struct jz_date due, first = {0};
	const char *next = NULL;

	jz_items(goal, jz_map_get(plan, "goals"))
	{
		if (!jz_is(goal, "need", need) || !jz_get_date(goal, "due", &due) ||
		    jz_date_cmp(due, day) < 0 || (next && jz_date_cmp(due, first) >= 0))
			continue;
		next = jz_map_text(goal, "id");
		first = due;
	}
	return next;
}

/* The phase that a session of that day belongs to; in a short term two overlap. */
static const char *phase_of(const struct jz_work *work, struct jz_date date)
{
	unsigned phases = jz_case_phases(work->root, work->policy, date);
	bool leaving = jz_is(work->item, "kind", "exit_education");

	if (phases & JZ_PHASE_EXIT && (leaving || !(phases & JZ_PHASE_ENTRY)))
		return jz_phase_name(JZ_PHASE_EXIT);
	if (phases & JZ_PHASE_ENTRY)
		return jz_phase_name(JZ_PHASE_ENTRY);
	return phases & JZ_PHASE_DAILY ? jz_phase_name(JZ_PHASE_DAILY) : NULL;
}

static void derive(struct jz_change *change, struct jz_work *work, struct jz_date date,
		   const char *need)
{
	const struct jz_node *plan = jz_case_plan_on(work->root, date);
	const char *goal = need ? next_goal(plan, need, date)
				: only_goal(plan, jz_map_text(work->item, "need"));
	const char *phase = phase_of(work, date);
	const char *category = jz_map_text(jz_map_get(work->root, "sentence"), "category");

	if (need)
		jz_work_default(change, work, "need", need);
	if (plan)
		jz_work_default(change, work, "plan", jz_map_text(plan, "id"));
	if (goal)
		jz_work_default(change, work, "goal", goal);
	if (phase)
		jz_work_default(change, work, "phase", phase);
	if (category)
		jz_work_default(change, work, "category", category);
}

/* 7.7.3: one session is for minors or for adults. */
struct group {
	bool minors;
	bool adults;
};

static int keep_apart(struct jz_change *change, const struct jz_work *work, struct jz_err *err)
{
	struct group *group = change->data;

	if (jz_case_minor(work->root))
		group->minors = true;
	else
		group->adults = true;
	if (!group->minors || !group->adults)
		return 0;
	jz_fail(err, JZ_E_INVALID, _("a group session must not mix minors and adults"));
	jz_copy(err->clause, sizeof(err->clause), "7.7.3");
	return JZ_E_INVALID;
}

static int fill(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	const char *need = NULL;
	struct jz_date date;
	char today[11];

	jz_date_format(work->today, today);
	if (done)
		jz_item_set(&change->item_shape, work->arena, work->item, "status",
			    jz_node_string(work->arena, "done"));
	if (!item && !done)
		jz_work_default(change, work, "date", today);
	if (!jz_get_date(work->item, "date", &date))
		date = work->today;
	jz_work_default(change, work, "status",
			jz_date_cmp(date, work->today) > 0 ? "planned" : "done");
	jz_work_default(change, work, "by", work->me);
	if (need_domain) {
		int rc = find_need(change, work, &need, err);

		if (rc)
			return rc;
	}
	derive(change, work, date, need);
	return keep_apart(change, work, err);
}

static int fill_psych(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	char today[11];

	(void)err;
	jz_date_format(work->today, today);
	jz_work_default(change, work, "date", today);
	jz_work_default(change, work, "by", work->me);
	return 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	struct group group = {false, false};
	struct jz_change change = {
		.ctx = ctx,
		.args = &args,
		.verb = psych ? "update" : "serve",
		.kind = psych ? "psych" : "case",
		.list = psych ? "sessions" : "services",
		.item_id = done ? done : item,
		.fill = psych ? fill_psych : fill,
		.data = &group,
	};

	if (psych && done)
		change.refused = _("--done does not go with --psych; use --item");
	return jz_change_run(&change, argc, argv, INT_MAX, err);
}

const struct jz_command jz_cmd_serve = {
	.name = "serve",
	.group = "case",
	.summary = N_("record a service, planned or done"),
	.opts = opts,
	.args = positional,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.list = "services",
	.run = run,
};

/* plan: a service plan, or the next version of it (6.4, 6.5.2). */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cmd/case-change.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"

static struct jz_change_args args;
static const char *item;
static bool draft;
static bool revise;

static const struct jz_opt opts[] = {
	JZ_FLAG_OPT(&revise, "revise", N_("begin with what the plan in force says")),
	JZ_FLAG_OPT(&draft, "draft", N_("do not put the plan in force yet")),
	JZ_ITEM_OPT(item, N_("change a draft, or note progress, agreement and reviews of a plan")),
	JZ_CHANGE_OPTS(args),
	{0},
};

static const char *const about[] = {
	N_("Writes a service plan (clause 6.4): content; short, middle and long-term goals, each "
	   "for a "
	   "need; steps in time, each for a goal; organisation, measures and safeguards; the "
	   "agreement "
	   "of the person and, for a minor, of the guardian; what it is based on in this person."),
	N_("A plan in force is never changed: a new version supersedes it and says why "
	   "(change_reason, clause 6.5.2). Version, predecessor and dates are filled in. With "
	   "--revise the new version begins with the content, goals and steps of the one before."),
	N_("In a document of --from, an id shorter than eight characters is a name that is only "
	   "used "
	   "there: goals may be called g1 and g2, and steps refer to them."),
	jz_change_about_fields,
	jz_change_about_argv,
	NULL,
};

static const char *const examples[] = {
	"jzbf plan --template > plan.yaml",
	N_("print a form to fill in"),
	"jzbf plan LS-2026-0001 --from plan.yaml",
	N_("put the plan in force from today"),
	"jzbf plan LS-2026-0001 --revise change_reason=@reason.txt goals[g7h2k9x4].due=2026-09-30",
	N_("the next version, with a later date for one goal"),
	NULL,
};

/* The last version of that kind that is no draft. */
static const struct jz_node *last_version(const struct jz_node *record, const char *kind,
					  const struct jz_node *but, int *version)
{
	const struct jz_node *last = NULL;

	*version = 0;
	jz_items(plan, jz_map_get(record, "plans"))
	{
		int number;

		if (plan == but || !jz_has(plan, "from") || !jz_is(plan, "kind", kind) ||
		    !jz_get_int(plan, "version", &number) || number <= *version)
			continue;
		*version = number;
		last = plan;
	}
	return last;
}

static int seed(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	static const char *const kept[] = {
		"kind",	    "content",	  "goals",	    "steps",	     "organisation",
		"measures", "safeguards", "personal_basis", "minor_section", "guided_by"};
	const struct jz_node *last = jz_case_last_plan(work->root);

	if (!revise)
		return 0;
	if (!last)
		return jz_fail(err, JZ_E_FINDINGS, _("%s: there is no plan to revise"), work->id);
	for (size_t i = 0; i < JZ_COUNT(kept); i++) {
		const struct jz_node *value = jz_map_get(last, kept[i]);

		if (value)
			jz_item_set(&change->item_shape, work->arena, work->item, kept[i],
				    jz_node_clone(work->arena, value));
	}
	return 0;
}

static int fill(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	const struct jz_node *last;
	char text[16];
	int version;

	(void)err;
	if (item)
		return 0;
	jz_work_default(change, work, "kind", "service");
	last = last_version(work->root, jz_map_text(work->item, "kind"), work->item, &version);
	if (!jz_has(work->item, "version"))
		jz_item_set(&change->item_shape, work->arena, work->item, "version",
			    jz_node_int(work->arena, version + 1));
	if (last)
		jz_work_default(change, work, "supersedes", jz_map_text(last, "id"));
	jz_date_format(work->today, text);
	jz_work_default(change, work, "date", text);
	jz_work_default(change, work, "by", work->me);
	if (!draft && jz_map_text(work->item, "date"))
		jz_work_default(change, work, "from", jz_map_text(work->item, "date"));
	return 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	struct jz_change change = {
		.ctx = ctx,
		.args = &args,
		.verb = "plan",
		.kind = "case",
		.list = "plans",
		.item_id = item,
		.seed = seed,
		.fill = fill,
	};

	if (item && revise)
		change.refused = _("--revise makes a new version; leave --item out");
	return jz_change_run(&change, argc, argv, 1, err);
}

const struct jz_command jz_cmd_plan = {
	.name = "plan",
	.group = "case",
	.summary = N_("write a service plan or its next version"),
	.opts = opts,
	.args = jz_change_case_args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.list = "plans",
	.run = run,
};

/* close: the end of a case (6.6.1, 6.6.2), with its follow-ups (6.6.3). */
#include <string.h>

#include "cmd/case-change.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"

static struct jz_change_args args;
static bool draft;

static const struct jz_opt opts[] = {
	JZ_FLAG_OPT(&draft, "draft",
		    N_("write down what is there already and leave the case open")),
	JZ_CHANGE_OPTS(args),
	{0},
};

static const char *const about[] = {
	N_("Closes a case (clause 6.6): the change is consolidated, confidence and ability are "
	   "measured before and after, the relation is ended, and the closing report says what "
	   "came "
	   "of every goal and is countersigned. Everything that is missing is listed at once; try "
	   "it "
	   "with --dry-run. The day is today unless closed_on says so."),
	N_("Follow-ups are scheduled by office policy (followup_months, clause 6.6.3) unless the "
	   "case "
	   "has some already."),
	jz_change_about_fields,
	jz_change_about_argv,
	NULL,
};

static const char *const examples[] = {
	"jzbf close LS-2026-0001 --dry-run reason=expiry",
	N_("list what is missing"),
	"jzbf close LS-2026-0001 --draft --from closing.yaml",
	N_("prepare the closing"),
	"jzbf close LS-2026-0001 reason=expiry",
	N_("close the case"),
	NULL,
};

/* Cases that end without the person have nobody to follow up. */
static bool ends_without_person(const struct jz_change *change, const struct jz_node *closing)
{
	const struct jz_node *row =
		jz_codes_find(change->codes, "end_reason", jz_map_text(closing, "reason"));

	return jz_map_true(row, "brief");
}

static void schedule(struct jz_change *change, struct jz_work *work)
{
	const struct jz_node *months = jz_policy_value(work->policy, "followup_months");
	struct jz_node *list;
	struct jz_date closed;

	if (jz_seq_len(jz_map_get(work->root, "followups")) ||
	    ends_without_person(change, work->item) ||
	    !jz_get_date(work->item, "closed_on", &closed))
		return;
	list = jz_item_list(&change->shape, work->arena, work->root, "followups");
	for (size_t i = 0; i < jz_seq_len(months); i++) {
		struct jz_node *followup = jz_node_map(work->arena);
		char id[JZ_ITEM_ID_LEN + 1], due[11];
		int64_t month;

		if (!jz_node_to_int(jz_seq_get(months, i), &month))
			continue;
		jz_item_new_id(id);
		jz_date_format(jz_date_add_months(closed, (int)month), due);
		jz_map_set(work->arena, followup, "id", jz_node_string(work->arena, id));
		jz_map_set(work->arena, followup, "due", jz_node_string(work->arena, due));
		jz_seq_push(work->arena, list, followup);
		jz_strs_addf(&change->items, "followups[%s]", id);
	}
}

static int fill(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	char today[11];

	if (jz_has(jz_map_get(work->before->root, "closing"), "closed_on"))
		return jz_fail(err, JZ_E_FINDINGS, _("%s: the case is closed already"), work->id);
	if (draft) {
		if (!work->item->len)
			jz_map_remove(work->root, "closing");
		return 0;
	}
	jz_date_format(work->today, today);
	jz_work_default(change, work, "closed_on", today);
	schedule(change, work);
	return 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	struct jz_change change = {
		.ctx = ctx,
		.args = &args,
		.verb = draft ? "update" : "close",
		.kind = "case",
		.list = "closing",
		.object = true,
		.fill = fill,
	};

	return jz_change_run(&change, argc, argv, 1, err);
}

const struct jz_command jz_cmd_close = {
	.name = "close",
	.group = "case",
	.summary = N_("close a case, or list what that still lacks"),
	.opts = opts,
	.args = jz_change_case_args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.list = "closing",
	.run = run,
};

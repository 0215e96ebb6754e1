/* alert: a report at once (5.3.3), what was done about it, and critical answers ruled out. */
#include <string.h>

#include "cmd/case-change.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/model/critical.h"

static struct jz_change_args args;
static const char *assessment;
static const char *rule_out;
static const char *action;
static const char *report;
static const char *closing;

static const struct jz_opt opts[] = {
	JZ_NAMED_ITEM_OPT(assessment, "assessment",
			  N_("the assessment whose critical answer is reported")),
	JZ_NAMED_ITEM_OPT(rule_out, "rule-out",
			  N_("record that a professional ruled the critical answers of this "
			     "assessment out")),
	JZ_NAMED_ITEM_OPT(report, "report",
			  N_("record that this alert was reported, to whom and how")),
	JZ_NAMED_ITEM_OPT(action, "action", N_("record what was done about this alert")),
	JZ_NAMED_ITEM_OPT(closing, "close", N_("record that this alert is over, and its result")),
	JZ_CHANGE_OPTS(args),
	{0},
};

static const char *const about[] = {
	N_("Records that a person may harm others or themselves, or endanger security, or is too "
	   "despondent for counselling, and that this was reported at once (clause 5.3.3). It was "
	   "observed now and by you unless you say so; reported_to, channel and receipt_no tell of "
	   "the report. The time allowed for it is office policy (alert_report_hours)."),
	N_("A critical answer of a screening calls for an alert with --assessment, or for a "
	   "professional who rules it out with --rule-out and gives the grounds."),
	jz_change_about_fields,
	jz_change_about_argv,
	NULL,
};

static const char *const examples[] = {
	"jzbf alert LS-2026-0001 --from alert.yaml",
	N_("record an alert"),
	"jzbf alert LS-2026-0001 --rule-out a7k2m9q4 --from grounds.yaml",
	N_("rule a critical answer out"),
	"jzbf alert LS-2026-0001 --close k3v8x2p7 --from result.yaml",
	N_("close an alert"),
	NULL,
};

/* The assessment in the case, else in the psychological file as far as it can be read. */
static int critical_items(struct jz_work *work, const char *id, struct jz_strs *out,
			  struct jz_err *err)
{
	const struct jz_node *found = jz_item(jz_map_get(work->root, "assessments"), id);
	jz_cleanup(jz_record_free_p) struct jz_record *psych = NULL;
	struct jz_entry entry;
	int rc;

	if (!found && !jz_snapshot_find(work->snapshot, "psych", work->id, &entry, NULL)) {
		rc = jz_record_read(work->snapshot, &entry, &psych, err);
		if (rc)
			return rc;
		found = jz_item(jz_map_get(psych->root, "assessments"), id);
	}
	if (!found)
		return jz_fail(err, JZ_E_FINDINGS, _("%s: there is no assessment '%s'"), work->id,
			       id);
	rc = jz_critical_items(found, out, err);
	if (!rc && !out->len)
		rc = jz_fail(err, JZ_E_FINDINGS, _("%s: assessment '%s' has no critical answer"),
			     work->id, id);
	return rc;
}

static int link_assessment(struct jz_change *change, struct jz_work *work, const char *id,
			   struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs numbers = JZ_STRS_INIT;
	struct jz_node *items;
	int rc = critical_items(work, id, &numbers, err);

	if (rc)
		return rc;
	jz_work_default(change, work, "assessment", id);
	if (jz_has(work->item, "items"))
		return 0;
	items = jz_node_seq(work->arena);
	for (size_t i = 0; i < numbers.len; i++)
		jz_seq_push(work->arena, items, jz_node_string(work->arena, numbers.items[i]));
	jz_item_set(&change->item_shape, work->arena, work->item, "items", items);
	return 0;
}

static int fill(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	if (rule_out || action) {
		jz_work_default_now(change, work, "at");
		jz_work_default(change, work, "by", work->me);
		return rule_out ? link_assessment(change, work, rule_out, err) : 0;
	}
	if (closing) {
		jz_work_default_now(change, work, "closed_at");
		jz_work_default(change, work, "closed_by", work->me);
		return 0;
	}
	if (!report) {
		jz_work_default_now(change, work, "observed_at");
		jz_work_default(change, work, "observed_by", work->me);
	}
	if (report || jz_has(work->item, "reported_to"))
		jz_work_default_now(change, work, "reported_at");
	return assessment ? link_assessment(change, work, assessment, err) : 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	struct jz_change change = {
		.ctx = ctx,
		.args = &args,
		.verb = "update",
		.kind = "case",
		.list = rule_out ? "rule_outs" : "alerts",
		.sub = action ? "actions" : NULL,
		.item_id = action    ? action
			   : closing ? closing
				     : report,
		.fill = fill,
	};
	int modes = !!rule_out + !!action + !!closing + !!report + !!assessment;

	if (modes > 1)
		change.refused =
			_("--assessment, --rule-out, --report, --action and --close exclude "
			  "one another");
	return jz_change_run(&change, argc, argv, 1, err);
}

const struct jz_command jz_cmd_alert = {
	.name = "alert",
	.group = "case",
	.summary = N_("report a danger at once, and follow it up"),
	.opts = opts,
	.args = jz_change_case_args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.list = "alerts",
	.run = run,
};

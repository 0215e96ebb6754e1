/* assess: screening with an instrument (6.1.1), or needs, risk and analysis (6.2.2, 6.3). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/assess.h"
#include "cmd/case-result.h"
#include "cmd/out.h"
#include "cmd/score.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/label.h"
#include "lib/port/yaml.h"

static struct jz_change_args args;
static const char *answers_file;
static const char *csv_file;
static const char *encoding;
static const char *scale;
static bool psych;

static const struct jz_opt opts[] = {
	JZ_FILE_OPT(&answers_file, "answers",
		    N_("take the answers from a YAML or JSON file, - is standard input")),
	JZ_FILE_OPT(&csv_file, "csv",
		    N_("take the answers of many cases, one a row of a CSV file")),
	JZ_ENCODING_OPT(&encoding),
	{.kind = JZ_OPT_STRING,
	 .long_name = "scale",
	 .dest = &scale,
	 .metavar = N_("SCALE"),
	 .help = N_("the scale of the answers, where an instrument has several (1-5, 0-4)")},
	JZ_FLAG_OPT(&psych, "psych",
		    N_("write into the psychological file, which only psychologists read")),
	JZ_CHANGE_OPTS(args),
	{0},
};

static const struct jz_arg positional[] = {
	{.metavar = N_("CASE"),
	 .help = N_("id of the case; not with --csv"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true},
	{.metavar = N_("INSTRUMENT"),
	 .help = N_("id of the instrument, such as phq-9"),
	 .complete = JZ_COMPLETE_INSTRUMENT,
	 .optional = true},
	JZ_FIELDS_ARG,
	{0},
};

static const char *const about[] = {
	N_("With an instrument: records the answers of a screening (clause 6.1.1) and prints the "
	   "score. On a terminal it asks item by item; b goes back, s leaves an item unanswered, "
	   "and "
	   "whoever stops halfway has saved nothing. The raw answers are kept and scored anew "
	   "whenever "
	   "they are read."),
	N_("A critical answer calls for a report at once (clause 5.3.3): the duty is printed last, "
	   "with its time, and stays until there is an alert or a professional ruled it out."),
	N_("Without an instrument: records needs, social risk, focus, analysis and triggers "
	   "(clauses 6.2.2, 6.3) from fields or --from."),
	N_("--csv takes a table whose header holds case, the numbers of the items, and fields of "
	   "the "
	   "assessment such as date and mode. All rows are taken or none."),
	jz_change_about_fields,
	jz_change_about_argv,
	NULL,
};

static const char *const examples[] = {
	"jzbf assess LS-2026-0001 phq-9",
	N_("ask item by item"),
	"jzbf assess LS-2026-0001 scl-90 --scale 1-5 --answers answers.yaml mode=self_paper",
	N_("record what was filled in on paper"),
	"jzbf assess phq-9 --csv answers.csv",
	N_("record the answers of many"),
	"jzbf assess LS-2026-0001 needs[+].domain=housing needs[+].severity=2 "
	"needs[+].found_on=2026-03-02",
	N_("record a need"),
	NULL,
};

static const char *const sections[] = {"needs",	    "no_needs", "risks",    "focus",
				       "rule_outs", "triggers", "analysis", NULL};

struct assess {
	const struct jz_instrument *instrument;
	struct jz_answers answers;
	const char *mode;
};

static int read_answers(struct jz_change *change, struct assess *assess, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_node *answers;
	struct jz_node *root;
	int rc = jz_yaml_read_file(arena, answers_file, &root, err);

	if (rc)
		return rc;
	answers = jz_map_get(root, "answers");
	rc = jz_answers_read(&assess->answers, answers ? answers : root, "", &change->findings);
	jz_findings_file(&change->findings, 0,
			 jz_eq(answers_file, "-") ? _("standard input") : answers_file);
	return rc ? jz_change_tell(change, rc, err) : 0;
}

/* Tries the change with the lowest answers before anybody is asked: a missing consent must not
 * cost an interview. */
static int try_first(struct jz_change *change, struct assess *assess, struct jz_err *err)
{
	const struct jz_instrument *key = assess->instrument;
	int rc;

	assess->mode = "interview";
	for (unsigned item = 1; item <= key->scored; item++)
		assess->answers.values[item - 1] = (int16_t)assess->answers.scale->min;
	rc = jz_change_try(change, err);
	for (unsigned item = 1; item <= key->scored; item++)
		assess->answers.values[item - 1] = JZ_NO_ANSWER;
	return rc;
}

static int get_answers(struct jz_change *change, struct assess *assess, struct jz_err *err)
{
	int rc;

	if (answers_file) {
		assess->mode = "self_paper";
		return read_answers(change, assess, err);
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return jz_fail(err, JZ_E_USAGE,
			       _("give the answers with --answers, or run it on a terminal"));
	rc = try_first(change, assess, err);
	return rc ? rc : jz_assess_ask(&assess->answers, err);
}

static int fill(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	struct assess *assess = change->data;

	(void)err;
	jz_assess_derive(change, work, assess->instrument, assess->mode);
	if (scale)
		jz_work_default(change, work, "scale", scale);
	if (!answers_file)
		jz_work_default(change, work, "language", jz_lang_zh() ? "zh" : "en");
	jz_item_set(&change->item_shape, work->arena, work->item, "answers",
		    jz_assess_node(work->arena, &assess->answers));
	return 0;
}

static void tell(const struct jz_change *change, struct jz_arena *arena, struct jz_node *map)
{
	const struct assess *assess = change->data;
	jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = jz_score(&assess->answers);
	const struct jz_findings *none = &change->findings; /* a refusal is not told here */

	if (map) {
		jz_map_set(arena, map, "score",
			   jz_scoring_node(assess->instrument, scoring, none, arena));
		return;
	}
	putchar('\n');
	jz_print_scoring(assess->instrument, scoring, none, false, stdout);
}

/* Whatever is refused: nobody may overlook a critical answer (5.3.3). */
static void tell_refused(const struct assess *assess)
{
	jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = jz_score(&assess->answers);

	for (size_t i = 0; i < scoring->critical_count; i++) {
		const struct jz_critical *critical = scoring->critical[i].critical;

		if (critical->duty == JZ_DUTY_ALERT)
			jz_warn(_("item %u holds a critical answer: nothing was recorded, but it "
				  "must be reported at once (5.3.3)"),
				critical->item);
	}
}

static int assess_one(struct jz_change *change, const char *id, int argc, char **argv, int first,
		      struct jz_err *err)
{
	struct assess assess = {0};
	int rc = jz_instrument_get(id, NULL, &assess.instrument, err);

	if (rc)
		return rc;
	if (args.template) {
		jz_assess_form(assess.instrument);
		return 0;
	}
	change->list = "assessments";
	change->fill = fill;
	change->tell = tell;
	change->data = &assess;
	rc = jz_answers_init(&assess.answers, assess.instrument, scale, err);
	if (!rc)
		rc = jz_change_begin(change, argc, argv, first, err);
	if (!rc)
		rc = get_answers(change, &assess, err);
	if (!rc) {
		rc = jz_change_commit(change, err);
		if (rc)
			tell_refused(&assess);
	}
	jz_answers_release(&assess.answers);
	return rc;
}

static int assess_many(struct jz_change *change, const char *id, int argc, char **argv, int first,
		       struct jz_err *err)
{
	const struct jz_instrument *instrument;
	int rc = jz_instrument_get(id, NULL, &instrument, err);

	if (!rc && args.from)
		rc = jz_fail(err, JZ_E_USAGE, _("--from does not go with --csv"));
	change->list = "assessments";
	if (!rc)
		rc = jz_change_begin(change, argc, argv, first, err);
	return rc ? rc : jz_assess_csv(change, instrument, csv_file, encoding, err);
}

/* Needs, risk, analysis: fields of the record itself. */
static int assess_record(struct jz_change *change, int argc, char **argv, int first,
			 struct jz_err *err)
{
	int rc = jz_change_needs_case(change, err);

	if (!rc && psych)
		rc = jz_fail(err, JZ_E_USAGE, _("--psych goes with an instrument"));
	if (!rc)
		rc = jz_change_begin(change, argc, argv, first, err);
	if (!rc && args.template)
		return jz_change_template(change, sections, err);
	if (!rc && !change->doc && !change->fields.len)
		rc = jz_fail(err, JZ_E_USAGE,
			     _("nothing is given; name an instrument, or use --from or fields"));
	return rc ? rc : jz_change_commit(change, err);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_change_end) struct jz_change change = {
		.ctx = ctx,
		.args = &args,
		.verb = psych ? "update" : "assess",
		.kind = psych ? "psych" : "case",
	};
	int first = 1;

	while (first < argc && first <= 2 && !strchr(argv[first], '='))
		first++;
	if (first == 3 || csv_file)
		jz_lower(argv[first - 1]); /* PHQ-9, as people write it */
	if (csv_file && first == 2)
		return assess_many(&change, argv[1], argc, argv, first, err);
	if (csv_file)
		return jz_fail(err, JZ_E_USAGE, _("--csv takes the instrument alone"));
	if (first > 1)
		jz_strs_add(&change.ids, argv[1]);
	if (first == 3)
		return assess_one(&change, argv[2], argc, argv, first, err);
	if (answers_file || scale)
		return jz_fail(err, JZ_E_USAGE, _("which instrument? name it behind the case"));
	return assess_record(&change, argc, argv, first, err);
}

const struct jz_command jz_cmd_assess = {
	.name = "assess",
	.group = "case",
	.summary = N_("screen with an instrument, or record needs, risk and analysis"),
	.opts = opts,
	.args = positional,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.list = "assessments",
	.run = run,
};

#include "lib/report/casescore.h"

#include <stdio.h>

#include "lib/base/i18n.h"
#include "lib/model/casefile.h"
#include "lib/model/instrument.h"

/* "14", or "12 to 18" while answers are missing. */
static void interval(const struct jz_score_result *result, char *out, size_t size)
{
	char low[32], high[32];
	bool whole = result->score->whole;

	jz_ratio_format(result->low, whole, low, sizeof(low));
	jz_ratio_format(result->high, whole, high, sizeof(high));
	if (result->missing)
		snprintf(out, size, _("%s to %s"), low, high);
	else
		snprintf(out, size, "%s", low);
}

static void begin_row(struct jz_doc *doc, const struct jz_node *assessment, const char *title)
{
	jz_doc_cell(doc, jz_map_text(assessment, "date"), NULL);
	jz_doc_cell(doc, jz_map_text(assessment, "instrument"), title);
}

/* A row that says why there is no score. */
static void no_score(struct jz_doc *doc, const struct jz_node *assessment, const char *title,
		     const char *why)
{
	begin_row(doc, assessment, title);
	jz_doc_cell(doc, NULL, why);
	jz_doc_cell(doc, NULL, "");
	jz_doc_cell(doc, NULL, "");
}

static void score_rows(struct jz_doc *doc, const struct jz_node *assessment,
		       const struct jz_scoring *scoring)
{
	const char *title = jz_text(scoring->instrument->title);

	if (scoring->invalid)
		no_score(doc, assessment, title, _("not scored: the answers are not valid"));
	for (size_t i = 0; i < scoring->score_count; i++) {
		const struct jz_score_result *result = &scoring->scores[i];
		char text[80];

		if (result->score->subscale)
			continue;
		begin_row(doc, assessment, title);
		jz_doc_cell(doc, result->score->id, jz_text(result->score->title));
		if (result->defined)
			interval(result, text, sizeof(text));
		jz_doc_cell(doc, result->defined ? text : NULL, result->defined ? text : "—");
		jz_doc_cell(doc, result->band ? result->band->id : NULL,
			    result->band ? jz_text(result->band->label) : "");
	}
}

static void one_assessment(struct jz_doc *doc, const struct jz_node *assessment)
{
	jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = NULL;
	struct jz_findings findings;
	struct jz_err err = JZ_ERR_INIT;

	jz_findings_init(&findings);
	if (jz_score_assessment(assessment, "", &findings, &scoring, &err) || !scoring)
		no_score(doc, assessment, NULL, _("not scored: key or answers do not fit"));
	else
		score_rows(doc, assessment, scoring);
	jz_findings_release(&findings);
}

void jz_casedoc_scores(struct jz_doc *doc, const struct jz_node *record)
{
	const struct jz_column columns[] = {
		{"date", _("date"), false},   {"instrument", _("instrument"), false},
		{"score", _("score"), false}, {"value", _("value"), true},
		{"band", _("result"), false},
	};
	const struct jz_node *assessments = jz_map_get(record, "assessments");

	if (!jz_seq_len(assessments))
		return;
	jz_doc_heading(doc, 1, _("Scores"));
	jz_doc_table(doc, "scores", NULL, columns, JZ_COUNT(columns));
	jz_items(assessment, assessments)
	{
		one_assessment(doc, assessment);
	}
}

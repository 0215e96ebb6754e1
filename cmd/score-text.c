/* A scoring for people. */
#include "cmd/score.h"

#include "cmd/out.h"
#include "lib/base/buf.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

static void wrapped(FILE *to, int indent, const struct jz_buf *text)
{
	jz_print_wrapped(to, text->data, indent, jz_term_columns());
}

static void print_hit(const struct jz_scoring *scoring, const struct jz_critical_hit *hit, FILE *to)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	const struct jz_item *item = jz_instrument_item(scoring->instrument, hit->critical->item);
	const char *label = jz_scale_label(jz_item_scale(item, scoring->scale), hit->answer);

	jz_buf_addf(&text,
		    hit->critical->duty == JZ_DUTY_ALERT ? _("CRITICAL: item %u: %s")
							 : _("watch: item %u: %s"),
		    hit->critical->item, jz_text(hit->critical->means));
	if (label)
		jz_buf_addf(&text, _(" (answered %d, %s)"), hit->answer, label);
	else
		jz_buf_addf(&text, _(" (answered %d)"), hit->answer);
	wrapped(to, 0, &text);
}

/* And the duty of 5.3.3; nothing if there are none. */
static void print_critical(const struct jz_scoring *scoring, FILE *to)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	for (size_t i = 0; i < scoring->critical_count; i++)
		print_hit(scoring, &scoring->critical[i], to);
	if (jz_scoring_alerts(scoring))
		jz_buf_adds(&text,
			    _("Clause 5.3.3: report this to the community-corrections agency at "
			      "once, whatever the total, or have a professional rule it out on "
			      "record. Ask in person; do not leave the person alone with it."));
	else if (scoring->critical_count)
		jz_buf_adds(&text, _("Ask about it in person; where danger shows, clause 5.3.3 "
				     "calls for a report at once."));
	if (text.len)
		wrapped(to, 2, &text);
	for (size_t i = 0; i < scoring->unasked_count; i++) {
		jz_buf_clear(&text);
		jz_buf_addf(&text, _("critical item %u has no answer: ask it"),
			    scoring->unasked[i].critical->item);
		wrapped(to, 0, &text);
	}
	if (scoring->critical_count || scoring->unasked_count)
		fputc('\n', to);
}

static void print_validity(const struct jz_scoring *scoring, FILE *to)
{
	for (size_t i = 0; i < scoring->flag_count; i++) {
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
		const struct jz_validity *check = scoring->flags[i];

		jz_buf_adds(&text, check->kind == JZ_STRAIGHT_LINE
					   ? _("all answers are alike")
					   : _("the lowest answer never occurs"));
		jz_buf_adds(&text, check->invalidates
					   ? _(": invalid, not scored; ask the person again")
					   : _(": scored, but look at it"));
		wrapped(to, 0, &text);
		if (jz_text(check->note))
			jz_print_wrapped(to, jz_text(check->note), 2, jz_term_columns());
	}
	if (scoring->flag_count)
		fputc('\n', to);
}

static void interval(const struct jz_score_result *result, char *out, size_t size)
{
	char low[48];
	char high[48];

	if (!result->defined) {
		jz_copy(out, size, _("none"));
		return;
	}
	jz_ratio_format(result->low, result->score->whole, low, sizeof(low));
	jz_ratio_format(result->high, result->score->whole, high, sizeof(high));
	if (jz_ratio_cmp(result->low, result->high) == 0)
		snprintf(out, size, "%s%s", low, result->maybe_undefined ? "?" : "");
	else
		snprintf(out, size, "%s–%s%s", low, high, result->maybe_undefined ? "?" : "");
}

static void print_scores(const struct jz_scoring *scoring, FILE *to)
{
	const char *const heads[] = {_("score"), _("value"), _("band"), _("how")};
	struct jz_table *table = jz_table_new(JZ_COUNT(heads), heads);

	for (size_t i = 0; i < scoring->score_count; i++) {
		const struct jz_score_result *r = &scoring->scores[i];
		const char *note = jz_text(r->score->note);
		char value[112];

		interval(r, value, sizeof(value));
		jz_table_cell(table, jz_text(r->score->title));
		jz_table_cell(table, value);
		jz_table_cell(table, r->band		    ? jz_text(r->band->label)
				     : r->score->band_count ? _("not determinable")
							    : "");
		jz_table_cell(table, note ? note : "");
	}
	jz_table_print(table, to);
	jz_table_free(table);
}

/* "Total > 160, or Positive items > 43" of the conditions on this scale. */
static void add_rule(const struct jz_scoring *scoring, const struct jz_screen *screen,
		     struct jz_buf *out)
{
	for (size_t i = 0; i < screen->condition_count; i++) {
		const struct jz_condition *c = &screen->conditions[i];
		const struct jz_score_result *r =
			c->score ? jz_scoring_score(scoring, c->score) : NULL;
		char cut[48];

		if (c->scale && c->scale != scoring->scale)
			continue;
		jz_ratio_format(c->cut, c->cut.den == 1, cut, sizeof(cut));
		jz_buf_addf(out, "%s%s %s %s",
			    !out->len	  ? ""
			    : screen->all ? _(" and ")
					  : _(" or "),
			    r ? jz_text(r->score->title) : _("any factor"), jz_op_sign(c->op), cut);
	}
}

static const char *outcome_label(enum jz_outcome outcome)
{
	switch (outcome) {
	case JZ_NEGATIVE:
		return _("negative");
	case JZ_POSITIVE:
		return _("positive");
	case JZ_UNDETERMINED:
		break;
	}
	return _("not determinable");
}

static void print_screens(const struct jz_scoring *scoring, FILE *to)
{
	for (size_t i = 0; i < scoring->screen_count; i++) {
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
		jz_cleanup(jz_buf_release) struct jz_buf rule = JZ_BUF_INIT;
		const struct jz_screen_result *r = &scoring->screens[i];

		jz_buf_addf(&text, _("%s: %s"), jz_text(r->screen->title),
			    outcome_label(r->outcome));
		if (r->outcome == JZ_POSITIVE)
			jz_buf_addf(&text, _("; it means: %s"), jz_text(r->screen->positive));
		wrapped(to, 0, &text);
		add_rule(scoring, r->screen, &rule);
		jz_buf_clear(&text);
		jz_buf_addf(&text, _("positive if %s"), rule.data);
		wrapped(to, 2, &text);
	}
}

static void print_items(const struct jz_scoring *scoring, FILE *to)
{
	jz_cleanup(jz_buf_release) struct jz_buf missing = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf ask = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	for (size_t i = 0; i < scoring->missing_count; i++)
		jz_buf_addf(&missing, "%s%u", i ? ", " : "", scoring->missing[i]);
	for (unsigned item = 1; item <= scoring->instrument->asked; item++)
		if (jz_scoring_must_ask(scoring, item))
			jz_buf_addf(&ask, "%s%u", ask.len ? ", " : "", item);
	if (!missing.len)
		return;
	jz_buf_addf(&text, _("no answer to items: %s"), missing.data);
	wrapped(to, 0, &text);
	jz_buf_clear(&text);
	if (ask.len)
		jz_buf_addf(&text, _("these must be asked: %s"), ask.data);
	else
		jz_buf_adds(&text, _("the results stand whatever they would be"));
	wrapped(to, 2, &text);
	fputc('\n', to);
}

static void print_provenance(const struct jz_instrument *key, FILE *to)
{
	fprintf(to, "\n%s\n", _("Where the key comes from"));
	for (size_t i = 0; i < key->provenance_count; i++) {
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

		jz_buf_addf(&text, "[%s] %s", key->provenance[i].mark,
			    jz_text(key->provenance[i].text));
		wrapped(to, 2, &text);
	}
	jz_print_wrapped(to, jz_text(key->licence_note), 2, jz_term_columns());
}

void jz_print_scoring(const struct jz_instrument *instrument, const struct jz_scoring *scoring,
		      const struct jz_findings *findings, bool provenance, FILE *to)
{
	jz_cleanup(jz_buf_release) struct jz_buf head = JZ_BUF_INIT;

	if (findings->errors) {
		if (scoring)
			print_critical(scoring, to);
		return;
	}
	jz_buf_addf(&head, _("%s, key %s, scale %s, %u of %u answered"), jz_text(instrument->title),
		    instrument->key_version, scoring->scale->id, scoring->answered,
		    instrument->scored);
	wrapped(to, 0, &head);
	fputc('\n', to);
	print_critical(scoring, to);
	print_validity(scoring, to);
	print_items(scoring, to);
	if (!scoring->invalid) {
		print_scores(scoring, to);
		if (scoring->screen_count)
			fputc('\n', to);
		print_screens(scoring, to);
	}
	if (provenance)
		print_provenance(instrument, to);
}

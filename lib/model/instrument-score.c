/* Scoring: every score as an interval between the lowest and the highest case of what is missing.
 */
#include "lib/model/instrument-impl.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"

/* One scored item for one score, after reversal. */
struct reach {
	bool answered;
	bool counts;   /* answered: the filter lets it pass; missing: it may pass */
	bool may_drop; /* missing: it may fail the filter */
	int low, high; /* answered: its value; missing: ends of what may pass */
};

static int after_reversal(const struct jz_answers *answers, unsigned item, int value)
{
	const struct jz_scale *scale = answers->scale;

	return answers->instrument->items[item - 1].reversed ? scale->min + scale->max - value
							     : value;
}

static bool passes(const struct jz_score *score, size_t i, int value)
{
	return !score->filtered || jz_op_holds(score->op, value - score->cuts[i]);
}

static struct reach reach_of(const struct jz_answers *answers, const struct jz_score *score,
			     size_t i)
{
	unsigned item = score->items[i];
	int raw = answers->values[item - 1];
	struct reach reach = {.answered = raw != JZ_NO_ANSWER};

	if (reach.answered) {
		reach.low = reach.high = after_reversal(answers, item, raw);
		reach.counts = passes(score, i, reach.low);
		return reach;
	}
	for (int value = answers->scale->min; value <= answers->scale->max; value++) {
		if (!passes(score, i, value)) {
			reach.may_drop = true;
			continue;
		}
		if (!reach.counts)
			reach.low = value;
		reach.counts = true;
		reach.high = value;
	}
	return reach;
}

/* What the items of a score come to. */
struct tally {
	int64_t low, high;    /* sum of the values */
	int64_t fewest, most; /* how many items count */
	unsigned missing;
};

static struct tally tally(const struct jz_answers *answers, const struct jz_score *score)
{
	struct tally t = {0};

	for (size_t i = 0; i < score->item_count; i++) {
		struct reach reach = reach_of(answers, score, i);

		t.missing += !reach.answered;
		if (!reach.counts)
			continue;
		t.low += reach.may_drop ? 0 : reach.low;
		t.high += reach.high;
		t.fewest += !reach.may_drop;
		t.most++;
	}
	return t;
}

/* The greatest (or least) mean: items that must count, and of those that may drop out the ones that
 * pull the mean the right way, best first. False: no item to take a mean of. */
static bool extreme_mean(const struct jz_answers *answers, const struct jz_score *score,
			 bool greatest, struct jz_ratio *out)
{
	const struct jz_scale *scale = answers->scale;
	uint16_t optional[1000] = {0}; /* how many by value; a scale ends at 999 */
	int64_t sum = 0;
	int64_t count = 0;

	for (size_t i = 0; i < score->item_count; i++) {
		struct reach reach = reach_of(answers, score, i);
		int value = greatest ? reach.high : reach.low;

		if (!reach.counts)
			continue;
		if (reach.may_drop) {
			optional[value]++;
			continue;
		}
		sum += value;
		count++;
	}
	for (int step = 0; step <= scale->max - scale->min; step++) {
		int value = greatest ? scale->max - step : scale->min + step;
		bool better = greatest ? value * count > sum : value * count < sum;

		if (optional[value] && (!count || better)) {
			sum += (int64_t)value * optional[value];
			count += optional[value];
		}
	}
	if (count)
		*out = jz_ratio(sum, count);
	return count;
}

static const struct jz_band *band_of(const struct jz_score *score, struct jz_ratio value)
{
	const struct jz_band *band = NULL;

	for (size_t i = 0; i < score->band_count; i++)
		if (jz_ratio_cmp(score->bands[i].from, value) <= 0)
			band = &score->bands[i];
	return band;
}

static void score_plain(const struct jz_answers *answers, struct jz_score_result *result)
{
	const struct jz_score *score = result->score;
	struct tally t = tally(answers, score);

	result->missing = t.missing;
	result->defined = true;
	switch (score->kind) {
	case JZ_SUM:
		result->low = jz_ratio(t.low, 1);
		result->high = jz_ratio(t.high, 1);
		return;
	case JZ_COUNT:
		result->low = jz_ratio(t.fewest, 1);
		result->high = jz_ratio(t.most, 1);
		return;
	default:
		result->defined = extreme_mean(answers, score, false, &result->low) &&
				  extreme_mean(answers, score, true, &result->high);
		result->maybe_undefined = result->defined && !t.fewest;
	}
}

const struct jz_score_result *jz_scoring_score(const struct jz_scoring *scoring, const char *id)
{
	for (size_t i = 0; i < scoring->score_count; i++)
		if (jz_eq(scoring->scores[i].score->id, id))
			return &scoring->scores[i];
	return NULL;
}

static void score_scaled(const struct jz_scoring *scoring, struct jz_score_result *result)
{
	const struct jz_score_result *from = jz_scoring_score(scoring, result->score->from);

	result->missing = from->missing;
	result->defined = from->defined;
	result->maybe_undefined = from->maybe_undefined;
	if (!from->defined)
		return;
	result->low = jz_score_scaled(result->score, from->low);
	result->high = jz_score_scaled(result->score, from->high);
}

static void set_band(struct jz_score_result *result)
{
	const struct jz_band *low;

	if (!result->defined || result->maybe_undefined)
		return;
	low = band_of(result->score, result->low);
	if (low == band_of(result->score, result->high))
		result->band = low;
}

static void score_all(struct jz_scoring *scoring, const struct jz_answers *answers)
{
	const struct jz_instrument *key = scoring->instrument;
	struct jz_score_result *results =
		jz_arena_alloc(scoring->arena, (key->score_count + 1) * sizeof(*results));

	scoring->scores = results;
	for (size_t i = 0; i < key->score_count; i++)
		if (jz_on_scale(key->scores[i].scale, scoring->scale))
			results[scoring->score_count++].score = &key->scores[i];
	for (size_t i = 0; i < scoring->score_count; i++)
		if (results[i].score->kind != JZ_SCALED)
			score_plain(answers, &results[i]);
	for (size_t i = 0; i < scoring->score_count; i++) {
		if (results[i].score->kind == JZ_SCALED)
			score_scaled(scoring, &results[i]);
		set_band(&results[i]);
	}
}

struct jz_scoring *jz_score(const struct jz_answers *answers)
{
	const struct jz_instrument *key = answers->instrument;
	struct jz_arena *arena = jz_arena_new();
	struct jz_scoring *scoring = jz_arena_alloc(arena, sizeof(*scoring));

	*scoring = (struct jz_scoring){.instrument = key, .scale = answers->scale, .arena = arena};
	scoring->missing = jz_arena_alloc(arena, key->scored * sizeof(*scoring->missing));
	for (unsigned i = 0; i < key->scored; i++)
		if (answers->values[i] == JZ_NO_ANSWER)
			scoring->missing[scoring->missing_count++] = (uint16_t)(i + 1);
	scoring->answered = key->scored - (unsigned)scoring->missing_count;
	jz_find_critical(scoring, answers);
	jz_check_validity(scoring, answers);
	if (!scoring->invalid) {
		score_all(scoring, answers);
		jz_screen_all(scoring);
	}
	return scoring;
}

void jz_scoring_free(struct jz_scoring *scoring)
{
	if (scoring)
		jz_arena_free(scoring->arena);
}

int jz_score_assessment(const struct jz_node *assessment, const char *pointer,
			struct jz_findings *findings, struct jz_scoring **out, struct jz_err *err)
{
	jz_cleanup(jz_answers_release) struct jz_answers answers = {0};
	jz_autofree char *path = jz_xasprintf("%s/answers", pointer);
	const char *id = jz_map_text(assessment, "instrument");
	const struct jz_instrument *key;
	int rc =
		jz_instrument_get(id ? id : "", jz_map_text(assessment, "key_version"), &key, NULL);

	/* The id is a value of a record, and stays out of the message. */
	if (rc)
		return jz_fail(err, rc,
			       _("the scoring key of this assessment is not installed in that "
				 "version, or not valid"));
	rc = jz_answers_init(&answers, key, jz_map_text(assessment, "scale"), err);
	if (!rc)
		rc = jz_answers_read(&answers, jz_map_get(assessment, "answers"), path, findings);
	if (!rc)
		*out = jz_score(&answers);
	return rc;
}

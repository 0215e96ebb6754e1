/* Scoring: every score as an interval between the lowest and the highest case of what is missing.
 */
#include "lib/model/instrument-impl.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"

/* Straight-lining is judged from so many answers, and from half of the items. */
#define STRAIGHT_MIN 5

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

/* A comparison is monotone, so the ends of the interval decide. */
static enum jz_outcome compare(const struct jz_score_result *result,
			       const struct jz_condition *condition)
{
	bool low;
	bool high;

	if (!result->defined)
		return JZ_NEGATIVE;
	low = jz_op_holds(condition->op, jz_ratio_cmp(result->low, condition->cut));
	high = jz_op_holds(condition->op, jz_ratio_cmp(result->high, condition->cut));
	if (low && high && !result->maybe_undefined)
		return JZ_POSITIVE;
	return low || high ? JZ_UNDETERMINED : JZ_NEGATIVE;
}

static enum jz_outcome either(enum jz_outcome a, enum jz_outcome b)
{
	if (a == JZ_POSITIVE || b == JZ_POSITIVE)
		return JZ_POSITIVE;
	return a == JZ_UNDETERMINED ? a : b;
}

static enum jz_outcome both(enum jz_outcome a, enum jz_outcome b)
{
	if (a == JZ_NEGATIVE || b == JZ_NEGATIVE)
		return JZ_NEGATIVE;
	return a == JZ_UNDETERMINED ? a : b;
}

enum jz_outcome jz_condition_outcome(const struct jz_scoring *scoring,
				     const struct jz_condition *condition)
{
	enum jz_outcome outcome = JZ_NEGATIVE;

	for (size_t i = 0; i < scoring->score_count; i++) {
		const struct jz_score_result *result = &scoring->scores[i];

		if (condition->score ? jz_eq(result->score->id, condition->score)
				     : result->score->subscale)
			outcome = either(outcome, compare(result, condition));
	}
	return outcome;
}

const char *jz_outcome_word(enum jz_outcome outcome)
{
	static const char *const words[] = {[JZ_NEGATIVE] = "negative",
					    [JZ_POSITIVE] = "positive",
					    [JZ_UNDETERMINED] = "undetermined"};

	return words[outcome];
}

static void screen_all(struct jz_scoring *scoring)
{
	const struct jz_instrument *key = scoring->instrument;

	scoring->screens =
		jz_arena_alloc(scoring->arena, (key->screen_count + 1) * sizeof(*scoring->screens));
	for (size_t i = 0; i < key->screen_count; i++) {
		const struct jz_screen *screen = &key->screens[i];
		enum jz_outcome outcome = screen->all ? JZ_POSITIVE : JZ_NEGATIVE;
		bool applies = false;

		for (size_t j = 0; j < screen->condition_count; j++) {
			const struct jz_condition *condition = &screen->conditions[j];
			enum jz_outcome one;

			if (!jz_on_scale(condition->scale, scoring->scale))
				continue;
			one = jz_condition_outcome(scoring, condition);
			outcome = screen->all ? both(outcome, one) : either(outcome, one);
			applies = true;
		}
		if (applies)
			scoring->screens[scoring->screen_count++] =
				(struct jz_screen_result){screen, outcome};
	}
}

static bool strikes(const struct jz_validity *check, const struct jz_answers *answers,
		    unsigned answered)
{
	const struct jz_instrument *key = answers->instrument;
	int first = JZ_NO_ANSWER;
	bool alike = true;
	bool lowest = false;

	if (answered < STRAIGHT_MIN || answered * 2 < key->scored)
		return false;
	for (unsigned i = 0; i < key->scored; i++) {
		int value = answers->values[i];

		if (value == JZ_NO_ANSWER)
			continue;
		if (first == JZ_NO_ANSWER)
			first = value;
		alike = alike && value == first;
		lowest = lowest || value == answers->scale->min;
	}
	if (check->kind == JZ_NO_LOWEST)
		return !lowest;
	return alike && !(check->except_lowest && lowest);
}

static void check_validity(struct jz_scoring *scoring, const struct jz_answers *answers)
{
	const struct jz_instrument *key = scoring->instrument;

	scoring->flags =
		jz_arena_alloc(scoring->arena, (key->validity_count + 1) * sizeof(*scoring->flags));
	for (size_t i = 0; i < key->validity_count; i++) {
		const struct jz_validity *check = &key->validity[i];

		if (!jz_on_scale(check->scale, scoring->scale) ||
		    !strikes(check, answers, scoring->answered))
			continue;
		scoring->flags[scoring->flag_count++] = check;
		scoring->invalid = scoring->invalid || check->invalidates;
	}
}

static void find_critical(struct jz_scoring *scoring, const struct jz_answers *answers)
{
	const struct jz_instrument *key = scoring->instrument;
	size_t size = (key->critical_count + 1) * sizeof(*scoring->critical);

	scoring->critical = jz_arena_alloc(scoring->arena, size);
	scoring->unasked = jz_arena_alloc(scoring->arena, size);
	for (size_t i = 0; i < key->critical_count; i++) {
		const struct jz_critical *critical = &key->critical[i];
		int answer = answers->values[critical->item - 1];
		struct jz_critical_hit hit = {critical, answer};

		if (!jz_on_scale(critical->scale, scoring->scale))
			continue;
		if (answer == JZ_NO_ANSWER)
			scoring->unasked[scoring->unasked_count++] = hit;
		else if (jz_op_holds(critical->op, answer - critical->value))
			scoring->critical[scoring->critical_count++] = hit;
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
	find_critical(scoring, answers);
	check_validity(scoring, answers);
	if (!scoring->invalid) {
		score_all(scoring, answers);
		screen_all(scoring);
	}
	return scoring;
}

void jz_scoring_free(struct jz_scoring *scoring)
{
	if (scoring)
		jz_arena_free(scoring->arena);
}

bool jz_scoring_alerts(const struct jz_scoring *scoring)
{
	for (size_t i = 0; i < scoring->critical_count; i++)
		if (scoring->critical[i].critical->duty == JZ_DUTY_ALERT)
			return true;
	return false;
}

static bool depends(const struct jz_score *score, unsigned item)
{
	for (size_t i = 0; i < score->item_count; i++)
		if (score->items[i] == item)
			return true;
	return false;
}

/* True if an undetermined condition of the screen needs the item. */
static bool screen_needs(const struct jz_scoring *scoring, const struct jz_screen *screen,
			 unsigned item)
{
	for (size_t i = 0; i < screen->condition_count; i++) {
		const struct jz_condition *condition = &screen->conditions[i];

		if (!jz_on_scale(condition->scale, scoring->scale) ||
		    jz_condition_outcome(scoring, condition) != JZ_UNDETERMINED)
			continue;
		for (size_t j = 0; j < scoring->score_count; j++) {
			const struct jz_score *score = scoring->scores[j].score;

			if ((condition->score ? jz_eq(score->id, condition->score)
					      : score->subscale) &&
			    depends(score, item))
				return true;
		}
	}
	return false;
}

bool jz_scoring_must_ask(const struct jz_scoring *scoring, unsigned item)
{
	bool missing = false;

	for (size_t i = 0; i < scoring->missing_count; i++)
		missing = missing || scoring->missing[i] == item;
	for (size_t i = 0; i < scoring->unasked_count; i++)
		if (scoring->unasked[i].critical->item == item)
			return true;
	for (size_t i = 0; missing && i < scoring->score_count; i++) {
		const struct jz_score_result *result = &scoring->scores[i];

		if (result->score->band_count && !result->band && depends(result->score, item))
			return true;
	}
	for (size_t i = 0; missing && i < scoring->screen_count; i++)
		if (scoring->screens[i].outcome == JZ_UNDETERMINED &&
		    screen_needs(scoring, scoring->screens[i].screen, item))
			return true;
	return false;
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

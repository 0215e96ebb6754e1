/* What scores and answers call for: screens, critical items, validity, what must still be asked. */
#include "lib/model/instrument-impl.h"

#include <string.h>
#include "lib/base/str.h"

/* Straight-lining is judged from so many answers, and from half of the items. */
#define STRAIGHT_MIN 5

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

void jz_screen_all(struct jz_scoring *scoring)
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

void jz_check_validity(struct jz_scoring *scoring, const struct jz_answers *answers)
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

void jz_find_critical(struct jz_scoring *scoring, const struct jz_answers *answers)
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

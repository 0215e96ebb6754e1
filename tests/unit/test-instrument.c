/* Known answers of every shipped key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/str.h"
#include "lib/model/instrument.h"
#include "tests/unit/tap.h"

/* A score written low[..high], e.g. "12", "1.25", "8..14", "-" where undefined. */
static const char *shown(const struct jz_scoring *scoring, const char *id, char out[72])
{
	const struct jz_score_result *r = jz_scoring_score(scoring, id);
	char low[32];
	char high[32];

	if (!r)
		return "none";
	if (!r->defined)
		return "-";
	jz_ratio_format(r->low, r->score->whole, low, sizeof(low));
	jz_ratio_format(r->high, r->score->whole, high, sizeof(high));
	if (jz_ratio_cmp(r->low, r->high) == 0)
		snprintf(out, 72, "%s", low);
	else
		snprintf(out, 72, "%s..%s", low, high);
	return out;
}

static const char *band(const struct jz_scoring *scoring, const char *id)
{
	const struct jz_score_result *r = jz_scoring_score(scoring, id);

	return r && r->band ? r->band->id : "-";
}

static const char *screen(const struct jz_scoring *scoring, const char *id)
{
	for (size_t i = 0; i < scoring->screen_count; i++)
		if (jz_eq(scoring->screens[i].screen->id, id))
			return jz_outcome_word(scoring->screens[i].outcome);
	return "none";
}

static const struct jz_instrument *key(const char *id)
{
	const struct jz_instrument *found = NULL;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_instrument_get(id, NULL, &found, &err)) {
		printf("Bail out! %s: %s:%u %s %s\n", id, err.file, err.line, err.path,
		       err.message);
		exit(1);
	}
	return found;
}

/* Answers as digits, one a scored item, '.' for none; a short text repeats its last character. */
static struct jz_scoring *score(const char *id, const char *scale, const char *digits)
{
	struct jz_answers answers = {0};
	struct jz_scoring *scoring = NULL;
	size_t len = strlen(digits);

	if (!jz_answers_init(&answers, key(id), scale, NULL)) {
		for (unsigned i = 0; i < answers.instrument->scored; i++) {
			char c = digits[i < len ? i : len - 1];

			if (c != '.' && jz_answers_set(&answers, i + 1, c - '0', NULL))
				printf("# %s: item %u refused\n", id, i + 1);
		}
		scoring = jz_score(&answers);
	}
	jz_answers_release(&answers);
	return scoring;
}

static const struct {
	const char *id, *scale, *digits, *score, *value, *band;
} known[] = {
	{"phq-9", NULL, "000000000", "total", "0", "minimal"},
	{"phq-9", NULL, "111100000", "total", "4", "minimal"},
	{"phq-9", NULL, "111110000", "total", "5", "mild"},
	{"phq-9", NULL, "333000000", "total", "9", "mild"},
	{"phq-9", NULL, "333100000", "total", "10", "moderate"},
	{"phq-9", NULL, "333320000", "total", "14", "moderate"},
	{"phq-9", NULL, "333330000", "total", "15", "moderately-severe"},
	{"phq-9", NULL, "333333100", "total", "19", "moderately-severe"},
	{"phq-9", NULL, "333333200", "total", "20", "severe"},
	{"phq-9", NULL, "333333333", "total", "27", "severe"},
	{"phq-9", NULL, "120000000", "phq-2", "3", "-"},
	{"phq-9", NULL, "220111011", "symptoms", "3", "-"},
	{"phq-2", NULL, "12", "total", "3", "positive"},
	{"gad-7", NULL, "1111000", "total", "4", "minimal"},
	{"gad-7", NULL, "1111100", "total", "5", "mild"},
	{"gad-7", NULL, "3330000", "total", "9", "mild"},
	{"gad-7", NULL, "3331000", "total", "10", "moderate"},
	{"gad-7", NULL, "3333200", "total", "14", "moderate"},
	{"gad-7", NULL, "3333300", "total", "15", "severe"},
	{"gad-7", NULL, "3333333", "total", "21", "severe"},
	/* reversed: 2 5 6 11 12 14 16 17 18 20; lowest depression is 1 there, 4 here */
	{"sds", NULL, "14114411114414144414", "raw", "20", "-"},
	{"sds", NULL, "14114411114414144414", "standard", "25", "none"},
	{"sds", NULL, "41441144441141411141", "raw", "80", "-"},
	{"sds", NULL, "41441144441141411141", "standard", "100", "severe"},
	{"sds", NULL, "44444411114414144414", "raw", "29", "-"},
	/* raw 41, 42, 43: twenty items at 2 (reversed ones at 3) and one, two, three more */
	{"sds", NULL, "33223322223323233323", "raw", "41", "-"},
	{"sds", NULL, "33223322223323233323", "standard", "51", "none"},
	{"sds", NULL, "33323322223323233323", "raw", "42", "-"},
	{"sds", NULL, "33323322223323233323", "standard", "52", "none"},
	{"sds", NULL, "33333322223323233323", "raw", "43", "-"},
	{"sds", NULL, "33333322223323233323", "standard", "53", "mild"},
	/* reversed: 5 9 13 17 19 */
	{"sas", NULL, "22223222322232223232", "raw", "40", "-"},
	{"sas", NULL, "22223222322232223232", "standard", "50", "mild"},
	{"sas", NULL, "12223222322232223232", "standard", "48", "none"},
	{"sas", NULL, "33333333322232223232", "standard", "58", "mild"},
	{"sas", NULL, "33333333332232223232", "standard", "60", "moderate"},
	{"sas", NULL, "42333333333333333333", "standard", "68", "moderate"},
	{"sas", NULL, "43333333333333333333", "standard", "70", "severe"},
	{"sas", NULL, "44441444144414441414", "standard", "100", "severe"},
};

static void test_known(void)
{
	char text[72];
	char what[128];

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct jz_scoring *s = score(known[i].id, known[i].scale, known[i].digits);

		snprintf(what, sizeof(what), "%s %s: %s", known[i].id, known[i].digits,
			 known[i].score);
		is_str(shown(s, known[i].score, text), known[i].value, what);
		is_str(band(s, known[i].score), known[i].band, "its band");
		jz_scoring_free(s);
	}
}

/* The factor of each item, from the published key: 1 SOM 2 O-C 3 I-S 4 DEP 5 ANX 6 HOS 7 PHOB 8 PAR
 * 9 PSY 0 additional. Written as a string over the items, another form than the key file has. */
static const char scl_factor[] = "152143982261744958043456741244"  /* 1-30 */
				 "445393325131802271172114215100"  /* 31-60 */
				 "396020683745367895456789959909"; /* 61-90 */

static const char *const factor_ids[] = {"add", "som", "o-c",  "i-s", "dep",
					 "anx", "hos", "phob", "par", "psy"};

static const struct jz_score *owner(const struct jz_instrument *scl, unsigned item)
{
	const struct jz_score *found = NULL;

	for (size_t i = 0; i < scl->score_count; i++)
		for (size_t j = 0; scl->scores[i].subscale && j < scl->scores[i].item_count; j++)
			if (scl->scores[i].items[j] == item)
				found = &scl->scores[i];
	return found;
}

static void test_scl_key(void)
{
	const struct jz_instrument *scl = key("scl-90");
	int wrong = 0;

	for (unsigned item = 1; item <= 90; item++) {
		const struct jz_score *factor = owner(scl, item);

		wrong += !factor || !jz_eq(factor->id, factor_ids[scl_factor[item - 1] - '0']);
	}
	is_int(wrong, 0, "each of 90 items belongs to its factor");
	is_str(owner(scl, 4)->id, "som", "item 4 is somatization");
	is_str(owner(scl, 13)->id, "phob", "item 13 is phobic anxiety");
	is_int(owner(scl, 4)->item_count, 12, "twelve items");
}

/* 90 answers at the lowest; then n items of every factor raised by so much, until extra is spent.
 */
static struct jz_scoring *scl_spread(const char *scale, int raise, int extra, int one_more)
{
	const struct jz_instrument *scl = key("scl-90");
	char digits[91];
	char base = jz_eq(scale, "1-5") ? '1' : '0';

	memset(digits, base, 90);
	digits[90] = '\0';
	for (size_t f = 0; f < scl->score_count; f++)
		for (size_t j = 0; scl->scores[f].subscale && j < scl->scores[f].item_count / 2;
		     j++)
			if (extra >= raise) {
				digits[scl->scores[f].items[j] - 1] = (char)(base + raise);
				extra -= raise;
			}
	for (int i = 89; i >= 0 && one_more; i--)
		if (digits[i] == base) {
			digits[i]++;
			one_more--;
		}
	return score("scl-90", scale, digits);
}

static void is_scl(const char *scale, int raise, int extra, int one_more, const char *total,
		   const char *positive, const char *mean, const char *outcome)
{
	struct jz_scoring *s = scl_spread(scale, raise, extra, one_more);
	char text[72];

	is_str(shown(s, "total", text), total, "SCL-90 total");
	is_str(shown(s, "positive-items", text), positive, "positive items");
	is_str(shown(s, "positive-mean", text), mean, "mean of the positive items");
	is_str(screen(s, "symptoms"), outcome, "screen");
	jz_scoring_free(s);
}

static void test_scl_indices(void)
{
	struct jz_scoring *s;
	char text[72];
	char digits[91];

	/* (total - negative) / positive: (160 - 55) / 35, (161 - 54) / 36, (133 - 47) / 43, … */
	is_scl("1-5", 2, 70, 0, "160", "35", "3.00", "negative");
	is_scl("1-5", 2, 70, 1, "161", "36", "2.97", "positive");
	is_scl("1-5", 1, 43, 0, "133", "43", "2.00", "negative");
	is_scl("1-5", 1, 43, 1, "134", "44", "2.00", "positive");
	is_scl("1-5", 2, 0, 0, "90", "0", "-", "negative");
	/* total / positive */
	is_scl("0-4", 1, 40, 0, "40", "40", "1.00", "negative");
	is_scl("0-4", 2, 0, 0, "0", "0", "-", "negative");

	for (int i = 0; i < 90; i++)
		digits[i] = scl_factor[i] == '1' ? '3' : '1';
	digits[90] = '\0';
	s = score("scl-90", "1-5", digits);
	is_str(shown(s, "som", text), "3.00", "factor mean");
	is_str(shown(s, "dep", text), "1.00", "other factor mean");
	is_str(shown(s, "total", text), "114", "total");
	is_str(shown(s, "mean", text), "1.27", "114 / 90");
	is_str(shown(s, "negative-items", text), "78", "negative items");
	is_str(shown(s, "positive-mean", text), "3.00", "(114 - 78) / 12");
	is_str(screen(s, "symptoms"), "positive", "one factor above 2");
	jz_scoring_free(s);
	for (int i = 0; i < 90; i++)
		digits[i] = scl_factor[i] == '1' ? '2' : '0';
	s = score("scl-90", "0-4", digits);
	is_str(shown(s, "total", text), "24", "total on 0-4");
	is_str(shown(s, "mean", text), "0.27", "24 / 90");
	is_str(shown(s, "positive-mean", text), "2.00", "24 / 12");
	is_str(screen(s, "symptoms"), "positive", "one factor of 1 or more on 0-4");
	jz_scoring_free(s);
	s = score("scl-90", NULL, digits);
	ok(!s, "the scale must be named");
}

static void test_straight(void)
{
	static const struct {
		const char *id, *scale, *digits;
		bool invalid;
		unsigned flags;
	} cases[] = {
		{"sds", NULL, "1", true, 1},
		{"sds", NULL, "2", true, 1},
		{"sds", NULL, "3", true, 1},
		{"sds", NULL, "4", true, 1},
		{"sas", NULL, "1", true, 1},
		{"sas", NULL, "4", true, 1},
		{"sas", NULL, "22222222222222222221", false, 0},
		{"sds", NULL, "2222222222..........", true, 1},
		{"sds", NULL, "222222222...........", false, 0},
		{"phq-9", NULL, "0", false, 0},
		{"phq-9", NULL, "1", false, 1},
		{"gad-7", NULL, "2", false, 1},
		{"scl-90", "1-5", "1", false, 1},
		{"scl-90", "0-4", "0", false, 1},
		{"scl-90", "0-4", "2", false, 2},
		{"scl-90", "0-4", "121", false, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct jz_scoring *s = score(cases[i].id, cases[i].scale, cases[i].digits);

		ok(s->invalid == cases[i].invalid && s->flag_count == cases[i].flags,
		   "%s %s: %s, %u flags", cases[i].id, cases[i].digits,
		   cases[i].invalid ? "invalid" : "scored", cases[i].flags);
		ok(!s->invalid == (s->score_count > 0), "an invalid one has no scores");
		jz_scoring_free(s);
	}
}

static void is_critical(const char *id, const char *scale, unsigned item, char answer, char rest,
			size_t hits, bool alerts)
{
	char digits[91];
	struct jz_scoring *s;

	memset(digits, rest, 90);
	digits[90] = '\0';
	digits[item - 1] = answer;
	s = score(id, scale, digits);
	ok(s->critical_count == hits && jz_scoring_alerts(s) == alerts &&
		   (!hits || s->critical[0].critical->item == item),
	   "%s item %u answered %c among '%c': %zu critical", id, item, answer, rest, hits);
	jz_scoring_free(s);
}

static void test_critical(void)
{
	struct jz_scoring *s;

	is_critical("phq-9", NULL, 9, '0', '0', 0, false);
	is_critical("phq-9", NULL, 9, '1', '0', 1, true);
	is_critical("phq-9", NULL, 9, '1', '.', 1, true);
	is_critical("sds", NULL, 19, '2', '1', 0, false);
	is_critical("sds", NULL, 19, '3', '1', 1, true);
	is_critical("sds", NULL, 19, '3', '3', 1, true);
	is_critical("scl-90", "1-5", 15, '1', '1', 0, false);
	is_critical("scl-90", "1-5", 15, '2', '1', 1, true);
	is_critical("scl-90", "0-4", 59, '1', '0', 1, true);
	is_critical("scl-90", "0-4", 63, '1', '.', 1, true);
	is_critical("scl-90", "1-5", 67, '2', '1', 0, false);
	is_critical("scl-90", "1-5", 67, '3', '1', 1, false);
	is_critical("scl-90", "0-4", 81, '2', '0', 1, false);
	s = score("phq-9", NULL, "00000000.");
	is_int(s->unasked_count, 1, "an unanswered critical item is named");
	is_int(s->unasked[0].critical->item, 9, "item 9");
	jz_scoring_free(s);
}

static void test_missing(void)
{
	struct jz_scoring *s = score("phq-9", NULL, "33333330.");
	char text[72];
	char digits[91];

	is_str(shown(s, "total", text), "21..24", "one of nine missing");
	is_str(band(s, "total"), "severe", "the band stands");
	is_str(screen(s, "depression"), "positive", "and the screen");
	jz_scoring_free(s);
	s = score("phq-9", NULL, "3330000.0");
	is_str(shown(s, "total", text), "9..12", "near a cut");
	is_str(band(s, "total"), "-", "no band");
	is_str(screen(s, "depression"), "undetermined", "no screen");
	is_str(screen(s, "phq-2"), "positive", "what does not depend on it stands");
	is_int(s->missing_count, 1, "one to ask");
	is_int(s->missing[0], 8, "item 8");
	is_int(jz_scoring_score(s, "phq-2")->missing, 0, "PHQ-2 misses nothing");
	jz_scoring_free(s);
	/* raw 43 with item 2, a reversed one, taken away: 41 and 1..4 */
	s = score("sds", NULL, "3.333322223323233323");
	is_str(shown(s, "raw", text), "42..45", "a reversed item missing");
	is_str(shown(s, "standard", text), "52..56", "both ends cut off");
	is_str(screen(s, "depression"), "undetermined", "not determinable");
	jz_scoring_free(s);
	memset(digits, '1', 90);
	digits[90] = '\0';
	digits[0] = '.';
	s = score("scl-90", "1-5", digits);
	is_str(shown(s, "positive-mean", text), "2.00..5.00", "if it is positive at all");
	ok(jz_scoring_score(s, "positive-mean")->maybe_undefined, "which it need not be");
	is_str(screen(s, "symptoms"), "negative", "one item cannot lift the screen");
	jz_scoring_free(s);
}

static const struct {
	const char *id, *digits, *screen, *outcome;
} screens[] = {
	{"phq-9", "333000000", "depression", "negative"},
	{"phq-9", "333100000", "depression", "positive"},
	{"phq-9", "200000000", "phq-2", "negative"},
	{"phq-9", "210000000", "phq-2", "positive"},
	{"phq-9", "222220000", "major", "positive"},
	{"phq-9", "222210001", "major", "positive"}, /* item 9 counts at 1 */
	{"phq-9", "222211110", "major", "negative"},
	{"phq-9", "112222200", "major", "negative"}, /* neither item 1 nor 2 */
	{"phq-9", "022222000", "other", "negative"}, /* five: major */
	{"phq-9", "022220000", "other", "positive"},
	{"phq-9", "020000000", "other", "negative"},
	{"phq-9", "22222....", "major", "positive"},
	{"phq-9", "2222000..", "major", "undetermined"},
	{"phq-9", "2200000..", "major", "negative"},
	{"gad-7", "3330000", "anxiety", "negative"},
	{"gad-7", "3331000", "anxiety", "positive"},
	{"gad-7", "1200000", "gad-2", "positive"},
	{"gad-7", "1100000", "gad-2", "negative"},
	{"sds", "33323322223323233323", "depression", "negative"},
	{"sds", "33333322223323233323", "depression", "positive"},
	{"sas", "12223222322232223232", "anxiety", "negative"},
	{"sas", "22223222322232223232", "anxiety", "positive"},
};

static void test_screens(void)
{
	for (size_t i = 0; i < sizeof(screens) / sizeof(*screens); i++) {
		struct jz_scoring *s = score(screens[i].id, NULL, screens[i].digits);
		char what[96];

		snprintf(what, sizeof(what), "%s %s: %s", screens[i].id, screens[i].digits,
			 screens[i].screen);
		is_str(screen(s, screens[i].screen), screens[i].outcome, what);
		jz_scoring_free(s);
	}
}

int main(void)
{
	test_screens();
	test_known();
	test_scl_key();
	test_scl_indices();
	test_straight();
	test_critical();
	test_missing();
	return done_testing();
}

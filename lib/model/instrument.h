/*
 * Screening instruments: scoring keys as data, and scoring.
 *
 * A key is a YAML file that schemas/instrument.yaml describes; jz_instrument_get() finds it by id,
 * jz_instrument_load() reads a file. Everything in a loaded key is read-only and safe to share
 * between threads. Items are numbered from 1; scored ones come first, unscored ones behind them.
 *
 * Scores are kept as intervals of exact fractions: where answers are missing, `low` and `high` are
 * what the score would be in the lowest and the highest case (after reversal). A band stands when
 * both ends lie in it; otherwise it is not determinable, and the missing items must be asked.
 *
 * The rounding of a standard score is part of the key. Means are exact; two decimals are for
 * printing.
 */
#ifndef JZ_MODEL_INSTRUMENT_H
#define JZ_MODEL_INSTRUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/vec.h"
#include "lib/model/finding.h"
#include "lib/model/ratio.h"

/* A text in two languages; en may be NULL. */
struct jz_text {
	const char *zh;
	const char *en;
};
const char *jz_text(struct jz_text text); /* in the language of the messages; NULL: there is none */

struct jz_scale {
	const char *id; /* "1-5" */
	int min, max;
	const struct jz_text *anchors; /* max - min + 1 answers from min up; NULL: numbers only */
};
/* The label of an answer; NULL: none. */
const char *jz_scale_label(const struct jz_scale *scale, int value);

struct jz_item {
	unsigned number;
	bool scored;
	bool reversed;
	struct jz_text text;	      /* zh NULL: the text may not be shipped */
	const struct jz_scale *scale; /* of an unscored item; NULL: the scale of the answers */
};

enum jz_op { JZ_GE, JZ_GT, JZ_LE, JZ_LT };
const char *jz_op_sign(enum jz_op op); /* ">=" */

enum jz_score_kind { JZ_SUM, JZ_MEAN, JZ_COUNT, JZ_SCALED };
enum jz_rounding { JZ_ROUND_NONE, JZ_ROUND_DOWN, JZ_ROUND_HALF_UP };

struct jz_band {
	const char *id;
	struct jz_text label;
	struct jz_ratio from; /* inclusive; the band ends before the next one's from */
};

struct jz_score {
	const char *id;
	struct jz_text title;
	struct jz_text note;
	enum jz_score_kind kind;
	bool subscale;
	bool whole;		      /* only whole values: printed without decimals */
	const struct jz_scale *scale; /* only on this one; NULL: on all */
	const uint16_t *items;	      /* sorted; of a scaled score those of its source */
	size_t item_count;
	bool filtered; /* only items of which `op value` is true, after reversal */
	enum jz_op op;
	const int16_t *cuts; /* by item, parallel to items */
	const char *from;    /* scaled: id of the source */
	struct jz_ratio factor;
	enum jz_rounding rounding;
	const struct jz_band *bands;
	size_t band_count;
};

struct jz_condition {
	const char *score; /* id; NULL: any subscale */
	enum jz_op op;
	struct jz_ratio cut;
	const struct jz_scale *scale; /* only on this one; NULL: on all */
};

struct jz_screen {
	const char *id;
	struct jz_text title;
	struct jz_text positive; /* what a positive result means */
	struct jz_text note;
	bool all; /* all conditions, not any */
	const struct jz_condition *conditions;
	size_t condition_count;
};

enum jz_duty { JZ_DUTY_WATCH, JZ_DUTY_ALERT };

/* An answer that must be acted on whatever the total (5.3.3). Compared with the answer as given. */
struct jz_critical {
	unsigned item;
	enum jz_op op;
	int value;
	const struct jz_scale *scale;
	enum jz_duty
		duty; /* JZ_DUTY_ALERT: report at once, or have it ruled out by a professional */
	struct jz_text means;
};

/* Judged once five scored items and half of them are answered. */
enum jz_validity_kind { JZ_STRAIGHT_LINE, JZ_NO_LOWEST };
struct jz_validity {
	enum jz_validity_kind kind;
	bool invalidates; /* false: only flags */
	bool except_lowest;
	const struct jz_scale *scale;
	struct jz_text note;
};
const char *jz_validity_word(enum jz_validity_kind kind); /* "straight-line" */

struct jz_provenance {
	const char *mark; /* V V2 C G O */
	struct jz_text text;
};

struct jz_instrument {
	struct jz_arena *arena;
	const char *id;
	const char *key_version;
	struct jz_text title, period, question;
	const char *licence; /* free, key-only, own */
	struct jz_text licence_note;
	const struct jz_provenance *provenance;
	size_t provenance_count;
	const struct jz_scale *scales;
	size_t scale_count;
	unsigned scored; /* items 1..scored count */
	unsigned asked;	 /* scored + unscored */
	const struct jz_item *items;
	const struct jz_score *scores; /* subscales first */
	size_t score_count;
	const struct jz_screen *screens;
	size_t screen_count;
	const struct jz_critical *critical;
	size_t critical_count;
	const struct jz_validity *validity;
	size_t validity_count;
};

/* The key of that id, from the program's instruments, then from the directory JZBF_INSTRUMENTS (an
 * office cannot shadow a shipped key). key_version NULL: the current one; another version is looked
 * for in ID@VERSION.yaml. Kept for the life of the process; do not free. Thread-safe. */
int jz_instrument_get(const char *id, const char *key_version, const struct jz_instrument **out,
		      struct jz_err *err);

/* Reads a key file, judges it by the schema and by what a schema cannot say. */
int jz_instrument_load(const char *path, struct jz_instrument **out, struct jz_err *err);

/* Builds a key from a tree that is valid by schemas/instrument.yaml; keeps nothing of the tree. All
 * faults become findings; JZ_E_INVALID if there were any. */
int jz_instrument_build(const struct jz_node *root, struct jz_findings *findings,
			struct jz_instrument **out);
void jz_instrument_free(struct jz_instrument *instrument);
JZ_DEFINE_AUTO(struct jz_instrument, jz_instrument_free)

/* The ids that jz_instrument_get() finds, sorted. */
void jz_instrument_list(struct jz_strs *ids);

const struct jz_item *jz_instrument_item(const struct jz_instrument *instrument, unsigned number);

/* The scale of that id; id NULL or "": the only one, or NULL where there are several. */
const struct jz_scale *jz_instrument_scale(const struct jz_instrument *instrument, const char *id);

/* The scale on which an item is answered. */
const struct jz_scale *jz_item_scale(const struct jz_item *item, const struct jz_scale *answers);

#define JZ_NO_ANSWER (-1)

/* One person's answers to one instrument: a secret, wiped on release. */
struct jz_answers {
	const struct jz_instrument *instrument;
	const struct jz_scale *scale;
	int16_t *values; /* by item - 1, JZ_NO_ANSWER where missing */
};

/* scale: as in jz_instrument_scale(); JZ_E_INVALID when it must be named. All are missing then. */
int jz_answers_init(struct jz_answers *answers, const struct jz_instrument *instrument,
		    const char *scale, struct jz_err *err);
void jz_answers_release(struct jz_answers *answers);

/* Sets one answer (JZ_NO_ANSWER takes it back). An unknown item or a value off the scale is
 * JZ_E_INVALID; the message names the item, never the value. */
int jz_answers_set(struct jz_answers *answers, unsigned item, long value, struct jz_err *err);

/* Takes {item: value, …} (null or absent: not answered) or a list of exactly as many values as
 * there are scored items or items. Plain scalars may be untyped. Every fault becomes a finding at
 * its position with pointer + "/ITEM"; JZ_E_INVALID if there were any. */
int jz_answers_read(struct jz_answers *answers, const struct jz_node *node, const char *pointer,
		    struct jz_findings *findings);

/* A document of answers: {instrument?, scale?, answers: …, x-…}, or the answers alone as a list or
 * a map. scale (may be NULL) is what the user said; where the document says it too, they must
 * agree. Every fault becomes a finding; what was right is in *out all the same (out->values NULL:
 * not even the scale was known), so that critical answers are seen whatever else is wrong. Release
 * *out. */
int jz_answers_read_document(const struct jz_instrument *instrument, const char *scale,
			     const struct jz_node *root, struct jz_answers *out,
			     struct jz_findings *findings);

enum jz_outcome { JZ_NEGATIVE, JZ_POSITIVE, JZ_UNDETERMINED };
const char *jz_outcome_word(enum jz_outcome outcome); /* "negative", "positive", "undetermined" */

struct jz_score_result {
	const struct jz_score *score;
	bool defined;	      /* false: a mean of no items */
	bool maybe_undefined; /* the missing answers could leave no item to take the mean of */
	struct jz_ratio low;  /* the score if nothing is missing: low == high */
	struct jz_ratio high;
	const struct jz_band *band; /* NULL: has no bands, or not determinable */
	unsigned missing;	    /* unanswered items that it depends on */
};

struct jz_screen_result {
	const struct jz_screen *screen;
	enum jz_outcome outcome;
};

struct jz_critical_hit {
	const struct jz_critical *critical;
	int answer; /* JZ_NO_ANSWER in the list of unanswered ones */
};

struct jz_scoring {
	const struct jz_instrument *instrument;
	const struct jz_scale *scale;
	bool invalid;	   /* a validity check forbids scoring: no scores, no screens */
	unsigned answered; /* of the scored items */
	uint16_t *missing; /* scored items without an answer, ascending */
	size_t missing_count;
	struct jz_score_result *scores; /* of this scale, in the key's order */
	size_t score_count;
	struct jz_screen_result *screens; /* those with a condition on this scale */
	size_t screen_count;
	struct jz_critical_hit *critical; /* hits, whatever else is missing or invalid */
	size_t critical_count;
	struct jz_critical_hit *unasked; /* critical items without an answer */
	size_t unasked_count;
	const struct jz_validity **flags; /* validity checks that struck */
	size_t flag_count;
	struct jz_arena *arena;
};

/* Scores the answers; cannot fail. The key must outlive the result. */
struct jz_scoring *jz_score(const struct jz_answers *answers);
void jz_scoring_free(struct jz_scoring *scoring); /* wipes */
JZ_DEFINE_AUTO(struct jz_scoring, jz_scoring_free)

const struct jz_score_result *jz_scoring_score(const struct jz_scoring *scoring, const char *id);

/* True if the item has no answer and one is needed: for a band or a screen that is not
 * determinable, or because it is critical. */
bool jz_scoring_must_ask(const struct jz_scoring *scoring, unsigned item);

/* What one condition of a screen comes to. */
enum jz_outcome jz_condition_outcome(const struct jz_scoring *scoring,
				     const struct jz_condition *condition);

/* True if a critical answer calls for a report at once (JZ_DUTY_ALERT). */
bool jz_scoring_alerts(const struct jz_scoring *scoring);

/* An assessment of a record in one step: {instrument, key_version, scale, answers}. Faults of the
 * answers become findings below pointer; a key that cannot be found fills err. */
int jz_score_assessment(const struct jz_node *assessment, const char *pointer,
			struct jz_findings *findings, struct jz_scoring **out, struct jz_err *err);

#endif

/* What the files of the instrument module share; nobody else includes it. */
#ifndef JZ_MODEL_INSTRUMENT_IMPL_H
#define JZ_MODEL_INSTRUMENT_IMPL_H

#include "lib/model/instrument.h"

/* A key being built: faults become findings and building goes on, so that all are told at once. */
struct jz_builder {
	struct jz_arena *arena;
	struct jz_instrument *key;
	struct jz_findings *findings;
};

/* Adds an error at node; path is copied. */
__attribute__((format(printf, 4, 5))) void jz_build_fault(struct jz_builder *b,
							  const struct jz_node *node,
							  const char *path, const char *fmt, ...);

char *jz_build_string(struct jz_builder *b, const struct jz_node *map, const char *name);
struct jz_text jz_build_text(struct jz_builder *b, const struct jz_node *node);

/* A whole number between min and max; otherwise a fault, and min. */
int jz_build_int(struct jz_builder *b, const struct jz_node *node, const char *path, int min,
		 int max);
enum jz_op jz_build_op(const struct jz_node *map);

/* The scale that map's "scale" names; NULL: none named, or unknown (a fault). */
const struct jz_scale *jz_build_scale(struct jz_builder *b, const struct jz_node *map,
				      const char *path);

/* Subscales, scores and screens; scales and items are there. */
void jz_build_scores(struct jz_builder *b, const struct jz_node *root);
void jz_build_screens(struct jz_builder *b, const struct jz_node *root);

bool jz_op_holds(enum jz_op op, int comparison); /* comparison: of the value with the cut */
struct jz_ratio jz_score_scaled(const struct jz_score *score, struct jz_ratio source);

/* True if what is limited to `limit` (NULL: all) counts on the scale. */
bool jz_on_scale(const struct jz_scale *limit, const struct jz_scale *scale);

/* Parts of a scoring, in this order; screens need the scores. */
void jz_find_critical(struct jz_scoring *scoring, const struct jz_answers *answers);
void jz_check_validity(struct jz_scoring *scoring, const struct jz_answers *answers);
void jz_screen_all(struct jz_scoring *scoring);

#endif

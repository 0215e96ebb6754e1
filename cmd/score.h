/* Printing a scoring: for people, and as JSON for scripts (jzbf/score/1, jzbf-score(1)). */
#ifndef JZ_CMD_SCORE_H
#define JZ_CMD_SCORE_H

#include <stdio.h>
#include "lib/model/finding.h"
#include "lib/model/instrument.h"

/* scoring NULL: not even the scale was known; findings with errors: the answers were refused, and
 * only the critical ones are printed. */
void jz_print_scoring(const struct jz_instrument *instrument, const struct jz_scoring *scoring,
		      const struct jz_findings *findings, bool provenance, FILE *to);
struct jz_node *jz_scoring_node(const struct jz_instrument *instrument,
				const struct jz_scoring *scoring,
				const struct jz_findings *findings, struct jz_arena *arena);
void jz_print_scoring_json(const struct jz_instrument *instrument, const struct jz_scoring *scoring,
			   const struct jz_findings *findings, FILE *to);

#endif

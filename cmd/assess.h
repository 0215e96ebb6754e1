/* assess: what its parts share. */
#ifndef JZ_CMD_ASSESS_H
#define JZ_CMD_ASSESS_H

#include "cmd/case-change.h"
#include "lib/model/instrument.h"

/* Asks item by item on the terminal (standard input and error): a value of the scale, b back,
 * s skip, ? help, q quit. JZ_E_FINDINGS with a message when the person quits: nothing is kept. */
int jz_assess_ask(struct jz_answers *answers, struct jz_err *err);

/* Prints a form for --answers. */
void jz_assess_form(const struct jz_instrument *instrument);

/* The tree {item: value or null} of answers as a record keeps it; unscored items only if answered.
 */
struct jz_node *jz_assess_node(struct jz_arena *arena, const struct jz_answers *answers);

/* One assessment a row, for many cases, by one commit. change->list is "assessments". */
int jz_assess_csv(struct jz_change *change, const struct jz_instrument *instrument,
		  const char *file, const char *encoding, struct jz_err *err);

/* What every assessment says without being told. mode: how it was taken, NULL: leave it open. */
void jz_assess_derive(struct jz_change *change, struct jz_work *work,
		      const struct jz_instrument *instrument, const char *mode);

#endif

/*
 * Made-up case files in realistic number, size and variety: the two full examples of tests/data, moved
 * to other days, told in other words, and cut off at today, so that a population has people in every
 * phase, some closed, some with follow-ups due. Number i of n is always the same case, and no two of
 * them have the same identity number (whose check character is right; nobody has these numbers: the
 * names say so).
 */
#ifndef BENCH_SYNTHETIC_H
#define BENCH_SYNTHETIC_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/vec.h"

struct synthetic {
	struct jz_arena *arena;
	const struct jz_node *adult; /* examples, typed by their schema */
	const struct jz_node *minor;
	struct jz_strs staff; /* who the cases are assigned to, in turn */
	size_t count;	      /* of the whole population */
};

/* dir: where case-full.yaml and case-minor.yaml are. */
int synthetic_init(struct synthetic *synthetic, const char *dir, size_t count, struct jz_err *err);
void synthetic_release(struct synthetic *synthetic);

/* Case i of the population, ready for jz_txn_put(); its years do not fall as i grows. */
struct jz_node *synthetic_case(const struct synthetic *synthetic, struct jz_arena *arena, size_t i);
int synthetic_year(const struct jz_node *root); /* in which the person came */

#endif

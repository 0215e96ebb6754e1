/* A scoring as JSON; words and numbers only, never translated. */
#include "cmd/score.h"

#include "cmd/out.h"
#include "lib/base/mem.h"

static void set_text(struct jz_arena *arena, struct jz_node *map, const char *key, const char *text)
{
	jz_map_set(arena, map, key, text ? jz_node_string(arena, text) : jz_node_null(arena));
}

static void set_int(struct jz_arena *arena, struct jz_node *map, const char *key, int64_t value)
{
	jz_map_set(arena, map, key, jz_node_int(arena, value));
}

static void set_ratio(struct jz_arena *arena, struct jz_node *map, const char *key,
		      const struct jz_ratio *value, bool whole)
{
	char digits[48];

	if (!value) {
		jz_map_set(arena, map, key, jz_node_null(arena));
		return;
	}
	jz_ratio_format(*value, whole, digits, sizeof(digits));
	jz_map_set(arena, map, key, jz_node_number(arena, digits, strlen(digits)));
}

static struct jz_node *scores(const struct jz_scoring *scoring, struct jz_arena *arena)
{
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < scoring->score_count; i++) {
		const struct jz_score_result *r = &scoring->scores[i];
		struct jz_node *map = jz_node_map(arena);
		bool exact =
			r->defined && !r->maybe_undefined && jz_ratio_cmp(r->low, r->high) == 0;

		set_text(arena, map, "id", r->score->id);
		jz_map_set(arena, map, "subscale", jz_node_bool(arena, r->score->subscale));
		set_ratio(arena, map, "value", exact ? &r->low : NULL, r->score->whole);
		set_ratio(arena, map, "low", r->defined ? &r->low : NULL, r->score->whole);
		set_ratio(arena, map, "high", r->defined ? &r->high : NULL, r->score->whole);
		set_text(arena, map, "band", r->band ? r->band->id : NULL);
		jz_map_set(arena, map, "determinable",
			   jz_node_bool(arena, r->score->band_count ? r->band != NULL : exact));
		jz_seq_push(arena, list, map);
	}
	return list;
}

static struct jz_node *conditions(const struct jz_scoring *scoring, const struct jz_screen *screen,
				  struct jz_arena *arena)
{
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < screen->condition_count; i++) {
		const struct jz_condition *c = &screen->conditions[i];
		struct jz_node *map;

		if (c->scale && c->scale != scoring->scale)
			continue;
		map = jz_node_map(arena);
		set_text(arena, map, "score", c->score);
		jz_map_set(arena, map, "any_subscale", jz_node_bool(arena, !c->score));
		set_text(arena, map, "op", jz_op_sign(c->op));
		set_ratio(arena, map, "cut", &c->cut, c->cut.den == 1);
		set_text(arena, map, "result", jz_outcome_word(jz_condition_outcome(scoring, c)));
		jz_seq_push(arena, list, map);
	}
	return list;
}

static struct jz_node *screens(const struct jz_scoring *scoring, struct jz_arena *arena)
{
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < scoring->screen_count; i++) {
		const struct jz_screen *screen = scoring->screens[i].screen;
		struct jz_node *map = jz_node_map(arena);

		set_text(arena, map, "id", screen->id);
		set_text(arena, map, "result", jz_outcome_word(scoring->screens[i].outcome));
		set_text(arena, map, "combine", screen->all ? "all" : "any");
		jz_map_set(arena, map, "conditions", conditions(scoring, screen, arena));
		jz_seq_push(arena, list, map);
	}
	return list;
}

static struct jz_node *critical(const struct jz_critical_hit *hits, size_t count,
				struct jz_arena *arena)
{
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < count; i++) {
		const struct jz_critical *c = hits[i].critical;
		struct jz_node *map = jz_node_map(arena);

		set_int(arena, map, "item", c->item);
		if (hits[i].answer != JZ_NO_ANSWER)
			set_int(arena, map, "answer", hits[i].answer);
		set_text(arena, map, "op", jz_op_sign(c->op));
		set_int(arena, map, "cut", c->value);
		set_text(arena, map, "duty", c->duty == JZ_DUTY_ALERT ? "alert" : "watch");
		set_text(arena, map, "clause", "5.3.3");
		jz_seq_push(arena, list, map);
	}
	return list;
}

static struct jz_node *validity(const struct jz_scoring *scoring, struct jz_arena *arena)
{
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < scoring->flag_count; i++) {
		struct jz_node *map = jz_node_map(arena);

		set_text(arena, map, "check", jz_validity_word(scoring->flags[i]->kind));
		set_text(arena, map, "effect", scoring->flags[i]->invalidates ? "invalid" : "flag");
		jz_seq_push(arena, list, map);
	}
	return list;
}

static void set_result(const struct jz_scoring *scoring, struct jz_arena *arena,
		       struct jz_node *root)
{
	struct jz_node *missing = jz_node_seq(arena);
	struct jz_node *ask = jz_node_seq(arena);

	for (size_t i = 0; i < scoring->missing_count; i++)
		jz_seq_push(arena, missing, jz_node_int(arena, scoring->missing[i]));
	for (unsigned item = 1; item <= scoring->instrument->asked; item++)
		if (jz_scoring_must_ask(scoring, item))
			jz_seq_push(arena, ask, jz_node_int(arena, item));
	set_int(arena, root, "items", scoring->instrument->scored);
	set_int(arena, root, "answered", scoring->answered);
	jz_map_set(arena, root, "missing", missing);
	jz_map_set(arena, root, "ask", ask);
	jz_map_set(arena, root, "scores", scores(scoring, arena));
	jz_map_set(arena, root, "screens", screens(scoring, arena));
	jz_map_set(arena, root, "validity", validity(scoring, arena));
}

struct jz_node *jz_scoring_node(const struct jz_instrument *instrument,
				const struct jz_scoring *scoring,
				const struct jz_findings *findings, struct jz_arena *arena)
{
	struct jz_node *root = jz_node_map(arena);
	bool refused = findings->errors;

	set_text(arena, root, "format", "jzbf/score/1");
	set_text(arena, root, "instrument", instrument->id);
	set_text(arena, root, "key_version", instrument->key_version);
	set_text(arena, root, "scale", scoring ? scoring->scale->id : NULL);
	set_text(arena, root, "status",
		 refused		  ? "refused"
		 : scoring->invalid	  ? "invalid"
		 : scoring->missing_count ? "incomplete"
					  : "complete");
	if (!refused)
		set_result(scoring, arena, root);
	if (scoring) {
		jz_map_set(arena, root, "critical",
			   critical(scoring->critical, scoring->critical_count, arena));
		jz_map_set(arena, root, "critical_unanswered",
			   critical(scoring->unasked, scoring->unasked_count, arena));
	}
	if (refused)
		jz_map_set(arena, root, "findings",
			   jz_map_get(jz_findings_node(findings, arena), "findings"));
	return root;
}

void jz_print_scoring_json(const struct jz_instrument *instrument, const struct jz_scoring *scoring,
			   const struct jz_findings *findings, FILE *to)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();

	jz_print_json(jz_scoring_node(instrument, scoring, findings, arena), to);
}

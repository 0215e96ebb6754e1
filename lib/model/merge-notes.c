/* Comments in a merge. */
#include "lib/base/vec.h"
#include "lib/model/merge-impl.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The lines of both, the smaller text first; a line that stands in both only once. */
static const char *join(struct jz_arena *arena, const char *a, const char *b, const char *glue)
{
	const char *first = strcmp(a, b) < 0 ? a : b, *second = first == a ? b : a;
	jz_cleanup(jz_strs_release) struct jz_strs there = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs more = JZ_STRS_INIT;
	const char *out = first;

	jz_strs_split(&there, first, '\n');
	jz_strs_split(&more, second, '\n');
	for (size_t i = 0; i < more.len; i++)
		if (!jz_strs_has(&there, more.items[i]))
			out = jz_arena_printf(arena, "%s%s%s", out, glue, more.items[i]);
	return out;
}

static const char *note(struct jz_arena *arena, const char *base, const char *ours,
			const char *theirs, const char *glue)
{
	if (same_text(ours, theirs) || same_text(base, theirs))
		return ours;
	if (same_text(base, ours))
		return theirs;
	return ours && theirs ? join(arena, ours, theirs, glue) : ours ? ours : theirs;
}

void jz_merge_notes(struct jz_arena *arena, struct jz_node *node, const struct jz_three *three)
{
	static const struct jz_notes none;
	const struct jz_notes *b = three->base && three->base->notes ? three->base->notes : &none;
	const struct jz_notes *o = three->ours && three->ours->notes ? three->ours->notes : &none;
	const struct jz_notes *t =
		three->theirs && three->theirs->notes ? three->theirs->notes : &none;
	struct jz_notes notes = {.head = note(arena, b->head, o->head, t->head, "\n"),
				 .line = note(arena, b->line, o->line, t->line, ";"),
				 .foot = note(arena, b->foot, o->foot, t->foot, "\n")};

	if (!notes.head && !notes.line && !notes.foot) {
		node->notes = NULL;
		return;
	}
	node->notes = jz_arena_alloc(arena, sizeof(*node->notes));
	node->notes->head = notes.head ? jz_arena_strdup(arena, notes.head) : NULL;
	node->notes->line = notes.line ? jz_arena_strdup(arena, notes.line) : NULL;
	node->notes->foot = notes.foot ? jz_arena_strdup(arena, notes.foot) : NULL;
}

/* NULL where there are only empty lines. */
static const char *words(const char *text)
{
	return text && text[strspn(text, "\f\n")] ? text : NULL;
}

static bool same_notes(const struct jz_notes *a, const struct jz_notes *b)
{
	static const struct jz_notes none;

	a = a ? a : &none;
	b = b ? b : &none;
	return same_text(words(a->head), words(b->head)) &&
	       same_text(words(a->line), words(b->line)) &&
	       same_text(words(a->foot), words(b->foot));
}

/* Of equal values. */
static bool same_below(const struct jz_node *a, const struct jz_node *b)
{
	bool same = same_notes(a->notes, b->notes);

	for (uint32_t i = 0; same && a->kind == JZ_SEQ && i < a->len; i++)
		same = same_below(a->items[i], b->items[i]);
	for (uint32_t i = 0; same && a->kind == JZ_MAP && i < a->len; i++)
		same = same_below(a->pairs[i].value,
				  jz_map_getn(b, a->pairs[i].key, a->pairs[i].key_len));
	return same;
}

bool jz_merge_same(const struct jz_node *a, const struct jz_node *b)
{
	if (!a || !b)
		return a == b;
	return jz_node_equal(a, b) && same_below(a, b);
}

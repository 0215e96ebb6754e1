/* The comments of a YAML source: libyaml drops them, so they are read from between its events. */
#include "lib/port/yaml-impl.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/port/yaml.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

static void wait_for_node(struct jz_gaps *gaps, struct jz_waiting line)
{
	if (gaps->len == gaps->cap) {
		gaps->cap = gaps->cap ? gaps->cap * 2 : 16;
		gaps->waiting = jz_xrealloc(gaps->waiting, gaps->cap * sizeof(*gaps->waiting));
	}
	gaps->waiting[gaps->len++] = line;
}

static void empty_line(struct jz_gaps *gaps)
{
	if (gaps->len == gaps->split || gaps->waiting[gaps->len - 1].text)
		wait_for_node(gaps, (struct jz_waiting){NULL, 0, 0});
}

/* The comment at `at` up to the end of its line, blanks at its end cut off. */
static struct jz_waiting comment(struct jz_gaps *gaps, const char *at, const char *to,
				 const char **next)
{
	struct jz_waiting line = {.text = ++at};

	while (at < to && !is_break(*at))
		at++;
	*next = at;
	while (at > line.text && is_blank(at[-1]))
		at--;
	line.len = (uint32_t)(at - line.text);
	gaps->count++;
	return line;
}

static void line_comment(struct jz_gaps *gaps, struct jz_waiting line, bool ahead)
{
	const char **place = ahead ? &gaps->ahead : &gaps->behind;

	if (*place)
		wait_for_node(gaps, line);
	else
		*place = jz_arena_strndup(gaps->arena, line.text, line.len);
}

const char *jz_gap_scan(struct jz_gaps *gaps, const char *from, const char *to,
			struct jz_gap_place place)
{
	const char *at = from, *line_start = from;
	bool fresh =
		from == gaps->source || is_break(from[-1]); /* only blanks on this line so far */
	bool inside = from > gaps->source || gaps->len;	    /* not at the start of the source */
	bool ahead = place.ahead;

	while (at < to && gaps->count <= JZ_YAML_MAX_NODES) {
		if (is_blank(*at)) {
			at++;
		} else if (is_break(*at)) {
			if (fresh && inside)
				empty_line(gaps);
			at += *at == '\r' && at + 1 < to && at[1] == '\n' ? 2 : 1;
			line_start = at;
			fresh = true;
			ahead = place.ahead;
		} else if (*at == '#') {
			struct jz_waiting line;
			const char *start = at;

			if (at > gaps->source && !is_blank(at[-1]) && !is_break(at[-1]))
				return at;
			line = comment(gaps, at, to, &at);
			line.column = (uint32_t)(start - line_start);
			if (fresh)
				wait_for_node(gaps, line);
			else
				line_comment(gaps, line, ahead);
			fresh = false;
			inside = true;
		} else {
			if (*at == '-' && place.in_seq)
				gaps->split = gaps->len;
			ahead = *at != ',';
			fresh = false;
			inside = true;
			at++;
		}
	}
	return NULL;
}

void jz_gap_scan_header(struct jz_gaps *gaps, const char *from, const char *to)
{
	while (from < to && !is_break(*from) && *from != '#')
		from++;
	if (from < to && *from == '#')
		line_comment(gaps, comment(gaps, from, to, &from), false);
}

void jz_gap_scan_tail(struct jz_gaps *gaps, const char *from, const char *to)
{
	const char *header = from;
	const char *end = to;
	int breaks = 0;

	while (header < to && !is_break(*header) && *header != '#')
		if (*header++ == '+')
			return; /* chomping "keep": the empty lines are content */
	while (to > from && (is_blank(to[-1]) || is_break(to[-1]))) {
		to--;
		breaks += *to == '\n' || (*to == '\r' && (to + 1 == end || to[1] != '\n'));
	}
	if (breaks > 1)
		empty_line(gaps);
}

const char *jz_gap_take(struct jz_gaps *gaps, size_t n)
{
	size_t size = 0;
	char *text, *at;

	if (!n)
		return NULL;
	for (size_t i = 0; i < n; i++)
		size += 2 + gaps->waiting[i].len;
	text = at = jz_arena_alloc(gaps->arena, size);
	for (size_t i = 0; i < n; i++) {
		const struct jz_waiting *line = &gaps->waiting[i];

		if (i)
			*at++ = '\n';
		if (line->text) {
			memcpy(at, line->text, line->len);
			at += line->len;
		} else {
			*at++ = '\f';
		}
	}
	*at = '\0';
	gaps->len -= n;
	memmove(gaps->waiting, gaps->waiting + n, gaps->len * sizeof(*gaps->waiting));
	gaps->split = gaps->split > n ? gaps->split - n : 0;
	return text;
}

size_t jz_gap_foot(const struct jz_gaps *gaps, uint32_t column)
{
	size_t n = 0;

	for (size_t i = 0; i < gaps->len; i++) {
		if (!gaps->waiting[i].text)
			continue;
		if (gaps->waiting[i].column < column)
			break;
		n = i + 1;
	}
	return n;
}

static const char *join(struct jz_arena *arena, const char *old, const char *text)
{
	return old ? jz_arena_printf(arena, "%s\n%s", old, text) : text;
}

static struct jz_notes *notes_of(struct jz_arena *arena, struct jz_node *node)
{
	if (!node->notes)
		node->notes = jz_arena_alloc(arena, sizeof(*node->notes));
	return node->notes;
}

void jz_note_head(struct jz_arena *arena, struct jz_node *node, const char *text)
{
	if (text)
		notes_of(arena, node)->head = join(arena, notes_of(arena, node)->head, text);
}

void jz_note_line(struct jz_arena *arena, struct jz_node *node, const char *text)
{
	if (!text)
		return;
	if (notes_of(arena, node)->line)
		jz_note_head(arena, node, text);
	else
		node->notes->line = text;
}

void jz_note_foot(struct jz_arena *arena, struct jz_node *node, const char *text)
{
	if (text)
		notes_of(arena, node)->foot = join(arena, notes_of(arena, node)->foot, text);
}

/*
 * Shared by the parts of the YAML port alone: the check of raw text, the comments between events,
 * and what the writer must know of scalars. No vendor type here.
 */
#ifndef JZ_PORT_YAML_IMPL_H
#define JZ_PORT_YAML_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

/* Refuses invalid UTF-8, NUL, control characters, and the raw separators U+0085, U+2028, U+2029,
 * where YAML 1.1 and 1.2 disagree on what a line is. *ascii: nothing but ASCII in it. */
int jz_yaml_check_text(const char *text, size_t len, bool *ascii, struct jz_err *err);

/* The fast way for text that was checked and that our own writer may have written: the tree that
 * jz_yaml_read_events() makes of it, or NULL for anything out of the ordinary. */
struct jz_node *jz_yaml_read_block(struct jz_arena *arena, const char *text, size_t len);

/* Any YAML, by libyaml; text that was checked. */
int jz_yaml_read_events(struct jz_arena *arena, const char *text, size_t len, bool ascii,
			struct jz_node **out, struct jz_err *err);

/* Frees the small blocks that the allocator (yaml-mem.c) kept while a document was read. */
void jz_yaml_mem_done(void);

/* A whole-line comment, or an empty line, that waits for the node that it belongs to. */
struct jz_waiting {
	const char *text; /* NULL: an empty line */
	uint32_t len;
	uint32_t column; /* 0-based */
};

/* What the gap between two events of the parser held. */
struct jz_gaps {
	struct jz_arena *arena;
	const char *source, *source_end;
	struct jz_waiting *waiting;
	size_t len, cap;
	size_t split;	   /* waiting[0..split) stand before the "-" of the coming item */
	const char *ahead; /* comment behind an indicator: for the coming node's line; NULL: none */
	const char *behind; /* comment behind a finished value, for its line; NULL: none */
	size_t count;	    /* comments so far */
};

/* Where a scan stands. */
struct jz_gap_place {
	bool in_seq; /* the innermost collection is a block sequence: "-" starts an item */
	bool ahead;  /* a comment on the line of the event before belongs to the coming node */
};

/* Reads the comments in source[from..to). Returns NULL, or where a comment is not set off by a
 * blank. Consecutive empty lines become one; those at the start of the source are dropped. Stops
 * when there are more than JZ_YAML_MAX_NODES comments. */
const char *jz_gap_scan(struct jz_gaps *gaps, const char *from, const char *to,
			struct jz_gap_place place);

/* The comment in the header of a block scalar that starts at `from`; sets gaps->behind. */
void jz_gap_scan_header(struct jz_gaps *gaps, const char *from, const char *to);

/* An empty line that the parser counted to the block scalar that ends at `to`. */
void jz_gap_scan_tail(struct jz_gaps *gaps, const char *from, const char *to);

/* Takes the first n waiting lines away and joins them as struct jz_notes does; NULL if there are
 * none. */
const char *jz_gap_take(struct jz_gaps *gaps, size_t n);

/* How many of the waiting lines belong to the foot of a block collection in that column: those up
 * to the last comment that is indented at least as far, without a shallower one before it. */
size_t jz_gap_foot(const struct jz_gaps *gaps, uint32_t column);

/* Adds text to one of a node's three notes, behind what is there. */
void jz_note_head(struct jz_arena *arena, struct jz_node *node, const char *text);
void jz_note_line(struct jz_arena *arena, struct jz_node *node, const char *text);
void jz_note_foot(struct jz_arena *arena, struct jz_node *node, const char *text);

/* The parser's reason for a refusal, translated; NULL gives a general one. */
const char *jz_yaml_problem(const char *problem);

/* How a scalar is written. */
enum jz_style { JZ_STYLE_PLAIN, JZ_STYLE_QUOTED, JZ_STYLE_LITERAL };

/* The style of a string that must read back as a string; key: literal blocks cannot be keys. */
enum jz_style jz_yaml_style(const char *text, size_t len, bool key);

/* True if the text can stand as an untyped plain scalar in a block collection. */
bool jz_yaml_is_plain(const char *text, size_t len);

void jz_yaml_quote(const char *text, size_t len, struct jz_buf *out); /* "…" */

#endif

/*
 * The fast way to read what our own writer wrote, and the program's own schemas: block collections,
 * two columns a level, collections in brackets on one line, and no comments. Whatever is not
 * plainly that is left to libyaml, which also finds the words for what is wrong; so this may give
 * up, but must never read anything that libyaml reads otherwise.
 */
#include "lib/port/yaml-impl.h"

#include <string.h>

#include "lib/port/tree.h"
#include "lib/port/yaml.h"

#define STEP	2   /* columns a level */
#define MAX_KEY 128 /* bytes; libyaml takes 1,024 characters */
#define EVENTS	3   /* of libyaml that a value may cost: its key, it, its end */

struct block {
	char *at, *end; /* our own copy, in which the nodes keep their text */
	char *line_start;
	const char *mark; /* on this line, in a column that is known */
	uint32_t mark_column;
	uint32_t line; /* 1-based */
	uint32_t depth;
	uint32_t flow; /* brackets around us */
	size_t count;
	struct jz_arena *arena;
	struct jz_entries entries;
};

/* A scalar as it stands in the copy. */
struct word {
	char *text;
	size_t len;
	uint32_t line;
	uint32_t column;
	bool plain;
};

static struct jz_node *read_value(struct block *b, size_t indent);
static struct jz_node *read_item(struct block *b, size_t indent);
static struct jz_node *read_flow(struct block *b);

static void next_line(struct block *b)
{
	b->at++;
	b->line++;
	b->line_start = b->at;
	b->mark = b->at;
	b->mark_column = 1;
}

/* Blanks before the first character of the line; an empty line, and the end, have none to offer. */
static bool indentation(const struct block *b, size_t *out)
{
	const char *at = b->line_start;

	while (*at == ' ')
		at++;
	*out = (size_t)(at - b->line_start);
	return at < b->end && *at != '\n';
}

/* The column of what stands at `at` now; it only goes ahead on a line. */
static uint32_t column_here(struct block *b)
{
	for (; b->mark < b->at; b->mark++)
		b->mark_column += ((unsigned char)*b->mark & 0xC0) != 0x80;
	return b->mark_column;
}

/* Goes behind blanks. */
static void skip(struct block *b, size_t blanks)
{
	b->at += blanks;
	if (b->mark == b->at - blanks) {
		b->mark = b->at;
		b->mark_column += (uint32_t)blanks;
	}
}

static struct jz_node *new_node(struct block *b, enum jz_kind kind, const struct word *word)
{
	struct jz_node *node;

	if (++b->count > JZ_YAML_MAX_NODES / EVENTS - EVENTS)
		return NULL;
	node = jz_arena_alloc(b->arena, sizeof(*node));
	node->kind = (uint8_t)kind;
	node->line = word->line;
	node->column = word->column;
	if (kind == JZ_STRING) {
		node->text = word->text;
		node->len = (uint32_t)word->len;
		node->plain = word->plain;
	}
	return node;
}

/* ---- scalars ---- */

/* A text in double quotes with the escapes that are common; at stands behind it then. */
static bool read_quoted(struct block *b, struct word *word)
{
	char *to = b->at + 1, *from = to;

	word->text = to;
	word->plain = false;
	for (; *from != '"'; from++) {
		if ((unsigned char)*from < ' ')
			return false;
		if (*from == '\\') {
			from++;
			if (*from != '"' && *from != '\\' && *from != 'n')
				return false;
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			*to++ = *from;
		}
	}
	word->len = (size_t)(to - word->text);
	b->at = from + 1;
	return true;
}

/* What may end a plain text, or must not be in it; what it cannot begin with; the former in
 * brackets. */
enum { INSIDE = 1, FIRST = 2, FLOW = 4 };
static const unsigned char odd_in_plain[256] = {
	[0 ... 31] = INSIDE | FIRST,
	[' '] = FIRST,
	[':'] = INSIDE | FIRST,
	['#'] = INSIDE | FIRST,
	['-'] = FIRST,
	['?'] = FIRST | FLOW,
	[','] = FIRST | FLOW,
	['['] = FIRST | FLOW,
	[']'] = FIRST | FLOW,
	['{'] = FIRST | FLOW,
	['}'] = FIRST | FLOW,
	['&'] = FIRST,
	['*'] = FIRST,
	['!'] = FIRST,
	['|'] = FIRST,
	['>'] = FIRST,
	['\''] = FIRST,
	['"'] = FIRST,
	['%'] = FIRST,
	['@'] = FIRST,
	['`'] = FIRST,
	['.'] = FIRST,
};

/* A text in single quotes, in which two stand for one. */
static bool read_single(struct block *b, struct word *word)
{
	char *to = b->at + 1, *from = to;

	word->text = to;
	word->plain = false;
	while ((unsigned char)*b->at >= ' ' && (*++b->at != '\'' || b->at[1] == '\''))
		b->at += *b->at == '\'';
	if (*b->at != '\'')
		return false;
	column_here(b); /* before the text moves */
	while (from < b->at) {
		from += *from == '\'';
		*to++ = *from++;
	}
	word->len = (size_t)(to - word->text);
	b->at++;
	return true;
}

/* Does this character end a text? */
static bool is_end(const struct block *b, char c)
{
	return b->flow ? c == ',' || c == ']' || c == '}' : c == '\n';
}

/* A plain text up to the end of the line, or up to the ":" of a key; in brackets also up to what
 * ends an entry. */
static bool read_plain(struct block *b, struct word *word, bool *key)
{
	unsigned char odd = b->flow ? INSIDE | FLOW : INSIDE;
	char *c = b->at;

	word->text = c;
	word->plain = true;
	if (odd_in_plain[(unsigned char)*c] & FIRST)
		return false;
	for (*key = false;; c++) {
		if (!(odd_in_plain[(unsigned char)*c] & odd))
			continue;
		if (*c == '\n')
			break;
		if ((unsigned char)*c < ' ')
			return false;
		if (*c == ':' && (c[1] == ' ' || c[1] == '\n')) {
			*key = true;
			break;
		}
		if (*c == '#' && (b->flow || c[-1] == ' '))
			return false;
		if (is_end(b, *c))
			break;
		if (b->flow)
			return false;
	}
	word->len = (size_t)(c - word->text);
	b->at = c;
	return c[-1] != ' ';
}

/* A scalar on one line, or a key; at stands at the end of the line or entry, or at the ":". */
static bool read_word(struct block *b, struct word *word, bool *key)
{
	word->line = b->line;
	word->column = column_here(b);
	if (*b->at != '"' && *b->at != '\'')
		return read_plain(b, word, key);
	if (!(*b->at == '"' ? read_quoted(b, word) : read_single(b, word)))
		return false;
	*key = *b->at == ':' && (b->at[1] == ' ' || b->at[1] == '\n');
	if (!*key && !is_end(b, *b->at))
		return false;
	/* Behind escapes in double quotes the line does not stand where it stood. */
	return word->text[-1] == '\'' || word->text + word->len + 1 == b->at || (!*key && !b->flow);
}

/* Ends the text where its delimiter stood, and goes to the next line. */
static void end_word(struct block *b, const struct word *word)
{
	word->text[word->len] = '\0';
	next_line(b);
}

/* The lines of a literal text, each of them indented or empty, moved together. */
static struct jz_node *read_literal(struct block *b, size_t indent)
{
	struct word word = {.line = b->line, .column = column_here(b)};
	char *to = b->at, *lines;
	bool strip = b->at[1] == '-', keep = b->at[1] == '+';
	size_t blanks;

	b->at += 1 + (strip || keep);
	if (*b->at != '\n')
		return NULL;
	next_line(b);
	lines = b->at;
	word.text = to;
	if (!indentation(b, &blanks) || blanks != indent)
		return NULL;
	while (b->at < b->end) {
		char *stop = memchr(b->at, '\n', (size_t)(b->end - b->at));

		if (indentation(b, &blanks)) {
			if (blanks < indent)
				break;
			b->at += indent;
		} else if (blanks) {
			return NULL; /* nothing but blanks */
		}
		for (const char *c = b->at; c < stop; c++)
			if ((unsigned char)*c < ' ')
				return NULL;
		memmove(to, b->at, (size_t)(stop - b->at) + 1);
		to += stop - b->at + 1;
		b->at = stop;
		next_line(b);
	}
	if (!keep && b->at - lines > 1 && b->at[-2] == '\n')
		return NULL; /* libyaml drops empty lines at the end, and they are a note */
	word.len = (size_t)(to - word.text) - strip;
	word.text[word.len] = '\0';
	return new_node(b, JZ_STRING, &word);
}

/* ---- collections ---- */

static struct jz_node *close_collection(struct block *b, struct jz_node *node, size_t base)
{
	b->depth--;
	return jz_entries_close(&b->entries, base, b->arena, node) ? NULL : node;
}

/* One entry between brackets: a scalar or another collection, behind a key in a map. */
static bool read_entry(struct block *b, struct jz_pair *pair, bool map)
{
	struct word word;
	bool key;

	if (map) {
		if (!read_word(b, &word, &key) || !key || b->at[1] != ' ' || word.len > MAX_KEY)
			return false;
		b->at += 2;
		word.text[word.len] = '\0';
		*pair = (struct jz_pair){.key = word.text,
					 .key_len = (uint32_t)word.len,
					 .line = word.line,
					 .column = word.column};
	}
	if (*b->at == '[' || *b->at == '{') {
		pair->value = read_flow(b);
		return pair->value && is_end(b, *b->at);
	}
	if (!read_word(b, &word, &key) || key)
		return false;
	pair->value = new_node(b, JZ_STRING, &word);
	return pair->value;
}

/* A collection in brackets on one line; at stands behind it then. */
static struct jz_node *read_flow(struct block *b)
{
	struct word word = {.line = b->line, .column = column_here(b)};
	char close = *b->at == '{' ? '}' : ']';
	struct jz_node *node = new_node(b, close == '}' ? JZ_MAP : JZ_SEQ, &word);
	size_t base = b->entries.len;
	bool ends = b->at[1] == close;

	if (!node || ++b->depth > JZ_YAML_MAX_DEPTH)
		return NULL;
	b->flow++;
	for (b->at++; !ends; b->at += ends ? 0 : 2) {
		struct jz_pair pair = {.key = NULL};

		if (!read_entry(b, &pair, close == '}'))
			return NULL;
		ends = *b->at == close;
		if (!ends && (*b->at != ',' || b->at[1] != ' '))
			return NULL;
		jz_entries_push(&b->entries, &pair);
		if (pair.value->kind == JZ_STRING) /* where its delimiter stood */
			((char *)pair.value->text)[pair.value->len] = '\0';
	}
	b->at++;
	b->flow--;
	return close_collection(b, node, base);
}

/* The same at the end of a line. */
static struct jz_node *read_brackets(struct block *b)
{
	struct jz_node *node = read_flow(b);

	if (!node || *b->at != '\n')
		return NULL;
	next_line(b);
	return node;
}

/* What stands behind the ":" of a key. */
static struct jz_node *read_value(struct block *b, size_t indent)
{
	struct word word;
	size_t blanks;
	bool key;

	if (*b->at == '\n') {
		next_line(b);
		if (!indentation(b, &blanks) || blanks != indent + STEP)
			return NULL;
		skip(b, blanks);
		return read_item(b, blanks);
	}
	b->at++;
	if (*b->at == '|')
		return read_literal(b, indent + STEP);
	if (*b->at == '[' || *b->at == '{')
		return read_brackets(b);
	if (!read_word(b, &word, &key) || key)
		return NULL;
	end_word(b, &word);
	return new_node(b, JZ_STRING, &word);
}

/* More entries in this column? at goes behind the indentation then. -1: this is not for us. */
static int more(struct block *b, size_t indent)
{
	size_t blanks;

	if (b->at == b->end)
		return 0;
	if (!indentation(b, &blanks) || blanks > indent)
		return -1;
	if (blanks < indent)
		return 0;
	skip(b, blanks);
	return 1;
}

/* at stands behind the first key, at its ":". */
static struct jz_node *read_map(struct block *b, size_t indent, struct word first)
{
	struct jz_node *node = new_node(b, JZ_MAP, &first);
	size_t base = b->entries.len;
	int again = 1;

	if (!node || ++b->depth > JZ_YAML_MAX_DEPTH)
		return NULL;
	while (again > 0) {
		struct jz_pair pair = {.key = first.text,
				       .key_len = (uint32_t)first.len,
				       .line = first.line,
				       .column = first.column};
		bool key = true;

		if (first.len > MAX_KEY)
			return NULL;
		b->at++;
		first.text[first.len] = '\0';
		pair.value = read_value(b, indent);
		if (!pair.value)
			return NULL;
		jz_entries_push(&b->entries, &pair);
		again = more(b, indent);
		if (again < 0 || (again && (!read_word(b, &first, &key) || !key)))
			return NULL;
	}
	return close_collection(b, node, base);
}

/* at stands at the first "-". */
static struct jz_node *read_seq(struct block *b, size_t indent)
{
	struct word word = {.line = b->line, .column = column_here(b)};
	struct jz_node *node = new_node(b, JZ_SEQ, &word);
	size_t base = b->entries.len;
	int again = 1;

	if (!node || ++b->depth > JZ_YAML_MAX_DEPTH)
		return NULL;
	while (again > 0) {
		struct jz_pair item = {.key = NULL};

		if (b->at[0] != '-' || b->at[1] != ' ')
			return NULL;
		b->at += STEP;
		item.value = read_item(b, indent + STEP);
		if (!item.value)
			return NULL;
		jz_entries_push(&b->entries, &item);
		again = more(b, indent);
		if (again < 0)
			return NULL;
	}
	return close_collection(b, node, base);
}

/* A value that stands alone, behind the indentation or behind "- ". */
static struct jz_node *read_item(struct block *b, size_t indent)
{
	bool fresh = (size_t)(b->at - b->line_start) == indent && (!indent || b->at[-STEP] != '-');
	struct word word;
	bool key;

	if (*b->at == '-')
		return read_seq(b, indent);
	if (*b->at == '|')
		return fresh ? NULL : read_literal(b, indent);
	if (*b->at == '[' || *b->at == '{')
		return fresh ? NULL : read_brackets(b);
	if (!read_word(b, &word, &key))
		return NULL;
	if (key)
		return read_map(b, indent, word);
	if (fresh)
		return NULL; /* a text on a line of its own */
	end_word(b, &word);
	return new_node(b, JZ_STRING, &word);
}

struct jz_node *jz_yaml_read_block(struct jz_arena *arena, const char *text, size_t len)
{
	struct block b = {.arena = arena, .line = 1};
	struct jz_node *root = NULL;

	if (!len || text[len - 1] != '\n' || *text == '-')
		return NULL;
	b.at = b.line_start = jz_arena_strndup(arena, text, len);
	b.mark = b.at;
	b.mark_column = 1;
	b.end = b.at + len;
	root = read_item(&b, 0);
	if (b.at != b.end)
		root = NULL;
	jz_entries_release(&b.entries);
	return root;
}

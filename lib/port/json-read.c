#include "lib/port/json.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/port/encoding.h"
#include "lib/port/tree.h"

/* A collection that is still open. */
struct frame {
	struct jz_node *node;
	size_t base; /* its first entry in reader.entries */
	struct jz_pair key;
};

struct reader {
	struct jz_arena *arena;
	struct jz_err *err;
	const char *text, *end, *at;
	const char *counted; /* up to here line and column are known */
	unsigned line, column;
	struct frame frames[JZ_JSON_MAX_DEPTH];
	size_t depth;
	struct jz_entries entries;
	size_t count;
	struct jz_node *root;
};

/* Line and column of a place that is not before the last one asked for. */
static void locate(struct reader *r, const char *at)
{
	for (; r->counted < at; r->counted++) {
		if (*r->counted == '\n') {
			r->line++;
			r->column = 1;
		} else if (((unsigned char)*r->counted & 0xC0) != 0x80) {
			r->column++;
		}
	}
}

static int refuse(struct reader *r, const char *at, const char *why)
{
	unsigned line, column;

	jz_utf8_position(r->text, (size_t)(r->end - r->text), (size_t)(at - r->text), &line,
			 &column);
	return jz_fail_at(r->err, JZ_E_INVALID, line, column, "%s", why);
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end &&
	       (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
		r->at++;
}

static int hex4(const char *at, const char *end)
{
	int value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = at[i];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value * 16 + ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/* \uXXXX, with a second one if it is the first half of a pair; *at is at the "u". */
static int read_unicode(struct reader *r, const char **at, char **to)
{
	int high = hex4(*at + 1, r->end), low;
	uint32_t cp;

	if (high < 0)
		return refuse(r, *at - 1, _("not a valid escape"));
	cp = (uint32_t)high;
	if (cp >= 0xD800 && cp <= 0xDFFF) {
		low = r->end - *at > 6 && (*at)[5] == '\\' && (*at)[6] == 'u'
			      ? hex4(*at + 7, r->end)
			      : -1;
		if (cp > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
			return refuse(r, *at - 1, _("half of a surrogate pair"));
		cp = 0x10000 + ((cp - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
		*at += 6;
	}
	*at += 5;
	*to += jz_utf8_put(cp, *to);
	return 0;
}

static int read_escape(struct reader *r, const char **at, char **to)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	const char *found;

	++*at;
	if (*at == r->end)
		return refuse(r, *at, _("the text ends too early"));
	if (**at == 'u')
		return read_unicode(r, at, to);
	found = **at ? strchr(from, **at) : NULL;
	if (!found)
		return refuse(r, *at - 1, _("not a valid escape"));
	*(*to)++ = into[found - from];
	++*at;
	return 0;
}

/* The end of the string whose first byte is at r->at; NULL: there is none. */
static const char *string_end(const struct reader *r)
{
	const char *at = r->at;

	while (at < r->end && *at != '"')
		at += *at == '\\' ? 2 : 1;
	return at < r->end ? at : NULL;
}

/* Decodes a string; r->at is at its first quote and then behind its last. */
static int read_string(struct reader *r, const char **text, uint32_t *len)
{
	const char *stop, *at;
	char *start, *to;

	at = ++r->at;
	stop = string_end(r);
	if (!stop)
		return refuse(r, r->end, _("the text ends too early"));
	start = to = jz_arena_alloc(r->arena, (size_t)(stop - at) + 1);
	while (at < stop) {
		const char *run = at;

		while (at < stop && *at != '\\' && (unsigned char)*at >= 0x20)
			at++;
		memcpy(to, run, (size_t)(at - run));
		to += at - run;
		if (at < stop && *at != '\\')
			return refuse(r, at, _("a control character must be written as an escape"));
		if (at < stop) {
			int failed = read_escape(r, &at, &to);

			if (failed)
				return failed;
		}
	}
	*text = start;
	*len = (uint32_t)(to - start);
	r->at = stop + 1;
	return 0;
}

static struct jz_node *new_node(struct reader *r, enum jz_kind kind)
{
	struct jz_node *node = jz_arena_alloc(r->arena, sizeof(*node));

	locate(r, r->at);
	node->kind = (uint8_t)kind;
	node->line = r->line;
	node->column = r->column;
	return node;
}

static int read_number(struct reader *r, struct jz_node **out)
{
	const char *start = r->at;
	struct jz_node *node = new_node(r, JZ_NUMBER);

	while (r->at < r->end && ((*r->at >= '0' && *r->at <= '9') || *r->at == '-' ||
				  *r->at == '+' || *r->at == '.' || (*r->at | 32) == 'e'))
		r->at++;
	if (*start == '+' || !jz_is_number(start, (size_t)(r->at - start)))
		return refuse(r, start, _("not a valid number"));
	node->len = (uint32_t)(r->at - start);
	node->text = jz_arena_strndup(r->arena, start, node->len);
	*out = node;
	return 0;
}

static int read_word(struct reader *r, struct jz_node **out)
{
	static const struct {
		const char *word;
		enum jz_kind kind;
		bool truth;
	} words[] = {{"null", JZ_NULL, false}, {"true", JZ_BOOL, true}, {"false", JZ_BOOL, false}};

	for (size_t i = 0; i < JZ_COUNT(words); i++) {
		size_t len = strlen(words[i].word);

		if ((size_t)(r->end - r->at) < len || memcmp(r->at, words[i].word, len) != 0)
			continue;
		*out = new_node(r, words[i].kind);
		(*out)->truth = words[i].truth;
		r->at += len;
		return 0;
	}
	return refuse(r, r->at, _("a value is expected here"));
}

static int open_collection(struct reader *r, enum jz_kind kind)
{
	struct frame *frame;

	if (r->depth == JZ_JSON_MAX_DEPTH)
		return refuse(r, r->at, _("nested too deep"));
	frame = &r->frames[r->depth++];
	memset(frame, 0, sizeof(*frame));
	frame->node = new_node(r, kind);
	frame->base = r->entries.len;
	r->at++;
	return 0;
}

static void deliver(struct reader *r, struct jz_node *node)
{
	struct frame *frame;

	if (!r->depth) {
		r->root = node;
		return;
	}
	frame = &r->frames[r->depth - 1];
	frame->key.value = node;
	jz_entries_push(&r->entries, &frame->key);
}

static int close_collection(struct reader *r)
{
	struct frame *frame = &r->frames[r->depth - 1];
	const struct jz_pair *twice =
		jz_entries_close(&r->entries, frame->base, r->arena, frame->node);

	if (twice)
		return jz_fail_at(r->err, JZ_E_INVALID, twice->line, twice->column,
				  _("the key is there twice"));
	r->at++;
	r->depth--;
	deliver(r, frame->node);
	return 0;
}

/* A key and its colon. */
static int read_key(struct reader *r)
{
	struct jz_pair *key = &r->frames[r->depth - 1].key;
	int failed;

	if (r->at == r->end)
		return refuse(r, r->at, _("the text ends too early"));
	if (*r->at != '"')
		return refuse(r, r->at, _("a key in quotes is expected here"));
	locate(r, r->at);
	key->line = r->line;
	key->column = r->column;
	failed = read_string(r, &key->key, &key->key_len);
	if (failed)
		return failed;
	skip_blanks(r);
	if (r->at == r->end || *r->at != ':')
		return refuse(r, r->at, _("':' is expected here"));
	r->at++;
	skip_blanks(r);
	return 0;
}

/* A scalar, or the start of a collection. */
static int read_value(struct reader *r)
{
	struct jz_node *node = NULL;
	int failed;

	if (r->at == r->end)
		return refuse(r, r->at, _("the text ends too early"));
	if (++r->count > JZ_JSON_MAX_NODES)
		return refuse(r, r->at, _("too many values"));
	if (*r->at == '{' || *r->at == '[')
		return open_collection(r, *r->at == '{' ? JZ_MAP : JZ_SEQ);
	if (*r->at == '"') {
		node = new_node(r, JZ_STRING);
		failed = read_string(r, &node->text, &node->len);
	} else if (*r->at == '-' || *r->at == '+' || (*r->at >= '0' && *r->at <= '9')) {
		failed = read_number(r, &node);
	} else {
		failed = read_word(r, &node);
	}
	if (!failed)
		deliver(r, node);
	return failed;
}

/* One entry or the end of the innermost collection. */
static int read_entry(struct reader *r)
{
	struct frame *frame = &r->frames[r->depth - 1];
	bool map = frame->node->kind == JZ_MAP, first = r->entries.len == frame->base;
	int failed = 0;

	if (r->at == r->end)
		return refuse(r, r->at, _("the text ends too early"));
	if (*r->at == (map ? '}' : ']'))
		return close_collection(r);
	if (!first) {
		if (*r->at != ',')
			return refuse(r, r->at,
				      _("',' or the end of the collection is expected here"));
		r->at++;
		skip_blanks(r);
	}
	if (map)
		failed = read_key(r);
	return failed ? failed : read_value(r);
}

static int read_document(struct reader *r)
{
	int failed;

	skip_blanks(r);
	if (r->at == r->end)
		return refuse(r, r->at, _("the document is empty"));
	failed = read_value(r);
	while (!failed && r->depth) {
		skip_blanks(r);
		failed = read_entry(r);
	}
	if (failed)
		return failed;
	skip_blanks(r);
	return r->at < r->end ? refuse(r, r->at, _("something stands behind the document")) : 0;
}

int jz_json_read(struct jz_arena *arena, const char *text, size_t len, struct jz_node **out,
		 struct jz_err *err)
{
	struct reader r = {.arena = arena, .err = err, .line = 1, .column = 1};
	size_t valid;
	int failed;

	r.text = text;
	r.end = text + len;
	if (len > JZ_JSON_MAX_BYTES)
		return refuse(&r, text + JZ_JSON_MAX_BYTES, _("the document is too large"));
	valid = jz_utf8_valid(text, len);
	if (valid < len)
		return refuse(&r, text + valid, _("not valid UTF-8"));
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
		r.text = text += 3;
	r.at = r.counted = text;
	failed = read_document(&r);
	jz_entries_release(&r.entries);
	if (!failed)
		*out = r.root;
	return failed;
}

int jz_json_read_file(struct jz_arena *arena, const char *path, struct jz_node **out,
		      struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int failed = jz_text_read(path, JZ_JSON_MAX_BYTES, &text, err);

	if (!failed)
		failed = jz_json_read(arena, text.data, text.len, out, err);
	if (failed)
		jz_err_file(err, path);
	return failed;
}

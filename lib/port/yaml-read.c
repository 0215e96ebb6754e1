#include "lib/port/yaml.h"

#include <string.h>
#include <yaml.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/port/encoding.h"
#include "lib/port/tree.h"
#include "lib/port/yaml-impl.h"

/* A collection that is still open. */
struct frame {
	struct jz_node *node;
	size_t base;	 /* its first entry in reader.entries */
	uint32_t column; /* 0-based indentation that a comment in its foot has at least */
	bool flow;
	bool has_key; /* a map: the key was read, its value comes */
	struct jz_pair key;
	const char *head; /* comment lines before the key */
};

struct reader {
	yaml_parser_t parser;
	struct jz_arena *arena;
	struct jz_err *err;
	const char *text, *end;
	const char *at; /* the source behind the last event */
	size_t index;	/* the same in characters, as libyaml counts */
	bool ascii;
	struct jz_gaps gaps;
	struct frame frames[JZ_YAML_MAX_DEPTH];
	size_t depth;
	struct jz_entries entries;
	size_t count;	      /* nodes so far */
	struct jz_node *last; /* the value that ended last */
	struct jz_node *root;
};

static int refuse(struct reader *r, yaml_mark_t mark, const char *why)
{
	return jz_fail_at(r->err, JZ_E_INVALID, (unsigned)mark.line + 1, (unsigned)mark.column + 1,
			  "%s", why);
}

static int refuse_syntax(struct reader *r)
{
	yaml_mark_t mark = r->parser.problem_mark;

	if (r->parser.error == YAML_READER_ERROR)
		mark = r->parser.mark;
	return jz_fail_at(r->err, JZ_E_INVALID, (unsigned)mark.line + 1, (unsigned)mark.column + 1,
			  _("not valid YAML: %s"), jz_yaml_problem(r->parser.problem));
}

/* Moves the place to a character index; indices that lie behind leave it where it is. */
static const char *seek(struct reader *r, size_t index)
{
	const char *at = r->at;

	if (index <= r->index)
		return at;
	if (r->ascii) {
		at += index - r->index;
	} else {
		for (size_t n = index - r->index; n && at < r->end; n--) {
			unsigned char c = (unsigned char)*at;

			at += c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
		}
	}
	r->at = at;
	r->index = index;
	return at;
}

static struct frame *top(struct reader *r)
{
	return r->depth ? &r->frames[r->depth - 1] : NULL;
}

/* Reads the comments between the event before and this one, and gives a comment that stands behind
 * the last value to it. */
static int read_gap(struct reader *r, const yaml_event_t *event)
{
	struct frame *frame = top(r);
	const char *from = r->at, *bad;
	bool opened = frame && !r->last; /* nothing ended since the collection was opened */
	struct jz_gap_place place = {
		.in_seq = frame && !frame->flow && frame->node->kind == JZ_SEQ,
		.ahead = frame && (frame->has_key || (opened && !frame->flow)),
	};

	if (event->start_mark.index <= r->index)
		return 0;
	bad = jz_gap_scan(&r->gaps, from, seek(r, event->start_mark.index), place);
	if (bad) {
		unsigned line, column;

		jz_utf8_position(r->text, (size_t)(r->end - r->text), (size_t)(bad - r->text),
				 &line, &column);
		return jz_fail_at(r->err, JZ_E_INVALID, line, column,
				  _("a comment must be set off by a blank before '#'"));
	}
	if (r->gaps.count + r->count > JZ_YAML_MAX_NODES)
		return refuse(r, event->start_mark, _("too many values and comments"));
	if (r->gaps.behind) {
		if (r->last && r->last == r->root && r->root->kind >= JZ_SEQ && r->root->len)
			jz_note_foot(r->arena, r->root, r->gaps.behind);
		else if (r->last)
			jz_note_line(r->arena, r->last, r->gaps.behind);
		else if (frame)
			jz_note_line(r->arena, frame->node, r->gaps.behind);
		else
			r->gaps.ahead = r->gaps.behind;
		r->gaps.behind = NULL;
	}
	return 0;
}

static struct jz_node *new_node(struct reader *r, const yaml_event_t *event, enum jz_kind kind,
				size_t text_len)
{
	struct jz_node *node = jz_arena_alloc(r->arena, sizeof(*node) + text_len);

	node->kind = (uint8_t)kind;
	node->line = (uint32_t)event->start_mark.line + 1;
	node->column = (uint32_t)event->start_mark.column + 1;
	return node;
}

/* Everything before the last empty line heads the document, the rest its first entry. */
static size_t document_head(const struct jz_gaps *gaps)
{
	size_t n = gaps->len;

	while (n && gaps->waiting[n - 1].text)
		n--;
	return n;
}

/* Gives a new value the comments that waited for it. flat: a scalar or a flow collection, whose
 * entries cannot take those that stand behind the indicator. */
static void give_notes(struct reader *r, struct jz_node *node, bool flat)
{
	struct frame *frame = top(r);
	struct jz_gaps *gaps = &r->gaps;

	if (frame && frame->has_key) {
		jz_note_head(r->arena, node, frame->head);
		frame->head = NULL;
	}
	if (gaps->ahead) {
		if (frame)
			jz_note_line(r->arena, node, gaps->ahead);
		else
			jz_note_head(r->arena, node, gaps->ahead);
		gaps->ahead = NULL;
	}
	if (!gaps->len)
		return;
	if (flat)
		jz_note_head(r->arena, node, jz_gap_take(gaps, gaps->len));
	else if (frame)
		jz_note_head(r->arena, node, jz_gap_take(gaps, gaps->split));
	else
		jz_note_head(r->arena, node, jz_gap_take(gaps, document_head(gaps)));
}

static void deliver(struct reader *r, struct jz_node *node)
{
	struct frame *frame = top(r);

	r->last = node;
	if (!frame) {
		r->root = node;
		return;
	}
	frame->key.value = node;
	jz_entries_push(&r->entries, &frame->key);
	frame->has_key = false;
}

static void take_key(struct reader *r, const yaml_event_t *event)
{
	struct frame *frame = top(r);

	if (r->gaps.ahead) {
		frame->head = r->gaps.ahead;
		r->gaps.ahead = NULL;
	}
	if (r->gaps.len) {
		const char *head = jz_gap_take(&r->gaps, r->gaps.len);

		frame->head =
			frame->head ? jz_arena_printf(r->arena, "%s\n%s", frame->head, head) : head;
	}
	frame->key.key_len = (uint32_t)event->data.scalar.length;
	frame->key.key = jz_arena_strndup(r->arena, (const char *)event->data.scalar.value,
					  event->data.scalar.length);
	frame->key.line = (uint32_t)event->start_mark.line + 1;
	frame->key.column = (uint32_t)event->start_mark.column + 1;
	frame->has_key = true;
}

static void take_scalar(struct reader *r, const yaml_event_t *event)
{
	struct frame *frame = top(r);
	yaml_scalar_style_t style = event->data.scalar.style;
	size_t len = event->data.scalar.length;
	const char *start = r->at;
	struct jz_node *node;

	if (frame && frame->node->kind == JZ_MAP && !frame->has_key) {
		take_key(r, event);
		seek(r, event->end_mark.index);
		return;
	}
	node = new_node(r, event, JZ_STRING, len + 1);
	node->text = (char *)(node + 1);
	memcpy(node + 1, event->data.scalar.value, len);
	node->len = (uint32_t)len;
	node->plain = style == YAML_PLAIN_SCALAR_STYLE;
	give_notes(r, node, true);
	seek(r, event->end_mark.index);
	if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
		jz_gap_scan_header(&r->gaps, start, r->at);
		jz_note_line(r->arena, node, r->gaps.behind);
		r->gaps.behind = NULL;
		jz_gap_scan_tail(&r->gaps, start, r->at);
	}
	deliver(r, node);
}

static int open_collection(struct reader *r, const yaml_event_t *event, enum jz_kind kind,
			   bool flow)
{
	struct frame *frame;
	struct jz_node *node;

	if (r->depth == JZ_YAML_MAX_DEPTH)
		return refuse(r, event->start_mark, _("nested too deep"));
	if (top(r) && top(r)->node->kind == JZ_MAP && !top(r)->has_key)
		return refuse(r, event->start_mark, _("a key must be a scalar"));
	node = new_node(r, event, kind, 0);
	give_notes(r, node, flow);
	frame = &r->frames[r->depth++];
	memset(frame, 0, sizeof(*frame));
	frame->node = node;
	frame->base = r->entries.len;
	frame->flow = flow;
	frame->column = (uint32_t)event->start_mark.column;
	r->last = NULL;
	if (!flow && event->end_mark.index > event->start_mark.index) {
		/* a sequence that is not indented under its key: its first "-" is in the event */
		frame->column++;
		r->gaps.split = r->gaps.len;
	}
	seek(r, event->end_mark.index);
	return 0;
}

static int close_collection(struct reader *r, const yaml_event_t *event)
{
	struct frame *frame = top(r);
	struct jz_node *node = frame->node;
	size_t foot = jz_gap_foot(&r->gaps, frame->flow ? 0 : frame->column);
	const struct jz_pair *twice;

	jz_note_foot(r->arena, node, jz_gap_take(&r->gaps, foot));
	if (frame->flow)
		r->gaps.len = r->gaps.split = 0; /* an empty line before the bracket */
	twice = jz_entries_close(&r->entries, frame->base, r->arena, node);
	if (twice)
		return jz_fail_at(r->err, JZ_E_INVALID, twice->line, twice->column,
				  _("the key is there twice"));
	r->depth--;
	seek(r, event->end_mark.index);
	deliver(r, node);
	return 0;
}

static int start_document(struct reader *r, const yaml_event_t *event)
{
	if (r->root)
		return refuse(r, event->start_mark, _("more than one document"));
	if (event->data.document_start.tag_directives.start !=
	    event->data.document_start.tag_directives.end)
		return refuse(r, event->start_mark, _("tags are not allowed"));
	return 0;
}

static int end_document(struct reader *r, const yaml_event_t *event)
{
	seek(r, event->end_mark.index);
	if (r->root->kind == JZ_STRING && r->root->plain && !r->root->len)
		return refuse(r, event->start_mark, _("the document is empty"));
	return 0;
}

/* Anchors, aliases and tags; a lone "!" leaves no trace in the event, so look at the source. */
static int check_properties(struct reader *r, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor || event->type == YAML_ALIAS_EVENT)
		return refuse(r, event->start_mark, _("anchors and aliases are not allowed"));
	if (tag)
		return refuse(r, event->start_mark, _("tags are not allowed"));
	return 0;
}

static int take_event(struct reader *r, const yaml_event_t *event)
{
	int failed = read_gap(r, event);

	if (!failed)
		failed = check_properties(r, event);
	if (!failed && event->type == YAML_SCALAR_EVENT &&
	    event->end_mark.index > event->start_mark.index && r->at < r->end && *r->at == '!')
		failed = refuse(r, event->start_mark, _("tags are not allowed"));
	if (!failed && ++r->count + r->gaps.count > JZ_YAML_MAX_NODES)
		failed = refuse(r, event->start_mark, _("too many values and comments"));
	if (failed)
		return failed;
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return start_document(r, event);
	case YAML_DOCUMENT_END_EVENT:
		return end_document(r, event);
	case YAML_SCALAR_EVENT:
		take_scalar(r, event);
		return 0;
	case YAML_SEQUENCE_START_EVENT:
		return open_collection(r, event, JZ_SEQ,
				       event->data.sequence_start.style ==
					       YAML_FLOW_SEQUENCE_STYLE);
	case YAML_MAPPING_START_EVENT:
		return open_collection(r, event, JZ_MAP,
				       event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_collection(r, event);
	default:
		return 0;
	}
}

static int read_events(struct reader *r)
{
	bool done = false;
	int failed = 0;

	while (!failed && !done) {
		yaml_event_t event;

		if (!yaml_parser_parse(&r->parser, &event))
			return refuse_syntax(r);
		failed = take_event(r, &event);
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	if (!failed && !r->root)
		return jz_fail_at(r->err, JZ_E_INVALID, 1, 1, _("the document is empty"));
	return failed;
}

/* Comments behind the last entry that no foot has taken, without empty lines at the end. */
static void end_notes(struct reader *r)
{
	struct jz_gaps *gaps = &r->gaps;

	jz_note_foot(r->arena, r->root, gaps->ahead);
	while (gaps->len && !gaps->waiting[gaps->len - 1].text)
		gaps->len--;
	jz_note_foot(r->arena, r->root, jz_gap_take(gaps, gaps->len));
}

int jz_yaml_read_events(struct jz_arena *arena, const char *text, size_t len, bool ascii,
			struct jz_node **out, struct jz_err *err)
{
	struct reader r = {.arena = arena, .err = err, .ascii = ascii};
	int failed;

	r.text = r.at = text;
	r.end = text + len;
	r.gaps.arena = arena;
	r.gaps.source = text;
	r.gaps.source_end = r.end;
	if (!yaml_parser_initialize(&r.parser))
		abort(); /* out of memory, as everywhere */
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
	failed = read_events(&r);
	yaml_parser_delete(&r.parser);
	jz_yaml_mem_done();
	if (!failed) {
		end_notes(&r);
		*out = r.root;
	}
	jz_entries_release(&r.entries);
	free(r.gaps.waiting);
	return failed;
}

int jz_yaml_read(struct jz_arena *arena, const char *text, size_t len, struct jz_node **out,
		 struct jz_err *err)
{
	struct jz_node *root;
	bool ascii;
	int failed;

	if (len > JZ_YAML_MAX_BYTES) {
		unsigned line, column;

		jz_utf8_position(text, len, JZ_YAML_MAX_BYTES, &line, &column);
		return jz_fail_at(err, JZ_E_INVALID, line, column, _("larger than %u bytes"),
				  JZ_YAML_MAX_BYTES);
	}
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
		text += 3;
		len -= 3;
	}
	failed = jz_yaml_check_text(text, len, &ascii, err);
	if (failed)
		return failed;
	root = jz_yaml_read_block(arena, text, len);
	if (!root)
		return jz_yaml_read_events(arena, text, len, ascii, out, err);
	*out = root;
	return 0;
}

int jz_yaml_read_file(struct jz_arena *arena, const char *path, struct jz_node **out,
		      struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int failed = jz_text_read(path, JZ_YAML_MAX_BYTES, &text, err);

	if (!failed)
		failed = jz_yaml_read(arena, text.data, text.len, out, err);
	if (failed)
		jz_err_file(err, path);
	return failed;
}

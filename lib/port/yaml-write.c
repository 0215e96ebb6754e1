#include "lib/port/yaml.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/yaml-impl.h"

#define STEP	   2	/* columns a level */
#define MAX_SIMPLE 1000 /* bytes of a key that can stand before ":"; YAML's limit is 1024 */

static void write_entries(const struct jz_node *node, int indent, bool inlined, struct jz_buf *out);

static void write_indent(int indent, struct jz_buf *out)
{
	static const char blanks[] =
		"                                                                ";

	while (indent > 0) {
		int n = indent < (int)sizeof(blanks) - 1 ? indent : (int)sizeof(blanks) - 1;

		jz_buf_add(out, blanks, (size_t)n);
		indent -= n;
	}
}

/* An empty line, unless there is one already or nothing at all. */
static void write_empty_line(struct jz_buf *out)
{
	if (out->len && !(out->len > 1 && !strcmp(out->data + out->len - 2, "\n\n")))
		jz_buf_addc(out, '\n');
}

/* "#" and a comment; control characters, which only a program can have put there, become blanks. */
static void write_comment(const char *text, size_t len, struct jz_buf *out)
{
	jz_buf_addc(out, '#');
	if (len && !strchr(" #!-=*", *text))
		jz_buf_addc(out, ' ');
	for (size_t i = 0; i < len; i++)
		jz_buf_addc(out, (unsigned char)text[i] < 0x20 && text[i] != '\t' ? ' ' : text[i]);
}

static void write_lines(const char *text, int indent, struct jz_buf *out)
{
	while (text) {
		size_t len = strcspn(text, "\n");

		if (len == 1 && *text == '\f') {
			write_empty_line(out);
		} else {
			write_indent(indent, out);
			write_comment(text, len, out);
			jz_buf_addc(out, '\n');
		}
		text = text[len] ? text + len + 1 : NULL;
	}
}

static const char *head_of(const struct jz_node *node)
{
	return node->notes ? node->notes->head : NULL;
}

static const char *foot_of(const struct jz_node *node)
{
	return node->notes ? node->notes->foot : NULL;
}

static bool is_open(const struct jz_node *node)
{
	return (node->kind == JZ_MAP || node->kind == JZ_SEQ) && node->len;
}

/* The comment on the line and its end. */
static void end_line(const struct jz_node *node, struct jz_buf *out)
{
	if (node->notes && node->notes->line) {
		jz_buf_addc(out, ' ');
		write_comment(node->notes->line, strlen(node->notes->line), out);
	}
	jz_buf_addc(out, '\n');
}

/* What stands before an entry: its head, and the foot of a value that has no room for one. */
static void write_head(const struct jz_node *node, int indent, struct jz_buf *out)
{
	write_lines(head_of(node), indent, out);
	if (!is_open(node))
		write_lines(foot_of(node), indent, out);
}

static void write_literal(const struct jz_node *node, int indent, struct jz_buf *out)
{
	const char *line = node->text, *end = node->text + node->len;
	bool odd = *line == ' ' || *line == '\t' || *line == '\n';

	jz_buf_addc(out, '|');
	if (odd)
		jz_buf_addc(out, '0' + STEP);
	if (end[-1] != '\n')
		jz_buf_addc(out, '-');
	else if (end[-2] == '\n')
		jz_buf_addc(out, '+');
	end_line(node, out);
	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		if (stop > line) {
			write_indent(indent, out);
			jz_buf_add(out, line, (size_t)(stop - line));
		}
		jz_buf_addc(out, '\n');
		line = stop + 1;
	}
}

static void write_string(const struct jz_node *node, int indent, struct jz_buf *out)
{
	enum jz_style style = jz_yaml_style(node->text, node->len, false);

	if (node->plain && jz_yaml_is_plain(node->text, node->len))
		style = JZ_STYLE_PLAIN;
	if (style == JZ_STYLE_LITERAL) {
		write_literal(node, indent, out);
		return;
	}
	if (style == JZ_STYLE_PLAIN)
		jz_buf_add(out, node->text, node->len);
	else
		jz_yaml_quote(node->text, node->len, out);
	end_line(node, out);
}

/* A scalar or an empty collection, and the end of its line; indent is for literal text. */
static void write_scalar(const struct jz_node *node, int indent, struct jz_buf *out)
{
	switch ((enum jz_kind)node->kind) {
	case JZ_NULL:
		jz_buf_adds(out, "null");
		break;
	case JZ_BOOL:
		jz_buf_adds(out, node->truth ? "true" : "false");
		break;
	case JZ_NUMBER:
		jz_buf_add(out, node->text, node->len);
		break;
	case JZ_STRING:
		write_string(node, indent, out);
		return;
	case JZ_SEQ:
		jz_buf_adds(out, "[]");
		break;
	case JZ_MAP:
		jz_buf_adds(out, "{}");
		break;
	}
	end_line(node, out);
}

/* Is there no comment, but at most empty lines? (A comment may be empty, too.) */
static bool is_bare(const char *text)
{
	while (text && *text == '\f' && text[1])
		text = text[1] == '\n' ? text + 2 : "?";
	return !text || !strcmp(text, "\f");
}

/* True if an item's collection can begin on the line of its "-". */
static bool is_compact(const struct jz_node *node)
{
	const struct jz_node *first = node->kind == JZ_MAP ? node->pairs[0].value : node->items[0];

	return !(node->notes && node->notes->line) && is_bare(head_of(first)) &&
	       !(foot_of(first) && !is_open(first));
}

/* What follows "key:" or "-" in that column. */
static void write_value(const struct jz_node *node, int indent, bool item, struct jz_buf *out)
{
	if (!is_open(node)) {
		if (!(node->plain && !node->len))
			jz_buf_addc(out, ' ');
		write_scalar(node, indent + STEP, out);
	} else if (item && is_compact(node)) {
		jz_buf_addc(out, ' ');
		write_entries(node, indent + STEP, true, out);
	} else {
		end_line(node, out);
		write_entries(node, indent + STEP, false, out);
	}
}

static void write_key(const struct jz_pair *pair, int indent, struct jz_buf *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf key = JZ_BUF_INIT;
	bool simple;

	if (jz_yaml_style(pair->key, pair->key_len, true) == JZ_STYLE_PLAIN)
		jz_buf_add(&key, pair->key, pair->key_len);
	else
		jz_yaml_quote(pair->key, pair->key_len, &key);
	simple = key.len <= MAX_SIMPLE;
	if (!simple)
		jz_buf_adds(out, "? ");
	jz_buf_add(out, key.data, key.len);
	if (!simple) {
		jz_buf_addc(out, '\n');
		write_indent(indent, out);
	}
	jz_buf_addc(out, ':');
}

/* The entries of a collection and its foot; inlined: the first one begins on the current line. */
static void write_entries(const struct jz_node *node, int indent, bool inlined, struct jz_buf *out)
{
	bool map = node->kind == JZ_MAP;

	for (uint32_t i = 0; i < node->len; i++) {
		const struct jz_node *value = map ? node->pairs[i].value : node->items[i];

		if (i || !inlined) {
			write_head(value, indent, out);
			write_indent(indent, out);
		}
		if (map)
			write_key(&node->pairs[i], indent, out);
		else
			jz_buf_addc(out, '-');
		write_value(value, indent, !map, out);
	}
	write_lines(foot_of(node), indent, out);
}

void jz_yaml_write(const struct jz_node *node, struct jz_buf *out)
{
	write_lines(head_of(node), 0, out);
	if (is_open(node)) {
		if (node->notes && node->notes->line)
			write_lines(node->notes->line, 0, out);
		if (node->notes && (node->notes->head || node->notes->line))
			write_empty_line(out);
		write_entries(node, 0, false, out);
		return;
	}
	write_scalar(node, STEP, out);
	write_lines(foot_of(node), 0, out);
}

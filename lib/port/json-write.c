#include "lib/port/json.h"

#include <string.h>

void jz_json_quote(const char *text, size_t len, struct jz_buf *out)
{
	static const char letters[] = {'b', 't', 'n', 0, 'f', 'r'};
	const char *at = text, *end = text + len;

	jz_buf_addc(out, '"');
	while (at < end) {
		const char *run = at;
		unsigned char c;

		while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\' &&
		       *at != 0x7F)
			at++;
		jz_buf_add(out, run, (size_t)(at - run));
		if (at == end)
			break;
		c = (unsigned char)*at++;
		if (c == '"' || c == '\\')
			jz_buf_addf(out, "\\%c", c);
		else if (c >= '\b' && c <= '\r' && letters[c - '\b'])
			jz_buf_addf(out, "\\%c", letters[c - '\b']);
		else
			jz_buf_addf(out, "\\u%04x", c);
	}
	jz_buf_addc(out, '"');
}

static void new_line(int indent, int level, struct jz_buf *out)
{
	if (!indent)
		return;
	jz_buf_addc(out, '\n');
	for (int i = indent * level; i > 0; i--)
		jz_buf_addc(out, ' ');
}

static void write_node(const struct jz_node *node, int indent, int level, struct jz_buf *out);

static void write_entries(const struct jz_node *node, int indent, int level, struct jz_buf *out)
{
	bool map = node->kind == JZ_MAP;

	jz_buf_addc(out, map ? '{' : '[');
	for (uint32_t i = 0; i < node->len; i++) {
		if (i)
			jz_buf_addc(out, ',');
		new_line(indent, level + 1, out);
		if (map) {
			jz_json_quote(node->pairs[i].key, node->pairs[i].key_len, out);
			jz_buf_adds(out, indent ? ": " : ":");
		}
		write_node(map ? node->pairs[i].value : node->items[i], indent, level + 1, out);
	}
	if (node->len)
		new_line(indent, level, out);
	jz_buf_addc(out, map ? '}' : ']');
}

static void write_node(const struct jz_node *node, int indent, int level, struct jz_buf *out)
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
		jz_json_quote(node->text, node->len, out);
		break;
	case JZ_SEQ:
	case JZ_MAP:
		write_entries(node, indent, level, out);
		break;
	}
}

void jz_json_write(const struct jz_node *node, int indent, struct jz_buf *out)
{
	write_node(node, indent, 0, out);
}

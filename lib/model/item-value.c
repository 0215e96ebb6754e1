/* One value, from the words of a person into the words of the record. */
#include "lib/model/item.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define WIDE_SPACE "\xE3\x80\x80" /* U+3000 */

static const char *const yes_words[] = {"true", "yes", "y", "1", "是", "有", "√", NULL};
static const char *const no_words[] = {"false", "no", "n", "0", "否", "无", "没有", "×", NULL};

static void trim(const char **text, size_t *len)
{
	while (*len) {
		if (strchr(" \t\r\n", **text)) {
			++*text;
			--*len;
		} else if (*len >= 3 && !memcmp(*text, WIDE_SPACE, 3)) {
			*text += 3;
			*len -= 3;
		} else {
			break;
		}
	}
	while (*len) {
		if (strchr(" \t\r\n", (*text)[*len - 1]))
			--*len;
		else if (*len >= 3 && !memcmp(*text + *len - 3, WIDE_SPACE, 3))
			*len -= 3;
		else
			break;
	}
}

static bool same_word(const char *word, const char *text, size_t len)
{
	return word && strlen(word) == len && !strncasecmp(word, text, len);
}

static bool is_one_of(const char *const *words, const char *text, size_t len)
{
	for (; *words; words++)
		if (same_word(*words, text, len))
			return true;
	return false;
}

/* The code of a row {code, zh, en} if the text is its code or one of its labels. */
static const char *row_code(const struct jz_node *row, const char *text, size_t len)
{
	const char *code = jz_map_text(row, "code");

	if (same_word(code, text, len) || same_word(jz_map_text(row, "zh"), text, len) ||
	    same_word(jz_map_text(row, "en"), text, len))
		return code;
	return NULL;
}

static const char *code_in_table(struct jz_codes *codes, const char *table, const char *text,
				 size_t len)
{
	const struct jz_node *rows = jz_codes_rows(codes, table);
	const char *code = NULL;

	for (size_t i = 0; !code && i < jz_seq_len(rows); i++)
		code = row_code(jz_seq_get(rows, i), text, len);
	return code;
}

static const char *code_in_enum(const struct jz_node *words, const struct jz_node *labels,
				const char *text, size_t len)
{
	for (size_t i = 0; i < jz_seq_len(words); i++) {
		const char *code = jz_node_text(jz_seq_get(words, i));
		const struct jz_node *label = jz_map_get(labels, code);

		if (same_word(code, text, len) || same_word(jz_map_text(label, "zh"), text, len) ||
		    same_word(jz_map_text(label, "en"), text, len))
			return code;
	}
	return NULL;
}

static struct jz_node *plain(struct jz_arena *arena, const char *text, size_t len)
{
	struct jz_node *node = jz_node_stringn(arena, text, len);

	node->plain = true;
	return node;
}

/* A code by code or label; the table says which there are when there is none like it. */
static int code_value(const struct jz_shape *shape, struct jz_codes *codes, struct jz_arena *arena,
		      const char *text, size_t len, struct jz_node **out, struct jz_err *err)
{
	const struct jz_node *words = jz_shape_word(shape, "enum");
	const char *code = NULL;
	char table[64];

	if (jz_shape_table(shape, table, sizeof(table))) {
		if (!jz_codes_rows(codes, table))
			return jz_fail(err, JZ_E_IO, _("there is no code table '%s'"), table);
		code = code_in_table(codes, table, text, len);
		if (!code) {
			jz_cleanup(jz_buf_release) struct jz_buf choices = JZ_BUF_INIT;

			jz_codes_choices(codes, table, &choices);
			return jz_fail(err, JZ_E_INVALID,
				       _("neither a code nor a label of the table '%s' (%s)"),
				       table, choices.data);
		}
	} else {
		code = code_in_enum(words, jz_shape_word(shape, "x-labels"), text, len);
		if (!code)
			return jz_fail(err, JZ_E_INVALID, _("not one of the values allowed here"));
	}
	*out = jz_node_string(arena, code);
	return 0;
}

/* "2026-03-02 09:30" is that moment on the clock of this office; anything else stays as it is. */
static struct jz_node *moment(struct jz_arena *arena, const char *text, size_t len)
{
	char whole[32];
	int64_t seconds;

	if (len != strlen("2026-03-02 09:30") || (text[10] != ' ' && text[10] != 'T'))
		return jz_node_stringn(arena, text, len);
	snprintf(whole, sizeof(whole), "%.10sT%.5s:00Z", text, text + 11);
	if (!jz_time_parse(whole, &seconds))
		return jz_node_stringn(arena, text, len);
	seconds -= (int64_t)jz_local_offset(seconds) * 60;
	jz_time_format(seconds, jz_local_offset(seconds), whole);
	return jz_node_string(arena, whole);
}

static int scalar_value(const struct jz_shape *shape, struct jz_codes *codes,
			struct jz_arena *arena, const char *text, size_t len, struct jz_node **out,
			struct jz_err *err)
{
	unsigned type = jz_shape_type(shape);

	if (!shape->schema) {
		*out = plain(arena, text, len);
		return 0;
	}
	if (jz_shape_word(shape, "x-codes") || jz_shape_word(shape, "enum"))
		return code_value(shape, codes, arena, text, len, out, err);
	if (type & JZ_TYPE_BOOL) {
		bool yes = is_one_of(yes_words, text, len);

		if (!yes && !is_one_of(no_words, text, len))
			return jz_fail(err, JZ_E_INVALID, _("neither yes (是) nor no (否)"));
		*out = jz_node_bool(arena, yes);
		return 0;
	}
	if (jz_shape_is_moment(shape))
		*out = moment(arena, text, len);
	else if (type == JZ_TYPE_STRING)
		*out = jz_node_stringn(arena, text, len);
	else
		*out = plain(arena, text, len);
	return 0;
}

/* Bytes of a separator at text: sentences are parted by semicolons and lines, words by commas too.
 */
static size_t separator(const char *text, size_t len, bool sentences)
{
	static const char *const marks[] = {"\n", ";", "；", ",", "，", "、", NULL};

	for (size_t i = 0; marks[i] && (!sentences || i < 3); i++)
		if (strlen(marks[i]) <= len && !memcmp(text, marks[i], strlen(marks[i])))
			return strlen(marks[i]);
	return 0;
}

static int list_value(const struct jz_shape *shape, struct jz_codes *codes, struct jz_arena *arena,
		      const char *text, size_t len, struct jz_node **out, struct jz_err *err)
{
	struct jz_shape item;
	struct jz_node *list = jz_node_seq(arena);
	bool sentences;

	jz_shape_items(shape, &item);
	sentences = jz_eq(jz_map_text(item.schema, "$ref"), "#/$defs/line");
	for (size_t from = 0, at = 0; at <= len; at++) {
		size_t cut = at < len ? separator(text + at, len - at, sentences) : 1;
		const char *part = text + from;
		size_t part_len = at - from;
		struct jz_node *value;
		int rc;

		if (!cut)
			continue;
		from = at + cut;
		at += cut - 1;
		trim(&part, &part_len);
		if (!part_len)
			continue;
		rc = scalar_value(&item, codes, arena, part, part_len, &value, err);
		if (rc)
			return rc;
		jz_seq_push(arena, list, value);
	}
	*out = list;
	return 0;
}

int jz_item_value(const struct jz_shape *shape, struct jz_codes *codes, struct jz_arena *arena,
		  const char *text, size_t len, struct jz_node **out, struct jz_err *err)
{
	unsigned type = jz_shape_type(shape);

	trim(&text, &len);
	if (shape->schema && type == JZ_TYPE_OBJECT)
		return jz_fail(err, JZ_E_USAGE, _("has fields of its own: name one of them"));
	if (shape->schema && type == JZ_TYPE_ARRAY) {
		if (jz_shape_has_ids(shape))
			return jz_fail(err, JZ_E_USAGE,
				       _("is a list: name an item as [ID], or [+] for a new one"));
		return list_value(shape, codes, arena, text, len, out, err);
	}
	return scalar_value(shape, codes, arena, text, len, out, err);
}

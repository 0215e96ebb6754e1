/* minLength, maxLength (in code points), pattern, format. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"
#include "lib/base/utf8.h"
#include "lib/model/label.h"

/* A pattern that only asks for a beginning ("^x-") needs no regular expression. */
static bool plain_prefix(const char *text, size_t len)
{
	if (len < 2 || *text != '^')
		return false;
	for (size_t i = 1; i < len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ /:",
			    text[i]) ||
		    !text[i])
			return false;
	return true;
}

int jz_compile_pattern(struct jz_compiler *c, const struct jz_node *at, const char *text,
		       size_t len, struct jz_pattern *out)
{
	struct jz_err why = JZ_ERR_INIT;

	out->source = jz_arena_strndup(c->schema->arena, text, len);
	out->not_blank = !strcmp(out->source, "\\S");
	if (plain_prefix(text, len)) {
		out->prefix = out->source + 1;
		out->prefix_len = (uint32_t)len - 1;
		return 0;
	}
	if (jz_regex_compile(text, len, &out->regex, &why))
		return jz_schema_wrong(c, at, _("is no regular expression: %s"), why.message);
	jz_vec_push(&c->schema->regexes, out->regex);
	return 0;
}

int jz_kw_string(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value, int which)
{
	struct jz_arena *arena = c->schema->arena;

	if (!sub->strings) {
		sub->strings = jz_arena_alloc(arena, sizeof(*sub->strings));
		sub->strings->max_length = SIZE_MAX;
	}
	if (which == JZ_KW_MIN_LENGTH)
		return jz_compile_size(c, value, &sub->strings->min_length);
	if (which == JZ_KW_MAX_LENGTH)
		return jz_compile_size(c, value, &sub->strings->max_length);
	if (which == JZ_KW_FORM || which == JZ_KW_FORM_EN) { /* an annotation */
		const char *form = jz_node_text(value);

		*(which == JZ_KW_FORM ? &sub->strings->form : &sub->strings->form_en) =
			form ? jz_arena_strdup(arena, form) : NULL;
		return 0;
	}
	if (value->kind != JZ_STRING)
		return jz_schema_wrong(c, value, _("must be text"));
	if (which == JZ_KW_PATTERN) {
		sub->strings->pattern = jz_arena_alloc(arena, sizeof(*sub->strings->pattern));
		return jz_compile_pattern(c, value, value->text, value->len, sub->strings->pattern);
	}
	if (c->assert_format) {
		sub->strings->format = jz_format_find(value->text);
		sub->strings->format_name = jz_arena_strdup(arena, value->text);
	}
	return 0;
}

/* A printable ASCII character, or one of U+4000 to U+9FFF. */
static bool begins_visible(unsigned char c)
{
	return (c > ' ' && c < 0x7F) || (c >= 0xE4 && c <= 0xE9);
}

int jz_pattern_match(struct jz_check *c, const struct jz_pattern *pattern, const char *text,
		     size_t len)
{
	if (pattern->not_blank && len && begins_visible((unsigned char)*text))
		return 1;
	if (pattern->prefix)
		return len >= pattern->prefix_len &&
		       !memcmp(text, pattern->prefix, pattern->prefix_len);
	if (!jz_check_spend(c, 4 + len / 64))
		return JZ_E_INVALID;
	if (!c->scratch)
		c->scratch = jz_regex_scratch_new();
	return jz_regex_search(pattern->regex, text, len, c->scratch);
}

static bool check_length(struct jz_check *c, const struct jz_sub_strings *strings,
			 const struct jz_node *node)
{
	size_t length;

	/* a text of n bytes has n/4 to n code points: often there is nothing to count */
	if ((size_t)(node->len + 3) / 4 >= strings->min_length && node->len <= strings->max_length)
		return true;
	jz_check_spend(c, node->len / 256);
	length = jz_utf8_count(node->text, node->len);
	if (length < strings->min_length)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "minLength",
				     P_("must have at least %zu character",
					"must have at least %zu characters", strings->min_length),
				     strings->min_length);
	if (length > strings->max_length)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "maxLength",
				     P_("must have at most %zu character",
					"must have at most %zu characters", strings->max_length),
				     strings->max_length);
	return true;
}

static bool check_pattern(struct jz_check *c, const struct jz_sub_strings *strings,
			  const struct jz_node *node)
{
	int match = jz_pattern_match(c, strings->pattern, node->text, node->len);
	const char *form;

	if (match > 0)
		return true;
	if (match < 0)
		return jz_check_give_up(c, node, "pattern",
					_("comparing this with its pattern takes too much work"));
	form = jz_lang_zh() ? strings->form : strings->form_en;
	if (form)
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "pattern", _("must be %s"), form);
	return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "pattern", _("is not of the form %s"),
			     strings->pattern->source);
}

bool jz_check_strings(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node)
{
	const struct jz_sub_strings *strings = sub->strings;
	bool valid = true;

	if (jz_check_stop(c, check_length(c, strings, node), &valid))
		return false;
	if (strings->pattern && jz_check_stop(c, check_pattern(c, strings, node), &valid))
		return false;
	/* one sentence is enough for one text: the pattern has mostly said it */
	if (valid && strings->format && !strings->format(node->text, node->len))
		valid = !strcmp(strings->format_name, "date")
				? jz_check_fail(c, node, JZ_OFF_A_LITTLE, "format", "%s",
						_("there is no such day in the calendar"))
				: jz_check_fail(c, node, JZ_OFF_A_LITTLE, "format",
						_("is not well-formed (%s)"), strings->format_name);
	return valid;
}

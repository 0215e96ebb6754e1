/* Answers to an instrument: checked one by one, never repeated in a message. */
#include "lib/model/instrument-impl.h"

#include <stdio.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"

static size_t values_size(const struct jz_answers *answers)
{
	return answers->instrument->asked * sizeof(*answers->values);
}

int jz_answers_init(struct jz_answers *answers, const struct jz_instrument *instrument,
		    const char *scale, struct jz_err *err)
{
	const struct jz_scale *found = jz_instrument_scale(instrument, scale);
	struct jz_buf ids = JZ_BUF_INIT;
	int rc;

	if (!found) {
		for (size_t i = 0; i < instrument->scale_count; i++)
			jz_buf_addf(&ids, "%s%s", i ? ", " : "", instrument->scales[i].id);
		rc = jz_fail(err, JZ_E_INVALID,
			     scale && *scale ? _("the instrument has no such scale; it has: %s")
					     : _("the answers must say on which scale they were "
						 "given; the instrument has: %s"),
			     ids.data);
		jz_buf_release(&ids);
		return rc;
	}
	answers->instrument = instrument;
	answers->scale = found;
	answers->values = jz_xmalloc(values_size(answers));
	for (unsigned i = 0; i < instrument->asked; i++)
		answers->values[i] = JZ_NO_ANSWER;
	return 0;
}

void jz_answers_release(struct jz_answers *answers)
{
	if (answers->values)
		jz_wipe(answers->values, values_size(answers));
	free(answers->values);
	*answers = (struct jz_answers){0};
}

int jz_answers_set(struct jz_answers *answers, unsigned item, long value, struct jz_err *err)
{
	const struct jz_item *asked = jz_instrument_item(answers->instrument, item);
	const struct jz_scale *scale;

	if (!asked)
		return jz_fail(err, JZ_E_INVALID, _("the instrument has items 1 to %u only"),
			       answers->instrument->asked);
	scale = jz_item_scale(asked, answers->scale);
	if (value == JZ_NO_ANSWER || (value >= scale->min && value <= scale->max)) {
		answers->values[item - 1] = (int16_t)value;
		return 0;
	}
	/* The same words whatever the value is: they must not give it away. */
	if (asked->scored && answers->instrument->scale_count > 1)
		return jz_fail(
			err, JZ_E_INVALID,
			_("item %u: the answer is not on the scale %s; answers of two scales "
			  "must not be mixed"),
			item, scale->id);
	return jz_fail(err, JZ_E_INVALID, _("item %u: the answer is not on the scale %s"), item,
		       scale->id);
}

static bool is_missing(const struct jz_node *node)
{
	return node->kind == JZ_NULL ||
	       (node->kind == JZ_STRING && node->plain &&
		(!node->len || jz_eq(node->text, "~") || jz_eq(node->text, "null")));
}

/* A whole number in plain digits; what is not one is too large for any scale or not a number. */
static bool whole_number(const struct jz_node *node, long *out)
{
	if (node->kind != JZ_NUMBER && !(node->kind == JZ_STRING && node->plain))
		return false;
	return *node->text != '+' && strlen(node->text) == node->len &&
	       jz_parse_int(node->text, 0, 100000, out);
}

static void read_answer(struct jz_answers *answers, unsigned item, const struct jz_node *node,
			const char *pointer, struct jz_findings *findings)
{
	struct jz_err err = JZ_ERR_INIT;
	char path[256];
	long value;

	if (is_missing(node))
		return;
	snprintf(path, sizeof(path), "%s/%u", pointer, item);
	if (!whole_number(node, &value))
		jz_findings_add(findings, JZ_ERROR, node, path, "answer", NULL,
				_("item %u: the answer must be a whole number, or null"), item);
	else if (answers->values[item - 1] != JZ_NO_ANSWER)
		jz_findings_add(findings, JZ_ERROR, node, path, "answer", NULL,
				_("item %u is answered twice"), item);
	else if (jz_answers_set(answers, item, value, &err))
		jz_findings_add(findings, JZ_ERROR, node, path, "answer", NULL, "%s", err.message);
}

static void read_map(struct jz_answers *answers, const struct jz_node *map, const char *pointer,
		     struct jz_findings *findings)
{
	for (uint32_t i = 0; i < map->len; i++) {
		const struct jz_pair *pair = &map->pairs[i];
		struct jz_node at = {.line = pair->line, .column = pair->column};
		long item = 0;

		if (*pair->key >= '1' && *pair->key <= '9' && strlen(pair->key) == pair->key_len &&
		    jz_parse_int(pair->key, 1, answers->instrument->asked, &item))
			read_answer(answers, (unsigned)item, pair->value, pointer, findings);
		else
			jz_findings_add(findings, JZ_ERROR, &at, pointer, "answer", NULL,
					_("unknown item; the instrument has items 1 to %u"),
					answers->instrument->asked);
	}
}

int jz_answers_read(struct jz_answers *answers, const struct jz_node *node, const char *pointer,
		    struct jz_findings *findings)
{
	const struct jz_instrument *key = answers->instrument;
	size_t errors = findings->errors;

	if (node && node->kind == JZ_MAP) {
		read_map(answers, node, pointer, findings);
	} else if (!node || node->kind != JZ_SEQ) {
		jz_findings_add(findings, JZ_ERROR, node, pointer, "answers", NULL,
				_("answers are a map from item to value, or a list of values"));
	} else if (node->len != key->scored && node->len != key->asked) {
		jz_findings_add(findings, JZ_ERROR, node, pointer, "answers", NULL,
				_("a list needs %u answers, one for each item in order; write null "
				  "for an item without an answer"),
				key->scored);
	} else {
		for (uint32_t i = 0; i < node->len; i++)
			read_answer(answers, i + 1, node->items[i], pointer, findings);
	}
	return findings->errors == errors ? 0 : JZ_E_INVALID;
}

static void document_fault(struct jz_findings *findings, const struct jz_node *node,
			   const char *path, const char *message)
{
	jz_findings_add(findings, JZ_ERROR, node, path, "answers", NULL, "%s", message);
}

/* The members of a document besides its answers. */
static void check_members(const struct jz_instrument *instrument, const struct jz_node *root,
			  struct jz_findings *findings)
{
	const struct jz_node *named = jz_map_get(root, "instrument");

	if (named && !jz_eq(jz_node_text(named), instrument->id))
		document_fault(findings, named, "/instrument",
			       _("these are the answers to another instrument"));
	for (uint32_t i = 0; i < root->len; i++) {
		const struct jz_pair *pair = &root->pairs[i];
		struct jz_node at = {.line = pair->line, .column = pair->column};

		if (!jz_eq(pair->key, "instrument") && !jz_eq(pair->key, "scale") &&
		    !jz_eq(pair->key, "answers") && !jz_starts_with(pair->key, "x-"))
			document_fault(findings, &at, "",
				       _("unknown field; a document of answers has instrument, "
					 "scale, answers and x-…"));
	}
}

int jz_answers_read_document(const struct jz_instrument *instrument, const char *scale,
			     const struct jz_node *root, struct jz_answers *out,
			     struct jz_findings *findings)
{
	const struct jz_node *answers = jz_map_get(root, "answers");
	const struct jz_node *own = NULL;
	struct jz_err err = JZ_ERR_INIT;
	size_t errors = findings->errors;
	bool whole = answers || jz_map_get(root, "instrument") || jz_map_get(root, "scale");

	*out = (struct jz_answers){0};
	if (whole) {
		check_members(instrument, root, findings);
		own = jz_map_get(root, "scale");
	}
	if (own && scale && !jz_eq(jz_node_text(own), scale))
		document_fault(findings, own, "/scale",
			       _("the document names another scale than the option"));
	if (own)
		scale = jz_node_text(own) ? jz_node_text(own) : "?";
	if (jz_answers_init(out, instrument, scale, &err))
		document_fault(findings, own ? own : root, own ? "/scale" : "", err.message);
	else if (whole && !answers)
		document_fault(findings, root, "", _("the field 'answers' is missing"));
	else
		jz_answers_read(out, whole ? answers : root, whole ? "/answers" : "", findings);
	return findings->errors == errors ? 0 : JZ_E_INVALID;
}

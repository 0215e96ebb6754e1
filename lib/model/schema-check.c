/* Judging a document: one subschema against one node, and the walk over items and properties. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"

/* Subschemas inside each other: documents have 64 levels, schemas a few at each of them. */
#define DEPTH_MAX 2000

static bool fail_type(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node)
{
	jz_cleanup(jz_buf_release) struct jz_buf words = JZ_BUF_INIT;

	if (c->mode == JZ_CHECK_LOUD)
		jz_type_words(sub->types, &words);
	return jz_check_fail(c, node, JZ_OFF_TYPE, "type", _("must be %s"), words.data);
}

static bool type_ok(const struct jz_sub *sub, const struct jz_node *node)
{
	/* whether a number is an integer is asked only where it matters */
	static const uint8_t quick[] = {
		[JZ_NULL] = JZ_TYPE_NULL,     [JZ_BOOL] = JZ_TYPE_BOOL,
		[JZ_NUMBER] = JZ_TYPE_NUMBER, [JZ_STRING] = JZ_TYPE_STRING,
		[JZ_SEQ] = JZ_TYPE_ARRAY,     [JZ_MAP] = JZ_TYPE_OBJECT,
	};

	if (!sub->types || sub->types & quick[node->kind])
		return true;
	return node->kind == JZ_NUMBER && sub->types & JZ_TYPE_INTEGER &&
	       jz_type_of(node) == JZ_TYPE_INTEGER;
}

static bool check_keywords(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
			   struct jz_seen *seen)
{
	bool valid = true;

	if (!type_ok(sub, node))
		return fail_type(c, sub, node);
	if ((sub->enumeration || sub->constant) &&
	    jz_check_stop(c, jz_check_values(c, sub, node), &valid))
		return false;
	if (sub->strings && node->kind == JZ_STRING &&
	    jz_check_stop(c, jz_check_strings(c, sub, node), &valid))
		return false;
	if (sub->numbers && node->kind == JZ_NUMBER &&
	    jz_check_stop(c, jz_check_numbers(c, sub, node), &valid))
		return false;
	if (sub->arrays && node->kind == JZ_SEQ &&
	    jz_check_stop(c, jz_check_arrays(c, sub, node, seen), &valid))
		return false;
	if (sub->objects && node->kind == JZ_MAP &&
	    jz_check_stop(c, jz_check_objects(c, sub, node, seen), &valid))
		return false;
	if (sub->logic)
		jz_check_stop(c, jz_check_logic(c, sub, node, seen), &valid);
	return valid;
}

static bool check_tracked(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
			  struct jz_seen *outer)
{
	struct jz_seen seen;
	bool valid;

	jz_seen_init(&seen, node);
	valid = check_keywords(c, sub, node, &seen);
	/* after a failure it is not known what else would have been evaluated */
	if (valid)
		valid = jz_check_unevaluated(c, sub, node, &seen);
	if (outer)
		jz_seen_merge(outer, &seen);
	jz_seen_release(&seen);
	return valid;
}

bool jz_check_sub(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		  struct jz_seen *seen)
{
	struct jz_scope scope = {c->scope, sub->resource};
	bool valid;

	if (sub->form == JZ_SUB_TRUE)
		return true;
	if (sub->form == JZ_SUB_FALSE)
		return jz_check_fail(c, node, JZ_OFF_KEY, c->frame->keyword, "%s",
				     c->frame->pair ? _("is a field that is not known here")
						    : _("is not allowed here"));
	if (c->given_up)
		return false;
	if (!jz_check_spend(c, 1))
		return jz_check_give_up(c, node, "$schema",
					_("checking this document takes too much work"));
	if (c->depth >= DEPTH_MAX)
		return jz_check_give_up(c, node, "$ref",
					_("the schema refers to itself without end"));
	if ((sub->title || sub->title_en) && !c->frame->titled)
		c->frame->titled = sub;
	if (!c->scope || c->scope->resource != sub->resource)
		c->scope = &scope;
	c->depth++;
	if ((sub->unevaluated_items && node->kind == JZ_SEQ) ||
	    (sub->unevaluated_props && node->kind == JZ_MAP))
		valid = check_tracked(c, sub, node, seen);
	else
		valid = check_keywords(c, sub, node, seen);
	c->depth--;
	if (c->scope == &scope)
		c->scope = scope.up;
	return valid;
}

bool jz_check_quietly(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		      struct jz_seen *seen)
{
	enum jz_check_mode mode = c->mode;
	bool valid;

	c->mode = JZ_CHECK_QUIET;
	valid = jz_check_sub(c, sub, node, seen);
	c->mode = mode;
	return valid;
}

bool jz_check_item(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *seq,
		   uint32_t index, const char *keyword)
{
	struct jz_frame frame = {.up = c->frame, .index = index, .keyword = keyword};
	bool valid;

	c->frame = &frame;
	valid = jz_check_sub(c, sub, seq->items[index], NULL);
	c->frame = frame.up;
	return valid;
}

bool jz_check_pair(struct jz_check *c, const struct jz_sub *sub, const struct jz_pair *pair,
		   const char *keyword)
{
	struct jz_frame frame = {.up = c->frame, .pair = pair, .keyword = keyword};
	bool valid;

	c->frame = &frame;
	if (sub->form == JZ_SUB_FALSE) { /* the fault is the name: point at it */
		struct jz_node name = {.line = pair->line, .column = pair->column};

		valid = jz_check_sub(c, sub, &name, NULL);
	} else {
		valid = jz_check_sub(c, sub, pair->value, NULL);
	}
	c->frame = frame.up;
	return valid;
}

int jz_schema_check(const struct jz_schema *schema, const struct jz_node *document,
		    struct jz_findings *findings)
{
	struct jz_frame frame = {.keyword = "false"};
	struct jz_check check = {.findings = findings, .frame = &frame};
	bool valid = jz_check_sub(&check, schema->root, document, NULL);

	jz_regex_scratch_free(check.scratch);
	return valid && !check.given_up ? 0 : JZ_E_INVALID;
}

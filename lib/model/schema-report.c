/* Findings of a check: position, pointer, the field's title, and never a value. */
#include "lib/model/schema-private.h"

#include <stdarg.h>
#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/model/label.h"

#define FINDINGS_DEFAULT 1000 /* what finding.h says of limit 0 */

const char *jz_sub_title(const struct jz_sub *sub)
{
	const char *title = jz_lang_zh() ? sub->title : sub->title_en;

	return title && *title ? title : NULL;
}

static void build_pointer(const struct jz_frame *frame, struct jz_buf *out)
{
	if (!frame->up)
		return;
	build_pointer(frame->up, out);
	if (frame->pair)
		jz_pointer_key(out, frame->pair->key, frame->pair->key_len);
	else
		jz_pointer_index(out, frame->index);
}

static void add_finding(struct jz_check *c, const struct jz_node *node, const char *rule,
			const char *message)
{
	const char *title = c->frame->titled ? jz_sub_title(c->frame->titled) : NULL;
	size_t limit = c->findings->limit ? c->findings->limit : FINDINGS_DEFAULT;
	jz_cleanup(jz_buf_release) struct jz_buf pointer = JZ_BUF_INIT;

	if (c->findings->len < limit)
		build_pointer(c->frame, &pointer);
	jz_findings_add_titled(c->findings, JZ_ERROR, node, pointer.data, rule, NULL, title, "%s",
			       message);
}

/* A wrong type rules a branch out where it begins, a wrong constant also one step further in (the
 * field that tells the branches apart); deeper, a failure is just a failure. */
static unsigned weight_here(const struct jz_check *c, unsigned off)
{
	if (c->frame == c->weighed)
		return off;
	if (c->frame->up == c->weighed && off != JZ_OFF_TYPE)
		return off;
	return JZ_OFF_A_LITTLE;
}

bool jz_check_fail(struct jz_check *c, const struct jz_node *node, unsigned off, const char *rule,
		   const char *fmt, ...)
{
	char message[512];
	va_list args;

	if (c->mode == JZ_CHECK_WEIGH)
		c->weight += weight_here(c, off);
	if (c->mode != JZ_CHECK_LOUD || c->given_up)
		return false;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	add_finding(c, node, rule, message);
	return false;
}

bool jz_check_give_up(struct jz_check *c, const struct jz_node *node, const char *rule,
		      const char *why)
{
	if (!c->given_up)
		add_finding(c, node, rule, why);
	c->given_up = true;
	return false;
}

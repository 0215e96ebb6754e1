#include "lib/rules/judge.h"

#include <string.h>

#include "lib/model/shape.h"

bool jz_overdue(struct jz_date from, int days, struct jz_date today)
{
	return jz_date_cmp(jz_date_add_days(from, days), today) < 0;
}

bool jz_get_day(const struct jz_node *map, const char *key, struct jz_date *out)
{
	const char *text = jz_map_text(map, key);
	char day[11];

	if (!text)
		return false;
	jz_copy(day, sizeof(day), text);
	return jz_date_parse(day, out);
}

bool jz_within(struct jz_date day, struct jz_date from, struct jz_date to)
{
	return jz_date_cmp(from, day) <= 0 && jz_date_cmp(day, to) <= 0;
}

bool jz_changed(const struct jz_rule_ctx *ctx, const char *list, const struct jz_node *item)
{
	const struct jz_node *old = jz_item(jz_map_get(ctx->before, list), jz_map_text(item, "id"));

	return !old || !jz_node_equal(old, item);
}

bool jz_plan_approved(const struct jz_node *plan)
{
	return jz_has(plan, "from");
}

bool jz_plan_new(const struct jz_rule_ctx *ctx, const struct jz_node *plan)
{
	return jz_plan_approved(plan) && !jz_plan_approved(jz_item(jz_map_get(ctx->before, "plans"),
								   jz_map_text(plan, "id")));
}

bool jz_code_flag(const struct jz_rule_ctx *ctx, const char *table, const char *code,
		  const char *flag)
{
	return jz_map_true(jz_codes_find(jz_policy_codes(ctx->policy), table, code), flag);
}

const char *jz_field_title(const char *path)
{
	struct jz_shape root;
	struct jz_shape field;
	const char *title;

	if (jz_shape_open("case", &root, NULL) || !jz_shape_at(&root, path, &field))
		return path;
	title = jz_shape_title(&field);
	return title ? title : path;
}

bool jz_seq_has(const struct jz_node *seq, const char *text)
{
	for (size_t i = 0; text && i < jz_seq_len(seq); i++)
		if (jz_eq(jz_node_text(jz_seq_get(seq, i)), text))
			return true;
	return false;
}

const char *jz_hop_path(struct jz_findings *findings, const struct jz_hop *place,
			  const char *key)
{
	const struct jz_hop last = {
		.up = place, .key = key, .key_len = key ? strlen(key) : 0};
	jz_cleanup(jz_buf_release) struct jz_buf path = JZ_BUF_INIT;

	jz_hop_pointer(key ? &last : place, &path);
	return jz_arena_strdup(findings->arena, path.data);
}

struct walk {
	jz_each_visit *visit;
	void *data;
};

static void enter(const struct walk *walk, const struct jz_node *node, const char *where,
		  const struct jz_hop *up)
{
	struct jz_hop place = {.up = up};

	if (!node)
		return;
	if (node->kind == JZ_SEQ) {
		for (; place.index < node->len; place.index++)
			enter(walk, node->items[place.index], where, &place);
		return;
	}
	if (!*where) {
		walk->visit(walk->data, node, up);
		return;
	}
	place.key = where;
	place.key_len = strcspn(where, ".");
	where += place.key_len;
	enter(walk, jz_map_getn(node, place.key, place.key_len), where + (*where == '.'), &place);
}

void jz_each_at(const struct jz_node *record, const char *where, jz_each_visit *visit, void *data)
{
	const struct walk walk = {.visit = visit, .data = data};

	enter(&walk, record, where, NULL);
}

/* $ref, $dynamicRef, allOf, anyOf, oneOf, not, if/then/else. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"

/* The outermost resource on the way here that has the dynamic anchor. */
static const struct jz_sub *dynamic_target(const struct jz_check *c,
					   const struct jz_sub_logic *logic)
{
	const struct jz_sub *target = logic->dynamic_ref;
	size_t len = logic->dynamic_name ? strlen(logic->dynamic_name) : 0;

	for (const struct jz_scope *scope = c->scope; len > 0 && scope; scope = scope->up) {
		const struct jz_sub *found =
			jz_map_find(&scope->resource->dynamics, logic->dynamic_name, len);

		if (found)
			target = found;
	}
	return target;
}

/* A branch that counts only if it holds: what it evaluated is kept then. */
static bool try_branch(struct jz_check *c, const struct jz_sub *branch, const struct jz_node *node,
		       struct jz_seen *seen)
{
	struct jz_seen own;
	bool valid;

	if (!seen)
		return jz_check_quietly(c, branch, node, NULL);
	jz_check_spend(c, node->len / 1024);
	jz_seen_init(&own, node);
	valid = jz_check_quietly(c, branch, node, &own);
	if (valid)
		jz_seen_merge(seen, &own);
	jz_seen_release(&own);
	return valid;
}

static size_t weigh(struct jz_check *c, const struct jz_sub *branch, const struct jz_node *node)
{
	size_t outer = c->weight;
	const struct jz_frame *weighed = c->weighed;
	enum jz_check_mode mode = c->mode;
	size_t weight;

	c->mode = JZ_CHECK_WEIGH;
	c->weight = 0;
	c->weighed = c->frame;
	jz_check_sub(c, branch, node, NULL);
	weight = c->weight;
	c->weight = outer;
	c->weighed = weighed;
	c->mode = mode;
	return weight;
}

/* No branch holds: tells what is wrong with the one that comes closest, or which types the branches
 * would take if it is none of them. */
static bool fail_branches(struct jz_check *c, const struct jz_sub_list *branches,
			  const struct jz_node *node, const char *rule)
{
	jz_cleanup(jz_buf_release) struct jz_buf words = JZ_BUF_INIT;
	const struct jz_sub *closest = NULL;
	size_t least = SIZE_MAX;
	bool all_say = true;
	unsigned types = 0;

	if (c->mode != JZ_CHECK_LOUD)
		return jz_check_fail(c, node, JZ_OFF_KEY, rule, "%s", "");
	for (uint32_t i = 0; i < branches->len; i++) {
		const struct jz_sub *branch = branches->items[i];
		size_t weight = branch->form == JZ_SUB_FALSE ? SIZE_MAX : weigh(c, branch, node);

		types |= branch->said;
		all_say &= branch->said != 0;
		if (weight < least) {
			least = weight;
			closest = branch;
		}
	}
	if (closest && !(all_say && !(types & jz_type_of(node))))
		return jz_check_sub(c, closest, node, NULL);
	if (types && all_say) {
		jz_type_words(types, &words);
		return jz_check_fail(c, node, JZ_OFF_TYPE, rule, _("must be %s"), words.data);
	}
	return jz_check_fail(c, node, JZ_OFF_KEY, rule, "%s",
			     _("has none of the forms that are allowed here"));
}

static bool check_any(struct jz_check *c, const struct jz_sub_list *branches,
		      const struct jz_node *node, struct jz_seen *seen)
{
	bool found = false;

	/* once one holds, the others matter only for what they evaluate */
	for (uint32_t i = 0; i < branches->len && (!found || seen); i++)
		found |= try_branch(c, branches->items[i], node, seen);
	return found || c->given_up || fail_branches(c, branches, node, "anyOf");
}

static bool check_one(struct jz_check *c, const struct jz_sub_list *branches,
		      const struct jz_node *node, struct jz_seen *seen)
{
	uint32_t first = UINT32_MAX;

	for (uint32_t i = 0; i < branches->len; i++) {
		if (!try_branch(c, branches->items[i], node, seen))
			continue;
		if (first != UINT32_MAX)
			return jz_check_fail(
				c, node, JZ_OFF_KEY, "oneOf",
				_("has two forms at once (%u and %u) that exclude each "
				  "other"),
				first + 1, i + 1);
		first = i;
	}
	return first != UINT32_MAX || c->given_up || fail_branches(c, branches, node, "oneOf");
}

static bool check_conditions(struct jz_check *c, const struct jz_sub_logic *logic,
			     const struct jz_node *node, struct jz_seen *seen)
{
	const struct jz_sub *chosen;

	if (!logic->if_ || (!seen && !logic->then_ && !logic->else_))
		return true;
	chosen = try_branch(c, logic->if_, node, seen) ? logic->then_ : logic->else_;
	return !chosen || jz_check_sub(c, chosen, node, seen);
}

bool jz_check_logic(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		    struct jz_seen *seen)
{
	const struct jz_sub_logic *logic = sub->logic;
	bool valid = true;

	if (logic->ref && jz_check_stop(c, jz_check_sub(c, logic->ref, node, seen), &valid))
		return false;
	if (logic->dynamic_ref &&
	    jz_check_stop(c, jz_check_sub(c, dynamic_target(c, logic), node, seen), &valid))
		return false;
	for (uint32_t i = 0; i < logic->all.len; i++)
		if (jz_check_stop(c, jz_check_sub(c, logic->all.items[i], node, seen), &valid))
			return false;
	if (logic->any.len > 0 && jz_check_stop(c, check_any(c, &logic->any, node, seen), &valid))
		return false;
	if (logic->one.len > 0 && jz_check_stop(c, check_one(c, &logic->one, node, seen), &valid))
		return false;
	if (logic->not_ && jz_check_quietly(c, logic->not_, node, NULL) &&
	    jz_check_stop(c,
			  jz_check_fail(c, node, JZ_OFF_KEY, "not", "%s",
					_("has a form that is not allowed here")),
			  &valid))
		return false;
	jz_check_stop(c, check_conditions(c, logic, node, seen), &valid);
	return valid;
}

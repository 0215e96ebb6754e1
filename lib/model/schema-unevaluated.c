/* unevaluatedItems, unevaluatedProperties, and the sets of what was evaluated. */
#include "lib/model/schema-private.h"

void jz_seen_init(struct jz_seen *seen, const struct jz_node *node)
{
	seen->words = node->len / 64 + 1;
	memset(seen->small, 0, sizeof(seen->small));
	seen->bits = seen->small;
	if (seen->words > JZ_COUNT(seen->small))
		seen->bits = jz_xcalloc(seen->words, sizeof(*seen->bits));
}

void jz_seen_release(struct jz_seen *seen)
{
	if (seen->bits != seen->small)
		free(seen->bits);
}

void jz_seen_add(struct jz_seen *seen, uint32_t index)
{
	if (seen)
		seen->bits[index / 64] |= (uint64_t)1 << index % 64;
}

void jz_seen_add_all(struct jz_seen *seen)
{
	if (seen)
		memset(seen->bits, 0xff, seen->words * sizeof(*seen->bits));
}

void jz_seen_merge(struct jz_seen *seen, const struct jz_seen *from)
{
	for (uint32_t i = 0; i < seen->words; i++)
		seen->bits[i] |= from->bits[i];
}

bool jz_seen_has(const struct jz_seen *seen, uint32_t index)
{
	return seen->bits[index / 64] >> index % 64 & 1;
}

bool jz_check_unevaluated(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
			  struct jz_seen *seen)
{
	const struct jz_sub *rest =
		node->kind == JZ_SEQ ? sub->unevaluated_items : sub->unevaluated_props;
	bool valid = true;

	for (uint32_t i = 0; rest && i < node->len; i++) {
		bool ok;

		if (jz_seen_has(seen, i))
			continue;
		ok = node->kind == JZ_SEQ
			     ? jz_check_item(c, rest, node, i, "unevaluatedItems")
			     : jz_check_pair(c, rest, &node->pairs[i], "unevaluatedProperties");
		if (jz_check_stop(c, ok, &valid))
			return false;
	}
	if (rest)
		jz_seen_add_all(seen);
	return valid;
}

/* minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf: exact, on the digits. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"

/* The work of one multipleOf grows with the length of both numbers. */
#define BOUND_DIGITS_MAX 1000

int jz_kw_number(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value, int which)
{
	struct jz_arena *arena = c->schema->arena;
	struct jz_decimal number;
	const char *text;

	if (value->kind != JZ_NUMBER)
		return jz_schema_wrong(c, value, _("must be a number"));
	if (value->len > BOUND_DIGITS_MAX)
		return jz_schema_wrong(c, value, _("has more than %d digits"), BOUND_DIGITS_MAX);
	text = jz_arena_strndup(arena, value->text, value->len);
	jz_decimal_parse(text, value->len, &number);
	if (which == JZ_MULTIPLE_OF && (number.count == 0 || number.negative))
		return jz_schema_wrong(c, value, _("must be greater than 0"));
	if (!sub->numbers)
		sub->numbers = jz_arena_alloc(arena, sizeof(*sub->numbers));
	sub->numbers->bounds[which].set = true;
	sub->numbers->bounds[which].text = text;
	sub->numbers->bounds[which].value = number;
	return 0;
}

static bool holds(int which, const struct jz_decimal *value, const struct jz_decimal *bound)
{
	switch (which) {
	case JZ_MINIMUM:
		return jz_decimal_cmp(value, bound) >= 0;
	case JZ_EXCLUSIVE_MINIMUM:
		return jz_decimal_cmp(value, bound) > 0;
	case JZ_MAXIMUM:
		return jz_decimal_cmp(value, bound) <= 0;
	case JZ_EXCLUSIVE_MAXIMUM:
		return jz_decimal_cmp(value, bound) < 0;
	default:
		return jz_decimal_is_multiple(value, bound);
	}
}

static bool fail(struct jz_check *c, const struct jz_node *node, int which, const char *bound)
{
	switch (which) {
	case JZ_MINIMUM:
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "minimum",
				     _("must not be less than %s"), bound);
	case JZ_EXCLUSIVE_MINIMUM:
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "exclusiveMinimum",
				     _("must be greater than %s"), bound);
	case JZ_MAXIMUM:
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "maximum",
				     _("must not be greater than %s"), bound);
	case JZ_EXCLUSIVE_MAXIMUM:
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "exclusiveMaximum",
				     _("must be less than %s"), bound);
	default:
		return jz_check_fail(c, node, JZ_OFF_A_LITTLE, "multipleOf",
				     _("must be a multiple of %s"), bound);
	}
}

bool jz_check_numbers(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node)
{
	struct jz_decimal number;
	bool valid = true;

	jz_decimal_parse(node->text, node->len, &number);
	jz_check_spend(c, node->len / 64);
	for (int i = 0; i < JZ_BOUNDS; i++)
		if (sub->numbers->bounds[i].set &&
		    !holds(i, &number, &sub->numbers->bounds[i].value)) {
			fail(c, node, i, sub->numbers->bounds[i].text);
			valid = false;
		}
	return valid;
}

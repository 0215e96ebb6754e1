/* The values of a tree: YAML 1.2 core typing, numbers as text, equality. */
#include "lib/base/node.h"

#include <limits.h>
#include <string.h>

#include "lib/base/str.h"

/* The parts of a number as JSON writes it. */
struct digits {
	bool negative;
	const char *whole, *fraction, *exponent; /* exponent with its sign; NULL: none */
	size_t whole_len, fraction_len, exponent_len;
};

static size_t span(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

static bool split_number(const char *text, size_t len, struct digits *out)
{
	size_t n;

	memset(out, 0, sizeof(*out));
	if (len && (*text == '-' || *text == '+')) {
		out->negative = *text == '-';
		text++;
		len--;
	}
	n = span(text, len);
	if (!n || (n > 1 && *text == '0'))
		return false;
	out->whole = text;
	out->whole_len = n;
	text += n;
	len -= n;
	if (len && *text == '.') {
		n = span(text + 1, len - 1);
		if (!n)
			return false;
		out->fraction = text + 1;
		out->fraction_len = n;
		text += n + 1;
		len -= n + 1;
	}
	if (len && (*text == 'e' || *text == 'E')) {
		size_t sign = len > 1 && (text[1] == '-' || text[1] == '+');

		n = len > 1 + sign ? span(text + 1 + sign, len - 1 - sign) : 0;
		if (!n)
			return false;
		out->exponent = text + 1;
		out->exponent_len = sign + n;
		len -= 1 + sign + n;
	}
	return !len;
}

bool jz_is_number(const char *text, size_t len)
{
	struct digits d;

	return split_number(text, len, &d);
}

static bool is_word(const struct jz_node *node, const char *a, const char *b, const char *c)
{
	return !strcmp(node->text, a) || !strcmp(node->text, b) || !strcmp(node->text, c);
}

static void type_scalar(struct jz_node *node)
{
	if (!node->plain)
		return;
	node->plain = false;
	if (!node->len || !strcmp(node->text, "~") || is_word(node, "null", "Null", "NULL")) {
		node->kind = JZ_NULL;
	} else if (is_word(node, "true", "True", "TRUE")) {
		node->kind = JZ_BOOL;
		node->truth = true;
	} else if (is_word(node, "false", "False", "FALSE")) {
		node->kind = JZ_BOOL;
		node->truth = false;
	} else if (jz_is_number(node->text, node->len)) {
		node->kind = JZ_NUMBER;
		if (*node->text == '+') { /* JSON has no plus sign */
			node->text++;
			node->len--;
		}
	}
}

void jz_node_type_core(struct jz_node *tree)
{
	if (tree->kind == JZ_SEQ) {
		for (uint32_t i = 0; i < tree->len; i++)
			jz_node_type_core(tree->items[i]);
	} else if (tree->kind == JZ_MAP) {
		for (uint32_t i = 0; i < tree->len; i++)
			jz_node_type_core(tree->pairs[i].value);
	} else if (tree->kind == JZ_STRING) {
		type_scalar(tree);
	}
}

bool jz_node_to_int(const struct jz_node *node, int64_t *out)
{
	long value;

	if (!node || node->kind != JZ_NUMBER ||
	    !jz_parse_int(node->text, LONG_MIN, LONG_MAX, &value))
		return false;
	*out = value;
	return true;
}

/* The digit of a number at a decimal place (0: before the point) without its exponent. */
static char digit_at(const struct digits *d, long place)
{
	if (place >= 0)
		return place < (long)d->whole_len ? d->whole[(long)d->whole_len - 1 - place] : '0';
	return -place <= (long)d->fraction_len ? d->fraction[-place - 1] : '0';
}

static long exponent(const struct digits *d)
{
	long value = 0;
	size_t i = 0;

	if (!d->exponent)
		return 0;
	i = *d->exponent == '-' || *d->exponent == '+';
	for (; i < d->exponent_len; i++)
		if (value < 100000000)
			value = value * 10 + (d->exponent[i] - '0');
	return *d->exponent == '-' ? -value : value;
}

/* Places of the highest and lowest digit that is not zero, exponent applied; false: it is zero. */
static bool extent(const struct digits *d, long *high, long *low)
{
	long top = (long)d->whole_len - 1, bottom = -(long)d->fraction_len, e = exponent(d);

	while (top >= bottom && digit_at(d, top) == '0')
		top--;
	if (top < bottom)
		return false;
	while (digit_at(d, bottom) == '0')
		bottom++;
	*high = top + e;
	*low = bottom + e;
	return true;
}

static bool number_equal(const struct jz_node *a, const struct jz_node *b)
{
	struct digits x, y;
	long xh, xl, yh, yl;
	bool nx, ny;

	if (a->len == b->len && !memcmp(a->text, b->text, a->len))
		return true;
	if (!split_number(a->text, a->len, &x) || !split_number(b->text, b->len, &y))
		return false;
	nx = extent(&x, &xh, &xl);
	ny = extent(&y, &yh, &yl);
	if (!nx || !ny)
		return nx == ny;
	if (x.negative != y.negative || xh != yh || xl != yl)
		return false;
	for (long place = xl; place <= xh; place++)
		if (digit_at(&x, place - exponent(&x)) != digit_at(&y, place - exponent(&y)))
			return false;
	return true;
}

bool jz_node_equal(const struct jz_node *a, const struct jz_node *b)
{
	if (a->kind != b->kind)
		return false;
	switch ((enum jz_kind)a->kind) {
	case JZ_NULL:
		return true;
	case JZ_BOOL:
		return a->truth == b->truth;
	case JZ_NUMBER:
		return number_equal(a, b);
	case JZ_STRING:
		return a->len == b->len && !memcmp(a->text, b->text, a->len);
	case JZ_SEQ:
		if (a->len != b->len)
			return false;
		for (uint32_t i = 0; i < a->len; i++)
			if (!jz_node_equal(a->items[i], b->items[i]))
				return false;
		return true;
	case JZ_MAP:
		if (a->len != b->len)
			return false;
		for (uint32_t i = 0; i < a->len; i++) {
			const struct jz_node *other =
				jz_map_getn(b, a->pairs[i].key, a->pairs[i].key_len);

			if (!other || !jz_node_equal(a->pairs[i].value, other))
				return false;
		}
		return true;
	}
	return false;
}

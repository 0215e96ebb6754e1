#include "lib/port/regex-plain.h"

#include <string.h>

#define TIMES_MAX 999

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Stands for itself, inside a class and outside. */
static bool is_itself(char c)
{
	return is_letter(c) || (c && strchr("_ :/", c));
}

static void put(struct jz_regex_run *run, char c)
{
	run->set[c >> 6 & 1] |= (uint64_t)1 << (c & 63);
}

static bool holds(const struct jz_regex_run *run, char c)
{
	return !(c & 0x80) && run->set[c >> 6 & 1] >> (c & 63) & 1;
}

/* Behind "[": ranges of letters, characters, and a "-" at the end. NULL: something else. */
static const char *read_class(const char *at, const char *end, struct jz_regex_run *run)
{
	if (at < end && *at == ']')
		return NULL;
	for (; at < end && *at != ']'; at++) {
		bool range = end - at > 2 && at[1] == '-' && at[2] != ']';

		if (*at == '-' ? end - at < 2 || at[1] != ']' : !is_itself(*at) && *at != '.')
			return NULL;
		if (!range) {
			put(run, *at);
			continue;
		}
		if (!is_letter(*at) || !is_letter(at[2]) || at[2] < *at)
			return NULL;
		for (char c = *at; c <= at[2]; c++)
			put(run, c);
		at += 2;
	}
	return at < end ? at + 1 : NULL;
}

static const char *read_number(const char *at, const char *end, size_t *out)
{
	const char *from = at;

	for (*out = 0; at < end && *at >= '0' && *at <= '9' && *out <= TIMES_MAX; at++)
		*out = *out * 10 + (size_t)(*at - '0');
	return at > from && at < end && *out <= TIMES_MAX ? at : NULL;
}

/* {n} or {n,m}, if one is there. */
static const char *read_times(const char *at, const char *end, struct jz_regex_run *run)
{
	run->least = run->most = 1;
	if (at == end || *at != '{')
		return at;
	at = read_number(at + 1, end, &run->least);
	run->most = run->least;
	if (at && *at == ',')
		at = read_number(at + 1, end, &run->most);
	return at && *at == '}' && run->least <= run->most ? at + 1 : NULL;
}

static bool apart(const struct jz_regex_run *a, const struct jz_regex_run *b)
{
	return !(a->set[0] & b->set[0]) && !(a->set[1] & b->set[1]);
}

void jz_regex_plain_read(const char *pattern, size_t len, struct jz_regex_plain *out)
{
	const char *at = pattern + 1, *end = pattern + len - 1;
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	if (len < 3 || *pattern != '^' || *end != '$')
		return;
	for (; at < end; n++) {
		struct jz_regex_run *run = &out->runs[n];

		if (n == JZ_REGEX_RUNS)
			return;
		if (*at == '[') {
			at = read_class(at + 1, end, run);
		} else if (is_itself(*at) || *at == '-') {
			put(run, *at++);
		} else {
			return;
		}
		at = at ? read_times(at, end, run) : NULL;
		if (!at)
			return;
		/* The one before it must not have taken what belongs here. */
		if (n && run[-1].least < run[-1].most && (!run->least || !apart(&run[-1], run)))
			return;
	}
	out->len = n;
}

bool jz_regex_plain_match(const struct jz_regex_plain *plain, const char *text, size_t len)
{
	const char *end = text + len;

	for (size_t i = 0; i < plain->len; i++) {
		const struct jz_regex_run *run = &plain->runs[i];
		const char *from = text;

		while (text < end && (size_t)(text - from) < run->most && holds(run, *text))
			text++;
		if ((size_t)(text - from) < run->least)
			return false;
	}
	return text == end;
}

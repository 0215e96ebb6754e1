/* Formats that are asserted (opts.assert_format, the project's own schemas); JSON Schema 2020-12,
 * validation, section 7.3. A format that is not in the table is an annotation. */
#include "lib/model/schema-private.h"

#include "lib/base/date.h"
#include "lib/base/str.h"

static bool digits(const char **at, const char *end, int count, int *out)
{
	*out = 0;
	for (int i = 0; i < count; i++, (*at)++) {
		if (*at >= end || **at < '0' || **at > '9')
			return false;
		*out = *out * 10 + (**at - '0');
	}
	return true;
}

static bool eat(const char **at, const char *end, char c)
{
	if (*at >= end || **at != c)
		return false;
	(*at)++;
	return true;
}

/* RFC 3339 full-date */
static bool is_date(const char *text, size_t len)
{
	struct jz_date date;
	char copy[11] = "";

	if (len != 10)
		return false;
	memcpy(copy, text, 10);
	return jz_date_parse(copy, &date);
}

/* RFC 3339 time-offset; *minutes east of UTC */
static bool offset(const char **at, const char *end, int *minutes)
{
	int sign;
	int hour;
	int minute;

	*minutes = 0;
	if (eat(at, end, 'Z') || eat(at, end, 'z'))
		return true;
	sign = eat(at, end, '+') ? 1 : eat(at, end, '-') ? -1 : 0;
	if (!sign || !digits(at, end, 2, &hour) || !eat(at, end, ':') ||
	    !digits(at, end, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

/* RFC 3339 full-time; second 60 only where a leap second can be: 23:59 UTC */
static bool is_time(const char *text, size_t len)
{
	const char *at = text;
	const char *end = text + len;
	int hour;
	int minute;
	int second;
	int east;

	if (!digits(&at, end, 2, &hour) || !eat(&at, end, ':') || !digits(&at, end, 2, &minute) ||
	    !eat(&at, end, ':') || !digits(&at, end, 2, &second))
		return false;
	if (eat(&at, end, '.')) {
		const char *start = at;

		while (at < end && *at >= '0' && *at <= '9')
			at++;
		if (at == start)
			return false;
	}
	if (!offset(&at, end, &east) || at != end || hour > 23 || minute > 59 || second > 60)
		return false;
	return second < 60 || (hour * 60 + minute - east + 2 * 1440) % 1440 == 1439;
}

static bool is_date_time(const char *text, size_t len)
{
	return len > 11 && is_date(text, 10) && (text[10] == 'T' || text[10] == 't') &&
	       is_time(text + 11, len - 11);
}

/* A run of number-unit pairs whose units follow each other without a gap in `units`. */
static bool duration_part(const char **at, const char *end, const char *units)
{
	const char *last = NULL;

	while (*at < end && **at >= '0' && **at <= '9') {
		const char *unit;

		while (*at < end && **at >= '0' && **at <= '9')
			(*at)++;
		unit = *at < end && **at ? strchr(units, **at) : NULL;
		if (!unit || (last && unit != last + 1))
			return false;
		last = unit;
		(*at)++;
	}
	return last != NULL;
}

/* RFC 3339, appendix A */
static bool is_duration(const char *text, size_t len)
{
	const char *at = text;
	const char *end = text + len;

	if (!eat(&at, end, 'P'))
		return false;
	if (memchr(text, 'W', len))
		return duration_part(&at, end, "W") && at == end;
	if (at < end && *at != 'T' && !duration_part(&at, end, "YMD"))
		return false;
	if (at == end)
		return len > 1;
	return eat(&at, end, 'T') && duration_part(&at, end, "HMS") && at == end;
}

static bool is_uuid(const char *text, size_t len)
{
	if (len != 36)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !jz_is_hex(text + i, 1))
			return false;
	}
	return true;
}

/* RFC 6901 */
static bool is_json_pointer(const char *text, size_t len)
{
	if (len > 0 && *text != '/')
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '~' && (i + 1 == len || (text[i + 1] != '0' && text[i + 1] != '1')))
			return false;
	return true;
}

static bool is_relative_pointer(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= '0' && text[n] <= '9')
		n++;
	if (n == 0 || (n > 1 && *text == '0'))
		return false;
	if (n + 1 == len && text[n] == '#')
		return true;
	return is_json_pointer(text + n, len - n);
}

static bool is_regex(const char *text, size_t len)
{
	jz_cleanup(jz_regex_free_p) struct jz_regex *regex = NULL;

	return jz_regex_compile(text, len, &regex, NULL) == 0;
}

static const struct {
	const char *name;
	jz_format_fn check;
} formats[] = {
	{"date", is_date},
	{"date-time", is_date_time},
	{"duration", is_duration},
	{"email", jz_format_email},
	{"hostname", jz_format_hostname},
	{"idn-email", jz_format_idn_email},
	{"ipv4", jz_format_ipv4},
	{"ipv6", jz_format_ipv6},
	{"json-pointer", is_json_pointer},
	{"regex", is_regex},
	{"relative-json-pointer", is_relative_pointer},
	{"time", is_time},
	{"uri", jz_format_uri},
	{"uri-reference", jz_format_uri_reference},
	{"uuid", is_uuid},
};

jz_format_fn jz_format_find(const char *name)
{
	for (size_t i = 0; i < JZ_COUNT(formats); i++)
		if (!strcmp(formats[i].name, name))
			return formats[i].check;
	return NULL;
}

#include "lib/report/window.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/i18n.h"

bool jz_window_has(const struct jz_window *window, struct jz_date day)
{
	return day.year && jz_date_cmp(window->from, day) <= 0 && jz_date_cmp(day, window->to) <= 0;
}

/* Whole months from a first day on. */
static struct jz_window months(struct jz_date first, int count)
{
	struct jz_window window = {first, jz_date_add_days(jz_date_add_months(first, count), -1)};

	return window;
}

/* "2026" followed by rest, as the first day of that year. */
static bool year_of(const char *text, struct jz_date *first)
{
	if (strspn(text, "0123456789") < 4 || atoi(text) < 1)
		return false;
	first->year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 +
		      (text[3] - '0');
	first->month = first->day = 1;
	return true;
}

static int parse_period(const struct jz_window_words *words, struct jz_window *out,
			struct jz_err *err)
{
	struct jz_date first;
	const char *text;

	if ((text = words->year)) {
		if (!year_of(text, &first) || strlen(text) != 4)
			return jz_fail(err, JZ_E_USAGE, _("--year takes four digits"));
		*out = months(first, 12);
	} else if ((text = words->quarter)) {
		if (strlen(text) != 7 || !year_of(text, &first) || text[4] != '-' ||
		    (text[5] | 0x20) != 'q' || text[6] < '1' || text[6] > '4')
			return jz_fail(err, JZ_E_USAGE, _("--quarter takes YYYY-Q1 to YYYY-Q4"));
		first.month = (text[6] - '1') * 3 + 1;
		*out = months(first, 3);
	} else if ((text = words->month)) {
		char day[11];

		if (strlen(text) == 7) {
			memcpy(day, text, 7);
			memcpy(day + 7, "-01", 4);
		}
		if (strlen(text) != 7 || !jz_date_parse(day, &first))
			return jz_fail(err, JZ_E_USAGE, _("--month takes YYYY-MM"));
		*out = months(first, 1);
	}
	return 0;
}

int jz_window_parse(const struct jz_window_words *words, struct jz_date date, struct jz_window *out,
		    struct jz_err *err)
{
	struct jz_window window = {{date.year, 1, 1}, date};
	int ways = (words->from || words->to) + !!words->month + !!words->quarter + !!words->year;
	int failed;

	if (ways > 1)
		return jz_fail(err, JZ_E_USAGE,
			       _("only one of --from/--to, --month, --quarter, --year at a time"));
	if (words->to && !jz_date_parse(words->to, &window.to))
		return jz_fail(err, JZ_E_USAGE, _("--to takes a date, YYYY-MM-DD"));
	window.from.year = window.to.year;
	if (words->from && !jz_date_parse(words->from, &window.from))
		return jz_fail(err, JZ_E_USAGE, _("--from takes a date, YYYY-MM-DD"));
	failed = parse_period(words, &window, err);
	if (failed)
		return failed;
	if (jz_date_cmp(window.from, window.to) > 0)
		return jz_fail(err, JZ_E_USAGE, _("the window ends before it begins"));
	*out = window;
	return 0;
}

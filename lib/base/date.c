#include "lib/base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/str.h"

static bool digits(const char *text, int count, int *out)
{
	*out = 0;
	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*out = *out * 10 + (text[i] - '0');
	}
	return true;
}

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Two digits; 100 and more: they are none. */
static inline unsigned pair(const char *text)
{
	unsigned tens = (unsigned char)text[0] - (unsigned)'0';
	unsigned ones = (unsigned char)text[1] - (unsigned)'0';

	return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/* The first ten bytes; a NUL among them ends it. Reports do this a million times. */
static bool parse_day(const char *text, struct jz_date *out)
{
	unsigned century = pair(text), year, month, day;
	struct jz_date d;

	if (century > 99 || (year = pair(text + 2)) > 99 || text[4] != '-' ||
	    (month = pair(text + 5)) > 99 || text[7] != '-' || (day = pair(text + 8)) > 99)
		return false;
	d = (struct jz_date){(int)(century * 100 + year), (int)month, (int)day};
	if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 ||
	    d.day > month_days(d.year, d.month))
		return false;
	*out = d;
	return true;
}

bool jz_date_parsen(const char *text, size_t len, struct jz_date *out)
{
	return len == 10 && parse_day(text, out);
}

bool jz_date_parse(const char *text, struct jz_date *out)
{
	return text && jz_date_parsen(text, strlen(text), out);
}

void jz_date_format(struct jz_date date, char out[11])
{
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)date.year % 10000, (unsigned)date.month % 100,
		 (unsigned)date.day % 100);
}

int64_t jz_date_days(struct jz_date date)
{
	/* Days before 1 March of the year, with the year beginning in March. */
	int64_t y = date.month <= 2 ? date.year - 1 : date.year;
	int64_t m = date.month <= 2 ? date.month + 9 : date.month - 3;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + date.day - 1 - 719468;
}

struct jz_date jz_date_from_days(int64_t days)
{
	struct jz_date d;
	int64_t era, in_era, year_of_era, day_of_year, m;

	days += 719468;
	era = days / 146097;
	in_era = days % 146097;
	year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	day_of_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	m = (5 * day_of_year + 2) / 153;
	d.day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
	d.month = (int)(m < 10 ? m + 3 : m - 9);
	d.year = (int)(era * 400 + year_of_era + (d.month <= 2));
	return d;
}

int jz_date_cmp(struct jz_date a, struct jz_date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return a.day < b.day ? -1 : a.day > b.day;
}

struct jz_date jz_date_add_days(struct jz_date date, int64_t days)
{
	return jz_date_from_days(jz_date_days(date) + days);
}

struct jz_date jz_date_add_months(struct jz_date date, int months)
{
	int total = date.year * 12 + date.month - 1 + months;
	struct jz_date result = {total / 12, total % 12 + 1, date.day};
	int last = month_days(result.year, result.month);

	if (result.day > last)
		result.day = last;
	return result;
}

int jz_date_age(struct jz_date birth, struct jz_date on)
{
	int age = on.year - birth.year;

	if (on.month < birth.month || (on.month == birth.month && on.day < birth.day))
		age--;
	return age;
}

bool jz_time_parse(const char *text, int64_t *seconds)
{
	struct jz_date day;
	int hour, minute, second, off_hour = 0, off_minute = 0, sign = 0;
	const char *p;

	if (!text || strlen(text) < 20 || !parse_day(text, &day) || (text[10] | 0x20) != 't' ||
	    !digits(text + 11, 2, &hour) || text[13] != ':' || !digits(text + 14, 2, &minute) ||
	    text[16] != ':' || !digits(text + 17, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	p = text + 19;
	if (*p == '.') {
		size_t n = strspn(++p, "0123456789");

		if (!n)
			return false;
		p += n;
	}
	if ((*p | 0x20) == 'z') {
		p++;
	} else {
		if (*p != '+' && *p != '-')
			return false;
		sign = *p == '-' ? -1 : 1;
		if (strlen(p) < 6 || !digits(p + 1, 2, &off_hour) || p[3] != ':' ||
		    !digits(p + 4, 2, &off_minute) || off_hour > 23 || off_minute > 59)
			return false;
		p += 6;
	}
	if (*p)
		return false;
	*seconds = jz_date_days(day) * 86400 + hour * 3600 + minute * 60 + second -
		   sign * (off_hour * 3600 + off_minute * 60);
	return true;
}

void jz_time_format(int64_t seconds, int offset_minutes, char out[26])
{
	int64_t local = seconds + (int64_t)offset_minutes * 60;
	int64_t days = local >= 0 ? local / 86400 : -((86399 - local) / 86400);
	unsigned rest = (unsigned)(local - days * 86400);
	unsigned off = (unsigned)abs(offset_minutes);
	char text[64]; /* as wide as the compiler fears */
	struct jz_date d = jz_date_from_days(days);

	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02u%c%02u:%02u",
		 (unsigned)d.year % 10000, (unsigned)d.month % 100, (unsigned)d.day % 100,
		 rest / 3600, rest / 60 % 60, rest % 60, offset_minutes < 0 ? '-' : '+',
		 off / 60 % 100, off % 60);
	jz_copy(out, 26, text);
}

int64_t jz_now(void)
{
	const char *pinned = getenv("JZBF_NOW");
	int64_t seconds;

	if (pinned && jz_time_parse(pinned, &seconds))
		return seconds;
	return (int64_t)time(NULL);
}

bool jz_clock_pinned(void)
{
	const char *pinned = getenv("JZBF_NOW");
	int64_t seconds;

	return pinned && jz_time_parse(pinned, &seconds);
}

void jz_zone_use(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

int jz_local_offset(int64_t seconds)
{
	time_t moment = (time_t)seconds;
	struct tm local;

	if (!localtime_r(&moment, &local))
		return 0;
	return (int)(local.tm_gmtoff / 60);
}

struct jz_date jz_local_date(int64_t seconds)
{
	int64_t local = seconds + (int64_t)jz_local_offset(seconds) * 60;

	return jz_date_from_days(local >= 0 ? local / 86400 : -((86399 - local) / 86400));
}

struct jz_date jz_today(void)
{
	return jz_local_date(jz_now());
}

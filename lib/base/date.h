/*
 * Civil dates (proleptic Gregorian) and moments. A date is text YYYY-MM-DD, a moment RFC 3339 with
 * an offset. Nothing here reads a locale; "now" can be pinned with JZBF_NOW (RFC 3339) so that
 * demos and tests repeat.
 */
#ifndef JZ_BASE_DATE_H
#define JZ_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jz_date {
	int year; /* 1..9999; 0: no date */
	int month;
	int day;
};

bool jz_date_parse(const char *text, struct jz_date *out); /* exactly YYYY-MM-DD, a real day */
bool jz_date_parsen(const char *text, size_t len, struct jz_date *out);
void jz_date_format(struct jz_date date, char out[11]);
int64_t jz_date_days(struct jz_date date); /* days since 1970-01-01 */
struct jz_date jz_date_from_days(int64_t days);
int jz_date_cmp(struct jz_date a, struct jz_date b);
struct jz_date jz_date_add_days(struct jz_date date, int64_t days);

/* The same day so many months on, clamped to the end of a shorter month (7.1.1, 7.10.1). */
struct jz_date jz_date_add_months(struct jz_date date, int months);

/* Full years lived on a day; a birthday on 29 February is reached on 1 March of a common year. */
int jz_date_age(struct jz_date birth, struct jz_date on);

/* RFC 3339 with offset or Z to seconds since the epoch (fractions are cut). */
bool jz_time_parse(const char *text, int64_t *seconds);

/* Seconds to RFC 3339 at an offset of so many minutes. */
void jz_time_format(int64_t seconds, int offset_minutes, char out[26]);

int64_t jz_now(void);			       /* seconds; JZBF_NOW if set and well-formed */
bool jz_clock_pinned(void);		       /* jz_now() is JZBF_NOW */
void jz_zone_use(const char *zone);	       /* "Asia/Shanghai": local time of this process from here on */
int jz_local_offset(int64_t seconds);	       /* minutes east of UTC at that moment */
struct jz_date jz_local_date(int64_t seconds); /* the day on this machine's (TZ) clock */
struct jz_date jz_today(void);

#endif

#include "lib/model/citizen_id.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/model/codes.h"

#define LENGTH	   18
#define OLD_LENGTH 15

/* What stands in the text besides ASCII letters and digits, by its first occurrence. */
static enum jz_citizen_id_fault odd_character(const char *text)
{
	const char *end = text + strlen(text);
	const char *at = text;

	if (jz_utf8_valid(text, (size_t)(end - text)) != (size_t)(end - text))
		return JZ_ID_ALPHABET;
	while (at < end) {
		uint32_t cp = jz_utf8_next(&at, end);

		if (cp >= 0xff01 && cp <= 0xff5e)
			return JZ_ID_FULL_WIDTH;
		if (cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0 || cp == 0x3000 ||
		    (cp >= 0x2000 && cp <= 0x200b) || cp == 0xfeff)
			return JZ_ID_SPACE;
	}
	return JZ_ID_OK;
}

static char check_character(const char *number)
{
	static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	for (size_t i = 0; i < JZ_COUNT(weight); i++)
		sum += (number[i] - '0') * weight[i];
	return "10X98765432"[sum % 11];
}

static int digits(const char *text, int count)
{
	int value = 0;

	while (count--)
		value = value * 10 + (*text++ - '0');
	return value;
}

static bool birth_date(const char *number, struct jz_date *out)
{
	struct jz_date date = {digits(number + 6, 4), digits(number + 10, 2),
			       digits(number + 12, 2)};
	char text[11];

	if (date.year < 1800 || !date.month || !date.day)
		return false;
	jz_date_format(date, text);
	return jz_date_parse(text, out);
}

enum jz_citizen_id_fault jz_citizen_id_check(const char *text, struct jz_citizen_id *out)
{
	struct jz_citizen_id id = {.sex = '0'};
	size_t len = strlen(text);
	size_t plain = strspn(text, "0123456789");
	enum jz_citizen_id_fault odd;

	if (!len)
		return JZ_ID_EMPTY;
	odd = odd_character(text);
	if (odd)
		return odd;
	if (len == OLD_LENGTH && plain == len)
		return JZ_ID_OLD;
	if (jz_utf8_count(text, len) != LENGTH)
		return JZ_ID_LENGTH;
	if (len != LENGTH || plain < LENGTH - 1 ||
	    (plain != LENGTH && text[LENGTH - 1] != 'X' && text[LENGTH - 1] != 'x'))
		return JZ_ID_ALPHABET;
	memcpy(id.number, text, LENGTH);
	id.lower_case = id.number[LENGTH - 1] == 'x';
	if (id.lower_case)
		id.number[LENGTH - 1] = 'X';
	if (!birth_date(id.number, &id.birth))
		return JZ_ID_DATE;
	if (check_character(id.number) != id.number[LENGTH - 1])
		return JZ_ID_CHECK;
	memcpy(id.address, id.number, 6);
	id.sex = (id.number[16] - '0') % 2 ? '1' : '2';
	id.foreign_permanent = id.number[0] == '9';
	id.residence_permit = id.number[0] == '8' && id.number[1] >= '1' && id.number[1] <= '3';
	if (out)
		*out = id;
	return JZ_ID_OK;
}

enum jz_citizen_id_fault jz_citizen_id_on(const char *text, struct jz_date on,
					  struct jz_citizen_id *out)
{
	struct jz_citizen_id id;
	enum jz_citizen_id_fault fault = jz_citizen_id_check(text, &id);

	if (fault)
		return fault;
	if (jz_date_cmp(id.birth, on) > 0)
		return JZ_ID_FUTURE;
	if (out)
		*out = id;
	return JZ_ID_OK;
}

static const struct {
	const char *word;
	const char *sentence;
} faults[] = {
	[JZ_ID_OK] = {"ok", N_("the identity number is well-formed")},
	[JZ_ID_EMPTY] = {"empty", N_("the identity number is empty")},
	[JZ_ID_SPACE] = {"space", N_("the identity number has blanks in it or around it")},
	[JZ_ID_FULL_WIDTH] = {"full-width",
			      N_("the identity number has full-width characters; type it in "
				 "half-width ones")},
	[JZ_ID_LENGTH] = {"length", N_("the identity number does not have 18 characters")},
	[JZ_ID_OLD] = {"old",
		       N_("the identity number is the obsolete form of 15 digits (GB 11643-1989)")},
	[JZ_ID_ALPHABET] = {"alphabet",
			    N_("the identity number may hold digits only, and X at the end (not "
			       "the letter O)")},
	[JZ_ID_DATE] = {"date", N_("the identity number holds a birth date that does not exist")},
	[JZ_ID_CHECK] = {"checksum", N_("the check character of the identity number does not fit")},
	[JZ_ID_FUTURE] = {"future", N_("the birth date in the identity number is in the future")},
};

const char *jz_citizen_id_sentence(enum jz_citizen_id_fault fault)
{
	return _(faults[fault].sentence);
}

const char *jz_citizen_id_word(enum jz_citizen_id_fault fault)
{
	return faults[fault].word;
}

const char *jz_citizen_id_region(const struct jz_citizen_id *id, struct jz_codes *codes, int *known)
{
	for (int len = 6; len; len -= 2) {
		char code[7] = {0};

		memcpy(code, id->address, (size_t)len);
		if (jz_codes_find(codes, "region", code)) {
			if (known)
				*known = len;
			return jz_codes_label(codes, "region", code);
		}
	}
	if (known)
		*known = 0;
	return NULL;
}

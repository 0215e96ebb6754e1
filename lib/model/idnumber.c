#include "lib/model/idnumber.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"

#define LENGTH 18

static bool digits(const char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static char check_character(const char *number)
{
	static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	for (int i = 0; i < LENGTH - 1; i++)
		sum += (number[i] - '0') * weight[i];
	return "10X98765432"[sum % 11];
}

enum jz_id_fault jz_id_check(const char *number, struct jz_id_facts *facts)
{
	struct jz_id_facts found = {.sex = '0'};
	char date[11];
	size_t len = strlen(number);

	if (len == 15 && digits(number, 0, 15))
		return JZ_ID_OBSOLETE;
	for (size_t i = 0; i < len; i++) {
		bool last = i == LENGTH - 1 && (number[i] == 'x' || number[i] == 'X');

		if (!last && !digits(number, i, i + 1))
			return JZ_ID_CHARACTER;
	}
	if (len != LENGTH)
		return JZ_ID_LENGTH;
	snprintf(date, sizeof(date), "%.4s-%.2s-%.2s", number + 6, number + 10, number + 12);
	if (!jz_date_parse(date, &found.birth))
		return JZ_ID_DATE;
	memcpy(found.normal, number, LENGTH);
	if (found.normal[LENGTH - 1] == 'x')
		found.normal[LENGTH - 1] = 'X';
	if (check_character(number) != found.normal[LENGTH - 1])
		return JZ_ID_CHECKSUM;
	memcpy(found.region, number, 6);
	found.sex = (number[16] - '0') % 2 ? '1' : '2';
	if (facts)
		*facts = found;
	return JZ_ID_OK;
}

const char *jz_id_fault_text(enum jz_id_fault fault)
{
	switch (fault) {
	case JZ_ID_OK:
		return _("the identity number is well-formed");
	case JZ_ID_LENGTH:
		return _("the identity number does not have 18 characters");
	case JZ_ID_OBSOLETE:
		return _("the identity number is an obsolete one of 15 digits");
	case JZ_ID_CHARACTER:
		return _("the identity number has a character that is not a digit");
	case JZ_ID_DATE:
		return _("the identity number holds a birth date that does not exist");
	case JZ_ID_CHECKSUM:
		break;
	}
	return _("the check character of the identity number does not fit");
}

/*
 * The citizen identity number of GB 11643-1999: six digits of address at first registration
 * (GB/T 2260), date of birth, sequence (odd: male, even: female) and a check character by
 * ISO 7064:1983 MOD 11-2.
 *
 * The address code is where the number was first given out, not where the person lives, and
 * districts get abolished: a code that is not in the list is never a fault.
 */
#ifndef JZ_MODEL_CITIZEN_ID_H
#define JZ_MODEL_CITIZEN_ID_H

#include <stdbool.h>
#include "lib/base/date.h"

enum jz_citizen_id_fault {
	JZ_ID_OK = 0,
	JZ_ID_EMPTY,
	JZ_ID_SPACE,	  /* blanks before, in or behind the number */
	JZ_ID_FULL_WIDTH, /* full-width digits or letters */
	JZ_ID_LENGTH,	  /* not 18 characters */
	JZ_ID_OLD,	  /* fifteen digits: GB 11643-1989, no century, no check */
	JZ_ID_ALPHABET,	  /* something else than digits and a final X */
	JZ_ID_DATE,	  /* no such day, or before 1800 */
	JZ_ID_CHECK,	  /* the check character does not fit */
	JZ_ID_FUTURE,	  /* born after the day of reference (jz_citizen_id_on) */
};

struct jz_citizen_id {
	char number[19];	/* normalised: X in upper case */
	char address[7];	/* the first six digits */
	struct jz_date birth;	/* year 0 unless the date is real */
	char sex;		/* '1' male, '2' female (GB/T 2261.1) */
	bool lower_case;	/* x was written and normalised */
	bool foreign_permanent; /* begins with 9: permanent residence of a foreigner (2023 form) */
	bool residence_permit;	/* 81, 82, 83: residents of Hong Kong, Macao, Taiwan */
};

/* Judges a number. On JZ_ID_OK *out (may be NULL) is filled; otherwise it is untouched. Needs no
 * initialisation and allocates nothing. */
enum jz_citizen_id_fault jz_citizen_id_check(const char *text, struct jz_citizen_id *out);

/* The same, and the person must have been born by that day. */
enum jz_citizen_id_fault jz_citizen_id_on(const char *text, struct jz_date on,
					  struct jz_citizen_id *out);

/* One translated sentence about a fault; never contains the number. */
const char *jz_citizen_id_sentence(enum jz_citizen_id_fault fault);

/* The fault as a word for scripts: "checksum", "date", … */
const char *jz_citizen_id_word(enum jz_citizen_id_fault fault);

/* Where the number was first given out, in the language of the messages, as far as
 * schemas/codes/region.yaml knows it: the county, else the city, else the province. *known (may be
 * NULL) becomes the digits that were known: 6, 4, 2 or 0. NULL: not even the province. The text
 * lives as long as codes. */
struct jz_codes;
const char *jz_citizen_id_region(const struct jz_citizen_id *id, struct jz_codes *codes,
				 int *known);

#endif

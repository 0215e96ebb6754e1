/*
 * The citizen identity number of GB 11643-1999: six digits of address, eight of birth date, three
 * of sequence (the last one odd for men, even for women), one check character by ISO 7064 MOD 11-2.
 */
#ifndef JZ_MODEL_IDNUMBER_H
#define JZ_MODEL_IDNUMBER_H

#include "lib/base/date.h"

enum jz_id_fault {
	JZ_ID_OK,
	JZ_ID_LENGTH,	 /* not 18 characters */
	JZ_ID_OBSOLETE,	 /* 15 digits, GB 11643-1989 */
	JZ_ID_CHARACTER, /* something else than a digit (or x at the end) */
	JZ_ID_DATE,	 /* the birth date does not exist */
	JZ_ID_CHECKSUM,	 /* the check character does not fit */
};

struct jz_id_facts {
	struct jz_date birth;
	char sex; /* '1' male, '2' female (GB/T 2261.1) */
	char region[7];
	char normal[19]; /* the number with a capital X */
};

/* Judges a number; facts (may be NULL) are filled when it is JZ_ID_OK. */
enum jz_id_fault jz_id_check(const char *number, struct jz_id_facts *facts);

/* The fault as a translated sentence that does not repeat the number. */
const char *jz_id_fault_text(enum jz_id_fault fault);

#endif

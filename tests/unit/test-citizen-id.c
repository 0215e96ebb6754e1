/* GB 11643: the numbers of the standard's examples and of synthetic people, and each way to be
 * wrong. */
#include <stdlib.h>
#include "lib/model/citizen_id.h"
#include "tests/unit/tap.h"

static const struct {
	const char *number;
	const char *birth;
	char sex;
} valid[] = {
	{"441825199003070018", "1990-03-07", '1'}, {"441825200802290020", "2008-02-29", '2'},
	{"441825196501010110", "1965-01-01", '1'}, {"44182519991231012X", "1999-12-31", '2'},
	{"44182519880815007X", "1988-08-15", '1'}, {"441802198511209996", "1985-11-20", '1'},
	{"34052419800101001X", "1980-01-01", '1'}, {"11010519491231002X", "1949-12-31", '2'},
};

static const struct {
	const char *number;
	enum jz_citizen_id_fault fault;
	const char *what;
} wrong[] = {
	{"", JZ_ID_EMPTY, "empty"},
	{"340524198001010013", JZ_ID_CHECK, "wrong check character"},
	{"441825199902290014", JZ_ID_DATE, "29 February of a common year"},
	{"441825199913010014", JZ_ID_DATE, "month 13"},
	{"441825190002290014", JZ_ID_DATE, "29 February 1900"},
	{"441825000001010014", JZ_ID_DATE, "year 0"},
	{"441825179912310014", JZ_ID_DATE, "before 1800"},
	{"441825199003700018", JZ_ID_DATE, "transposed digits of the date"},
	{"448125199003070018", JZ_ID_CHECK, "transposed digits"},
	{"441825199003070108", JZ_ID_CHECK, "transposed sequence"},
	{"４４１８２５１９９００３０７００１８", JZ_ID_FULL_WIDTH, "full-width digits"},
	{"44182519880815007Ｘ", JZ_ID_FULL_WIDTH, "full-width X"},
	{"441825199003070018 ", JZ_ID_SPACE, "trailing space"},
	{" 441825199003070018", JZ_ID_SPACE, "leading space"},
	{"441825 19900307 0018", JZ_ID_SPACE, "spaces inside"},
	{"441825199003070018\xe3\x80\x80", JZ_ID_SPACE, "ideographic space"},
	{"441825199003070018\t", JZ_ID_SPACE, "tab"},
	{"44182519900307OO18", JZ_ID_ALPHABET, "O for 0"},
	{"4418251990030X0018", JZ_ID_ALPHABET, "X in the middle"},
	{"44182519900307001Y", JZ_ID_ALPHABET, "Y at the end"},
	{"-41825199003070018", JZ_ID_ALPHABET, "minus sign"},
	{"44182519900307\xff\xfe"
	 "18",
	 JZ_ID_ALPHABET, "invalid UTF-8"},
	{"44182519900307连山18", JZ_ID_ALPHABET, "Chinese characters"},
	{"441825900307001", JZ_ID_OLD, "fifteen digits"},
	{"44182590030700X", JZ_ID_LENGTH, "fifteen characters, not digits"},
	{"44182519900307001", JZ_ID_LENGTH, "seventeen"},
	{"4418251990030700180", JZ_ID_LENGTH, "nineteen"},
};

static void test_valid(void)
{
	for (size_t i = 0; i < sizeof(valid) / sizeof(*valid); i++) {
		struct jz_citizen_id id = {.number = "?"};
		char birth[11];

		is_int(jz_citizen_id_check(valid[i].number, &id), JZ_ID_OK, "valid");
		jz_date_format(id.birth, birth);
		is_str(birth, valid[i].birth, "birth date");
		is_int(id.sex, valid[i].sex, "sex");
		is_str(id.number, valid[i].number, "number");
	}
}

static void test_wrong(void)
{
	struct jz_citizen_id id = {.number = "untouched"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		is_int(jz_citizen_id_check(wrong[i].number, &id), wrong[i].fault, wrong[i].what);
	is_str(id.number, "untouched", "nothing is given out for a wrong number");
}

/* Every single wrong digit and every swap of two neighbours that differ is noticed. */
static void test_check_character(void)
{
	int missed = 0;

	for (size_t n = 0; n < sizeof(valid) / sizeof(*valid); n++) {
		char number[19];

		for (int at = 0; at < 17; at++) {
			for (char c = '0'; c <= '9'; c++) {
				memcpy(number, valid[n].number, sizeof(number));
				number[at] = c;
				missed += c != valid[n].number[at] &&
					  !jz_citizen_id_check(number, NULL);
			}
			memcpy(number, valid[n].number, sizeof(number));
			number[at] = valid[n].number[at + 1];
			number[at + 1] = valid[n].number[at];
			missed +=
				number[at] != number[at + 1] && !jz_citizen_id_check(number, NULL);
		}
	}
	is_int(missed, 0, "no wrong digit and no swap of neighbours passes");
}

static void test_rest(void)
{
	struct jz_citizen_id id;

	is_int(jz_citizen_id_check("44182519880815007x", &id), JZ_ID_OK, "lower-case x");
	is_str(id.number, "44182519880815007X", "x is normalised");
	ok(id.lower_case, "and said");
	is_str(id.address, "441825", "address code");
	is_int(jz_citizen_id_on("441825200802290020", (struct jz_date){2008, 2, 28}, NULL),
	       JZ_ID_FUTURE, "not born yet");
	is_int(jz_citizen_id_on("441825200802290020", (struct jz_date){2008, 2, 29}, NULL),
	       JZ_ID_OK, "born today");
	for (int f = JZ_ID_OK; f <= JZ_ID_FUTURE; f++)
		ok(*jz_citizen_id_sentence(f) && *jz_citizen_id_word(f), "fault %d has words", f);
}

int main(void)
{
	test_valid();
	test_wrong();
	test_check_character();
	test_rest();
	return done_testing();
}

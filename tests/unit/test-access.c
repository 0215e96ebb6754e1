/* Who reads and writes what, as a function of access.yaml and a day. */
#include "lib/store/access.h"

#include <stdio.h>
#include "lib/base/buf.h"
#include "lib/base/str.h"
#include "tests/unit/tap.h"

#define A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define B "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
#define C "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC"
#define D "DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"
#define E "EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE"
#define F "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
#define O "0000000000000000000000000000000000000000"
#define K "1111111111111111111111111111111111111111"
#define R "2222222222222222222222222222222222222222"

#define HEAD "format: jzbf/access/1\npeople:\n"
#define TAIL "role_keys: {office: '" O "', clinical: '" K "'}\n"
#define PERSON(id, role, from, until, key)                                                         \
	"  - id: " id "\n    name: N\n    roles: [{role: " role ", from: '" from "'" until "}]\n"  \
	"    keys: [{fingerprint: '" key "', from: '2020-01-01'}]\n"

static const char office[] = HEAD PERSON("anna", "custodian", "2020-01-01", "", A)
	PERSON("ben", "caseworker", "2020-01-01", ", until: '2026-06-30'", B)
		PERSON("cai", "psychologist", "2026-01-01", "", C)
			PERSON("dora", "supervisor", "2020-01-01", "", D)
				PERSON("it", "it", "2020-01-01", "", E) TAIL "recovery_key: '" R
									     "'\n";

static struct jz_access *parse(const char *text)
{
	struct jz_access *access = NULL;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_access_parse(text, strlen(text), &access, &err))
		printf("# %u:%u: %s\n", err.line, err.column, err.message);
	return access;
}

static struct jz_date day(const char *text)
{
	struct jz_date date = {0};

	jz_date_parse(text, &date);
	return date;
}

/* The recipients as their first letters: "0A". */
static const char *to(const struct jz_access *access, const char *kind, const char *assigned,
		      const char *on)
{
	static char out[32];
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT, fprs = JZ_STRS_INIT;
	struct jz_err err = JZ_ERR_INIT;
	size_t n = 0;

	if (*assigned)
		jz_strs_split(&ids, assigned, ' ');
	if (jz_access_recipients(access, kind, &ids, day(on), &fprs, &err)) {
		printf("# %s\n", err.message);
		return "refused";
	}
	for (size_t i = 0; i < fprs.len; i++)
		out[n++] = fprs.items[i][0];
	out[n] = '\0';
	return out;
}

static void recipients(const struct jz_access *access)
{
	is_str(to(access, "case", "", "2026-03-01"), "0", "a case of nobody: the office role key");
	is_str(to(access, "case", "ben", "2026-03-01"), "0B", "an assigned caseworker");
	is_str(to(access, "case", "ben", "2026-06-30"), "0B", "until the last day");
	is_str(to(access, "case", "ben", "2026-07-01"), "0", "and not a day longer");
	is_str(to(access, "case", "anna ben cai ben", "2026-03-01"), "0ABC", "everybody once");
	is_str(to(access, "case", "it", "2026-03-01"), "0", "IT staff read nothing");
	is_str(to(access, "case", "nobody", "2026-03-01"), "refused", "a stranger is refused");
	is_str(to(access, "psych", "ben cai", "2026-03-01"), "1C",
	       "a psych file: the clinical role key and psychologists only");
	is_str(to(access, "psych", "cai", "2025-03-01"), "1", "psychologists in force");
	is_str(to(access, "provider", "", "2026-03-01"), "0ABCD", "the office's own records");
	is_str(to(access, "complaint", "", "2026-03-01"), "0", "but complaints");
}

static void holders(const struct jz_access *access)
{
	jz_cleanup(jz_strs_release) struct jz_strs fprs = JZ_STRS_INIT;

	jz_access_role_holders(access, JZ_KEY_OFFICE, day("2026-03-01"), &fprs, NULL);
	ok(fprs.len == 3 && jz_strs_has(&fprs, A) && jz_strs_has(&fprs, D) && jz_strs_has(&fprs, R),
	   "custodian, supervisor and recovery key hold the office role key");
	jz_strs_release(&fprs);
	jz_access_role_holders(access, JZ_KEY_CLINICAL, day("2026-03-01"), &fprs, NULL);
	ok(fprs.len == 2 && jz_strs_has(&fprs, C), "the psychologist the clinical one");
	jz_strs_release(&fprs);
	jz_access_role_holders(access, JZ_KEY_CLINICAL, day("2025-03-01"), &fprs, NULL);
	ok(fprs.len == 2 && jz_strs_has(&fprs, A), "before there was one, the custodian");
}

static bool may(const struct jz_access *access, const char *id, const char *path)
{
	return !jz_person_may_write(jz_access_person(access, id), path, day("2026-03-01"), NULL);
}

static void writers(const struct jz_access *access)
{
	static const struct {
		const char *path, *who; /* first letters of those who may */
	} table[] = {
		{"access.yaml", "a"},
		{"jzbf.yaml", "a"},
		{".gitattributes", "a"},
		{"keys/" A ".asc", "a"},
		{"keys/office.sec.gpg", "a"},
		{"keys/clinical.sec.gpg", "ac"},
		{"cases/2026/000/LS-2026-0001/case.yaml.gpg", "abcd"},
		{"cases/2026/000/LS-2026-0001/psych.yaml.gpg", "c"},
		{"cases/2026/000/LS-2026-0001/notes.txt", ""},
		{"office/provider/p1.yaml.gpg", "abcd"},
		{"office/provider/p1.yaml", ""},
		{"README", ""},
		{"caseses/x.yaml.gpg", ""},
	};
	static const char *const people[] = {"anna", "ben", "cai", "dora", "it"};

	for (size_t i = 0; i < JZ_COUNT(table); i++) {
		char who[8] = "";

		for (size_t k = 0; k < JZ_COUNT(people); k++)
			if (may(access, people[k], table[i].path))
				strncat(who, people[k], 1);
		is_str(who, table[i].who, table[i].path);
	}
	ok(jz_person_may_write(jz_access_person(access, "ben"),
			       "cases/2026/000/LS-2026-0001/case.yaml.gpg", day("2026-07-01"),
			       NULL) == JZ_E_CRYPTO,
	   "whoever has left writes nothing");
}

static void refused(const char *text, const char *word, const char *what)
{
	struct jz_access *access = NULL;
	struct jz_err err = JZ_ERR_INIT;
	int rc = jz_access_parse(text, strlen(text), &access, &err);

	ok(rc == JZ_E_INVALID && !access && err.line && strstr(err.message, word),
	   "%s: line %u: %s", what, err.line, err.message);
	jz_access_free(access);
}

static void changes_of_key(void)
{
	struct jz_access *access = parse(
		HEAD "  - id: anna\n    name: N\n    roles: [{role: custodian, from: "
		     "'2020-01-01'}]\n    keys:\n"
		     "      - {fingerprint: '" A "', from: '2020-01-01', until: '2026-02-01'}\n"
		     "      - {fingerprint: '" B "', from: '2026-01-15'}\n"
		     "      - {fingerprint: '" F
		     "', from: '2026-05-01', until: '2026-04-30'}\n" TAIL);
	const struct jz_person *anna;

	if (!ok(access != NULL, "a person with several keys"))
		return;
	anna = jz_access_person(access, "anna");
	is_str(jz_person_key_on(anna, day("2026-01-14")), A, "the old key until the new one");
	is_str(jz_person_key_on(anna, day("2026-01-15")), B, "then the new one, though both run");
	is_str(jz_person_key_on(anna, day("2026-05-01")), B, "a key that never was in force");
	ok(!jz_person_key_on(anna, day("2019-01-01")), "none before the first");
	ok(jz_access_key_owner(access, A) == anna && !jz_access_key_owner(access, O),
	   "whose key it is, also when it has ended");
	jz_access_free(access);
}

int main(void)
{
	struct jz_access *access = parse(office);
	struct jz_access *again = NULL;
	char fpr[JZ_FPR_LEN + 1];

	if (!ok(access != NULL, "an office is read"))
		return done_testing();
	recipients(access);
	holders(access);
	writers(access);
	is_int(jz_access_from_tree(access->root, &again, NULL), 0, "its tree reads back");
	is_int(again->count, access->count, "as the same people");
	jz_access_free(again);
	jz_access_free(access);
	changes_of_key();

	refused(HEAD PERSON("anna", "king", "2020-01-01", "", A) TAIL, "", "an unknown role");
	refused(HEAD PERSON("anna", "it", "2020-01-01", "", A)
			PERSON("anna", "it", "2020-01-01", "", B) TAIL,
		"two people", "an id twice");
	refused(HEAD PERSON("anna", "it", "2020-01-01", "", A)
			PERSON("ben", "it", "2020-01-01", "", A) TAIL,
		"somebody else", "a key twice");
	refused(HEAD PERSON("anna", "it", "2020-01-01", "", O) TAIL, "somebody else",
		"a role key as a person's");
	refused(HEAD PERSON("anna", "it", "2020-01-02", ", until: '2019-12-31'", A) TAIL, "until",
		"an end before the beginning");
	refused(HEAD PERSON("anna", "it", "2020-02-30", "", A) TAIL, "", "a day that is none");
	refused(HEAD PERSON("anna", "it", "2020-01-01", "", "abc") TAIL, "", "no fingerprint");
	refused(HEAD PERSON("Anna", "it", "2020-01-01", "", A) TAIL, "", "an id of another shape");
	refused("format: jzbf/access/2\npeople: []\n" TAIL, "", "another format");
	refused(HEAD "  - &a {id: x}\n  - *a\n" TAIL, "", "an alias");

	is_int(jz_fingerprint_parse("aaaa aaaa aaaa aaaa aaaa  aaaa aaaa aaaa aaaa aaaa", fpr,
				    NULL),
	       0, "a fingerprint as gpg prints it");
	is_str(fpr, A, "in capitals and without blanks");
	is_int(jz_fingerprint_parse(A "A", fpr, NULL), JZ_E_USAGE, "one digit too many");
	is_int(jz_fingerprint_parse("AAAA", fpr, NULL), JZ_E_USAGE, "too few");
	return done_testing();
}

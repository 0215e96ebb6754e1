/* Patterns that need no search are judged as PCRE judges them; others are left to it. */
#include "lib/port/regex-plain.h"
#include "lib/port/regex.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static const char *const plain[] = {
	"^[a-z0-9]{8,16}$",
	"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
	"^[A-Z]{2,8}-[0-9]{4}-[0-9]{4,6}$",
	"^[a-z][a-z0-9._-]{0,31}$",
	"^[0-9]{1,2}-[0-9]{1,3}$",
	"^[0-9 -]{2,3}$",
	"^[A-z]{2}:/a_ b$",
	"^a{0}b{0,2}$",
	NULL,
};

static const char *const others[] = {
	"^[a-z]{1,3}[a-c]$", "^[a-z]{1,2}[0-9]{0,2}$", "^[^a]$", "^a?$",    "^a+$",	  "^a{2}?$",
	"^a{2}+$",	     "^a{2,}$",		       "^.$",	 "^(a)$",   "^a|b$",	  "^[a\\d]$",
	"^a\\$",	     "[a]$",		       "^[a]",	 "^[.-9]$", "^[-a]$",	  "^[a-c-e]$", "^[]$", "^[]{0,1}$",
	"^一$",		     "^[一]$",		       "^$",	 "^a{2$",   "^a{1000}$", "^[a$", NULL,
};

/* Texts that are nearly right: a right one changed at random, and short ones. */
static void some_text(char *text, size_t *len)
{
	static const char *const seeds[] = {"a1b2c3d4", "2024-01-31", "LS-2024-0001", "li.qing-2_x",
					    "12-345",	"1 -",	      "x_:/a_ b",     "bb", ""};
	static const char odd[] = "a0Z-._ :/b[^`\n\xE4\xB8\x80";

	const char *seed = seeds[any(9)];

	*len = strlen(seed);
	memcpy(text, seed, *len + 1);
	for (uint32_t changes = any(3); changes > 0; changes--) {
		size_t at = *len ? any((uint32_t)*len) : 0;
		const char *put = odd + any(15);
		size_t more = put < odd + 14 ? 1 : 3;

		while (*len && (text[at] & 0xC0) == 0x80)
			at--;
		if (any(3) || !*len) { /* another one in between */
			memmove(text + at + more, text + at, *len - at);
			*len += more;
			memcpy(text + at, put, more);
		} else if (!(text[at] & 0x80)) {
			memmove(text + at, text + at + 1, --*len - at);
		}
	}
}

static struct jz_regex *compiled(const char *before, const char *pattern, const char *behind)
{
	struct jz_regex *regex = NULL;
	char text[200];

	snprintf(text, sizeof(text), "%s%s%s", before, pattern, behind);
	if (jz_regex_compile(text, strlen(text), &regex, NULL))
		exit(99);
	return regex;
}

static void same_as_searched(const char *pattern)
{
	struct jz_regex_scratch *scratch = jz_regex_scratch_new();
	struct jz_regex *quick = compiled("", pattern, ""),
			*searched = compiled("(?:", pattern, ")");
	struct jz_regex_plain read;
	int different = 0, matches = 0;

	jz_regex_plain_read(pattern, strlen(pattern), &read);
	ok(read.len, "%s needs no search", pattern);
	for (int i = 0; i < 20000; i++) {
		char text[64];
		size_t len;
		int want;

		some_text(text, &len);
		want = jz_regex_search(searched, text, len, scratch);
		matches += want;
		different += want != jz_regex_search(quick, text, len, scratch);
	}
	ok(!different, "%s is judged as by a search", pattern);
	ok(matches > 20 && matches < 19980, "some of the texts match it: %d", matches);
	jz_regex_free(quick);
	jz_regex_free(searched);
	jz_regex_scratch_free(scratch);
}

int main(void)
{
	struct jz_regex_plain read;

	for (size_t i = 0; plain[i]; i++)
		same_as_searched(plain[i]);
	for (size_t i = 0; others[i]; i++) {
		jz_regex_plain_read(others[i], strlen(others[i]), &read);
		ok(!read.len, "%s is for a search", others[i]);
	}
	return done_testing();
}

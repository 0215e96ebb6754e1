#include "lib/port/regex.h"

#include "lib/port/regex-ecma.h"
#include "lib/port/regex-plain.h"
#include "lib/base/i18n.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* How far one search may backtrack: some milliseconds, whatever the pattern. */
#define MATCH_LIMIT    50000
#define MATCH_PER_BYTE 32
#define HEAP_LIMIT_KIB 32768
#define PATTERN_MAX    65536

struct jz_regex {
	pcre2_code *code; /* NULL: plain says it all */
	enum { UNUSED, JIT, NO_JIT } state;
	struct jz_regex_plain plain;
};

struct jz_regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static int compile(const struct jz_buf *text, pcre2_code **out, struct jz_err *err)
{
	PCRE2_SIZE offset;
	PCRE2_UCHAR why[120];
	int number;

	*out = pcre2_compile((PCRE2_SPTR)text->data, text->len,
			     PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS |
				     PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C,
			     &number, &offset, NULL);
	if (*out)
		return 0;
	pcre2_get_error_message(number, why, sizeof(why));
	return jz_fail(err, JZ_E_INVALID, "%s", (const char *)why);
}

int jz_regex_compile(const char *pattern, size_t len, struct jz_regex **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_regex *regex;
	int rc;

	if (len > PATTERN_MAX)
		return jz_fail(err, JZ_E_INVALID, _("the pattern is longer than %d bytes"),
			       PATTERN_MAX);
	rc = jz_regex_from_ecma(pattern, len, &text, err);
	if (rc)
		return rc;
	regex = jz_xcalloc(1, sizeof(*regex));
	jz_regex_plain_read(pattern, len, &regex->plain);
	if (!regex->plain.len)
		rc = compile(&text, &regex->code, err);
	if (rc)
		jz_regex_free(regex);
	else
		*out = regex;
	return rc;
}

void jz_regex_free(struct jz_regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	free(regex);
}

struct jz_regex_scratch *jz_regex_scratch_new(void)
{
	struct jz_regex_scratch *scratch = jz_xcalloc(1, sizeof(*scratch));

	scratch->data = pcre2_match_data_create(1, NULL);
	scratch->context = pcre2_match_context_create(NULL);
	if (!scratch->data || !scratch->context)
		abort(); /* out of memory, as lib/base/mem.h does */
	pcre2_set_heap_limit(scratch->context, HEAP_LIMIT_KIB);
	return scratch;
}

void jz_regex_scratch_free(struct jz_regex_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	free(scratch);
}

static bool is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] & 0x80)
			return false;
	return true;
}

/* Machine code for it, once it is used: most patterns of a schema are not. Without executable memory
 * there is none, and the interpreter does it. */
static bool has_jit(const struct jz_regex *regex)
{
	struct jz_regex *own = (struct jz_regex *)(uintptr_t)regex;

	if (regex->state == UNUSED)
		own->state = pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE) ? NO_JIT : JIT;
	return regex->state == JIT;
}

int jz_regex_search(const struct jz_regex *regex, const char *text, size_t len,
		    struct jz_regex_scratch *scratch)
{
	size_t limit = MATCH_LIMIT + len * MATCH_PER_BYTE;
	int rc;

	if (regex->plain.len)
		return jz_regex_plain_match(&regex->plain, text, len);
	pcre2_set_match_limit(scratch->context, limit > UINT32_MAX ? UINT32_MAX : (uint32_t)limit);
	/* What pcre2_match() looks at before it begins takes longer than most patterns of ours. */
	if (has_jit(regex) && is_ascii(text, len))
		rc = pcre2_jit_match(regex->code, (PCRE2_SPTR)text, len, 0, 0, scratch->data,
				     scratch->context);
	else
		rc = pcre2_match(regex->code, (PCRE2_SPTR)text, len, 0, 0, scratch->data,
				 scratch->context);
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT) /* the interpreter has the heap */
		rc = pcre2_match(regex->code, (PCRE2_SPTR)text, len, 0, PCRE2_NO_JIT, scratch->data,
				 scratch->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	return rc >= 0 ? 1 : JZ_E_INVALID;
}

#include "cmd/command.h"

#include <string.h>
#include "cmd/out.h"
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/base/vec.h"
#include "lib/model/citizen_id.h"
#include "lib/model/codes.h"

#define MAX_BYTES   (4u << 20)
#define MAX_NUMBERS 100000

static const char *arg_from;
static const char *arg_on;
static const char *arg_format;

static const struct jz_opt opts[] = {
	JZ_FILE_OPT(&arg_from, "from",
		    N_("read the numbers from FILE, one a line; - is standard input "
		       "(recommended: other users can see a command line)")),
	{.kind = JZ_OPT_DATE,
	 .long_name = "on",
	 .dest = &arg_on,
	 .metavar = N_("DATE"),
	 .help = N_("give the age on that day instead of today")},
	JZ_FORMAT_OPT(&arg_format, jz_text_or_json,
		      N_("text for people, or json (jzbf/check-id/1)")),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("NUMBER"),
	 .help = N_("an identity number; other users of this machine can see it while the program "
		    "runs, and the shell may keep it: --from - is better"),
	 .optional = true,
	 .many = true},
	{0},
};

static const char *const about[] = {
	N_("Checks citizen identity numbers by GB 11643-1999: length, characters, birth date and "
	   "check "
	   "character; tells the sex, the birth date, the age on a day and where the number was "
	   "first "
	   "given out. The numbers are not repeated: the results refer to them by position (with "
	   "--from, by line)."),
	N_("An address code that is not in the list is no fault: districts get abolished, and the "
	   "numbers stay. The exit status is 1 if a number is wrong."),
	NULL,
};

static const char *const examples[] = {
	"jzbf check-id --from numbers.txt",
	N_("check a list, one number a line"),
	"jzbf check-id --from - --on 2026-07-01",
	N_("type numbers, end with Ctrl-D"),
	NULL,
};

/* One number and what was found out; the number itself is not kept. */
struct checked {
	size_t position;
	enum jz_citizen_id_fault fault;
	struct jz_citizen_id id;
};

struct checking {
	struct jz_date on;
	struct jz_codes *codes;
	struct checked *results;
	size_t len, cap;
	size_t invalid;
};

static void check_one(struct checking *c, const char *number, size_t len, size_t position)
{
	struct checked *result;

	if (c->len == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 16;
		c->results = jz_xrealloc(c->results, c->cap * sizeof(*c->results));
	}
	result = &c->results[c->len++];
	memset(result, 0, sizeof(*result));
	result->position = position;
	result->fault = strlen(number) == len ? jz_citizen_id_on(number, c->on, &result->id)
					      : JZ_ID_ALPHABET;
	jz_wipe(result->id.number, sizeof(result->id.number));
	c->invalid += result->fault != JZ_ID_OK;
}

/* Lines that are empty are passed over, but counted. */
static int check_file(struct checking *c, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = jz_file_read(arg_from, MAX_BYTES, &text, err);
	char *at = text.data;
	char *end;
	size_t line = 0;

	if (rc)
		return rc;
	end = text.data + text.len;
	at = text.data + (jz_starts_with(text.data, "\xef\xbb\xbf") ? 3 : 0);
	while (at < end) {
		char *stop = memchr(at, '\n', (size_t)(end - at));
		char *next = stop ? stop + 1 : end;

		stop = stop ? stop : end;
		if (stop > at && stop[-1] == '\r')
			stop--;
		*stop = '\0';
		line++;
		if (c->len == MAX_NUMBERS)
			return jz_fail(err, JZ_E_INVALID, _("more than %d numbers: split the file"),
				       MAX_NUMBERS);
		if (stop > at)
			check_one(c, at, (size_t)(stop - at), line);
		at = next;
	}
	if (!c->len)
		return jz_fail(err, JZ_E_FINDINGS, _("no number in '%s'"), arg_from);
	return 0;
}

/* Takes the numbers off the command line as soon as they are read. */
static void check_args(struct checking *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t len = strlen(argv[i]);

		check_one(c, argv[i], len, (size_t)i);
		jz_wipe(argv[i], len);
	}
}

static void region(const struct checking *c, const struct checked *result, struct jz_buf *out)
{
	int known;
	const char *name = jz_citizen_id_region(&result->id, c->codes, &known);

	if (!name && result->id.foreign_permanent)
		jz_buf_adds(out, _("permanent residence of a foreigner"));
	else if (!name)
		jz_buf_addf(out, _("%s, unknown (perhaps a historic code)"), result->id.address);
	else if (known == 6)
		jz_buf_addf(out, "%s %s", result->id.address, name);
	else
		jz_buf_addf(out,
			    _("%s, in %s; not in the list of counties (perhaps a historic code)"),
			    result->id.address, name);
	if (result->id.residence_permit)
		jz_buf_adds(out, _(" (residence permit)"));
	if (result->id.lower_case)
		jz_buf_adds(out, _("; lower-case x: write X"));
}

static void print_text(const struct checking *c)
{
	const char *const heads[] = {arg_from ? _("line") : _("position"),
				     _("result"),
				     _("sex"),
				     _("born"),
				     _("age"),
				     _("first registered in")};
	struct jz_table *table = jz_table_new(JZ_COUNT(heads), heads);

	for (size_t i = 0; i < c->len; i++) {
		const struct checked *r = &c->results[i];
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
		char birth[11] = "";
		char number[24];

		snprintf(number, sizeof(number), "%zu", r->position);
		jz_table_cell(table, number);
		jz_table_cell(table, r->fault ? _("wrong") : _("valid"));
		if (r->fault) {
			jz_table_cell(table, "");
			jz_table_cell(table, "");
			jz_table_cell(table, "");
			jz_table_cell(table, jz_citizen_id_sentence(r->fault));
			continue;
		}
		jz_table_cell(table, r->id.sex == '1' ? _("male") : _("female"));
		jz_date_format(r->id.birth, birth);
		jz_table_cell(table, birth);
		snprintf(number, sizeof(number), "%d", jz_date_age(r->id.birth, c->on));
		jz_table_cell(table, number);
		region(c, r, &text);
		jz_table_cell(table, text.data);
	}
	jz_table_print(table, stdout);
	jz_table_free(table);
}

static struct jz_node *result_node(const struct checking *c, const struct checked *r,
				   struct jz_arena *arena)
{
	struct jz_node *map = jz_node_map(arena);
	char text[11];
	int known;

	jz_map_set(arena, map, "position", jz_node_int(arena, (int64_t)r->position));
	jz_map_set(arena, map, "valid", jz_node_bool(arena, !r->fault));
	if (r->fault) {
		jz_map_set(arena, map, "fault",
			   jz_node_string(arena, jz_citizen_id_word(r->fault)));
		return map;
	}
	snprintf(text, sizeof(text), "%c", r->id.sex);
	jz_map_set(arena, map, "sex", jz_node_string(arena, text));
	jz_date_format(r->id.birth, text);
	jz_map_set(arena, map, "birth", jz_node_string(arena, text));
	jz_map_set(arena, map, "age", jz_node_int(arena, jz_date_age(r->id.birth, c->on)));
	jz_map_set(arena, map, "address_code", jz_node_string(arena, r->id.address));
	jz_citizen_id_region(&r->id, c->codes, &known);
	jz_map_set(arena, map, "address_digits_known", jz_node_int(arena, known));
	jz_map_set(arena, map, "lower_case_x", jz_node_bool(arena, r->id.lower_case));
	return map;
}

static void print_json(const struct checking *c)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena);
	struct jz_node *list = jz_node_seq(arena);
	char on[11];

	jz_date_format(c->on, on);
	for (size_t i = 0; i < c->len; i++)
		jz_seq_push(arena, list, result_node(c, &c->results[i], arena));
	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/check-id/1"));
	jz_map_set(arena, root, "on", jz_node_string(arena, on));
	jz_map_set(arena, root, "checked", jz_node_int(arena, (int64_t)c->len));
	jz_map_set(arena, root, "invalid", jz_node_int(arena, (int64_t)c->invalid));
	jz_map_set(arena, root, "results", list);
	jz_print_json(root, stdout);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	struct checking c = {.on = jz_today()};
	int rc = 0;

	(void)ctx;
	if (!arg_from == (argc < 2))
		return jz_fail(err, JZ_E_USAGE, "%s",
			       _("give the numbers either with --from or as arguments"));
	if (arg_on)
		jz_date_parse(arg_on, &c.on);
	if (arg_from)
		rc = check_file(&c, err);
	else
		check_args(&c, argc, argv);
	if (!rc) {
		c.codes = jz_codes_new(NULL);
		if (jz_eq(arg_format, "json"))
			print_json(&c);
		else
			print_text(&c);
		jz_codes_free(c.codes);
		if (c.invalid)
			rc = jz_fail(err, JZ_E_FINDINGS, "%s", "");
	}
	if (c.results)
		jz_wipe(c.results, c.cap * sizeof(*c.results));
	free(c.results);
	return rc;
}

const struct jz_command jz_cmd_check_id = {
	.name = "check-id",
	.group = "plumbing",
	.summary = N_("check citizen identity numbers (GB 11643)"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.run = run,
};

#include "tests/unit/tap.h"
#include "cmd/opt.h"

#include <stdlib.h>

static bool flag, other;
static int level;
static const char *from, *format, *day;
static long count;
static struct jz_strs fields;
static const char *const formats[] = {"text", "json", NULL};

static const struct jz_opt global[] = {
	{.kind = JZ_OPT_COUNT, .short_name = 'v', .long_name = "verbose", .dest = &level},
	{0},
};

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_FLAG, .short_name = 'n', .long_name = "dry-run", .dest = &flag},
	{.kind = JZ_OPT_FLAG, .long_name = "all", .dest = &other},
	{.kind = JZ_OPT_STRING, .short_name = 'f', .long_name = "from", .dest = &from},
	{.kind = JZ_OPT_ENUM, .long_name = "format", .dest = &format, .values = formats},
	{.kind = JZ_OPT_DATE, .long_name = "on", .dest = &day},
	{.kind = JZ_OPT_INT,
	 .short_name = 'c',
	 .long_name = "count",
	 .dest = &count,
	 .min = 1,
	 .max = 9},
	{.kind = JZ_OPT_STRINGS, .long_name = "set", .dest = &fields},
	{0},
};

static struct jz_err err;
static char *words[16];
static int argc;

/* Splits a line at blanks and parses it. */
static int parse(const char *line)
{
	static char copy[256];

	snprintf(copy, sizeof(copy), "cmd %s", line);
	flag = other = false;
	level = 0;
	count = 0;
	from = format = day = NULL;
	jz_strs_release(&fields);
	argc = 0;
	for (char *word = strtok_r(copy, " ", &words[15]); word;
	     word = strtok_r(NULL, " ", &words[15]))
		words[argc++] = word;
	return jz_opt_parse(opts, global, &argc, words, &err);
}

static void understood(void)
{
	ok(!parse("a -n b --from x c") && flag && argc == 4, "options stand anywhere");
	ok(!strcmp(words[1], "a") && !strcmp(words[2], "b") && !strcmp(words[3], "c"),
	   "the arguments keep their order");
	ok(!parse("--from=x") && !strcmp(from, "x"), "--name=value");
	ok(!parse("--from=") && from && !*from, "an empty value is a value");
	ok(!parse("-fx") && !strcmp(from, "x"), "-xvalue");
	ok(!parse("-nvvf -") && flag && level == 2 && !strcmp(from, "-"),
	   "-abc, a count, and - as value");
	ok(!parse("--dry") && flag, "a prefix that only one option has");
	ok(!parse("--format=json --on 2024-02-29 -c9"), "enum, date and number");
	ok(!strcmp(format, "json") && !strcmp(day, "2024-02-29") && count == 9,
	   "have their values");
	ok(!parse("--set a=1 --set b=2") && fields.len == 2 && !strcmp(fields.items[1], "b=2"),
	   "an option that may be given again");
	ok(!parse("-- -n --from") && !flag && argc == 3 && !strcmp(words[1], "-n"),
	   "-- ends the options");
	ok(!parse("-") && argc == 2, "a lone - is an argument");
	ok(!parse("--from a --from b") && !strcmp(from, "b"), "the last one counts");
}

static void refused(void)
{
	static const struct {
		const char *line;
		const char *message;
	} cases[] = {
		{"--fron x", "unknown option '--fron'; did you mean '--from'?"},
		{"--f x", "option '--f' is ambiguous: '--from' or '--format'"},
		{"--from", "option '--from' needs a value"},
		{"-f", "option '--from' needs a value"},
		{"--dry-run=yes", "option '--dry-run' takes no value"},
		{"--format xml", "--format: 'xml' is not one of text, json"},
		{"--on 2023-02-29", "--on: '2023-02-29' is not a date (YYYY-MM-DD)"},
		{"--on 2023-2-3", "--on: '2023-2-3' is not a date (YYYY-MM-DD)"},
		{"-c 10", "--count: '10' is not a whole number from 1 to 9"},
		{"-c 1x", "--count: '1x' is not a whole number from 1 to 9"},
		{"-nx", "unknown option '-x'"},
		{"--zzzzzz", "unknown option '--zzzzzz'"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		is_int(parse(cases[i].line), JZ_E_USAGE, cases[i].line);
		is_str(err.message, cases[i].message, "says why");
	}
}

static void arguments(void)
{
	static const char *const kinds[] = {"case", "psych", NULL};
	static const struct jz_arg args[] = {
		{.metavar = "KIND", .complete = JZ_COMPLETE_VALUES, .values = kinds},
		{.metavar = "FILE", .optional = true, .many = true},
		{0},
	};

	parse("case a b c");
	ok(!jz_args_check(args, argc, words, &err), "the last argument may be many");
	parse("case");
	ok(!jz_args_check(args, argc, words, &err), "or missing");
	parse("cases");
	is_int(jz_args_check(args, argc, words, &err), JZ_E_USAGE,
	       "a value that the table does not list");
	is_str(err.message, "KIND: 'cases' is not one of case, psych", "says which there are");
	parse("");
	is_int(jz_args_check(args, argc, words, &err), JZ_E_USAGE, "too few");
	is_str(err.message, "missing argument KIND, one of case, psych", "names what is missing");
	parse("x");
	is_int(jz_args_check(NULL, argc, words, &err), JZ_E_USAGE, "too many");
	is_str(err.message, "unexpected argument 'x'", "names what is too much");
}

static void leading(void)
{
	char program[] = "jzbf", v[] = "-v", f[] = "-fx", show[] = "show", n[] = "-n";
	char *line[] = {program, v, f, show, n, NULL};
	int next = 0;

	level = 0;
	flag = false;
	ok(!jz_opt_parse_leading(opts, global, 5, line, &next, &err) && next == 3 && level == 1 &&
		   !flag,
	   "parsing stops at the command");
}

int main(void)
{
	understood();
	refused();
	arguments();
	leading();
	jz_strs_release(&fields);
	return done_testing();
}

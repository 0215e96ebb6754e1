/*
 * One declarative table of options a command. Parsing, --help, the manual's OPTIONS, the
 * completions and the consistency test are all made from it.
 */
#ifndef JZ_CMD_OPT_H
#define JZ_CMD_OPT_H

#include <stdbool.h>
#include "lib/base/err.h"
#include "lib/base/vec.h"

enum jz_opt_kind {
	JZ_OPT_END = 0,
	JZ_OPT_FLAG,	/* bool *dest = true */
	JZ_OPT_COUNT,	/* int *dest += 1 */
	JZ_OPT_STRING,	/* const char **dest */
	JZ_OPT_STRINGS, /* struct jz_strs *dest, may be given again */
	JZ_OPT_INT,	/* long *dest, between min and max */
	JZ_OPT_ENUM,	/* const char **dest, one of values */
	JZ_OPT_DATE,	/* const char **dest, checked YYYY-MM-DD */
};

/* What a shell offers for the value. */
enum jz_complete {
	JZ_COMPLETE_NONE = 0,
	JZ_COMPLETE_FILE,
	JZ_COMPLETE_DIR,
	JZ_COMPLETE_VALUES,	/* the option's or argument's values */
	JZ_COMPLETE_CASE,	/* ids of the store: jzbf --complete case */
	JZ_COMPLETE_PERSON,	/* people of access.yaml */
	JZ_COMPLETE_INSTRUMENT, /* schemas/instruments */
	JZ_COMPLETE_SCHEMA,	/* schemas and files */
	JZ_COMPLETE_REPORT,
	JZ_COMPLETE_KIND,
	JZ_COMPLETE_COMMAND,
	JZ_COMPLETE_PATH,  /* a field of a case */
	JZ_COMPLETE_FIELD, /* path=value */
	JZ_COMPLETE_WHERE, /* a condition, field=value */
	JZ_COMPLETE_REV,   /* a revision or a date: nothing is offered */
};

struct jz_opt {
	enum jz_opt_kind kind;
	char short_name;       /* 0: none */
	const char *long_name; /* without dashes */
	void *dest;
	const char *metavar;	   /* N_("FILE"); NULL for flags */
	const char *help;	   /* N_("one sentence, lower case, no full stop") */
	const char *const *values; /* JZ_OPT_ENUM: NULL-terminated */
	enum jz_complete complete;
	long min, max; /* JZ_OPT_INT */
	bool hidden;
};

/* `--format` is -f and takes words everywhere. values: NULL-terminated, the first is the default.
 */
#define JZ_FORMAT_OPT(dest_, values_, help_)                                                       \
	{                                                                                          \
		.kind = JZ_OPT_ENUM, .short_name = 'f', .long_name = "format", .dest = (dest_),    \
		.metavar = N_("FORMAT"), .help = (help_), .values = (values_),                     \
		.complete = JZ_COMPLETE_VALUES                                                     \
	}

/* A flag without a letter. */
#define JZ_FLAG_OPT(dest_, name_, help_)                                                           \
	{                                                                                          \
		.kind = JZ_OPT_FLAG, .long_name = (name_), .dest = (dest_), .help = (help_)        \
	}

/* `--dry-run` is -n everywhere. */
#define JZ_DRY_RUN_OPT(dest_, help_)                                                               \
	{                                                                                          \
		.kind = JZ_OPT_FLAG, .short_name = 'n', .long_name = "dry-run", .dest = (dest_),   \
		.help = (help_)                                                                    \
	}

/* An option that takes the name of a file, and has no letter. */
#define JZ_FILE_OPT(dest_, name_, help_)                                                           \
	{                                                                                          \
		.kind = JZ_OPT_STRING, .long_name = (name_), .dest = (dest_),                      \
		.metavar = N_("FILE"), .help = (help_), .complete = JZ_COMPLETE_FILE               \
	}

/* {"text", "json", NULL} */
extern const char *const jz_text_or_json[];

/* A positional argument. */
struct jz_arg {
	const char *metavar; /* N_("CASE"); NULL ends the table */
	const char *help;
	enum jz_complete complete;
	const char *const *values; /* with JZ_COMPLETE_VALUES nothing else is accepted */
	bool optional;
	bool many; /* the last one only: any number more */
};

/* The value of a word or text option of the table, by its long name, as it was given or is by
 * default; NULL: no such option. */
const char *jz_opt_text(const struct jz_opt *opts, const char *name);

/* Parses argv[1..]: options may stand anywhere before "--"; long options may be cut to an
 * unambiguous prefix; --name=value and --name value, -xvalue and -x value, -abc. Positional
 * arguments are moved to the front; *argc is their number + 1. global (may be NULL) are understood
 * too. Errors are JZ_E_USAGE and suggest what was meant. */
int jz_opt_parse(const struct jz_opt *opts, const struct jz_opt *global, int *argc, char **argv,
		 struct jz_err *err);

/* The same, but stops at the first positional argument: *next is its index, argc if there is none.
 */
int jz_opt_parse_leading(const struct jz_opt *opts, const struct jz_opt *global, int argc,
			 char **argv, int *next, struct jz_err *err);

/* Checks the positional arguments argv[1..argc-1] against their table (NULL: none allowed): how
 * many, and the values where the table lists them. */
int jz_args_check(const struct jz_arg *args, int argc, char **argv, struct jz_err *err);

bool jz_opt_takes_value(const struct jz_opt *opt);

#endif

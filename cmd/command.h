/*
 * A subcommand and the table of all of them. The table says what a command needs, so that help,
 * completion and usage errors start no library.
 */
#ifndef JZ_CMD_COMMAND_H
#define JZ_CMD_COMMAND_H

#include <stdbool.h>
#include "cmd/opt.h"
#include "lib/base/err.h"

struct jz_store;

enum jz_need {
	JZ_NEED_NOTHING = 0,
	JZ_NEED_STORE = 1, /* ctx->store is open; -C says where, default: search upwards */
};

/* Options that every command understands, and what main() found out. */
struct jz_ctx {
	const char *dir; /* -C */
	bool quiet;      /* -q */
	int verbose;     /* -v */
	bool color;      /* stderr or stdout is a terminal and NO_COLOR is unset */
	bool progress;   /* stderr is a terminal and not quiet */
	struct jz_store *store;
};

struct jz_command {
	const char *name;
	const char *group;   /* "store", "case", "look", "history", "plumbing" */
	const char *summary; /* N_("one line, lower case") */
	const struct jz_opt *opts;
	const struct jz_arg *args;
	const char *const *about;    /* paragraphs, N_(), NULL-terminated */
	const char *const *examples; /* "command line", N_("what it does"), …, NULL */
	unsigned needs;              /* enum jz_need */
	const struct jz_command *const *subs; /* access list, access add …; NULL: none */
	/* Returns 0 or a negative jz_code; on failure err says why, and main prints it. A command that
	 * printed its findings itself returns the code with err->message empty. */
	int (*run)(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err);
	bool hidden;
};

extern const struct jz_command *const jz_commands[]; /* NULL-terminated, in manual order */

const struct jz_command *jz_command_find(const char *name);

/* Each cmd/cmd-NAME.c defines one of these; the table in commands.c lists them. */

#endif

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
	JZ_NEED_INDEX = 2, /* it will ask for summaries: what takes long is started meanwhile */
};

/* Options that every command understands, and what main() found out. */
struct jz_ctx {
	const char *dir; /* -C, else JZBF_DIR; NULL: search upwards from the working directory */
	bool quiet;	 /* -q */
	int verbose;	 /* -v */
	bool color;	 /* stderr or stdout is a terminal and NO_COLOR is unset */
	bool progress;	 /* stderr is a terminal and not quiet */
	struct jz_store *store;
};

struct jz_command {
	const char *name;
	const char *group;   /* "store", "case", "look", "office", "history", "plumbing", "help" */
	const char *summary; /* N_("one line, lower case") */
	const struct jz_opt *opts;
	const struct jz_arg *args;
	const char *const *about;	      /* paragraphs, N_(), NULL-terminated */
	const char *const *examples;	      /* "command line", N_("what it does"), …, NULL */
	unsigned needs;			      /* enum jz_need */
	const char *list;		      /* of a case, that its fields begin in; or NULL */
	const struct jz_command *const *subs; /* access list, access add …; NULL: none */
	/* argv[0] is the command's name, argv[1..argc-1] the positional arguments, already counted
	 * against args. Returns 0 or a negative jz_code; on failure err says why, and main prints
	 * it. A command that printed its findings itself returns the code with err->message empty.
	 */
	int (*run)(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err);
	bool hidden;
};

extern const struct jz_command *const jz_commands[]; /* NULL-terminated, in manual order */

const struct jz_command *jz_command_find(const char *name);
const struct jz_command *jz_command_sub(const struct jz_command *command, const char *name);

/* Each cmd/cmd-NAME.c defines `const struct jz_command jz_cmd_NAME`; commands.def lists them, one
 * line each. */

/* What every command understands; --help is among them. Their values: jz_global. */
extern const struct jz_opt jz_global_opts[];
/* What stands only before the command. */
extern const struct jz_opt jz_top_opts[];
struct jz_global {
	const char *dir;
	bool quiet;
	int verbose;
	bool unverified; /* look although the history does not verify */
	bool help;
	bool version;
};
extern struct jz_global jz_global;

/* A heading of `jzbf --help`: commands of one group stand together, in this order. */
struct jz_group {
	const char *name;
	const char *title; /* N_() */
};
extern const struct jz_group jz_groups[]; /* name NULL at the end */

#endif

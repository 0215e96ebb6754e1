/* Help made from the command tables. */
#ifndef JZ_CMD_HELP_H
#define JZ_CMD_HELP_H

#include <stdio.h>
#include "cmd/command.h"
#include "lib/base/buf.h"

/* `jzbf --help`: the commands by group. */
void jz_help_all(FILE *to);

/* `jzbf CMD --help`; parent is the command that has it as a subcommand, or NULL. */
void jz_help_command(const struct jz_command *parent, const struct jz_command *command, FILE *to);

/* "[OPTION…] CASE [FIELD=VALUE…]": what stands behind the name. */
void jz_help_synopsis(const struct jz_command *command, struct jz_buf *out);

/* "-C DIR, --directory DIR" */
void jz_help_option(const struct jz_opt *opt, struct jz_buf *out);

/* The help of an option with its values or bounds behind it. */
void jz_help_option_text(const struct jz_opt *opt, struct jz_buf *out);

#endif

/*
 * Manual pages in mdoc, made from the command tables in the language of the messages. A line
 * `.\" @prose@` marks the place where the build puts what was written by hand (man/NAME.1.inc).
 */
#ifndef JZ_CMD_MAN_H
#define JZ_CMD_MAN_H

#include <stdio.h>
#include "cmd/command.h"

void jz_man_program(FILE *to);					 /* jzbf(1) */
void jz_man_command(const struct jz_command *command, FILE *to); /* jzbf-NAME(1) */

/* The section heads that mdoc knows, with what they are called in the language of the messages: lines
 * "HEAD\tTRANSLATION". Pages are written with the former; the build translates them last. */
void jz_man_heads(FILE *to);

/* jzbf-case(5): the fields of a record kind from its schema, for "case" and "psych". */
int jz_man_record(const char *kind, FILE *to, struct jz_err *err);

/* Text in mdoc: a backslash, and a dot or quote at the beginning of a line, stand for themselves.
 */
void jz_man_text(const char *text, FILE *to);

/* One argument of a macro, quoted. */
void jz_man_quoted(const char *text, FILE *to);

void jz_man_head(const char *page, int section, const char *summary, FILE *to);

#endif

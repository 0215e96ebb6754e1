/* `jzbf check --schema SCHEMA FILE…`: documents against a JSON Schema, without a store. */
#ifndef JZ_CMD_CHECK_FILES_H
#define JZ_CMD_CHECK_FILES_H

#include "cmd/command.h"
#include "lib/port/convert.h"

struct jz_check_files {
	const char *schema;  /* a file, or the name of one of the program's own schemas */
	enum jz_format from; /* JZ_FORMAT_NONE: by the file's name, else by how it begins */
	bool json;	     /* findings as JSON */
	bool assert_format;  /* `format` is an assertion; always so in the program's own schemas */
	const char *const *files; /* "-": standard input */
	size_t count;
};

/* Prints the findings. JZ_E_FINDINGS if a document is invalid; the code of the worst failure if a
 * file cannot be read or is malformed (the others are checked all the same, and the finding has the
 * rule "readable"); a wrong schema is JZ_E_INVALID and nothing is checked. */
int jz_check_files(struct jz_ctx *ctx, const struct jz_check_files *what, struct jz_err *err);

#endif

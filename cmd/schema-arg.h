/* The schema that an option names. */
#ifndef JZ_CMD_SCHEMA_ARG_H
#define JZ_CMD_SCHEMA_ARG_H

#include "lib/base/err.h"
#include "lib/model/schema.h"

/* A file if there is one or the name looks like a path ("-": standard input), else one of the
 * program's own schemas by name: case, psych, …. *own is what the caller frees, NULL for the
 * program's own; *schema is the one to use. opts are for files. */
int jz_schema_arg(const char *name, const struct jz_schema_opts *opts, struct jz_schema **own,
		  const struct jz_schema **schema, struct jz_err *err);

#endif

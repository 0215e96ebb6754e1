#include "cmd/schema-arg.h"

#include <string.h>
#include "lib/base/file.h"
#include "lib/base/str.h"

int jz_schema_arg(const char *name, const struct jz_schema_opts *opts, struct jz_schema **own,
		  const struct jz_schema **schema, struct jz_err *err)
{
	bool is_file =
		strchr(name, '/') || strchr(name, '.') || jz_eq(name, "-") || jz_exists(name);
	int rc;

	if (!is_file)
		return jz_schema_builtin(name, schema, err);
	rc = jz_schema_read(name, opts, own, err);
	*schema = *own;
	return rc;
}

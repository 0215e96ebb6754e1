#include "cmd/out.h"

#include "lib/base/wrap.h"

void jz_print_hanging(FILE *to, const char *text, int at, int indent, int columns)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;

	jz_wrap(&out, text, at, indent, columns);
	fwrite(out.data, 1, out.len, to);
}

void jz_print_wrapped(FILE *to, const char *text, int indent, int columns)
{
	jz_print_hanging(to, text, 0, indent, columns);
}

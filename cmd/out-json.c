#include "cmd/out.h"

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/port/json.h"

void jz_print_json(const struct jz_node *node, FILE *to)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_json_write(node, 2, &text);
	jz_buf_addc(&text, '\n');
	fwrite(text.data, 1, text.len, to);
}

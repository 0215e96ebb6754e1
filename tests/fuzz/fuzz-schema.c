/* A schema and a document, both YAML, with a line "---" between (without one, the text is both). A
 * verdict must agree with its findings, be the same twice, and leave the document as it was. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/model/schema.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t judge(const struct jz_schema *schema, const struct jz_node *document, int *verdict)
{
	struct jz_findings findings;
	size_t errors;

	jz_findings_init(&findings);
	*verdict = jz_schema_check(schema, document, &findings);
	errors = findings.errors;
	jz_findings_release(&findings);
	return errors;
}

static void check(const struct jz_schema *schema, struct jz_node *document)
{
	jz_cleanup(jz_buf_release) struct jz_buf before = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf after = JZ_BUF_INIT;
	int first;
	int second;
	size_t errors;

	jz_schema_type(schema, document);
	jz_json_write(document, 0, &before);
	errors = judge(schema, document, &first);
	if ((first == 0) != (errors == 0))
		abort();
	if (judge(schema, document, &second) != errors || first != second)
		abort();
	jz_json_write(document, 0, &after);
	if (strcmp(before.data, after.data) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct jz_schema_opts opts = {.assert_format = true};
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_schema_free_p) struct jz_schema *schema = NULL;
	const char *text = (const char *)data;
	const char *mark = size ? memmem(text, size, "\n---\n", 5) : NULL;
	const char *rest = mark ? mark + 5 : text;
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *tree;
	struct jz_node *document;

	if (jz_yaml_read(arena, text, mark ? (size_t)(mark - text) : size, &tree, &err) ||
	    jz_yaml_read(arena, rest, (size_t)(text + size - rest), &document, &err))
		return 0;
	jz_node_type_core(tree);
	if (jz_schema_compile(tree, &opts, &schema, &err)) {
		if (!err.message[0] || err.code != JZ_E_INVALID)
			abort();
		return 0;
	}
	check(schema, document);
	return 0;
}

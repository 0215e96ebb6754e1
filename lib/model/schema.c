#include "lib/model/schema.h"

#include <pthread.h>
#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/model/builtin.h"
#include "lib/model/schema-private.h"
#include "lib/port/convert.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"

static int compile(struct jz_compiler *c)
{
	int rc = jz_compile_sub(c, c->root, &c->schema->root);

	if (rc == 0)
		rc = jz_resolve_refs(c);
	if (rc == 0)
		rc = jz_find_loops(c);
	if (rc == 0)
		rc = jz_compile_places(c);
	return rc;
}

int jz_schema_compile(const struct jz_node *root, const struct jz_schema_opts *opts,
		      struct jz_schema **out, struct jz_err *err)
{
	jz_cleanup(jz_schema_free_p) struct jz_schema *schema = jz_xcalloc(1, sizeof(*schema));
	struct jz_compiler compiler = {
		.schema = schema,
		.root = root,
		.assert_format = opts && opts->assert_format,
		.err = err,
		.pointer = JZ_BUF_INIT,
	};
	int rc;

	schema->arena = jz_arena_new_public();
	rc = compile(&compiler);
	jz_refs_release(&compiler);
	jz_buf_release(&compiler.pointer);
	jz_map_release(&compiler.by_node, NULL);
	jz_map_release(&compiler.by_uri, NULL);
	jz_map_release(&compiler.by_pointer, NULL);
	/* names of nodes that the caller may free now */
	for (size_t i = 0; i < schema->resources.len; i++)
		jz_map_release(&((struct jz_resource *)schema->resources.items[i])->anchors, NULL);
	if (rc)
		return rc;
	*out = jz_steal(schema);
	return 0;
}

void jz_schema_free(struct jz_schema *schema)
{
	if (!schema)
		return;
	for (size_t i = 0; i < schema->regexes.len; i++)
		jz_regex_free(schema->regexes.items[i]);
	for (size_t i = 0; i < schema->resources.len; i++) {
		struct jz_resource *resource = schema->resources.items[i];

		jz_map_release(&resource->anchors, NULL);
		jz_map_release(&resource->dynamics, NULL);
	}
	jz_vec_release(&schema->regexes);
	jz_vec_release(&schema->resources);
	jz_vec_release(&schema->subs);
	jz_arena_free(schema->arena);
	free(schema);
}

static int read_tree(const char *path, struct jz_arena *arena, struct jz_node **out,
		     struct jz_err *err)
{
	int rc;

	if (jz_format_of_file(path) == JZ_FORMAT_JSON)
		return jz_json_read_file(arena, path, out, err);
	rc = jz_yaml_read_file(arena, path, out, err);
	if (rc == 0)
		jz_node_type_core(*out);
	return rc;
}

int jz_schema_read(const char *path, const struct jz_schema_opts *opts, struct jz_schema **out,
		   struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new_public();
	struct jz_node *root;
	int rc = read_tree(path, arena, &root, err);

	if (rc)
		return rc;
	rc = jz_schema_compile(root, opts, out, err);
	if (rc)
		jz_err_file(err, path);
	return rc;
}

static int load(const char *name, struct jz_schema **out, struct jz_err *err)
{
	const struct jz_schema_opts opts = {.assert_format = true};
	const struct jz_node *root;
	int rc = jz_builtin_tree(name, &root, err);

	if (rc)
		return rc;
	rc = jz_schema_compile(root, &opts, out, err);
	if (rc)
		jz_err_file(err, name);
	return rc;
}

static bool is_name(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

int jz_schema_builtin(const char *name, const struct jz_schema **out, struct jz_err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct jz_map loaded = JZ_MAP_INIT;
	struct jz_schema *schema;
	int rc = 0;

	if (!is_name(name))
		return jz_fail(err, JZ_E_USAGE, _("'%s' is no name of a schema"), name);
	pthread_mutex_lock(&lock);
	schema = jz_map_gets(&loaded, name);
	if (!schema) {
		rc = load(name, &schema, err);
		if (rc == 0)
			jz_map_puts(&loaded, name, schema);
	}
	pthread_mutex_unlock(&lock);
	if (rc == 0)
		*out = schema;
	return rc;
}

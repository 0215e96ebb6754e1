#include "lib/model/builtin.h"

#include <pthread.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/port/yaml.h"

static int load(const char *name, struct jz_node **out, struct jz_err *err)
{
	static struct jz_arena *arena;
	jz_autofree char *path = NULL;
	int rc;

	if (!jz_schema_dir())
		return jz_fail(err, JZ_E_IO, _("the program's schemas are not found"));
	path = jz_xasprintf("%s/%s.yaml", jz_schema_dir(), name);
	if (!jz_exists(path))
		return jz_fail(err, JZ_E_USAGE, _("the program has no schema '%s'"), name);
	if (!arena)
		arena = jz_arena_new_public();
	rc = jz_yaml_read_file(arena, path, out, err);
	if (!rc)
		jz_node_type_core(*out);
	return rc;
}

int jz_builtin_tree(const char *name, const struct jz_node **out, struct jz_err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct jz_map loaded = JZ_MAP_INIT;
	struct jz_node *tree;
	int rc = 0;

	pthread_mutex_lock(&lock);
	tree = jz_map_gets(&loaded, name);
	if (!tree) {
		rc = load(name, &tree, err);
		if (!rc)
			jz_map_puts(&loaded, name, tree);
	}
	pthread_mutex_unlock(&lock);
	if (!rc)
		*out = tree;
	return rc;
}

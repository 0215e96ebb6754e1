/* Finding, loading and asking keys. */
#include "lib/model/instrument.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/model/label.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"

const char *jz_text(struct jz_text text)
{
	return jz_lang_zh() || !text.en ? text.zh : text.en;
}

const char *jz_scale_label(const struct jz_scale *scale, int value)
{
	if (!scale->anchors || value < scale->min || value > scale->max)
		return NULL;
	return jz_text(scale->anchors[value - scale->min]);
}

const char *jz_validity_word(enum jz_validity_kind kind)
{
	return kind == JZ_NO_LOWEST ? "no-lowest" : "straight-line";
}

const struct jz_item *jz_instrument_item(const struct jz_instrument *instrument, unsigned number)
{
	return number >= 1 && number <= instrument->asked ? &instrument->items[number - 1] : NULL;
}

const struct jz_scale *jz_instrument_scale(const struct jz_instrument *instrument, const char *id)
{
	if (!id || !*id)
		return instrument->scale_count == 1 ? instrument->scales : NULL;
	for (size_t i = 0; i < instrument->scale_count; i++)
		if (jz_eq(instrument->scales[i].id, id))
			return &instrument->scales[i];
	return NULL;
}

const struct jz_scale *jz_item_scale(const struct jz_item *item, const struct jz_scale *answers)
{
	return item->scale ? item->scale : answers;
}

void jz_instrument_free(struct jz_instrument *instrument)
{
	if (instrument)
		jz_arena_free(instrument->arena);
}

int jz_instrument_load(const char *path, struct jz_instrument **out, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new_public();
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	const struct jz_schema *schema;
	struct jz_node *root;
	int rc;

	jz_findings_init(&findings);
	rc = jz_yaml_read_file(arena, path, &root, err);
	if (!rc)
		rc = jz_schema_builtin("instrument", &schema, err);
	if (rc)
		return rc;
	jz_schema_type(schema, root);
	rc = jz_schema_check(schema, root, &findings);
	if (!rc)
		rc = jz_instrument_build(root, &findings, out);
	if (rc) {
		jz_findings_file(&findings, 0, path);
		return jz_findings_fail(&findings, err);
	}
	return 0;
}

/* The directories of keys in the order of the search; false: no more. */
static char *instrument_dir(int n)
{
	const char *own = getenv("JZBF_INSTRUMENTS");

	if (n == 0)
		return jz_schema_dir() ? jz_path_join(jz_schema_dir(), "instruments") : NULL;
	return n == 1 && own && *own ? jz_xstrdup(own) : NULL;
}
#define DIRS 2

/* Ids become file names: letters, digits, dot, dash, underscore, and no dot in front. */
static bool id_is_safe(const char *id)
{
	size_t len = strlen(id);

	return len && len <= 64 && *id != '.' && *id != '-' &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		       len;
}

/* Loads dir/name.yaml. *out stays NULL if it is not there or holds another version. */
static int load_from(const char *dir, const char *name, const char *id, const char *key_version,
		     struct jz_instrument **out, struct jz_err *err)
{
	jz_cleanup(jz_instrument_free_p) struct jz_instrument *found = NULL;
	jz_autofree char *file = jz_xasprintf("%s/%s.yaml", dir, name);
	int rc;

	if (!jz_exists(file))
		return 0;
	rc = jz_instrument_load(file, &found, err);
	if (rc)
		return rc;
	if (!jz_eq(found->id, id)) {
		rc = jz_fail(err, JZ_E_INVALID,
			     _("the id of the instrument is not that of its file"));
		jz_err_file(err, file);
		return rc;
	}
	if (!key_version || jz_eq(found->key_version, key_version))
		*out = jz_steal(found);
	return 0;
}

static int find(const char *id, const char *key_version, struct jz_instrument **out,
		struct jz_err *err)
{
	jz_autofree char *old = jz_xasprintf("%s@%s", id, key_version ? key_version : "");
	int rc = 0;

	for (int n = 0; n < DIRS && !rc && !*out; n++) {
		jz_autofree char *dir = instrument_dir(n);

		if (!dir)
			continue;
		rc = load_from(dir, id, id, key_version, out, err);
		if (!rc && !*out && key_version && id_is_safe(key_version))
			rc = load_from(dir, old, id, key_version, out, err);
	}
	return rc;
}

static int not_found(const char *id, const char *key_version, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf all = JZ_BUF_INIT;
	const char *meant;

	jz_instrument_list(&ids);
	if (jz_strs_has(&ids, id) && key_version)
		return jz_fail(err, JZ_E_INVALID,
			       _("no key of that version for the instrument '%s'"), id);
	meant = ids.len ? jz_closest(id, (const char *const *)ids.items) : NULL;
	if (meant)
		return jz_fail(err, JZ_E_INVALID, _("no instrument '%s'; did you mean '%s'?"), id,
			       meant);
	for (size_t i = 0; i < ids.len; i++)
		jz_buf_addf(&all, "%s%s", i ? ", " : "", ids.items[i]);
	return jz_fail(err, JZ_E_INVALID, _("no instrument '%s' (%s)"), id,
		       all.len ? all.data : "—");
}

int jz_instrument_get(const char *id, const char *key_version, const struct jz_instrument **out,
		      struct jz_err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct jz_map cache = JZ_MAP_INIT;
	static struct jz_vec arenas =
		JZ_VEC_INIT; /* of the cache; an arena is no place to find it by */
	jz_autofree char *name = jz_xasprintf("%s@%s", id, key_version ? key_version : "");
	struct jz_instrument *found;
	int rc = 0;

	if (!id_is_safe(id))
		return not_found(id, NULL, err);
	pthread_mutex_lock(&lock);
	found = jz_map_gets(&cache, name);
	if (!found) {
		rc = find(id, key_version, &found, err);
		if (found) {
			jz_map_puts(&cache, name, found);
			jz_vec_push(&arenas, found->arena);
		}
	}
	pthread_mutex_unlock(&lock);
	if (rc)
		return rc;
	if (!found)
		return not_found(id, key_version, err);
	*out = found;
	return 0;
}

void jz_instrument_list(struct jz_strs *ids)
{
	for (int n = 0; n < DIRS; n++) {
		jz_autofree char *dir = instrument_dir(n);
		DIR *entries = dir ? opendir(dir) : NULL;
		struct dirent *entry;

		while (entries && (entry = readdir(entries)))
			if (jz_ends_with(entry->d_name, ".yaml") && entry->d_name[0] != '.' &&
			    !strchr(entry->d_name, '@'))
				jz_strs_addn(ids, entry->d_name,
					     strlen(entry->d_name) - strlen(".yaml"));
		if (entries)
			closedir(entries);
	}
	jz_strs_sort(ids);
	jz_strs_uniq(ids);
}

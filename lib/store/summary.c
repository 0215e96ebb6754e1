#include "lib/store/summary.h"

#include <pthread.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/seal.h"
#include "lib/port/yaml.h"
#include "lib/store/summary-impl.h"

/* Of the bytes of a row; rows of another program may differ in what it took for a sound record. */
#define ROW_FORMAT "row 2, jzbf " JZ_VERSION

static struct {
	pthread_mutex_t lock;
	bool loaded;
	struct jz_arena *arena;
	struct jz_keep_field root;
	size_t count;
	uint8_t version[JZ_SUMMARY_VERSION];
} summary = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const struct jz_keep_field *find_child(const struct jz_keep_field *field, const char *key,
					      size_t len)
{
	for (uint32_t i = 0; i < field->count; i++)
		if (field->children[i]->key_len == len &&
		    !memcmp(field->children[i]->key, key, len))
			return field->children[i];
	return NULL;
}

static struct jz_keep_field *child(struct jz_keep_field *field, const char *key, size_t len)
{
	/* Nobody else has seen them yet. */
	struct jz_keep_field *at =
		(struct jz_keep_field *)(uintptr_t)find_child(field, key, len);

	if (at || summary.count == JZ_SUMMARY_MOST - 1 || field->count == JZ_KEEP_CHILDREN)
		return at;
	at = jz_arena_alloc(summary.arena, sizeof(*at));
	at->key = jz_arena_strndup(summary.arena, key, len);
	at->key_len = (uint32_t)len;
	at->number = (uint32_t)++summary.count;
	field->children[field->count++] = at;
	return at;
}

static bool add_path(const char *path)
{
	struct jz_keep_field *field = &summary.root;

	while (field && *path) {
		size_t len = strcspn(path, ".?");

		field = child(field, path, len);
		path += len;
		if (*path == '?') {
			if (field)
				field->presence = true;
			return field && !path[1];
		}
		path += *path == '.';
	}
	return field && field != &summary.root;
}

static int load_fields(const struct jz_buf *text, const char *file, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_node *fields;
	struct jz_node *root;
	int rc = jz_yaml_read(arena, text->data, text->len, &root, err);

	fields = rc ? NULL : jz_map_get(root, "fields");
	for (size_t i = 0; !rc && i < jz_seq_len(fields); i++) {
		const struct jz_node *field = jz_seq_get(fields, i);

		if (!jz_node_text(field) || !add_path(jz_node_text(field)))
			rc = jz_fail_at(err, JZ_E_INVALID, field->line, field->column,
					_("not a path that a summary can keep"));
	}
	if (rc)
		jz_err_file(err, file);
	return rc;
}

static int load(struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf fields = JZ_BUF_INIT, schema = JZ_BUF_INIT;
	jz_autofree char *fields_file = NULL, *schema_file = NULL;
	int rc = jz_seal_start(err);

	if (!rc && !jz_schema_dir())
		rc = jz_fail(err, JZ_E_IO, _("the program's schemas are not found"));
	if (rc)
		return rc;
	fields_file = jz_path_join(jz_schema_dir(), "summary.yaml");
	schema_file = jz_path_join(jz_schema_dir(), "case.yaml");
	rc = jz_file_read(fields_file, JZ_YAML_MAX_BYTES, &fields, err);
	if (!rc)
		rc = jz_file_read(schema_file, JZ_YAML_MAX_BYTES, &schema, err);
	if (rc)
		return rc;
	summary.arena = jz_arena_new();
	rc = load_fields(&fields, fields_file, err);
	if (!rc) {
		const struct jz_seal_piece pieces[] = {{ROW_FORMAT, sizeof(ROW_FORMAT)},
						       {fields.data, fields.len},
						       {schema.data, schema.len}};

		jz_seal_hash(NULL, pieces, JZ_COUNT(pieces), summary.version);
	}
	return rc;
}

int jz_summary_start(struct jz_err *err)
{
	int rc = 0;

	pthread_mutex_lock(&summary.lock);
	if (!summary.loaded)
		rc = load(err);
	if (!rc)
		summary.loaded = true;
	pthread_mutex_unlock(&summary.lock);
	return rc;
}

const uint8_t *jz_summary_version(void)
{
	return summary.version;
}

const struct jz_keep_field *jz_keep_root(void)
{
	return &summary.root;
}

/* One path, up to its blank, and what it lies in. */
static bool want_path(const char *path, size_t len, struct jz_summary_wanted *out)
{
	bool presence = len && path[len - 1] == '?';
	const struct jz_keep_field *field = &summary.root;
	const char *end = path + len - presence;

	while (path < end) {
		const char *dot = memchr(path, '.', (size_t)(end - path));
		size_t key_len = (size_t)((dot ? dot : end) - path);
		uint32_t number = field->number, i = 0;

		while (i < field->count && (field->children[i]->key_len != key_len ||
					    memcmp(field->children[i]->key, path, key_len)))
			i++;
		if (i == field->count)
			return false;
		out->children[number] |= 1u << i;
		field = field->children[i];
		path += key_len + (dot != NULL);
	}
	return field != &summary.root && !field->count && (presence || !field->presence);
}

bool jz_summary_want(const char *paths, struct jz_summary_wanted *out)
{
	bool whole = true;

	memset(out, paths ? 0 : 0xff, sizeof(*out));
	while (paths && *paths) {
		size_t len = strcspn(paths, " ");

		whole = want_path(paths, len, out) && whole;
		paths += len;
		paths += *paths == ' ';
	}
	return whole;
}

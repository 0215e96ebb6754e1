#include "lib/store/access.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/finding.h"
#include "lib/model/schema.h"
#include "lib/model/shape.h"
#include "lib/port/yaml.h"

static const char *const role_words[JZ_ROLE_COUNT] = {
	[JZ_ROLE_CUSTODIAN] = "custodian",   [JZ_ROLE_SUPERVISOR] = "supervisor",
	[JZ_ROLE_CASEWORKER] = "caseworker", [JZ_ROLE_PSYCHOLOGIST] = "psychologist",
	[JZ_ROLE_AUDITOR] = "auditor",	     [JZ_ROLE_IT] = "it",
};

static const char *const role_key_words[JZ_ROLE_KEY_COUNT] = {
	[JZ_KEY_OFFICE] = "office",
	[JZ_KEY_CLINICAL] = "clinical",
};

const char *jz_role_key_word(enum jz_role_key key)
{
	return role_key_words[key];
}

bool jz_role_key_parse(const char *word, enum jz_role_key *out)
{
	for (int i = 0; i < JZ_ROLE_KEY_COUNT; i++) {
		if (jz_eq(word, role_key_words[i])) {
			*out = (enum jz_role_key)i;
			return true;
		}
	}
	return false;
}

int jz_fingerprint_parse(const char *text, char out[JZ_FPR_LEN + 1], struct jz_err *err)
{
	char clean[JZ_FPR_LEN + 1] = "";
	size_t len = 0;

	for (const char *p = text; *p && len <= JZ_FPR_LEN; p++) {
		if (*p == ' ')
			continue;
		if (len < JZ_FPR_LEN)
			clean[len] = *p >= 'a' && *p <= 'f' ? (char)(*p - 'a' + 'A') : *p;
		len++;
	}
	if (len != JZ_FPR_LEN || !jz_is_hex(clean, len))
		return jz_fail(err, JZ_E_USAGE,
			       _("'%s' is not the fingerprint of a key (40 hex digits)"), text);
	memcpy(out, clean, sizeof(clean));
	return 0;
}

const char *jz_role_word(enum jz_role role)
{
	return role_words[role];
}

const char *jz_role_label(enum jz_role role)
{
	struct jz_shape root, place;

	if (jz_shape_open("access", &root, NULL) ||
	    !jz_shape_at(&root, "people[].roles[].role", &place))
		return role_words[role];
	return jz_shape_label(&place, role_words[role]);
}

bool jz_role_parse(const char *word, enum jz_role *out)
{
	for (int i = 0; i < JZ_ROLE_COUNT; i++) {
		if (jz_eq(word, role_words[i])) {
			*out = (enum jz_role)i;
			return true;
		}
	}
	return false;
}

int jz_roles_check(const struct jz_strs *words, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf all = JZ_BUF_INIT;
	const char *wrong = NULL;
	enum jz_role role;

	for (size_t i = 0; !wrong && i < words->len; i++)
		if (!jz_role_parse(words->items[i], &role))
			wrong = words->items[i];
	if (!wrong)
		return 0;
	for (int i = 0; i < JZ_ROLE_COUNT; i++) {
		const char *label = jz_role_label((enum jz_role)i);
		bool same = jz_eq(label, role_words[i]);

		jz_buf_addf(&all, "%s%s%s%s", i ? ", " : "", role_words[i], same ? "" : " ",
			    same ? "" : label);
	}
	return jz_fail(err, JZ_E_USAGE, _("no such role: '%s' (%s)"), wrong, all.data);
}

/* from and until of a role or key; the schema has checked that they are days. */
static int read_span(const struct jz_node *node, struct jz_span *span, struct jz_err *err)
{
	const char *from = jz_map_text(node, "from"), *until = jz_map_text(node, "until");

	if (from)
		jz_date_parse(from, &span->from);
	if (until)
		jz_date_parse(until, &span->until);
	/* Ended before it began is a mistake, but the day before says: never in force after all. */
	if (until && from && jz_date_days(span->until) < jz_date_days(span->from) - 1)
		return jz_fail_at(err, JZ_E_INVALID, node->line, node->column,
				  _("'until' is before 'from'"));
	return 0;
}

static int read_roles(struct jz_access *access, const struct jz_node *list,
		      struct jz_person *person, struct jz_err *err)
{
	size_t count = jz_seq_len(list);

	person->roles = jz_arena_alloc(access->arena, (count + 1) * sizeof(*person->roles));
	for (size_t i = 0; i < count; i++) {
		const struct jz_node *item = jz_seq_get(list, i);
		int failed = read_span(item, &person->roles[i].span, err);

		if (failed)
			return failed;
		if (!jz_role_parse(jz_map_text(item, "role"), &person->roles[i].role))
			return jz_fail_at(err, JZ_E_INVALID, item->line, item->column,
					  _("no such role"));
	}
	person->role_count = count;
	return 0;
}

static int read_keys(struct jz_access *access, const struct jz_node *list, struct jz_person *person,
		     struct jz_err *err)
{
	size_t count = jz_seq_len(list);

	person->keys = jz_arena_alloc(access->arena, (count + 1) * sizeof(*person->keys));
	for (size_t i = 0; i < count; i++) {
		const struct jz_node *item = jz_seq_get(list, i);
		int failed = read_span(item, &person->keys[i].span, err);

		if (failed)
			return failed;
		person->keys[i].fingerprint = jz_map_text(item, "fingerprint");
		if (!person->keys[i].fingerprint)
			return jz_fail_at(err, JZ_E_INVALID, item->line, item->column,
					  _("a key has no fingerprint"));
	}
	person->key_count = count;
	return 0;
}

static bool is_role_key(const struct jz_access *access, const char *fingerprint)
{
	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		if (jz_eq(fingerprint, access->role_key[k]))
			return true;
	for (size_t i = 0; i < access->retired_count; i++)
		if (jz_eq(fingerprint, access->retired[i].fingerprint))
			return true;
	return false;
}

/* An id stands for one person, and a key for one person or role. */
static int check_unique(const struct jz_access *access, const struct jz_person *person,
			const struct jz_node *node, struct jz_err *err)
{
	if (jz_access_person(access, person->id))
		return jz_fail_at(err, JZ_E_INVALID, node->line, node->column,
				  _("two people have the id '%s'"), person->id);
	for (size_t i = 0; i < person->key_count; i++) {
		const char *fpr = person->keys[i].fingerprint;

		if (jz_access_key_owner(access, fpr) || is_role_key(access, fpr))
			return jz_fail_at(err, JZ_E_INVALID, node->line, node->column,
					  _("the key %.16s of '%s' stands for somebody else too"),
					  fpr + 24, person->id);
	}
	return 0;
}

static int read_people(struct jz_access *access, struct jz_err *err)
{
	const struct jz_node *list = jz_map_get(access->root, "people");
	size_t count = jz_seq_len(list);

	access->people = jz_arena_alloc(access->arena, (count + 1) * sizeof(*access->people));
	for (size_t i = 0; i < count; i++) {
		const struct jz_node *item = jz_seq_get(list, i);
		struct jz_person person = {
			.id = jz_map_text(item, "id"),
			.name = jz_map_text(item, "name"),
		};
		int failed = read_roles(access, jz_map_get(item, "roles"), &person, err);

		if (!failed)
			failed = read_keys(access, jz_map_get(item, "keys"), &person, err);
		if (!failed)
			failed = check_unique(access, &person, item, err);
		if (failed)
			return failed;
		access->people[access->count++] = person;
	}
	return 0;
}

static int read_retired(struct jz_access *access, struct jz_err *err)
{
	const struct jz_node *list = jz_map_get(access->root, "retired_role_keys");
	size_t count = jz_seq_len(list);

	access->retired = jz_arena_alloc(access->arena, (count + 1) * sizeof(*access->retired));
	for (size_t i = 0; i < count; i++) {
		const struct jz_node *item = jz_seq_get(list, i);
		struct jz_retired_key retired = {.fingerprint = jz_map_text(item, "fingerprint")};
		int failed = read_span(item, &retired.span, err);

		if (failed)
			return failed;
		if (!jz_role_key_parse(jz_map_text(item, "role_key"), &retired.key) ||
		    is_role_key(access, retired.fingerprint))
			return jz_fail_at(err, JZ_E_INVALID, item->line, item->column,
					  _("a retired role key is listed twice or still in use"));
		access->retired[access->retired_count++] = retired;
	}
	return 0;
}

static int read_role_keys(struct jz_access *access, struct jz_err *err)
{
	const struct jz_node *keys = jz_map_get(access->root, "role_keys");

	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		access->role_key[k] = jz_map_text(keys, role_key_words[k]);
	access->recovery = jz_map_text(access->root, "recovery_key");
	if (jz_eq(access->role_key[JZ_KEY_OFFICE], access->role_key[JZ_KEY_CLINICAL]))
		return jz_fail_at(err, JZ_E_INVALID, keys ? keys->line : 0, keys ? keys->column : 0,
				  _("one key stands for both roles"));
	return read_retired(access, err);
}

/* A recovery key that is somebody's own gives them nothing on top. */
static void read_recoverer(struct jz_access *access)
{
	struct jz_person_key *key;

	if (!access->recovery || jz_access_key_owner(access, access->recovery) ||
	    is_role_key(access, access->recovery))
		return;
	key = jz_arena_alloc(access->arena, sizeof(*key));
	*key = (struct jz_person_key){.fingerprint = access->recovery};
	access->recoverer = (struct jz_person){.id = JZ_RECOVERER,
					       .name = "recovery key",
					       .keys = key,
					       .key_count = 1,
					       .recovery = true};
}

/* Takes a tree that lives in access->arena. */
static int read_tree(struct jz_access *access, struct jz_err *err)
{
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	const struct jz_schema *schema;
	int failed;

	jz_findings_init(&findings);
	failed = jz_schema_builtin("access", &schema, err);
	if (failed)
		return failed;
	jz_schema_type(schema, access->root);
	if (jz_schema_check(schema, access->root, &findings)) {
		jz_findings_fail(&findings, err);
		return JZ_E_INVALID;
	}
	failed = read_role_keys(access, err);
	if (!failed)
		failed = read_people(access, err);
	if (!failed)
		read_recoverer(access);
	return failed;
}

int jz_access_parse(const char *text, size_t len, struct jz_access **out, struct jz_err *err)
{
	jz_cleanup(jz_access_free_p) struct jz_access *access = jz_xcalloc(1, sizeof(*access));
	int failed;

	access->arena = jz_arena_new_public();
	failed = jz_yaml_read(access->arena, text, len, &access->root, err);
	if (!failed)
		failed = read_tree(access, err);
	if (failed) {
		jz_err_file(err, "access.yaml");
		return failed;
	}
	*out = jz_steal(access);
	return 0;
}

int jz_access_from_tree(const struct jz_node *root, struct jz_access **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	/* Through its own bytes: what is checked is what will be read. */
	jz_yaml_write(root, &text);
	return jz_access_parse(text.data, text.len, out, err);
}

void jz_access_free(struct jz_access *access)
{
	if (!access)
		return;
	jz_arena_free(access->arena);
	free(access);
}

const struct jz_person *jz_access_person(const struct jz_access *access, const char *id)
{
	for (size_t i = 0; id && i < access->count; i++)
		if (jz_eq(access->people[i].id, id))
			return &access->people[i];
	return access->recoverer.id && jz_eq(id, JZ_RECOVERER) ? &access->recoverer : NULL;
}

const struct jz_person *jz_access_key_owner(const struct jz_access *access, const char *fingerprint)
{
	for (size_t i = 0; i < access->count; i++)
		for (size_t k = 0; k < access->people[i].key_count; k++)
			if (jz_eq(access->people[i].keys[k].fingerprint, fingerprint))
				return &access->people[i];
	return access->recoverer.id && jz_eq(fingerprint, access->recovery) ? &access->recoverer
									    : NULL;
}

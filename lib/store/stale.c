#include "lib/store/stale.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/port/openpgp.h"
#include "lib/store/store-impl.h"

/* Key ids that may stand in a record of one role key. */
struct allowed {
	struct jz_strs role;   /* of the role key in force: one must be there */
	struct jz_strs people; /* of those who may be assigned such a record today */
};

struct looking {
	struct jz_snapshot *snapshot;
	struct jz_keyring *keyring;
	struct jz_keyview view;
	struct allowed allowed[JZ_ROLE_KEY_COUNT];
	const struct jz_stale_if *suppose;
	struct jz_stale *out;
	size_t cap;
};

enum jz_role_key jz_role_key_of(const char *kind)
{
	return jz_eq(kind, "psych") ? JZ_KEY_CLINICAL : JZ_KEY_OFFICE;
}

static bool may_be_assigned(const struct jz_person *person, enum jz_role_key key)
{
	return key == JZ_KEY_CLINICAL
		       ? jz_person_has_role(person, JZ_ROLE_PSYCHOLOGIST, jz_today())
		       : jz_person_reads(person, jz_today());
}

static int allow_people(struct looking *looking, enum jz_role_key key, struct jz_err *err)
{
	const struct jz_access *access = looking->view.access;
	int rc = 0;

	for (size_t i = 0; !rc && i < access->count; i++) {
		const struct jz_person *person = &access->people[i];

		if (!may_be_assigned(person, key) || jz_eq(person->id, looking->suppose->left))
			continue;
		for (size_t k = 0; !rc && k < person->key_count; k++)
			if (jz_span_holds(&person->keys[k].span, jz_today()))
				rc = jz_keyring_key_ids(looking->keyring, &looking->view,
							person->keys[k].fingerprint,
							&looking->allowed[key].people, err);
	}
	return rc;
}

/* Everybody's key file at once; what is wrong with one of them is told where it is asked for. */
static void learn_all(struct looking *looking)
{
	const struct jz_access *access = looking->view.access;
	jz_cleanup(jz_strs_release) struct jz_strs all = JZ_STRS_INIT;

	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		jz_strs_add(&all, access->role_key[k]);
	for (size_t i = 0; i < access->count; i++) {
		const char *fingerprint = jz_person_key_on(&access->people[i], jz_today());

		if (fingerprint && jz_person_reads(&access->people[i], jz_today()))
			jz_strs_add(&all, fingerprint);
	}
	(void)jz_keyring_check(looking->keyring, &looking->view, &all, NULL);
}

static int allow(struct looking *looking, struct jz_err *err)
{
	int rc = 0;

	learn_all(looking);
	for (int k = 0; !rc && k < JZ_ROLE_KEY_COUNT; k++) {
		rc = jz_keyring_key_ids(looking->keyring, &looking->view,
					looking->view.access->role_key[k],
					&looking->allowed[k].role, err);
		if (!rc)
			rc = allow_people(looking, (enum jz_role_key)k, err);
	}
	return rc;
}

static void keep(struct looking *looking, const struct jz_entry *entry, size_t bytes,
		 struct jz_strs *ids, bool role_lags)
{
	jz_cleanup(jz_buf_release) struct jz_buf to = JZ_BUF_INIT;
	struct jz_stale *out = looking->out;

	if (out->count == looking->cap) {
		looking->cap = looking->cap ? looking->cap * 2 : 64;
		out->items = jz_xrealloc(out->items, looking->cap * sizeof(*out->items));
	}
	jz_strs_sort(ids);
	for (size_t i = 0; i < ids->len; i++)
		jz_buf_adds(&to, ids->items[i]);
	out->items[out->count++] = (struct jz_stale_record){.entry = *entry,
							    .bytes = bytes,
							    .to = jz_xstrdup(to.data),
							    .role_lags = role_lags};
}

static int look_at(struct looking *looking, const struct jz_entry *entry, struct jz_err *err)
{
	enum jz_role_key key = jz_role_key_of(entry->kind);
	const struct allowed *allowed = &looking->allowed[key];
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	bool role = false, wrong = false;
	int rc = jz_git_blob(looking->snapshot->store->git, entry->blob, JZ_CIPHER_MAX, &cipher, err);

	if (rc)
		return rc;
	looking->out->records++;
	if (jz_openpgp_recipients(cipher.data, cipher.len, &ids, NULL)) {
		looking->out->unknown++;
		return 0;
	}
	for (size_t i = 0; i < ids.len; i++) {
		bool is_role = jz_strs_has(&allowed->role, ids.items[i]);

		role = role || is_role;
		wrong = wrong || (!is_role && !jz_strs_has(&allowed->people, ids.items[i]));
	}
	if (!role || wrong || looking->suppose->renewed[key])
		keep(looking, entry, cipher.len, &ids, !role);
	return 0;
}

static int together(const void *a, const void *b)
{
	const struct jz_stale_record *left = a, *right = b;
	int order = strcmp(left->to, right->to);

	return order ? order : strcmp(left->entry.path, right->entry.path);
}

int jz_stale_find(struct jz_snapshot *snapshot, const struct jz_stale_if *suppose,
		  struct jz_stale *out, struct jz_err *err)
{
	struct looking looking = {.snapshot = snapshot,
				  .keyring = jz_store_keyring(snapshot->store),
				  .suppose = suppose,
				  .out = out};
	jz_autofree struct jz_entry *entries = NULL;
	size_t count = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	jz_snapshot_view(snapshot, &looking.view);
	rc = jz_snapshot_entries(snapshot, NULL, &entries, &count, err);
	if (!rc && count)
		rc = allow(&looking, err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = look_at(&looking, &entries[i], err);
	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++) {
		jz_strs_release(&looking.allowed[k].role);
		jz_strs_release(&looking.allowed[k].people);
	}
	if (rc)
		jz_stale_release(out);
	else if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), together);
	return rc;
}

static bool is_over(const struct jz_span *span)
{
	return span->until.year && jz_date_cmp(span->until, jz_today()) < 0;
}

bool jz_stale_possible(const struct jz_access *access)
{
	bool over = access->retired_count > 0;

	for (size_t i = 0; i < access->count; i++) {
		const struct jz_person *person = &access->people[i];

		for (size_t r = 0; r < person->role_count; r++)
			over = over || is_over(&person->roles[r].span);
		for (size_t k = 0; k < person->key_count; k++)
			over = over || is_over(&person->keys[k].span);
	}
	return over;
}

void jz_stale_release(struct jz_stale *stale)
{
	for (size_t i = 0; i < stale->count; i++)
		free(stale->items[i].to);
	free(stale->items);
	memset(stale, 0, sizeof(*stale));
}

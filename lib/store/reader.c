#include "lib/store/store.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/base/tmpfs.h"
#include "lib/port/gpg-pool.h"
#include "lib/port/openpgp.h"
#include "lib/store/store-impl.h"

/* From so many records on it pays to open the role key, and to start co-processes. */
#define ROLE_FROM 3
#define POOL_FROM 16

struct reading {
	struct jz_snapshot *snapshot;
	bool holds[JZ_ROLE_KEY_COUNT]; /* role keys of this person: what is closed to them is a
					  fault */
	bool opened;		       /* at least one of them, so that the pool has a key */
	const struct jz_entry *entries;
	jz_each_fn *each;
	void *data;
	void (*progress)(void *data, size_t done);
};

static enum jz_role_key role_of(const struct jz_entry *entry)
{
	return strcmp(entry->kind, "psych") ? JZ_KEY_OFFICE : JZ_KEY_CLINICAL;
}

/* One operation of the person's own key instead of one for each record. */
static int open_roles(struct reading *reading, size_t count, struct jz_err *err)
{
	struct jz_snapshot *snapshot = reading->snapshot;
	struct jz_keyring *keyring = jz_store_keyring(snapshot->store);
	size_t want[JZ_ROLE_KEY_COUNT] = {0};
	const struct jz_person *me;
	struct jz_keyview view;
	int rc = 0;

	/* Somebody whom access.yaml does not know may still be a recipient: each record decides. */
	jz_snapshot_view(snapshot, &view);
	if (jz_keyring_me(keyring, jz_keyview_today(&view)->access, &me, NULL))
		return 0;
	for (size_t i = 0; i < count; i++)
		want[role_of(&reading->entries[i])]++;
	for (int key = 0; !rc && key < JZ_ROLE_KEY_COUNT; key++) {
		reading->holds[key] = jz_person_holds(me, key, jz_today());
		if (want[key] >= ROLE_FROM && reading->holds[key]) {
			rc = jz_keyring_open_role(keyring, &view, key, err);
			reading->opened = true;
		}
	}
	return rc;
}

static int deliver(struct reading *reading, size_t i, struct jz_record *record,
		   struct jz_err *failure)
{
	const struct jz_entry *entry = &reading->entries[i];
	int rc;

	failure->foreign = failure->foreign && !reading->holds[role_of(entry)];
	rc = reading->each(reading->data, entry, &record, record ? NULL : failure);
	jz_record_free(record);
	if (reading->progress)
		reading->progress(reading->data, i + 1);
	return rc;
}

static int read_one(struct reading *reading, size_t i)
{
	struct jz_record *record = NULL;
	struct jz_err failure = JZ_ERR_INIT;

	if (jz_record_read(reading->snapshot, &reading->entries[i], &record, &failure))
		record = NULL;
	return deliver(reading, i, record, &failure);
}

/* ---- by the pool ---- */

/* What the outside already shows to be wrong is left to read_one(), which says why. */
static int feed(void *data, size_t i, struct jz_buf *cipher)
{
	jz_cleanup(jz_strs_release) struct jz_strs recipients = JZ_STRS_INIT;
	struct reading *reading = data;
	int rc = jz_record_fetch(reading->snapshot, &reading->entries[i], cipher, NULL);

	return rc ? rc : jz_openpgp_recipients(cipher->data, cipher->len, &recipients, NULL);
}

/* A message that the pool could not read is tried once more, alone: it may be for the own key only,
 * and if it is damaged the reason is found that way. */
static int pooled(void *data, size_t i, struct jz_buf *plain)
{
	struct reading *reading = data;
	struct jz_record *record = NULL;
	struct jz_err failure = JZ_ERR_INIT;

	if (!plain)
		return read_one(reading, i);
	if (jz_record_parse(&reading->entries[i], plain, &record, &failure)) {
		record = NULL;
		jz_err_file(&failure, reading->entries[i].path);
	}
	return deliver(reading, i, record, &failure);
}

static int read_pooled(struct reading *reading, size_t count, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs homes = JZ_STRS_INIT;
	struct jz_gpg_pool_opts opts = {.homes = &homes,
					.workers = jz_gpg_pool_size(count, POOL_FROM),
					.limit = JZ_PLAIN_MAX};
	struct jz_gpg_pool_job job = {
		.count = count, .feed = feed, .done = pooled, .data = reading};
	struct jz_tmpdir links = JZ_TMPDIR_INIT;
	struct jz_gpg_pool *pool = NULL;
	int rc = jz_keyring_role_homes(jz_store_keyring(reading->snapshot->store), opts.workers,
				       &homes, err);

	if (!rc)
		rc = jz_tmpdir_init(&links, err);
	opts.dir = links.path;
	if (!rc)
		rc = jz_gpg_pool_new(&opts, &pool, err);
	if (!rc)
		rc = jz_gpg_pool_run(pool, &job, err);
	jz_gpg_pool_free(pool);
	jz_tmpdir_release(&links);
	return rc;
}

int jz_records_each(struct jz_snapshot *snapshot, const struct jz_entry *entries, size_t count,
		    jz_each_fn *each, void *data, void (*progress)(void *data, size_t done),
		    struct jz_err *err)
{
	struct reading reading = {.snapshot = snapshot,
				  .entries = entries,
				  .each = each,
				  .data = data,
				  .progress = progress};
	int rc = open_roles(&reading, count, err);

	if (rc)
		return rc;
	if (reading.opened && count >= POOL_FROM)
		return read_pooled(&reading, count, err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = read_one(&reading, i);
	return rc;
}

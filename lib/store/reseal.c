#include "lib/store/reseal.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/store/store-impl.h"
#include "lib/store/txn.h"

/* One commit: so many records, or so much ciphertext. */
#define BATCH_RECORDS 400
#define BATCH_BYTES   ((size_t)16 << 20)

struct work {
	struct jz_store *store;
	const struct jz_reseal_opts *opts;
	struct jz_resealed *out;
	struct jz_map tried;  /* path -> non-NULL: given up, or left to others */
	struct jz_map usable; /* fingerprint -> non-NULL: can receive today */
	size_t total;
};

/* One commit in the making. */
struct batch {
	struct work *work;
	const struct jz_stale_record *items;
	size_t count;
	struct jz_txn *txn; /* at work */
	size_t put;
	size_t bytes;
	size_t left[JZ_ROLE_KEY_COUNT];
	struct jz_err broken;	 /* why no record at all can be put */
	struct jz_strs given_up; /* paths */
	struct jz_strs failed;
};

void jz_resealed_release(struct jz_resealed *resealed)
{
	jz_strs_release(&resealed->touched);
	jz_strs_release(&resealed->failed);
}

/* ---- one record ---- */

/* Everybody whom the record goes to must be able to receive: one who cannot would stop the whole
 * commit. */
static int check_recipients(struct batch *batch, const struct jz_record *record, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs assigned = JZ_STRS_INIT, to = JZ_STRS_INIT;
	const struct jz_node *list = jz_map_get(record->root, "assigned");
	struct work *work = batch->work;
	struct jz_keyview view;
	int rc;

	for (size_t i = 0; i < jz_seq_len(list); i++)
		jz_strs_add(&assigned, jz_node_text(jz_seq_get(list, i)));
	jz_txn_view(batch->txn, &view);
	rc = jz_access_recipients(view.access, record->kind, &assigned, jz_today(), &to, err);
	for (size_t i = 0; !rc && i < to.len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT;

		if (jz_map_gets(&work->usable, to.items[i]))
			continue;
		jz_strs_add(&one, to.items[i]);
		rc = jz_keyring_check(jz_store_keyring(work->store), &view, &one, err);
		if (!rc)
			jz_map_puts(&work->usable, to.items[i], work);
	}
	return rc;
}

static void give_up(struct batch *batch, const struct jz_entry *entry, const struct jz_err *why)
{
	jz_strs_add(&batch->given_up, entry->path);
	if (why->foreign || why->keyless)
		batch->left[jz_role_key_of(entry->kind)]++;
	else
		jz_strs_addf(&batch->failed, _("%s (%s) still stands as it was: %s"), entry->id,
			     entry->kind, why->message);
}

static int put_one(void *data, const struct jz_entry *entry, struct jz_record **record,
		   const struct jz_err *failure)
{
	struct batch *batch = data;
	struct jz_err why = JZ_ERR_INIT;
	int rc;

	if (!*record) {
		give_up(batch, entry, failure);
		return 0;
	}
	rc = check_recipients(batch, *record, &why);
	if (!rc)
		rc = jz_txn_put_again(batch->txn, *record, &why);
	if (rc && jz_txn_broken(batch->txn)) {
		batch->broken = why;
		return rc;
	}
	if (rc) {
		give_up(batch, entry, &why);
		return 0;
	}
	batch->put++;
	return 0;
}

/* ---- one commit ---- */

/* What another writer has changed meanwhile waits for the next look. */
static struct jz_entry *unchanged(const struct batch *batch, size_t *count, size_t *bytes)
{
	struct jz_snapshot *snapshot = jz_txn_snapshot(batch->txn);
	struct jz_entry *entries = jz_xcalloc(batch->count, sizeof(*entries));

	*count = *bytes = 0;
	for (size_t i = 0; i < batch->count; i++) {
		const struct jz_entry *entry = &batch->items[i].entry;
		char blob[JZ_GIT_ID];

		if (jz_git_path_blob(snapshot->store->git, snapshot->commit, entry->path, blob,
				     NULL) ||
		    strcmp(blob, entry->blob))
			continue;
		entries[(*count)++] = *entry;
		*bytes += batch->items[i].bytes;
	}
	return entries;
}

static void clear_batch(struct batch *batch)
{
	batch->put = 0;
	memset(batch->left, 0, sizeof(batch->left));
	jz_strs_release(&batch->given_up);
	jz_strs_release(&batch->failed);
}

static int reseal_in(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct batch *batch = data;
	jz_autofree struct jz_entry *entries = NULL;
	size_t count;
	int rc;

	clear_batch(batch);
	batch->txn = txn;
	entries = unchanged(batch, &count, &batch->bytes);
	rc = jz_records_each(jz_txn_snapshot(txn), entries, count, put_one, batch, NULL, err);
	if (rc && jz_txn_broken(txn) && err)
		*err = batch->broken;
	return rc;
}

static void move(struct jz_strs *from, struct jz_strs *to)
{
	for (size_t i = 0; i < from->len; i++)
		jz_strs_add(to, from->items[i]);
}

static int do_batch(struct work *work, const struct jz_stale_record *items, size_t count,
		    struct jz_err *err)
{
	struct batch batch = {.work = work, .items = items, .count = count};
	jz_cleanup(jz_strs_release) struct jz_strs touched = JZ_STRS_INIT;
	struct jz_change_opts change = {.verb = "rotate", .touched = &touched};
	int rc = jz_store_change(work->store, &change, reseal_in, &batch, err);

	if (!rc) {
		work->out->records += batch.put;
		work->out->bytes += batch.bytes;
		work->out->commits += change.commit[0] != '\0';
		for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
			work->out->left[k] += batch.left[k];
		for (size_t i = 0; i < batch.given_up.len; i++)
			jz_map_puts(&work->tried, batch.given_up.items[i], work);
		move(&batch.failed, &work->out->failed);
		move(&touched, &work->out->touched);
	}
	clear_batch(&batch);
	return rc;
}

/* ---- all of them ---- */

static size_t batch_size(const struct jz_stale_record *items, size_t count)
{
	size_t n = 0, bytes = 0;

	while (n < count && n < BATCH_RECORDS && (!n || bytes + items[n].bytes <= BATCH_BYTES))
		bytes += items[n++].bytes;
	return n;
}

/* Takes out what this person may not write or has tried in vain; nobody knows who may write by an
 * unknown person, and then the commit refuses. */
static void drop_others(struct work *work, struct jz_snapshot *snapshot, struct jz_stale *stale)
{
	const struct jz_access *access = jz_snapshot_access(snapshot);
	const struct jz_person *me = NULL;
	size_t kept = 0;

	if (jz_keyring_me(jz_store_keyring(work->store), access, &me, NULL))
		me = NULL;
	for (size_t i = 0; i < stale->count; i++) {
		struct jz_stale_record *item = &stale->items[i];
		bool tried = jz_map_gets(&work->tried, item->entry.path);
		bool may = !me || !jz_person_may_write(me, item->entry.path, jz_today(), NULL);

		if (!tried && may) {
			stale->items[kept++] = *item;
			continue;
		}
		if (!tried) {
			work->out->left[jz_role_key_of(item->entry.kind)]++;
			jz_map_puts(&work->tried, item->entry.path, work);
		}
		free(item->to);
	}
	stale->count = kept;
}

static int do_all(struct work *work, const struct jz_stale *stale, struct jz_err *err)
{
	int rc = 0;

	work->total = work->out->records + stale->count;
	for (size_t at = 0; !rc && at < stale->count;) {
		size_t count = batch_size(stale->items + at, stale->count - at);

		rc = do_batch(work, stale->items + at, count, err);
		at += count;
		if (work->opts->progress)
			work->opts->progress(work->opts->data, work->out->records, work->total);
	}
	return rc;
}

static void only_count(struct work *work, const struct jz_stale *stale)
{
	work->out->records = stale->count;
	for (size_t i = 0; i < stale->count; i++) {
		work->out->bytes += stale->items[i].bytes;
		jz_strs_add(&work->out->touched, stale->items[i].entry.id);
	}
}

/* One look and what it finds. *again: something was done, so another look is due. */
static int look(struct work *work, bool *again, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	size_t before = work->out->records;
	struct jz_stale stale = {0};
	int rc = jz_snapshot_open(work->store, NULL, &snapshot, err);

	if (!rc)
		rc = jz_stale_find(snapshot, &work->opts->suppose, &stale, err);
	if (rc)
		return rc;
	drop_others(work, snapshot, &stale);
	if (work->opts->dry_run)
		only_count(work, &stale);
	else
		rc = do_all(work, &stale, err);
	*again = !rc && !work->opts->dry_run && work->out->records > before;
	jz_stale_release(&stale);
	return rc;
}

int jz_reseal(struct jz_store *store, const struct jz_reseal_opts *opts, struct jz_resealed *out,
	      struct jz_err *err)
{
	struct work work = {.store = store, .opts = opts, .out = out};
	bool again = true;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	while (!rc && again)
		rc = look(&work, &again, err);
	jz_map_release(&work.tried, NULL);
	jz_map_release(&work.usable, NULL);
	if (!rc && out->failed.len)
		rc = jz_fail(err, JZ_E_FINDINGS,
			     _("%zu records could not be encrypted anew: mend them and go on with "
			       "'jzbf access rotate --resume'"),
			     out->failed.len);
	return rc;
}

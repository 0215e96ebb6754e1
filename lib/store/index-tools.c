/* What `jzbf index` does: looking at the index, dropping it, holding it against the records. */
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/index-impl.h"

static void count_rows(struct jz_index *index, struct jz_snapshot *snapshot,
		       struct jz_index_stat *out)
{
	jz_autofree struct jz_entry *entries = NULL;
	struct jz_index_file *file = &index->file;
	size_t trees = 0;

	if (jz_snapshot_entries(snapshot, "case", &entries, &out->cases, NULL))
		return;
	for (size_t i = 0; i < out->cases; i++) {
		uint8_t blob[JZ_INDEX_BLOB];
		uint32_t row = JZ_INDEX_NONE;

		if (jz_index_blob(entries[i].blob, blob))
			row = jz_index_file_find(file, blob);
		if (row == JZ_INDEX_NONE)
			continue;
		if (file->pages[file->rows[row].page].via == JZ_VIA_FOREIGN)
			out->foreign++;
		else
			out->rows++;
	}
	for (size_t i = 0; i < file->row_count; i++)
		trees += file->pages[file->rows[i].page].via == JZ_VIA_TREE;
	out->stale = file->row_count + file->unusable - trees - out->rows - out->foreign;
	out->pages = file->pages_seen;
}

int jz_index_stat(struct jz_snapshot *snapshot, struct jz_index_stat *out, struct jz_err *err)
{
	struct jz_index *index = jz_index_of(snapshot->store);
	bool used = jz_index_use(snapshot) != NULL;
	struct stat st;

	(void)err;
	*out = (struct jz_index_stat){.why_not = index->why_not};
	if (!index->file.path)
		return 0;
	out->file = jz_xstrdup(index->file.path);
	if (!stat(index->file.path, &st))
		out->bytes = (uint64_t)st.st_size;
	if (used)
		count_rows(index, snapshot, out);
	out->kept = index->key.path && index->key.wrapped.len && jz_index_key_kept(&index->key);
	if (used && index->file.fd < 0)
		out->why_not = _("there is none yet");
	jz_index_file_close(&index->file);
	return 0;
}

int jz_index_drop(struct jz_store *store, struct jz_err *err)
{
	struct jz_index *index = jz_index_of(store);
	const char *person = jz_keyring_person(jz_store_keyring(store));

	if (!person)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("nobody knows who works in this clone: 'git config jzbf.person "
				 "ID' says it"));
	if (jz_index_places(index, person))
		jz_index_throw_away(index, NULL);
	return 0;
}

int jz_index_keep(struct jz_snapshot *snapshot, unsigned minutes, struct jz_err *err)
{
	struct jz_index *index = jz_index_use(snapshot);
	int rc;

	if (!index || !index->key.open) {
		const char *why = snapshot->store->index->why_not;

		return jz_fail(err, JZ_E_FINDINGS, _("there is no index in use: %s"),
			       why ? why : _("there is none yet"));
	}
	rc = jz_index_key_keep(&index->key, minutes * 60, err);
	jz_index_file_close(&index->file);
	return rc;
}

/* ---- every row against its record ---- */

struct check {
	struct jz_index *index;
	struct jz_summary_page page;
	struct jz_summary_view view;
	struct jz_summary_room room;
	void (*wrong)(void *data, const char *id);
	void (*progress)(void *data, size_t done);
	void *data;
	size_t checked;
	size_t bad;
};

static uint32_t row_of(struct check *check, const struct jz_entry *entry)
{
	uint8_t blob[JZ_INDEX_BLOB];

	return jz_index_blob(entry->blob, blob) ? jz_index_file_find(&check->index->file, blob)
						: JZ_INDEX_NONE;
}

/* The summary made of the record now must be what the row says. */
static bool agrees(struct check *check, uint32_t row, const struct jz_record *record,
		   const struct jz_err *failure)
{
	struct jz_index_file *file = &check->index->file;
	bool foreign = file->pages[file->rows[row].page].via == JZ_VIA_FOREIGN;
	const struct jz_node *kept, *made;

	if (foreign || !record)
		return foreign && !record && failure->foreign;
	jz_summary_page_clear(&check->page);
	if (!jz_summary_add(&check->page, record->root))
		return false;
	jz_summary_page_end(&check->page);
	if (!jz_summary_open(&check->view, check->page.bytes.data, check->page.bytes.len))
		return false;
	kept = jz_index_file_row(file, &check->index->key, row, NULL);
	made = jz_summary_row(&check->view, 0, NULL, &check->room);
	return kept && made && jz_node_equal(kept, made);
}

static int check_one(void *data, const struct jz_entry *entry, struct jz_record **record,
		     const struct jz_err *failure)
{
	struct check *check = data;
	uint32_t row = row_of(check, entry);

	if (row == JZ_INDEX_NONE)
		return 0;
	check->checked++;
	if (!agrees(check, row, *record, failure)) {
		check->bad++;
		check->wrong(check->data, entry->id);
	}
	return 0;
}

static void pass_on(void *data, size_t done)
{
	struct check *check = data;

	if (check->progress)
		check->progress(check->data, done);
}

static int check_rows(struct jz_snapshot *snapshot, struct check *check, struct jz_err *err)
{
	jz_autofree struct jz_entry *entries = NULL;
	size_t count = 0;
	int rc = jz_snapshot_entries(snapshot, "case", &entries, &count, err);

	return rc ? rc : jz_records_each(snapshot, entries, count, check_one, check, pass_on, err);
}

int jz_index_check(struct jz_snapshot *snapshot, void (*wrong)(void *data, const char *id),
		   void *data, void (*progress)(void *data, size_t done), size_t *checked,
		   struct jz_err *err)
{
	struct check check = {.index = jz_index_use(snapshot),
			      .view = JZ_SUMMARY_VIEW_INIT,
			      .room = JZ_SUMMARY_ROOM_INIT,
			      .wrong = wrong,
			      .progress = progress,
			      .data = data};
	int rc;

	if (!check.index)
		return jz_fail(err, JZ_E_FINDINGS, _("there is no index in use: %s"),
			       snapshot->store->index->why_not);
	jz_summary_page_init(&check.page);
	rc = check_rows(snapshot, &check, err);
	jz_summary_page_release(&check.page);
	jz_summary_view_release(&check.view);
	jz_summary_room_release(&check.room);
	jz_index_file_close(&check.index->file);
	*checked = check.checked;
	if (!rc && check.bad) {
		jz_index_throw_away(check.index, _("the index was thrown away and is made anew"));
		rc = jz_fail(err, JZ_E_FINDINGS, "%s", "");
	}
	return rc;
}

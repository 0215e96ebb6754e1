#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/index-impl.h"

/* So many pages of single commits, and they become one. */
#define FOLD_FROM 32
/* So much is wasted, and the file is written anew. */
#define WASTE 256

struct scan {
	struct jz_snapshot *snapshot;
	struct jz_index *index; /* NULL: none */
	struct jz_entry *entries;
	size_t count;
	struct jz_index_trees trees;
	uint32_t *rows;	  /* of each entry, or JZ_INDEX_NONE */
	uint32_t *missing; /* entries without one */
	size_t missing_count;
	size_t next; /* entry to deliver */
	struct jz_index_writer writer;
	bool writes;
	bool bad; /* a page did not verify */
	const struct jz_summary_job *job;
	struct jz_summary_wanted wanted;
};

static int deliver(struct scan *scan, const struct jz_node *record, const struct jz_err *failure)
{
	int rc = scan->job->each(scan->job->data, &scan->entries[scan->next], record, failure);

	scan->next++;
	if (scan->job->progress)
		scan->job->progress(scan->job->data, scan->next);
	return rc;
}

/* ---- rows of what was just read ---- */

/* A key that is there is opened, whatever became of its file; else one is made. */
static bool has_key(struct scan *scan)
{
	struct jz_index *index = scan->index;
	struct jz_err err = JZ_ERR_INIT;

	if (index->key.open)
		return true;
	if (!(index->key.wrapped.len
		      ? jz_index_open_key(index)
		      : !jz_index_key_make(scan->snapshot, index->me, &index->key, &err))) {
		if (*err.message && !scan->writer.problem)
			scan->writer.problem = jz_xstrdup(err.message);
		scan->writes = false;
		return false;
	}
	jz_index_tags(index, scan->snapshot);
	return true;
}

static void remember(struct scan *scan, const struct jz_entry *entry, struct jz_record *record,
		     const struct jz_err *failure)
{
	enum jz_index_via via = !record	      ? JZ_VIA_FOREIGN
				: record->own ? JZ_VIA_OWN
					      : JZ_VIA_ROLE;
	uint8_t blob[JZ_INDEX_BLOB];

	if (!scan->writes || (!record && !failure->foreign) || strcmp(entry->kind, "case") ||
	    !has_key(scan) || !scan->index->held[via] || !jz_index_blob(entry->blob, blob) ||
	    (via == JZ_VIA_OWN && !jz_index_is_to_own(scan->index, entry->blob)))
		return;
	jz_index_writer_add(&scan->writer, via, scan->index->tags[via], blob,
			    record ? record->root : NULL);
}

/* ---- delivering ---- */

static int read_whole(struct scan *scan)
{
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	const struct jz_entry *entry = &scan->entries[scan->next];
	struct jz_err failure = JZ_ERR_INIT;

	if (jz_record_read(scan->snapshot, entry, &record, &failure)) {
		failure.foreign = failure.foreign && !scan->index->held[JZ_VIA_ROLE];
		return deliver(scan, NULL, &failure);
	}
	return deliver(scan, record->root, NULL);
}

/* Rows count at their own place only. */
static bool belongs(const struct jz_entry *entry, const struct jz_node *row)
{
	char path[sizeof(entry->path)];

	return jz_eq(jz_map_text(row, "format"), "jzbf/case/1") &&
	       jz_eq(jz_map_text(row, "id"), entry->id) &&
	       !jz_record_path("case", entry->id, path, sizeof(path), NULL) &&
	       !strcmp(path, entry->path);
}

static int deliver_row(struct scan *scan)
{
	const struct jz_entry *entry = &scan->entries[scan->next];
	struct jz_index_file *file = &scan->index->file;
	uint32_t row = scan->rows[scan->next];
	const struct jz_node *record;
	struct jz_err failure;

	if (file->pages[file->rows[row].page].via == JZ_VIA_FOREIGN) {
		jz_record_foreign(entry, &failure);
		return deliver(scan, NULL, &failure);
	}
	record = jz_index_file_row(file, &scan->index->key, row, &scan->wanted);
	if (!record)
		scan->bad = true;
	return record && belongs(entry, record) ? deliver(scan, record, NULL) : read_whole(scan);
}

static int deliver_rows(struct scan *scan, size_t until)
{
	int rc = 0;

	while (!rc && scan->next < until)
		rc = deliver_row(scan);
	return rc;
}

static int read_one(void *data, const struct jz_entry *entry, struct jz_record **record,
		    const struct jz_err *failure)
{
	struct scan *scan = data;
	size_t at = scan->missing ? scan->missing[scan->missing_count++] : scan->next;
	int rc = deliver_rows(scan, at);

	if (rc)
		return rc;
	if (scan->index)
		remember(scan, entry, *record, failure);
	return deliver(scan, *record ? (*record)->root : NULL, failure);
}

static int read_missing(struct scan *scan, struct jz_err *err)
{
	jz_autofree struct jz_entry *entries = NULL;
	size_t count = scan->missing_count;

	if (!scan->index)
		return jz_records_each(scan->snapshot, scan->entries, scan->count, read_one, scan,
				       NULL, err);
	if (!count)
		return 0;
	entries = jz_xcalloc(count, sizeof(*entries));
	for (size_t i = 0; i < count; i++)
		entries[i] = scan->entries[scan->missing[i]];
	scan->missing_count = 0; /* counts again as they come */
	return jz_records_each(scan->snapshot, entries, count, read_one, scan, NULL, err);
}

static void look_up(struct scan *scan)
{
	scan->rows = jz_xcalloc(scan->count + 1, sizeof(*scan->rows));
	scan->missing = jz_xcalloc(scan->count + 1, sizeof(*scan->missing));
	for (size_t i = 0; i < scan->count; i++) {
		uint8_t blob[JZ_INDEX_BLOB];

		scan->rows[i] = jz_index_blob(scan->entries[i].blob, blob)
					? jz_index_file_find(&scan->index->file, blob)
					: JZ_INDEX_NONE;
		if (scan->rows[i] == JZ_INDEX_NONE)
			scan->missing[scan->missing_count++] = (uint32_t)i;
	}
}

/* ---- keeping the file in shape ---- */

static void copy_row(struct scan *scan, uint32_t row)
{
	struct jz_index_file *file = &scan->index->file;
	enum jz_index_via via = file->pages[file->rows[row].page].via;
	const struct jz_node *record = NULL;

	if (via != JZ_VIA_FOREIGN) {
		record = jz_index_file_row(file, &scan->index->key, row, NULL);
		if (!record)
			return;
	}
	jz_index_writer_add(&scan->writer, via, scan->index->tags[via], file->rows[row].blob,
			    record);
}

static void fold(struct scan *scan)
{
	struct jz_index_file *file = &scan->index->file;

	for (size_t i = 0; i < file->row_count; i++)
		if (file->pages[file->rows[i].page].head.kind == JZ_PAGE_BOXED)
			copy_row(scan, (uint32_t)i);
	scan->writer.folded = file->last_boxed;
}

/* Of directories that are as they were; others are walked again once. */
static void copy_tree(struct scan *scan, uint32_t row)
{
	struct jz_index_file *file = &scan->index->file;
	size_t len;
	const char *bytes = jz_index_file_raw(file, &scan->index->key, row, &len);

	if (bytes && jz_index_used(file, row))
		jz_index_writer_raw(&scan->writer, JZ_VIA_TREE, scan->index->tags[JZ_VIA_TREE],
				    file->rows[row].blob, bytes, len);
}

static void add_trees(struct scan *scan)
{
	if (!scan->writes || !scan->trees.fresh.len || !has_key(scan))
		return;
	for (size_t i = 0; i < scan->trees.fresh.len; i++) {
		const struct jz_index_tree *tree = scan->trees.fresh.items[i];

		jz_index_writer_raw(&scan->writer, JZ_VIA_TREE, scan->index->tags[JZ_VIA_TREE],
				    tree->id, tree->files.data, tree->files.len);
	}
}

static void rewrite(struct scan *scan)
{
	struct jz_index_file *file = &scan->index->file;

	if (!jz_index_writer_replace(&scan->writer))
		return;
	for (size_t i = 0; i < scan->count; i++)
		if (scan->rows[i] != JZ_INDEX_NONE)
			copy_row(scan, scan->rows[i]);
	for (size_t i = 0; i < file->row_count; i++)
		if (file->pages[file->rows[i].page].via == JZ_VIA_TREE)
			copy_tree(scan, (uint32_t)i);
	jz_index_writer_replaced(&scan->writer);
}

static void tidy(struct scan *scan)
{
	const struct jz_index_file *file = &scan->index->file;
	size_t used = scan->count - scan->missing_count + scan->trees.known;

	if (!scan->writes || scan->bad || file->fd < 0)
		return;
	/* What was just read is in the old file only: that shape is mended another time. */
	if (!scan->missing_count && file->row_count + file->unusable > 2 * used + WASTE)
		rewrite(scan);
	else if (file->boxed > FOLD_FROM)
		fold(scan);
}

static void finish(struct scan *scan)
{
	struct jz_index *index = scan->index;

	add_trees(scan);
	tidy(scan);
	jz_index_writer_end(&scan->writer);
	jz_index_take_problem(index, &scan->writer);
	if (scan->bad)
		jz_index_throw_away(index, _("the index does not verify: it was thrown away and is "
					     "made anew"));
	jz_index_file_close(&index->file);
}

static int list_cases(struct scan *scan, struct jz_err *err)
{
	int rc = scan->index ? jz_index_entries(scan->index, scan->snapshot, &scan->trees,
						&scan->entries, &scan->count, err)
			     : jz_snapshot_entries(scan->snapshot, "case", &scan->entries,
						   &scan->count, err);

	if (!rc && scan->job->start)
		scan->job->start(scan->job->data, scan->count);
	return rc;
}

/* False: the summaries lack something. */
static bool want(struct scan *scan)
{
	/* What tells of whom a row is comes along. */
	jz_autofree char *fields = scan->job->fields
					   ? jz_xasprintf("format id %s", scan->job->fields)
					   : NULL;

	return jz_summary_want(fields, &scan->wanted);
}

int jz_summaries_each(struct jz_snapshot *snapshot, const struct jz_summary_job *job,
		      struct jz_err *err)
{
	struct scan scan = {.snapshot = snapshot, .job = job};
	int rc;

	if (!jz_summary_start(NULL) && want(&scan))
		scan.index = jz_index_use(snapshot);
	rc = list_cases(&scan, err);
	if (scan.index) {
		look_up(&scan);
		scan.writes = !rc && jz_index_is_head(snapshot);
		jz_index_writer_init(&scan.writer, &scan.index->file, &scan.index->key, true);
	}
	if (!rc)
		rc = read_missing(&scan, err);
	if (scan.index) {
		if (!rc)
			rc = deliver_rows(&scan, scan.count);
		finish(&scan);
	}
	jz_index_trees_release(&scan.trees);
	free(scan.entries);
	free(scan.rows);
	free(scan.missing);
	return rc;
}

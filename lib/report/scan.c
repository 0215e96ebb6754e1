#include "lib/report/scan.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/model/label.h"
#include "lib/store/index.h"

void jz_scan_release(struct jz_scan *scan)
{
	jz_strs_release(&scan->unreadable);
	jz_strs_release(&scan->reasons);
	jz_strs_release(&scan->foreign);
}

struct walk {
	jz_scan_fn *each;
	void *data;
	struct jz_scan *scan;
	const struct jz_scan_progress *progress;
};

static int one(void *data, const struct jz_entry *entry, const struct jz_node *record,
	       const struct jz_err *failure)
{
	struct walk *walk = data;

	walk->scan->scanned++;
	if (record) {
		walk->each(walk->data, entry, record);
	} else {
		jz_strs_add(&walk->scan->unreadable, entry->id);
		jz_strs_add(&walk->scan->reasons, failure->message);
		if (failure->foreign)
			jz_strs_add(&walk->scan->foreign, entry->id);
	}
	return 0;
}

static int one_whole(void *data, const struct jz_entry *entry, struct jz_record **record,
		     const struct jz_err *failure)
{
	return one(data, entry, *record ? (*record)->root : NULL, failure);
}

static void step(void *data, size_t done)
{
	struct walk *walk = data;

	if (walk->progress)
		walk->progress->update(walk->progress->data, done);
}

static void begin(void *data, size_t total)
{
	struct walk *walk = data;

	if (walk->progress)
		walk->progress->start(walk->progress->data, total);
}

int jz_scan_cases(struct jz_snapshot *snapshot, jz_scan_fn *each, void *data,
		  const struct jz_scan_progress *progress, struct jz_scan *scan, struct jz_err *err)
{
	jz_autofree struct jz_entry *entries = NULL;
	struct walk walk = {each, data, scan, progress};
	size_t count = 0;
	int failed = jz_snapshot_entries(snapshot, "case", &entries, &count, err);

	if (failed)
		return failed;
	begin(&walk, count);
	return jz_records_each(snapshot, entries, count, one_whole, &walk, step, err);
}

int jz_scan_summaries(struct jz_snapshot *snapshot, const char *fields, jz_scan_fn *each, void *data,
		      const struct jz_scan_progress *progress, struct jz_scan *scan,
		      struct jz_err *err)
{
	struct walk walk = {each, data, scan, progress};
	struct jz_summary_job job = {
		.fields = fields, .each = one, .start = begin, .progress = step, .data = &walk};

	return jz_summaries_each(snapshot, &job, err);
}

static void fact_window(struct jz_doc *doc, const struct jz_window *window)
{
	char from[11], to[11], text[64], shown[64];

	jz_date_format(window->from, from);
	jz_date_format(window->to, to);
	snprintf(text, sizeof(text), "%s/%s", from, to);
	snprintf(shown, sizeof(shown), _("%s to %s"), from, to);
	jz_doc_fact(doc, "window", _("window"), text, shown);
}

static void name_unreadable(struct jz_doc *doc, const struct jz_scan *scan)
{
	const struct jz_column columns[] = {{"id", _("case"), false},
					    {"reason", _("reason"), false}};
	char text[256];

	if (!scan->unreadable.len)
		return;
	snprintf(text, sizeof(text), _("scanned %zu, unreadable %zu: the figures are incomplete"),
		 scan->scanned, scan->unreadable.len);
	jz_doc_notice(doc, text);
	jz_doc_table(doc, "unreadable", _("unreadable records"), columns, JZ_COUNT(columns));
	for (size_t i = 0; i < scan->unreadable.len; i++) {
		jz_doc_cell(doc, scan->unreadable.items[i], NULL);
		jz_doc_cell(doc, scan->reasons.items[i], NULL);
	}
}

void jz_report_head(struct jz_doc *doc, const struct jz_snapshot *snapshot, struct jz_date date,
		    const struct jz_window *window, const struct jz_scan *scan)
{
	const char *office =
		jz_map_text(jz_node_at(jz_snapshot_office(snapshot), "office"), "name");
	char text[64];

	jz_doc_facts(doc, "head");
	if (office)
		jz_doc_fact(doc, "office", _("office"), office, NULL);
	jz_doc_fact(doc, "commit", _("commit"), jz_snapshot_commit(snapshot), NULL);
	jz_date_format(date, text);
	jz_doc_fact(doc, "date", _("date"), text, NULL);
	if (window)
		fact_window(doc, window);
	if (!scan)
		return;
	snprintf(text, sizeof(text), "%zu", scan->scanned);
	jz_doc_fact(doc, "scanned", _("cases scanned"), text, NULL);
	snprintf(text, sizeof(text), "%zu", scan->unreadable.len);
	jz_doc_fact(doc, "unreadable", _("unreadable"), text, NULL);
	name_unreadable(doc, scan);
}

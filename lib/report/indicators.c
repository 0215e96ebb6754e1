#include "lib/report/indicators.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/model/label.h"
#include "lib/port/yaml.h"
#include "lib/report/measure.h"

#define MAX_INDICATORS 64

struct row {
	const struct jz_node *definition;
	jz_measure_fn *measure;
	bool rate; /* n/N, not a count */
	long n, total;
	struct jz_strs met, missed; /* case ids */
};

struct tally {
	struct row rows[MAX_INDICATORS];
	size_t count;
	const struct jz_policy *policy;
	const struct jz_indicator_opts *opts;
	struct jz_buf fields; /* that they look at */
	struct jz_measure_ctx ctx;
	struct jz_arena *arena; /* of the definitions */
	const struct jz_node *root;
};

static void tally_release(struct tally *tally)
{
	for (size_t i = 0; i < tally->count; i++) {
		jz_strs_release(&tally->rows[i].met);
		jz_strs_release(&tally->rows[i].missed);
	}
	jz_buf_release(&tally->fields);
	jz_measure_end(&tally->ctx);
	jz_arena_free(tally->arena);
}

static int add_rows(struct tally *tally, const char *list, bool rate, struct jz_err *err)
{
	const struct jz_node *entries = jz_map_get(tally->root, list);

	for (size_t i = 0; i < jz_seq_len(entries); i++) {
		const struct jz_node *entry = jz_seq_get(entries, i);
		const char *key = jz_map_text(entry, "key");
		const char *fields = "";
		jz_measure_fn *measure = key ? jz_measure_find(key, &fields) : NULL;

		if (!measure || tally->count == MAX_INDICATORS)
			return jz_fail_at(err, JZ_E_INVALID, entry->line, entry->column,
					  _("no such indicator can be measured"));
		tally->rows[tally->count].definition = entry;
		tally->rows[tally->count].measure = measure;
		tally->rows[tally->count++].rate = rate;
		jz_buf_adds(&tally->fields, fields);
	}
	return 0;
}

static int load(struct tally *tally, struct jz_err *err)
{
	jz_autofree char *file = NULL;
	struct jz_node *root;
	int failed;

	if (!jz_schema_dir())
		return jz_fail(err, JZ_E_IO,
			       _("the program's own schemas are nowhere to be found"));
	file = jz_path_join(jz_schema_dir(), "reports/indicators.yaml");
	tally->arena = jz_arena_new();
	failed = jz_yaml_read_file(tally->arena, file, &root, err);
	if (failed)
		return failed;
	jz_node_type_core(root);
	tally->root = root;
	jz_buf_adds(&tally->fields, jz_measure_fields);
	failed = add_rows(tally, "indicators", true, err);
	if (!failed)
		failed = add_rows(tally, "counts", false, err);
	if (failed)
		jz_err_file(err, file);
	return failed;
}

static void count_case(void *data, const struct jz_entry *entry, const struct jz_node *record)
{
	struct tally *tally = data;

	jz_measure_case(&tally->ctx, record);
	for (size_t i = 0; i < tally->count; i++) {
		struct row *row = &tally->rows[i];
		struct jz_measure m;

		tally->ctx.definition = row->definition;
		m = row->measure(&tally->ctx);
		row->n += m.n;
		row->total += m.total;
		if (!tally->opts->cases)
			continue;
		if (row->rate ? m.total && m.n >= m.total : m.n > 0)
			jz_strs_add(&row->met, entry->id);
		else if (m.total)
			jz_strs_add(&row->missed, entry->id);
	}
}

static const char *word(const struct jz_node *definition, const char *zh, const char *en)
{
	const char *text = jz_map_text(definition, jz_lang_zh() ? zh : en);

	return text ? text : "";
}

static void percent(const struct row *row, char *out, size_t size)
{
	long tenths = row->total ? (row->n * 2000 + row->total) / (2 * row->total) : 0;

	if (row->total)
		snprintf(out, size, "%ld.%ld", tenths / 10, tenths % 10);
	else
		out[0] = '\0';
}

static void rate_table(struct jz_doc *doc, const struct tally *tally)
{
	const struct jz_column columns[] = {
		{"key", _("indicator"), false},
		{"n", "n", true},
		{"total", "N", true},
		{"percent", "%", true},
	};

	jz_doc_table(doc, "rates", NULL, columns, JZ_COUNT(columns));
	for (size_t i = 0; i < tally->count; i++) {
		const struct row *row = &tally->rows[i];
		char text[32];

		if (!row->rate)
			continue;
		jz_doc_cell(doc, jz_map_text(row->definition, "key"),
			    word(row->definition, "zh", "en"));
		jz_doc_cell_int(doc, row->n);
		jz_doc_cell_int(doc, row->total);
		percent(row, text, sizeof(text));
		jz_doc_cell(doc, *text ? text : NULL, *text ? text : "—");
	}
	jz_doc_bars(doc, "rates", _("share of n in N"));
	for (size_t i = 0; i < tally->count; i++)
		if (tally->rows[i].rate && tally->rows[i].total)
			jz_doc_bar(doc, jz_map_text(tally->rows[i].definition, "key"),
				   word(tally->rows[i].definition, "zh", "en"), tally->rows[i].n,
				   tally->rows[i].total);
}

static void count_table(struct jz_doc *doc, const struct tally *tally)
{
	const struct jz_column columns[] = {{"key", _("count"), false}, {"n", "n", true}};

	jz_doc_table(doc, "counts", NULL, columns, JZ_COUNT(columns));
	for (size_t i = 0; i < tally->count; i++) {
		if (tally->rows[i].rate)
			continue;
		jz_doc_cell(doc, jz_map_text(tally->rows[i].definition, "key"),
			    word(tally->rows[i].definition, "zh", "en"));
		jz_doc_cell_int(doc, tally->rows[i].n);
	}
}

static void list_ids(struct jz_doc *doc, const struct row *row, const struct jz_strs *ids,
		     const char *set, const char *shown)
{
	for (size_t i = 0; i < ids->len; i++) {
		jz_doc_cell(doc, jz_map_text(row->definition, "key"),
			    word(row->definition, "zh", "en"));
		jz_doc_cell(doc, set, shown);
		jz_doc_cell(doc, ids->items[i], NULL);
	}
}

static void case_table(struct jz_doc *doc, const struct tally *tally)
{
	const struct jz_column columns[] = {{"key", _("indicator"), false},
					    {"set", _("counted"), false},
					    {"id", _("case"), false}};

	jz_doc_heading(doc, 1, _("The cases behind the figures"));
	jz_doc_table(doc, "cases", NULL, columns, JZ_COUNT(columns));
	jz_doc_gather(doc);
	for (size_t i = 0; i < tally->count; i++) {
		list_ids(doc, &tally->rows[i], &tally->rows[i].met, "n",
			 tally->rows[i].rate ? _("in n") : _("counted"));
		list_ids(doc, &tally->rows[i], &tally->rows[i].missed, "missed",
			 _("in N, not in n"));
	}
}

static void definitions(struct jz_doc *doc, const struct tally *tally)
{
	jz_doc_heading(doc, 1, _("Definitions"));
	jz_doc_text(doc, _("Clause 9.3.1 names these indicators and defines none; the definitions "
			   "are this program's. Days come from office policy."));
	jz_doc_facts(doc, "definitions");
	for (size_t i = 0; i < tally->count; i++) {
		const struct jz_node *d = tally->rows[i].definition;
		const char *policy = jz_map_text(d, "policy");
		char text[512];

		if (policy)
			snprintf(text, sizeof(text), _("%s (office policy: %d days)"),
				 word(d, "definition", "x-definition-en"),
				 jz_policy_int(tally->policy, policy));
		else
			snprintf(text, sizeof(text), "%s",
				 word(d, "definition", "x-definition-en"));
		jz_doc_fact(doc, jz_map_text(d, "key"), word(d, "zh", "en"), text, NULL);
	}
}

int jz_report_indicators(struct jz_snapshot *snapshot, const struct jz_indicator_opts *opts,
			 struct jz_doc **out, size_t *unreadable, struct jz_err *err)
{
	jz_cleanup(tally_release) struct tally tally = {.policy = jz_snapshot_policy(snapshot),
							.opts = opts,
							.fields = JZ_BUF_INIT};
	jz_cleanup(jz_scan_release) struct jz_scan scan = JZ_SCAN_INIT;
	struct jz_doc *doc;
	int failed;

	jz_measure_begin(&tally.ctx, tally.policy, &opts->window, opts->date);
	failed = load(&tally, err);
	if (!failed)
		failed = jz_scan_summaries(snapshot, tally.fields.data, count_case, &tally, opts->progress, &scan, err);
	if (failed)
		return failed;
	doc = jz_doc_new("indicators", word(tally.root, "title", "x-title-en"));
	jz_report_head(doc, snapshot, opts->date, &opts->window, &scan);
	jz_doc_heading(doc, 1, _("Rates"));
	rate_table(doc, &tally);
	jz_doc_heading(doc, 1, _("Counts"));
	count_table(doc, &tally);
	if (opts->cases)
		case_table(doc, &tally);
	definitions(doc, &tally);
	*out = doc;
	*unreadable = scan.unreadable.len;
	return 0;
}

#include "lib/report/caseload.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/model/casefile.h"
#include "lib/store/access.h"

/* Figures of one worker, or of one value of a grouping. */
struct load {
	long open, minors, focus, alerts, ending, closed;
};

enum grouping { BY_WORKER, BY_STATE, BY_CATEGORY, BY_LEVEL, BY_TOWNSHIP, GROUPINGS };

#define FIELDS                                                                                     \
	"assigned sentence.category admission.township focus.value " JZ_OF_CLOSED JZ_OF_MINOR      \
		JZ_OF_ALERTS JZ_OF_PHASES JZ_OF_STATE JZ_OF_LEVEL

struct tally {
	struct jz_map groups[GROUPINGS]; /* name -> struct load */
	struct load all;
	const struct jz_policy *policy;
	struct jz_date date;
};

static void tally_release(struct tally *tally)
{
	for (int i = 0; i < GROUPINGS; i++)
		jz_map_release(&tally->groups[i], free);
}

static struct load *group(struct tally *tally, enum grouping by, const char *name)
{
	struct load *load = jz_map_gets(&tally->groups[by], name);

	if (!load) {
		load = jz_xcalloc(1, sizeof(*load));
		jz_map_puts(&tally->groups[by], name, load);
	}
	return load;
}

static void add(struct load *load, const struct load *one)
{
	load->open += one->open;
	load->minors += one->minors;
	load->focus += one->focus;
	load->alerts += one->alerts;
	load->ending += one->ending;
	load->closed += one->closed;
}

static struct load load_of(const struct jz_node *record, const struct tally *tally)
{
	struct load load = {0};

	load.closed = jz_case_closed(record, tally->date);
	load.open = !load.closed;
	load.minors = load.open && jz_case_minor(record);
	load.focus = load.open && jz_map_true(jz_map_get(record, "focus"), "value");
	load.alerts = (long)jz_case_open_alerts(record);
	load.ending = load.open &&
		      jz_case_in_phase(record, tally->policy, JZ_PHASE_EXIT, tally->date);
	return load;
}

/* "" stands for: not recorded. */
static const char *or_none(const char *text)
{
	return text ? text : "";
}

static void count_case(void *data, const struct jz_entry *entry, const struct jz_node *record)
{
	struct tally *tally = data;
	struct load load = load_of(record, tally);
	const struct jz_node *assigned = jz_map_get(record, "assigned");

	(void)entry;
	add(&tally->all, &load);
	jz_items(person, assigned)
	{
		add(group(tally, BY_WORKER, or_none(jz_node_text(person))), &load);
	}
	if (!jz_seq_len(assigned))
		add(group(tally, BY_WORKER, ""), &load);
	add(group(tally, BY_STATE,
		  jz_case_state_name(jz_case_state(record, tally->policy, tally->date))),
	    &load);
	add(group(tally, BY_CATEGORY,
		  or_none(jz_node_text(jz_node_at(record, "sentence.category")))),
	    &load);
	add(group(tally, BY_LEVEL, or_none(jz_case_level_on(record, tally->date))), &load);
	add(group(tally, BY_TOWNSHIP,
		  or_none(jz_node_text(jz_node_at(record, "admission.township")))),
	    &load);
}

static void load_cells(struct jz_doc *doc, const struct load *load)
{
	jz_doc_cell_int(doc, load->open);
	jz_doc_cell_int(doc, load->minors);
	jz_doc_cell_int(doc, load->focus);
	jz_doc_cell_int(doc, load->alerts);
	jz_doc_cell_int(doc, load->ending);
	jz_doc_cell_int(doc, load->closed);
}

static void table(struct jz_doc *doc, const char *key, const char *caption, const char *head)
{
	const struct jz_column columns[] = {
		{"key", head, false},	       {"open", _("open"), true},
		{"minors", _("minors"), true}, {"focus", _("focus"), true},
		{"alerts", _("alerts"), true}, {"ending", _("in exit phase"), true},
		{"closed", _("closed"), true},
	};

	jz_doc_table(doc, key, caption, columns, JZ_COUNT(columns));
}

/* Labels of a state in the order of the work. */
static void state_rows(struct jz_doc *doc, const struct tally *tally)
{
	for (int s = JZ_STATE_ADMITTED; s <= JZ_STATE_FOLLOWED_UP; s++) {
		const char *name = jz_case_state_name((enum jz_case_state)s);
		const struct load *load = jz_map_gets(&tally->groups[BY_STATE], name);

		if (!load)
			continue;
		jz_doc_cell(doc, name, jz_case_state_label((enum jz_case_state)s));
		load_cells(doc, load);
	}
}

/* Rows in the order of the code table, then what it does not know, then what is not recorded. */
static void code_rows(struct jz_doc *doc, const struct tally *tally, enum grouping by,
		      const char *codes)
{
	const struct jz_map *groups = &tally->groups[by];
	struct jz_codes *tables = jz_policy_codes(tally->policy);
	const struct load *none = jz_map_gets(groups, "");
	const struct jz_node *rows = jz_codes_rows(tables, codes);
	jz_cleanup(jz_strs_release) struct jz_strs other = JZ_STRS_INIT;

	jz_items(row, rows)
	{
		const char *code = jz_map_text(row, "code");
		const struct load *load = code ? jz_map_gets(groups, code) : NULL;

		if (!load)
			continue;
		jz_doc_cell(doc, code, jz_codes_label(tables, codes, code));
		load_cells(doc, load);
	}
	for (size_t i = 0; i < groups->len; i++)
		if (*groups->slots[i].key && !jz_codes_find(tables, codes, groups->slots[i].key))
			jz_strs_add(&other, groups->slots[i].key);
	jz_strs_sort(&other);
	for (size_t i = 0; i < other.len; i++) {
		jz_doc_cell(doc, other.items[i], NULL);
		load_cells(doc, jz_map_gets(groups, other.items[i]));
	}
	if (none) {
		jz_doc_cell(doc, NULL, _("not recorded"));
		load_cells(doc, none);
	}
}

static void worker_rows(struct jz_doc *doc, const struct tally *tally,
			const struct jz_access *access)
{
	const struct jz_map *groups = &tally->groups[BY_WORKER];
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;

	for (size_t i = 0; i < groups->len; i++)
		jz_strs_add(&ids, groups->slots[i].key);
	jz_strs_sort(&ids);
	for (size_t i = 0; i < ids.len; i++) {
		const struct jz_person *person = jz_access_person(access, ids.items[i]);
		const struct load *load = jz_map_gets(groups, ids.items[i]);

		if (!*ids.items[i])
			jz_doc_cell(doc, NULL, _("nobody"));
		else
			jz_doc_cell(doc, ids.items[i], person ? person->name : NULL);
		load_cells(doc, load);
	}
	jz_doc_bars(doc, "workers", _("open cases by worker"));
	for (size_t i = 0; i < ids.len; i++) {
		const struct jz_person *person = jz_access_person(access, ids.items[i]);
		const struct load *load = jz_map_gets(groups, ids.items[i]);

		jz_doc_bar(doc, ids.items[i],
			   person	   ? person->name
			   : *ids.items[i] ? ids.items[i]
					   : _("nobody"),
			   load->open, 0);
	}
}

int jz_report_caseload(struct jz_snapshot *snapshot, const struct jz_caseload_opts *opts,
		       struct jz_doc **out, size_t *unreadable, struct jz_err *err)
{
	jz_cleanup(tally_release) struct tally tally = {.policy = jz_snapshot_policy(snapshot),
							.date = opts->date};
	jz_cleanup(jz_scan_release) struct jz_scan scan = JZ_SCAN_INIT;
	struct jz_doc *doc;
	int failed = jz_scan_summaries(snapshot, FIELDS, count_case, &tally, opts->progress, &scan, err);

	if (failed)
		return failed;
	doc = jz_doc_new("caseload", _("Caseload"));
	jz_report_head(doc, snapshot, opts->date, NULL, &scan);
	table(doc, "all", NULL, _("cases"));
	jz_doc_cell(doc, "all", _("all"));
	load_cells(doc, &tally.all);
	jz_doc_heading(doc, 1, _("By worker"));
	jz_doc_text(doc, _("A case that is assigned to several people counts for each of them."));
	table(doc, "workers", NULL, _("worker"));
	worker_rows(doc, &tally, jz_snapshot_access(snapshot));
	jz_doc_heading(doc, 1, _("By state"));
	table(doc, "states", NULL, _("state"));
	state_rows(doc, &tally);
	jz_doc_heading(doc, 1, _("By category"));
	table(doc, "categories", NULL, _("category"));
	code_rows(doc, &tally, BY_CATEGORY, "category");
	jz_doc_heading(doc, 1, _("By management level"));
	table(doc, "levels", NULL, _("level"));
	code_rows(doc, &tally, BY_LEVEL, "level");
	jz_doc_heading(doc, 1, _("By township office"));
	table(doc, "townships", NULL, _("township office"));
	code_rows(doc, &tally, BY_TOWNSHIP, "township");
	*out = doc;
	*unreadable = scan.unreadable.len;
	return 0;
}

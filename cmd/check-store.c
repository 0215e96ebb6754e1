#include "cmd/check-store.h"

#include <stdio.h>

#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/rules/rules.h"
#include "lib/store/known.h"
#include "lib/store/store.h"

struct checking {
	struct jz_snapshot *snapshot;
	const struct jz_check_store *what;
	struct jz_date today;
	int64_t now;
	struct jz_entry *entries; /* a psychological file stands before its case */
	size_t count, cases;
	struct jz_record *psych;   /* the one that was read last */
	char psych_of[40];	   /* whose it is, or would be if it could be read */
	struct jz_findings present; /* of one record */
	struct jz_findings findings;
	struct jz_look_progress progress;
	struct jz_known known; /* all cases that were read */
	size_t scanned, unreadable, foreign;
};

static void checking_release(struct checking *checking)
{
	jz_snapshot_free(checking->snapshot);
	jz_findings_release(&checking->present);
	jz_findings_release(&checking->findings);
	jz_known_release(&checking->known);
	jz_record_free(checking->psych);
	free(checking->entries);
}

/* What a reader can have of the psychological file is judged as a file of its own: its positions are
 * not those of the case. */
static void check_psych(struct checking *checking, struct jz_rule_ctx *rules)
{
	jz_autofree char *name = jz_xasprintf("%s/psych", checking->psych->id);
	size_t from = checking->present.len;

	rules->record = NULL;
	rules->before = rules->psych;
	jz_rules_run(rules, JZ_RULE_PSYCH, &checking->present);
	jz_findings_file(&checking->present, from, name);
	if (!checking->what->json)
		jz_findings_titles(&checking->present, from, "psych");
}

static void check_record(struct checking *checking, const struct jz_record *record)
{
	bool psych_exists = jz_eq(checking->psych_of, record->id);
	struct jz_rule_ctx rules = {
		.record = record->root,
		.before = record->root,
		.psych_exists = psych_exists,
		.psych = psych_exists && checking->psych ? checking->psych->root : NULL,
		.policy = jz_snapshot_policy(checking->snapshot),
		.today = checking->today,
		.now = checking->now};
	unsigned when = JZ_RULE_COMMIT | JZ_RULE_CHECK;

	if (checking->what->closing)
		when |= JZ_RULE_CLOSE;
	jz_rules_run(&rules, when, &checking->present);
	jz_findings_file(&checking->present, 0, record->id);
	if (rules.psych)
		check_psych(checking, &rules);
	jz_known_add(&checking->known, record->id, record->root);
}

/* Several open cases of one person are found among all cases only. */
static void check_doubles(struct checking *checking)
{
	jz_cleanup(jz_strs_release) struct jz_strs doubles = JZ_STRS_INIT;

	if (checking->what->count)
		return;
	jz_known_doubles(&checking->known, &doubles);
	for (size_t i = 0; i < doubles.len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;

		jz_strs_split(&ids, doubles.items[i], ' ');
		for (size_t k = 0; k < ids.len; k++) {
			size_t from = checking->findings.len;

			jz_findings_add(&checking->findings, JZ_ERROR, NULL, "/person/id_number",
					"same-person", NULL,
					_("one person has several open cases: %s"),
					doubles.items[i]);
			jz_findings_file(&checking->findings, from, ids.items[k]);
			jz_findings_titles(&checking->findings, from, "case");
		}
	}
}

static void unreadable(struct checking *checking, const char *name, const struct jz_err *failure)
{
	checking->unreadable++;
	jz_findings_add(&checking->present, JZ_ERROR, NULL, failure->path, "readable", NULL,
			_("cannot be read: %s"), failure->message);
	jz_findings_file(&checking->present, 0, name);
}

/* Kept for its case, which comes next. One that is for others to read is none of this reader's
 * business; any other that cannot be read is told. */
static void take_psych(struct checking *checking, const struct jz_entry *entry,
		       struct jz_record **record, const struct jz_err *failure)
{
	jz_autofree char *name = jz_xasprintf("%s/psych", entry->id);

	jz_record_free(checking->psych);
	checking->psych = *record;
	*record = NULL;
	jz_copy(checking->psych_of, sizeof(checking->psych_of), entry->id);
	if (!checking->psych && !failure->foreign)
		unreadable(checking, name, failure);
}

static int one(void *data, const struct jz_entry *entry, struct jz_record **record,
	       const struct jz_err *failure)
{
	struct checking *checking = data;

	if (jz_eq(entry->kind, "psych")) {
		take_psych(checking, entry, record, failure);
	} else {
		checking->scanned++;
		if (*record)
			check_record(checking, *record);
		else if (failure->foreign)
			checking->foreign++;
		else
			unreadable(checking, entry->id, failure);
	}
	if (!checking->what->json)
		jz_findings_titles(&checking->present, 0, entry->kind);
	jz_findings_take(&checking->findings, &checking->present);
	return 0;
}

static void step(void *data, size_t done)
{
	struct checking *checking = data;

	(void)done; /* of records */
	checking->progress.scan.update(&checking->progress, checking->scanned);
}

/* All records, each psychological file before its case instead of behind it. */
static int all_entries(struct checking *checking, struct jz_err *err)
{
	int failed = jz_snapshot_entries(checking->snapshot, NULL, &checking->entries,
					 &checking->count, err);

	for (size_t i = 0; !failed && i < checking->count; i++) {
		struct jz_entry *entry = &checking->entries[i];

		checking->cases += jz_eq(entry->kind, "case");
		if (i && jz_eq(entry->kind, "psych") && jz_eq(entry[-1].kind, "case") &&
		    jz_eq(entry[-1].id, entry->id)) {
			const struct jz_entry psych = *entry;

			*entry = entry[-1];
			entry[-1] = psych;
		}
	}
	return failed;
}

/* The entries of the cases that were named, or of all. */
static int entries_of(struct checking *checking, struct jz_err *err)
{
	const struct jz_check_store *what = checking->what;
	int failed = 0;

	if (!what->count)
		return all_entries(checking, err);
	checking->entries = jz_xcalloc(what->count * 2, sizeof(*checking->entries));
	for (size_t i = 0; !failed && i < what->count; i++) {
		struct jz_entry *entry = &checking->entries[checking->count], named;

		failed = jz_snapshot_find(checking->snapshot, "case", what->cases[i], &named, err);
		if (failed)
			break;
		if (!jz_snapshot_find(checking->snapshot, "psych", named.id, entry, NULL))
			entry = &checking->entries[++checking->count];
		*entry = named;
		checking->count++;
		checking->cases++;
	}
	return failed;
}

/* What was asked for, and as of when: today, or the end of that day. */
static int open_checking(struct checking *checking, struct jz_store *store, struct jz_err *err)
{
	const struct jz_check_store *what = checking->what;
	int failed = jz_snapshot_open(store, what->at, &checking->snapshot, err);

	if (failed)
		return failed;
	checking->today = jz_look_day(what->date, what->at, checking->snapshot);
	checking->now = jz_now();
	if (what->date || what->at)
		checking->now = jz_date_days(checking->today) * 86400 + 86399 -
				(int64_t)jz_local_offset(checking->now) * 60;
	return entries_of(checking, err);
}

static bool any_counts(const struct checking *checking)
{
	if (checking->findings.errors)
		return true;
	for (size_t i = 0; i < checking->findings.len; i++)
		if (checking->what->strict && checking->findings.items[i].severity == JZ_WARNING)
			return true;
	return false;
}

static void summary(const struct jz_ctx *ctx, const struct checking *checking)
{
	size_t warnings = 0;

	for (size_t i = 0; i < checking->findings.len; i++)
		warnings += checking->findings.items[i].severity == JZ_WARNING;
	jz_note(ctx, _("scanned %zu, unreadable %zu; errors %zu, warnings %zu"), checking->scanned,
		checking->unreadable, checking->findings.errors, warnings);
}

int jz_check_store(struct jz_ctx *ctx, const struct jz_check_store *what, struct jz_err *err)
{
	jz_cleanup(checking_release) struct checking checking = {.what = what};
	int failed;

	jz_findings_init(&checking.present);
	jz_findings_init(&checking.findings);
	checking.present.limit = checking.findings.limit = 1000000;
	failed = open_checking(&checking, ctx->store, err);
	if (failed)
		return failed;
	jz_look_progress_init(&checking.progress, ctx);
	checking.progress.scan.start(&checking.progress, checking.cases);
	failed = jz_records_each(checking.snapshot, checking.entries, checking.count, one, &checking,
				 step, err);
	jz_look_progress_end(&checking.progress);
	if (failed)
		return failed;
	check_doubles(&checking);
	if (what->json)
		jz_print_findings_json(&checking.findings, stdout);
	else
		jz_print_findings(&checking.findings, stdout, ctx->color);
	summary(ctx, &checking);
	failed = jz_look_foreign(ctx, checking.foreign, checking.scanned, err);
	if (failed)
		return failed;
	if (what->count && checking.foreign)
		return jz_fail(err, JZ_E_CRYPTO, _("what is not assigned to you was not checked"));
	return any_counts(&checking) ? jz_fail(err, JZ_E_FINDINGS, "%s", "") : 0;
}

#include "cmd/check-store.h"

#include <stdio.h>

#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/rules/rules.h"
#include "lib/store/known.h"
#include "lib/store/store.h"

struct checking {
	struct jz_snapshot *snapshot;
	const struct jz_check_store *what;
	struct jz_findings findings;
	struct jz_look_progress progress;
	struct jz_known known; /* all cases that were read */
	size_t scanned, unreadable, foreign;
};

static void checking_release(struct checking *checking)
{
	jz_snapshot_free(checking->snapshot);
	jz_findings_release(&checking->findings);
	jz_known_release(&checking->known);
}

/* The psych record of a case, as far as the reader may see it. */
static void find_psych(struct checking *checking, const char *id, bool *exists,
		       struct jz_record **out)
{
	struct jz_entry entry;

	*exists = !jz_snapshot_find(checking->snapshot, "psych", id, &entry, NULL);
	if (*exists && jz_record_read(checking->snapshot, &entry, out, NULL))
		*out = NULL;
}

static void check_record(struct checking *checking, const struct jz_record *record)
{
	jz_cleanup(jz_record_free_p) struct jz_record *psych = NULL;
	struct jz_rule_ctx rules = {
		.record = record->root,
		.before = record->root,
		.policy = jz_snapshot_policy(checking->snapshot),
		.today = jz_look_day(checking->what->date, checking->what->at, checking->snapshot),
		.now = jz_now()};
	size_t from = checking->findings.len;
	unsigned when = JZ_RULE_COMMIT | JZ_RULE_CHECK;

	if (checking->what->closing)
		when |= JZ_RULE_CLOSE;
	if (checking->what->date || checking->what->at) /* the end of that day */
		rules.now = jz_date_days(rules.today) * 86400 + 86399 -
			    (int64_t)jz_local_offset(rules.now) * 60;
	find_psych(checking, record->id, &rules.psych_exists, &psych);
	rules.psych = psych ? psych->root : NULL;
	if (psych)
		when |= JZ_RULE_PSYCH;
	jz_rules_run(&rules, when, &checking->findings);
	jz_findings_file(&checking->findings, from, record->id);
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
		}
	}
}

static int one(void *data, const struct jz_entry *entry, struct jz_record **record,
	       const struct jz_err *failure)
{
	struct checking *checking = data;
	size_t from = checking->findings.len;

	checking->scanned++;
	if (*record) {
		check_record(checking, *record);
		return 0;
	}
	if (failure->foreign) {
		checking->foreign++;
		return 0;
	}
	checking->unreadable++;
	jz_findings_add(&checking->findings, JZ_ERROR, NULL, failure->path, "readable", NULL,
			_("cannot be read: %s"), failure->message);
	jz_findings_file(&checking->findings, from, entry->id);
	return 0;
}

static void step(void *data, size_t done)
{
	struct checking *checking = data;

	checking->progress.scan.update(&checking->progress, done);
}

/* The entries of the cases that were named, or of all. */
static int entries_of(struct checking *checking, struct jz_entry **out, size_t *count,
		      struct jz_err *err)
{
	const struct jz_check_store *what = checking->what;
	struct jz_entry *entries;
	int failed = 0;

	if (!what->count)
		return jz_snapshot_entries(checking->snapshot, "case", out, count, err);
	entries = jz_xcalloc(what->count, sizeof(*entries));
	for (size_t i = 0; !failed && i < what->count; i++)
		failed = jz_snapshot_find(checking->snapshot, "case", what->cases[i], &entries[i],
					  err);
	if (failed) {
		free(entries);
		return failed;
	}
	*out = entries;
	*count = what->count;
	return 0;
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
	jz_autofree struct jz_entry *entries = NULL;
	size_t count = 0;
	int failed;

	jz_findings_init(&checking.findings);
	checking.findings.limit = 1000000;
	failed = jz_snapshot_open(ctx->store, what->at, &checking.snapshot, err);
	if (!failed)
		failed = entries_of(&checking, &entries, &count, err);
	if (failed)
		return failed;
	jz_look_progress_init(&checking.progress, ctx);
	checking.progress.scan.start(&checking.progress, count);
	failed = jz_records_each(checking.snapshot, entries, count, one, &checking, step, err);
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

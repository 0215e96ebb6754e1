#include "cmd/look.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/i18n.h"
#include "lib/store/index.h"
#include "lib/store/keyring.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"

void jz_look_trust(struct jz_store *store)
{
	if (!jz_global.unverified)
		return;
	jz_store_unverified(store);
	jz_warn("%s", _("nothing is verified (--unverified): what follows may be forged"));
}

int jz_look_record(struct jz_ctx *ctx, const char *at, bool psych, const char *id,
		   struct jz_snapshot **snapshot, struct jz_entry *entry, struct jz_err *err)
{
	int rc = jz_snapshot_open(ctx->store, at, snapshot, err);

	if (!rc && id)
		rc = jz_snapshot_find(*snapshot, psych ? "psych" : "case", id, entry, err);
	return rc;
}

static void judging(void *data, size_t done, size_t total)
{
	struct jz_judging *judging = data;

	if (done == 1)
		jz_progress_start(&judging->bar, judging->ctx, _("judging commits"), total);
	jz_progress_update(&judging->bar, done);
	if (done == total)
		jz_progress_end(&judging->bar);
}

void jz_look_judging(struct jz_judging *state, const struct jz_ctx *ctx, struct jz_store *store)
{
	state->ctx = ctx;
	jz_store_on_judging(store, judging, state);
}

void jz_look_notices(const struct jz_ctx *ctx, const struct jz_store *store)
{
	if (jz_store_trust_notice(store))
		jz_note(ctx, "%s", jz_store_trust_notice(store));
	if (jz_index_notice(store))
		jz_note(ctx, "%s", jz_index_notice(store));
	if (jz_store_key_notice(store))
		jz_warn("%s", jz_store_key_notice(store));
	if (jz_store_notice(store))
		jz_warn("%s", jz_store_notice(store));
}

struct jz_date jz_look_day(const char *date, const char *at, struct jz_snapshot *snapshot)
{
	struct jz_date day;

	if (date && jz_date_parse(date, &day))
		return day;
	if (!at)
		return jz_today();
	return jz_date_parse(at, &day) ? day : jz_snapshot_day(snapshot);
}

static void start(void *data, size_t total)
{
	struct jz_look_progress *progress = data;

	jz_progress_start(&progress->bar, progress->ctx, _("reading cases"), total);
}

static void update(void *data, size_t done)
{
	struct jz_look_progress *progress = data;

	jz_progress_update(&progress->bar, done);
}

void jz_look_progress_init(struct jz_look_progress *progress, const struct jz_ctx *ctx)
{
	*progress = (struct jz_look_progress){.scan = {start, update, progress}, .ctx = ctx};
}

void jz_look_progress_end(struct jz_look_progress *progress)
{
	jz_progress_end(&progress->bar);
}

int jz_look_foreign(const struct jz_ctx *ctx, size_t foreign, size_t scanned, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	struct jz_keyring *keyring = jz_store_keyring(ctx->store);
	const struct jz_person *me;
	int rc = 0;

	if (!foreign)
		return 0;
	if (!jz_keyring_person(keyring)) {
		rc = jz_snapshot_open(ctx->store, NULL, &snapshot, err);
		if (!rc)
			rc = jz_keyring_me(keyring, jz_snapshot_access(snapshot), &me, err);
	}
	if (!rc)
		jz_note(ctx, _("%zu of %zu cases are not assigned to you"), foreign, scanned);
	return rc;
}

int jz_look_unreadable(const struct jz_ctx *ctx, const struct jz_scan *scan, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf ids = JZ_BUF_INIT;
	const char *reason = "";
	size_t foreign = 0;
	int rc;

	/* Neighbours that fail for one reason are named in one line. */
	for (size_t i = 0; i < scan->unreadable.len; i++) {
		const char *id = scan->unreadable.items[i];

		/* Both lists are in the order of the cases. */
		if (foreign < scan->foreign.len && !strcmp(scan->foreign.items[foreign], id)) {
			foreign++;
			continue;
		}
		if (ids.len && strcmp(reason, scan->reasons.items[i])) {
			jz_warn(_("%s cannot be read: %s"), ids.data, reason);
			jz_buf_clear(&ids);
		}
		reason = scan->reasons.items[i];
		jz_buf_addf(&ids, "%s%s", ids.len ? ", " : "", id);
	}
	if (ids.len)
		jz_warn(_("%s cannot be read: %s"), ids.data, reason);
	rc = jz_look_foreign(ctx, foreign, scan->scanned, err);
	if (rc || scan->unreadable.len == foreign)
		return rc;
	jz_warn(_("scanned %zu, unreadable %zu"), scan->scanned, scan->unreadable.len - foreign);
	return jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

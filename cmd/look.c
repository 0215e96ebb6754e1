#include "cmd/look.h"

#include <stdio.h>

#include "lib/base/i18n.h"

struct jz_date jz_look_date(const char *text)
{
	struct jz_date date;

	return text && jz_date_parse(text, &date) ? date : jz_today();
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

int jz_look_unreadable(const struct jz_scan *scan, struct jz_err *err)
{
	if (!scan->unreadable.len)
		return 0;
	for (size_t i = 0; i < scan->unreadable.len; i++)
		jz_warn(_("%s cannot be read: %s"), scan->unreadable.items[i],
			scan->reasons.items[i]);
	jz_warn(_("scanned %zu, unreadable %zu"), scan->scanned, scan->unreadable.len);
	return jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

#include "cmd/out.h"

#include <time.h>
#include "cmd/command.h"
#include "lib/base/utf8.h"

#define SHOW_AFTER_MS 1000
#define REDRAW_MS     100

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void jz_progress_start(struct jz_progress *progress, const struct jz_ctx *ctx, const char *label,
		       size_t total)
{
	*progress = (struct jz_progress){
		.label = label,
		.total = total,
		.on = ctx->progress,
		.drawn_ms = now_ms() + SHOW_AFTER_MS - REDRAW_MS,
	};
}

void jz_progress_update(struct jz_progress *progress, size_t done)
{
	long long now;

	if (!progress->on)
		return;
	now = now_ms();
	if (now - progress->drawn_ms < REDRAW_MS)
		return;
	progress->drawn_ms = now;
	progress->shown = true;
	if (progress->total)
		fprintf(stderr, "\r\033[K%s  %zu/%zu  %zu%%", progress->label, done,
			progress->total, done * 100 / progress->total);
	else
		fprintf(stderr, "\r\033[K%s  %zu", progress->label, done);
	fflush(stderr);
}

void jz_progress_end(struct jz_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
	progress->on = false;
}

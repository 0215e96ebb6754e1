#include "lib/model/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/display.h"

#define DEFAULT_LIMIT 1000

void jz_findings_init(struct jz_findings *findings)
{
	memset(findings, 0, sizeof(*findings));
	findings->arena = jz_arena_new();
}

void jz_findings_release(struct jz_findings *findings)
{
	jz_arena_free(findings->arena);
	free(findings->items);
	memset(findings, 0, sizeof(*findings));
}

static const char *keep(struct jz_findings *findings, const char *text)
{
	return text ? jz_arena_strdup(findings->arena, text) : NULL;
}

/* Room for one more; NULL: there are enough. */
static struct jz_finding *next(struct jz_findings *findings)
{
	if (findings->len >= (findings->limit ? findings->limit : DEFAULT_LIMIT))
		return NULL;
	if (findings->len == findings->cap) {
		findings->cap = findings->cap ? findings->cap * 2 : 8;
		findings->items =
			jz_xrealloc(findings->items, findings->cap * sizeof(*findings->items));
	}
	memset(&findings->items[findings->len], 0, sizeof(*findings->items));
	return &findings->items[findings->len++];
}

/* NULL: there are enough already. */
__attribute__((format(printf, 8, 0))) static struct jz_finding *
add(struct jz_findings *findings, enum jz_severity severity, const struct jz_node *node,
    const char *path, const char *rule, const char *clause, const char *head, const char *fmt,
    va_list args)
{
	struct jz_finding *finding;
	char text[768];

	if (severity == JZ_ERROR)
		findings->errors++;
	finding = next(findings);
	if (!finding)
		return NULL;
	vsnprintf(text, sizeof(text), fmt, args);
	finding->severity = severity;
	finding->line = node ? node->line : 0;
	finding->column = node ? node->column : 0;
	finding->path = keep(findings, path ? path : "");
	finding->rule = keep(findings, rule);
	finding->clause = keep(findings, clause);
	finding->text = keep(findings, text);
	finding->message =
		head ? jz_arena_printf(findings->arena, _("%s: %s"), head, text) : finding->text;
	return finding;
}

void jz_findings_add(struct jz_findings *findings, enum jz_severity severity,
		     const struct jz_node *node, const char *path, const char *rule,
		     const char *clause, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(findings, severity, node, path, rule, clause, NULL, fmt, args);
	va_end(args);
}

void jz_findings_add_about(struct jz_findings *findings, enum jz_severity severity,
			   const struct jz_node *node, const char *path, const char *rule,
			   const char *clause, const char *about, const char *fmt, ...)
{
	struct jz_finding *finding;
	va_list args;

	va_start(args, fmt);
	finding = add(findings, severity, node, path, rule, clause, about, fmt, args);
	va_end(args);
	if (finding)
		finding->about = keep(findings, about);
}

void jz_findings_add_titled(struct jz_findings *findings, enum jz_severity severity,
			    const struct jz_node *node, const char *path, const char *rule,
			    const char *clause, const char *title, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(findings, severity, node, path, rule, clause, title, fmt, args);
	va_end(args);
}

/* All but the name of the file. */
static struct jz_finding *copy(struct jz_findings *findings, const struct jz_finding *f)
{
	struct jz_finding *kept = next(findings);

	if (!kept)
		return NULL;
	*kept = *f;
	kept->path = keep(findings, f->path);
	kept->rule = keep(findings, f->rule);
	kept->clause = keep(findings, f->clause);
	kept->about = keep(findings, f->about);
	kept->text = keep(findings, f->text);
	kept->message = f->message == f->text ? kept->text : keep(findings, f->message);
	kept->where = keep(findings, f->where);
	return kept;
}

void jz_findings_copy(struct jz_findings *findings, const struct jz_finding *finding)
{
	struct jz_finding *kept = copy(findings, finding);

	findings->errors += finding->severity == JZ_ERROR;
	if (kept)
		kept->file = keep(findings, finding->file);
}

void jz_findings_take(struct jz_findings *to, struct jz_findings *from)
{
	const char *name = NULL, *kept = NULL; /* one file follows itself, as a rule */

	for (size_t i = 0; i < from->len; i++) {
		struct jz_finding *taken = copy(to, &from->items[i]);

		if (!taken)
			break;
		if (from->items[i].file != name) {
			name = from->items[i].file;
			kept = keep(to, name);
		}
		taken->file = kept;
	}
	to->errors += from->errors;
	if (!to->failed)
		to->failed = from->failed;
	from->len = from->errors = 0;
	from->failed = 0;
	jz_arena_reset(from->arena);
}

void jz_findings_titles(struct jz_findings *findings, size_t from, const char *kind)
{
	struct jz_shape shape;

	if (from >= findings->len || jz_shape_open(kind, &shape, NULL))
		return;
	for (size_t i = from; i < findings->len; i++) {
		struct jz_finding *f = &findings->items[i];
		jz_cleanup(jz_buf_release) struct jz_buf titles = JZ_BUF_INIT;

		if (f->where || !*f->path)
			continue;
		jz_display_path(&shape, f->path, &titles);
		f->where = keep(findings, titles.data);
	}
}

void jz_findings_file(struct jz_findings *findings, size_t from, const char *file)
{
	const char *kept = keep(findings, file);

	for (size_t i = from; i < findings->len; i++)
		findings->items[i].file = kept;
}

int jz_findings_fail(const struct jz_findings *findings, struct jz_err *err)
{
	int code = findings->failed ? findings->failed : JZ_E_INVALID;

	for (size_t i = 0; i < findings->len; i++) {
		const struct jz_finding *f = &findings->items[i];

		if (f->severity != JZ_ERROR)
			continue;
		jz_fail_at(err, code, f->line, f->column, "%s", f->message);
		if (err) {
			jz_copy(err->path, sizeof(err->path), f->path);
			jz_copy(err->clause, sizeof(err->clause), f->clause ? f->clause : "");
			jz_err_file(err, f->file ? f->file : "");
		}
		return code;
	}
	return 0;
}

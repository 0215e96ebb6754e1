#include "lib/model/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

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

void jz_findings_add(struct jz_findings *findings, enum jz_severity severity,
		     const struct jz_node *node, const char *path, const char *rule,
		     const char *clause, const char *fmt, ...)
{
	struct jz_finding *finding;
	char message[768];
	va_list args;

	if (severity == JZ_ERROR)
		findings->errors++;
	finding = next(findings);
	if (!finding)
		return;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	finding->severity = severity;
	finding->line = node ? node->line : 0;
	finding->column = node ? node->column : 0;
	finding->path = keep(findings, path ? path : "");
	finding->rule = keep(findings, rule);
	finding->clause = keep(findings, clause);
	finding->message = keep(findings, message);
}

void jz_findings_take(struct jz_findings *to, struct jz_findings *from)
{
	const char *name = NULL, *kept = NULL; /* one file follows itself, as a rule */

	for (size_t i = 0; i < from->len; i++) {
		const struct jz_finding *f = &from->items[i];
		struct jz_finding *copy = next(to);

		if (!copy)
			break;
		*copy = *f;
		if (f->file != name) {
			name = f->file;
			kept = keep(to, name);
		}
		copy->file = kept;
		copy->path = keep(to, f->path);
		copy->rule = keep(to, f->rule);
		copy->clause = keep(to, f->clause);
		copy->message = keep(to, f->message);
	}
	to->errors += from->errors;
	from->len = from->errors = 0;
	jz_arena_reset(from->arena);
}

void jz_findings_file(struct jz_findings *findings, size_t from, const char *file)
{
	const char *kept = keep(findings, file);

	for (size_t i = from; i < findings->len; i++)
		findings->items[i].file = kept;
}

int jz_findings_fail(const struct jz_findings *findings, struct jz_err *err)
{
	for (size_t i = 0; i < findings->len; i++) {
		const struct jz_finding *f = &findings->items[i];

		if (f->severity != JZ_ERROR)
			continue;
		jz_fail_at(err, JZ_E_INVALID, f->line, f->column, "%s", f->message);
		if (err) {
			jz_copy(err->path, sizeof(err->path), f->path);
			jz_copy(err->clause, sizeof(err->clause), f->clause ? f->clause : "");
			jz_err_file(err, f->file ? f->file : "");
		}
		return JZ_E_INVALID;
	}
	return 0;
}

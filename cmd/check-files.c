#include "cmd/check-files.h"

#include <stdio.h>
#include <string.h>
#include "cmd/out.h"
#include "cmd/schema-arg.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/port/encoding.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"

#define FINDINGS_MAX 100000

struct checking {
	const struct jz_check_files *what;
	const struct jz_schema *schema;
	struct jz_schema *own;	/* to be freed */
	struct jz_arena *arena; /* of the document in hand */
	struct jz_findings findings;
	size_t valid, invalid, unreadable;
	int worst;
};

static void checking_release(struct checking *checking)
{
	jz_schema_free(checking->own);
	jz_arena_free(checking->arena);
	jz_findings_release(&checking->findings);
}

/* What a file is whose name does not say it: JSON begins with a brace or a bracket. */
static enum jz_format format_of(const struct jz_check_files *what, const char *path,
				const struct jz_buf *text)
{
	const char *at = text->data;
	enum jz_format format = what->from ? what->from : jz_format_of_file(path);

	if (format)
		return format;
	if (!strncmp(at, "\xEF\xBB\xBF", 3))
		at += 3;
	at += strspn(at, " \t\r\n");
	return *at == '{' || *at == '[' ? JZ_FORMAT_JSON : JZ_FORMAT_YAML;
}

/* A file or document that cannot be judged is a finding too, and a worse one. */
static void unreadable(struct checking *checking, const struct jz_err *err)
{
	struct jz_node at = {.line = err->line, .column = err->column};

	jz_findings_add(&checking->findings, JZ_ERROR, &at, err->path, "readable", NULL, "%s",
			err->message);
	checking->unreadable++;
	if (err->code < checking->worst)
		checking->worst = err->code;
}

/* One document; `line` is how many lines stand before it in its file. */
static void check_document(struct checking *checking, enum jz_format format, const char *text,
			   size_t len, unsigned line)
{
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *document;
	size_t from = checking->findings.len;
	int rc = format == JZ_FORMAT_YAML
			 ? jz_yaml_read(checking->arena, text, len, &document, &err)
			 : jz_json_read(checking->arena, text, len, &document, &err);

	if (rc) {
		unreadable(checking, &err);
	} else {
		jz_schema_type(checking->schema, document);
		if (jz_schema_check(checking->schema, document, &checking->findings))
			checking->invalid++;
		else
			checking->valid++;
	}
	for (size_t i = from; i < checking->findings.len; i++)
		checking->findings.items[i].line += line;
	jz_arena_reset(checking->arena);
}

/* One document a line; empty lines are skipped. */
static void check_lines(struct checking *checking, const struct jz_buf *text)
{
	const char *at = text->data;
	const char *end = text->data + text->len;

	for (unsigned line = 0; at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		if (strspn(at, " \t\r") < len)
			check_document(checking, JZ_FORMAT_JSON, at, len, line);
		at += len + (stop != NULL);
	}
}

static void check_file(struct checking *checking, const char *path)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	enum jz_format format =
		checking->what->from ? checking->what->from : jz_format_of_file(path);
	size_t from = checking->findings.len;

	if (jz_text_read(path, jz_format_limit(format ? format : JZ_FORMAT_YAML), &text, &err)) {
		unreadable(checking, &err);
	} else {
		format = format_of(checking->what, path, &text);
		if (format == JZ_FORMAT_CSV) {
			jz_fail(&err, JZ_E_INVALID,
				_("CSV has no types to check; convert it to JSON first"));
			unreadable(checking, &err);
		} else if (format == JZ_FORMAT_NDJSON) {
			check_lines(checking, &text);
		} else {
			check_document(checking, format, text.data, text.len, 0);
		}
	}
	jz_findings_file(&checking->findings, from, path);
}

static void summary(const struct jz_ctx *ctx, const struct checking *checking)
{
	if (checking->findings.errors > checking->findings.len)
		jz_warn(_("only the first %zu of %zu findings are listed"), checking->findings.len,
			checking->findings.errors);
	jz_note(ctx, _("documents %zu: valid %zu, invalid %zu, unreadable %zu"),
		checking->valid + checking->invalid + checking->unreadable, checking->valid,
		checking->invalid, checking->unreadable);
}

int jz_check_files(struct jz_ctx *ctx, const struct jz_check_files *what, struct jz_err *err)
{
	jz_cleanup(checking_release) struct checking checking = {.what = what};
	const struct jz_schema_opts opts = {.assert_format = what->assert_format};
	struct jz_progress progress;
	int rc;

	jz_findings_init(&checking.findings);
	checking.findings.limit = FINDINGS_MAX;
	checking.arena = jz_arena_new();
	rc = jz_schema_arg(what->schema, &opts, &checking.own, &checking.schema, err);
	if (rc)
		return rc;
	jz_progress_start(&progress, ctx, _("checking"), what->count);
	for (size_t i = 0; i < what->count; i++) {
		check_file(&checking, what->files[i]);
		jz_progress_update(&progress, i + 1);
	}
	jz_progress_end(&progress);
	if (what->json)
		jz_print_findings_json(&checking.findings, stdout);
	else
		jz_print_findings(&checking.findings, stdout, ctx->color);
	rc = jz_stdout_check(err);
	if (rc)
		return rc;
	summary(ctx, &checking);
	if (checking.worst)
		return jz_fail(err, checking.worst, "%s", "");
	return checking.invalid ? jz_fail(err, JZ_E_FINDINGS, "%s", "") : 0;
}

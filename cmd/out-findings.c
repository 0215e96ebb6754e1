#include "cmd/out.h"

#include "lib/base/i18n.h"
#include "lib/port/json.h"

static const char *severity_word(enum jz_severity severity)
{
	switch (severity) {
	case JZ_ERROR:
		return _("error");
	case JZ_WARNING:
		return _("warning");
	default:
		return _("note");
	}
}

static const char *severity_color(enum jz_severity severity)
{
	return severity == JZ_ERROR	? "\033[1;31m"
	       : severity == JZ_WARNING ? "\033[1;33m"
					: "\033[1m";
}

void jz_print_finding(const struct jz_finding *f, FILE *to, bool color)
{
	if (f->file && *f->file)
		jz_say(to, "%s:", f->file);
	if (f->line)
		fprintf(to, "%u:", f->line);
	if (f->line && f->column)
		fprintf(to, "%u:", f->column);
	if ((f->file && *f->file) || f->line)
		fputc(' ', to);
	fprintf(to, "%s%s:%s ", color ? severity_color(f->severity) : "",
		severity_word(f->severity), color ? "\033[0m" : "");
	if (f->path && *f->path)
		jz_say(to, "%s: ", f->path);
	jz_say(to, "%s", f->message ? f->message : "");
	if (f->clause && *f->clause)
		jz_say(to, " [%s]", f->clause);
	else if (f->rule && *f->rule)
		jz_say(to, " [%s]", f->rule);
	fputc('\n', to);
}

void jz_print_findings(const struct jz_findings *findings, FILE *to, bool color)
{
	for (size_t i = 0; i < findings->len; i++)
		jz_print_finding(&findings->items[i], to, color);
}

static void set_text(struct jz_arena *arena, struct jz_node *map, const char *key, const char *text)
{
	jz_map_set(arena, map, key, text ? jz_node_string(arena, text) : jz_node_null(arena));
}

static struct jz_node *finding_node(struct jz_arena *arena, const struct jz_finding *f)
{
	static const char *const words[] = {"info", "warning", "error"};
	struct jz_node *map = jz_node_map(arena);

	jz_map_set(arena, map, "severity", jz_node_string(arena, words[f->severity]));
	set_text(arena, map, "file", f->file);
	jz_map_set(arena, map, "line", f->line ? jz_node_int(arena, f->line) : jz_node_null(arena));
	jz_map_set(arena, map, "column",
		   f->column ? jz_node_int(arena, f->column) : jz_node_null(arena));
	jz_map_set(arena, map, "path", jz_node_string(arena, f->path ? f->path : ""));
	set_text(arena, map, "rule", f->rule);
	set_text(arena, map, "clause", f->clause && *f->clause ? f->clause : NULL);
	set_text(arena, map, "message", f->message);
	return map;
}

struct jz_node *jz_findings_node(const struct jz_findings *findings, struct jz_arena *arena)
{
	struct jz_node *root = jz_node_map(arena);
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < findings->len; i++)
		jz_seq_push(arena, list, finding_node(arena, &findings->items[i]));
	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/findings/1"));
	jz_map_set(arena, root, "errors", jz_node_int(arena, (int64_t)findings->errors));
	jz_map_set(arena, root, "findings", list);
	return root;
}

void jz_print_findings_json(const struct jz_findings *findings, FILE *to)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();

	jz_print_json(jz_findings_node(findings, arena), to);
}

#include "cmd/out.h"

#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/display.h"
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

/* One line for people: what findings of one file say of one thing, or alike of several. */
struct line {
	const struct jz_finding *first;
	enum jz_severity severity; /* the gravest */
	const char *where;	   /* titles; where lines were joined, as far as they agree */
	size_t where_len;
	struct jz_buf about, text, clauses;
};

struct lines {
	struct line *items;
	size_t len;
};

static const char *clause_of(const struct jz_finding *f)
{
	return f->clause && *f->clause ? f->clause : f->rule && *f->rule ? f->rule : NULL;
}

static void join(struct jz_buf *list, const char *separator, const char *word)
{
	if (list->len)
		jz_buf_adds(list, separator);
	jz_buf_adds(list, word);
}

static bool at_one_place(const struct line *line, const struct jz_finding *f)
{
	return line->first->line == f->line && line->first->column == f->column;
}

/* The line that speaks of the same thing already; NULL: none. */
static struct line *line_about(struct lines *lines, const struct jz_finding *f)
{
	for (size_t i = 0; f->about && i < lines->len; i++) {
		struct line *line = &lines->items[i];

		if (line->first->about && jz_eq(line->first->about, f->about) &&
		    jz_eq(line->first->path, f->path) && at_one_place(line, f))
			return line;
	}
	return NULL;
}

static void add_to_line(struct line *line, const struct jz_finding *f)
{
	if (f->severity > line->severity)
		line->severity = f->severity;
	join(&line->text, _("; "), f->about || f->where ? f->text : f->message);
	if (clause_of(f))
		join(&line->clauses, ", ", clause_of(f));
}

static void begin_line(struct lines *lines, const struct jz_finding *f)
{
	struct line *line = &lines->items[lines->len++];

	*line = (struct line){.first = f,
			      .severity = f->severity,
			      .where = f->where ? f->where : f->path,
			      .about = JZ_BUF_INIT,
			      .text = JZ_BUF_INIT,
			      .clauses = JZ_BUF_INIT};
	line->where_len = line->where ? strlen(line->where) : 0;
	if (f->about)
		jz_buf_adds(&line->about, f->about);
	add_to_line(line, f);
}

/* A title ends there. */
static bool title_ends(const struct line *line, size_t at)
{
	return at == line->where_len || jz_starts_with(line->where + at, JZ_TITLE_MARK);
}

/* As far as both lead the same way. */
static void common_where(struct line *line, const struct line *other)
{
	size_t same = 0, i = 0;

	while (i < line->where_len && i < other->where_len && line->where[i] == other->where[i]) {
		i++;
		if (title_ends(line, i) && title_ends(other, i))
			same = i;
	}
	line->where_len = same;
}

static bool alike(const struct line *a, const struct line *b)
{
	return a->about.len && b->about.len && a->severity == b->severity &&
	       at_one_place(a, b->first) && jz_eq(a->text.data, b->text.data) &&
	       jz_eq(a->clauses.data, b->clauses.data);
}

static void release_line(struct line *line)
{
	jz_buf_release(&line->about);
	jz_buf_release(&line->text);
	jz_buf_release(&line->clauses);
}

/* Lines that say the same of different things become one. */
static void join_alike(struct lines *lines)
{
	size_t kept = 0;

	for (size_t i = 0; i < lines->len; i++) {
		size_t k = 0;

		while (k < kept && !alike(&lines->items[k], &lines->items[i]))
			k++;
		if (k == kept) {
			lines->items[kept++] = lines->items[i];
			continue;
		}
		join(&lines->items[k].about, _(", "), lines->items[i].about.data);
		common_where(&lines->items[k], &lines->items[i]);
		release_line(&lines->items[i]);
	}
	lines->len = kept;
}

/* The title of the field itself needs not be said twice. */
static bool says_about(const struct line *line)
{
	size_t where = line->where_len, about = line->about.len;

	return about && !(where >= about && !memcmp(line->where + where - about,
						    line->about.data, about));
}

static void print_line(const struct line *line, FILE *to, bool color)
{
	const struct jz_finding *f = line->first;

	if (f->file && *f->file)
		jz_say(to, "%s:", f->file);
	if (f->line)
		fprintf(to, "%u:", f->line);
	if (f->line && f->column)
		fprintf(to, "%u:", f->column);
	if ((f->file && *f->file) || f->line)
		fputc(' ', to);
	fprintf(to, "%s%s:%s ", color ? severity_color(line->severity) : "",
		severity_word(line->severity), color ? "\033[0m" : "");
	if (line->where_len)
		jz_say(to, "%.*s: ", (int)line->where_len, line->where);
	if (says_about(line))
		jz_say(to, "%s: ", line->about.data);
	jz_say(to, "%s", line->text.data);
	if (line->clauses.len)
		jz_say(to, " [%s]", line->clauses.data);
	fputc('\n', to);
}

/* Those of one file. */
static void print_file(const struct jz_finding *items, size_t count, FILE *to, bool color)
{
	jz_autofree struct line *room = jz_xcalloc(count, sizeof(*room));
	struct lines lines = {room, 0};

	for (size_t i = 0; i < count; i++) {
		struct line *line = line_about(&lines, &items[i]);

		if (line)
			add_to_line(line, &items[i]);
		else
			begin_line(&lines, &items[i]);
	}
	join_alike(&lines);
	for (size_t i = 0; i < lines.len; i++) {
		print_line(&lines.items[i], to, color);
		release_line(&lines.items[i]);
	}
}

void jz_print_findings(const struct jz_findings *findings, FILE *to, bool color)
{
	const struct jz_finding *items = findings->items;

	for (size_t from = 0, end; from < findings->len; from = end) {
		for (end = from + 1; end < findings->len && jz_eq(items[end].file, items[from].file);)
			end++;
		print_file(items + from, end - from, to, color);
	}
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

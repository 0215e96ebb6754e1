/* resolve on a terminal: one field after the other, and nothing is kept half-done. */
#include "cmd/resolve.h"

#include <stdio.h>
#include <string.h>

#include "cmd/clashes.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/secret.h"
#include "lib/port/yaml.h"

#define LINE_MAX_BYTES 4096

static void show_value(const char *side, const struct jz_node *node, FILE *to)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;

	if (!node) {
		jz_say(to, "  %s: %s\n", side, _("(not there)"));
		return;
	}
	jz_yaml_write(node, &text);
	jz_strs_split(&lines, text.data, '\n');
	if (lines.len <= 2) {
		jz_say(to, "  %s: %s\n", side, lines.len ? lines.items[0] : "");
		return;
	}
	jz_say(to, "  %s:\n", side);
	for (size_t i = 0; i + 1 < lines.len; i++)
		jz_say(to, "    %s\n", lines.items[i]);
}

void jz_resolve_show(const char *id, const struct jz_clash *clash, FILE *to)
{
	jz_print_clash(id, clash, to);
	show_value(_("before"), clash->base, to);
	show_value(_("ours"), clash->ours, to);
	show_value(_("theirs"), clash->theirs, to);
}

/* False at the end of the input. */
static bool read_line(char *line)
{
	char *end;

	fputs("> ", stderr);
	if (!fgets(line, LINE_MAX_BYTES, stdin))
		return false;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	return true;
}

static int take(struct jz_resolve *resolve, const char *path, const char *answer,
		struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf field = JZ_BUF_INIT;

	if (!strcmp(answer, "o")) {
		jz_strs_add(&resolve->ours, path);
		return 0;
	}
	if (!strcmp(answer, "t")) {
		jz_strs_add(&resolve->theirs, path);
		return 0;
	}
	/* "= text": what is typed is no file's name */
	answer += 1 + strspn(answer + 1, " ");
	jz_buf_addf(&field, "%s=%s%s", path, *answer == '@' ? "@" : "", answer);
	return jz_fields_add(&resolve->fields, field.data, 1, err);
}

int jz_resolve_ask(struct jz_resolve *resolve, const struct jz_vec *clashes, struct jz_err *err)
{
	char line[LINE_MAX_BYTES] = "";
	int rc = 0;

	for (size_t i = 0; !rc && i < clashes->len;) {
		const struct jz_clash *clash = clashes->items[i];

		fprintf(stderr,
			_("%zu/%zu %s: o takes ours, t theirs, = and a value sets it, q "
			  "quits and keeps nothing\n"),
			i + 1, clashes->len, clash->path);
		if (!read_line(line) || !strcmp(line, "q"))
			rc = jz_fail(err, JZ_E_FINDINGS, _("nothing was settled"));
		else if (!strcmp(line, "o") || !strcmp(line, "t") || *line == '=')
			rc = take(resolve, clash->path, line, err), i++;
	}
	jz_wipe(line, sizeof(line));
	return rc;
}

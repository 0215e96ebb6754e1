#include "tests/unit/tap.h"
#include "cmd/out.h"

#include <stdlib.h>
#include "cmd/command.h"
#include "lib/base/utf8.h"

static char *text;
static size_t text_len;
static FILE *to;

static void begin(void)
{
	free(text);
	text = NULL;
	to = open_memstream(&text, &text_len);
}

static const char *end(void)
{
	fclose(to);
	return text;
}

static const char *wrapped(const char *what, int indent, int columns)
{
	begin();
	jz_print_wrapped(to, what, indent, columns);
	return end();
}

static void wrapping(void)
{
	is_str(wrapped("one two three", 0, 8), "one two\nthree\n", "words stay whole");
	is_str(wrapped("one two three", 2, 9), "  one two\n  three\n", "every line is indented");
	is_str(wrapped("unbreakable", 0, 4), "unbreakable\n", "a word that is too long stands out");
	is_str(wrapped("社区矫正对象", 0, 8), "社区矫正\n对象\n",
	       "Chinese breaks between characters");
	is_str(wrapped("社区矫正，对象", 0, 8), "社区矫\n正，对象\n", "but not before a comma");
	is_str(wrapped("社区矫（正）", 0, 8), "社区矫\n（正）\n", "nor behind an opening bracket");
	is_str(wrapped("a\nb", 1, 8), " a\n b\n", "a newline stays");
	begin();
	fputs("  -q", to);
	jz_print_hanging(to, "print less of it", 4, 8, 18);
	is_str(end(), "  -q    print less\n        of it\n", "a text beside another");
}

static void tables(void)
{
	static const char *const heads[] = {"id", "姓名", "n"};
	struct jz_table *table = jz_table_new(3, heads);

	jz_table_cell(table, "LS-2026-0001");
	jz_table_cell(table, "甲");
	jz_table_cell(table, "1");
	jz_table_cell(table, "L\nS\xc2\x9bx");
	jz_table_cell(table, "欧阳某某");
	jz_table_cell(table, "a\nb\033[1m");
	begin();
	jz_table_print(table, to);
	is_str(end(),
	       "id            姓名      n\n"
	       "LS-2026-0001  甲        1\n"
	       "L S x         欧阳某某  a b [1m\n",
	       "columns align by display width, control characters become blanks");
	jz_table_free(table);
}

static void findings(void)
{
	struct jz_findings list;

	jz_findings_init(&list);
	jz_findings_add(&list, JZ_ERROR, NULL, "/person/name", "required", "6.2.1", "%s",
			"is missing");
	jz_findings_add(&list, JZ_WARNING, NULL, "", "R1", NULL, "%s", "odd");
	jz_findings_file(&list, 0, "a.yaml");
	list.items[0].line = 3;
	list.items[0].column = 7;
	begin();
	jz_print_findings(&list, to, false);
	is_str(end(),
	       "a.yaml:3:7: error: /person/name: is missing [6.2.1]\n"
	       "a.yaml: warning: odd [R1]\n",
	       "findings as text");
	begin();
	jz_print_findings(&list, to, true);
	ok(strstr(end(), "\033[1;31merror:\033[0m"), "in colour");
	begin();
	jz_print_findings_json(&list, to);
	end();
	ok(strstr(text, "\"format\": \"jzbf/findings/1\""), "findings as JSON say their format");
	ok(strstr(text, "\"line\": 3") && strstr(text, "\"line\": null") &&
		   strstr(text, "\"errors\": 1"),
	   "and have numbers or null");
	jz_findings_release(&list);
}

/* What several rules say of one topic, and alike of several, stands in one line. */
static void grouped(void)
{
	static const char *const topics[] = {"rights", "duties"};
	struct jz_findings list;

	jz_findings_init(&list);
	for (size_t i = 0; i < 2; i++)
		jz_findings_add_about(&list, JZ_WARNING, NULL, "/services", "R7.1.1", "7.1.1",
				      topics[i], "%s", "not given");
	jz_findings_add(&list, JZ_ERROR, NULL, "/services/3/place", "R7.1.2", "7.1.2", "%s", "odd");
	for (size_t i = 0; i < 2; i++)
		jz_findings_add_about(&list, JZ_ERROR, NULL, "/services", "R7.1.3", "7.1.3",
				      topics[i], "%s", "not learnt");
	jz_findings_add_about(&list, JZ_ERROR, NULL, "/services", "R7.2.1", "7.2.1", "2026-03", "%s",
			      "nothing");
	jz_findings_file(&list, 0, "A");
	is_str(list.items[0].message, "rights: not given", "the message of one finding is whole");
	jz_findings_titles(&list, 0, "case");
	begin();
	jz_print_findings(&list, to, false);
	is_str(end(),
	       "A: error: Services: rights, duties: not given; not learnt [7.1.1, 7.1.3]\n"
	       "A: error: Services › no. 4 › Place: odd [7.1.2]\n"
	       "A: error: Services: 2026-03: nothing [7.2.1]\n",
	       "one line a thing, with all its clauses");
	begin();
	jz_print_findings_json(&list, to);
	end();
	ok(strstr(text, "\"path\": \"/services/3/place\"") && strstr(text, "rights: not learnt") &&
		   !strstr(text, "no. 4"),
	   "JSON has each finding by itself, with its pointer");
	jz_findings_release(&list);
}

/* Things that lie below one field, and things that do not. */
static void joined(void)
{
	struct jz_findings list;

	jz_findings_init(&list);
	jz_findings_add_about(&list, JZ_ERROR, NULL, "/person/phone", "R1", "1", "Telephone", "%s",
			      "missing");
	jz_findings_titles(&list, 0, "case");
	begin();
	jz_print_findings(&list, to, false);
	is_str(end(), "error: Person › Telephone: missing [1]\n", "a title is not said twice");
	jz_findings_add_about(&list, JZ_ERROR, NULL, "/person/name", "R1", "1", "Name", "%s",
			      "missing");
	jz_findings_titles(&list, 0, "case");
	begin();
	jz_print_findings(&list, to, false);
	is_str(end(), "error: Person: Telephone, Name: missing [1]\n", "what they share leads");
	jz_findings_add_about(&list, JZ_ERROR, NULL, "/person/sex", "R1", "1", "Sex", "%s",
			      "missing");
	jz_findings_titles(&list, 0, "case");
	begin();
	jz_print_findings(&list, to, false);
	is_str(end(), "error: Person: Telephone, Name, Sex: missing [1]\n", "of three, too");
	jz_findings_add_about(&list, JZ_ERROR, NULL, "/sentence/court", "R1", "1", "Court", "%s",
			      "missing");
	jz_findings_titles(&list, 0, "case");
	begin();
	jz_print_findings(&list, to, false);
	is_str(end(), "error: Telephone, Name, Sex, Court: missing [1]\n",
	       "and nothing where they share nothing");
	jz_findings_release(&list);
}

static void progress(void)
{
	struct jz_ctx ctx = {.progress = true};
	struct jz_progress bar;

	if (!freopen("/dev/null", "w", stderr))
		printf("# the bar will be seen\n");
	jz_progress_start(&bar, &ctx, "reading", 10);
	jz_progress_update(&bar, 5);
	ok(!bar.shown, "nothing is shown in the first second");
	bar.drawn_ms -= 2000;
	jz_progress_update(&bar, 6);
	ok(bar.shown, "but later");
	jz_progress_end(&bar);
	ctx.progress = false;
	jz_progress_start(&bar, &ctx, "reading", 10);
	bar.drawn_ms -= 2000;
	jz_progress_update(&bar, 6);
	ok(!bar.shown, "and never where progress is off");
}

int main(void)
{
	wrapping();
	tables();
	findings();
	grouped();
	joined();
	progress();
	free(text);
	return done_testing();
}

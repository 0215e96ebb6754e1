/* assess on a terminal: item by item, forth and back, and nothing is kept half-done. */
#include "cmd/assess.h"

#include <stdio.h>
#include <string.h>
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/model/label.h"

struct dialog {
	struct jz_answers *answers;
	unsigned item;
	char line[64];
};

enum step { STEP_AGAIN, STEP_NEXT, STEP_BACK, STEP_QUIT };

static void show_scale(const struct jz_scale *scale)
{
	for (int value = scale->min; value <= scale->max; value++) {
		const char *label = jz_scale_label(scale, value);

		fprintf(stderr, "   %d%s%s", value, label ? " " : "", label ? label : "");
	}
	fputc('\n', stderr);
}

static void show_item(const struct dialog *d)
{
	const struct jz_instrument *key = d->answers->instrument;
	const struct jz_item *item = jz_instrument_item(key, d->item);
	const char *text = jz_text(item->text);
	int16_t value = d->answers->values[d->item - 1];

	fprintf(stderr, "\n%u/%u  ", d->item, key->asked);
	fprintf(stderr, "%s\n", text ? text : _("(the text of the item is on the licensed form)"));
	show_scale(jz_item_scale(item, d->answers->scale));
	if (value != JZ_NO_ANSWER)
		fprintf(stderr, _("   answered: %d\n"), value);
}

static void show_help(void)
{
	fputs(_("   a number of the scale answers; b goes back; s leaves it unanswered;\n"
		"   q quits and saves nothing; an empty line keeps the answer that is there\n"),
	      stderr);
}

/* Reads a line without its end; false at the end of the input. */
static bool read_line(struct dialog *d)
{
	char *end;

	fputs("> ", stderr);
	if (!fgets(d->line, sizeof(d->line), stdin))
		return false;
	end = strchr(d->line, '\n');
	if (!end) { /* longer than any answer */
		int c;

		while ((c = getchar()) != '\n' && c != EOF)
			;
		d->line[0] = '!';
		d->line[1] = '\0';
		return true;
	}
	*end = '\0';
	end = d->line + strspn(d->line, " \t");
	memmove(d->line, end, strlen(end) + 1);
	return true;
}

static enum step take_value(struct dialog *d)
{
	struct jz_err err = JZ_ERR_INIT;
	long value;

	if (!*d->line)
		return d->answers->values[d->item - 1] == JZ_NO_ANSWER ? STEP_AGAIN : STEP_NEXT;
	if (!jz_parse_int(d->line, 0, 1000, &value)) {
		show_help();
		return STEP_AGAIN;
	}
	if (!jz_answers_set(d->answers, d->item, value, &err))
		return STEP_NEXT;
	fprintf(stderr, "   %s\n", err.message);
	return STEP_AGAIN;
}

static enum step take_line(struct dialog *d)
{
	if (!read_line(d) || jz_eq(d->line, "q"))
		return STEP_QUIT;
	if (jz_eq(d->line, "b"))
		return STEP_BACK;
	if (jz_eq(d->line, "s")) {
		jz_answers_set(d->answers, d->item, JZ_NO_ANSWER, NULL);
		return STEP_NEXT;
	}
	if (jz_eq(d->line, "?")) {
		show_help();
		return STEP_AGAIN;
	}
	return take_value(d);
}

/* After the last item: save, go back, or quit. */
static enum step confirm(struct dialog *d)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < d->answers->instrument->scored; i++)
		missing += d->answers->values[i] == JZ_NO_ANSWER;
	fputc('\n', stderr);
	if (missing)
		fprintf(stderr,
			P_("%u item is not answered\n", "%u items are not answered\n", missing),
			missing);
	for (;;) {
		fputs(_("save? y yes, b back, q quit "), stderr);
		if (!read_line(d) || jz_eq(d->line, "q") || jz_eq(d->line, "n"))
			return STEP_QUIT;
		if (jz_eq(d->line, "b"))
			return STEP_BACK;
		if (jz_eq(d->line, "y"))
			return STEP_NEXT;
	}
}

int jz_assess_ask(struct jz_answers *answers, struct jz_err *err)
{
	const struct jz_instrument *key = answers->instrument;
	struct dialog d = {.answers = answers, .item = 1};
	enum step step = STEP_AGAIN;

	fprintf(stderr, "%s\n", jz_text(key->title));
	if (jz_text(key->question))
		fprintf(stderr, "%s\n", jz_text(key->question));
	show_help();
	while (step != STEP_QUIT && d.item <= key->asked + 1) {
		if (d.item > key->asked) {
			step = confirm(&d);
		} else {
			if (step != STEP_AGAIN || d.item == 1)
				show_item(&d);
			step = take_line(&d);
		}
		if (step == STEP_NEXT)
			d.item++;
		else if (step == STEP_BACK && d.item > 1)
			d.item--;
	}
	jz_wipe(d.line, sizeof(d.line));
	if (step == STEP_QUIT)
		return jz_fail(err, JZ_E_FINDINGS, _("stopped; nothing is saved"));
	return 0;
}

#include "cmd/help.h"

#include <string.h>
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"

#define LEFT_INDENT 2
#define LEFT_MAX    26 /* the second column begins here at the latest */

/* One line of two columns; a left side that is too wide gets a line of its own. */
static void print_pair(FILE *to, const char *left, const char *right, int second)
{
	int width = LEFT_INDENT + (int)jz_utf8_width(left, strlen(left));

	fprintf(to, "%*s%s", LEFT_INDENT, "", left);
	if (width + 2 > second) {
		fputc('\n', to);
		width = 0;
	}
	jz_print_hanging(to, right, width, second, jz_term_columns());
}

static void widen(int *second, const char *left)
{
	int need = LEFT_INDENT + (int)jz_utf8_width(left, strlen(left)) + 2;

	if (need > *second && need <= LEFT_MAX)
		*second = need;
}

void jz_help_synopsis(const struct jz_command *command, struct jz_buf *out)
{
	if (command->opts && command->opts->kind)
		jz_buf_addf(out, " [%s]", _("OPTION…"));
	if (command->subs) {
		jz_buf_addf(out, " %s", command->run ? "[" : "");
		for (const struct jz_command *const *sub = command->subs; *sub; sub++)
			jz_buf_addf(out, "%s%s", sub > command->subs ? "|" : "", (*sub)->name);
		jz_buf_addf(out, "%s …", command->run ? "]" : "");
		return;
	}
	for (const struct jz_arg *a = command->args; a && a->metavar; a++)
		jz_buf_addf(out, a->optional ? " [%s%s]" : " %s%s", _(a->metavar),
			    a->many ? "…" : "");
}

void jz_help_option(const struct jz_opt *opt, struct jz_buf *out)
{
	const char *value = jz_opt_takes_value(opt) && opt->metavar ? _(opt->metavar) : NULL;

	if (opt->short_name)
		jz_buf_addf(out, "-%c", opt->short_name);
	if (opt->long_name)
		jz_buf_addf(out, "%s--%s", opt->short_name ? ", " : "", opt->long_name);
	if (value)
		jz_buf_addf(out, " %s", value);
}

static void add_values(const char *const *values, struct jz_buf *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf list = JZ_BUF_INIT;

	for (const char *const *v = values; *v; v++)
		jz_buf_addf(&list, "%s%s", v > values ? ", " : "", *v);
	jz_buf_addf(out, _(" (one of: %s)"), list.data);
}

void jz_help_option_text(const struct jz_opt *opt, struct jz_buf *out)
{
	jz_buf_adds(out, _(opt->help));
	if (opt->kind == JZ_OPT_ENUM)
		add_values(opt->values, out);
	if (opt->kind == JZ_OPT_INT)
		jz_buf_addf(out, _(" (%ld to %ld)"), opt->min, opt->max);
	if (opt->kind == JZ_OPT_STRINGS)
		jz_buf_adds(out, _(" (may be given again)"));
}

static void print_options(FILE *to, const char *title, const struct jz_opt *opts)
{
	int second = 0;

	for (const struct jz_opt *o = opts; o->kind; o++) {
		jz_cleanup(jz_buf_release) struct jz_buf left = JZ_BUF_INIT;

		if (o->hidden)
			continue;
		jz_help_option(o, &left);
		widen(&second, left.data);
	}
	if (!second)
		second = LEFT_MAX;
	fprintf(to, "\n%s\n", title);
	for (const struct jz_opt *o = opts; o->kind; o++) {
		jz_cleanup(jz_buf_release) struct jz_buf left = JZ_BUF_INIT;
		jz_cleanup(jz_buf_release) struct jz_buf right = JZ_BUF_INIT;

		if (o->hidden)
			continue;
		jz_help_option(o, &left);
		jz_help_option_text(o, &right);
		print_pair(to, left.data, right.data, second);
	}
}

static void print_args(FILE *to, const struct jz_arg *args)
{
	int second = 0;

	for (const struct jz_arg *a = args; a->metavar; a++)
		widen(&second, _(a->metavar));
	if (!second)
		second = LEFT_MAX;
	fprintf(to, "\n%s\n", _("Arguments"));
	for (const struct jz_arg *a = args; a->metavar; a++) {
		jz_cleanup(jz_buf_release) struct jz_buf right = JZ_BUF_INIT;

		jz_buf_adds(&right, a->help ? _(a->help) : "");
		if (a->values && a->complete == JZ_COMPLETE_VALUES)
			add_values(a->values, &right);
		print_pair(to, _(a->metavar), right.data, second);
	}
}

static void print_commands(FILE *to, const struct jz_command *const *table, const char *group,
			   int second)
{
	for (; *table; table++)
		if (!(*table)->hidden && (!group || jz_eq((*table)->group, group)))
			print_pair(to, (*table)->name, _((*table)->summary), second);
}

static int commands_column(const struct jz_command *const *table)
{
	int second = 0;

	for (; *table; table++)
		if (!(*table)->hidden)
			widen(&second, (*table)->name);
	return second ? second : LEFT_MAX;
}

static bool group_has(const char *group)
{
	for (const struct jz_command *const *c = jz_commands; *c; c++)
		if (!(*c)->hidden && jz_eq((*c)->group, group))
			return true;
	return false;
}

void jz_help_all(FILE *to)
{
	int second = commands_column(jz_commands);

	fprintf(to, "%s\n", _("usage: jzbf [-C DIR] COMMAND [ARGUMENT…]"));
	fputc('\n', to);
	jz_print_wrapped(
		to,
		_("Case files of community-corrections education and assistance, encrypted "
		  "with GnuPG in a git repository."),
		0, jz_term_columns());
	for (const struct jz_group *g = jz_groups; g->name; g++) {
		if (!group_has(g->name))
			continue;
		fprintf(to, "\n%s\n", _(g->title));
		print_commands(to, jz_commands, g->name, second);
	}
	print_options(to, _("Options of every command"), jz_global_opts);
	print_options(to, _("Options before the command"), jz_top_opts);
	fputc('\n', to);
	jz_print_wrapped(to,
			 _("'jzbf COMMAND --help' is short, 'jzbf help COMMAND' is the manual."), 0,
			 jz_term_columns());
}

void jz_help_command(const struct jz_command *parent, const struct jz_command *command, FILE *to)
{
	jz_cleanup(jz_buf_release) struct jz_buf usage = JZ_BUF_INIT;
	int columns = jz_term_columns();

	jz_buf_addf(&usage, "%sjzbf ", _("usage: "));
	if (parent)
		jz_buf_addf(&usage, "%s ", parent->name);
	jz_buf_adds(&usage, command->name);
	jz_help_synopsis(command, &usage);
	jz_print_wrapped(to, usage.data, 0, columns);
	fputc('\n', to);
	jz_print_wrapped(to, _(command->summary), 0, columns);
	for (const char *const *text = command->about; text && *text; text++) {
		fputc('\n', to);
		jz_print_wrapped(to, _(*text), 0, columns);
	}
	if (command->subs) {
		fprintf(to, "\n%s\n", _("Subcommands"));
		print_commands(to, command->subs, NULL, commands_column(command->subs));
	}
	if (command->args && command->args->metavar)
		print_args(to, command->args);
	if (command->opts && command->opts->kind)
		print_options(to, _("Options"), command->opts);
	print_options(to, _("Options of every command"), jz_global_opts);
	if (command->examples && command->examples[0])
		fprintf(to, "\n%s\n", _("Examples"));
	for (const char *const *e = command->examples; e && e[0] && e[1]; e += 2) {
		fprintf(to, "  %s\n", e[0]);
		jz_print_wrapped(to, _(e[1]), 6, columns);
	}
}

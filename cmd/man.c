#include "cmd/man.h"

#include <string.h>
#include "cmd/help.h"
#include "lib/base/buf.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

static void put(char c, FILE *to)
{
	if (c == '\\')
		fputs("\\e", to);
	else
		fputc(c, to);
}

void jz_man_text(const char *text, FILE *to)
{
	bool start = true;

	for (; *text; text++) {
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", to);
		put(*text, to);
		start = *text == '\n';
		/* A new sentence begins a new line, as roff wants it. */
		if (*text == '.' && text[1] == ' ') {
			fputc('\n', to);
			start = true;
			text++;
		}
	}
	if (!start)
		fputc('\n', to);
}

void jz_man_quoted(const char *text, FILE *to)
{
	fputs(" \"", to);
	for (; *text; text++) {
		if (*text == '"')
			fputs("\\(dq", to);
		else
			put(*text, to);
	}
	fputc('"', to);
}

void jz_man_head(const char *page, int section, const char *summary, FILE *to)
{
	char title[64];
	size_t i = 0;

	for (; page[i] && i + 1 < sizeof(title); i++)
		title[i] = page[i] >= 'a' && page[i] <= 'z' ? (char)(page[i] - 32) : page[i];
	title[i] = '\0';
	fprintf(to, ".Dd %s\n.Dt %s %d\n.Os jzbf\n.Sh %s\n.Nm %s\n.Nd ", JZ_DATE, title, section,
		"NAME", page);
	jz_man_text(summary, to);
}

static void put_options(const struct jz_opt *opts, FILE *to)
{
	fputs(".Bl -tag -width Ds\n", to);
	for (const struct jz_opt *o = opts; o->kind; o++) {
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

		if (o->hidden)
			continue;
		fputs(".It", to);
		if (o->short_name)
			fprintf(to, " Fl %c%s", o->short_name, o->long_name ? " ," : "");
		if (o->long_name)
			fprintf(to, " Fl \\-%s", o->long_name);
		if (jz_opt_takes_value(o) && o->metavar) {
			fputs(" Ar", to);
			jz_man_quoted(_(o->metavar), to);
		}
		fputc('\n', to);
		jz_help_option_text(o, &text);
		jz_man_text(text.data, to);
	}
	fputs(".El\n", to);
}

static void put_arguments(const struct jz_arg *args, FILE *to)
{
	bool any = false;

	for (const struct jz_arg *a = args; a && a->metavar; a++) {
		if (!a->help)
			continue;
		if (!any)
			fputs(".Bl -tag -width Ds\n", to);
		any = true;
		fputs(".It Ar", to);
		jz_man_quoted(_(a->metavar), to);
		fputc('\n', to);
		jz_man_text(_(a->help), to);
	}
	if (any)
		fputs(".El\n", to);
}

/* The name of the program begins a line in a section that is called SYNOPSIS; in one with a translated
 * head it has to be told. */
static void put_synopsis_line(const char *parent, const struct jz_command *command, bool first,
			      FILE *to)
{
	fputs(first ? ".Nm jzbf\n" : ".br\n.Nm jzbf\n", to);
	if (parent)
		fprintf(to, ".Cm \"%s\"\n", parent);
	fprintf(to, ".Cm \"%s\"\n", command->name);
	if (command->opts && command->opts->kind) {
		fputs(".Op Ar", to);
		jz_man_quoted(_("OPTION…"), to);
		fputc('\n', to);
	}
	for (const struct jz_arg *a = command->args; a && a->metavar; a++) {
		fputs(a->optional ? ".Op Ar" : ".Ar", to);
		jz_man_quoted(_(a->metavar), to);
		if (a->many)
			fputs(" …", to);
		fputc('\n', to);
	}
}

static void put_about(const char *const *about, FILE *to)
{
	for (bool first = true; about && *about; about++, first = false) {
		if (!first)
			fputs(".Pp\n", to);
		jz_man_text(_(*about), to);
	}
}

static void put_sub(const struct jz_command *sub, FILE *to)
{
	fprintf(to, ".Ss %s\n", sub->name);
	jz_man_text(_(sub->summary), to);
	if (sub->about && *sub->about)
		fputs(".Pp\n", to);
	put_about(sub->about, to);
	put_arguments(sub->args, to);
	if (sub->opts && sub->opts->kind)
		put_options(sub->opts, to);
}

/* *any: something stands under the heading already. */
static void put_examples(const struct jz_command *command, bool *any, FILE *to)
{
	for (const char *const *e = command->examples; e && e[0] && e[1]; e += 2) {
		fputs(*any ? ".Pp\n" : ".Sh EXAMPLES\n", to);
		*any = true;
		jz_man_text(_(e[1]), to);
		fputs(".Dl", to);
		jz_man_quoted(e[0], to);
		fputc('\n', to);
	}
}

static void put_all_examples(const struct jz_command *command, FILE *to)
{
	bool any = false;

	put_examples(command, &any, to);
	for (const struct jz_command *const *sub = command->subs; sub && *sub; sub++)
		put_examples(*sub, &any, to);
}

static void put_exit_status(FILE *to)
{
	static const char *const meaning[][2] = {
		{"0", N_("done")},
		{"1", N_("there are findings, or nothing matched")},
		{"2", N_("the command line is wrong")},
		{"3", N_("data breaks its format, its schema or a rule")},
		{"4", N_("a key is missing, expired or refused, or a message does not decrypt")},
		{"5", N_("locked, in conflict, changed meanwhile, or not verified")},
		{"6", N_("a file, a program or the repository failed")},
		{"70", N_("a bug in jzbf")},
	};

	fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds -compact\n", to);
	for (size_t i = 0; i < JZ_COUNT(meaning); i++) {
		fprintf(to, ".It %s\n", meaning[i][0]);
		jz_man_text(_(meaning[i][1]), to);
	}
	fputs(".El\n", to);
}

void jz_man_heads(FILE *to)
{
	static const char *const heads[] = {
		N_("NAME"),	   N_("SYNOPSIS"), N_("DESCRIPTION"), N_("OPTIONS"),
		N_("COMMANDS"),	   N_("FIELDS"), N_("FILES"),	   N_("ENVIRONMENT"), N_("EXAMPLES"),
		N_("EXIT STATUS"), N_("SEE ALSO"),
	};

	for (size_t i = 0; i < JZ_COUNT(heads); i++)
		fprintf(to, "%s\t%s\n", heads[i], _(heads[i]));
}

void jz_man_command(const struct jz_command *command, FILE *to)
{
	jz_autofree char *page = jz_xasprintf("jzbf-%s", command->name);

	jz_man_head(page, 1, _(command->summary), to);
	fputs(".Sh SYNOPSIS\n", to);
	if (command->run)
		put_synopsis_line(NULL, command, true, to);
	for (const struct jz_command *const *sub = command->subs; sub && *sub; sub++)
		if (!(*sub)->hidden)
			put_synopsis_line(command->name, *sub, !command->run && sub == command->subs,
					  to);
	fputs(".Sh DESCRIPTION\n", to);
	if (command->about && *command->about)
		put_about(command->about, to);
	else
		jz_man_text(_(command->summary), to);
	put_arguments(command->args, to);
	for (const struct jz_command *const *sub = command->subs; sub && *sub; sub++)
		if (!(*sub)->hidden)
			put_sub(*sub, to);
	fputs(".Sh OPTIONS\n", to);
	if (command->opts && command->opts->kind) {
		put_options(command->opts, to);
		fputs(".Pp\n", to);
	}
	jz_man_text(_("Options of every command:"), to);
	put_options(jz_global_opts, to);
	fputs(".\\\" @prose@\n", to);
	put_exit_status(to);
	put_all_examples(command, to);
	fputs(".Sh SEE ALSO\n.Xr jzbf 1 ,\n.Xr jzbf-store 5\n", to);
}

static void put_group(const struct jz_group *group, FILE *to)
{
	bool any = false;

	for (const struct jz_command *const *c = jz_commands; *c; c++) {
		if ((*c)->hidden || !jz_eq((*c)->group, group->name))
			continue;
		if (!any)
			fprintf(to, ".Ss %s\n.Bl -tag -width jzbf-completion\n", _(group->title));
		any = true;
		fprintf(to, ".It Xr jzbf-%s 1\n", (*c)->name);
		jz_man_text(_((*c)->summary), to);
	}
	if (any)
		fputs(".El\n", to);
}

void jz_man_program(FILE *to)
{
	jz_man_head("jzbf", 1, _("case files of community-corrections education and assistance"),
		    to);
	fputs(".Sh SYNOPSIS\n.Nm jzbf\n.Op Fl C Ar DIR\n.Ar COMMAND\n.Op Ar ARGUMENT …\n"
	      ".Sh DESCRIPTION\n",
	      to);
	jz_man_text(_("Case files of community-corrections education and assistance, encrypted "
		      "with GnuPG in a git repository."),
		    to);
	fputs(".\\\" @prose@\n.Sh COMMANDS\n", to);
	for (const struct jz_group *g = jz_groups; g->name; g++)
		put_group(g, to);
	fputs(".Sh OPTIONS\n", to);
	jz_man_text(_("Options of every command:"), to);
	put_options(jz_global_opts, to);
	fputs(".Pp\n", to);
	jz_man_text(_("Options before the command:"), to);
	put_options(jz_top_opts, to);
	put_exit_status(to);
	fputs(".Sh SEE ALSO\n.Xr git 1 ,\n.Xr gpg 1 ,\n.Xr jzbf-case 5 ,\n.Xr jzbf-schema 5 ,\n"
	      ".Xr jzbf-store 5 ,\n.Xr jzbf-security 7\n",
	      to);
}

/* The tables of all commands: what parsing, help, manual and completion take for granted. */
#include "cmd/command.h"
#include "tests/unit/tap.h"

#include <ctype.h>
#include <string.h>
#include "lib/base/str.h"
#include "lib/model/shape.h"

static const char *where;

static bool holds(bool condition, const char *what, const char *about)
{
	if (!condition)
		printf("# %s: %s: %s\n", where, about ? about : "", what);
	return condition;
}

/* One line, lower case (but for a name like GB 11643), no full stop. */
static bool is_phrase(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	return len && text[len - 1] != '.' && !strchr(text, '\n') &&
	       !(isupper((unsigned char)text[0]) && islower((unsigned char)text[1]));
}

static bool option_is_sound(const struct jz_opt *opt)
{
	const char *name = opt->long_name;
	bool fine = holds(name && *name, "has a long name", "an option");

	if (!fine)
		return false;
	for (const char *c = name; *c; c++)
		fine &= holds(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '-',
			      "letters, digits and dashes only", name);
	fine &= holds(is_phrase(opt->help), "help is a phrase", name);
	fine &= holds(opt->dest != NULL, "has a place for its value", name);
	fine &= holds(jz_opt_takes_value(opt) == (opt->metavar != NULL), "a metavar if a value",
		      name);
	fine &= holds((opt->kind == JZ_OPT_ENUM) <= (opt->values && opt->values[0]), "has values",
		      name);
	fine &= holds((opt->kind == JZ_OPT_INT) <= (opt->min < opt->max), "has bounds", name);
	return fine;
}

static bool options_are_sound(const struct jz_opt *opts)
{
	bool fine = true;

	for (const struct jz_opt *o = opts; o && o->kind; o++) {
		fine &= option_is_sound(o);
		for (const struct jz_opt *p = opts; p < o; p++) {
			fine &= holds(!jz_eq(o->long_name, p->long_name), "twice", o->long_name);
			fine &= holds(!o->short_name || o->short_name != p->short_name,
				      "letter twice", o->long_name);
		}
		for (const struct jz_opt *g = jz_global_opts; opts != jz_global_opts && g->kind;
		     g++) {
			fine &= holds(!jz_eq(o->long_name, g->long_name), "hides a global one",
				      o->long_name);
			fine &= holds(!o->short_name || o->short_name != g->short_name,
				      "hides a global letter", o->long_name);
		}
	}
	return fine;
}

static bool arguments_are_sound(const struct jz_arg *args)
{
	bool fine = true;

	for (const struct jz_arg *a = args; a && a->metavar; a++) {
		fine &= holds(is_phrase(a->help), "help is a phrase", a->metavar);
		fine &= holds(!a->many || !a[1].metavar, "only the last may be many", a->metavar);
		fine &= holds(!a->optional || !a[1].metavar || a[1].optional,
			      "nothing needed behind what is optional", a->metavar);
		fine &= holds((a->complete == JZ_COMPLETE_VALUES) <= (a->values != NULL),
			      "has values", a->metavar);
	}
	return fine;
}

static bool group_is_known(const char *group)
{
	for (const struct jz_group *g = jz_groups; g->name; g++)
		if (jz_eq(g->name, group))
			return true;
	return false;
}

static bool list_is_there(const struct jz_command *c)
{
	struct jz_shape root, list;

	return !c->list || holds(!jz_shape_open("case", &root, NULL) &&
					 jz_shape_key(&root, c->list, strlen(c->list), &list),
				 "is a list of a case", c->list);
}

static void command(const struct jz_command *c)
{
	where = c->name;
	ok(holds(is_phrase(c->summary), "summary is a phrase", NULL), "%s: summary", c->name);
	ok(holds(c->run || c->subs, "does something", NULL), "%s: can be run", c->name);
	ok(options_are_sound(c->opts), "%s: options", c->name);
	ok(list_is_there(c), "%s: the list that its fields begin in", c->name);
	ok(c->hidden || arguments_are_sound(c->args), "%s: arguments", c->name);
	for (const char *const *e = c->examples; e && *e; e += 2)
		ok(holds(e[1] && jz_starts_with(e[0], "jzbf") | (strstr(e[0], "jzbf ") != NULL),
			 "a command line and what it does", e[0]),
		   "%s: example", c->name);
	for (const struct jz_command *const *sub = c->subs; sub && *sub; sub++)
		command(*sub);
}

int main(void)
{
	where = "every command";
	ok(options_are_sound(jz_global_opts), "global options");
	for (const struct jz_command *const *c = jz_commands; *c; c++) {
		command(*c);
		ok(group_is_known((*c)->group), "%s: group", (*c)->name);
		ok((*c)->hidden || (*c)->subs || jz_eq((*c)->name, "version") ||
			   ((*c)->examples && (*c)->about),
		   "%s: is explained, with examples", (*c)->name);
		ok(jz_command_find((*c)->name) == *c, "%s: is found, and only once", (*c)->name);
	}
	return done_testing();
}

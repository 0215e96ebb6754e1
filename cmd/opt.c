#include "cmd/opt.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "lib/base/buf.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

const char *const jz_text_or_json[] = {"text", "json", NULL};

struct parser {
	const struct jz_opt *tables[2]; /* the command's own first */
	char **argv;
	int argc;
	int at; /* the argument being looked at */
	struct jz_err *err;
};

bool jz_opt_takes_value(const struct jz_opt *opt)
{
	return opt->kind != JZ_OPT_FLAG && opt->kind != JZ_OPT_COUNT;
}

static void list_values(const char *const *values, struct jz_buf *out)
{
	for (; *values; values++)
		jz_buf_addf(out, "%s%s", out->len ? ", " : "", *values);
}

static bool is_one_of(const char *value, const char *const *values)
{
	for (; *values; values++)
		if (jz_eq(value, *values))
			return true;
	return false;
}

static int not_one_of(const char *what, const char *value, const char *const *values,
		      struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf list = JZ_BUF_INIT;

	list_values(values, &list);
	return jz_fail(err, JZ_E_USAGE, _("%s: '%s' is not one of %s"), what, value, list.data);
}

/* What the user typed for it, for messages: "--name" or "-x". */
static void shown_name(const struct jz_opt *opt, char *out, size_t size)
{
	if (opt->long_name)
		snprintf(out, size, "--%s", opt->long_name);
	else
		snprintf(out, size, "-%c", opt->short_name);
}

static int store_value(const struct jz_opt *opt, const char *value, struct jz_err *err)
{
	char name[48];
	struct jz_date date;
	long number;

	shown_name(opt, name, sizeof(name));
	switch (opt->kind) {
	case JZ_OPT_ENUM:
		if (!is_one_of(value, opt->values))
			return not_one_of(name, value, opt->values, err);
		*(const char **)opt->dest = value;
		return 0;
	case JZ_OPT_DATE:
		if (!jz_date_parse(value, &date))
			return jz_fail(err, JZ_E_USAGE, _("%s: '%s' is not a date (YYYY-MM-DD)"),
				       name, value);
		*(const char **)opt->dest = value;
		return 0;
	case JZ_OPT_INT:
		if (!jz_parse_int(value, opt->min, opt->max, &number))
			return jz_fail(err, JZ_E_USAGE,
				       _("%s: '%s' is not a whole number from %ld to %ld"), name,
				       value, opt->min, opt->max);
		*(long *)opt->dest = number;
		return 0;
	case JZ_OPT_STRINGS:
		jz_strs_add(opt->dest, value);
		return 0;
	case JZ_OPT_STRING:
		*(const char **)opt->dest = value;
		return 0;
	default:
		return jz_fail(err, JZ_E_BUG, "option %s takes no value", name);
	}
}

static void store_flag(const struct jz_opt *opt)
{
	if (opt->kind == JZ_OPT_COUNT)
		++*(int *)opt->dest;
	else
		*(bool *)opt->dest = true;
}

/* Gives the option its value: the text behind "=" or the letter, or else the next argument. */
static int take(struct parser *p, const struct jz_opt *opt, const char *attached)
{
	char name[48];

	shown_name(opt, name, sizeof(name));
	if (!jz_opt_takes_value(opt)) {
		if (attached)
			return jz_fail(p->err, JZ_E_USAGE, _("option '%s' takes no value"), name);
		store_flag(opt);
		return 0;
	}
	if (!attached) {
		if (p->at + 1 >= p->argc)
			return jz_fail(p->err, JZ_E_USAGE, _("option '%s' needs a value"), name);
		attached = p->argv[++p->at];
	}
	return store_value(opt, attached, p->err);
}

static int unknown_long(struct parser *p, const char *name)
{
	jz_cleanup(jz_strs_release) struct jz_strs known = JZ_STRS_INIT;
	const char *meant;

	for (size_t t = 0; t < 2; t++)
		for (const struct jz_opt *o = p->tables[t]; o && o->kind; o++)
			if (o->long_name && !o->hidden)
				jz_strs_add(&known, o->long_name);
	meant = known.len ? jz_closest(name, (const char *const *)known.items) : NULL;
	if (meant)
		return jz_fail(p->err, JZ_E_USAGE, _("unknown option '--%s'; did you mean '--%s'?"),
			       name, meant);
	return jz_fail(p->err, JZ_E_USAGE, _("unknown option '--%s'"), name);
}

/* The option of that name, whole or cut short; NULL with the error filled. */
static const struct jz_opt *find_long(struct parser *p, const char *name, size_t len)
{
	const struct jz_opt *found = NULL;
	const struct jz_opt *second = NULL;
	jz_autofree char *copy = jz_xstrndup(name, len);

	for (size_t t = 0; t < 2; t++)
		for (const struct jz_opt *o = p->tables[t]; o && o->kind; o++) {
			if (!o->long_name || !jz_starts_with(o->long_name, copy))
				continue;
			if (strlen(o->long_name) == len)
				return o;
			if (o->hidden)
				continue;
			if (!found)
				found = o;
			else if (!second && !jz_eq(found->long_name, o->long_name))
				second = o;
		}
	if (second) {
		jz_fail(p->err, JZ_E_USAGE, _("option '--%s' is ambiguous: '--%s' or '--%s'"), copy,
			found->long_name, second->long_name);
		return NULL;
	}
	if (!found)
		unknown_long(p, copy);
	return found;
}

static int parse_long(struct parser *p, const char *arg)
{
	const char *equals = strchr(arg, '=');
	size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
	const struct jz_opt *opt = find_long(p, arg, len);

	return opt ? take(p, opt, equals ? equals + 1 : NULL) : JZ_E_USAGE;
}

static const struct jz_opt *find_short(const struct parser *p, char letter)
{
	for (size_t t = 0; t < 2; t++)
		for (const struct jz_opt *o = p->tables[t]; o && o->kind; o++)
			if (o->short_name == letter)
				return o;
	return NULL;
}

static int parse_shorts(struct parser *p, const char *letters)
{
	for (; *letters; letters++) {
		const struct jz_opt *opt = find_short(p, *letters);
		int rc;

		if (!opt)
			return jz_fail(p->err, JZ_E_USAGE, _("unknown option '-%c'"),
				       *letters > ' ' && *letters < 127 ? *letters : '?');
		if (jz_opt_takes_value(opt))
			return take(p, opt, letters[1] ? letters + 1 : NULL);
		rc = take(p, opt, NULL);
		if (rc)
			return rc;
	}
	return 0;
}

/* Parses p->argv[p->at], which begins with '-' and is longer. */
static int parse_one(struct parser *p)
{
	const char *arg = p->argv[p->at];

	return arg[1] == '-' ? parse_long(p, arg + 2) : parse_shorts(p, arg + 1);
}

static bool is_option(const char *arg)
{
	return arg[0] == '-' && arg[1];
}

int jz_opt_parse(const struct jz_opt *opts, const struct jz_opt *global, int *argc, char **argv,
		 struct jz_err *err)
{
	struct parser p = {{opts, global}, argv, *argc, 1, err};
	int kept = 1;
	bool plain = false;

	for (; p.at < p.argc; p.at++) {
		if (!plain && jz_eq(argv[p.at], "--")) {
			plain = true;
		} else if (plain || !is_option(argv[p.at])) {
			argv[kept++] = argv[p.at];
		} else {
			int rc = parse_one(&p);

			if (rc)
				return rc;
		}
	}
	*argc = kept;
	return 0;
}

int jz_opt_parse_leading(const struct jz_opt *opts, const struct jz_opt *global, int argc,
			 char **argv, int *next, struct jz_err *err)
{
	struct parser p = {{opts, global}, argv, argc, 1, err};

	for (; p.at < argc && is_option(argv[p.at]); p.at++) {
		int rc;

		if (jz_eq(argv[p.at], "--")) {
			p.at++;
			break;
		}
		rc = parse_one(&p);
		if (rc)
			return rc;
	}
	*next = p.at;
	return 0;
}

static int missing(const struct jz_arg *arg, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf words = JZ_BUF_INIT;

	if (!arg->values)
		return jz_fail(err, JZ_E_USAGE, _("missing argument %s"), _(arg->metavar));
	for (const char *const *v = arg->values; *v; v++)
		jz_buf_addf(&words, "%s%s", v == arg->values ? "" : ", ", *v);
	return jz_fail(err, JZ_E_USAGE, _("missing argument %s, one of %s"), _(arg->metavar),
		       words.data);
}

int jz_args_check(const struct jz_arg *args, int argc, char **argv, struct jz_err *err)
{
	int given = 1;

	for (const struct jz_arg *a = args; a && a->metavar; a++) {
		int last = a->many ? INT_MAX : given + 1;

		if (given >= argc && !a->optional)
			return missing(a, err);
		for (; given < argc && given < last; given++)
			if (a->values && a->complete == JZ_COMPLETE_VALUES &&
			    !is_one_of(argv[given], a->values))
				return not_one_of(_(a->metavar), argv[given], a->values, err);
	}
	if (given < argc)
		return jz_fail(err, JZ_E_USAGE, _("unexpected argument '%s'"), argv[given]);
	return 0;
}

const char *jz_opt_text(const struct jz_opt *opts, const char *name)
{
	for (; opts && opts->kind; opts++)
		if ((opts->kind == JZ_OPT_STRING || opts->kind == JZ_OPT_ENUM) &&
		    jz_eq(opts->long_name, name))
			return *(const char **)opts->dest;
	return NULL;
}

/* What the office decided itself where the standard gives no number, beside what it could not decide. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/label.h"
#include "lib/model/policy.h"
#include "lib/model/shape.h"
#include "lib/store/store.h"

static struct {
	const char *at, *format;
	bool changed;
} given;

static const struct jz_opt opts[] = {
	JZ_AT_OPT(&given.at),
	{.kind = JZ_OPT_FLAG,
	 .long_name = "changed",
	 .dest = &given.changed,
	 .help = N_("only what the office set otherwise than the default")},
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("NAME"),
	 .help = N_("values by their names; without one, all"),
	 .optional = true,
	 .many = true},
	{0},
};

static const char *const about[] = {
	N_("Prints the numbers and lists by which cases are judged where the standard leaves them to the "
	   "office: what is in force, the default, the clause that the rule serves, and whose number it "
	   "is. Office policy is no law: findings that rest on it say so."),
	N_("What the standard or a law gives itself stands apart. An office that sets such a value "
	   "otherwise departs from them, and the last column says so."),
	N_("A custodian changes a value under `policy:` in jzbf.yaml, with a signed commit; a value that "
	   "is out of its bounds or unknown is refused by every command."),
	N_("Exit status: 0; 1 nothing was changed (--changed); 2 there is no such value."),
	NULL,
};

static const char *const examples[] = {
	"jzbf policy",
	N_("all values, as for an inspection"),
	"jzbf policy --changed --at 2026-01-01",
	N_("what the office had set otherwise on that day"),
	"jzbf policy --format json contact_days screening_days",
	N_("two of them, for a script"),
	NULL,
};

/* One value, and what policy.yaml says of it. */
struct value {
	const char *name;
	const struct jz_node *entry, *now, *preset;
	bool law;     /* the standard's or a law's, not the office's */
	bool changed; /* by the office */
};

static bool is_wanted(const struct value *value, const struct jz_strs *names)
{
	return (!names->len || jz_strs_has(names, value->name)) && (!given.changed || value->changed);
}

static struct value value_at(const struct jz_policy *policy, size_t i)
{
	const struct jz_pair *pair = &jz_policy_entries(policy)->pairs[i];
	struct value value = {.name = pair->key,
			      .entry = pair->value,
			      .now = jz_policy_value(policy, pair->key),
			      .preset = jz_map_get(pair->value, "default")};

	value.law = !jz_eq(jz_map_text(pair->value, "source"), "office policy");
	value.changed = !jz_node_equal(value.now, value.preset);
	return value;
}

/* ---- text ---- */

/* A number with its unit, a code by its label, a field by its title. */
static void put_one(const struct jz_policy *policy, const struct value *value,
		    const struct jz_node *item, struct jz_buf *out)
{
	const char *unit = jz_map_text(value->entry, "unit");
	const char *text = jz_node_text(item), *table = jz_map_text(value->entry, "codes");
	struct jz_shape root, field;
	long number = 0;

	if (table) {
		text = jz_codes_label(jz_policy_codes(policy), table, text);
	} else if (jz_map_get(value->entry, "pattern")) {
		if (!jz_shape_open("case", &root, NULL) && jz_shape_at(&root, text, &field) &&
		    jz_shape_title(&field))
			text = jz_shape_title(&field);
	}
	jz_parse_int(text, 0, INT_MAX, &number);
	if (jz_eq(unit, "hours"))
		jz_buf_addf(out, P_("%s hour", "%s hours", (unsigned long)number), text);
	else if (jz_eq(unit, "days"))
		jz_buf_addf(out, P_("%s day", "%s days", (unsigned long)number), text);
	else if (jz_eq(unit, "months"))
		jz_buf_addf(out, P_("%s month", "%s months", (unsigned long)number), text);
	else
		jz_buf_adds(out, text);
}

static void put_value(const struct jz_policy *policy, const struct value *value,
		      const struct jz_node *what, struct jz_buf *out)
{
	jz_buf_clear(out);
	if (what->kind != JZ_SEQ)
		put_one(policy, value, what, out);
	for (size_t i = 0; i < jz_seq_len(what); i++) {
		if (i)
			jz_buf_adds(out, _("; "));
		put_one(policy, value, what->items[i], out);
	}
}

static const char *state_of(const struct value *value)
{
	if (!value->changed)
		return value->law ? _("not changed") : _("default");
	return value->law ? _("DEPARTS FROM IT") : _("set by the office");
}

/* Lists are too long for a column, and stand below. */
static void print_row(struct jz_table *table, const struct jz_policy *policy,
		      const struct value *value)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_table_cell(table, jz_map_text(value->entry, "clause"));
	jz_table_cell(table, jz_label_text(value->entry));
	put_value(policy, value, value->now, &text);
	jz_table_cell(table, text.data);
	put_value(policy, value, value->preset, &text);
	jz_table_cell(table, value->changed ? text.data : "");
	jz_table_cell(table, state_of(value));
	jz_table_cell(table, value->name);
}

static void print_list(const struct jz_policy *policy, const struct value *value)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	printf("\n%s  %s (%s, %s)\n", jz_map_text(value->entry, "clause"),
	       jz_label_text(value->entry), state_of(value), value->name);
	put_value(policy, value, value->now, &text);
	jz_print_wrapped(stdout, text.data, 2, jz_term_columns());
	if (!value->changed)
		return;
	put_value(policy, value, value->preset, &text);
	jz_buf_addf(&text, " (%s)", _("default"));
	jz_print_wrapped(stdout, text.data, 4, jz_term_columns());
}

static bool is_long(const struct value *value)
{
	return value->preset->kind == JZ_SEQ && !jz_map_get(value->entry, "min");
}

static void print_part(const struct jz_policy *policy, const struct jz_strs *names, bool law,
		       const char *title)
{
	const char *heads[] = {_("clause"),  _("what"),	_("in force"),
			       _("default"), _("set by"), _("name in jzbf.yaml")};
	struct jz_table *table = jz_table_new(JZ_COUNT(heads), heads);
	size_t rows = 0, lists = 0;

	for (size_t i = 0; i < jz_policy_entries(policy)->len; i++) {
		const struct value value = value_at(policy, i);

		if (value.law != law || !is_wanted(&value, names))
			continue;
		is_long(&value) ? lists++ : rows++;
		if (!is_long(&value))
			print_row(table, policy, &value);
	}
	if (rows || lists)
		printf("%s\n", title);
	if (rows)
		jz_table_print(table, stdout);
	jz_table_free(table);
	for (size_t i = 0; lists && i < jz_policy_entries(policy)->len; i++) {
		const struct value value = value_at(policy, i);

		if (value.law == law && is_wanted(&value, names) && is_long(&value))
			print_list(policy, &value);
	}
	if (rows || lists)
		putchar('\n');
}

/* The code tables that the office put in the place of ours. */
static const struct jz_node *own_tables(const struct jz_snapshot *snapshot)
{
	const struct jz_node *codes = jz_map_get(jz_snapshot_office(snapshot), "codes");

	return codes && codes->kind == JZ_MAP && codes->len ? codes : NULL;
}

static void print_text(struct jz_snapshot *snapshot, const struct jz_strs *names)
{
	const struct jz_policy *policy = jz_snapshot_policy(snapshot);
	const struct jz_node *codes = own_tables(snapshot);

	print_part(policy, names, false,
		   _("Office policy: neither the standard nor a law gives these; the office does."));
	print_part(policy, names, true, _("Given by the standard or a law:"));
	if (!codes || names->len)
		return;
	printf("%s", _("Code tables of the office in the place of the built-in ones:"));
	for (size_t i = 0; i < codes->len; i++)
		printf(" %s", codes->pairs[i].key);
	putchar('\n');
}

/* ---- json ---- */

static struct jz_node *value_node(struct jz_arena *arena, const struct value *value)
{
	static const char *const copied[] = {"unit", "clause", "source", "min", "max"};
	struct jz_node *map = jz_node_map(arena), *title = jz_node_map(arena);

	jz_map_set(arena, map, "name", jz_node_string(arena, value->name));
	jz_map_set(arena, map, "value", jz_node_clone(arena, value->now));
	jz_map_set(arena, map, "default", jz_node_clone(arena, value->preset));
	jz_map_set(arena, map, "changed", jz_node_bool(arena, value->changed));
	jz_map_set(arena, map, "is_policy", jz_node_bool(arena, !value->law));
	for (size_t i = 0; i < JZ_COUNT(copied); i++) {
		const struct jz_node *node = jz_map_get(value->entry, copied[i]);

		jz_map_set(arena, map, copied[i],
			   node ? jz_node_clone(arena, node) : jz_node_null(arena));
	}
	jz_map_set(arena, title, "zh", jz_node_string(arena, jz_map_text(value->entry, "zh")));
	jz_map_set(arena, title, "en", jz_node_string(arena, jz_map_text(value->entry, "en")));
	jz_map_set(arena, map, "title", title);
	return map;
}

static void print_json(struct jz_snapshot *snapshot, const struct jz_strs *names)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_policy *policy = jz_snapshot_policy(snapshot);
	const struct jz_node *codes = own_tables(snapshot);
	struct jz_node *root = jz_node_map(arena), *values = jz_node_seq(arena),
		       *tables = jz_node_seq(arena);

	for (size_t i = 0; i < jz_policy_entries(policy)->len; i++) {
		const struct value value = value_at(policy, i);

		if (is_wanted(&value, names))
			jz_seq_push(arena, values, value_node(arena, &value));
	}
	for (size_t i = 0; codes && i < codes->len; i++)
		jz_seq_push(arena, tables, jz_node_string(arena, codes->pairs[i].key));
	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/policy/1"));
	jz_map_set(arena, root, "commit", jz_node_string(arena, jz_snapshot_commit(snapshot)));
	jz_map_set(arena, root, "values", values);
	jz_map_set(arena, root, "code_tables", tables);
	jz_print_json(root, stdout);
}

/* ---- the command ---- */

static int take_names(const struct jz_policy *policy, int argc, char **argv, struct jz_strs *names,
		      struct jz_err *err)
{
	for (int i = 1; i < argc; i++) {
		if (!jz_map_get(jz_policy_entries(policy), argv[i]))
			return jz_fail(err, JZ_E_USAGE, _("there is no policy value '%s'"), argv[i]);
		jz_strs_add(names, argv[i]);
	}
	return 0;
}

static bool any_wanted(const struct jz_policy *policy, const struct jz_strs *names)
{
	for (size_t i = 0; i < jz_policy_entries(policy)->len; i++) {
		const struct value value = value_at(policy, i);

		if (is_wanted(&value, names))
			return true;
	}
	return false;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_strs_release) struct jz_strs names = JZ_STRS_INIT;
	int rc = jz_snapshot_open(ctx->store, given.at, &snapshot, err);

	if (!rc)
		rc = take_names(jz_snapshot_policy(snapshot), argc, argv, &names, err);
	if (rc)
		return rc;
	if (jz_eq(given.format, "json"))
		print_json(snapshot, &names);
	else
		print_text(snapshot, &names);
	if (any_wanted(jz_snapshot_policy(snapshot), &names))
		return 0;
	jz_note(ctx, "%s", _("the office set nothing otherwise than the default"));
	return jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

const struct jz_command jz_cmd_policy = {
	.name = "policy",
	.group = "look",
	.summary = N_("print office policy: each value, its default, and whose it is"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/model/display.h"
#include "lib/model/policy.h"
#include "lib/model/shape.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"
#include "lib/report/casedoc.h"
#include "lib/report/render.h"
#include "lib/store/store.h"

static const char *arg_at, *arg_format = "text";
static bool arg_psych;

static const char *const formats[] = {"text", "yaml", "json", NULL};

static const struct jz_opt opts[] = {
	JZ_FORMAT_OPT(&arg_format, formats,
		      N_("text: with titles and labels; yaml: the record as it is; json")),
	JZ_FLAG_OPT(&arg_psych, "psych", N_("the psych file of the case (clause 7.5.2)")),
	JZ_AT_OPT(&arg_at),
	{0},
};

static const struct jz_arg args[] = {
	JZ_CASE_ARG,
	{.metavar = N_("PATH"),
	 .help = N_("only this field: person.phone, services[a7k2m9q4].note, plans[0]"),
	 .complete = JZ_COMPLETE_PATH,
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Shows a case, or a part of it, as a commit holds it."),
	N_("A single value is printed as it stands in the record, so that a script can use it."),
	NULL,
};

static const char *const examples[] = {
	"jzbf show LS-2026-0001",
	N_("the whole case with titles"),
	"jzbf show 0001 plans --at 2026-06-30",
	N_("the plans as they were at the end of June"),
	NULL,
};

/* The document without its title: a part of a record needs none. */
static void print_text(const struct jz_record *record, const struct jz_policy *policy,
		       const struct jz_node *node, const char *path)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	jz_cleanup(jz_doc_free_p) struct jz_doc *doc = jz_doc_new("show", record->id);
	struct jz_shape root = {NULL, NULL}, shape = {NULL, NULL};

	if (!jz_shape_open(record->kind, &root, NULL) && !jz_shape_at(&root, path, &shape))
		shape.schema = NULL;
	jz_casedoc_fields(doc, &shape, jz_policy_codes(policy), node, *path ? 2 : 1);
	jz_render_text(doc, jz_term_columns(), &out);
	fwrite(out.data, 1, out.len, stdout);
}

static void print(const struct jz_record *record, const struct jz_policy *policy,
		  const struct jz_node *node, const char *path)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;

	if (!strcmp(arg_format, "json")) {
		jz_json_write(node, 2, &out);
		jz_buf_addc(&out, '\n');
	} else if (node->kind == JZ_BOOL) {
		jz_buf_adds(&out, node->truth ? "true\n" : "false\n");
	} else if (jz_node_text(node)) {
		jz_buf_add(&out, node->text, node->len);
		jz_buf_addc(&out, '\n');
	} else if (!strcmp(arg_format, "yaml") || jz_is_flat(node)) {
		jz_yaml_write(node, &out);
	} else {
		print_text(record, policy, node, path);
	}
	if (out.len && isatty(STDOUT_FILENO)) /* a script gets it exactly, a terminal unharmed */
		jz_buf_truncate(&out, jz_utf8_tame(out.data, out.len, true));
	fwrite(out.data, 1, out.len, stdout);
}

/* Nothing there: because there is no such field, or because nobody filled it in. */
static int missing(const struct jz_record *record, const char *path, struct jz_err *err)
{
	struct jz_shape root, at;
	int rc = jz_shape_open(record->kind, &root, err);

	if (rc)
		return rc;
	if (!jz_starts_with(path, "x-") && !strstr(path, ".x-") && !jz_shape_at(&root, path, &at))
		return jz_fail(err, JZ_E_USAGE, _("there is no field '%s'%s"), path, "");
	return jz_fail(err, JZ_E_FINDINGS, _("%s has no '%s'"), record->id, path);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	const char *path = argc > 2 ? argv[2] : "";
	const struct jz_node *node;
	struct jz_entry entry;
	int failed = jz_look_record(ctx, arg_at, arg_psych, argv[1], &snapshot, &entry, err);

	if (!failed)
		failed = jz_record_read(snapshot, &entry, &record, err);
	if (failed)
		return failed;
	node = jz_node_at(record->root, path);
	if (!node)
		return missing(record, path, err);
	print(record, jz_snapshot_policy(snapshot), node, path);
	return 0;
}

const struct jz_command jz_cmd_show = {
	.name = "show",
	.group = "look",
	.summary = N_("show a case or one field of it"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

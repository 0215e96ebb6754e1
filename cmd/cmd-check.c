#include "cmd/command.h"

#include "cmd/check-files.h"
#include "cmd/check-store.h"
#include "cmd/look.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/store.h"

static const char *schema_name, *from_name, *format_name = "text", *at_rev, *date;
static bool all, assert_format, strict, closing;

static const char *const from_formats[] = {"yaml", "json", "ndjson", NULL};

static const struct jz_opt opts[] = {
	{JZ_OPT_STRING, 's', "schema", &schema_name, N_("SCHEMA"),
	 N_("check files against this JSON Schema (a file, or case, psych, office …), not the "
	    "store"),
	 NULL, JZ_COMPLETE_SCHEMA, 0, 0, false},
	{JZ_OPT_ENUM, 0, "from", &from_name, N_("FORMAT"),
	 N_("the format of the files; without it, what the name ends in, or how the file begins"),
	 from_formats, JZ_COMPLETE_VALUES, 0, 0, false},
	{JZ_OPT_FLAG, 0, "assert-format", &assert_format, NULL,
	 N_("`format` is an assertion, not an annotation"), NULL, JZ_COMPLETE_NONE, 0, 0, false},
	{JZ_OPT_FLAG, 0, "all", &all, NULL,
	 N_("every case of the store, which is also what no argument means"), NULL,
	 JZ_COMPLETE_NONE, 0, 0, false},
	JZ_AT_OPT(&at_rev),
	{JZ_OPT_DATE, 0, "date", &date, N_("DATE"), N_("judge deadlines as of this day; without it, the day of --at, or today"), NULL,
	 JZ_COMPLETE_NONE, 0, 0, false},
	{JZ_OPT_FLAG, 0, "strict", &strict, NULL, N_("warnings count like errors"), NULL,
	 JZ_COMPLETE_NONE, 0, 0, false},
	{JZ_OPT_FLAG, 0, "closing", &closing, NULL,
	 N_("also what must hold before a case is closed"), NULL, JZ_COMPLETE_NONE, 0, 0, false},
	JZ_FORMAT_OPT(&format_name, jz_text_or_json, N_("how to print the findings")),
	{0},
};

static int check_files(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	const struct jz_check_files what = {
		.schema = schema_name,
		.from = from_name ? jz_format_named(from_name) : JZ_FORMAT_NONE,
		.json = jz_eq(format_name, "json"),
		.assert_format = assert_format,
		.files = (const char *const *)argv + 1,
		.count = (size_t)argc - 1,
	};

	if (all || at_rev || date || strict || closing)
		return jz_fail(
			err, JZ_E_USAGE,
			_("--all, --at, --date, --strict and --closing are for the store, not for "
			  "--schema"));
	if (argc < 2)
		return jz_fail(err, JZ_E_USAGE, _("--schema needs a FILE; - is standard input"));
	return jz_check_files(ctx, &what, err);
}

static int check_store(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	const struct jz_check_store what = {
		.at = at_rev,
		.date = date,
		.json = jz_eq(format_name, "json"),
		.strict = strict,
		.closing = closing,
		.cases = (const char *const *)argv + 1,
		.count = (size_t)argc - 1,
	};
	int rc;

	if (all && argc > 1)
		return jz_fail(err, JZ_E_USAGE, _("--all and cases by name exclude each other"));
	if (from_name || assert_format)
		return jz_fail(err, JZ_E_USAGE, _("--from and --assert-format need --schema"));
	rc = jz_store_open(ctx->dir, &store, err);
	if (rc)
		return rc;
	ctx->store = store;
	jz_look_trust(store);
	rc = jz_check_store(ctx, &what, err);
	ctx->store = NULL;
	jz_look_notices(ctx, store);
	return rc;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	return schema_name ? check_files(ctx, argc, argv, err) : check_store(ctx, argc, argv, err);
}

static const struct jz_arg args[] = {
	{.metavar = N_("CASE|FILE"),
	 .help = N_("cases of the store (all, if none is named); with --schema, files"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true,
	 .many = true},
	{0},
};

static const char *const about[] = {
	N_("Without --schema: judges cases of the store by the clauses of the standard as of a "
	   "day, "
	   "and prints what is wrong or due. 应 is an error, 宜 a warning, 可 a note."),
	N_("With --schema: checks YAML, JSON and NDJSON files against a JSON Schema of the 2020-12 "
	   "dialect; no store is needed. Plain scalars of YAML are typed by the schema. References "
	   "stay inside the schema ($ref, $anchor, $dynamicRef, embedded $id); one to another "
	   "document "
	   "is an error, never a download. Unknown keywords are annotations, and so is `format` "
	   "unless "
	   "--assert-format is given; in the program's own schemas it is always asserted."),
	N_("A finding has the file or case, line, column, field and keyword or clause, and never a "
	   "value of the document. The field is a JSON Pointer with --schema and with --format json; "
	   "else people are shown titles."),
	N_("Exit status: 0 valid; 1 findings; 3 a file is malformed or the schema is wrong; 6 a "
	   "file "
	   "cannot be read. A file that cannot be judged does not keep the others from being "
	   "checked."),
	NULL,
};

static const char *const examples[] = {
	"jzbf check --schema case draft.yaml",
	N_("a case before it is taken in"),
	"jzbf check --schema people.schema.json --format json people/*.json",
	N_("many files, findings for a script"),
	"jzbf convert --from csv --to ndjson 名单.csv | jzbf check -s row.yaml --from ndjson -",
	N_("each row of a list"),
	"jzbf check --strict LS-2026-0001",
	N_("one case of the store, warnings included"),
	NULL,
};

const struct jz_command jz_cmd_check = {
	.name = "check",
	.group = "look",
	.summary = N_("check cases by the clauses, or files by a JSON Schema"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.run = run,
};

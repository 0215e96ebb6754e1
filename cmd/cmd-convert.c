#include "cmd/command.h"

#include <stdio.h>
#include <string.h>
#include "cmd/out.h"
#include "cmd/schema-arg.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/port/convert.h"
#include "lib/port/encoding.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"

static const char *from_name, *to_name, *schema_path;
static const char *encoding_name = "utf-8", *to_encoding_name = "utf-8";

static const struct jz_opt opts[] = {
	{JZ_OPT_ENUM, 'f', "from", &from_name, N_("FORMAT"),
	 N_("the format of FILE; without it, what the file name ends in"), jz_format_names,
	 JZ_COMPLETE_VALUES, 0, 0, false},
	{JZ_OPT_ENUM, 't', "to", &to_name, N_("FORMAT"), N_("the format to print"), jz_format_names,
	 JZ_COMPLETE_VALUES, 0, 0, false},
	{JZ_OPT_ENUM, 'e', "encoding", &encoding_name, N_("ENCODING"),
	 N_("how FILE is encoded; utf-8 by default, with or without a byte order mark"),
	 jz_encoding_names, JZ_COMPLETE_VALUES, 0, 0, false},
	{JZ_OPT_ENUM, 0, "to-encoding", &to_encoding_name, N_("ENCODING"),
	 N_("how to encode the output; utf-8 by default"), jz_encoding_names, JZ_COMPLETE_VALUES, 0,
	 0, false},
	{JZ_OPT_STRING, 's', "schema", &schema_path, N_("SCHEMA"),
	 N_("type the plain scalars of YAML by this JSON Schema, a file or one of case, psych, …"),
	 NULL, JZ_COMPLETE_SCHEMA, 0, 0, false},
	{0},
};

static void type_by_schema(const void *schema, struct jz_node *document)
{
	jz_schema_type(schema, document);
}

static int print(void *data, const char *text, size_t len, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf coded = JZ_BUF_INIT;
	enum jz_encoding encoding = jz_encoding_named(to_encoding_name);
	bool *begun = data;
	int failed;

	if (!*begun && encoding == JZ_UTF8_BOM)
		fputs("\xEF\xBB\xBF", stdout);
	*begun = true;
	failed = jz_encode(encoding, text, len, &coded, err);
	if (!failed)
		fwrite(coded.data, 1, coded.len, stdout);
	return failed;
}

/* Both formats, from the options or the file's name. */
static int choose_formats(const char *path, struct jz_convert *how, struct jz_err *err)
{
	how->to = jz_format_named(to_name);
	how->from = from_name ? jz_format_named(from_name) : jz_format_of_file(path);
	if (!how->to)
		return jz_fail(err, JZ_E_USAGE, _("--to is missing"));
	if (!how->from)
		return jz_fail(err, JZ_E_USAGE,
			       _("the name '%s' does not tell the format; say it with --from"),
			       path);
	if (schema_path && how->from != JZ_FORMAT_YAML)
		return jz_fail(err, JZ_E_USAGE, _("--schema types YAML, not '%s'"),
			       jz_format_names[how->from - 1]);
	return 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf decoded = JZ_BUF_INIT;
	jz_cleanup(jz_schema_free_p) struct jz_schema *own = NULL;
	const struct jz_schema *schema = NULL;
	enum jz_encoding encoding = jz_encoding_named(encoding_name);
	const char *path = argc > 1 ? argv[1] : "-";
	const struct jz_buf *text = &bytes;
	bool begun = false;
	struct jz_convert how = {.write = print, .write_data = &begun};
	int failed = choose_formats(path, &how, err);

	(void)ctx;
	if (!failed && schema_path)
		failed = jz_schema_arg(schema_path, NULL, &own, &schema, err);
	if (!failed)
		failed = jz_text_read(path, jz_format_limit(how.from), &bytes, err);
	if (failed)
		return failed;
	if (schema) {
		how.type = type_by_schema;
		how.type_data = schema;
	}
	if (encoding == JZ_GB18030) {
		failed = jz_decode(encoding, bytes.data, bytes.len, &decoded, err);
		text = &decoded;
	}
	if (!failed)
		failed = jz_convert(&how, text->data, text->len, err);
	if (failed)
		jz_err_file(err, path);
	return failed ? failed : jz_stdout_check(err);
}

static const struct jz_arg args[] = {
	{.metavar = N_("FILE"),
	 .help = N_("the file to convert; - is standard input"),
	 .complete = JZ_COMPLETE_FILE},
	{0},
};

static const char *const about[] = {
	N_("Prints FILE in another format. Nothing is printed unless the whole file is valid."),
	N_("YAML without a schema is typed by the core rules of YAML 1.2: true, false, null and "
	   "numbers as JSON writes them; everything else (no, 0123, 2026-01-01) stays text. The "
	   "digits of a number never change. From YAML to YAML every scalar stays as it is, with "
	   "its comments, in the canonical form that records have."),
	N_("CSV has a header and as many fields in each row as in the header; every value is text. "
	   "JSON made of it is one array of objects. CSV can be made of a list of flat objects "
	   "that "
	   "all have the same keys; null becomes an empty cell."),
	N_("A cell that a spreadsheet would run as a formula (one that begins with =, +, -, @, "
	   "their full-width forms, a tab or a line break, and is no number) is printed with an "
	   "apostrophe before it. Reading CSV takes that apostrophe off again."),
	N_("Limits: YAML and JSON 8 MiB, 64 levels and 262,144 values; CSV and NDJSON 16 MiB, a "
	   "field of CSV 1 MiB, 1,024 columns."),
	NULL,
};

static const char *const examples[] = {
	"jzbf convert --to json case.yaml",
	N_("a document as JSON"),
	"jzbf convert --from csv --encoding gb18030 --to ndjson 名单.csv",
	N_("each row of a spreadsheet's export as one line of JSON"),
	"jzbf convert --to csv --to-encoding utf-8-bom people.json",
	N_("a list that a spreadsheet opens with the right characters"),
	NULL,
};

const struct jz_command jz_cmd_convert = {
	.name = "convert",
	.group = "plumbing",
	.summary = N_("convert between YAML, JSON, CSV and NDJSON"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.run = run,
};

#include "cmd/command.h"

#include <string.h>
#include "cmd/out.h"
#include "cmd/score.h"
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"

static const char *arg_format;
static const char *arg_scale;
static bool arg_list;

static const struct jz_opt opts[] = {
	JZ_FORMAT_OPT(&arg_format, jz_text_or_json, N_("text for people, or json (jzbf/score/1)")),
	{.kind = JZ_OPT_STRING,
	 .long_name = "scale",
	 .dest = &arg_scale,
	 .metavar = N_("LOW-HIGH"),
	 .help = N_("the scale of the answers, such as 1-5, where the file does not say it")},
	JZ_FLAG_OPT(&arg_list, "list", N_("list the instruments that are there, and stop")),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("INSTRUMENT"),
	 .help = N_(
		 "the id of an instrument (jzbf score --list), or a key file of the office's own "
		 "such as ./ours.yaml"),
	 .complete = JZ_COMPLETE_INSTRUMENT,
	 .optional = true},
	{.metavar = N_("FILE"),
	 .help = N_("the answers in YAML or JSON; - is standard input"),
	 .complete = JZ_COMPLETE_FILE,
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Scores the answers to a screening instrument and says what they call for. The key "
	   "(items, "
	   "reversed items, factors, cuts, critical items, sources) is data: PHQ-9, PHQ-2, GAD-7, "
	   "SDS, SAS and SCL-90 come with the program, and an office adds its own files in the "
	   "directory that JZBF_INSTRUMENTS names."),
	N_("FILE holds {scale: 1-5, answers: {1: 2, 2: 0, 3: null}} or a list of answers in order. "
	   "Where answers are missing every score is given as the interval between the lowest and "
	   "the highest case; a band or screen stands only if both agree, otherwise the items to "
	   "ask "
	   "are listed. Answers off the scale are refused."),
	N_("A critical answer is reported first, whatever the total and whatever else is wrong "
	   "with "
	   "the answers (clause 5.3.3). With -v the sources of the key are printed."),
	NULL,
};

static const char *const examples[] = {
	"jzbf score phq-9 answers.yaml",
	N_("score one questionnaire"),
	"jzbf score scl-90 --scale 1-5 -",
	N_("a list of 90 answers from standard input"),
	"jzbf score ./ours.yaml answers.json --format json",
	N_("an instrument of the office"),
	NULL,
};

static int list_json(const struct jz_strs *ids, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena);
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < ids->len; i++) {
		const struct jz_instrument *key;
		struct jz_node *map = jz_node_map(arena);
		struct jz_node *scales = jz_node_seq(arena);
		int rc = jz_instrument_get(ids->items[i], NULL, &key, err);

		if (rc)
			return rc;
		jz_map_set(arena, map, "id", jz_node_string(arena, key->id));
		jz_map_set(arena, map, "key_version", jz_node_string(arena, key->key_version));
		jz_map_set(arena, map, "items", jz_node_int(arena, key->scored));
		for (size_t s = 0; s < key->scale_count; s++)
			jz_seq_push(arena, scales, jz_node_string(arena, key->scales[s].id));
		jz_map_set(arena, map, "scales", scales);
		jz_map_set(arena, map, "title_zh", jz_node_string(arena, key->title.zh));
		if (key->title.en)
			jz_map_set(arena, map, "title_en", jz_node_string(arena, key->title.en));
		jz_seq_push(arena, list, map);
	}
	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/instruments/1"));
	jz_map_set(arena, root, "instruments", list);
	jz_print_json(root, stdout);
	return 0;
}

static void list_row(struct jz_table *table, const struct jz_instrument *key)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_table_cell(table, key->id);
	jz_table_cell(table, key->key_version);
	jz_buf_addf(&text, "%u", key->scored);
	jz_table_cell(table, text.data);
	jz_buf_clear(&text);
	for (size_t s = 0; s < key->scale_count; s++)
		jz_buf_addf(&text, "%s%s", s ? " " : "", key->scales[s].id);
	jz_table_cell(table, text.data);
	jz_table_cell(table, jz_text(key->title));
}

/* A key of the office that is not valid is named; the others are listed all the same. */
static int list_text(const struct jz_strs *ids, struct jz_err *err)
{
	const char *const heads[] = {_("instrument"), _("key version"), _("items"), _("scales"),
				     _("title")};
	struct jz_table *table = jz_table_new(JZ_COUNT(heads), heads);
	int rc = 0;

	for (size_t i = 0; i < ids->len; i++) {
		const struct jz_instrument *key;
		struct jz_err one = JZ_ERR_INIT;

		if (!jz_instrument_get(ids->items[i], NULL, &key, &one)) {
			list_row(table, key);
			continue;
		}
		if (!rc)
			*err = one;
		rc = rc ? rc : one.code;
	}
	jz_table_print(table, stdout);
	jz_table_free(table);
	return rc;
}

static int list(struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;

	jz_instrument_list(&ids);
	return jz_eq(arg_format, "json") ? list_json(&ids, err) : list_text(&ids, err);
}

/* JSON is taken where it is JSON, so that its errors are those of JSON; the rest is YAML. */
static int read_document(const char *path, struct jz_arena *arena, struct jz_node **root,
			 struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	bool json = jz_ends_with(path, ".json");
	int rc = jz_file_read(path, JZ_YAML_MAX_BYTES, &text, err);

	if (rc)
		return rc;
	if (!json && text.len && (*text.data == '{' || *text.data == '['))
		json = !jz_json_read(arena, text.data, text.len, root, NULL);
	else if (json)
		rc = jz_json_read(arena, text.data, text.len, root, err);
	if (!json)
		rc = jz_yaml_read(arena, text.data, text.len, root, err);
	if (rc)
		jz_err_file(err, path);
	return rc;
}

static void print(const struct jz_instrument *key, const struct jz_scoring *scoring,
		  const struct jz_findings *findings, const struct jz_ctx *ctx)
{
	if (jz_eq(arg_format, "json")) {
		jz_print_scoring_json(key, scoring, findings, stdout);
		return;
	}
	jz_print_scoring(key, scoring, findings, ctx->verbose > 0, stdout);
	if (findings->errors)
		jz_print_findings(findings, stderr, ctx->color);
}

static int score(const struct jz_instrument *key, const char *path, const struct jz_ctx *ctx,
		 struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_answers_release) struct jz_answers answers = {0};
	jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = NULL;
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	struct jz_node *root;
	int rc;

	jz_findings_init(&findings);
	rc = read_document(path, arena, &root, err);
	if (rc)
		return rc;
	rc = jz_answers_read_document(key, arg_scale, root, &answers, &findings);
	jz_findings_file(&findings, 0, path);
	if (answers.values)
		scoring = jz_score(&answers);
	print(key, scoring, &findings, ctx);
	return rc ? jz_fail(err, rc, "%s", "") : 0;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_instrument_free_p) struct jz_instrument *own = NULL;
	const struct jz_instrument *key;
	int rc;

	if (arg_list)
		return list(err);
	if (argc != 3)
		return jz_fail(err, JZ_E_USAGE, "%s",
			       _("an instrument and a file of answers are needed"));
	if (!strchr(argv[1], '/') && !jz_ends_with(argv[1], ".yaml")) {
		jz_lower(argv[1]);
		rc = jz_instrument_get(argv[1], NULL, &key, err);
	} else {
		rc = jz_instrument_load(argv[1], &own, err);
		key = own;
	}
	return rc ? rc : score(key, argv[2], ctx, err);
}

const struct jz_command jz_cmd_score = {
	.name = "score",
	.group = "plumbing",
	.summary = N_("score the answers to a screening instrument"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.run = run,
};

#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/model/casefile.h"
#include "lib/model/label.h"
#include "lib/model/query.h"
#include "lib/port/json.h"
#include "lib/report/doc.h"
#include "lib/report/render.h"
#include "lib/store/store.h"

static const char *arg_at, *arg_date, *arg_format = "text";
static struct jz_strs arg_where;
static bool arg_ids, arg_zero;

static const char *const formats[] = {"text", "csv", "json", NULL};
static const char *const kinds[] = {"case", "psych", NULL};

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_STRINGS,
	 .short_name = 'w',
	 .long_name = "where",
	 .dest = &arg_where,
	 .metavar = N_("CONDITION"),
	 .help = N_("only cases for which FIELD=VALUE holds (also != < <= > >= ~)"),
	 .complete = JZ_COMPLETE_WHERE},
	JZ_FLAG_OPT(&arg_ids, "ids", N_("print ids only, one a line")),
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'z',
	 .long_name = "null",
	 .dest = &arg_zero,
	 .help = N_("print ids only, each ended by a NUL")},
	JZ_FORMAT_OPT(&arg_format, formats, N_("text, csv or json")),
	JZ_LOOK_OPTS(&arg_at, &arg_date),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("KIND"),
	 .help = N_("case (the default), or psych: the ids of the psych files"),
	 .complete = JZ_COMPLETE_VALUES,
	 .values = kinds,
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Lists the cases that you may read, with what is derived from each: state, phase, age, "
	   "level."),
	N_("Fields of a condition are state, phase, age, minor, level, focus, alerts, category, "
	   "township, end, or any path of the record such as person.sex or services.kind. Codes "
	   "may "
	   "be given by their labels."),
	NULL,
};

static const char *const examples[] = {
	"jzbf list",
	N_("all cases"),
	"jzbf list --where state=in_service --where 'end<=2026-12-31'",
	N_("cases in service that end this year"),
	"jzbf list -z --where minor=true | xargs -0 -n1 jzbf check",
	N_("check each case on the minor track"),
	NULL,
};

/* What the columns show. */
#define FIELDS                                                                                     \
	"person.name sentence.category " JZ_OF_BIRTH JZ_OF_STATE JZ_OF_PHASES JZ_OF_LEVEL          \
		JZ_OF_ALERTS

struct listing {
	struct jz_doc *doc;
	const struct jz_query *query;
	const struct jz_policy *policy;
	struct jz_date date;
	size_t shown;
};

static void derived_cell(struct listing *listing, const char *field, const struct jz_node *record,
			 const char *codes)
{
	char value[64];

	jz_query_derived(field, record, listing->policy, listing->date, value, sizeof(value));
	jz_doc_cell(listing->doc, *value ? value : NULL,
		    codes && *value ? jz_codes_label(jz_policy_codes(listing->policy), codes, value)
				    : value);
}

/* Phases overlap in a short term: "entry+exit". */
static void phase_cell(struct listing *listing, const struct jz_node *record)
{
	struct jz_codes *codes = jz_policy_codes(listing->policy);
	unsigned bits = jz_case_phases(record, listing->policy, listing->date);
	jz_cleanup(jz_buf_release) struct jz_buf value = JZ_BUF_INIT, shown = JZ_BUF_INIT;

	for (unsigned bit = JZ_PHASE_ENTRY; bit <= JZ_PHASE_EXIT; bit <<= 1) {
		const char *name = jz_phase_name((enum jz_phase)bit);

		if (!(bits & bit))
			continue;
		jz_buf_adds(&value, value.len ? "+" : "");
		jz_buf_adds(&value, name);
		jz_buf_adds(&shown, shown.len ? "+" : "");
		jz_buf_adds(&shown, jz_codes_label(codes, "phase", name));
	}
	jz_doc_cell(listing->doc, value.len ? value.data : NULL, shown.data);
}

static void row(void *data, const struct jz_entry *entry, const struct jz_node *record)
{
	struct listing *listing = data;
	enum jz_case_state state;
	int age;
	char text[16] = "";

	if (!jz_query_match(listing->query, record, listing->policy, listing->date))
		return;
	listing->shown++;
	if (arg_ids || arg_zero) {
		printf("%s%c", entry->id, arg_zero ? '\0' : '\n');
		return;
	}
	state = jz_case_state(record, listing->policy, listing->date);
	jz_doc_cell(listing->doc, entry->id, NULL);
	jz_doc_cell(listing->doc, jz_node_text(jz_node_at(record, "person.name")), NULL);
	age = jz_case_age(record, listing->date);
	if (age >= 0)
		snprintf(text, sizeof(text), "%d", age);
	jz_doc_cell(listing->doc, *text ? text : NULL, text);
	derived_cell(listing, "category", record, "category");
	jz_doc_cell(listing->doc, jz_case_state_name(state), jz_case_state_label(state));
	phase_cell(listing, record);
	derived_cell(listing, "level", record, "level");
	derived_cell(listing, "end", record, NULL);
	derived_cell(listing, "alerts", record, NULL);
}

static void print(const struct jz_doc *doc, bool any)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;

	if (!strcmp(arg_format, "json"))
		jz_render_json(doc, &out);
	else if (!strcmp(arg_format, "csv"))
		jz_render_csv(doc, &out);
	else if (any)
		jz_render_text(doc, jz_term_columns(), &out);
	fwrite(out.data, 1, out.len, stdout);
}

/* Nothing is decrypted: a list of these files must not need the right to read them. */
static int list_psych(const struct jz_ctx *ctx, struct jz_snapshot *snapshot, struct jz_doc *doc,
		      struct jz_err *err)
{
	const struct jz_column id = {"id", _("case"), false};
	bool plain = arg_ids || arg_zero || !strcmp(arg_format, "text");
	jz_autofree struct jz_entry *entries = NULL;
	size_t count = 0;
	int failed;

	if (arg_where.len || arg_date)
		return jz_fail(err, JZ_E_USAGE,
			       _("--where and --date are for cases: psych files are not opened"));
	failed = jz_snapshot_entries(snapshot, "psych", &entries, &count, err);
	jz_doc_table(doc, "psych", NULL, &id, 1);
	for (size_t i = 0; !failed && i < count; i++) {
		if (plain)
			printf("%s%c", entries[i].id, arg_zero ? '\0' : '\n');
		else
			jz_doc_cell(doc, entries[i].id, NULL);
	}
	if (!failed && !plain)
		print(doc, count);
	if (!failed && !count) {
		jz_note(ctx, "%s", _("there is no psychological file"));
		failed = jz_fail(err, JZ_E_FINDINGS, "%s", "");
	}
	return failed;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	const struct jz_column columns[] = {
		{"id", _("case"), false},      {"name", _("name"), false},
		{"age", _("age"), true},       {"category", _("category"), false},
		{"state", _("state"), false},  {"phase", _("phase"), false},
		{"level", _("level"), false},  {"end", _("ends on"), false},
		{"alerts", _("alerts"), true},
	};
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_query_free_p) struct jz_query *query = NULL;
	jz_cleanup(jz_doc_free_p) struct jz_doc *doc = jz_doc_new("list", _("Cases"));
	jz_cleanup(jz_scan_release) struct jz_scan scan = JZ_SCAN_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf fields = JZ_BUF_INIT;
	struct listing listing = {.doc = doc};
	struct jz_look_progress progress;
	int failed = jz_snapshot_open(ctx->store, arg_at, &snapshot, err);

	if (!failed)
		failed = jz_query_parse(&arg_where, jz_policy_codes(jz_snapshot_policy(snapshot)),
					&query, err);
	if (failed)
		return failed;
	if (argc > 1 && !strcmp(argv[1], "psych"))
		return list_psych(ctx, snapshot, doc, err);
	listing.query = query;
	listing.date = jz_look_day(arg_date, arg_at, snapshot);
	listing.policy = jz_snapshot_policy(snapshot);
	jz_doc_table(doc, "cases", NULL, columns, JZ_COUNT(columns));
	jz_query_fields(query, &fields);
	if (!arg_ids && !arg_zero)
		jz_buf_adds(&fields, FIELDS);
	jz_look_progress_init(&progress, ctx);
	failed = jz_scan_summaries(snapshot, fields.data, row, &listing, &progress.scan, &scan,
				   err);
	jz_look_progress_end(&progress);
	if (failed)
		return failed;
	if (!arg_ids && !arg_zero)
		print(doc, listing.shown);
	failed = jz_look_unreadable(ctx, &scan, err);
	if (!failed && !listing.shown) {
		jz_note(ctx, "%s", _("no case matches"));
		failed = jz_fail(err, JZ_E_FINDINGS, "%s", "");
	}
	return failed;
}

const struct jz_command jz_cmd_list = {
	.name = "list",
	.group = "look",
	.summary = N_("list cases and what is derived from them"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE | JZ_NEED_INDEX,
	.run = run,
};

/* intake: 接触 and 建档 (6.1, 6.2), for one person; a CSV of many is in intake-csv.c. */
#include <string.h>

#include "cmd/case-change.h"
#include "cmd/intake.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/store/known.h"

static struct jz_change_args args;
static struct jz_intake_csv csv;

static const struct jz_opt opts[] = {
	JZ_CHANGE_OPTS(args),
	JZ_FILE_OPT(&csv.file, "csv", N_("take in many people, one a row of a CSV file")),
	JZ_FILE_OPT(&csv.map, "map", N_("with --csv: which column is which field, in YAML")),
	JZ_ENCODING_OPT(&csv.encoding),
	JZ_FILE_OPT(&csv.rejects, "skip-bad",
		    N_("with --csv: take the good rows and write the others to a new file")),
	{0},
};

static const struct jz_arg positional[] = {
	{.metavar = N_("CASE"),
	 .help = N_("go on with this case instead of a new one"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true},
	JZ_FIELDS_ARG,
	{0},
};

static const char *const about[] = {
	N_("Opens the file of a person in correction (clauses 6.1 and 6.2) and prints its new id, "
	   "or "
	   "goes on with the file of CASE: contacts, consents, documents, information, needs. A "
	   "person who has an open case already is refused; for one with a closed case the earlier "
	   "id is named."),
	N_("With --csv each row is a new case; all rows are checked before anything is written, "
	   "and "
	   "all of them or none are taken in by one commit. Every cell that is wrong is named by "
	   "row, "
	   "column and reason, never by what it holds. --skip-bad takes the good rows and writes "
	   "the "
	   "others, as plain text, to a new file that only you can read."),
	N_("The map is YAML: under columns, each header with the path of its field, or with field, "
	   "values (a map from what a cell says to what the field takes) and date-format (such as "
	   "YYYY/M/D), or with nothing for a column that is not wanted; under constants, paths "
	   "with "
	   "the value that every row gets. Every column of the table must be named."),
	jz_change_about_fields,
	jz_change_about_argv,
	NULL,
};

static const char *const examples[] = {
	"jzbf intake --template > person.yaml",
	N_("print a form to fill in"),
	"jzbf intake --from person.yaml",
	N_("open the file of one person"),
	"jzbf intake LS-2026-0001 contacts[+].date=2026-03-02 contacts[+].mode=visit",
	N_("record the first contact"),
	"jzbf intake --csv people.csv --map map.yaml --encoding gb18030",
	N_("take in everyone of a list"),
	NULL,
};

static const char *const sections[] = {
	"assigned",    "manager", "minor_track", "person",    "sentence",   "admission",
	"levels",      "classes", "referrals",	 "contacts",  "consents",   "documents",
	"information", "needs",	  "no_needs",	 "education", "employment", NULL,
};

/* ---- people who are known already ---- */

static void show_progress(void *data, size_t done)
{
	jz_progress_update(data, done);
}

int jz_intake_known(struct jz_ctx *ctx, struct jz_snapshot *snapshot, struct jz_known *out,
		    struct jz_err *err)
{
	struct jz_progress progress;
	struct jz_entry *entries = NULL;
	size_t count = 0;
	int rc = jz_snapshot_entries(snapshot, "case", &entries, &count, err);

	free(entries);
	if (rc)
		return rc;
	jz_progress_start(&progress, ctx, _("looking for the same people"), count);
	rc = jz_known_load(snapshot, out, show_progress, &progress, err);
	jz_progress_end(&progress);
	return rc;
}

void jz_intake_warn_unreadable(const struct jz_known *known)
{
	if (known->unreadable)
		jz_warn(_("%zu of %zu cases could not be read by you, so the same person may have "
			  "a "
			  "case among them"),
			known->unreadable, known->unreadable + known->read);
}

static int refuse_known(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	struct jz_known *known = change->data;
	const struct jz_known_case *same;

	if (strcmp(known->commit, jz_snapshot_commit(work->snapshot))) {
		int rc;

		jz_known_release(known);
		rc = jz_known_load(work->snapshot, known, NULL, NULL, err);
		if (rc)
			return rc;
	}
	same = jz_known_find(known, work->root);
	if (!same || jz_eq(same->id, work->id))
		return 0;
	if (!same->closed)
		return jz_fail(err, JZ_E_INVALID, _("this person has an open case already: '%s'"),
			       same->id);
	jz_note(change->ctx, _("an earlier case of this person is closed: %s"), same->id);
	return 0;
}

static bool same_number(const struct jz_node *a, const struct jz_node *b)
{
	return jz_eq(jz_map_text(jz_map_get(a, "person"), "id_number"),
		     jz_map_text(jz_map_get(b, "person"), "id_number"));
}

/* ---- one person ---- */

static void set_id_type(struct jz_arena *arena, const struct jz_shape *shape,
			struct jz_node *person)
{
	struct jz_shape below;

	if (jz_shape_key(shape, "person", strlen("person"), &below))
		jz_item_set(&below, arena, person, "id_type", jz_node_string(arena, "citizen_id"));
}

void jz_intake_derive(struct jz_arena *arena, const struct jz_shape *shape, struct jz_node *root,
		      const char *me)
{
	struct jz_node *person = jz_map_get(root, "person");

	if (!jz_has(root, "assigned")) {
		struct jz_node *list = jz_node_seq(arena);

		jz_seq_push(arena, list, jz_node_string(arena, me));
		jz_item_set(shape, arena, root, "assigned", list);
	}
	if (jz_has(person, "id_number") && !jz_has(person, "id_type"))
		set_id_type(arena, shape, person);
	if (!jz_has(root, "minor_track") && jz_case_minor(root))
		jz_item_set(shape, arena, root, "minor_track", jz_node_bool(arena, true));
}

static int fill(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	if (!work->fresh && same_number(work->root, work->before->root))
		return 0;
	if (work->fresh)
		jz_intake_derive(work->arena, &change->shape, work->root, work->me);
	return refuse_known(change, work, err);
}

static int intake_one(struct jz_change *change, int argc, char **argv, int first,
		      struct jz_err *err)
{
	jz_cleanup(jz_known_release) struct jz_known known = {0};
	int rc = jz_change_begin(change, argc, argv, first, err);

	change->data = &known;
	if (!rc && change->args->template)
		return jz_change_template(change, sections, err);
	if (!rc && !change->ids.len && !change->doc && !change->fields.len)
		rc = jz_fail(err, JZ_E_USAGE, _("nothing is given; use --from, or fields"));
	if (!rc && !change->ids.len)
		rc = jz_intake_known(change->ctx, change->snapshot, &known, err);
	if (rc)
		return rc;
	jz_intake_warn_unreadable(&known);
	return jz_change_commit(change, err);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_change_end) struct jz_change change = {
		.ctx = ctx,
		.args = &args,
		.verb = "intake",
		.kind = "case",
		.fill = fill,
	};
	int first = 1;

	if (csv.file)
		return jz_intake_csv(&change, &csv, argc, argv, err);
	if (csv.map || csv.encoding || csv.rejects)
		return jz_fail(err, JZ_E_USAGE,
			       _("--map, --encoding and --skip-bad go with --csv"));
	if (argc > 1 && !strchr(argv[1], '=')) {
		jz_strs_add(&change.ids, argv[1]);
		change.verb = "update";
		first = 2;
	}
	return intake_one(&change, argc, argv, first, err);
}

const struct jz_command jz_cmd_intake = {
	.name = "intake",
	.group = "case",
	.summary = N_("take a person in: open the file, record contacts and papers"),
	.opts = opts,
	.args = positional,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/editor.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/model/finding.h"
#include "lib/port/yaml.h"
#include "lib/store/draft.h"
#include "lib/store/store.h"
#include "lib/store/txn.h"

static bool arg_psych, arg_resume, arg_discard, arg_dry_run;

static const struct jz_opt opts[] = {
	JZ_FLAG_OPT(&arg_psych, "psych", N_("the psych file of the case (clause 7.5.2)")),
	JZ_FLAG_OPT(&arg_resume, "resume", N_("go on with the draft of an interrupted edit")),
	JZ_FLAG_OPT(&arg_discard, "discard",
		    N_("drop the draft of an interrupted edit and begin anew")),
	JZ_DRY_RUN_OPT(&arg_dry_run, N_("check what was edited and write nothing")),
	{0},
};

static const struct jz_arg args[] = {
	JZ_CASE_ARG,
	{0},
};

static const char *const about[] = {
	N_("Opens a case in your editor (JZBF_EDITOR, VISUAL, EDITOR, or vi) as a file that lies "
	   "in "
	   "memory only. What you save is checked first; if something is wrong, the editor comes "
	   "back with the findings above the lines that they speak of."),
	N_("What cannot be saved, because it is invalid or because somebody changed the case "
	   "meanwhile, is kept as a draft that only you can decrypt; so is the text of an editor "
	   "that was killed. Take it up with --resume."),
	NULL,
};

static const char *const examples[] = {
	"jzbf edit LS-2026-0001",
	N_("edit a case"),
	"jzbf edit 0001 --resume",
	N_("go on where the last edit was cut off"),
	NULL,
};

struct edit {
	struct jz_ctx *ctx;
	struct jz_snapshot *snapshot;
	struct jz_draft draft; /* what is edited, and from which revision on */
	struct jz_buf text;
	struct jz_findings findings;
	struct jz_strs touched;
	struct jz_arena *arena; /* of the present attempt */
};

static void edit_release(struct edit *edit)
{
	jz_snapshot_free(edit->snapshot);
	jz_buf_release(&edit->text);
	jz_findings_release(&edit->findings);
	jz_strs_release(&edit->touched);
	jz_arena_free(edit->arena);
}

/* Runs inside the transaction, maybe more than once. */
static int put(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct edit *edit = data;
	jz_cleanup(jz_record_free_p) struct jz_record *before = NULL;
	struct jz_entry entry;
	struct jz_node *root;
	int failed;

	jz_arena_reset(edit->arena);
	failed = jz_yaml_read(edit->arena, edit->text.data, edit->text.len, &root, err);
	if (!failed)
		failed = jz_snapshot_find(jz_txn_snapshot(txn), edit->draft.kind, edit->draft.id,
					  &entry, err);
	if (!failed)
		failed = jz_record_read(jz_txn_snapshot(txn), &entry, &before, err);
	if (failed)
		return failed;
	if (before->revision != edit->draft.revision)
		return jz_fail(err, JZ_E_CONFLICT, _("%s was changed by somebody else meanwhile"),
			       edit->draft.id);
	return jz_txn_put(txn, edit->draft.kind, edit->draft.id, root, edit->arena, before, err);
}

static int save(struct edit *edit, struct jz_err *err)
{
	struct jz_change_opts change = {.verb = "update",
					.dry_run = arg_dry_run,
					.findings = &edit->findings,
					.touched = &edit->touched};

	jz_findings_release(&edit->findings);
	jz_findings_init(&edit->findings);
	return jz_store_change(edit->ctx->store, &change, put, edit, err);
}

/* Keeps the text as a draft and says so; the first failure stays the result. */
static int keep(struct edit *edit, int failed)
{
	struct jz_err own = JZ_ERR_INIT;

	if (jz_draft_save(edit->snapshot, &edit->draft, edit->text.data, edit->text.len, &own)) {
		jz_print_error(&own);
		return failed;
	}
	jz_warn(_("your text is kept as a draft; go on with 'jzbf edit %s --resume'"),
		edit->draft.id);
	return failed;
}

/* True: once more. Without a terminal nobody can answer. */
static bool ask_again(void)
{
	char answer[16];

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fprintf(stderr, "%s ", _("edit again? [Y/n]"));
	return fgets(answer, sizeof(answer), stdin) && *answer != 'n' && *answer != 'N';
}

/* The text to begin with: the draft, or the record. */
static int begin(struct edit *edit, const struct jz_record *record, struct jz_err *err)
{
	struct jz_draft draft = edit->draft;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int failed = 0;

	if (arg_discard)
		failed = jz_draft_drop(edit->ctx->store, draft.kind, draft.id, err);
	else
		failed = jz_draft_load(edit->snapshot, &draft, &text, err);
	if (failed == JZ_E_FINDINGS && !arg_resume)
		failed = 0;
	if (failed)
		return failed;
	if (text.len && !arg_resume)
		return jz_fail(err, JZ_E_CONFLICT,
			       _("%s has a draft of an interrupted edit: --resume takes it up, "
				 "--discard drops it"),
			       draft.id);
	if (text.len && draft.revision != record->revision)
		jz_warn(_("%s was changed after this draft was begun; compare before you save"),
			draft.id);
	if (text.len) {
		jz_buf_add(&edit->text, text.data, text.len);
		edit->draft.revision = record->revision;
	} else {
		jz_yaml_write(record->root, &edit->text);
	}
	return 0;
}

static int edit_loop(struct edit *edit, struct jz_editor *editor, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf original = JZ_BUF_INIT;
	int failed;

	jz_buf_add(&original, edit->text.data, edit->text.len);
	for (;;) {
		failed = jz_editor_run(editor, &edit->text, err);
		if (failed)
			return failed;
		jz_editor_strip(&edit->text);
		if (!arg_resume && original.len == edit->text.len &&
		    !memcmp(original.data, edit->text.data, original.len)) {
			jz_note(edit->ctx, "%s", _("nothing was changed"));
			return 0;
		}
		failed = save(edit, err);
		if (failed != JZ_E_INVALID)
			break;
		jz_print_findings(&edit->findings, stderr, edit->ctx->color);
		if (!edit->findings.errors)
			jz_print_error(err);
		if (!ask_again())
			return keep(edit, jz_fail(err, JZ_E_INVALID, _("%s was not saved"),
						  edit->draft.id));
		jz_editor_annotate(&edit->text, &edit->findings, err);
	}
	return failed ? keep(edit, failed) : 0;
}

static int prepare(struct edit *edit, const char *id, struct jz_err *err)
{
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	struct jz_entry entry;
	int failed = jz_snapshot_open(edit->ctx->store, NULL, &edit->snapshot, err);

	if (failed)
		return failed;
	if (jz_draft_rescue(edit->snapshot))
		jz_note(edit->ctx, "%s",
			_("an editor that was killed left a draft; it is safe now"));
	failed = jz_snapshot_find(edit->snapshot, arg_psych ? "psych" : "case", id, &entry, err);
	if (!failed)
		failed = jz_record_read(edit->snapshot, &entry, &record, err);
	if (failed)
		return failed;
	memcpy(edit->draft.kind, entry.kind, sizeof(edit->draft.kind));
	memcpy(edit->draft.id, entry.id, sizeof(edit->draft.id));
	edit->draft.revision = record->revision;
	return begin(edit, record, err);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(edit_release) struct edit edit = {
		.ctx = ctx, .text = JZ_BUF_INIT, .arena = jz_arena_new()};
	jz_cleanup(jz_editor_release) struct jz_editor editor = {.dir = JZ_TMPDIR_INIT};
	int failed;

	(void)argc;
	jz_findings_init(&edit.findings);
	if (arg_resume && arg_discard)
		return jz_fail(err, JZ_E_USAGE, _("--resume and --discard exclude each other"));
	failed = prepare(&edit, argv[1], err);
	if (!failed)
		failed = jz_editor_init(&editor, err);
	if (!failed)
		failed = jz_draft_mark(ctx->store, editor.dir.path, &edit.draft, err);
	if (!failed)
		failed = edit_loop(&edit, &editor, err);
	if (failed)
		return failed;
	jz_print_findings(&edit.findings, stderr, ctx->color);
	for (size_t i = 0; i < edit.touched.len; i++)
		puts(edit.touched.items[i]);
	if (arg_resume && edit.touched.len && !arg_dry_run)
		failed = jz_draft_drop(ctx->store, edit.draft.kind, edit.draft.id, err);
	return failed;
}

const struct jz_command jz_cmd_edit = {
	.name = "edit",
	.group = "case",
	.summary = N_("edit a case in your editor, checked before it is saved"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

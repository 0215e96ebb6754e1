#include "cmd/resolve.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/clashes.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/yaml.h"

static bool arg_psych, arg_ours, arg_theirs, arg_dry_run;
static struct jz_strs arg_ours_at, arg_theirs_at;

/* ---- choosing ---- */

static bool field_settles(const struct jz_resolve *resolve, const char *path)
{
	for (size_t i = 0; i < resolve->fields.len; i++)
		if (jz_eq(resolve->fields.items[i].path, path))
			return true;
	return false;
}

static enum jz_side choose(void *data, const struct jz_clash *clash, bool *settled)
{
	const struct jz_resolve *resolve = data;
	enum jz_side side = resolve->rest;

	if (jz_strs_has(&resolve->ours, clash->path))
		side = JZ_SIDE_OURS;
	else if (jz_strs_has(&resolve->theirs, clash->path))
		side = JZ_SIDE_THEIRS;
	*settled = side != JZ_SIDE_NONE || field_settles(resolve, clash->path);
	return side == JZ_SIDE_THEIRS ? side : JZ_SIDE_OURS;
}

static int merge(struct jz_resolve *resolve, const struct jz_left *left, struct jz_merged *merged,
		 struct jz_err *err)
{
	struct jz_buf ciphers[JZ_VERSION_COUNT] = {JZ_BUF_INIT, JZ_BUF_INIT, JZ_BUF_INIT};
	int rc = 0;

	merged->merge.choose = choose;
	merged->merge.data = resolve;
	for (size_t i = 0; !rc && i < JZ_VERSION_COUNT; i++)
		if (left->blobs[i][0])
			rc = jz_git_blob(resolve->git, left->blobs[i], JZ_CIPHER_MAX, &ciphers[i],
					 err);
	if (!rc)
		rc = jz_merge_record(&resolve->meeting, &left->entry, ciphers, merged, err);
	for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
		jz_buf_release(&ciphers[i]);
	return rc;
}

/* ---- showing ---- */

static void show(const struct jz_resolve *resolve, const struct jz_left *left,
		 const struct jz_vec *clashes, FILE *to)
{
	struct jz_store *store = resolve->ctx->store;

	jz_print_last_change(store, _("ours"), resolve->head, left->entry.path, to);
	jz_print_last_change(store, _("theirs"), resolve->other, left->entry.path, to);
	for (size_t i = 0; i < clashes->len; i++)
		jz_resolve_show(left->entry.id, clashes->items[i], to);
}

/* Shown, and asked for where somebody can answer; *asked: they did. */
static int show_and_ask(struct jz_resolve *resolve, const struct jz_left *left,
			const struct jz_vec *clashes, bool chosen, bool *asked, struct jz_err *err)
{
	bool ask = !chosen && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	int rc;

	show(resolve, left, clashes, ask ? stderr : stdout);
	*asked = ask;
	if (ask)
		return jz_resolve_ask(resolve, clashes, err);
	rc = jz_stdout_check(err);
	if (rc)
		return rc;
	return chosen ? jz_fail(err, JZ_E_FINDINGS, _("these fields are not settled yet"))
		      : jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

/* ---- settling ---- */

static int apply_fields(struct jz_resolve *resolve, struct jz_merged *merged, struct jz_err *err)
{
	jz_cleanup(jz_codes_free_p) struct jz_codes *codes =
		jz_codes_new(jz_snapshot_office(resolve->meeting.ours));
	struct jz_field_target target = {.arena = merged->merge.arena,
					 .codes = codes,
					 .shape = merged->merge.shape,
					 .root = merged->root};
	int rc = jz_fields_apply(&resolve->fields, &target, err);

	jz_field_target_release(&target);
	return rc;
}

static int finish(struct jz_resolve *resolve, const struct jz_left *left,
		  const struct jz_buf *bytes, struct jz_err *err)
{
	int rc = arg_dry_run ? 0 : jz_resolve_keep(resolve, left, bytes, err);

	if (rc)
		return rc;
	printf("%s\n", left->entry.id);
	if (!arg_dry_run && resolve->lefts.len > 1)
		jz_note(resolve->ctx, _("%zu more in conflict"), resolve->lefts.len - 1);
	else if (!arg_dry_run && resolve->sync)
		jz_note(resolve->ctx, _("nothing else is in conflict; 'jzbf sync %s' goes on"),
			resolve->stopped.remote);
	else if (!arg_dry_run)
		jz_note(resolve->ctx, "%s",
			_("nothing else is in conflict; finish with 'git commit --no-edit' or, in "
			  "a rebase, 'git rebase --continue'"));
	return jz_stdout_check(err);
}

static int settle(struct jz_resolve *resolve, const struct jz_left *left, struct jz_merged *merged,
		  struct jz_err *err)
{
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	int rc = apply_fields(resolve, merged, err);

	jz_findings_init(&findings);
	if (!rc)
		rc = jz_merge_seal(&resolve->meeting, merged, &findings, &cipher, err);
	if (rc == JZ_E_INVALID)
		jz_print_findings(&findings, stderr, resolve->ctx->color);
	return rc ? rc : finish(resolve, left, &cipher, err);
}

/* Two clones took people in under one id: whichever was dropped would be a whole case. */
static bool two_cases(const struct jz_left *left)
{
	return !left->blobs[JZ_VERSION_BASE][0] && !strcmp(left->entry.kind, "case");
}

static int settle_record(struct jz_resolve *resolve, const struct jz_left *left, bool chosen,
			 struct jz_err *err)
{
	jz_cleanup(jz_merged_release) struct jz_merged merged;
	bool asked = false;
	int rc = jz_resolve_meet(resolve, err);

	jz_merged_init(&merged);
	if (!rc && two_cases(left))
		return jz_fail(
			err, JZ_E_CONFLICT,
			_("both sides took in a case under the id %s: 'git merge --abort', then "
			  "'jzbf sync' gives yours the next free number"),
			left->entry.id);
	if (!rc)
		rc = merge(resolve, left, &merged, err);
	if (!rc && merged.merge.clashes.len)
		rc = show_and_ask(resolve, left, &merged.merge.clashes, chosen, &asked, err);
	if (!rc && asked) { /* once more, as answered */
		jz_merged_release(&merged);
		jz_merged_init(&merged);
		rc = merge(resolve, left, &merged, err);
	}
	return rc ? rc : settle(resolve, left, &merged, err);
}

/* access.yaml and jzbf.yaml: by sides only. */
static int settle_file(struct jz_resolve *resolve, const struct jz_left *left, bool chosen,
		       struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_merge_release) struct jz_merge merge = {
		.arena = arena, .path = JZ_BUF_INIT, .choose = choose, .data = resolve};
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_meeting only = {.store = resolve->ctx->store};
	struct jz_meet meet = {.path = (char *)left->entry.path};
	struct jz_node *root;
	bool asked = false;
	int rc;

	if (!jz_ends_with(left->entry.path, ".yaml"))
		return jz_fail(err, JZ_E_CONFLICT, _("'%s' cannot be settled here"),
			       left->entry.path);
	if (resolve->fields.len)
		return jz_fail(err, JZ_E_USAGE,
			       _("a plain file is settled by sides: --ours, --theirs"));
	memcpy(meet.blobs, left->blobs, sizeof(meet.blobs));
	rc = jz_settings_merge(&only, &meet, &merge, &root, err);
	if (!rc && merge.clashes.len)
		rc = show_and_ask(resolve, left, &merge.clashes, chosen, &asked, err);
	if (!rc && asked) {
		merge.clashes.len = 0;
		rc = jz_settings_merge(&only, &meet, &merge, &root, err);
	}
	if (rc)
		return rc;
	jz_yaml_write(root, &text);
	rc = jz_settings_check(left->entry.path, &text, err);
	return rc ? rc : finish(resolve, left, &text, err);
}

static int list(const struct jz_resolve *resolve, struct jz_err *err)
{
	int rc;

	for (size_t i = 0; i < resolve->lefts.len; i++) {
		const struct jz_left *left = resolve->lefts.items[i];

		printf("%s\t%s\n", left->entry.id, left->entry.kind);
	}
	rc = jz_stdout_check(err);
	return rc ? rc : jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_resolve_release) struct jz_resolve resolve = {.ctx = ctx,
								    .git = jz_store_git(ctx->store),
								    .fields = JZ_FIELDS_INIT,
								    .ours = arg_ours_at,
								    .theirs = arg_theirs_at,
								    .rest = arg_ours ? JZ_SIDE_OURS
									    : arg_theirs
										    ? JZ_SIDE_THEIRS
										    : JZ_SIDE_NONE};
	const struct jz_left *left = NULL;
	bool chosen;
	int rc = 0;

	if (arg_ours && arg_theirs)
		return jz_fail(err, JZ_E_USAGE, _("--ours and --theirs exclude each other"));
	for (int i = 2; !rc && i < argc; i++)
		rc = jz_fields_add(&resolve.fields, argv[i], i - 1, err);
	for (size_t i = 0; i < arg_ours_at.len; i++)
		jz_strs_add(&resolve.ours, arg_ours_at.items[i]);
	for (size_t i = 0; i < arg_theirs_at.len; i++)
		jz_strs_add(&resolve.theirs, arg_theirs_at.items[i]);
	if (!rc)
		rc = jz_resolve_begin(&resolve, err);
	if (rc || argc < 2)
		return rc ? rc : list(&resolve, err);
	rc = jz_resolve_find(&resolve, argv[1], arg_psych, &left, err);
	if (rc)
		return rc;
	chosen = resolve.rest != JZ_SIDE_NONE || resolve.fields.len || resolve.ours.len ||
		 resolve.theirs.len;
	return strcmp(left->entry.kind, "file") ? settle_record(&resolve, left, chosen, err)
						: settle_file(&resolve, left, chosen, err);
}

static const struct jz_opt opts[] = {
	JZ_FLAG_OPT(&arg_ours, "ours", N_("take our side of every field that is not given")),
	JZ_FLAG_OPT(&arg_theirs, "theirs",
		    N_("take the other side of every field that is not given")),
	{.kind = JZ_OPT_STRINGS,
	 .long_name = "ours-at",
	 .dest = &arg_ours_at,
	 .metavar = N_("FIELD"),
	 .complete = JZ_COMPLETE_PATH,
	 .help = N_("take our side of this field")},
	{.kind = JZ_OPT_STRINGS,
	 .long_name = "theirs-at",
	 .dest = &arg_theirs_at,
	 .metavar = N_("FIELD"),
	 .complete = JZ_COMPLETE_PATH,
	 .help = N_("take the other side of this field")},
	JZ_FLAG_OPT(&arg_psych, "psych", N_("the psych file of the case (clause 7.5.2)")),
	JZ_DRY_RUN_OPT(&arg_dry_run, N_("check everything and write nothing")),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("CASE"),
	 .help = N_("what sync or git left in conflict, a case or access.yaml; without it they are "
		    "listed"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true},
	{.metavar = N_("FIELD=VALUE"),
	 .complete = JZ_COMPLETE_FIELD,
	 .help = N_("what a field in conflict shall be"),
	 .optional = true,
	 .many = true},
	{0},
};

static const char *const about[] = {
	N_("Settles a case that sync, or git merge, pull, rebase or cherry-pick, left in conflict "
	   "because both sides changed one field differently. Without a choice it shows the fields "
	   "with the values of both sides and who changed the record last on each; on a terminal "
	   "it asks, elsewhere the exit status is 1."),
	N_("What was changed on one side only is merged in any case; --ours and --theirs speak of "
	   "the fields in conflict alone. The settled record is checked and encrypted to those who "
	   "may read it. After sync it is kept, encrypted, outside of the repository until the "
	   "next 'jzbf sync', which goes on from there; else it is staged, and git finishes the "
	   "merge. In a rebase 'ours' is the branch that is rebased upon."),
	NULL,
};

static const char *const examples[] = {
	"jzbf resolve",
	N_("list what is in conflict"),
	"jzbf resolve 0001",
	N_("show both sides, field by field"),
	"jzbf resolve 0001 person.phone=13800000000 --ours",
	N_("give one field, take our side of the others"),
	NULL,
};

const struct jz_command jz_cmd_resolve = {
	.name = "resolve",
	.group = "store",
	.summary = N_("settle what both sides of a merge changed"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

#include "cmd/command.h"

#include <stdio.h>

#include "cmd/clashes.h"
#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/model/field.h"
#include "lib/port/git.h"
#include "lib/port/yaml.h"
#include "lib/store/merge.h"

#define CIPHER_MAX (2 * (size_t)JZ_PLAIN_MAX)

static bool arg_psych, arg_ours, arg_theirs, arg_dry_run;

/* A record that git left in conflict. */
struct left {
	struct jz_entry entry;
	char blobs[JZ_VERSION_COUNT][JZ_GIT_ID];
};

struct resolve {
	struct jz_ctx *ctx;
	struct jz_git *git;
	struct jz_vec lefts;	 /* struct left, on the heap */
	struct jz_fields fields; /* path=value */
	char head[JZ_GIT_ID];
	char other[JZ_GIT_ID];
	struct jz_meeting meeting;
};

static void resolve_release(struct resolve *resolve)
{
	for (size_t i = 0; i < resolve->lefts.len; i++)
		free(resolve->lefts.items[i]);
	jz_vec_release(&resolve->lefts);
	jz_fields_release(&resolve->fields);
	if (resolve->meeting.store)
		jz_meeting_release(&resolve->meeting);
}

/* ---- what is left ---- */

static int collect(void *data, const char *path, const char *base, const char *ours,
		   const char *theirs)
{
	const char *const blobs[] = {base, ours, theirs};
	struct resolve *resolve = data;
	struct left *left = jz_xcalloc(1, sizeof(*left));

	if (jz_record_entry(path, &left->entry, NULL)) {
		free(left);
		return 0;
	}
	for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
		jz_copy(left->blobs[i], sizeof(left->blobs[i]), blobs[i]);
	jz_vec_push(&resolve->lefts, left);
	return 0;
}

static int begin(struct resolve *resolve, struct jz_err *err)
{
	static const char *const others[] = {"MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD"};
	int rc = jz_git_clashes(resolve->git, collect, resolve, err);

	if (!rc && !resolve->lefts.len)
		return jz_fail(err, JZ_E_FINDINGS, _("no record is in conflict"));
	if (!rc)
		rc = jz_git_head(resolve->git, NULL, resolve->head, err);
	for (size_t i = 0; !rc && !resolve->other[0] && i < JZ_COUNT(others); i++)
		jz_git_resolve(resolve->git, others[i], resolve->other, NULL);
	return rc ? rc
		  : jz_meeting_open(&resolve->meeting, resolve->ctx->store, resolve->head,
				    resolve->other[0] ? resolve->other : NULL, err);
}

static int find(const struct resolve *resolve, const char *id, const struct left **out,
		struct jz_err *err)
{
	const char *kind = arg_psych ? "psych" : "case";
	const struct left *found = NULL;

	for (size_t i = 0; i < resolve->lefts.len; i++) {
		const struct left *left = resolve->lefts.items[i];
		const char *end = strrchr(left->entry.id, '-') + 1;

		if (strcmp(left->entry.kind, kind) ||
		    (strcmp(left->entry.id, id) &&
		     strcmp(end + strspn(end, "0"), id + strspn(id, "0"))))
			continue;
		if (found)
			return jz_fail(err, JZ_E_USAGE, _("several records in conflict end in it"));
		found = left;
	}
	if (!found)
		return jz_fail(err, JZ_E_FINDINGS, _("that record is not in conflict"));
	*out = found;
	return 0;
}

/* ---- choosing ---- */

static bool field_settles(const struct resolve *resolve, const struct jz_clash *clash)
{
	for (size_t i = 0; i < resolve->fields.len; i++)
		if (jz_eq(resolve->fields.items[i].path, clash->path))
			return true;
	return false;
}

static enum jz_side choose(void *data, const struct jz_clash *clash, bool *settled)
{
	*settled = field_settles(data, clash) || arg_ours || arg_theirs;
	return arg_theirs ? JZ_SIDE_THEIRS : JZ_SIDE_OURS;
}

static int merge(struct resolve *resolve, const struct left *left, struct jz_merged *merged,
		 struct jz_err *err)
{
	struct jz_buf ciphers[JZ_VERSION_COUNT] = {JZ_BUF_INIT, JZ_BUF_INIT, JZ_BUF_INIT};
	int rc = 0;

	merged->merge.choose = choose;
	merged->merge.data = resolve;
	for (size_t i = 0; !rc && i < JZ_VERSION_COUNT; i++)
		if (left->blobs[i][0])
			rc = jz_git_blob(resolve->git, left->blobs[i], CIPHER_MAX, &ciphers[i],
					 err);
	if (!rc)
		rc = jz_merge_record(&resolve->meeting, &left->entry, ciphers, merged, err);
	for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
		jz_buf_release(&ciphers[i]);
	return rc;
}

/* ---- showing ---- */

static int print_commit(void *data, const struct jz_git_commit *commit)
{
	char day[11];

	jz_date_format(jz_local_date(commit->author.time), day);
	jz_say(stdout, "%s: %s, %s, %.10s\n", (const char *)data, commit->author.name, day,
	       commit->id);
	return 1;
}

static void print_value(const char *side, const struct jz_node *node)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;

	if (!node) {
		jz_say(stdout, "  %s: %s\n", side, _("(not there)"));
		return;
	}
	jz_yaml_write(node, &text);
	jz_strs_split(&lines, text.data, '\n');
	if (lines.len <= 2) {
		jz_say(stdout, "  %s: %s\n", side, lines.len ? lines.items[0] : "");
		return;
	}
	jz_say(stdout, "  %s:\n", side);
	for (size_t i = 0; i + 1 < lines.len; i++)
		jz_say(stdout, "    %s\n", lines.items[i]);
}

/* Both sides field by field: to standard output, for those who can decrypt them. */
static void show(const struct resolve *resolve, const struct left *left,
		 const struct jz_vec *clashes)
{
	jz_git_log(resolve->git, resolve->head, left->entry.path, print_commit, (void *)_("ours"),
		   NULL);
	if (resolve->other[0])
		jz_git_log(resolve->git, resolve->other, left->entry.path, print_commit,
			   (void *)_("theirs"), NULL);
	for (size_t i = 0; i < clashes->len; i++) {
		const struct jz_clash *clash = clashes->items[i];

		jz_print_clash(left->entry.id, clash, stdout);
		print_value(_("before"), clash->base);
		print_value(_("ours"), clash->ours);
		print_value(_("theirs"), clash->theirs);
	}
}

/* ---- settling ---- */

static int apply_fields(struct resolve *resolve, struct jz_merged *merged, struct jz_err *err)
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

/* The record goes into the working tree and, as settled, into git's index. */
static int stage(struct resolve *resolve, const char *path, const struct jz_buf *cipher,
		 struct jz_err *err)
{
	const char *workdir = jz_git_workdir(resolve->git);
	jz_autofree char *file = jz_path_join(workdir, path);
	const char *const argv[] = {"git", "add", "--", path, NULL};
	struct jz_run git = {.argv = argv, .dir = workdir, .keep_stderr = true};
	int status = 0, rc = jz_file_replace(file, cipher->data, cipher->len, 0644, err);

	if (!rc)
		rc = jz_run(&git, NULL, &status, err);
	if (!rc && status)
		rc = jz_fail(err, JZ_E_IO, _("git did not take '%s'"), path);
	return rc;
}

static int settle(struct resolve *resolve, const struct left *left, struct jz_merged *merged,
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
	if (!rc && !arg_dry_run)
		rc = stage(resolve, left->entry.path, &cipher, err);
	if (rc)
		return rc;
	printf("%s\n", left->entry.id);
	if (!arg_dry_run && resolve->lefts.len > 1)
		jz_note(resolve->ctx, _("%zu more in conflict"), resolve->lefts.len - 1);
	else if (!arg_dry_run)
		jz_note(resolve->ctx, "%s",
			_("nothing else is in conflict; finish with 'git commit --no-edit' or, in "
			  "a rebase, 'git rebase --continue'"));
	return jz_stdout_check(err);
}

/* Two clones took people in under one id: whichever was dropped would be a whole case. */
static bool two_cases(const struct left *left)
{
	return !left->blobs[JZ_VERSION_BASE][0] && !strcmp(left->entry.kind, "case");
}

static int one(struct resolve *resolve, const struct left *left, struct jz_err *err)
{
	jz_cleanup(jz_merged_release) struct jz_merged merged;
	bool chosen = arg_ours || arg_theirs || resolve->fields.len;
	int rc;

	jz_merged_init(&merged);
	if (two_cases(left))
		return jz_fail(
			err, JZ_E_CONFLICT,
			_("both sides took in a case under the id %s: 'git merge --abort', save "
			  "yours with 'jzbf show %s --format yaml', reset to the other side and "
			  "take yours in again"),
			left->entry.id, left->entry.id);
	rc = merge(resolve, left, &merged, err);
	if (rc)
		return rc;
	if (!merged.merge.clashes.len)
		return settle(resolve, left, &merged, err);
	show(resolve, left, &merged.merge.clashes);
	rc = jz_stdout_check(err);
	if (rc)
		return rc;
	return chosen ? jz_fail(err, JZ_E_FINDINGS, _("these fields are not settled yet"))
		      : jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

static int list(const struct resolve *resolve, struct jz_err *err)
{
	int rc;

	for (size_t i = 0; i < resolve->lefts.len; i++) {
		const struct left *left = resolve->lefts.items[i];

		printf("%s\t%s\n", left->entry.id, left->entry.kind);
	}
	rc = jz_stdout_check(err);
	return rc ? rc : jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(resolve_release) struct resolve resolve = {
		.ctx = ctx, .git = jz_store_git(ctx->store), .fields = JZ_FIELDS_INIT};
	const struct left *left = NULL;
	int rc = 0;

	if (arg_ours && arg_theirs)
		return jz_fail(err, JZ_E_USAGE, _("--ours and --theirs exclude each other"));
	for (int i = 2; !rc && i < argc; i++)
		rc = jz_fields_add(&resolve.fields, argv[i], i - 1, err);
	if (!rc)
		rc = begin(&resolve, err);
	if (rc || argc < 2)
		return rc ? rc : list(&resolve, err);
	rc = find(&resolve, argv[1], &left, err);
	return rc ? rc : one(&resolve, left, err);
}

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_FLAG,
	 .long_name = "ours",
	 .dest = &arg_ours,
	 .help = N_("take our side of every field that is not given")},
	{.kind = JZ_OPT_FLAG,
	 .long_name = "theirs",
	 .dest = &arg_theirs,
	 .help = N_("take the other side of every field that is not given")},
	{.kind = JZ_OPT_FLAG,
	 .long_name = "psych",
	 .dest = &arg_psych,
	 .help = N_("the psych file of the case (clause 7.5.2)")},
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'n',
	 .long_name = "dry-run",
	 .dest = &arg_dry_run,
	 .help = N_("check everything and write nothing")},
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("CASE"),
	 .help = N_("a record that git left in conflict; without it they are listed"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true},
	{.metavar = N_("FIELD=VALUE"),
	 .help = N_("what a field in conflict shall be"),
	 .optional = true,
	 .many = true},
	{0},
};

static const char *const about[] = {
	N_("Settles a case that git merge, pull, rebase or cherry-pick left in conflict because "
	   "both sides changed one field differently. Without a choice it shows the fields with "
	   "the values of both sides and who changed the record last on each, and the exit status "
	   "is 1."),
	N_("What was changed on one side only is merged in any case; --ours and --theirs speak of "
	   "the fields in conflict alone. The settled record is checked, encrypted to those who "
	   "may read it and staged; git then finishes the merge. In a rebase 'ours' is the branch "
	   "that is rebased upon."),
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
	.summary = N_("settle a case that both sides of a merge changed"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

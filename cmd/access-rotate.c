#include "cmd/access.h"

#include <stdio.h>

#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/keyring.h"
#include "lib/store/reseal.h"
#include "lib/store/rotate.h"

static struct {
	bool resume, dry_run;
} wanted;

struct showing {
	const struct jz_ctx *ctx;
	struct jz_progress progress;
};

static void update(void *data, size_t done, size_t total)
{
	struct showing *showing = data;

	if (!showing->progress.total)
		jz_progress_start(&showing->progress, showing->ctx, _("records"), total);
	jz_progress_update(&showing->progress, done);
}

static void tell_left(const struct jz_resealed *resealed)
{
	if (resealed->left[JZ_KEY_OFFICE])
		jz_warn(_("%zu case files are still encrypted to keys that have ended, and you "
			  "cannot open them: have a custodian run 'jzbf access rotate --resume'"),
			resealed->left[JZ_KEY_OFFICE]);
	if (resealed->left[JZ_KEY_CLINICAL])
		jz_warn(_("%zu psych files are still encrypted to keys that have ended, and you "
			  "may not write them: have a psychologist run 'jzbf access rotate "
			  "--resume'"),
			resealed->left[JZ_KEY_CLINICAL]);
}

int jz_access_reseal(struct jz_ctx *ctx, const struct jz_reseal_opts *given, struct jz_err *err)
{
	struct showing showing = {.ctx = ctx};
	struct jz_reseal_opts opts = {.dry_run = given->dry_run,
				      .suppose = given->suppose,
				      .progress = update,
				      .data = &showing};
	jz_cleanup(jz_resealed_release) struct jz_resealed resealed = {0};
	int rc = jz_reseal(ctx->store, &opts, &resealed, err);

	jz_progress_end(&showing.progress);
	for (size_t i = 0; i < resealed.touched.len; i++)
		printf("%s\n", resealed.touched.items[i]);
	if (resealed.records && !opts.dry_run)
		jz_note(ctx, _("%zu records encrypted anew, in %zu commits"), resealed.records,
			resealed.commits);
	for (size_t i = 0; i < resealed.failed.len; i++)
		jz_warn("%s", resealed.failed.items[i]);
	if (rc && rc != JZ_E_FINDINGS)
		jz_err_prefix(err, _("what was done stays done; go on with 'jzbf access rotate "
				     "--resume'"));
	else
		tell_left(&resealed);
	return rc ? rc : jz_stdout_check(err);
}

/* ---- preview ---- */

static int print_holders(struct jz_ctx *ctx, enum jz_role_key key, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_strs_release) struct jz_strs holders = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf names = JZ_BUF_INIT;
	const struct jz_access *access;
	int rc = jz_snapshot_open(ctx->store, NULL, &snapshot, err);

	if (rc)
		return rc;
	access = jz_snapshot_access(snapshot);
	rc = jz_access_role_holders(access, key, jz_today(), &holders, err);
	for (size_t i = 0; !rc && i < access->count; i++) {
		const struct jz_person *person = &access->people[i];
		const char *fingerprint = jz_person_key_on(person, jz_today());

		if (fingerprint && jz_strs_has(&holders, fingerprint))
			jz_buf_addf(&names, "%s%s (%s)", names.len ? ", " : "", person->name,
				    person->id);
	}
	if (!rc && access->recovery)
		jz_buf_addf(&names, "%s%s", names.len ? ", " : "", _("the recovery key"));
	if (!rc)
		jz_say(stdout, _("held afterwards by: %s\n"), names.data);
	return rc;
}

static int preview(struct jz_ctx *ctx, int key, bool renewed, struct jz_err *err)
{
	struct jz_reseal_opts opts = {.dry_run = true};
	jz_cleanup(jz_resealed_release) struct jz_resealed resealed = {0};
	int rc;

	if (key >= 0)
		opts.suppose.renewed[key] = renewed;
	rc = jz_reseal(ctx->store, &opts, &resealed, err);
	if (!rc && key >= 0)
		rc = print_holders(ctx, (enum jz_role_key)key, err);
	if (rc)
		return rc;
	jz_say(stdout, _("to be encrypted anew: %zu records, %zu bytes of ciphertext\n"),
	       resealed.records, resealed.bytes);
	jz_say(stdout, "%s\n",
	       _("What this does not undo: whoever held the old key opens with it, for ever, "
		 "everything that was encrypted to it until now, in every copy that they have."));
	tell_left(&resealed);
	return jz_stdout_check(err);
}

/* ---- the command ---- */

static void tell_step(const struct jz_ctx *ctx, enum jz_role_key key,
		      const struct jz_rotated *rotated)
{
	const char *tail = rotated->fingerprint + 24;

	switch (rotated->step) {
	case JZ_ROTATE_RESUME:
		jz_note(ctx, _("an earlier rotation of this key has not ended: going on with it, "
			       "without another new key"));
		break;
	case JZ_ROTATE_REPLACED:
		jz_note(ctx,
			key == JZ_KEY_OFFICE ? _("the office role key is %.16s from now on")
					     : _("the clinical role key is %.16s from now on"),
			tail);
		break;
	case JZ_ROTATE_PREPARED:
		jz_warn(_("clinical role key %.16s is made, and not in force yet: tell a custodian "
			  "these 16 digits, have them run 'jzbf access rotate clinical', and then "
			  "run 'jzbf access rotate --resume'"),
			tail);
		break;
	case JZ_ROTATE_WAITS:
		jz_warn(_("a new clinical role key waits for a custodian: have one run 'jzbf "
			  "access rotate clinical', and then run 'jzbf access rotate --resume'"));
		break;
	}
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	const struct jz_reseal_opts all = {.dry_run = false};
	struct jz_change_opts change = {.dry_run = wanted.dry_run};
	enum jz_role_key key = JZ_KEY_OFFICE;
	struct jz_rotated rotated = {.fingerprint = ""};
	bool named = argc > 1 && jz_role_key_parse(argv[1], &key);
	int rc;

	if (!named && !wanted.resume)
		return jz_fail(err, JZ_E_USAGE,
			       _("say which role key is to be replaced, office or clinical; or "
				 "--resume"));
	if (wanted.resume)
		return wanted.dry_run ? preview(ctx, -1, false, err) : jz_access_reseal(ctx, &all, err);
	rc = jz_rotate(ctx->store, key, false, &change, &rotated, err);
	if (rc)
		return rc;
	if (wanted.dry_run)
		return preview(ctx, (int)key, rotated.step != JZ_ROTATE_RESUME, err);
	tell_step(ctx, key, &rotated);
	return jz_access_reseal(ctx, &all, err);
}

static const struct jz_opt opts[] = {
	JZ_FLAG_OPT(&wanted.resume, "resume",
		    N_("make no new key, only encrypt anew what is still encrypted to keys that "
		       "have ended")),
	JZ_DRY_RUN_OPT(&wanted.dry_run,
		       N_("tell what would be encrypted anew and who would hold the key; write "
			  "nothing")),
	{0},
};
static const char *const keys[] = {"office", "clinical", NULL};
static const struct jz_arg args[] = {
	{.metavar = N_("ROLE-KEY"),
	 .help = N_("the role key to be replaced: office or clinical"),
	 .complete = JZ_COMPLETE_VALUES,
	 .values = keys,
	 .optional = true},
	{0},
};
static const char *const about[] = {
	N_("Makes a new role key, puts it in the place of the one in force, and encrypts every "
	   "record that went to the old one anew, in commits of a few hundred records. Others can "
	   "read and write meanwhile. If it is stopped or killed, the same command or --resume "
	   "goes on where it was. The ids of the records are printed."),
	N_("The old key is kept for older revisions, opened by those who hold the new one. A "
	   "custodian replaces the office key; the clinical one takes a psychologist and a "
	   "custodian, who both run the command."),
	N_("With --resume nothing is replaced: it ends a rotation, gives the records of a person "
	   "whose key was replaced to the new key, and takes them from somebody who left. A "
	   "caseworker can do that too, for the cases that they can open."),
	NULL,
};
static const char *const examples[] = {
	"jzbf access rotate office --dry-run", N_("what replacing the office role key would do"),
	"jzbf access rotate office", N_("somebody who held it has left"), NULL};

const struct jz_command jz_access_rotate = {
	.name = "rotate",
	.summary = N_("replace a role key, and encrypt the records anew"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

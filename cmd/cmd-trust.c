#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/git.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"

static struct {
	const char *expect;
	bool forget;
} given;

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "expect",
	 .dest = &given.expect,
	 .metavar = N_("FPR"),
	 .help = N_("trust the root only if this is its commit id or the fingerprint of its key")},
	JZ_FLAG_OPT(&given.forget, "forget",
		    N_("forget what was verified of this clone; the next look is the first one "
		       "again")),
	{0},
};

static const char *const about[] = {
	N_("Shows the root that this clone trusts, the key that signed it, and up to where the "
	   "history was verified. Everything else is judged from that root, so compare it, once, "
	   "with what your custodian tells you by another way: the first look at a clone takes the "
	   "root that it finds."),
	N_("Where HEAD is refused it says why, which commands get out of that, and what is lost by "
	   "each; the exit status is 5."),
	N_("The memory is kept outside the repository, in your own state directory; see FILES."),
	NULL,
};

static const char *const examples[] = {
	"jzbf trust",
	N_("show the root to compare it"),
	"jzbf trust --expect 3D9F0C3B2A11E0D84C5A7B6E9F8071625344AB90",
	N_("in a script, after git clone: pin this root or stop"),
	NULL,
};

static void print_state(const char *root, const char *founder, const struct jz_trust *trust,
			const char *head, bool refused)
{
	printf(_("root:     %s"), root), putchar('\n');
	printf(_("key:      %s"), founder), putchar('\n');
	if (!*trust->root)
		printf("%s\n", _("state:    not pinned; the first look will"));
	else if (strcmp(trust->root, root))
		printf("%s\n",
		       _("state:    another root is pinned here: this is not the store that was "
			 "verified"));
	else if (refused)
		printf("%s\n", _("state:    pinned; HEAD is refused"));
	else if (!strcmp(trust->head, head))
		printf("%s\n", _("state:    pinned, and HEAD is verified"));
	else
		printf("%s\n", _("state:    pinned; HEAD is not verified yet"));
	if (*trust->root && strcmp(trust->root, root))
		printf(_("pinned:   %s"), trust->root), putchar('\n');
	if (*trust->head)
		printf(_("verified: %s"), trust->head), putchar('\n');
}

/* ---- the way back ---- */

static void print_command(const char *label, const char *command, const char *text)
{
	jz_say(stdout, "%s %s\n", label, command);
	jz_print_wrapped(stdout, text, 10, jz_term_columns());
}

static void print_back(const struct jz_way_back *way, bool bare, const char *head)
{
	jz_autofree char *command =
		bare ? jz_xasprintf("git update-ref HEAD %s %s", way->target, head)
		     : jz_xasprintf("git reset --keep %s", way->target);
	jz_autofree char *text = jz_xasprintf(
		_("goes back to what was verified here. Commits that leave the branch: %zu; of them, "
		  "in no remote branch: %zu. What these changed must be done again: 'git log "
		  "--oneline %.10s..%.10s' names them, 'jzbf --unverified show CASE' shows a record "
		  "as it is now; git keeps them for some weeks (git reflog)."),
		way->leave, way->lost, way->target, head);

	print_command(_("way out: "), command, text);
	if (way->anew && !bare)
		print_command(_("or:      "),
			      "git commit --amend --only --no-edit --reset-author -S",
			      _("makes the last commit anew, signed by you; nothing is lost. Only if "
				"the change is yours, and git is set up for it ('jzbf hook "
				"install')."));
	jz_print_wrapped(stdout,
			 _("'git revert' does not help: the commit would stay in the history."), 10,
			 jz_term_columns());
}

/* What refuses HEAD, and every way to go on. */
static void print_way(struct jz_store *store, const char *head, const struct jz_way_back *way)
{
	bool bare = !jz_git_workdir(jz_store_git(store));

	jz_say(stdout, _("refused:  %s\n"), way->why);
	if (*way->target)
		print_back(way, bare, head);
	else
		jz_print_wrapped(stdout,
				 _("What was verified is not in this repository any more: make a "
				   "fresh clone of one that has it, and keep this one to look at."),
				 10, jz_term_columns());
	if (*way->shared) {
		jz_autofree char *text = jz_xasprintf(
			_("'%s' has it too: whoever keeps that repository must set its branch back "
			  "as well; until then every clone refuses it."),
			way->shared + strlen("refs/remotes/"));

		jz_print_wrapped(stdout, text, 10, jz_term_columns());
	}
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	struct jz_way_back way;
	bool refused;
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	char head[JZ_GIT_ID], root[JZ_GIT_ID], founder[41] = "";
	int rc = 0;

	(void)argc, (void)argv;
	if (given.forget)
		rc = jz_trust_forget(ctx->store, err);
	if (!rc)
		rc = jz_git_head(jz_store_git(ctx->store), NULL, head, err);
	if (!rc)
		rc = jz_trust_root(ctx->store, head, root, err);
	if (!rc)
		rc = jz_trust_founder(ctx->store, root, founder, err);
	if (!rc && given.expect)
		rc = jz_trust_expect(given.expect, root, founder, err);
	if (!rc)
		rc = jz_trust_load(ctx->store, &trust, err);
	if (!rc && given.expect && !*trust.root) {
		memcpy(trust.root, root, JZ_GIT_ID);
		rc = jz_trust_save(ctx->store, &trust, err);
	}
	if (rc)
		return rc;
	rc = jz_trust_way_back(ctx->store, head, &way, err);
	if (rc && rc != JZ_E_FINDINGS)
		return rc;
	refused = !rc;
	print_state(root, founder, &trust, head, refused);
	if (refused)
		print_way(ctx->store, head, &way);
	rc = jz_stdout_check(err);
	return rc || !refused ? rc : jz_fail(err, JZ_E_CONFLICT, "%s", "");
}

const struct jz_command jz_cmd_trust = {
	.name = "trust",
	.group = "history",
	.summary = N_("show or pin the root that everything is judged from"),
	.opts = opts,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

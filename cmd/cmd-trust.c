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
	{.kind = JZ_OPT_FLAG,
	 .long_name = "forget",
	 .dest = &given.forget,
	 .help = N_(
		 "forget what was verified of this clone; the next look is the first one again")},
	{0},
};

static const char *const about[] = {
	N_("Shows the root that this clone trusts, the key that signed it, and up to where the "
	   "history was verified. Everything else is judged from that root, so compare it, once, "
	   "with what your custodian tells you by another way: the first look at a clone takes the "
	   "root that it finds."),
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
			const char *head)
{
	printf(_("root:     %s"), root), putchar('\n');
	printf(_("key:      %s"), founder), putchar('\n');
	if (!*trust->root)
		printf("%s\n", _("state:    not pinned; the first look will"));
	else if (strcmp(trust->root, root))
		printf("%s\n",
		       _("state:    another root is pinned here: this is not the store that was "
			 "verified"));
	else if (!strcmp(trust->head, head))
		printf("%s\n", _("state:    pinned, and HEAD is verified"));
	else
		printf("%s\n", _("state:    pinned; HEAD is not verified yet"));
	if (*trust->root && strcmp(trust->root, root))
		printf(_("pinned:   %s"), trust->root), putchar('\n');
	if (*trust->head)
		printf(_("verified: %s"), trust->head), putchar('\n');
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
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
	print_state(root, founder, &trust, head);
	if (*trust.root && strcmp(trust.root, root))
		return jz_fail(err, JZ_E_CONFLICT, "%s", "");
	return 0;
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

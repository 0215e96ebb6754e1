#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/node.h"
#include "lib/base/str.h"
#include "lib/port/git.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"
#include "lib/store/verify.h"

static struct {
	const char *since;
	const char *format;
	bool full;
} given;

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "since",
	 .dest = &given.since,
	 .metavar = N_("REV"),
	 .help = N_("judge only what came after this commit"),
	 .complete = JZ_COMPLETE_REV},
	JZ_FLAG_OPT(&given.full, "full",
		    N_("decrypt every revision that you can read, and judge what is inside")),
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	{0},
};

static const char *const about[] = {
	N_("Judges the history from the root on, each commit by the access.yaml of its parent: who "
	   "signed it, whether author, committer and signer are one person with a role that "
	   "allowed "
	   "each changed path that day, whether records are whole ciphertexts for the right "
	   "recipients, whether revisions and messages are true. Nothing is taken from your own "
	   "keyring, and nothing is decrypted unless --full is given."),
	N_("Then it compares HEAD and the remote-tracking branches with what this clone has "
	   "verified "
	   "before: a branch that was reset, rewritten or replaced by an old copy is found even "
	   "when "
	   "every commit in it is sound."),
	NULL,
};

static const char *const examples[] = {
	"jzbf verify",
	N_("judge the whole history"),
	"jzbf verify --since origin/main --format json",
	N_("judge what is not on the server yet, for a script"),
	"jzbf verify --full",
	N_("open each revision too; a custodian can read all cases"),
	NULL,
};

/* ---- printing ---- */

static struct jz_node *flaw_node(struct jz_arena *arena, const struct jz_flaw *flaw)
{
	struct jz_node *map = jz_node_map(arena);

	jz_map_set(arena, map, "commit", jz_node_string(arena, flaw->commit));
	jz_map_set(arena, map, "path",
		   *flaw->path ? jz_node_string(arena, flaw->path) : jz_node_null(arena));
	jz_map_set(arena, map, "rule", jz_node_string(arena, flaw->rule));
	jz_map_set(arena, map, "message", jz_node_string(arena, flaw->message));
	return map;
}

static void print_json(const struct jz_verdict *verdict, const char *head)
{
	struct jz_arena *arena = verdict->arena;
	struct jz_node *root = jz_node_map(arena), *list = jz_node_seq(arena);

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/verify/1"));
	jz_map_set(arena, root, "head", jz_node_string(arena, head));
	jz_map_set(arena, root, "commits", jz_node_int(arena, (int64_t)verdict->commits));
	jz_map_set(arena, root, "records", jz_node_int(arena, (int64_t)verdict->records));
	jz_map_set(arena, root, "not_decrypted", jz_node_int(arena, (int64_t)verdict->sealed));
	for (size_t i = 0; i < verdict->len; i++)
		jz_seq_push(arena, list, flaw_node(arena, &verdict->flaws[i]));
	jz_map_set(arena, root, "findings", list);
	jz_print_json(root, stdout);
}

static void print_text(const struct jz_verdict *verdict)
{
	for (size_t i = 0; i < verdict->len; i++) {
		const struct jz_flaw *flaw = &verdict->flaws[i];

		jz_say(stdout, "%.10s%s%s: %s [%s]", flaw->commit, *flaw->path ? " " : "",
		       flaw->path, flaw->message, flaw->rule);
		putchar('\n');
	}
	printf(_("%zu commits, %zu revisions of records, %zu of them not decrypted"),
	       verdict->commits, verdict->records, verdict->sealed);
	putchar('\n');
	if (!verdict->len)
		printf("%s\n", _("verified"));
	else
		printf(_("%zu findings"), verdict->len), putchar('\n');
}

/* ---- what was remembered ---- */

struct branches {
	struct jz_store *store;
	struct jz_trust *trust;
	struct jz_verdict *verdict;
};

static int look_at_branch(void *data, const char *name, const char *commit)
{
	struct branches *branches = data;
	const char *remembered = jz_trust_ref(branches->trust, name);
	struct jz_err why = JZ_ERR_INIT;

	if (jz_ends_with(name, "/HEAD"))
		return 0;
	if (remembered && jz_trust_contains(branches->store, name, commit, remembered,
					    branches->trust->root, &why))
		jz_verdict_add(branches->verdict, commit, "", "rollback", "%s", why.message);
	else
		jz_trust_set_ref(branches->trust, name, commit);
	return 0;
}

static int look_back(struct jz_store *store, const char *head, struct jz_trust *trust,
		     struct jz_verdict *verdict, struct jz_err *err)
{
	struct branches branches = {store, trust, verdict};
	struct jz_err why = JZ_ERR_INIT;
	int rc = jz_trust_load(store, trust, err);

	if (rc)
		return rc;
	if (jz_trust_contains(store, "HEAD", head, trust->head, trust->root, &why))
		jz_verdict_add(verdict, head, "", "rollback", "%s", why.message);
	if (!*trust->root)
		rc = jz_trust_root(store, head, trust->root, err);
	if (!rc)
		rc = jz_git_refs(jz_store_git(store), "refs/remotes/", look_at_branch, &branches,
				 err);
	return rc;
}

/* Only a look at all of it, or on from what was verified, brings the memory further. */
static bool reaches_back(struct jz_store *store, const struct jz_trust *trust, const char *since)
{
	return !*since ||
	       (*trust->head && jz_git_descends(jz_store_git(store), trust->head, since));
}

static void progress(void *data, size_t done, size_t total)
{
	struct jz_progress *bar = data;

	bar->total = total;
	jz_progress_update(bar, done);
}

static int judge(struct jz_ctx *ctx, const char *head, const char *since,
		 struct jz_verdict *verdict, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs judged = JZ_STRS_INIT;
	struct jz_progress bar;
	struct jz_verify_opts how = {.tip = head,
				     .judged = &judged,
				     .full = given.full,
				     .progress = progress,
				     .data = &bar};
	int rc;

	if (*since)
		jz_strs_add(&judged, since);
	jz_progress_start(&bar, ctx, _("judging commits"), 0);
	rc = jz_verify_history(ctx->store, &how, verdict, err);
	jz_progress_end(&bar);
	return rc;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	jz_cleanup(jz_verdict_release) struct jz_verdict verdict;
	struct jz_git *git = jz_store_git(ctx->store);
	char head[JZ_GIT_ID], since[JZ_GIT_ID] = "";
	int rc;

	(void)argc, (void)argv;
	jz_verdict_init(&verdict);
	rc = jz_git_head(git, NULL, head, err);
	if (!rc && given.since)
		rc = jz_git_resolve(git, given.since, since, err);
	if (!rc)
		rc = judge(ctx, head, since, &verdict, err);
	if (!rc)
		rc = look_back(ctx->store, head, &trust, &verdict, err);
	if (rc)
		return rc;
	if (!verdict.len && reaches_back(ctx->store, &trust, since)) {
		memcpy(trust.head, head, JZ_GIT_ID);
		rc = jz_trust_save(ctx->store, &trust, err);
	}
	if (jz_eq(given.format, "json"))
		print_json(&verdict, head);
	else
		print_text(&verdict);
	if (!rc && verdict.len)
		rc = jz_fail(err, JZ_E_CONFLICT, "%s", "");
	return rc;
}

const struct jz_command jz_cmd_verify = {
	.name = "verify",
	.group = "history",
	.summary = N_("judge the history: who changed what, and whether they could"),
	.opts = opts,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};

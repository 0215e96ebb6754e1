#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/node.h"
#include "lib/base/str.h"
#include "lib/port/git.h"
#include "lib/store/bundle.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"

static struct {
	const char *from, *to, *output, *expect, *format;
	bool ciphertext;
} given;

/* Commit, rule, and the rest is the path. */
static void finding_words(const char *line, struct jz_strs *out)
{
	for (int i = 0; i < 2; i++) {
		size_t len = strcspn(line, " ");

		jz_strs_addn(out, line, len);
		line += len + (line[len] == ' ');
	}
	jz_strs_add(out, line);
}

static void print_text(const struct jz_bundle_facts *facts)
{
	printf(_("root:     %s"), facts->root), putchar('\n');
	printf(_("key:      %s"), facts->founder), putchar('\n');
	printf(_("from:     %s"), *facts->from ? facts->from : _("the beginning")), putchar('\n');
	printf(_("to:       %s"), facts->to), putchar('\n');
	printf(_("maker:    %s, key %s"), facts->maker, facts->maker_key), putchar('\n');
	printf(_("commits:  %zu, findings %zu"), facts->commits, facts->findings), putchar('\n');
	for (size_t i = 0; i < facts->list.len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs words = JZ_STRS_INIT;

		finding_words(facts->list.items[i], &words);
		jz_say(stdout, "%.10s%s%s [%s]\n", words.items[0], *words.items[2] ? " " : "",
		       words.items[2], words.items[1]);
	}
}

/* ---- JSON ---- */

static void set_text(struct jz_arena *arena, struct jz_node *map, const char *key, const char *text)
{
	jz_map_set(arena, map, key, *text ? jz_node_string(arena, text) : jz_node_null(arena));
}

static void print_json(const struct jz_bundle_facts *facts)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena), *list = jz_node_seq(arena);

	set_text(arena, root, "format", "jzbf/bundle-facts/1");
	jz_bundle_set_facts(facts, arena, root);
	for (size_t i = 0; i < facts->list.len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs words = JZ_STRS_INIT;
		struct jz_node *map = jz_node_map(arena);

		finding_words(facts->list.items[i], &words);
		set_text(arena, map, "commit", words.items[0]);
		set_text(arena, map, "rule", words.items[1]);
		set_text(arena, map, "path", words.items[2]);
		jz_seq_push(arena, list, map);
	}
	jz_map_set(arena, root, "findings", list);
	jz_print_json(root, stdout);
}

/* What a history lacks is told in the package; the exit status tells it too. */
static int conclude(const struct jz_ctx *ctx, const struct jz_bundle_facts *facts,
		    const char *file, struct jz_err *err)
{
	int rc;

	if (jz_eq(given.format, "json"))
		print_json(facts);
	else
		print_text(facts);
	rc = jz_stdout_check(err);
	if (!rc && facts->findings)
		jz_note(ctx,
			_("jzbf-verify(1) explains the words; commits.ndjson in the package has "
			  "more: 'tar -xOf %s jzbf-bundle/commits.ndjson'"),
			file);
	return !rc && facts->findings ? jz_fail(err, JZ_E_CONFLICT, "%s", "") : rc;
}

static void progress(void *data, size_t done, size_t total)
{
	struct jz_progress *bar = data;

	bar->total = total;
	jz_progress_update(bar, done);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	struct jz_git *git = jz_store_git(ctx->store);
	jz_cleanup(jz_bundle_facts_release) struct jz_bundle_facts facts = JZ_BUNDLE_FACTS_INIT;
	struct jz_progress bar;
	char from[JZ_GIT_ID] = "", to[JZ_GIT_ID];
	struct jz_bundle_opts opts = {.from = from,
				      .to = to,
				      .file = given.output,
				      .ciphertext = given.ciphertext,
				      .progress = progress,
				      .data = &bar};
	int rc = 0;

	(void)argc, (void)argv;
	if (!given.output)
		return jz_fail(err, JZ_E_USAGE, _("-o FILE says where the package goes"));
	if (given.from)
		rc = jz_git_resolve(git, given.from, from, err);
	if (!rc)
		rc = jz_git_resolve(git, given.to ? given.to : "HEAD", to, err);
	if (rc)
		return rc;
	jz_progress_start(&bar, ctx, _("judging commits"), 0);
	rc = jz_bundle_make(ctx->store, &opts, &facts, err);
	jz_progress_end(&bar);
	return rc ? rc : conclude(ctx, &facts, given.output, err);
}

static int run_verify(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_bundle_facts_release) struct jz_bundle_facts facts = JZ_BUNDLE_FACTS_INIT;
	int rc = jz_bundle_check(argv[1], &facts, err);

	(void)argc;
	if (!rc && given.expect)
		rc = jz_trust_expect(given.expect, facts.root, facts.founder, err);
	if (rc)
		return rc;
	rc = conclude(ctx, &facts, argv[1], err);
	if (!given.expect && rc != JZ_E_IO)
		jz_note(ctx, _("whoever can make a package can make a store for it too: compare root "
			       "and key with what the office has published, or give --expect"));
	return rc;
}

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "from",
	 .dest = &given.from,
	 .metavar = N_("REV"),
	 .help = N_("what came after this commit (default: from the beginning)"),
	 .complete = JZ_COMPLETE_REV},
	{.kind = JZ_OPT_STRING,
	 .long_name = "to",
	 .dest = &given.to,
	 .metavar = N_("REV"),
	 .help = N_("up to this one (default: HEAD)"),
	 .complete = JZ_COMPLETE_REV},
	{.kind = JZ_OPT_STRING,
	 .short_name = 'o',
	 .long_name = "output",
	 .dest = &given.output,
	 .metavar = N_("FILE"),
	 .help = N_("the package, a tar archive"),
	 .complete = JZ_COMPLETE_FILE},
	JZ_FLAG_OPT(&given.ciphertext, "with-ciphertext",
		    N_("put the encrypted records in as well")),
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	{0},
};
static const struct jz_opt verify_opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "expect",
	 .dest = &given.expect,
	 .metavar = N_("FPR"),
	 .help = N_("refuse it unless the root is this commit id, or signed by the key of this "
		    "fingerprint")},
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	{0},
};
static const struct jz_arg verify_args[] = {
	{.metavar = N_("FILE"), .help = N_("the package"), .complete = JZ_COMPLETE_FILE},
	{0},
};

static const char *const about[] = {
	N_("Makes a signed package for an outside examiner: each commit between two, its signer, "
	   "date and verdict, the kinds and ids of what it changed, who can read that, sizes and "
	   "sums; the public keys, access.yaml and signed commits to check it all by. No case "
	   "content is in it, and no ciphertext unless asked for. Names of the staff are in it."),
	N_("Any person of access.yaml can make one, auditors too: nothing is decrypted. Without "
	   "the store, 'jzbf bundle verify' judges it anew; the manual tells how to do so with git "
	   "and gpg alone."),
	NULL,
};
static const char *const verify_about[] = {
	N_("Checks a package by itself, with no store: the sums, the maker's signature, and every "
	   "commit by the rules of verify as far as they need no ciphertext. Compare the root "
	   "with what the office has published, or give it as --expect."),
	NULL,
};
static const char *const examples[] = {
	"jzbf bundle --from 3d9f0c3b --to HEAD -o 2026-2.tar",
	N_("half a year for an outside examiner"),
	"jzbf bundle verify 2026-2.tar",
	N_("what the examiner runs"),
	NULL,
};

static const struct jz_command verify = {
	.name = "verify",
	.summary = N_("check a package without the store"),
	.opts = verify_opts,
	.args = verify_args,
	.about = verify_about,
	.run = run_verify,
};
static const struct jz_command *const subs[] = {&verify, NULL};

const struct jz_command jz_cmd_bundle = {
	.name = "bundle",
	.group = "history",
	.summary = N_("make or check a signed package of evidence for an outside examiner"),
	.opts = opts,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.subs = subs,
	.run = run,
};

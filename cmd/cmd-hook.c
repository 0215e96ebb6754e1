#include "cmd/command.h"

#include <stdio.h>
#include <string.h>

#include "cmd/out.h"
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/hook.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"

/* What git tells a hook: a line a reference; and a commit message. */
#define UPDATES_MAX ((size_t)1 << 24)
#define MESSAGE_MAX ((size_t)1 << 20)

static struct {
	const char *expect, *language, *format;
	bool tags, force;
} given;

/* ---- install ---- */

static int run_install(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	jz_cleanup(jz_strs_release) struct jz_strs notes = JZ_STRS_INIT;
	struct jz_hook_settings settings = {given.expect, given.language, given.tags};
	int rc = jz_store_receive(ctx->dir, &store, err);

	(void)argc, (void)argv;
	if (!rc && !jz_hook_fits(store, JZ_HOOK_PRE_RECEIVE) && (given.expect || given.tags))
		rc = jz_fail(err, JZ_E_USAGE,
			     _("--expect and --tags are for a central bare repository"));
	if (!rc)
		rc = jz_hook_install(store, &settings, given.force, &notes, err);
	for (size_t i = 0; !rc && i < notes.len; i++)
		jz_note(ctx, "%s", notes.items[i]);
	for (int i = 0; !rc && i < JZ_HOOK_COUNT; i++)
		if (jz_hook_fits(store, (enum jz_hook)i))
			printf("%s\n", jz_hook_name((enum jz_hook)i));
	return rc;
}

static int run_remove(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	int rc = jz_store_receive(ctx->dir, &store, err);

	(void)argc, (void)argv;
	return rc ? rc : jz_hook_remove(store, err);
}

/* ---- status ---- */

static const char *state_text(enum jz_hook_state state)
{
	switch (state) {
	case JZ_HOOK_THERE:
		return _("installed");
	case JZ_HOOK_MISSING:
		return _("not installed");
	case JZ_HOOK_FOREIGN:
		return _("somebody else's");
	case JZ_HOOK_CHANGED:
		return _("not as it was installed");
	default:
		return _("never run: core.hooksPath leads elsewhere");
	}
}

struct survey {
	struct jz_store *store;
	enum jz_hook_state states[JZ_HOOK_COUNT];
	struct jz_hook_need needs[JZ_HOOK_NEEDS];
	size_t need_count;
	bool fine;
};

static void look(struct jz_store *store, struct survey *survey)
{
	*survey = (struct survey){.store = store, .fine = true};
	for (int i = 0; i < JZ_HOOK_COUNT; i++) {
		if (!jz_hook_fits(store, (enum jz_hook)i))
			continue;
		survey->states[i] = jz_hook_look(store, (enum jz_hook)i, NULL);
		survey->fine &= survey->states[i] == JZ_HOOK_THERE;
	}
	survey->need_count = jz_hook_needs(store, survey->needs);
	for (size_t i = 0; i < survey->need_count; i++)
		survey->fine &= survey->needs[i].set;
}

static void print_text(const struct survey *survey)
{
	struct jz_table *table = jz_table_new(2, NULL);

	for (int i = 0; i < JZ_HOOK_COUNT; i++) {
		if (!jz_hook_fits(survey->store, (enum jz_hook)i))
			continue;
		jz_table_cell(table, jz_hook_name((enum jz_hook)i));
		jz_table_cell(table, state_text(survey->states[i]));
	}
	for (size_t i = 0; i < survey->need_count; i++) {
		jz_table_cell(table, survey->needs[i].key);
		jz_table_cell(table, survey->needs[i].set ? _("set") : _("not set as it must be"));
	}
	jz_table_print(table, stdout);
	jz_table_free(table);
}

static void print_json(const struct survey *survey)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena), *hooks = jz_node_seq(arena);
	struct jz_node *settings = jz_node_seq(arena), *map;
	bool central = jz_hook_fits(survey->store, JZ_HOOK_PRE_RECEIVE);

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/hook-status/1"));
	jz_map_set(arena, root, "place", jz_node_string(arena, central ? "central" : "clone"));
	for (int i = 0; i < JZ_HOOK_COUNT; i++) {
		if (!jz_hook_fits(survey->store, (enum jz_hook)i))
			continue;
		map = jz_node_map(arena);
		jz_map_set(arena, map, "name",
			   jz_node_string(arena, jz_hook_name((enum jz_hook)i)));
		jz_map_set(arena, map, "state",
			   jz_node_string(arena, jz_hook_state_word(survey->states[i])));
		jz_seq_push(arena, hooks, map);
	}
	for (size_t i = 0; i < survey->need_count; i++) {
		map = jz_node_map(arena);
		jz_map_set(arena, map, "name", jz_node_string(arena, survey->needs[i].key));
		jz_map_set(arena, map, "set", jz_node_bool(arena, survey->needs[i].set));
		jz_seq_push(arena, settings, map);
	}
	jz_map_set(arena, root, "hooks", hooks);
	jz_map_set(arena, root, "settings", settings);
	jz_print_json(root, stdout);
}

static int run_status(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	struct survey survey;
	int rc = jz_store_receive(ctx->dir, &store, err);

	(void)argc, (void)argv;
	if (rc)
		return rc;
	look(store, &survey);
	jz_eq(given.format, "json") ? print_json(&survey) : print_text(&survey);
	rc = jz_stdout_check(err);
	return !rc && !survey.fine ? jz_fail(err, JZ_E_FINDINGS, "%s", "") : rc;
}

/* ---- run ---- */

static void print_refusals(const struct jz_verdict *verdict, enum jz_hook hook)
{
	fprintf(stderr, "%s\n",
		hook == JZ_HOOK_PRE_RECEIVE ? _("jzbf: this push is refused, all of it:")
		: hook == JZ_HOOK_PRE_PUSH  ? _("jzbf: this must not be pushed:")
					    : _("jzbf: this must not be committed:"));
	for (size_t i = 0; i < verdict->len; i++) {
		const struct jz_flaw *flaw = &verdict->flaws[i];
		bool imagined = hook == JZ_HOOK_PRE_COMMIT || hook == JZ_HOOK_COMMIT_MSG;

		if (imagined)
			jz_say(stderr, "  %s%s%s [%s]", flaw->path, *flaw->path ? ": " : "",
			       flaw->message, flaw->rule);
		else
			jz_say(stderr, "  %.10s%s%s: %s [%s]", flaw->commit, *flaw->path ? " " : "",
			       flaw->path, flaw->message, flaw->rule);
		fputc('\n', stderr);
	}
	if (verdict->len >= JZ_HOOK_ENOUGH)
		fprintf(stderr, "  %s\n", _("… and perhaps more: the judge stopped here"));
}

static int run_clone_hook(struct jz_store *store, enum jz_hook hook, const char *file,
			  struct jz_verdict *verdict, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	bool push = hook == JZ_HOOK_PRE_PUSH;
	int rc = 0;

	if (hook == JZ_HOOK_COMMIT_MSG && !file)
		return jz_fail(err, JZ_E_USAGE, _("git names the file of the message"));
	if (hook != JZ_HOOK_PRE_COMMIT)
		rc = jz_file_read(push ? "-" : file, push ? UPDATES_MAX : MESSAGE_MAX, &text, err);
	if (rc)
		return rc;
	if (push)
		return jz_hook_push(store, text.data, verdict, err);
	return jz_hook_staged(store, hook == JZ_HOOK_COMMIT_MSG ? text.data : NULL, verdict, err);
}

static int run_receive_hook(struct jz_ctx *ctx, struct jz_store *store, enum jz_hook hook,
			    struct jz_verdict *verdict, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_autofree char *pinned = NULL;
	struct jz_hook_settings settings;
	int rc = jz_file_read("-", UPDATES_MAX, &text, err);

	jz_hook_settings_load(store, verdict->arena, &settings);
	if (!rc && hook == JZ_HOOK_POST_RECEIVE)
		return jz_hook_received(store, text.data, err);
	if (!rc)
		rc = jz_hook_receive(store, &settings, text.data, verdict, &pinned, err);
	if (!rc && pinned)
		jz_note(ctx, "%s", pinned);
	return rc;
}

static int run_run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	jz_cleanup(jz_verdict_release) struct jz_verdict verdict;
	enum jz_hook hook;
	bool central;
	int rc;

	jz_verdict_init(&verdict);
	if (!jz_hook_parse(argv[1], &hook))
		return jz_fail(err, JZ_E_USAGE, _("'%s' is no hook of jzbf"), argv[1]);
	central = hook <= JZ_HOOK_POST_RECEIVE;
	rc = central ? jz_store_receive(ctx->dir, &store, err)
		     : jz_store_open(ctx->dir, &store, err);
	if (rc)
		return rc;
	if (central)
		rc = run_receive_hook(ctx, store, hook, &verdict, err);
	else
		rc = run_clone_hook(store, hook, argc > 2 ? argv[2] : NULL, &verdict, err);
	if (!rc && verdict.len) {
		print_refusals(&verdict, hook);
		rc = jz_fail(err, JZ_E_CONFLICT, "%s", "");
	}
	return rc;
}

/* ---- tables ---- */

static const char *const languages[] = {"en", "zh_CN", NULL};

static const struct jz_opt install_opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "expect",
	 .dest = &given.expect,
	 .metavar = N_("FPR"),
	 .help = N_("central: take the first push only if its root is this commit id, or signed by "
		    "the key of this fingerprint")},
	JZ_FLAG_OPT(&given.tags, "tags",
		    N_("central: accept tags without a text of their own on commits of the "
		       "branch")),
	{.kind = JZ_OPT_ENUM,
	 .long_name = "language",
	 .dest = &given.language,
	 .metavar = N_("LANGUAGE"),
	 .help = N_("language of what the hook says (default: the one in use now)"),
	 .values = languages,
	 .complete = JZ_COMPLETE_VALUES},
	JZ_FLAG_OPT(&given.force, "force",
		    N_("take the place of somebody else's hook, which is kept beside it")),
	{0},
};
static const struct jz_opt status_opts[] = {
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	{0},
};

static const char *const hook_words[] = {"pre-receive", "post-receive", "pre-commit",
					 "commit-msg",	"pre-push",	NULL};
static const struct jz_arg run_args[] = {
	{.metavar = N_("HOOK"),
	 .help = N_("what git runs"),
	 .complete = JZ_COMPLETE_VALUES,
	 .values = hook_words},
	{.metavar = N_("ARGUMENT"),
	 .help = N_("what git says to it"),
	 .optional = true,
	 .many = true},
	{0},
};

static const char *const install_about[] = {
	N_("In a bare repository: pre-receive (and post-receive, which remembers what has "
	   "arrived), which judges every push as 'jzbf verify' does, with "
	   "no secret key. It accepts the branch that HEAD names, forward only, and refuses "
	   "everything else: a push is taken whole or not at all. The first push into an empty "
	   "repository pins its root."),
	N_("In a clone: pre-commit, commit-msg and pre-push, which hold back what others would not "
	   "verify from those who use plain git, and git's settings for names and signatures. "
	   "'git commit --no-verify' goes past them, the central repository does not let it in."),
	NULL,
};
static const char *const status_about[] = {
	N_("Tells of each hook whether it is installed and as jzbf would write it now, and whether "
	   "git is set as the hooks need it. Exit status 1 if not all is well."),
	NULL,
};
static const char *const remove_about[] = {
	N_("Removes the hooks that jzbf installed and their settings (jzbf.hook.*). Git's own "
	   "settings and other people's hooks stay."),
	NULL,
};
static const char *const run_about[] = {
	N_("What the installed scripts call; reads what git tells the hook."),
	NULL,
};
static const char *const about[] = {
	N_("Guards that git itself runs: in the central repository against everybody who pushes, "
	   "in a clone against one's own mistakes with plain git."),
	NULL,
};
static const char *const install_examples[] = {
	"jzbf -C /srv/git/ls.git hook install --expect 3D9F0C3B2A11E0D84C5A7B6E9F8071625344AB90",
	N_("on the server, as the account that receives: only this founder's store gets in"),
	"jzbf hook install",
	N_("in one's own clone"),
	NULL,
};

static const struct jz_command install = {
	.name = "install",
	.summary = N_("install the hooks that fit this repository"),
	.opts = install_opts,
	.about = install_about,
	.examples = install_examples,
	.run = run_install,
};
static const struct jz_command status = {
	.name = "status",
	.summary = N_("tell whether they are there and intact"),
	.opts = status_opts,
	.about = status_about,
	.run = run_status,
};
static const struct jz_command removal = {
	.name = "remove",
	.summary = N_("remove the hooks of jzbf, and no others"),
	.about = remove_about,
	.run = run_remove,
};
static const struct jz_command running = {
	.name = "run",
	.summary = N_("judge what git tells a hook"),
	.args = run_args,
	.about = run_about,
	.run = run_run,
};
static const struct jz_command *const subs[] = {&install, &status, &removal, &running, NULL};

const struct jz_command jz_cmd_hook = {
	.name = "hook",
	.group = "store",
	.summary = N_("let git judge pushes and commits by the rules of verify"),
	.about = about,
	.subs = subs,
};

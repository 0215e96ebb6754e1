#include "lib/store/hook.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/clone.h"
#include "lib/store/signer.h"
#include "lib/store/state.h"
#include "lib/store/store-impl.h"

#define SCRIPT_MAX ((size_t)1 << 16)

/* The second line of our scripts, and of nobody else's. */
static const char mark[] = "# Made by 'jzbf hook install'; 'jzbf hook status' sees when it was "
			   "changed.\n";

static const char *const names[JZ_HOOK_COUNT] = {"pre-receive", "post-receive", "pre-commit",
						 "commit-msg", "pre-push"};

const char *jz_hook_name(enum jz_hook hook)
{
	return names[hook];
}

bool jz_hook_parse(const char *name, enum jz_hook *out)
{
	for (int i = 0; i < JZ_HOOK_COUNT; i++) {
		if (jz_eq(names[i], name)) {
			*out = (enum jz_hook)i;
			return true;
		}
	}
	return false;
}

const char *jz_hook_state_word(enum jz_hook_state state)
{
	static const char *const words[] = {"there", "missing", "foreign", "changed", "bypassed"};

	return words[state];
}

static bool is_bare(struct jz_store *store)
{
	return !jz_git_workdir(store->git);
}

bool jz_hook_fits(struct jz_store *store, enum jz_hook hook)
{
	return (hook <= JZ_HOOK_POST_RECEIVE) == is_bare(store);
}

/* ---- settings ---- */

static char *setting(struct jz_store *store, const char *key)
{
	jz_cleanup(jz_buf_release) struct jz_buf value = JZ_BUF_INIT;

	if (jz_git_config_get(store->git, key, &value, NULL) || !value.len)
		return NULL;
	return jz_xstrdup(value.data);
}

/* The language that messages are in now: of LANGUAGE the first one that gettext would take. */
static char *present_language(void)
{
	/* TRANSLATORS: the code of this language, as in LANGUAGE; English: "en" */
	return jz_xstrdup(_("en"));
}

static int save_settings(struct jz_store *store, const struct jz_hook_settings *settings,
			 struct jz_err *err)
{
	jz_autofree char *present = present_language();
	jz_autofree char *state = NULL;
	int rc = jz_state_home(&state, err);

	if (!rc)
		rc = jz_clone_set(store, "jzbf.hook.expect", settings->expect, err);
	if (!rc)
		rc = jz_clone_set(store, "jzbf.hook.language",
				  settings->language ? settings->language : present, err);
	if (!rc)
		rc = jz_clone_set(store, "jzbf.hook.tags", settings->tags ? "true" : NULL, err);
	if (!rc)
		rc = jz_clone_set(store, "jzbf.hook.state", is_bare(store) ? state : NULL, err);
	return rc;
}

void jz_hook_settings_load(struct jz_store *store, struct jz_arena *arena,
			   struct jz_hook_settings *out)
{
	jz_autofree char *expect = setting(store, "jzbf.hook.expect");
	jz_autofree char *state = setting(store, "jzbf.hook.state");
	jz_autofree char *tags = setting(store, "jzbf.hook.tags");

	*out = (struct jz_hook_settings){.tags = jz_eq(tags, "true")};
	if (expect)
		out->expect = jz_arena_strdup(arena, expect);
	if (state)
		setenv("XDG_STATE_HOME", state, 1);
}

/* ---- scripts ---- */

static void add_quoted(struct jz_buf *out, const char *text)
{
	jz_buf_addc(out, '\'');
	for (; *text; text++)
		*text == '\'' ? jz_buf_adds(out, "'\\''") : jz_buf_addc(out, *text);
	jz_buf_addc(out, '\'');
}

/* The same bytes whoever writes it, and in whatever language: jz_hook_look() compares. */
static void make_script(struct jz_store *store, enum jz_hook hook, struct jz_buf *out)
{
	jz_autofree char *set = setting(store, "jzbf.hook.language");
	const char *language = set ? set : "en", *self = jz_self();

	jz_buf_addf(out, "#!/bin/sh\n%sLC_ALL=C.UTF-8 LANGUAGE=", mark);
	add_quoted(out, language);
	jz_buf_adds(out, "\nexport LC_ALL LANGUAGE\njzbf=");
	add_quoted(out, self ? self : "jzbf");
	jz_buf_adds(out, "\ncommand -v \"$jzbf\" >/dev/null || {\n\techo ");
	add_quoted(out, jz_text_in(language, N_("jzbf is not where it was when this hook was "
						"installed: nothing is let through that was not "
						"judged; install jzbf, then run 'jzbf hook "
						"install' again")));
	jz_buf_addf(out, " >&2\n\texit 1\n}\nexec \"$jzbf\" hook run %s \"$@\"\n", names[hook]);
}

static char *hook_path(struct jz_store *store, enum jz_hook hook)
{
	return jz_xasprintf("%s/hooks/%s", jz_git_dir(store->git), names[hook]);
}

/* Git looks for hooks there and nowhere else, where it is set. */
static bool is_bypassed(struct jz_store *store, char **where)
{
	jz_autofree char *set = setting(store, "core.hookspath");
	jz_autofree char *hooks = jz_path_join(jz_git_dir(store->git), "hooks");
	const char *base = is_bare(store) ? jz_git_dir(store->git) : jz_git_workdir(store->git);
	jz_autofree char *full = NULL;
	char real[PATH_MAX], ours[PATH_MAX];

	if (!set)
		return false;
	full = *set == '/' ? jz_xstrdup(set) : jz_path_join(base, set);
	if (realpath(full, real) && realpath(hooks, ours) && !strcmp(real, ours))
		return false;
	if (where)
		*where = jz_steal(set);
	return true;
}

static bool is_ours(const struct jz_buf *text)
{
	return strstr(text->data, mark) != NULL;
}

enum jz_hook_state jz_hook_look(struct jz_store *store, enum jz_hook hook, char **path)
{
	jz_autofree char *at = hook_path(store, hook);
	jz_cleanup(jz_buf_release) struct jz_buf there = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf wanted = JZ_BUF_INIT;
	struct stat st;
	enum jz_hook_state state = JZ_HOOK_THERE;

	make_script(store, hook, &wanted);
	if (lstat(at, &st))
		state = JZ_HOOK_MISSING;
	else if (jz_file_read(at, SCRIPT_MAX, &there, NULL) || !is_ours(&there))
		state = JZ_HOOK_FOREIGN;
	else if (strcmp(there.data, wanted.data) || access(at, X_OK))
		state = JZ_HOOK_CHANGED;
	else if (is_bypassed(store, NULL))
		state = JZ_HOOK_BYPASSED;
	if (path)
		*path = jz_steal(at);
	return state;
}

/* ---- git's own settings ---- */

static const char *const central[][2] = {
	{"receive.denyNonFastForwards", "true"},
	{"receive.denyDeletes", "true"},
	{"receive.fsckObjects", "true"},
};
static const char *const clone[][2] = {
	{"commit.gpgsign", "true"}, {"gpg.format", "openpgp"}, {"user.signingkey", NULL},
	{"user.name", NULL},	    {"user.email", NULL},
};

size_t jz_hook_needs(struct jz_store *store, struct jz_hook_need out[JZ_HOOK_NEEDS])
{
	bool bare = is_bare(store);
	size_t count = bare ? JZ_COUNT(central) : JZ_COUNT(clone);

	for (size_t i = 0; i < count; i++) {
		const char *const *need = bare ? central[i] : clone[i];
		jz_autofree char *value = setting(store, need[0]);

		out[i] = (struct jz_hook_need){.key = need[0], .value = need[1]};
		out[i].set = need[1] ? jz_eq(value, need[1]) : value != NULL;
	}
	return count;
}

/* Whoever uses plain git commits as the person of this clone. */
static int name_committer(struct jz_store *store, struct jz_strs *notes, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	struct jz_signer signer;
	struct jz_keyview view;
	const char *key;
	int rc = jz_snapshot_open(store, NULL, &snapshot, err);

	if (rc)
		return rc;
	jz_snapshot_view(snapshot, &view);
	rc = jz_signer_find(store, &view, jz_snapshot_code(snapshot), &signer, err);
	if (rc)
		return rc;
	key = jz_person_key_on(signer.me, jz_today());
	rc = jz_clone_set(store, "user.name", signer.me->name, err);
	if (!rc)
		rc = jz_clone_set(store, "user.email", signer.email, err);
	if (!rc && key)
		rc = jz_clone_set(store, "user.signingkey", key, err);
	if (!rc)
		jz_strs_addf(notes, _("plain git commits in this clone as '%s <%s>', signed"),
			     signer.me->name, signer.email);
	return rc;
}

static int set_needs(struct jz_store *store, struct jz_strs *notes, struct jz_err *err)
{
	struct jz_hook_need needs[JZ_HOOK_NEEDS];
	size_t count;
	int rc = is_bare(store) ? 0 : name_committer(store, notes, err);

	count = jz_hook_needs(store, needs);
	for (size_t i = 0; !rc && i < count; i++)
		if (!needs[i].set && needs[i].value)
			rc = jz_clone_set(store, needs[i].key, needs[i].value, err);
	return rc;
}

/* ---- installing ---- */

/* What jzbf init makes is called main; a server may have called its empty branch otherwise. */
static int name_branch(struct jz_store *store, struct jz_strs *notes, struct jz_err *err)
{
	char ref[256], head[JZ_GIT_ID];
	int rc = jz_git_head(store->git, ref, head, err);

	if (rc || *head || !strcmp(ref, "refs/heads/main"))
		return rc;
	rc = jz_git_set_head(store->git, "refs/heads/main", err);
	if (!rc)
		jz_strs_addf(notes, _("HEAD names '%s' now, instead of '%s'"), "refs/heads/main",
			     ref);
	return rc;
}

/* Nothing is changed before it is clear that everything can be. */
static int may_install(struct jz_store *store, bool force, struct jz_err *err)
{
	jz_autofree char *where = NULL;

	if (is_bypassed(store, &where))
		return jz_fail(err, JZ_E_CONFLICT,
			       _("git's setting core.hooksPath is '%s', so that it would not run "
				 "the hooks of this repository; set it to '%s/hooks' here, or "
				 "nowhere"),
			       where, jz_git_dir(store->git));
	for (int i = 0; !force && i < JZ_HOOK_COUNT; i++) {
		jz_autofree char *path = NULL;

		if (!jz_hook_fits(store, (enum jz_hook)i) ||
		    jz_hook_look(store, (enum jz_hook)i, &path) != JZ_HOOK_FOREIGN)
			continue;
		return jz_fail(err, JZ_E_CONFLICT,
			       _("somebody else's hook is at '%s'; --force keeps it as "
				 "'%s.before-jzbf', where git does not run it"),
			       path, names[i]);
	}
	return 0;
}

/* What is there already must be true, or nobody could push any more. */
static int judge_standing(struct jz_store *store, const char *expect, struct jz_err *err)
{
	jz_cleanup(jz_verdict_release) struct jz_verdict verdict;
	int rc;

	jz_verdict_init(&verdict);
	rc = jz_hook_standing(store, expect, &verdict, err);
	if (!rc && verdict.len)
		rc = jz_fail(err, JZ_E_CONFLICT,
			     _("what stands in this repository would not be accepted: %s%s%s; "
			       "'jzbf verify' tells more"),
			     verdict.flaws[0].path, *verdict.flaws[0].path ? ": " : "",
			     verdict.flaws[0].message);
	return rc;
}

static int install_one(struct jz_store *store, enum jz_hook hook, struct jz_strs *notes,
		       struct jz_err *err)
{
	jz_autofree char *path = NULL;
	jz_autofree char *kept = NULL;
	jz_cleanup(jz_buf_release) struct jz_buf script = JZ_BUF_INIT;
	int rc;

	if (jz_hook_look(store, hook, &path) == JZ_HOOK_FOREIGN) {
		kept = jz_xasprintf("%s.before-jzbf", path);
		if (rename(path, kept))
			return jz_fail_errno(err, path);
		jz_strs_addf(notes, _("the former hook is kept as '%s'"), kept);
	}
	make_script(store, hook, &script);
	rc = jz_file_replace(path, script.data, script.len, 0755, err);
	if (!rc && chmod(path, 0755)) /* whatever the umask is: another account may receive */
		rc = jz_fail_errno(err, path);
	return rc;
}

int jz_hook_install(struct jz_store *store, const struct jz_hook_settings *settings, bool force,
		    struct jz_strs *notes, struct jz_err *err)
{
	jz_autofree char *hooks = jz_path_join(jz_git_dir(store->git), "hooks");
	int rc = may_install(store, force, err);

	if (!rc && is_bare(store))
		rc = judge_standing(store, settings->expect, err);
	if (!rc)
		rc = jz_mkdirs(hooks, 0755, err);
	if (!rc && is_bare(store))
		rc = name_branch(store, notes, err);
	if (!rc)
		rc = save_settings(store, settings, err);
	if (!rc)
		rc = set_needs(store, notes, err);
	for (int i = 0; !rc && i < JZ_HOOK_COUNT; i++)
		if (jz_hook_fits(store, (enum jz_hook)i))
			rc = install_one(store, (enum jz_hook)i, notes, err);
	return rc;
}

int jz_hook_remove(struct jz_store *store, struct jz_err *err)
{
	static const char *const keys[] = {"jzbf.hook.expect", "jzbf.hook.language",
					   "jzbf.hook.tags", "jzbf.hook.state"};
	size_t removed = 0;
	int rc = 0;

	for (int i = 0; i < JZ_HOOK_COUNT; i++) {
		jz_autofree char *path = NULL;
		enum jz_hook_state state = jz_hook_look(store, (enum jz_hook)i, &path);

		if (state == JZ_HOOK_MISSING || state == JZ_HOOK_FOREIGN)
			continue;
		if (unlink(path))
			return jz_fail_errno(err, path);
		removed++;
	}
	for (size_t i = 0; !rc && i < JZ_COUNT(keys); i++)
		rc = jz_clone_set(store, keys[i], NULL, err);
	if (!rc && !removed)
		rc = jz_fail(err, JZ_E_FINDINGS, _("no hook of jzbf is installed here"));
	return rc;
}

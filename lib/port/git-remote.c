#include "lib/port/git-remote.h"

#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

/* What git and a remote have to say is a few lines. */
#define SAID_MAX (1u << 20)

/* Names of remotes, from the configuration: git_remote_lookup() of libgit2 1.5 leaks. */
static int list_remotes(struct jz_git *git, struct jz_strs *names, struct jz_err *err)
{
	git_config *config = NULL;
	git_config_iterator *iterator = NULL;
	git_config_entry *entry;
	int rc = git_repository_config_snapshot(&config, git->repo);

	if (!rc)
		rc = git_config_iterator_new(&iterator, config);
	while (!rc && !git_config_next(&entry, iterator))
		if (jz_starts_with(entry->name, "remote.") && jz_ends_with(entry->name, ".url"))
			jz_strs_addn(names, entry->name + 7, strlen(entry->name) - 11);
	git_config_iterator_free(iterator);
	git_config_free(config);
	jz_strs_sort(names);
	jz_strs_uniq(names);
	return rc ? jz_fail(err, JZ_E_IO, _("cannot read the remotes of the repository")) : 0;
}

static bool configured(struct jz_git *git, const char *branch, const char *word, char *out,
		       size_t size)
{
	jz_cleanup(jz_buf_release) struct jz_buf value = JZ_BUF_INIT;
	jz_autofree char *key = jz_xasprintf("branch.%s.%s", branch, word);

	return !jz_git_config_get(git, key, &value, NULL) && jz_copy(out, size, value.data);
}

int jz_git_remote_pick(struct jz_git *git, const char *ref, const char *asked,
		       struct jz_git_remote *out, struct jz_err *err)
{
	const char *branch = ref + strlen("refs/heads/");
	char own[JZ_REMOTE_NAME] = "", name[JZ_REMOTE_NAME] = "";
	jz_cleanup(jz_strs_release) struct jz_strs names = JZ_STRS_INIT;
	int rc = list_remotes(git, &names, err);

	configured(git, branch, "remote", own, sizeof(own));
	if (!rc && asked && !jz_strs_has(&names, asked))
		return jz_fail(err, JZ_E_USAGE,
			       _("there is no remote '%s': 'git remote' lists them, 'git remote "
				 "add' adds one"),
			       asked);
	if (!rc && !names.len)
		return jz_fail(err, JZ_E_USAGE,
			       _("this store knows no remote yet: 'git remote add origin URL'"));
	if (asked)
		jz_copy(name, sizeof(name), asked);
	else if (*own && jz_strs_has(&names, own))
		jz_copy(name, sizeof(name), own);
	else if (jz_strs_has(&names, "origin"))
		jz_copy(name, sizeof(name), "origin");
	else if (names.len == 1)
		jz_copy(name, sizeof(name), names.items[0]);
	else if (!rc)
		rc = jz_fail(err, JZ_E_USAGE, _("there are several remotes: name one"));
	if (rc)
		return rc;
	jz_copy(out->name, sizeof(out->name), name);
	if (!jz_eq(own, name) ||
	    !configured(git, branch, "merge", out->branch, sizeof(out->branch)) ||
	    !jz_starts_with(out->branch, "refs/heads/"))
		jz_copy(out->branch, sizeof(out->branch), ref);
	if (snprintf(out->tracking, sizeof(out->tracking), "refs/remotes/%s/%s", name,
		     out->branch + strlen("refs/heads/")) >= (int)sizeof(out->tracking))
		return jz_fail(err, JZ_E_USAGE, _("the name of the branch is too long"));
	return 0;
}

/* Where git itself would look from: a remote may be a relative path. */
static int run(struct jz_git *git, struct jz_run *run, struct jz_buf *out, int *status,
	       struct jz_err *err)
{
	int rc;

	run->dir = git->workdir ? git->workdir : git->own_dir;
	rc = jz_run(run, out, status, err);

	if (!rc && *status == 127)
		rc = jz_fail(err, JZ_E_IO, _("git is not installed"));
	return rc;
}

int jz_git_fetch(struct jz_git *git, const struct jz_git_remote *remote, struct jz_buf *said,
		 struct jz_err *err)
{
	jz_autofree char *dir = jz_xasprintf("--git-dir=%s", git->own_dir);
	jz_autofree char *spec = jz_xasprintf("+refs/heads/*:refs/remotes/%s/*", remote->name);
	const char *const argv[] = {"git",
				    dir,
				    "-c",
				    "fetch.fsckObjects=true",
				    "fetch",
				    "--quiet",
				    "--prune",
				    "--no-tags",
				    "--no-write-fetch-head",
				    "--no-recurse-submodules",
				    "--no-auto-maintenance",
				    "--",
				    remote->name,
				    spec,
				    NULL};
	struct jz_run fetch = {.argv = argv, .limit = SAID_MAX, .with_stderr = true};
	int status = 0, rc = run(git, &fetch, said, &status, err);

	if (!rc && status)
		rc = jz_fail(err, JZ_E_IO,
			     _("git could not fetch from '%s'; try again when it can be reached"),
			     remote->name);
	return rc;
}

/* A clone that is configured to follow the remote's branches has it already. By git: libgit2 would
 * leave its lock behind if this process were killed. */
static int follow(struct jz_git *git, const char *tracking, const char *commit, struct jz_err *err)
{
	jz_autofree char *dir = jz_xasprintf("--git-dir=%s", git->own_dir);
	jz_cleanup(jz_buf_release) struct jz_buf said = JZ_BUF_INIT;
	const char *const argv[] = {"git",    dir,    "update-ref", "-m", "update by push",
				    tracking, commit, NULL};
	struct jz_run update = {.argv = argv, .limit = SAID_MAX, .with_stderr = true};
	char now[JZ_GIT_ID];
	int status = 0, rc;

	if (!jz_git_resolve(git, tracking, now, NULL) && !strcmp(now, commit))
		return 0;
	rc = run(git, &update, &said, &status, err);
	return rc || !status ? rc : jz_fail(err, JZ_E_IO, _("cannot note what was pushed"));
}

int jz_git_push(struct jz_git *git, const struct jz_git_remote *remote, const char *commit,
		struct jz_buf *said, bool *taken, struct jz_err *err)
{
	jz_autofree char *dir = jz_xasprintf("--git-dir=%s", git->own_dir);
	jz_autofree char *spec = jz_xasprintf("%s:%s", commit, remote->branch);
	const char *const argv[] = {"git",
				    dir,
				    "push",
				    "--quiet",
				    "--no-follow-tags",
				    "--recurse-submodules=no",
				    "--",
				    remote->name,
				    spec,
				    NULL};
	struct jz_run push = {.argv = argv, .limit = SAID_MAX, .with_stderr = true};
	int status = 0, rc = run(git, &push, said, &status, err);

	*taken = !rc && !status;
	return *taken ? follow(git, remote->tracking, commit, err) : rc;
}

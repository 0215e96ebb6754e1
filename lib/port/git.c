#include "lib/port/git.h"

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

int jz_git_fail(struct jz_err *err, int code, int git_code, const char *what)
{
	const git_error *last = git_error_last();

	if (git_code == GIT_ELOCKED)
		code = JZ_E_CONFLICT;
	if (!last || !last->message || !*last->message)
		return jz_fail(err, code, "%s", what);
	return jz_fail(err, code, "%s: %s", what, last->message);
}

int jz_git_oid(const char *hex, git_oid *out, struct jz_err *err)
{
	if (!hex || strlen(hex) != JZ_GIT_ID - 1 || git_oid_fromstr(out, hex))
		return jz_fail(err, JZ_E_BUG, _("not an object id"));
	return 0;
}

void jz_git_hex(const git_oid *oid, char out[JZ_GIT_ID])
{
	git_oid_tostr(out, JZ_GIT_ID, oid);
}

static int start(struct jz_err *err)
{
	static bool started;
	int rc;

	if (started)
		return 0;
	rc = jz_git_load(err);
	if (rc)
		return rc;
	rc = git_libgit2_init();
	if (rc < 0)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot start libgit2"));
	/* Off by default: without it a crash of the machine can lose a commit that was reported. */
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	started = true;
	return 0;
}

static char *trimmed(const char *path)
{
	size_t len = path ? strlen(path) : 0;

	while (len > 1 && path[len - 1] == '/')
		len--;
	return path ? jz_xstrndup(path, len) : NULL;
}

static int wrap(git_repository *repo, struct jz_git **out, struct jz_err *err)
{
	struct jz_git *git;
	git_odb *odb;
	int rc = git_repository_odb(&odb, repo);

	if (rc) {
		git_repository_free(repo);
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot open the object database"));
	}
	git = jz_xcalloc(1, sizeof(*git));
	git->repo = repo;
	git->odb = odb;
	git->dir = trimmed(git_repository_commondir(repo));
	git->own_dir = trimmed(git_repository_path(repo));
	git->workdir = trimmed(git_repository_workdir(repo));
	*out = git;
	return 0;
}

static bool is_there(const char *dir)
{
	git_buf path = {0};
	bool there = !git_repository_discover(&path, dir, 0, NULL);

	git_buf_dispose(&path);
	return there;
}

int jz_git_open(const char *dir, struct jz_git **out, struct jz_err *err)
{
	git_repository *repo = NULL;
	int rc = start(err);

	if (rc)
		return rc;
	if (!dir)
		dir = ".";
	rc = git_repository_open_ext(&repo, dir, 0, NULL);
	/* libgit2 1.5 says "not found" of a foreign repository too, if safe.directory is not set.
	 */
	if (rc == GIT_ENOTFOUND && is_there(dir))
		rc = GIT_EOWNER;
	if (rc == GIT_ENOTFOUND)
		return jz_fail(err, JZ_E_IO,
			       _("no git repository at or above '%s'; go to the store or name "
				 "it with -C DIRECTORY; 'jzbf init' makes one"),
			       dir);
	if (rc == GIT_EOWNER)
		return jz_fail(err, JZ_E_IO,
			       _("the repository at '%s' belongs to another user; if you trust it: "
				 "git config --global --add safe.directory DIRECTORY"),
			       dir);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot open the repository"));
	return wrap(repo, out, err);
}

int jz_git_init(const char *dir, bool bare, const char *branch, struct jz_git **out,
		struct jz_err *err)
{
	git_repository_init_options opts;
	git_repository *repo = NULL;
	int rc = start(err);

	if (rc)
		return rc;
	git_repository_init_options_init(&opts, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	opts.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_MKDIR;
	if (bare)
		opts.flags |= GIT_REPOSITORY_INIT_BARE;
	opts.initial_head = branch;
	rc = git_repository_init_ext(&repo, dir, &opts);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot make the repository"));
	return wrap(repo, out, err);
}

void jz_git_free(struct jz_git *git)
{
	if (!git)
		return;
	git_odb_free(git->odb);
	git_repository_free(git->repo);
	free(git->dir);
	free(git->own_dir);
	free(git->workdir);
	free(git);
}

const char *jz_git_dir(const struct jz_git *git)
{
	return git->dir;
}

const char *jz_git_own_dir(const struct jz_git *git)
{
	return git->own_dir;
}

const char *jz_git_workdir(const struct jz_git *git)
{
	return git->workdir;
}

int jz_git_head(struct jz_git *git, char ref[256], char commit[JZ_GIT_ID], struct jz_err *err)
{
	git_reference *head;
	git_oid oid;
	int rc = git_reference_lookup(&head, git->repo, "HEAD");

	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read HEAD"));
	if (ref) {
		bool fits = git_reference_type(head) == GIT_REFERENCE_SYMBOLIC &&
			    jz_copy(ref, 256, git_reference_symbolic_target(head));
		if (!fits) {
			git_reference_free(head);
			return jz_fail(err, JZ_E_CONFLICT,
				       _("HEAD is detached: check a branch out first"));
		}
	}
	git_reference_free(head);
	rc = git_reference_name_to_id(&oid, git->repo, "HEAD");
	if (rc && rc != GIT_ENOTFOUND)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read HEAD"));
	commit[0] = '\0';
	if (!rc)
		jz_git_hex(&oid, commit);
	return 0;
}

const char *jz_git_busy(struct jz_git *git)
{
	switch (git_repository_state(git->repo)) {
	case GIT_REPOSITORY_STATE_NONE:
		return NULL;
	case GIT_REPOSITORY_STATE_MERGE:
		return "merge";
	case GIT_REPOSITORY_STATE_REVERT:
	case GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
		return "revert";
	case GIT_REPOSITORY_STATE_CHERRYPICK:
	case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
		return "cherry-pick";
	case GIT_REPOSITORY_STATE_BISECT:
		return "bisect";
	case GIT_REPOSITORY_STATE_APPLY_MAILBOX:
		return "am";
	default:
		return "rebase";
	}
}

int jz_git_open_config(struct jz_git *git, bool local, git_config **out, struct jz_err *err)
{
	git_config *all, *level;
	int rc = git_repository_config(&all, git->repo);

	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read git's configuration"));
	if (!local) {
		*out = all;
		return 0;
	}
	rc = git_config_open_level(&level, all, GIT_CONFIG_LEVEL_LOCAL);
	git_config_free(all);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read git's configuration"));
	*out = level;
	return 0;
}

int jz_git_config_set(struct jz_git *git, const char *key, const char *value, struct jz_err *err)
{
	git_config *config;
	int rc = jz_git_open_config(git, true, &config, err);

	if (rc)
		return rc;
	rc = git_config_set_string(config, key, value);
	git_config_free(config);
	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot write git's configuration")) : 0;
}

int jz_git_config_get(struct jz_git *git, const char *key, struct jz_buf *value, struct jz_err *err)
{
	git_config *config;
	git_buf text = {0};
	int rc = jz_git_open_config(git, false, &config, err);

	if (rc)
		return rc;
	rc = git_config_get_string_buf(&text, config, key);
	git_config_free(config);
	if (rc == GIT_ENOTFOUND)
		return jz_fail(err, JZ_E_FINDINGS, _("git setting '%s' is not set"), key);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read git's configuration"));
	jz_buf_add(value, text.ptr, text.size);
	git_buf_dispose(&text);
	return 0;
}

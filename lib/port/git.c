#include "lib/port/git.h"

#include <limits.h>
#include <stdio.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

/* Bytes of a tree or commit that libgit2 keeps. */
#define CACHED_MAX ((size_t)128 << 10)
/* Bytes of the packs that are mapped at once: a store of ten thousand cases shall not be in memory whole. */
#define WINDOW	    ((size_t)1 << 20)
#define WINDOWS_MAX ((size_t)16 << 20)

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

int jz_git_library(char version[32], const char **library, struct jz_err *err)
{
	int major, minor, patch, rc = jz_git_load(err);

	if (rc)
		return rc;
	git_libgit2_version(&major, &minor, &patch);
	snprintf(version, 32, "%d.%d.%d", major, minor, patch);
#ifdef JZ_GIT_LINKED
	*library = NULL;
#else
	*library = JZ_GIT_LIBRARY;
#endif
	return 0;
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
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, WINDOW);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, WINDOWS_MAX);
	/* Above 4 KiB it forgets what it read: a directory of records and the message of a commit of many
	 * have more, and are looked into once a record. */
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, CACHED_MAX);
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_COMMIT, CACHED_MAX);
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

/* The first directory from here up that has a repository, with "/.git" unless it is one itself. Where
 * that leads to, by a link or a file, is the repository's own affair. */
static char *found_at(const char *dir, const char *own)
{
	char here[PATH_MAX], there[PATH_MAX], leads[PATH_MAX];

	if (!realpath(dir, here) || !realpath(own, there))
		return jz_xstrdup(own);
	for (char *end = here + strlen(here); end && strcmp(here, there); end = strrchr(here, '/')) {
		jz_autofree char *path = NULL;

		*end = '\0';
		path = jz_xasprintf("%s/.git", here);
		if (realpath(path, leads) &&
		    (!strcmp(leads, there) ||
		     !git_repository_open_ext(NULL, here, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL)))
			return jz_steal(path);
	}
	return jz_xstrdup(there);
}

static int wrap(git_repository *repo, const char *dir, struct jz_git **out, struct jz_err *err)
{
	struct jz_git *git;
	git_odb *odb;
	int rc = git_repository_odb(&odb, repo);

	if (rc) {
		git_repository_free(repo);
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot open the object database"));
	}
	/* Git's file about who is whose parent is not signed by anybody. */
	git_odb_set_commit_graph(odb, NULL);
	git = jz_xcalloc(1, sizeof(*git));
	git->repo = repo;
	git->odb = odb;
	git->dir = trimmed(git_repository_commondir(repo));
	git->own_dir = trimmed(git_repository_path(repo));
	git->workdir = trimmed(git_repository_workdir(repo));
	git->place = found_at(dir, git->own_dir);
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

/* Ids of SHA-256: neither libgit2 nor this program knows them, and what it says of it is no help. */
static bool by_sha256(const char *dir)
{
	git_buf path = {0};
	git_config *config = NULL;
	jz_autofree char *file = NULL;
	git_buf format = {0};
	bool found = false;

	if (git_repository_discover(&path, dir, 0, NULL))
		return false;
	file = jz_path_join(path.ptr, "config");
	found = !git_config_open_ondisk(&config, file) &&
		!git_config_get_string_buf(&format, config, "extensions.objectformat") &&
		!strcasecmp(format.ptr, "sha256");
	git_buf_dispose(&format);
	git_buf_dispose(&path);
	git_config_free(config);
	return found;
}

static int other_ids(const char *dir, struct jz_err *err)
{
	return jz_fail(err, JZ_E_IO,
		       _("the repository at '%s' names its objects by SHA-256, and a store by SHA-1: "
			 "make it with 'git init --object-format=sha1' or by 'jzbf init'"),
		       dir);
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
	if (rc) {
		rc = jz_git_fail(err, JZ_E_IO, rc, _("cannot open the repository"));
		return by_sha256(dir) ? other_ids(dir, err) : rc;
	}
	return wrap(repo, dir, out, err);
}

/* libgit2 tries out what the file system can by files in a working tree, which a kill would leave
 * there. So the repository is made bare, where it tries nothing, and told then that it is not. */
static int add_workdir(git_repository *repo)
{
	git_config *config;
	int rc = git_repository_config(&config, repo);

	if (rc)
		return rc;
	rc = git_config_set_bool(config, "core.logallrefupdates", true);
	if (!rc)
		rc = git_config_set_bool(config, "core.bare", false);
	git_config_free(config);
	return rc;
}

static int init(git_repository **repo, const char *path, bool bare, const char *branch)
{
	git_repository_init_options opts;
	int rc;

	git_repository_init_options_init(&opts, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	opts.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_MKDIR |
		     GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_DOTGIT_DIR;
	opts.initial_head = branch;
	rc = git_repository_init_ext(repo, path, &opts);
	return !rc && !bare ? add_workdir(*repo) : rc;
}

/* Beside its place, so that it is there whole or not at all; what a killed one left goes away. */
static int make(git_repository **repo, const char *path, bool bare, const char *branch)
{
	jz_autofree char *aside = jz_xasprintf("%s.new", path);
	int rc = git_repository_open_ext(repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);

	if (rc != GIT_ENOTFOUND)
		return rc;
	jz_remove_tree(aside, NULL);
	rc = init(repo, aside, bare, branch);
	git_repository_free(*repo);
	*repo = NULL;
	if (!rc && rename(aside, path)) { /* something of the caller's is in there */
		jz_remove_tree(aside, NULL);
		rc = init(repo, path, bare, branch);
		git_repository_free(*repo);
		*repo = NULL;
	}
	return rc ? rc : git_repository_open_ext(repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
}

int jz_git_init(const char *dir, bool bare, const char *branch, struct jz_git **out,
		struct jz_err *err)
{
	jz_autofree char *path = jz_path_join(dir, ".git");
	git_repository *repo = NULL;
	int rc = start(err);

	if (rc)
		return rc;
	rc = make(&repo, bare ? dir : path, bare, branch);
	if (rc) {
		rc = jz_git_fail(err, JZ_E_IO, rc, _("cannot make the repository"));
		return by_sha256(dir) ? other_ids(dir, err) : rc;
	}
	return wrap(repo, dir, out, err);
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
	free(git->place);
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

const char *jz_git_place(const struct jz_git *git)
{
	return git->place;
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

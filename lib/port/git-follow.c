#include "lib/port/git.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/port/git-impl.h"
#include "lib/port/git-index.h"

struct jz_git_follow {
	struct jz_git *git;
	char *scratch;
	char *index_path; /* git's index; NULL: bare, nothing to do */
	struct jz_git_lock lock;
	struct jz_git_index *index;
	time_t index_time; /* when git's index was written, for racily clean entries */
	struct jz_err *err;
	bool changed;
	char *seen;	 /* a path whose directories are no links */
	struct stat put; /* of the file that was put last; st_ino 0: none */
};

static int load_index(struct jz_git_follow *follow, struct jz_err *err)
{
	struct stat st;

	if (!stat(follow->index_path, &st))
		follow->index_time = st.st_mtime;
	return jz_git_index_read(follow->index_path, &follow->index, err);
}

int jz_git_follow_begin(struct jz_git *git, const char *scratch, struct jz_git_follow **out,
			struct jz_err *err)
{
	struct jz_git_follow *follow = jz_xcalloc(1, sizeof(*follow));
	int rc = 0;

	follow->git = git;
	follow->lock = (struct jz_git_lock)JZ_GIT_LOCK_INIT;
	if (git->workdir) {
		follow->scratch = jz_xstrdup(scratch);
		follow->index_path = jz_path_join(git->own_dir, "index");
		rc = jz_git_lock_take(&follow->lock, scratch, "index.own", follow->index_path, err);
		if (!rc)
			rc = load_index(follow, err);
	}
	if (rc) {
		jz_git_follow_free(follow);
		return rc;
	}
	*out = follow;
	return 0;
}

void jz_git_follow_free(struct jz_git_follow *follow)
{
	if (!follow)
		return;
	jz_git_lock_drop(&follow->lock);
	jz_git_index_free(follow->index);
	free(follow->scratch);
	free(follow->index_path);
	free(follow->seen);
	free(follow);
}

static bool same_stat(const struct jz_git_index_entry *entry, const struct stat *st)
{
	struct jz_git_index_entry now;

	jz_git_index_stat(&now, st);
	return entry->mtime == now.mtime && entry->mtime_ns == now.mtime_ns &&
	       entry->ino == now.ino && entry->size == now.size;
}

/* Where the directories of a path begin that it does not share with the one that was seen last. */
static size_t first_unseen(const struct jz_git_follow *follow, const char *path)
{
	size_t shared = 0;

	for (size_t i = 0; follow->seen && path[i] && path[i] == follow->seen[i]; i++)
		if (path[i] == '/')
			shared = i + 1;
	return shared;
}

/* A directory of the path that is a symbolic link would lead out of the working tree; git itself
 * does not go there either. */
static int check_no_link(struct jz_git_follow *follow, const char *path)
{
	jz_autofree char *full = jz_path_join(follow->git->workdir, path);
	char *slash = full + strlen(full) - strlen(path) + first_unseen(follow, path);
	struct stat st;

	while ((slash = strchr(slash, '/'))) {
		*slash = '\0';
		if (!lstat(full, &st) && S_ISLNK(st.st_mode))
			return jz_fail(follow->err, JZ_E_CONFLICT,
				       _("'%s' is a symbolic link where a directory belongs"),
				       full);
		*slash++ = '/';
	}
	free(follow->seen);
	follow->seen = jz_xstrdup(path);
	return 0;
}

/* What stands at a path of the working tree: its blob id, "" if nothing, "other" if no plain file.
 */
static int blob_in_tree(struct jz_git_follow *follow, const char *path, char blob[JZ_GIT_ID])
{
	jz_autofree char *full = jz_path_join(follow->git->workdir, path);
	struct jz_git_index_entry entry;
	bool there = jz_git_index_find(follow->index, path, &entry);
	struct stat st;
	git_oid oid;
	int rc = check_no_link(follow, path);

	blob[0] = '\0';
	if (rc)
		return rc;
	if (lstat(full, &st))
		return errno == ENOENT || errno == ENOTDIR ? 0 : jz_fail_errno(follow->err, full);
	if (!S_ISREG(st.st_mode)) {
		memcpy(blob, "other", sizeof("other"));
	} else if (there && same_stat(&entry, &st) && st.st_mtime < follow->index_time) {
		jz_git_hex(&entry.oid, blob);
	} else {
		rc = git_odb_hashfile(&oid, full, GIT_OBJECT_BLOB);
		if (rc)
			return jz_git_fail(follow->err, JZ_E_IO, rc, path);
		jz_git_hex(&oid, blob);
	}
	return 0;
}

static bool left_out(const struct jz_git_index_entry *entry) /* by a sparse checkout */
{
	return entry->extended & GIT_INDEX_ENTRY_SKIP_WORKTREE;
}

static int check_one(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	struct jz_git_follow *follow = data;
	struct jz_git_index_entry entry = {0};
	char staged[JZ_GIT_ID] = "", standing[JZ_GIT_ID];
	int rc;

	if (jz_git_index_find(follow->index, path, &entry))
		jz_git_hex(&entry.oid, staged);
	if (strcmp(staged, old_blob) && strcmp(staged, new_blob))
		return jz_fail(follow->err, JZ_E_CONFLICT,
			       _("'%s' has changes in git's index that no commit holds; commit "
				 "or reset them first"),
			       path);
	if (left_out(&entry))
		return 0;
	rc = blob_in_tree(follow, path, standing);
	if (!rc && strcmp(standing, old_blob) && strcmp(standing, new_blob))
		return jz_fail(follow->err, JZ_E_CONFLICT,
			       _("'%s' has uncommitted changes; commit or restore it first"), path);
	return rc;
}

int jz_git_follow_check(struct jz_git_follow *follow, const char *from, const char *to,
			struct jz_err *err)
{
	if (!follow->index_path)
		return 0;
	follow->err = err;
	return jz_git_changes(follow->git, from, to, check_one, follow, err);
}

/* Removes the directories above a removed file that are empty now. */
static void prune(const char *workdir, char *path)
{
	for (char *slash = strrchr(path, '/'); slash; slash = strrchr(path, '/')) {
		jz_autofree char *full = NULL;

		*slash = '\0';
		full = jz_path_join(workdir, path);
		if (rmdir(full))
			return;
	}
}

static int write_aside(struct jz_git_follow *follow, const char *aside, const struct jz_buf *bytes)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	jz_autoclose int fd = open(aside, flags, 0666);
	int rc;

	if (fd < 0 && errno == EEXIST && !unlink(aside))
		fd = open(aside, flags, 0666);
	if (fd < 0)
		return jz_fail_errno(follow->err, aside);
	rc = jz_fd_write(fd, bytes->data, bytes->len, follow->err);
	return !rc && fstat(fd, &follow->put) ? jz_fail_errno(follow->err, aside) : rc;
}

/* The new file appears whole: it is written aside, where `git status` does not look, and renamed.
 */
static int put_file(struct jz_git_follow *follow, const char *path, const char *blob)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_autofree char *full = jz_path_join(follow->git->workdir, path);
	jz_autofree char *aside = jz_path_join(follow->scratch, "file.work");
	char *slash = strrchr(full, '/');
	int rc = jz_git_blob(follow->git, blob, SIZE_MAX / 4, &bytes, follow->err);

	if (!rc)
		rc = write_aside(follow, aside, &bytes);
	if (rc)
		return rc;
	*slash = '\0';
	rc = jz_mkdirs(full, 0777, follow->err);
	*slash = '/';
	if (!rc && rename(aside, full))
		rc = jz_fail_errno(follow->err, full);
	return rc;
}

static int follow_file(struct jz_git_follow *follow, const char *path, const char *old_blob,
		       const char *new_blob)
{
	char standing[JZ_GIT_ID];
	int rc = blob_in_tree(follow, path, standing);

	if (rc || !strcmp(standing, new_blob) || strcmp(standing, old_blob))
		return rc;
	if (*new_blob)
		return put_file(follow, path, new_blob);
	jz_autofree char *name = jz_xstrdup(path);
	jz_autofree char *full = jz_path_join(follow->git->workdir, path);

	if (unlink(full) && errno != ENOENT)
		return jz_fail_errno(follow->err, full);
	prune(follow->git->workdir, name);
	return 0;
}

/* Is the file still the one that was put there a moment ago? */
static bool is_put(const struct jz_git_follow *follow, const struct stat *st)
{
	const struct stat *put = &follow->put;

	return put->st_ino && put->st_ino == st->st_ino && put->st_dev == st->st_dev &&
	       put->st_size == st->st_size && put->st_mtim.tv_sec == st->st_mtim.tv_sec &&
	       put->st_mtim.tv_nsec == st->st_mtim.tv_nsec;
}

/* An entry takes the stat of its file only if the file is what the entry says; without one git
 * looks at the content. */
static int put_entry(struct jz_git_follow *follow, const char *path, const char *blob)
{
	jz_autofree char *full = jz_path_join(follow->git->workdir, path);
	struct jz_git_index_entry entry = {.mode = GIT_FILEMODE_BLOB};
	char standing[JZ_GIT_ID] = "";
	struct stat st;
	bool there = !lstat(full, &st);
	int rc = jz_git_oid(blob, &entry.oid, follow->err);

	if (!rc && there && !is_put(follow, &st)) {
		rc = blob_in_tree(follow, path, standing);
		there = !strcmp(standing, blob) && !lstat(full, &st);
	}
	if (rc)
		return rc;
	if (there)
		jz_git_index_stat(&entry, &st);
	jz_git_index_put(follow->index, path, &entry);
	return 0;
}

static int apply_one(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	struct jz_git_follow *follow = data;
	struct jz_git_index_entry entry = {0};
	char staged[JZ_GIT_ID] = "";
	int rc = 0;

	follow->put.st_ino = 0;
	if (jz_git_index_find(follow->index, path, &entry))
		jz_git_hex(&entry.oid, staged);
	if (!left_out(&entry))
		rc = follow_file(follow, path, old_blob, new_blob);
	if (rc || (strcmp(staged, old_blob) && strcmp(staged, new_blob)))
		return rc;
	follow->changed = true;
	if (!*new_blob) {
		jz_git_index_put(follow->index, path, NULL);
		return 0;
	}
	if (left_out(&entry)) {
		rc = jz_git_oid(new_blob, &entry.oid, follow->err);
		jz_git_index_put(follow->index, path, &entry);
		return rc;
	}
	return put_entry(follow, path, new_blob);
}

/* An entry whose file changed in the second in which the index was last written looks clean by its
 * stat alone once the index is written anew: git marks such an entry by size 0, and so do we. */
static void mark_racy(void *data, const char *path, const struct jz_git_index_entry *entry)
{
	struct jz_git_follow *follow = data;
	jz_autofree char *full = jz_path_join(follow->git->workdir, path);
	struct jz_git_index_entry marked = *entry;
	struct stat st;
	git_oid oid;

	if (!entry->size || lstat(full, &st) || !S_ISREG(st.st_mode) || !same_stat(entry, &st) ||
	    git_odb_hashfile(&oid, full, GIT_OBJECT_BLOB) || git_oid_equal(&oid, &entry->oid))
		return;
	marked.size = 0;
	jz_git_index_put(follow->index, path, &marked);
}

static int write_index(struct jz_git_follow *follow)
{
	int rc = jz_git_index_write(follow->index, follow->lock.fd, follow->err);

	return rc ? rc : jz_git_lock_commit(&follow->lock, follow->index_path, follow->err);
}

int jz_git_follow_apply(struct jz_git_follow *follow, const char *from, const char *to,
			struct jz_err *err)
{
	int rc;

	if (!follow->index_path)
		return 0;
	follow->err = err;
	jz_git_index_since(follow->index, (int64_t)follow->index_time, mark_racy, follow);
	rc = jz_git_changes(follow->git, from, to, apply_one, follow, err);
	if (!rc && follow->changed)
		rc = write_index(follow);
	return rc;
}

static char index_letter(unsigned status)
{
	return status & GIT_STATUS_INDEX_NEW	      ? 'A'
	       : status & GIT_STATUS_INDEX_MODIFIED   ? 'M'
	       : status & GIT_STATUS_INDEX_DELETED    ? 'D'
	       : status & GIT_STATUS_INDEX_TYPECHANGE ? 'T'
						      : ' ';
}

static char tree_letter(unsigned status)
{
	return status & GIT_STATUS_WT_MODIFIED	   ? 'M'
	       : status & GIT_STATUS_WT_DELETED	   ? 'D'
	       : status & GIT_STATUS_WT_TYPECHANGE ? 'T'
						   : ' ';
}

int jz_git_status(struct jz_git *git, jz_git_status_fn *each, void *data, struct jz_err *err)
{
	git_status_options opts;
	git_status_list *list;
	int rc;

	if (!git->workdir)
		return 0;
	git_status_options_init(&opts, GIT_STATUS_OPTIONS_VERSION);
	opts.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	opts.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	rc = git_status_list_new(&list, git->repo, &opts);
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot compare the working tree"));
	for (size_t i = 0; !rc && i < git_status_list_entrycount(list); i++) {
		const git_status_entry *entry = git_status_byindex(list, i);
		const git_diff_delta *delta =
			entry->head_to_index ? entry->head_to_index : entry->index_to_workdir;
		char code[3] = {index_letter(entry->status), tree_letter(entry->status), '\0'};

		if (entry->status == GIT_STATUS_WT_NEW)
			code[0] = code[1] = '?';
		if (entry->status & GIT_STATUS_CONFLICTED)
			code[0] = code[1] = 'U';
		rc = each(data, delta->new_file.path, code);
	}
	git_status_list_free(list);
	return rc;
}

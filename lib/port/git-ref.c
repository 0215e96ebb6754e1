#include "lib/port/git.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/port/git-impl.h"

static long patience_ms = 5000;

void jz_git_set_patience(long ms)
{
	patience_ms = ms;
}

static void pause_ms(long ms)
{
	struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&span, NULL);
}

/* link() that waits while the name is taken. Where the file system has no hard links the lock is
 * made as git makes it; a leftover of a kill must then be removed by hand, as git's own. */
static int link_waiting(struct jz_git_lock *lock, struct jz_err *err)
{
	for (long waited = 0, step = 5;; waited += step, step = step < 100 ? step * 2 : 100) {
		if (!link(lock->own, lock->path))
			return 0;
		if (errno == EPERM || errno == EOPNOTSUPP || errno == EXDEV || errno == EMLINK) {
			int fd = open(lock->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

			if (fd >= 0) {
				close(lock->fd);
				lock->fd = fd;
				return 0;
			}
		}
		if (errno != EEXIST)
			return jz_fail_errno(err, lock->path);
		if (waited >= patience_ms)
			return jz_fail(err, JZ_E_CONFLICT,
				       _("another git holds '%s'; if none is running, remove it"),
				       lock->path);
		pause_ms(step);
	}
}

static void lock_forget(struct jz_git_lock *lock)
{
	if (lock->fd >= 0) { /* else it is that of a killed process, and still needed */
		unlink(lock->own);
		close(lock->fd);
	}
	free(lock->own);
	free(lock->path);
	*lock = (struct jz_git_lock)JZ_GIT_LOCK_INIT;
}

/* Removes target.lock if it is the second link of scratch/own. */
static void unstale(const char *scratch, const char *own, const char *target)
{
	jz_autofree char *mine = jz_path_join(scratch, own);
	jz_autofree char *path = jz_xasprintf("%s.lock", target);
	struct stat a, b;

	if (lstat(mine, &a))
		return;
	/* Last of the two: while it is there the lock can be recognised. */
	if (lstat(path, &b) || a.st_dev != b.st_dev || a.st_ino != b.st_ino || !unlink(path))
		unlink(mine);
}

int jz_git_lock_take(struct jz_git_lock *lock, const char *scratch, const char *own,
		     const char *target, struct jz_err *err)
{
	int rc;

	lock->own = jz_path_join(scratch, own);
	lock->path = jz_xasprintf("%s.lock", target);
	unstale(scratch, own, target);
	lock->fd = open(lock->own, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	rc = lock->fd < 0 ? jz_fail_errno(err, lock->own) : link_waiting(lock, err);
	if (rc)
		lock_forget(lock);
	return rc;
}

void jz_git_lock_drop(struct jz_git_lock *lock)
{
	if (lock->fd < 0)
		return;
	unlink(lock->path);
	lock_forget(lock);
}

static int sync_parent(const char *path, struct jz_err *err)
{
	const char *slash = strrchr(path, '/');
	jz_autofree char *dir = slash ? jz_xstrndup(path, (size_t)(slash - path)) : jz_xstrdup(".");
	jz_autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) ? jz_fail_errno(err, dir) : 0;
}

int jz_git_lock_commit(struct jz_git_lock *lock, const char *target, struct jz_err *err)
{
	int rc;

	if (fsync(lock->fd) || rename(lock->path, target)) {
		rc = jz_fail_errno(err, target);
		jz_git_lock_drop(lock);
		return rc;
	}
	lock_forget(lock);
	return sync_parent(target, err);
}

void jz_git_unlock_stale(struct jz_git *git, const char *scratch, const char *ref)
{
	jz_autofree char *index = jz_path_join(git->own_dir, "index");
	jz_autofree char *config = jz_path_join(git->dir, "config");

	unstale(scratch, "index.own", index);
	unstale(scratch, "config.own", config);
	if (ref) {
		jz_autofree char *target = jz_path_join(git->dir, ref);

		unstale(scratch, "ref.own", target);
	}
}

/* The commit that a branch stands at, "" if it does not exist. */
static int read_ref(struct jz_git *git, const char *ref, char commit[JZ_GIT_ID], struct jz_err *err)
{
	git_reference *found;
	int rc = git_reference_lookup(&found, git->repo, ref);

	commit[0] = '\0';
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read the branch"));
	if (git_reference_type(found) == GIT_REFERENCE_DIRECT)
		jz_git_hex(git_reference_target(found), commit);
	else
		rc = jz_fail(err, JZ_E_CONFLICT, _("branch '%s' is a link to another one"), ref);
	git_reference_free(found);
	return rc;
}

static bool keeps_reflog(struct jz_git *git, const char *log)
{
	git_config *config;
	int on = !git_repository_is_bare(git->repo);

	if (!git_repository_config_snapshot(&config, git->repo)) {
		git_config_get_bool(&on, config, "core.logallrefupdates");
		git_config_free(config);
	}
	return on || jz_exists(log);
}

/* One line in one write, as git does it; the reflog helps people, a failure to write it stops
 * nothing. */
static void append_reflog(struct jz_git *git, const char *dir, const char *ref, const char *line)
{
	jz_autofree char *path = jz_xasprintf("%s/logs/%s", dir, ref);
	char *slash = strrchr(path, '/');
	int fd;

	if (!keeps_reflog(git, path))
		return;
	*slash = '\0';
	if (jz_mkdirs(path, 0777, NULL))
		return;
	*slash = '/';
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	jz_fd_write(fd, line, strlen(line), NULL);
	close(fd);
}

static void write_reflogs(struct jz_git *git, const char *ref, const char *from, const char *to,
			  const struct jz_git_person *who, const char *message)
{
	const char *zero = "0000000000000000000000000000000000000000";
	unsigned offset = (unsigned)abs(who->offset);
	jz_autofree char *line =
		jz_xasprintf("%s %s %s <%s> %lld %c%02u%02u\tcommit%s: %.*s\n", *from ? from : zero,
			     to, who->name, who->email, (long long)who->time,
			     who->offset < 0 ? '-' : '+', offset / 60, offset % 60,
			     *from ? "" : " (initial)", (int)strcspn(message, "\n"), message);

	append_reflog(git, git->own_dir, "HEAD", line);
	append_reflog(git, git->dir, ref, line);
}

int jz_git_move_branch(struct jz_git *git, const char *scratch, const char *ref, const char *from,
		       const char *to, const struct jz_git_person *who, const char *message,
		       struct jz_err *err)
{
	struct jz_git_lock lock = JZ_GIT_LOCK_INIT;
	jz_autofree char *target = jz_path_join(git->dir, ref);
	char *slash = strrchr(target, '/');
	char now[JZ_GIT_ID];
	int rc;

	*slash = '\0'; /* packed branches leave no directory */
	rc = jz_mkdirs(target, 0777, err);
	*slash = '/';
	if (!rc)
		rc = jz_git_lock_take(&lock, scratch, "ref.own", target, err);
	if (rc)
		return rc;
	rc = read_ref(git, ref, now, err);
	if (!rc && strcmp(now, from))
		rc = jz_fail(err, JZ_E_CONFLICT, _("the branch has moved meanwhile"));
	if (!rc) {
		char line[JZ_GIT_ID + 1];

		snprintf(line, sizeof(line), "%s\n", to);
		rc = jz_fd_write(lock.fd, line, strlen(line), err);
	}
	if (rc) {
		jz_git_lock_drop(&lock);
		return rc;
	}
	write_reflogs(git, ref, from, to, who, message);
	return jz_git_lock_commit(&lock, target, err);
}

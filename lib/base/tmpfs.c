#include "lib/base/tmpfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define PREFIX	  "jzbf."
#define LOCK_NAME "alive"
#define MAX_OPEN  16

/* Paths that this process holds, for a signal handler that cannot walk anything else. It looks at
 * those only that are complete. */
enum { FREE, TAKEN, COMPLETE };
static struct {
	atomic_int state;
	char path[64];
	char keep[96]; /* the file in it that says to leave it alone */
} held[MAX_OPEN];

bool jz_is_tmpfs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 &&
	       ((unsigned long)fs.f_type == TMPFS_MAGIC || (unsigned long)fs.f_type == RAMFS_MAGIC);
}

static bool usable(const char *path)
{
	/* Agent sockets in the directory have to stay under 108 bytes. */
	return path && *path && strlen(path) < 40 && jz_is_tmpfs(path) &&
	       access(path, W_OK | X_OK) == 0;
}

static const char *tmpfs_root(void)
{
	const char *chosen = getenv("JZBF_TMPFS");
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (chosen && *chosen)
		return usable(chosen) ? chosen : NULL;
	if (usable(runtime))
		return runtime;
	return usable("/dev/shm") ? "/dev/shm" : NULL;
}

static void hold(const char *path)
{
	for (int i = 0; i < MAX_OPEN; i++) {
		int expected = FREE;

		if (!atomic_compare_exchange_strong(&held[i].state, &expected, TAKEN))
			continue;
		jz_copy(held[i].path, sizeof(held[i].path), path);
		snprintf(held[i].keep, sizeof(held[i].keep), "%s/" JZ_TMPFS_KEEP, path);
		atomic_store(&held[i].state, COMPLETE);
		return;
	}
}

static void let_go(const char *path)
{
	for (int i = 0; i < MAX_OPEN; i++)
		if (atomic_load(&held[i].state) == COMPLETE && !strcmp(held[i].path, path))
			atomic_store(&held[i].state, FREE);
}

/* Makes a directory of our own, empty and held: no signal comes between the two. "": not made. */
static void make_held(const char *root, char *path, size_t size)
{
	sigset_t all, before;
	char token[7];
	int made;

	sigfillset(&all);
	do {
		jz_random_token(token, 6);
		snprintf(path, size, "%s/" PREFIX "%s", root, token);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		made = mkdir(path, 0700);
		if (!made)
			hold(path);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	} while (made && errno == EEXIST);
	if (made)
		path[0] = '\0';
}

/* The lock is held before it has a name: nobody who sweeps finds it free. */
static int locked_file(const char *dir, const char *name)
{
	char self[32];
	int fd = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) ||
			linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int jz_tmpdir_init(struct jz_tmpdir *dir, struct jz_err *err)
{
	const char *root = tmpfs_root();
	char path[sizeof(dir->path)], lock[96];
	int fd;

	dir->path[0] = '\0';
	dir->lock = -1;
	if (!root && getenv("JZBF_TMPFS") && *getenv("JZBF_TMPFS"))
		return jz_fail(err, JZ_E_IO,
			       _("no file system in memory for secrets: '%s' (JZBF_TMPFS) must be a "
				 "tmpfs that you may write to, its path shorter than 40 bytes"),
			       getenv("JZBF_TMPFS"));
	if (!root)
		return jz_fail(
			err, JZ_E_IO,
			_("no file system in memory for secrets: XDG_RUNTIME_DIR or /dev/shm "
			  "must be a tmpfs that you may write to"));
	make_held(root, path, sizeof(path));
	if (!path[0])
		return jz_fail_errno(err, root);
	snprintf(lock, sizeof(lock), "%s/" LOCK_NAME, path);
	fd = locked_file(path, lock);
	if (fd < 0) {
		int failed = jz_fail_errno(err, lock);

		jz_remove_tree(path, NULL);
		let_go(path);
		return failed;
	}
	jz_copy(dir->path, sizeof(dir->path), path);
	dir->lock = fd;
	return 0;
}

void jz_tmpdir_release(struct jz_tmpdir *dir)
{
	if (!dir->path[0])
		return;
	jz_remove_tree(dir->path, NULL);
	let_go(dir->path);
	if (dir->lock >= 0)
		close(dir->lock);
	dir->path[0] = '\0';
	dir->lock = -1;
}

static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int entries = 0;

	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		entries++;
	closedir(dir);
	return entries <= 2; /* itself and its parent */
}

static bool kept(const char *path)
{
	jz_autofree char *file = jz_path_join(path, JZ_TMPFS_KEEP);

	return jz_exists(file);
}

/* Locks a directory whose process is gone; -1: it lives, or is not ours. -2: it never got a lock.
 */
static int lock_stale(const char *path)
{
	char lock[160];
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return -1;
	snprintf(lock, sizeof(lock), "%s/" LOCK_NAME, path);
	fd = open(lock, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		/* Without a lock: only just made, then it is empty and left a minute; or its
		 * process was killed while it removed it. */
		if (errno != ENOENT || (st.st_mtime + 60 > time(NULL) && is_empty(path)))
			return -1;
		/* It may have got one since it was looked for. */
		fd = open(lock, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return errno == ENOENT ? -2 : -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Calls fn for every directory whose process is gone and removes it if fn returns true. */
static int each_stale(bool (*fn)(void *data, const char *path), void *data)
{
	const char *root = tmpfs_root();
	DIR *dir = root ? opendir(root) : NULL;
	struct dirent *entry;
	int removed = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		jz_autofree char *path = NULL;
		int fd;

		if (!jz_starts_with(entry->d_name, PREFIX) || strlen(entry->d_name) > 16)
			continue;
		path = jz_path_join(root, entry->d_name);
		fd = lock_stale(path);
		if (fd != -1 && fn(data, path))
			removed += jz_remove_tree(path, NULL) == 0;
		if (fd >= 0)
			close(fd);
	}
	closedir(dir);
	return removed;
}

struct sweep {
	void (*before_remove)(const char *path);
};

static bool sweep_one(void *data, const char *path)
{
	const struct sweep *sweep = data;

	if (kept(path))
		return false;
	if (sweep->before_remove)
		sweep->before_remove(path);
	return true;
}

int jz_tmpfs_sweep(void (*before_remove)(const char *path))
{
	struct sweep sweep = {before_remove};

	return each_stale(sweep_one, &sweep);
}

struct rescue {
	bool (*fn)(void *data, const char *path);
	void *data;
};

static bool rescue_one(void *data, const char *path)
{
	const struct rescue *rescue = data;

	return kept(path) && rescue->fn(rescue->data, path);
}

void jz_tmpfs_rescue(bool (*rescue)(void *data, const char *path), void *data)
{
	struct rescue with = {rescue, data};

	each_stale(rescue_one, &with);
}

/* Programs that are about to end, gpg and its agent, may still put something there meanwhile. */
static void remove_wholly(const char *path)
{
	const struct timespec span = {.tv_nsec = 5000000};

	for (int tries = 0; !jz_remove_tree_by_signal(path) && tries < 40; tries++)
		nanosleep(&span, NULL);
}

static void (*_Atomic before_release)(const char *path);

void jz_tmpfs_before_release(void (*fn)(const char *path))
{
	atomic_store(&before_release, fn);
}

void jz_tmpfs_release_all(void)
{
	void (*before)(const char *path) = atomic_load(&before_release);

	for (int i = 0; i < MAX_OPEN; i++) {
		if (atomic_load(&held[i].state) == COMPLETE && access(held[i].keep, F_OK)) {
			if (before)
				before(held[i].path);
			remove_wholly(held[i].path);
			atomic_store(&held[i].state, FREE);
		}
	}
}

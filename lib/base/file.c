#include "lib/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

int jz_fd_read(int fd, const char *name, size_t limit, struct jz_buf *buf, struct jz_err *err)
{
	size_t start = buf->len;

	for (;;) {
		size_t room;
		ssize_t got;

		if (buf->cap - buf->len < 2)
			jz_buf_reserve(buf, buf->len < 8192 ? 8192 : buf->len);
		room = buf->cap - buf->len - 1;
		if (room > limit + 1 - (buf->len - start))
			room = limit + 1 - (buf->len - start);
		got = read(fd, buf->data + buf->len, room);
		if (got < 0) {
			if (errno == EINTR)
				continue;
			return jz_fail_errno(err, name);
		}
		buf->len += (size_t)got;
		buf->data[buf->len] = '\0';
		if (!got)
			return 0;
		if (buf->len - start > limit)
			return jz_fail(err, JZ_E_INVALID, _("'%s' is larger than %zu bytes"), name,
				       limit);
	}
}

int jz_file_read(const char *path, size_t limit, struct jz_buf *buf, struct jz_err *err)
{
	jz_autoclose int fd = -1;
	struct stat st;

	if (!strcmp(path, "-"))
		return jz_fd_read(STDIN_FILENO, path, limit, buf, err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return jz_fail_errno(err, path);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return jz_fail_errno(err, path);
	}
	if (S_ISREG(st.st_mode)) {
		if ((uintmax_t)st.st_size > limit)
			return jz_fail(err, JZ_E_INVALID, _("'%s' is larger than %zu bytes"), path,
				       limit);
		jz_buf_reserve(buf, (size_t)st.st_size + 1);
	}
	return jz_fd_read(fd, path, limit, buf, err);
}

int jz_file_read_own(const char *path, size_t limit, struct jz_buf *buf, struct jz_err *err)
{
	jz_autoclose int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return jz_fail_errno(err, path);
	if (!S_ISREG(st.st_mode))
		return jz_fail(err, JZ_E_IO, _("'%s' is no plain file"), path);
	return jz_fd_read(fd, path, limit, buf, err);
}

int jz_fd_write(int fd, const void *bytes, size_t len, struct jz_err *err)
{
	const char *p = bytes;

	while (len) {
		ssize_t put = write(fd, p, len);

		if (put < 0) {
			if (errno == EINTR)
				continue;
			return jz_fail_errno(err, _("cannot write"));
		}
		p += put;
		len -= (size_t)put;
	}
	return 0;
}

static int sync_parent(const char *path, struct jz_err *err)
{
	jz_autofree char *dir = jz_xstrdup(path);
	jz_autoclose int fd = -1;
	char *slash = strrchr(dir, '/');

	if (slash)
		slash[slash == dir] = '\0';
	fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return jz_fail_errno(err, path);
	return 0;
}

int jz_file_replace(const char *path, const void *bytes, size_t len, int mode, struct jz_err *err)
{
	char token[9];
	jz_autofree char *temp = NULL;

	jz_random_token(token, 8);
	temp = jz_xasprintf("%s.%s", path, token);
	return jz_file_replace_by(temp, path, bytes, len, mode, err);
}

int jz_file_replace_by(const char *temp, const char *path, const void *bytes, size_t len, int mode,
		       struct jz_err *err)
{
	jz_autoclose int fd = -1;
	int failed;

	/* people asked for path: errors name it, not the file beside it */
	unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return jz_fail_errno(err, path);
	failed = jz_fd_write(fd, bytes, len, err);
	if (!failed && fsync(fd) < 0)
		failed = jz_fail_errno(err, path);
	if (!failed && rename(temp, path) < 0)
		failed = jz_fail_errno(err, path);
	if (failed) {
		unlink(temp);
		return failed;
	}
	return sync_parent(path, err);
}

int jz_mkdirs(const char *path, int mode, struct jz_err *err)
{
	jz_autofree char *copy = NULL;

	if (!mkdir(path, (mode_t)mode) || errno == EEXIST) /* mostly all but the last are there */
		return 0;
	copy = jz_xstrdup(path);
	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, (mode_t)mode) < 0 && errno != EEXIST)
			return jz_fail_errno(err, copy);
		*p = '/';
	}
	if (mkdir(copy, (mode_t)mode) < 0 && errno != EEXIST)
		return jz_fail_errno(err, copy);
	return 0;
}

static bool is_dot(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Removes what is in the open directory. A signal handler calls it: system calls only, so no
 * readdir(), which allocates. */
static int empty_dir(int dir, int depth)
{
	_Alignas(struct dirent64) char entries[2048];
	ssize_t len = 0;
	int failed = 0;

	while ((len = getdents64(dir, entries, sizeof(entries))) > 0) {
		for (char *at = entries; at < entries + len;) {
			const struct dirent64 *entry = (void *)at;
			const char *name = entry->d_name;
			int sub = -1;

			at += entry->d_reclen;
			if (is_dot(name) || unlinkat(dir, name, 0) == 0)
				continue;
			if (depth < 32)
				sub = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (sub >= 0) {
				failed |= empty_dir(sub, depth + 1);
				close(sub);
			}
			if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
				failed = -1;
		}
	}
	return len < 0 ? -1 : failed;
}

/* 0 or errno. */
static int remove_tree(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), failed;

	if (fd < 0)
		return errno == ENOENT || (errno == ENOTDIR && unlink(path) == 0) ? 0 : errno;
	failed = empty_dir(fd, 0) < 0 ? errno : 0;
	close(fd);
	return failed || rmdir(path) == 0 ? failed : errno;
}

bool jz_remove_tree_by_signal(const char *path)
{
	return remove_tree(path) == 0;
}

int jz_remove_tree(const char *path, struct jz_err *err)
{
	int failed = remove_tree(path);

	if (!failed)
		return 0;
	errno = failed;
	return jz_fail_errno(err, path);
}

bool jz_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

char *jz_path_join(const char *dir, const char *name)
{
	return jz_xasprintf("%s%s%s", dir, jz_ends_with(dir, "/") ? "" : "/", name);
}

const char *jz_self(void)
{
	static char path[PATH_MAX];

	if (!path[0]) {
		ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

		if (len <= 0)
			return NULL;
		path[len] = '\0';
	}
	return path;
}

/* An installed program (PREFIX/bin/jzbf) has its data below PREFIX/share and nowhere else; in a
 * build tree (build/jzbf, build/san-x/jzbf, build/tests/x) `name` lies in a directory above. */
static bool find_data(const char *name, const char *probe, const char *share, char *out)
{
	char dir[PATH_MAX];
	char file[PATH_MAX + 64];
	char *slash;

	if (!jz_self() || !jz_copy(dir, sizeof(dir), jz_self()) || !(slash = strrchr(dir, '/')))
		return false;
	*slash = '\0';
	if (jz_ends_with(dir, "/bin")) {
		*strrchr(dir, '/') = '\0';
		snprintf(out, PATH_MAX, "%.*s/share/%s", PATH_MAX - 64, dir, share);
		return true;
	}
	for (int up = 0; up < 4; up++) {
		snprintf(file, sizeof(file), "%s/%s/%s", dir, name, probe);
		if (jz_exists(file)) {
			snprintf(out, PATH_MAX, "%.*s/%s", PATH_MAX - 64, dir, name);
			return true;
		}
		slash = strrchr(dir, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	return false;
}

const char *jz_schema_dir(void)
{
	static char path[PATH_MAX];
	const char *env = getenv("JZBF_SCHEMAS");

	if (env && *env)
		return env;
	if (!path[0] && !find_data("schemas", "case.yaml", "jzbf/schemas", path))
		return NULL;
	return path;
}

const char *jz_locale_dir(void)
{
	static char path[PATH_MAX];

	if (!path[0] && !find_data("locale", "zh_CN/LC_MESSAGES/jzbf.mo", "locale", path))
		return NULL;
	return path;
}

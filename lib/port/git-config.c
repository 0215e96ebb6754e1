#include "lib/port/git.h"

#include <fcntl.h>
#include <stdint.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/port/git-impl.h"

static int copy_file(const char *from, const char *to, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_autoclose int fd = -1;
	int rc = jz_exists(from) ? jz_file_read(from, SIZE_MAX / 4, &bytes, err) : 0;

	if (rc)
		return rc;
	unlink(to);
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? jz_fail_errno(err, to) : jz_fd_write(fd, bytes.data, bytes.len, err);
}

static int set_in_file(const char *path, const char *key, const char *value, struct jz_err *err)
{
	git_config *config = NULL;
	int rc = git_config_open_ondisk(&config, path);

	if (!rc)
		rc = value ? git_config_set_string(config, key, value)
			   : git_config_delete_entry(config, key);
	if (!value && rc == GIT_ENOTFOUND)
		rc = 0;
	git_config_free(config);
	return rc ? jz_git_fail(err, JZ_E_IO, rc, _("cannot write git's configuration")) : 0;
}

/* As with git's index: libgit2's own lock could not be told from a living one after a kill, so it
 * works on a copy, and our lock file carries the result over. */
int jz_git_config_set(struct jz_git *git, const char *scratch, const char *key, const char *value,
		      struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_autofree char *target = jz_path_join(git->dir, "config");
	jz_autofree char *work = jz_path_join(scratch, "config.work");
	jz_autofree char *leftover = jz_xasprintf("%s.lock", work);
	struct jz_git_lock lock = JZ_GIT_LOCK_INIT;
	int rc = jz_git_lock_take(&lock, scratch, "config.own", target, err);

	if (rc)
		return rc;
	unlink(leftover);
	rc = copy_file(target, work, err);
	if (!rc)
		rc = set_in_file(work, key, value, err);
	if (!rc)
		rc = jz_file_read(work, SIZE_MAX / 4, &bytes, err);
	if (!rc)
		rc = jz_fd_write(lock.fd, bytes.data, bytes.len, err);
	if (!rc)
		rc = jz_git_lock_commit(&lock, target, err);
	jz_git_lock_drop(&lock);
	unlink(work);
	return rc;
}

int jz_git_config_get(struct jz_git *git, const char *key, struct jz_buf *value, struct jz_err *err)
{
	git_config *config;
	git_buf text = {0};
	int rc = git_repository_config(&config, git->repo);

	if (rc)
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot read git's configuration"));
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

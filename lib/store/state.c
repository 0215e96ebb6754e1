#include "lib/store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/sha1.h"
#include "lib/base/str.h"

/* As git would name a file of these bytes. */
static void name_of(const char *real, char id[2 * JZ_SHA1_SIZE + 1])
{
	jz_autofree char *head = jz_xasprintf("blob %zu", strlen(real));
	uint8_t hash[JZ_SHA1_SIZE];
	struct jz_sha1 sha1;

	jz_sha1_init(&sha1);
	jz_sha1_add(&sha1, head, strlen(head) + 1);
	jz_sha1_add(&sha1, real, strlen(real));
	jz_sha1_end(&sha1, hash);
	jz_hex(hash, sizeof(hash), id);
}

int jz_state_home(char **out, struct jz_err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && *state == '/')
		*out = jz_xstrdup(state);
	else if (home && *home == '/')
		*out = jz_path_join(home, ".local/state");
	else
		return jz_fail(err, JZ_E_IO, _("neither XDG_STATE_HOME nor HOME is set: what is believed of "
				 "this clone is kept there, so set one"));
	return 0;
}

int jz_state_file(const char *subject, const char *place, char **out, struct jz_err *err)
{
	jz_autofree char *state = NULL;
	char id[2 * JZ_SHA1_SIZE + 1];
	int rc = jz_state_home(&state, err);

	if (rc)
		return rc;
	if (strchr(place, '\n'))
		return jz_fail(err, JZ_E_IO, _("the repository's path has a line break in it"));
	name_of(place, id);
	*out = jz_xasprintf("%s/jzbf/%s/%s", state, subject, id);
	return 0;
}

int jz_state_path(const char *subject, const char *git_dir, char real[PATH_MAX], char **out,
		  struct jz_err *err)
{
	return realpath(git_dir, real) ? jz_state_file(subject, real, out, err)
				       : jz_fail_errno(err, git_dir);
}

int jz_state_lock(const char *path, int *fd, struct jz_err *err)
{
	jz_autofree char *lock = jz_xasprintf("%s.lock", path);
	jz_autofree char *dir = jz_xstrndup(path, (size_t)(strrchr(path, '/') - path));
	jz_autoclose int file = -1;
	int rc = jz_mkdirs(dir, 0700, err);

	if (rc)
		return rc;
	file = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file < 0)
		return jz_fail_errno(err, lock);
	while (flock(file, LOCK_EX))
		if (errno != EINTR)
			return jz_fail_errno(err, lock);
	*fd = file;
	file = -1;
	return 0;
}

#include "lib/store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define PATIENCE_S 30

long jz_lock_patience_ms(void)
{
	const char *text = getenv("JZBF_LOCK_WAIT");
	long seconds;

	if (!text || !jz_parse_int(text, 0, 3600, &seconds))
		seconds = PATIENCE_S;
	return seconds * 1000;
}

static struct flock whole(void)
{
	return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

static long read_holder(int fd)
{
	char text[24] = "";
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	long pid = 0;

	if (len <= 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	return jz_parse_int(text, 1, 1L << 30, &pid) ? pid : 0;
}

static void write_holder(int fd)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	/* Only for people to read: a full disk must not keep the lock from being taken. */
	if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)len, 0) != len)
		return;
}

int jz_lock_take(const char *dir, long wait_ms, struct jz_lock *lock, struct jz_err *err)
{
	jz_autofree char *path = jz_path_join(dir, "lock");
	jz_autoclose int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	struct flock range = whole();

	if (fd < 0)
		return jz_fail_errno(err, path);
	for (long waited = 0, step = 2; fcntl(fd, F_OFD_SETLK, &range);) {
		struct timespec span = {.tv_nsec = step * 1000000};

		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return jz_fail_errno(err, path);
		if (waited >= wait_ms)
			return jz_fail(err, JZ_E_CONFLICT,
				       _("another jzbf (process %ld) is writing to the store"),
				       read_holder(fd));
		nanosleep(&span, NULL);
		waited += step;
		step = step < 50 ? step * 2 : 50;
	}
	write_holder(fd);
	lock->fd = fd;
	fd = -1;
	return 0;
}

void jz_lock_release(struct jz_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}

long jz_lock_holder(const char *dir)
{
	jz_autofree char *path = jz_path_join(dir, "lock");
	jz_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct flock range = whole();

	if (fd < 0)
		return 0;
	range.l_type = F_RDLCK; /* the file is open for reading only; a writer's lock conflicts */
	if (fcntl(fd, F_OFD_GETLK, &range) || range.l_type == F_UNLCK)
		return 0;
	return read_holder(fd);
}

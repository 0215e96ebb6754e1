#include "lib/port/keep.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/i18n.h"

/* Its owner may find, read and remove it, from whatever session; nobody else may do anything. */
#define OWNER_ONLY 0x3f3f0000u

static long key_of(const char *name)
{
	return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", name, 0);
}

int jz_keep(const char *name, const void *bytes, size_t len, unsigned seconds, struct jz_err *err)
{
	long key = syscall(SYS_add_key, "user", name, bytes, len, KEY_SPEC_USER_KEYRING);

	if (key >= 0 && !syscall(SYS_keyctl, KEYCTL_SETPERM, key, OWNER_ONLY) &&
	    !syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, key, seconds))
		return 0;
	if (key >= 0)
		syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
	return jz_fail(err, JZ_E_IO,
		       _("the kernel's keyring cannot be used here (%s); containers often forbid "
			 "it"),
		       strerror(errno));
}

bool jz_kept(const char *name, void *bytes, size_t len)
{
	long key = key_of(name);

	return key >= 0 && syscall(SYS_keyctl, KEYCTL_READ, key, NULL, 0) == (long)len &&
	       syscall(SYS_keyctl, KEYCTL_READ, key, bytes, len) == (long)len;
}

void jz_keep_drop(const char *name)
{
	long key = key_of(name);

	if (key < 0)
		return;
	syscall(SYS_keyctl, KEYCTL_REVOKE, key);
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
}

/* Twins of the private home: an agent does one operation at a time, and one agent for several
 * co-processes is what they would wait for. */
#include "lib/store/keyring-impl.h"

#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

/* The twin sees the keys of the home, whatever is opened later; its socket and agent are its own. */
static int make_twin(const struct jz_keyring *keyring, struct jz_tmpdir *twin, struct jz_err *err)
{
	static const char *const shared[] = {"gpg.conf", "gpg-agent.conf", "pubring.kbx",
					     "private-keys-v1.d"};
	int failed = jz_tmpdir_init(twin, err);

	for (size_t i = 0; !failed && i < JZ_COUNT(shared); i++) {
		jz_autofree char *from = jz_path_join(keyring->home.path, shared[i]);
		jz_autofree char *to = jz_path_join(twin->path, shared[i]);

		if (symlink(from, to))
			failed = jz_fail_errno(err, to);
	}
	if (failed)
		jz_tmpdir_release(twin);
	return failed;
}

int jz_keyring_role_homes(struct jz_keyring *keyring, size_t count, struct jz_strs *out,
			  struct jz_err *err)
{
	int failed = 0;

	jz_strs_add(out, keyring->home.path);
	for (size_t i = 0; !failed && i < JZ_KEYRING_TWINS && out->len < count; i++) {
		if (!keyring->twins[i].path[0])
			failed = make_twin(keyring, &keyring->twins[i], err);
		if (!failed)
			jz_strs_add(out, keyring->twins[i].path);
	}
	return failed;
}

void jz_keyring_end_homes(struct jz_keyring *keyring)
{
	for (size_t i = 0; i < JZ_KEYRING_TWINS; i++) {
		if (keyring->twins[i].path[0])
			jz_keyring_end_agent(keyring->twins[i].path);
		jz_tmpdir_release(&keyring->twins[i]);
	}
	if (keyring->private)
		jz_keyring_end_agent(keyring->home.path);
	jz_gpg_free(keyring->private);
	jz_tmpdir_release(&keyring->home);
}

#include "lib/store/verify-impl.h"

#include <stdio.h>
#include <string.h>
#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/store/keyring-impl.h"

/* A key file is at most this big. */
#define KEY_FILE_MAX (1u << 20)

static int open_home(struct jz_keyfile *file, struct jz_err *err)
{
	int rc = jz_tmpdir_init(&file->home, err);

	if (!rc)
		rc = jz_keyring_public_home(file->home.path, err);
	if (!rc)
		file->gpg = jz_gpg_new(file->home.path);
	return rc;
}

static void close_home(struct jz_keyfile *file)
{
	jz_gpg_free(file->gpg);
	file->gpg = NULL;
	jz_tmpdir_release(&file->home);
	file->home = (struct jz_tmpdir)JZ_TMPDIR_INIT;
}

/* A file that does not hold the one key of its name is remembered as such: no key. */
static int load(struct jz_keyfile *file, const struct jz_buf *bytes, const char *fingerprint,
		struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT;
	int rc = open_home(file, err);

	if (rc)
		return rc;
	jz_strs_add(&one, fingerprint);
	if (jz_gpg_import(file->gpg, bytes->data, bytes->len, &one, NULL) ||
	    jz_gpg_keys(file->gpg, &one, &file->key, NULL)) {
		close_home(file);
		return 0;
	}
	return 0;
}

static void free_keyfile(void *value)
{
	struct jz_keyfile *file = value;

	close_home(file);
	jz_gpg_key_free(file->key);
	free(file);
}

int jz_verify_key(struct jz_verify *verify, const char *commit, const char *fingerprint,
		  struct jz_keyfile **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	char path[64], blob[JZ_GIT_ID], name[2 * JZ_GIT_ID];
	struct jz_keyfile *file;
	int rc;

	*out = NULL;
	jz_key_path(fingerprint, path);
	if (jz_git_path_blob(verify->git, commit, path, blob, NULL))
		return 0;
	snprintf(name, sizeof(name), "%s %.40s", blob, fingerprint);
	file = jz_map_gets(&verify->keyfiles, name);
	if (file) {
		*out = file;
		return 0;
	}
	rc = jz_git_blob(verify->git, blob, KEY_FILE_MAX, &bytes, err);
	if (rc)
		return rc;
	file = jz_xcalloc(1, sizeof(*file));
	file->home = (struct jz_tmpdir)JZ_TMPDIR_INIT;
	rc = load(file, &bytes, fingerprint, err);
	if (rc) {
		free_keyfile(file);
		return rc;
	}
	jz_map_puts(&verify->keyfiles, name, file);
	*out = file;
	return 0;
}

int jz_verify_public(struct jz_verify *verify, const char *blob, bool *is, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	struct jz_keyfile file = {.home = JZ_TMPDIR_INIT};
	char fingerprint[JZ_FPR_LEN + 1];
	int rc = jz_git_blob(verify->git, blob, KEY_FILE_MAX, &bytes, err);

	if (!rc)
		rc = open_home(&file, err);
	*is = !rc && !jz_gpg_import_one(file.gpg, bytes.data, bytes.len, fingerprint, NULL);
	close_home(&file);
	return rc;
}

void jz_verify_release_keys(struct jz_verify *verify)
{
	jz_map_release(&verify->keyfiles, free_keyfile);
}

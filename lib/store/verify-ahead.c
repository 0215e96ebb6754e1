#include "lib/store/verify-impl.h"

#include <string.h>
#include "lib/base/str.h"
#include "lib/port/gpg-signed.h"
#include "lib/store/keyring-impl.h"

#define KEY_FILE_MAX (1u << 20)

/* From so many commits on it pays to have their signatures checked together. */
#define LEAST 8

struct keys {
	struct jz_verify *verify;
	struct jz_buf bytes;
	struct jz_strs fingerprints;
};

static int add_key(void *data, const char *path, const char *blob)
{
	struct keys *keys = data;
	char fingerprint[JZ_FPR_LEN + 1], place[64];

	if (!jz_ends_with(path, ".asc") || strlen(path) != 5 + JZ_FPR_LEN + 4)
		return 0;
	memcpy(fingerprint, path + 5, JZ_FPR_LEN);
	fingerprint[JZ_FPR_LEN] = '\0';
	jz_key_path(fingerprint, place);
	if (strcmp(place, path) ||
	    jz_git_blob(keys->verify->git, blob, KEY_FILE_MAX, &keys->bytes, NULL))
		return 0;
	jz_buf_addc(&keys->bytes, '\n');
	jz_strs_add(&keys->fingerprints, fingerprint);
	return 0;
}

void jz_verify_ahead_begin(struct jz_verify *verify, const char *tip, size_t commits)
{
	struct keys keys = {.verify = verify, .bytes = JZ_BUF_INIT};
	bool ready;

	if (commits < LEAST || verify->assumed || jz_tmpdir_init(&verify->ahead_home, NULL))
		return;
	ready = !jz_git_walk(verify->git, tip, "keys", add_key, &keys, NULL) &&
		keys.fingerprints.len && !jz_keyring_public_home(verify->ahead_home.path, NULL);
	if (ready) {
		jz_cleanup(jz_gpg_free_p) struct jz_gpg *gpg = jz_gpg_new(verify->ahead_home.path);

		ready = !jz_gpg_import(gpg, keys.bytes.data, keys.bytes.len, &keys.fingerprints,
				       NULL);
	}
	verify->looks_ahead = ready;
	jz_buf_release(&keys.bytes);
	jz_strs_release(&keys.fingerprints);
}

void jz_verify_ahead(struct jz_verify *verify, char *const *ids, size_t count)
{
	struct jz_gpg_signed list[JZ_VERIFY_AHEAD];

	if (!verify->looks_ahead)
		return;
	memset(list, 0, sizeof(list));
	for (size_t i = 0; i < count; i++) {
		jz_cleanup(jz_buf_release) struct jz_buf signature = JZ_BUF_INIT;
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

		jz_buf_init(&list[i].file);
		if (!jz_git_signature(verify->git, ids[i], &signature, &text, NULL))
			jz_gpg_signed_make(&signature, &text, &list[i].file);
	}
	jz_map_release(&verify->ahead, free);
	if (jz_gpg_check_signed(verify->ahead_home.path, verify->ahead_home.path, list, count,
				NULL))
		verify->looks_ahead = false;
	for (size_t i = 0; i < count; i++) {
		struct jz_ahead *ahead;

		jz_buf_release(&list[i].file);
		if (!list[i].good)
			continue;
		ahead = jz_xcalloc(1, sizeof(*ahead));
		jz_copy(ahead->subkey, sizeof(ahead->subkey), list[i].subkey);
		ahead->time = list[i].time;
		jz_map_puts(&verify->ahead, ids[i], ahead);
	}
}

bool jz_verify_seen_ahead(struct jz_verify *verify, const char *commit,
			  const struct jz_keyfile *file, struct jz_gpg_made *made, bool *known)
{
	const struct jz_ahead *ahead = jz_map_gets(&verify->ahead, commit);
	const struct jz_gpg_key *key = file->key;

	*known = false;
	if (!ahead || key->revoked || key->expired || key->invalid)
		return false;
	for (size_t i = 0; i < key->count; i++) {
		if (!jz_eq(key->subkeys[i].fingerprint, ahead->subkey))
			continue;
		if (!key->subkeys[i].usable || !key->subkeys[i].can_sign)
			return false;
		*made = (struct jz_gpg_made){.time = ahead->time};
		jz_copy(made->subkey, sizeof(made->subkey), ahead->subkey);
		*known = true;
	}
	return true;
}

void jz_verify_ahead_end(struct jz_verify *verify)
{
	jz_map_release(&verify->ahead, free);
	jz_tmpdir_release(&verify->ahead_home);
}

#include "lib/store/keyring-impl.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"

/* Our own settings and no others: nobody fetches keys, nobody adds recipients, two writers do not
 * wait for each other over a seed file. */
static const char gpg_conf[] = "no-random-seed-file\n"
			       "no-auto-key-locate\n"
			       "no-auto-key-retrieve\n"
			       "no-default-recipient\n"
			       "trust-model always\n"
			       "disable-dirmngr\n"
			       "no-greeting\n";

/* Public keys need no agent, and importing them would start one. */
static const char gpg_conf_public[] = "no-autostart\n";

/* Role keys have no passphrase, so key derivation is not timed at start and nothing may be asked.
 */
static const char agent_conf[] = "auto-expand-secmem\n"
				 "disable-scdaemon\n"
				 "s2k-count 65536\n"
				 "no-allow-external-cache\n"
				 "pinentry-program /bin/false\n";

static int write_file(const char *dir, const char *name, const char *text, struct jz_err *err)
{
	jz_autofree char *path = jz_path_join(dir, name);

	return jz_file_replace(path, text, strlen(text), 0600, err);
}

static int write_conf(const char *home, const char *more, struct jz_err *err)
{
	jz_autofree char *text = jz_xasprintf("%s%s", gpg_conf, more);

	return write_file(home, "gpg.conf", text, err);
}

void jz_keyring_end_agent(const char *path)
{
	jz_autofree char *socket = jz_path_join(path, "S.gpg-agent");

	if (jz_exists(socket))
		jz_gpg_end_agent(path);
}

int jz_keyring_sweep(void)
{
	return jz_tmpfs_sweep(jz_keyring_end_agent);
}

int jz_keyring_public_home(const char *dir, struct jz_err *err)
{
	return write_conf(dir, gpg_conf_public, err);
}

int jz_keyring_private(struct jz_keyring *keyring, struct jz_gpg **out, struct jz_err *err)
{
	int failed;

	if (keyring->private) {
		*out = keyring->private;
		return 0;
	}
	jz_keyring_sweep();
	failed = jz_tmpdir_init(&keyring->home, err);
	if (!failed)
		failed = write_conf(keyring->home.path, gpg_conf_public, err);
	if (!failed)
		failed = write_file(keyring->home.path, "gpg-agent.conf", agent_conf, err);
	if (failed) {
		jz_tmpdir_release(&keyring->home);
		return failed;
	}
	*out = keyring->private = jz_gpg_new(keyring->home.path);
	return 0;
}

int jz_keyring_secret_home(struct jz_keyring *keyring, struct jz_gpg **out, struct jz_err *err)
{
	int failed = jz_keyring_private(keyring, out, err);

	if (failed || keyring->has_agent)
		return failed;
	failed = write_conf(keyring->home.path, "", err);
	keyring->has_agent = !failed;
	return failed;
}

int jz_keyring_ready(struct jz_keyring *keyring, struct jz_err *err)
{
	struct jz_gpg *private;

	return jz_keyring_private(keyring, &private, err);
}

const struct jz_gpg_key *jz_keyring_known(const struct jz_keyring *keyring, const char *fingerprint)
{
	const struct known_key *known = jz_map_gets(&keyring->known, fingerprint);

	return known ? known->key : NULL;
}

void jz_keyring_name(const struct jz_access *access, const char *fingerprint, char *out,
		     size_t size)
{
	const struct jz_person *person = jz_access_key_owner(access, fingerprint);

	if (person)
		snprintf(out, size, "%s (%s)", person->name, person->id);
	else if (jz_eq(fingerprint, access->role_key[JZ_KEY_OFFICE]))
		jz_copy(out, size, _("the office role key"));
	else if (jz_eq(fingerprint, access->role_key[JZ_KEY_CLINICAL]))
		jz_copy(out, size, _("the clinical role key"));
	else if (jz_eq(fingerprint, access->recovery))
		jz_copy(out, size, _("the recovery key"));
	else
		jz_copy(out, size, _("somebody who is not in access.yaml"));
}

/* Remembers the state of keys that were just imported. */
static int remember(struct jz_keyring *keyring, const struct jz_strs *fingerprints,
		    const uint64_t *hashes, struct jz_err *err)
{
	struct jz_gpg_key **keys = jz_xcalloc(fingerprints->len, sizeof(struct jz_gpg_key *));
	int failed = jz_gpg_keys(keyring->private, fingerprints, false, keys, err);

	for (size_t i = 0; !failed && i < fingerprints->len; i++) {
		struct known_key *known = jz_map_gets(&keyring->known, fingerprints->items[i]);

		if (!known) {
			known = jz_xcalloc(1, sizeof(*known));
			jz_map_puts(&keyring->known, fingerprints->items[i], known);
		}
		jz_gpg_key_free(known->key);
		known->key = keys[i];
		known->hash = hashes[i];
	}
	free(keys);
	return failed;
}

/* Appends the key file of a fingerprint unless it is known already. */
static int gather(struct jz_keyring *keyring, const struct jz_keyview *view,
		  const char *fingerprint, struct jz_buf *bytes, struct jz_strs *missing,
		  uint64_t *hash, struct jz_err *err)
{
	const struct known_key *known = jz_map_gets(&keyring->known, fingerprint);
	size_t start = bytes->len;
	char path[64], who[160];
	int failed;

	jz_key_path(fingerprint, path);
	failed = view->read(view->data, path, bytes, err);
	if (failed == JZ_E_FINDINGS) {
		jz_keyring_name(view->access, fingerprint, who, sizeof(who));
		return jz_fail(err, JZ_E_CRYPTO, _("no public key of %s, %.16s, in the store"), who,
			       fingerprint + 24);
	}
	if (failed)
		return failed;
	*hash = jz_hash(bytes->data + start, bytes->len - start);
	if (known && known->hash == *hash) {
		jz_buf_truncate(bytes, start);
		return 0;
	}
	jz_buf_addc(bytes, '\n');
	jz_strs_add(missing, fingerprint);
	return 0;
}

int jz_keyring_learn(struct jz_keyring *keyring, const struct jz_keyview *view,
		     const struct jz_strs *fingerprints, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs missing = JZ_STRS_INIT;
	jz_autofree uint64_t *hashes = jz_xcalloc(fingerprints->len + 1, sizeof(uint64_t));
	struct jz_gpg *private;
	int failed = 0;

	for (size_t i = 0; !failed && i < fingerprints->len; i++)
		failed = gather(keyring, view, fingerprints->items[i], &bytes, &missing,
				&hashes[missing.len], err);
	if (failed || !missing.len)
		return failed;
	failed = jz_keyring_private(keyring, &private, err);
	if (!failed)
		failed = jz_gpg_import(private, bytes.data, bytes.len, &missing, false, err);
	return failed ? failed : remember(keyring, &missing, hashes, err);
}

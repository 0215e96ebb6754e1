#include "lib/store/keyring-impl.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/keyring-memory.h"

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

static void end_agent_by_signal(const char *path)
{
	(void)jz_gpg_tell_agent_to_end(path);
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
	jz_tmpfs_before_release(end_agent_by_signal);
	failed = jz_tmpdir_init(&keyring->home, err);
	if (!failed)
		failed = write_conf(keyring->home.path, gpg_conf_public, err);
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
	failed = write_file(keyring->home.path, "gpg-agent.conf", agent_conf, err);
	if (!failed)
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

	if (person && !person->recovery)
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

/* The place of a key among those that are known; a new one is empty. */
static struct known_key *place_of(struct jz_keyring *keyring, const char *fingerprint)
{
	struct known_key *known = jz_map_gets(&keyring->known, fingerprint);

	if (!known) {
		known = jz_xcalloc(1, sizeof(*known));
		jz_map_puts(&keyring->known, fingerprint, known);
	}
	return known;
}

/* Takes the state of a key over. */
static void set_known(struct jz_keyring *keyring, const char *fingerprint, struct known_key state)
{
	struct known_key *known = place_of(keyring, fingerprint);

	jz_gpg_key_free(known->key);
	*known = state;
}

static void set_all(struct jz_keyring *keyring, const struct jz_look *look, struct jz_gpg_key **keys)
{
	for (size_t i = 0; i < look->missing.len; i++)
		set_known(keyring, look->missing.items[i],
			  (struct known_key){.hash = look->hashes[i],
					     .key = keys[i],
					     .imported = look->import});
}

char *jz_keyring_key_file(const struct jz_keyring *keyring, const char *fingerprint)
{
	return jz_path_join(keyring->home.path, fingerprint);
}

static bool serves(const struct known_key *known, uint64_t hash, const struct jz_look *look)
{
	return known && known->hash == hash && (known->imported || !look->import) &&
	       !(known->recalled && look->anew);
}

/* Is this file remembered? Else it is missing. */
static void recall(struct jz_keyring *keyring, const char *fingerprint, uint64_t hash, size_t start,
		   struct jz_look *look)
{
	struct known_key state = {.hash = hash, .recalled = true};
	char digest[JZ_KEY_DIGEST] = "";

	if (!look->import)
		jz_key_digest(look->bytes.data + start, look->bytes.len - start, digest);
	if (!look->import && !look->anew)
		state.key = jz_key_recall(digest, fingerprint);
	if (state.key) {
		set_known(keyring, fingerprint, state);
		jz_buf_truncate(&look->bytes, start);
		return;
	}
	jz_buf_addc(&look->bytes, '\n');
	look->hashes[look->missing.len] = hash;
	jz_strs_add(&look->missing, fingerprint);
	jz_strs_add(&look->digests, digest);
}

/* Takes up the key file of a fingerprint, unless it is known already. */
static int gather(struct jz_keyring *keyring, const struct jz_keyview *view,
		  const char *fingerprint, struct jz_look *look, struct jz_err *err)
{
	size_t start = look->bytes.len;
	jz_autofree char *file = NULL;
	char path[64], who[160];
	uint64_t hash;
	int failed;

	jz_key_path(fingerprint, path);
	failed = view->read(view->data, path, &look->bytes, err);
	if (failed == JZ_E_FINDINGS) {
		jz_keyring_name(view->access, fingerprint, who, sizeof(who));
		return jz_fail(err, JZ_E_CRYPTO, _("no public key of %s, %.16s, in the store"), who,
			       fingerprint + 24);
	}
	if (failed)
		return failed;
	hash = jz_hash(look->bytes.data + start, look->bytes.len - start);
	if (serves(jz_map_gets(&keyring->known, fingerprint), hash, look)) {
		jz_buf_truncate(&look->bytes, start);
		return 0;
	}
	file = jz_keyring_key_file(keyring, fingerprint);
	failed =
		jz_file_replace(file, look->bytes.data + start, look->bytes.len - start, 0600, err);
	if (!failed)
		recall(keyring, fingerprint, hash, start, look);
	return failed;
}

static int gather_all(struct jz_keyring *keyring, const struct jz_keyview *view,
		      const struct jz_strs *fingerprints, struct jz_look *look, struct jz_err *err)
{
	struct jz_gpg *private;
	int failed = jz_keyring_private(keyring, &private, err);

	look->hashes = jz_xcalloc(fingerprints->len + 1, sizeof(*look->hashes));
	for (size_t i = 0; !failed && i < fingerprints->len; i++)
		failed = gather(keyring, view, fingerprints->items[i], look, err);
	return failed;
}

int jz_keyring_look_start(struct jz_keyring *keyring, const struct jz_keyview *view,
			  const struct jz_strs *fingerprints, struct jz_look *look,
			  struct jz_err *err)
{
	int failed = gather_all(keyring, view, fingerprints, look, err);

	return failed || !look->missing.len
		       ? failed
		       : jz_gpg_list_start(keyring->private, look->bytes.data, look->bytes.len,
					   &look->listing, err);
}

/* Did each file hold just its own key? Those of several files are told apart by their order alone. */
static void keep(const struct jz_look *look, const struct jz_vec *found)
{
	bool apart = found->len == look->missing.len;

	for (size_t i = 0; apart && i < found->len; i++)
		apart = jz_eq(((struct jz_gpg_key *)found->items[i])->fingerprint,
			      look->missing.items[i]);
	for (size_t i = 0; apart && i < found->len; i++)
		jz_key_remember(look->digests.items[i], found->items[i]);
}

/* The files must hold exactly these keys. */
static int sort_keys(const struct jz_look *look, struct jz_vec *found, struct jz_gpg_key **keys,
		     struct jz_err *err)
{
	int failed = 0;

	for (size_t i = 0; !failed && i < look->missing.len; i++) {
		for (size_t k = 0; !keys[i] && k < found->len; k++) {
			struct jz_gpg_key *key = found->items[k];

			if (!key || strcmp(key->fingerprint, look->missing.items[i]))
				continue;
			keys[i] = key;
			found->items[k] = NULL;
		}
	}
	for (size_t k = 0; !failed && k < found->len; k++) {
		struct jz_gpg_key *key = found->items[k];

		if (key)
			failed = jz_fail(err, JZ_E_CRYPTO, _("a key file holds another key, %.16s"),
					 strlen(key->fingerprint) == 40 ? key->fingerprint + 24
									: "?");
	}
	for (size_t i = 0; !failed && i < look->missing.len; i++)
		if (!keys[i])
			failed = jz_fail(err, JZ_E_CRYPTO,
					 _("the key file of %.16s does not hold the key"),
					 look->missing.items[i] + 24);
	return failed;
}

int jz_keyring_look_end(struct jz_keyring *keyring, struct jz_look *look, struct jz_err *err)
{
	struct jz_gpg_key **keys = jz_xcalloc(look->missing.len + 1, sizeof(struct jz_gpg_key *));
	struct jz_gpg_listing *listing = look->listing;
	struct jz_vec found = JZ_VEC_INIT;
	int failed = 0;

	look->listing = NULL;
	if (listing)
		failed = jz_gpg_list_end(listing, &found, err);
	if (!failed)
		keep(look, &found);
	if (!failed)
		failed = sort_keys(look, &found, keys, err);
	if (!failed)
		set_all(keyring, look, keys);
	for (size_t i = 0; failed && i < look->missing.len; i++)
		jz_gpg_key_free(keys[i]);
	for (size_t k = 0; k < found.len; k++)
		jz_gpg_key_free(found.items[k]);
	jz_vec_release(&found);
	free(keys);
	return failed;
}

void jz_keyring_look_release(struct jz_look *look)
{
	struct jz_vec none = JZ_VEC_INIT;

	if (look->listing)
		(void)jz_gpg_list_end(look->listing, &none, NULL);
	for (size_t i = 0; i < none.len; i++)
		jz_gpg_key_free(none.items[i]);
	jz_vec_release(&none);
	jz_strs_release(&look->missing);
	jz_strs_release(&look->digests);
	jz_buf_release(&look->bytes);
	free(look->hashes);
}

static int look_at(struct jz_keyring *keyring, const struct jz_keyview *view,
		   const struct jz_strs *fingerprints, bool anew, struct jz_err *err)
{
	jz_cleanup(jz_keyring_look_release) struct jz_look look = JZ_LOOK_INIT;
	int failed;

	look.anew = anew;
	failed = jz_keyring_look_start(keyring, view, fingerprints, &look, err);
	return failed ? failed : jz_keyring_look_end(keyring, &look, err);
}

int jz_keyring_look(struct jz_keyring *keyring, const struct jz_keyview *view,
		    const struct jz_strs *fingerprints, struct jz_err *err)
{
	return look_at(keyring, view, fingerprints, false, err);
}

int jz_keyring_look_anew(struct jz_keyring *keyring, const struct jz_keyview *view,
			 const struct jz_strs *fingerprints, struct jz_err *err)
{
	return look_at(keyring, view, fingerprints, true, err);
}

int jz_keyring_learn(struct jz_keyring *keyring, const struct jz_keyview *view,
		     const struct jz_strs *fingerprints, struct jz_err *err)
{
	jz_cleanup(jz_keyring_look_release) struct jz_look look = JZ_LOOK_INIT;
	struct jz_gpg_key **keys = NULL;
	int failed;

	look.import = true;
	failed = gather_all(keyring, view, fingerprints, &look, err);
	if (failed || !look.missing.len)
		return failed;
	failed = jz_gpg_import(keyring->private, look.bytes.data, look.bytes.len, &look.missing,
			       err);
	keys = jz_xcalloc(look.missing.len, sizeof(struct jz_gpg_key *));
	if (!failed)
		failed = jz_gpg_keys(keyring->private, &look.missing, keys, err);
	if (!failed)
		set_all(keyring, &look, keys);
	free(keys);
	return failed;
}

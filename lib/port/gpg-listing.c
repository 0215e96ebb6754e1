#include "lib/port/gpg.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"
#include "lib/port/gpg-run.h"

/* Of key files as big as the store's. */
#define LISTING_MAX ((size_t)16 << 20)

struct jz_gpg_listing {
	struct jz_gpg_run run;
};

int jz_gpg_list_start(struct jz_gpg *gpg, const void *bytes, size_t len,
		      struct jz_gpg_listing **out, struct jz_err *err)
{
	/* "direct": with "always" gpg 2.2 ends at an expired key for want of a trust database. */
	static const char *const words[] = {"--no-keyring",	  "--trust-model",
					    "direct",		  "--with-colons",
					    "--with-fingerprint", "--with-fingerprint",
					    "--show-keys"};
	jz_cleanup(jz_strs_release) struct jz_strs args = JZ_STRS_INIT;
	struct jz_gpg_listing *listing = jz_xcalloc(1, sizeof(*listing));
	int failed;

	for (size_t i = 0; i < JZ_COUNT(words); i++)
		jz_strs_add(&args, words[i]);
	listing->run = (struct jz_gpg_run)JZ_GPG_RUN_INIT;
	failed = jz_gpg_run_start(&listing->run, jz_gpg_home(gpg), &args, bytes, len, LISTING_MAX,
				  err);
	if (failed)
		free(listing);
	else
		*out = listing;
	return failed;
}

/* ---- gpg's colon format: a record a line, told by its first field ---- */

#define VALIDITY     1
#define KEYID	     4
#define EXPIRES	     6
#define FINGERPRINT  9
#define CAPABILITIES 11
#define SECRET	     14 /* "+", a token's number; "#": only that it exists */

static const char *field(const struct jz_strs *fields, size_t i)
{
	return i < fields->len ? fields->items[i] : "";
}

static void add_subkey(struct jz_gpg_key *key, const struct jz_strs *fields)
{
	char validity = field(fields, VALIDITY)[0];
	struct jz_gpg_subkey *subkey;

	key->subkeys = jz_xrealloc(key->subkeys, (key->count + 1) * sizeof(*key->subkeys));
	subkey = &key->subkeys[key->count++];
	*subkey = (struct jz_gpg_subkey){
		.usable = !validity || !strchr("reid", validity),
		.can_encrypt = strchr(field(fields, CAPABILITIES), 'e') != NULL,
		.can_sign = strchr(field(fields, CAPABILITIES), 's') != NULL,
		.secret = *field(fields, SECRET) && *field(fields, SECRET) != '#',
		.expires = strtoll(field(fields, EXPIRES), NULL, 10),
	};
	jz_copy(subkey->keyid, sizeof(subkey->keyid), field(fields, KEYID));
}

static struct jz_gpg_key *add_key(struct jz_vec *keys, const struct jz_strs *fields)
{
	struct jz_gpg_key *key = jz_xcalloc(1, sizeof(*key));
	char validity = field(fields, VALIDITY)[0];

	key->revoked = validity == 'r';
	key->expired = validity == 'e';
	key->invalid = validity == 'i' || validity == 'd' ||
		       strchr(field(fields, CAPABILITIES), 'D') != NULL;
	key->expires = strtoll(field(fields, EXPIRES), NULL, 10);
	jz_vec_push(keys, key);
	return key;
}

static void add_fingerprint(struct jz_gpg_key *key, const char *fingerprint)
{
	struct jz_gpg_subkey *subkey = &key->subkeys[key->count - 1];

	jz_copy(subkey->fingerprint, sizeof(subkey->fingerprint), fingerprint);
	if (key->count == 1)
		jz_copy(key->fingerprint, sizeof(key->fingerprint), fingerprint);
}

static void parse(const char *text, struct jz_vec *keys, bool *secret)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	struct jz_gpg_key *key = NULL;

	jz_strs_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs fields = JZ_STRS_INIT;
		const char *kind;

		jz_strs_split(&fields, lines.items[i], ':');
		kind = field(&fields, 0);
		*secret |= jz_eq(kind, "sec") || jz_eq(kind, "ssb");
		if (jz_eq(kind, "pub") || jz_eq(kind, "sec"))
			key = add_key(keys, &fields);
		if (key && (jz_eq(kind, "pub") || jz_eq(kind, "sub") || jz_eq(kind, "sec") ||
			    jz_eq(kind, "ssb")))
			add_subkey(key, &fields);
		else if (key && jz_eq(kind, "fpr"))
			add_fingerprint(key, field(&fields, FINGERPRINT));
	}
}

static void note_nothing(void *data, const char *word, const char *rest)
{
	(void)data;
	(void)word;
	(void)rest;
}

int jz_gpg_list_end(struct jz_gpg_listing *listing, struct jz_vec *keys, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	bool secret = false;
	int failed = jz_gpg_run_end(&listing->run, &text, note_nothing, NULL, err);

	free(listing);
	if (!failed && text.len)
		parse(text.data, keys, &secret);
	return failed || !secret ? failed : jz_gpg_refuse_secret(err);
}

/* ---- what is in a keyring ---- */

static void note_listing(void *data, const char *word, const char *rest)
{
	jz_gpg_hear(data, JZ_GPG_KEEPING, word, rest);
}

static void free_keys(struct jz_vec *keys)
{
	for (size_t i = 0; i < keys->len; i++)
		jz_gpg_key_free(keys->items[i]);
	jz_vec_release(keys);
}

/* Appends the keys of the home, all of them or those that have a name; free them with free_keys().
 */
static int list_keyring(struct jz_gpg *gpg, const char *command, const struct jz_strs *names,
			struct jz_vec *keys, struct jz_err *err)
{
	const char *const words[] = {"--with-colons", "--with-fingerprint", "--with-fingerprint",
				     "--with-secret", command};
	jz_cleanup(jz_strs_release) struct jz_strs args = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_gpg_run run = JZ_GPG_RUN_INIT;
	struct jz_gpg_said said = {0};
	bool secret = false;
	int failed;

	for (size_t i = 0; i < JZ_COUNT(words); i++)
		jz_strs_add(&args, words[i]);
	for (size_t i = 0; names && i < names->len; i++)
		jz_strs_add(&args, names->items[i]);
	failed = jz_gpg_run_start(&run, jz_gpg_home(gpg), &args, "", 0, LISTING_MAX, err);
	if (!failed)
		failed = jz_gpg_run_end(&run, &text, note_listing, &said, err);
	if (!failed && said.failures)
		failed = jz_fail(err, JZ_E_CRYPTO, _("cannot list keys"));
	if (!failed && text.len)
		parse(text.data, keys, &secret);
	return failed;
}

int jz_gpg_keys(struct jz_gpg *gpg, const struct jz_strs *fingerprints,
		struct jz_gpg_key **out, struct jz_err *err)
{
	jz_cleanup(free_keys) struct jz_vec keys = JZ_VEC_INIT;
	int failed = 0;

	for (size_t i = 0; i < fingerprints->len; i++) {
		out[i] = NULL;
		if (!failed && (strlen(fingerprints->items[i]) != 40 ||
				!jz_is_hex(fingerprints->items[i], 40)))
			failed = jz_fail(err, JZ_E_INVALID, _("'%s' is not a key fingerprint"),
					 fingerprints->items[i]);
	}
	if (failed || !fingerprints->len)
		return failed;
	failed = list_keyring(gpg, "--list-keys", fingerprints, &keys, err);
	/* gpg also finds a key by a subkey's fingerprint: that is another key. */
	for (size_t k = 0; k < keys.len; k++) {
		struct jz_gpg_key *key = keys.items[k];

		for (size_t i = 0; key && i < fingerprints->len; i++) {
			if (out[i] || !jz_eq(key->fingerprint, fingerprints->items[i]))
				continue;
			out[i] = key;
			keys.items[k] = key = NULL;
		}
	}
	return failed;
}

int jz_gpg_secret_keys(struct jz_gpg *gpg, struct jz_strs *fingerprints, struct jz_strs *keyids,
		       struct jz_err *err)
{
	jz_cleanup(free_keys) struct jz_vec keys = JZ_VEC_INIT;
	int failed = list_keyring(gpg, "--list-secret-keys", NULL, &keys, err);

	for (size_t k = 0; k < keys.len; k++) {
		const struct jz_gpg_key *key = keys.items[k];

		jz_strs_add(fingerprints, key->fingerprint);
		for (size_t i = 0; i < key->count; i++)
			if (key->subkeys[i].secret)
				jz_strs_add(keyids, key->subkeys[i].keyid);
	}
	return failed;
}

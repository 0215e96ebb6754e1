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

static int parse(const char *text, struct jz_vec *keys, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	struct jz_gpg_key *key = NULL;

	jz_strs_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs fields = JZ_STRS_INIT;
		const char *kind;

		jz_strs_split(&fields, lines.items[i], ':');
		kind = field(&fields, 0);
		if (jz_eq(kind, "sec") || jz_eq(kind, "ssb"))
			return jz_gpg_refuse_secret(err);
		if (jz_eq(kind, "pub"))
			key = add_key(keys, &fields);
		if (key && (jz_eq(kind, "pub") || jz_eq(kind, "sub")))
			add_subkey(key, &fields);
		else if (key && jz_eq(kind, "fpr"))
			add_fingerprint(key, field(&fields, FINGERPRINT));
	}
	return 0;
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
	int failed = jz_gpg_run_end(&listing->run, &text, note_nothing, NULL, err);

	free(listing);
	return failed || !text.len ? failed : parse(text.data, keys, err);
}

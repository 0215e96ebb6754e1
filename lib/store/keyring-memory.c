#include "lib/store/keyring-memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/port/seal-sha256.h"
#include "lib/store/state.h"

#define MEMORY_MAX   (64u << 10)
#define REMEMBER_FOR ((int64_t)30 * 24 * 3600)

static const char format[] = "jzbf-key 1";

void jz_key_digest(const void *bytes, size_t len, char digest[JZ_KEY_DIGEST])
{
	jz_sha256(bytes, len, digest);
}

/* It can receive, and nothing will change about that until *end. A subkey that is out of use stays
 * so, as long as time goes on. */
static bool is_sound(const struct jz_gpg_key *key, int64_t *end)
{
	bool receives = false;

	*end = key->expires ? key->expires : INT64_MAX;
	for (size_t i = 0; i < key->count; i++) {
		const struct jz_gpg_subkey *subkey = &key->subkeys[i];

		if (!subkey->usable)
			continue;
		receives = receives || subkey->can_encrypt;
		if (subkey->expires && subkey->expires < *end)
			*end = subkey->expires;
	}
	return receives && !key->revoked && !key->expired && !key->invalid;
}

/* ---- the text: format, digest, when; a line a subkey, the primary key first; a sum ---- */

static void add_sum(struct jz_buf *text)
{
	char sum[JZ_KEY_DIGEST];

	jz_sha256(text->data, text->len, sum);
	jz_buf_addf(text, "sum %s\n", sum);
}

static void write_key(const char *digest, const struct jz_gpg_key *key, int64_t when,
		      struct jz_buf *text)
{
	jz_buf_addf(text, "%s\nfile %s\nseen %lld\n", format, digest, (long long)when);
	for (size_t i = 0; i < key->count; i++) {
		const struct jz_gpg_subkey *subkey = &key->subkeys[i];

		jz_buf_addf(text, "key %s %s %d %d %d %lld\n", subkey->fingerprint, subkey->keyid,
			    subkey->usable, subkey->can_encrypt, subkey->can_sign,
			    (long long)subkey->expires);
	}
	add_sum(text);
}

static bool read_subkey(const char *line, struct jz_gpg_key *key)
{
	struct jz_gpg_subkey subkey = {.usable = false};
	int usable, encrypt, sign, end = 0;
	long long expires;

	if (sscanf(line, "key %40[0-9A-F] %16[0-9A-F] %1d %1d %1d %lld%n", subkey.fingerprint,
		   subkey.keyid, &usable, &encrypt, &sign, &expires, &end) != 6 ||
	    line[end])
		return false;
	subkey.usable = usable;
	subkey.can_encrypt = encrypt;
	subkey.can_sign = sign;
	subkey.expires = expires;
	key->subkeys = jz_xrealloc(key->subkeys, (key->count + 1) * sizeof(subkey));
	key->subkeys[key->count++] = subkey;
	return true;
}

/* The sum covers all above it; so each line is as it was written. */
static bool is_whole(const struct jz_buf *text)
{
	jz_cleanup(jz_buf_release) struct jz_buf again = JZ_BUF_INIT;
	const char *sum = text->len ? strstr(text->data, "\nsum ") : NULL;

	if (!sum)
		return false;
	jz_buf_add(&again, text->data, (size_t)(sum + 1 - text->data));
	add_sum(&again);
	return again.len == text->len && !memcmp(again.data, text->data, text->len);
}

static bool read_key(const struct jz_buf *text, const char *digest, const char *fingerprint,
		     struct jz_gpg_key *key)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	int64_t now = time(NULL), seen, end;

	jz_strs_split(&lines, text->data, '\n');
	if (lines.len < 6 || strcmp(lines.items[0], format) ||
	    !jz_starts_with(lines.items[1], "file ") || strcmp(lines.items[1] + 5, digest) ||
	    !jz_starts_with(lines.items[2], "seen "))
		return false;
	for (size_t i = 3; i < lines.len && !jz_starts_with(lines.items[i], "sum "); i++)
		if (!read_subkey(lines.items[i], key))
			return false;
	key->expires = key->count ? key->subkeys[0].expires : 0;
	seen = strtoll(lines.items[2] + 5, NULL, 10);
	if (!is_sound(key, &end) || strcmp(key->subkeys[0].fingerprint, fingerprint))
		return false;
	jz_copy(key->fingerprint, sizeof(key->fingerprint), fingerprint);
	return seen <= now && now < seen + REMEMBER_FOR && now < end;
}

/* ---- the file ---- */

/* Only what this user alone can have written. */
static bool read_own(const char *path, struct jz_buf *text)
{
	jz_autoclose int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH)) && !jz_fd_read(fd, path, MEMORY_MAX, text, NULL);
}

struct jz_gpg_key *jz_key_recall(const char *digest, const char *fingerprint)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_autofree char *path = NULL;
	struct jz_gpg_key *key;

	if (jz_state_file("keys", digest, &path, NULL) || !read_own(path, &text) ||
	    !is_whole(&text))
		return NULL;
	key = jz_xcalloc(1, sizeof(*key));
	if (read_key(&text, digest, fingerprint, key))
		return key;
	jz_gpg_key_free(key);
	return NULL;
}

void jz_key_remember(const char *digest, const struct jz_gpg_key *key)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_autofree char *path = NULL, *dir = NULL;
	int64_t end;

	if (!is_sound(key, &end) || jz_state_file("keys", digest, &path, NULL))
		return;
	write_key(digest, key, time(NULL), &text);
	dir = jz_xstrndup(path, (size_t)(strrchr(path, '/') - path));
	if (!jz_mkdirs(dir, 0700, NULL))
		(void)jz_file_replace(path, text.data, text.len, 0600, NULL);
}

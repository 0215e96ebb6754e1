#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/port/keep.h"
#include "lib/port/openpgp.h"
#include "lib/store/index-impl.h"
#include "lib/store/state.h"

#define KEY_FILE_MAX (64u << 10)

static const char first_line[] = "jzbf-index 1";
/* In front of the data key, so that no other 32 bytes pass for it. */
static const char key_mark[] = "jzbf index key 1\n";
#define MARK_LEN (sizeof(key_mark) - 1)

void jz_index_key_init(struct jz_index_key *key)
{
	memset(key, 0, sizeof(*key));
	jz_buf_init(&key->wrapped);
}

static void forget(struct jz_index_key *key)
{
	jz_buf_release(&key->wrapped);
	key->open = false;
	jz_wipe(key->mac, sizeof(key->mac));
	jz_wipe(key->data, sizeof(key->data));
	jz_wipe(key->secret_half, sizeof(key->secret_half));
}

void jz_index_key_release(struct jz_index_key *key)
{
	forget(key);
	free(key->path);
	free(key->keep);
}

/* An id of access.yaml; whatever else the environment says makes no file name. */
static bool is_person(const char *person)
{
	return *person && *person != '.' && strlen(person) < 64 &&
	       strspn(person, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(person);
}

static int find_place(const char *git_dir, const char *person, struct jz_index_key *key,
		      char real[PATH_MAX], struct jz_err *err)
{
	jz_autofree char *path = NULL;
	int rc;

	if (!is_person(person))
		return jz_fail(err, JZ_E_USAGE, _("'%s' is not the id of a person"), person);
	rc = jz_state_path("index", git_dir, real, &path, err);
	if (rc)
		return rc;
	free(key->path);
	free(key->keep);
	key->path = jz_xasprintf("%s-%s", path, person);
	key->keep = jz_xasprintf("jzbf:%s", strrchr(key->path, '/') + 1);
	return 0;
}

static bool from_hex(const char *text, uint8_t out[JZ_SEAL_KEY])
{
	return strlen(text) == 2 * JZ_SEAL_KEY && jz_unhex(text, out, JZ_SEAL_KEY);
}

/* The value of "name value" on a line of its own; NULL: another line. */
static const char *value(const char *line, const char *name)
{
	size_t len = strlen(name);

	return jz_starts_with(line, name) && line[len] == ' ' ? line + len + 1 : NULL;
}

static bool parse(const struct jz_buf *text, const char *real, struct jz_index_key *key)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	jz_autofree char *head = NULL;
	const char *end = strstr(text->data, "\n\n");
	size_t head_len = end ? (size_t)(end - text->data) : 0;

	head = jz_xstrndup(text->data, head_len);
	jz_strs_split(&lines, head, '\n');
	if (lines.len != 6 || strcmp(lines.items[0], first_line) ||
	    !jz_eq(value(lines.items[1], "path"), real) || !value(lines.items[2], "fingerprint") ||
	    !jz_copy(key->fingerprint, sizeof(key->fingerprint),
		     value(lines.items[2], "fingerprint")) ||
	    !value(lines.items[3], "keyid") ||
	    !jz_copy(key->keyid, sizeof(key->keyid), value(lines.items[3], "keyid")) ||
	    !value(lines.items[4], "public") ||
	    !from_hex(value(lines.items[4], "public"), key->public_half) ||
	    !value(lines.items[5], "mac") || !from_hex(value(lines.items[5], "mac"), key->mac))
		return false;
	jz_buf_clear(&key->wrapped);
	jz_buf_add(&key->wrapped, text->data + head_len + 2, text->len - head_len - 2);
	return key->wrapped.len > 0;
}

int jz_index_key_load(const char *git_dir, const char *person, struct jz_index_key *key,
		      struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	char real[PATH_MAX];
	int rc = find_place(git_dir, person, key, real, err);

	if (rc)
		return rc;
	if (!jz_exists(key->path))
		return jz_fail(err, JZ_E_FINDINGS, _("there is no index yet"));
	rc = jz_file_read_own(key->path, KEY_FILE_MAX, &text, err);
	if (!rc && !parse(&text, real, key)) /* half written, or of another place: as if none */
		rc = jz_fail(err, JZ_E_FINDINGS, _("there is no index yet"));
	return rc;
}

/* Halves of the pair for boxes follow from the data key. */
static void derive(const uint8_t data[JZ_SEAL_KEY], uint8_t public_half[JZ_SEAL_KEY],
		   uint8_t secret_half[JZ_SEAL_KEY])
{
	const struct jz_seal_piece piece = {"boxes", 5};
	uint8_t seed[JZ_SEAL_HASH];

	jz_seal_hash(data, &piece, 1, seed);
	jz_seal_pair(seed, public_half, secret_half);
	jz_wipe(seed, sizeof(seed));
}

static bool take_raw(struct jz_index_key *key, const void *data)
{
	uint8_t public_half[JZ_SEAL_KEY];

	memcpy(key->data, data, JZ_SEAL_KEY);
	derive(key->data, public_half, key->secret_half);
	key->open = jz_seal_same(public_half, key->public_half, JZ_SEAL_KEY);
	return key->open;
}

bool jz_index_key_take(struct jz_index_key *key, const void *bytes, size_t len)
{
	const char *text = bytes;

	return len == MARK_LEN + JZ_SEAL_KEY && !memcmp(text, key_mark, MARK_LEN) &&
	       take_raw(key, text + MARK_LEN);
}

static int write_file(const struct jz_index_key *key, const char *real, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	char public_half[2 * JZ_SEAL_KEY + 1], mac[2 * JZ_SEAL_KEY + 1];

	jz_hex(key->public_half, JZ_SEAL_KEY, public_half);
	jz_hex(key->mac, JZ_SEAL_KEY, mac);
	jz_buf_addf(&text, "%s\npath %s\nfingerprint %s\nkeyid %s\npublic %s\nmac %s\n\n",
		    first_line, real, key->fingerprint, key->keyid, public_half, mac);
	jz_buf_add(&text, key->wrapped.data, key->wrapped.len);
	jz_wipe(mac, sizeof(mac));
	return jz_file_replace(key->path, text.data, text.len, 0600, err);
}

/* Encrypts the data key to the person's key as the store has it. */
static int wrap(struct jz_snapshot *snapshot, struct jz_index_key *key, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT, ids = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf plain = JZ_BUF_INIT;
	struct jz_keyview view;
	int rc;

	jz_strs_add(&to, key->fingerprint);
	jz_buf_add(&plain, key_mark, MARK_LEN);
	jz_buf_add(&plain, key->data, JZ_SEAL_KEY);
	jz_snapshot_view(snapshot, &view);
	jz_buf_clear(&key->wrapped);
	rc = jz_keyring_encrypt(jz_store_keyring(snapshot->store), &view, &to, plain.data,
				plain.len, &key->wrapped, err);
	if (!rc)
		rc = jz_openpgp_recipients(key->wrapped.data, key->wrapped.len, &ids, err);
	if (!rc)
		jz_copy(key->keyid, sizeof(key->keyid), ids.items[0]);
	return rc;
}

/* What the file holds now; without a key if there is none or another's. */
static void look_again(const struct jz_index_key *key, const char *real, struct jz_index_key *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_index_key_init(out);
	if (jz_exists(key->path) && !jz_file_read_own(key->path, KEY_FILE_MAX, &text, NULL) &&
	    !parse(&text, real, out))
		jz_buf_clear(&out->wrapped);
}

int jz_index_key_make(struct jz_snapshot *snapshot, const struct jz_person *me,
		      struct jz_index_key *key, struct jz_err *err)
{
	const char *fingerprint = jz_person_key_on(me, jz_today());
	jz_autoclose int lock = -1;
	struct jz_index_key there;
	char real[PATH_MAX];
	int rc = find_place(jz_git_dir(snapshot->store->git), me->id, key, real, err);

	if (rc)
		return rc;
	if (!fingerprint)
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' (%s) has no key in force"), me->id,
			       me->name);
	/* Making and dropping a key is for one process at a time. */
	rc = jz_state_lock(key->path, &lock, err);
	if (rc)
		return rc;
	look_again(key, real, &there);
	rc = there.wrapped.len ? JZ_E_CONFLICT : 0; /* somebody else was quicker: theirs is used */
	jz_index_key_release(&there);
	if (rc)
		return jz_fail(err, rc, "%s", "");
	jz_copy(key->fingerprint, sizeof(key->fingerprint), fingerprint);
	jz_seal_random(key->data, sizeof(key->data));
	jz_seal_random(key->mac, sizeof(key->mac));
	derive(key->data, key->public_half, key->secret_half);
	rc = wrap(snapshot, key, err);
	if (!rc)
		rc = write_file(key, real, err);
	key->open = !rc;
	return rc;
}

bool jz_index_key_kept(struct jz_index_key *key)
{
	uint8_t data[JZ_SEAL_KEY];
	bool kept = jz_kept(key->keep, data, sizeof(data)) && take_raw(key, data);

	jz_wipe(data, sizeof(data));
	return kept;
}

int jz_index_key_keep(const struct jz_index_key *key, unsigned seconds, struct jz_err *err)
{
	return jz_keep(key->keep, key->data, sizeof(key->data), seconds, err);
}

bool jz_index_key_drop(struct jz_index_key *key, const char *git_dir, const char *index_file)
{
	jz_autofree char *path = NULL;
	jz_autoclose int lock = -1;
	struct jz_index_key there;
	char real[PATH_MAX];
	bool same;

	if (jz_state_path("index", git_dir, real, &path, NULL))
		return false;
	(void)jz_state_lock(key->path, &lock, NULL);
	look_again(key, real, &there);
	same = there.wrapped.len == key->wrapped.len &&
	       !memcmp(there.wrapped.data, key->wrapped.data, key->wrapped.len);
	jz_index_key_release(&there);
	if (same) {
		jz_keep_drop(key->keep);
		unlink(index_file);
		unlink(key->path);
	}
	forget(key);
	return same;
}

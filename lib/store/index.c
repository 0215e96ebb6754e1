#include "lib/store/index.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/index-impl.h"

bool jz_index_off(const struct jz_store *store)
{
	return store->unverified || jz_eq(getenv("JZBF_INDEX"), "off");
}

static void tell(struct jz_index *index, char *notice)
{
	free(index->notice);
	index->notice = notice;
}

const char *jz_index_notice(const struct jz_store *store)
{
	return store->index ? store->index->notice : NULL;
}

void jz_index_free(struct jz_index *index)
{
	if (!index)
		return;
	jz_gpg_decrypt_free(index->opening);
	jz_gpg_free(index->gpg);
	jz_index_file_close(&index->file);
	jz_index_key_release(&index->key);
	free(index->file.path);
	free(index->notice);
	free(index);
}

struct jz_index *jz_index_of(struct jz_store *store)
{
	struct jz_index *index = store->index;

	if (index)
		return index;
	index = store->index = jz_xcalloc(1, sizeof(*index));
	index->store = store;
	index->gpg = jz_gpg_new(NULL);
	index->file.fd = -1;
	jz_buf_init(&index->file.sealed);
	jz_index_key_init(&index->key);
	return index;
}

bool jz_index_places(struct jz_index *index, const char *person)
{
	if (index->placed || jz_summary_start(NULL))
		return index->placed;
	index->placed = true;
	free(index->file.path);
	index->file.path = jz_xasprintf("%s/index/%s-%lu", index->store->local, person,
					(unsigned long)geteuid());
	if (jz_index_key_load(jz_git_dir(index->store->git), person, &index->key, NULL))
		jz_buf_clear(&index->key.wrapped);
	return true;
}

/* Sets gpg to work, unless the kernel keeps the data key. */
static void start_opening(struct jz_index *index)
{
	const struct jz_buf *wrapped = &index->key.wrapped;

	if (wrapped->len && !index->key.open && !index->opening &&
	    !jz_index_key_kept(&index->key))
		(void)jz_gpg_decrypt_start(index->gpg, wrapped->data, wrapped->len, JZ_INDEX_KEY_MAX,
					   &index->opening, NULL);
}

void jz_index_start(struct jz_store *store, struct jz_index_guess *guess)
{
	const char *person;

	if (jz_index_off(store))
		return;
	person = jz_keyring_person(jz_store_keyring(store));
	if (!person || !jz_index_places(jz_index_of(store), person) ||
	    !jz_exists(store->index->file.path))
		return;
	store->index->opening = jz_index_guessed(guess, &store->index->key);
	start_opening(store->index);
}

/* ---- what may be used ---- */

/* Changes when a secret key comes or goes in the user's GnuPG home. */
static void keyring_stamp(struct jz_buf *out)
{
	static const char *const names[] = {"private-keys-v1.d", "pubring.kbx", "pubring.gpg"};
	const char *home = getenv("GNUPGHOME"), *user = getenv("HOME");
	jz_autofree char *dir = home && *home ? jz_xstrdup(home)
					      : jz_xasprintf("%s/.gnupg", user ? user : "");

	jz_buf_adds(out, dir);
	for (size_t i = 0; i < JZ_COUNT(names); i++) {
		jz_autofree char *path = jz_path_join(dir, names[i]);
		struct stat st = {0};

		if (!stat(path, &st))
			jz_buf_addf(out, " %lu %lld.%ld %lld", (unsigned long)st.st_ino,
				    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
				    (long long)st.st_size);
	}
}

static void make_tag(struct jz_index *index, enum jz_index_via via, const char *word,
		     const char *what)
{
	const struct jz_seal_piece pieces[] = {{word, strlen(word)}, {what, strlen(what)}};
	uint8_t hash[JZ_SEAL_HASH];

	jz_seal_hash(NULL, pieces, JZ_COUNT(pieces), hash);
	memcpy(index->tags[via], hash, JZ_INDEX_TAG);
	index->held[via] = index->tags[via];
}

void jz_index_tags(struct jz_index *index, struct jz_snapshot *snapshot)
{
	jz_cleanup(jz_buf_release) struct jz_buf foreign = JZ_BUF_INIT;
	bool holds = jz_person_holds(index->me, JZ_KEY_OFFICE, jz_today());
	char day[11], blob[JZ_GIT_ID] = "";

	memset(index->held, 0, sizeof(index->held));
	if (holds)
		make_tag(index, JZ_VIA_ROLE, "role", snapshot->access->role_key[JZ_KEY_OFFICE]);
	make_tag(index, JZ_VIA_OWN, "own", index->key.keyid);
	make_tag(index, JZ_VIA_TREE, "tree", "1");
	jz_date_format(jz_today(), day);
	(void)jz_git_path_blob(snapshot->store->git, snapshot->commit, "access.yaml", blob, NULL);
	jz_buf_addf(&foreign, "%s %s %s ", index->me->id, day, blob);
	keyring_stamp(&foreign);
	if (!holds)
		make_tag(index, JZ_VIA_FOREIGN, "foreign", foreign.data);
}

void jz_index_take_problem(struct jz_index *index, struct jz_index_writer *writer)
{
	if (writer->problem && !index->notice)
		tell(index, jz_xasprintf(_("the index cannot be written: %s"), writer->problem));
	free(writer->problem);
	writer->problem = NULL;
}

void jz_index_throw_away(struct jz_index *index, const char *notice)
{
	bool dropped = false;

	jz_index_file_close(&index->file);
	if (index->key.path)
		dropped = jz_index_key_drop(&index->key, jz_git_dir(index->store->git),
					    index->file.path);
	jz_gpg_decrypt_free(index->opening);
	index->opening = NULL;
	if (notice && dropped)
		tell(index, jz_xstrdup(notice));
}

bool jz_index_open_key(struct jz_index *index)
{
	jz_cleanup(jz_buf_release) struct jz_buf plain = JZ_BUF_INIT;
	struct jz_gpg_decryption *opening;

	if (!index->opening)
		start_opening(index);
	opening = index->opening;
	index->opening = NULL;
	if (index->key.open || !opening)
		return index->key.open;
	return !jz_gpg_decrypt_end(opening, &plain, NULL, NULL) &&
	       jz_index_key_take(&index->key, plain.data, plain.len);
}

static bool load_file(struct jz_index *index, struct jz_snapshot *snapshot)
{
	struct jz_err err = JZ_ERR_INIT;
	int rc;

	jz_index_file_close(&index->file);
	if (!jz_exists(index->file.path)) {
		if (index->key.open)
			jz_index_tags(index, snapshot);
		return true;
	}
	if (!jz_index_open_key(index)) {
		index->why_not = _("its key cannot be opened now");
		return false;
	}
	jz_index_tags(index, snapshot);
	rc = jz_index_file_open(&index->file, &index->key, index->held, &err);
	if (rc == JZ_E_CONFLICT)
		jz_index_throw_away(index, _("the index does not verify: it was thrown away and is "
					     "made anew"));
	else if (rc && rc != JZ_E_FINDINGS)
		index->why_not = _("its file cannot be read");
	else if (!rc && index->file.role_lost && jz_index_is_head(snapshot))
		jz_index_throw_away(index, _("you do not hold the office role key any more: what "
					     "the index had by it was thrown away"));
	return !index->why_not;
}

bool jz_index_is_head(struct jz_snapshot *snapshot)
{
	char head[JZ_GIT_ID];

	return !jz_git_head(snapshot->store->git, NULL, head, NULL) &&
	       !strcmp(head, snapshot->commit);
}

/* The key is of this person's key in force, and the file has one. */
static void check_key(struct jz_index *index)
{
	const char *fingerprint = jz_person_key_on(index->me, jz_today());

	if (index->key.wrapped.len && !jz_eq(index->key.fingerprint, fingerprint))
		jz_index_throw_away(index, NULL);
	/* The file may have been made since the key was looked for. */
	else if (!index->key.wrapped.len && jz_exists(index->file.path) &&
		 jz_index_key_load(jz_git_dir(index->store->git), index->me->id, &index->key, NULL))
		jz_index_throw_away(index, _("the index is not of this clone, or its key is gone: "
					     "it was thrown away and is made anew"));
}

struct jz_index *jz_index_use(struct jz_snapshot *snapshot)
{
	struct jz_store *store = snapshot->store;
	struct jz_index *index = jz_index_of(store);

	index->why_not = NULL;
	if (jz_index_off(store))
		index->why_not = _("it is switched off");
	else if (!*snapshot->commit || jz_keyring_me(jz_store_keyring(store), snapshot->access,
						     &index->me, NULL))
		index->why_not = _("nobody of access.yaml works here");
	if (index->why_not)
		return NULL;
	if (!jz_index_places(index, index->me->id) || !index->key.path) {
		index->why_not = _("there is no place for its key");
		return NULL;
	}
	check_key(index);
	return load_file(index, snapshot) ? index : NULL;
}

bool jz_index_blob(const char *hex, uint8_t blob[JZ_INDEX_BLOB])
{
	return jz_unhex(hex, blob, JZ_INDEX_BLOB);
}

#include "lib/store/store.h"

#include <time.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/yaml.h"
#include "lib/store/lock.h"
#include "lib/store/store-impl.h"

void jz_store_settled(struct jz_store *store, enum jz_settled how, const struct jz_pending *what)
{
	if (how == JZ_SETTLED_NOTHING)
		return;
	free(store->notice);
	if (how == JZ_SETTLED_FINISHED)
		store->notice = jz_xasprintf(
			_("an interrupted change (%s) had landed as %.10s; the working tree "
			  "follows it now"),
			what->what, what->to);
	else
		store->notice = jz_xasprintf(
			_("an interrupted change (%s) had not landed and was dropped; do it again"),
			what->what);
}

/* Best effort: a reader may have no right to write, or a writer may be at work. */
static void settle(struct jz_store *store)
{
	struct jz_lock lock = JZ_LOCK_INIT;
	struct jz_pending what;
	enum jz_settled how;

	if (!jz_pending_suspect(store->scratch) || jz_lock_take(store->local, 0, &lock, NULL))
		return;
	if (!jz_pending_settle(store->git, store->scratch, &how, &what, NULL))
		jz_store_settled(store, how, &what);
	jz_lock_release(&lock);
}

static struct jz_store *wrap(struct jz_git *git)
{
	struct jz_store *store = jz_xcalloc(1, sizeof(*store));

	store->git = git;
	store->local = jz_path_join(jz_git_dir(git), "jzbf");
	store->scratch = jz_path_join(jz_git_own_dir(git), "jzbf");
	return store;
}

/* Days of the office are days of its time zone, whatever the clock of this machine says. A
 * jzbf.yaml that cannot be read is the business of the snapshot. */
static void adopt_time_zone(const struct jz_buf *text)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new_public();
	struct jz_node *root;
	const char *zone;

	if (jz_yaml_read(arena, text->data, text->len, &root, NULL))
		return;
	zone = jz_map_text(root, "timezone");
	if (zone)
		jz_zone_use(zone);
}

static int read_office_of(struct jz_git *git, const char *commit, struct jz_buf *text,
			  struct jz_err *err)
{
	char blob[JZ_GIT_ID];
	int rc = jz_git_path_blob(git, commit, "jzbf.yaml", blob, err);

	return rc ? rc : jz_git_blob(git, blob, JZ_YAML_MAX_BYTES, text, err);
}

static int read_office(struct jz_git *git, struct jz_buf *text, bool *unborn, struct jz_err *err)
{
	char head[JZ_GIT_ID];
	int rc = jz_git_head(git, NULL, head, err);

	*unborn = !rc && !head[0];
	if (*unborn)
		return JZ_E_FINDINGS;
	return rc ? rc : read_office_of(git, head, text, err);
}

int jz_store_office_text(struct jz_git *git, struct jz_buf *text)
{
	bool unborn;

	return read_office(git, text, &unborn, NULL);
}

static int no_store(bool unborn, struct jz_err *err)
{
	return jz_fail(err, JZ_E_IO,
		       unborn ? _("the repository is empty: a store comes into it by 'jzbf sync' from "
				  "a clone that has it, or by 'jzbf init'")
			      : _("the repository is no jzbf store, its HEAD has no 'jzbf.yaml': go to "
				"the store or name it with -C DIRECTORY"));
}

int jz_store_receive(const char *dir, struct jz_store **out, struct jz_err *err)
{
	struct jz_git *git;
	int rc = jz_git_open(dir, &git, err);

	if (rc)
		return rc;
	rc = jz_git_see_quarantine(git, err);
	if (rc) {
		jz_git_free(git);
		return rc;
	}
	*out = wrap(git);
	return 0;
}

void jz_store_zone_of(struct jz_store *store, const char *commit)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	if (!read_office_of(store->git, commit, &text, NULL))
		adopt_time_zone(&text);
}

int jz_store_open(const char *dir, struct jz_store **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_store *store;
	struct jz_git *git;
	bool unborn;
	int rc = jz_git_open(dir, &git, err);

	if (rc)
		return rc;
	rc = read_office(git, &text, &unborn, err);
	if (rc) {
		jz_git_free(git);
		if (rc == JZ_E_FINDINGS)
			return no_store(unborn, err);
		return rc;
	}
	store = wrap(git);
	rc = jz_store_check_nested(store, dir, err);
	if (rc) {
		jz_store_free(store);
		return rc;
	}
	adopt_time_zone(&text);
	*out = store;
	jz_keyring_sweep(); /* an unlocked role key of a killed process waits for nobody */
	settle(*out);
	return 0;
}

int jz_store_create(const char *dir, bool bare, struct jz_store **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_git *git;
	bool unborn;
	int rc = jz_git_init(dir, bare, "main", &git, err);

	if (rc)
		return rc;
	rc = read_office(git, &text, &unborn, err);
	if (rc != JZ_E_FINDINGS) {
		jz_git_free(git);
		return rc ? rc : jz_fail(err, JZ_E_CONFLICT, _("'%s' is a store already"), dir);
	}
	*out = wrap(git);
	settle(*out); /* of an earlier try */
	return 0;
}

void jz_store_free(struct jz_store *store)
{
	if (!store)
		return;
	jz_index_free(store->index);
	jz_snapshot_free(store->present);
	jz_keyring_free(store->keyring);
	jz_git_free(store->git);
	free(store->local);
	free(store->scratch);
	free(store->notice);
	free(store->trust_notice);
	free(store->key_notice);
	free(store);
}

struct jz_git *jz_store_git(struct jz_store *store)
{
	return store->git;
}

struct jz_keyring *jz_store_keyring(struct jz_store *store)
{
	jz_cleanup(jz_buf_release) struct jz_buf person = JZ_BUF_INIT;

	if (!store->keyring) {
		int rc = jz_git_config_get(store->git, "jzbf.person", &person, NULL);

		store->keyring = jz_keyring_new(rc ? NULL : person.data);
	}
	return store->keyring;
}

const char *jz_store_local_dir(struct jz_store *store)
{
	if (!jz_exists(store->local))
		jz_mkdirs(store->local, 0700, NULL); /* who writes there says what went wrong */
	return store->local;
}

const char *jz_store_scratch_dir(struct jz_store *store)
{
	if (!jz_exists(store->scratch))
		jz_mkdirs(store->scratch, 0700, NULL);
	return store->scratch;
}

const char *jz_store_notice(const struct jz_store *store)
{
	return store->notice;
}

const char *jz_store_key_notice(const struct jz_store *store)
{
	return store->key_notice;
}

const char *jz_store_trust_notice(const struct jz_store *store)
{
	return store->trust_notice;
}

void jz_store_on_judging(struct jz_store *store,
			 void (*judging)(void *data, size_t done, size_t total), void *data)
{
	store->judging = judging;
	store->judging_data = data;
}

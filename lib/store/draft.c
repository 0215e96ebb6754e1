#include "lib/store/draft.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/base/tmpfs.h"
#include "lib/port/git.h"
#include "lib/store/keyring.h"
#include "lib/store/state.h"
#include "lib/store/store-impl.h"

/* Markers in an edit's directory and heads of drafts are small. */
#define MARK_MAX 4096

/* Not in the repository, unless there is no home: whoever writes there could put another text before
 * the writer, with nothing but their public key. */
static char *drafts_dir(struct jz_store *store)
{
	char *dir;

	return jz_state_file("drafts", jz_git_place(jz_store_git(store)), &dir, NULL)
		       ? jz_path_join(jz_store_local_dir(store), "drafts")
		       : dir;
}

static char *draft_file(struct jz_store *store, const char *kind, const char *id,
			const char *suffix)
{
	jz_autofree char *dir = drafts_dir(store);

	return jz_xasprintf("%s/%s-%s.%s", dir, kind, id, suffix);
}

static int own_key(struct jz_snapshot *snapshot, struct jz_keyring *keyring, struct jz_strs *out,
		   struct jz_err *err)
{
	const struct jz_access *access = jz_snapshot_access(snapshot);
	const struct jz_person *me;
	const char *fingerprint;
	int failed = jz_keyring_me(keyring, access, &me, err);

	if (failed)
		return failed;
	fingerprint = jz_person_key_on(me, jz_today());
	if (!fingerprint)
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' has no key in force"), me->id);
	jz_strs_add(out, fingerprint);
	return 0;
}

int jz_draft_save(struct jz_snapshot *snapshot, const struct jz_draft *draft, const char *text,
		  size_t len, struct jz_err *err)
{
	struct jz_store *store = snapshot->store;
	struct jz_keyring *keyring = jz_store_keyring(store);
	jz_autofree char *dir = drafts_dir(store);
	jz_autofree char *file = draft_file(store, draft->kind, draft->id, "gpg");
	jz_autofree char *base = draft_file(store, draft->kind, draft->id, "base");
	jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	struct jz_keyview view;
	char head[32];
	int failed = own_key(snapshot, keyring, &to, err);

	jz_snapshot_view(snapshot, &view);
	if (!failed)
		failed = jz_keyring_encrypt(keyring, &view, &to, text, len, &cipher, err);
	if (!failed)
		failed = jz_mkdirs(dir, 0700, err);
	snprintf(head, sizeof(head), "%" PRId64 "\n", draft->revision);
	if (!failed)
		failed = jz_file_replace(base, head, strlen(head), 0600, err);
	if (!failed)
		failed = jz_file_replace(file, cipher.data, cipher.len, 0600, err);
	return failed;
}

int jz_draft_load(struct jz_snapshot *snapshot, struct jz_draft *draft, struct jz_buf *text,
		  struct jz_err *err)
{
	struct jz_store *store = snapshot->store;
	jz_autofree char *file = draft_file(store, draft->kind, draft->id, "gpg");
	jz_autofree char *base = draft_file(store, draft->kind, draft->id, "base");
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT, head = JZ_BUF_INIT;
	struct jz_keyview view;
	long revision;
	int failed;

	if (!jz_exists(file))
		return jz_fail(err, JZ_E_FINDINGS, _("%s has no draft"), draft->id);
	failed = jz_file_read(file, JZ_PLAIN_MAX * 2, &cipher, err);
	if (!failed)
		failed = jz_file_read(base, MARK_MAX, &head, err);
	if (failed)
		return failed;
	while (head.len && head.data[head.len - 1] == '\n')
		jz_buf_truncate(&head, head.len - 1);
	if (!jz_parse_int(head.data, 0, INT32_MAX, &revision))
		return jz_fail(err, JZ_E_INVALID, _("the draft of %s is damaged"), draft->id);
	draft->revision = revision;
	jz_snapshot_view(snapshot, &view);
	return jz_keyring_decrypt(jz_store_keyring(store), &view, cipher.data, cipher.len, text,
				  err);
}

int jz_draft_drop(struct jz_store *store, const char *kind, const char *id, struct jz_err *err)
{
	jz_autofree char *file = draft_file(store, kind, id, "gpg");
	jz_autofree char *base = draft_file(store, kind, id, "base");

	if (unlink(file) < 0 && errno != ENOENT)
		return jz_fail_errno(err, file);
	unlink(base);
	return 0;
}

void jz_draft_list(struct jz_store *store, struct jz_strs *out)
{
	jz_autofree char *path = drafts_dir(store);
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name, *dash = strchr(name, '-');

		if (dash && jz_ends_with(name, ".gpg"))
			jz_strs_addf(out, "%.*s %.*s", (int)(dash - name), name,
				     (int)(strlen(dash) - 1 - strlen(".gpg")), dash + 1);
	}
	closedir(dir);
	jz_strs_sort(out);
}

int jz_draft_mark(struct jz_store *store, const char *dir, const struct jz_draft *draft,
		  struct jz_err *err)
{
	jz_autofree char *file = jz_path_join(dir, JZ_TMPFS_KEEP);
	jz_autofree char *text =
		jz_xasprintf("%s\n%s\n%s\n%" PRId64 "\n", jz_git_dir(jz_store_git(store)),
			     draft->kind, draft->id, draft->revision);

	return jz_file_replace(file, text, strlen(text), 0600, err);
}

struct rescue {
	struct jz_snapshot *snapshot;
	int count;
};

/* Reads the marker; false: it belongs to another store, or says nothing usable. */
static bool read_mark(struct jz_store *store, const char *dir, struct jz_draft *draft)
{
	jz_autofree char *file = jz_path_join(dir, JZ_TMPFS_KEEP);
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	long revision;

	if (jz_file_read_own(file, MARK_MAX, &text, NULL))
		return false;
	jz_strs_split(&lines, text.data, '\n');
	if (lines.len < 4 || strcmp(lines.items[0], jz_git_dir(jz_store_git(store))) != 0 ||
	    !jz_parse_int(lines.items[3], 0, INT32_MAX, &revision))
		return false;
	draft->revision = revision;
	return jz_copy(draft->kind, sizeof(draft->kind), lines.items[1]) &&
	       jz_copy(draft->id, sizeof(draft->id), lines.items[2]) && !strchr(draft->kind, '/') &&
	       !strchr(draft->id, '/');
}

static bool rescue_one(void *data, const char *dir)
{
	struct rescue *rescue = data;
	jz_autofree char *file = jz_path_join(dir, "edit.yaml");
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_draft draft;

	if (!read_mark(rescue->snapshot->store, dir, &draft))
		return false;
	if (jz_file_read_own(file, JZ_PLAIN_MAX, &text, NULL) || !text.len)
		return true; /* killed before the editor had anything */
	if (jz_draft_save(rescue->snapshot, &draft, text.data, text.len, NULL))
		return false;
	rescue->count++;
	return true;
}

int jz_draft_rescue(struct jz_snapshot *snapshot)
{
	struct rescue rescue = {snapshot, 0};

	jz_tmpfs_rescue(rescue_one, &rescue);
	return rescue.count;
}

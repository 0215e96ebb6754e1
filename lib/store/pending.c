#include "lib/store/pending.h"

#include <dirent.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"

#define MARKER "pending"
#define FORMAT "jzbf/pending/1"

int jz_pending_write(const char *dir, const struct jz_pending *pending, struct jz_err *err)
{
	jz_autofree char *path = jz_path_join(dir, MARKER);
	jz_autofree char *text =
		jz_xasprintf("%s\n%s\n%s\n%s\n%s\n", FORMAT, pending->ref,
			     *pending->from ? pending->from : "-", pending->to, pending->what);

	return jz_file_replace(path, text, strlen(text), 0666, err);
}

void jz_pending_clear(const char *dir)
{
	jz_autofree char *path = jz_path_join(dir, MARKER);

	unlink(path);
}

static bool is_id(const char *text)
{
	return strlen(text) == JZ_GIT_ID - 1 && jz_is_hex(text, JZ_GIT_ID - 1);
}

int jz_pending_read(const char *dir, struct jz_pending *out, struct jz_err *err)
{
	jz_autofree char *path = jz_path_join(dir, MARKER);
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	struct jz_pending found = {.ref = ""};
	int rc;

	if (!jz_exists(path))
		return jz_fail(err, JZ_E_FINDINGS, _("no change was interrupted"));
	rc = jz_file_read_own(path, 4096, &text, err);
	if (rc)
		return rc;
	jz_strs_split(&lines, text.data, '\n');
	if (lines.len < 5 || strcmp(lines.items[0], FORMAT) ||
	    !jz_starts_with(lines.items[1], "refs/") || strstr(lines.items[1], "..") ||
	    !jz_copy(found.ref, sizeof(found.ref), lines.items[1]) ||
	    (strcmp(lines.items[2], "-") && !is_id(lines.items[2])) || !is_id(lines.items[3]))
		return jz_fail(err, JZ_E_INVALID, _("'%s' does not describe a change"), path);
	if (strcmp(lines.items[2], "-"))
		jz_copy(found.from, sizeof(found.from), lines.items[2]);
	jz_copy(found.to, sizeof(found.to), lines.items[3]);
	jz_copy(found.what, sizeof(found.what), lines.items[4]);
	*out = found;
	return 0;
}

bool jz_pending_suspect(const char *dir)
{
	static const char *const names[] = {MARKER, "index.own", "ref.own", "config.own"};
	bool found = false;

	for (size_t i = 0; !found && i < JZ_COUNT(names); i++) {
		jz_autofree char *path = jz_path_join(dir, names[i]);

		found = jz_exists(path);
	}
	return found;
}

/* Temporary files of a process that was killed while it wrote the marker. */
static void sweep(const char *dir)
{
	DIR *handle = opendir(dir);
	struct dirent *entry;

	if (!handle)
		return;
	while ((entry = readdir(handle)))
		if (jz_starts_with(entry->d_name, MARKER "."))
			unlinkat(dirfd(handle), entry->d_name, 0);
	closedir(handle);
}

/* Brings the working tree after the branch, if HEAD still names it. */
static int finish(struct jz_git *git, const char *dir, const struct jz_pending *pending,
		  const char *ref, const char *head, struct jz_err *err)
{
	jz_cleanup(jz_git_follow_free_p) struct jz_git_follow *follow = NULL;
	int rc;

	if (strcmp(ref, pending->ref))
		return 0;
	rc = jz_git_follow_begin(git, dir, &follow, err);
	return rc ? rc : jz_git_follow_apply(follow, pending->from, head, err);
}

int jz_pending_settle(struct jz_git *git, const char *dir, enum jz_settled *how,
		      struct jz_pending *out, struct jz_err *err)
{
	struct jz_pending pending;
	char ref[256], head[JZ_GIT_ID], branch[JZ_GIT_ID];
	bool landed = false;
	int rc;

	*how = JZ_SETTLED_NOTHING;
	rc = jz_pending_read(dir, &pending, err);
	if (!rc)
		jz_git_unlock_stale(git, dir, pending.ref);
	else
		jz_git_unlock_stale(git, dir, jz_git_head(git, ref, head, NULL) ? NULL : ref);
	sweep(dir);
	if (rc)
		return rc == JZ_E_FINDINGS ? 0 : rc;
	if (!jz_git_resolve(git, pending.ref, branch, NULL))
		landed = jz_git_descends(git, branch, pending.to);
	if (landed && !jz_git_head(git, ref, head, NULL)) /* a detached HEAD follows nothing */
		rc = finish(git, dir, &pending, ref, head, err);
	if (rc)
		return rc;
	jz_pending_clear(dir);
	*how = landed ? JZ_SETTLED_FINISHED : JZ_SETTLED_DROPPED;
	if (out)
		*out = pending;
	return 0;
}

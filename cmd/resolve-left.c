/* resolve: what is left in conflict, and where what was settled goes. */
#include "cmd/resolve.h"

#include <stdio.h>
#include <string.h>

#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/store/lock.h"
#include "lib/store/sync.h"

void jz_resolve_release(struct jz_resolve *resolve)
{
	for (size_t i = 0; i < resolve->lefts.len; i++)
		free(resolve->lefts.items[i]);
	jz_vec_release(&resolve->lefts);
	jz_stopped_release(&resolve->stopped);
	jz_fields_release(&resolve->fields);
	jz_strs_release(&resolve->ours);
	jz_strs_release(&resolve->theirs);
	jz_meets_release(&resolve->meets);
	if (resolve->meeting.store)
		jz_meeting_release(&resolve->meeting);
}

/* ---- in git's index ---- */

static int collect(void *data, const char *path, const char *base, const char *ours,
		   const char *theirs)
{
	const char *const blobs[] = {base, ours, theirs};
	struct jz_resolve *resolve = data;
	struct jz_left *left = jz_xcalloc(1, sizeof(*left));

	if (jz_record_entry(path, &left->entry, NULL)) {
		free(left);
		return 0;
	}
	for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
		jz_copy(left->blobs[i], sizeof(left->blobs[i]), blobs[i]);
	jz_vec_push(&resolve->lefts, left);
	return 0;
}

/* ---- of a sync that stopped ---- */

static void version_of(struct jz_resolve *resolve, const char *commit, const char *path,
		       char blob[JZ_GIT_ID])
{
	if (!*commit || jz_git_path_blob(resolve->git, commit, path, blob, NULL))
		blob[0] = '\0';
}

/* "case LS-2026-0001", "file access.yaml" */
static int add_stopped(struct jz_resolve *resolve, const char *base, const char *line)
{
	const char *const commits[] = {base, resolve->head, resolve->other};
	struct jz_left *left = jz_xcalloc(1, sizeof(*left));
	const char *blank = strchr(line, ' ');
	struct jz_entry *entry = &left->entry;

	snprintf(entry->kind, sizeof(entry->kind), "%.*s", (int)strcspn(line, " "), line);
	jz_copy(entry->id, sizeof(entry->id), blank ? blank + 1 : "");
	if (jz_record_path(entry->kind, entry->id, entry->path, sizeof(entry->path), NULL))
		jz_copy(entry->path, sizeof(entry->path), blank ? blank + 1 : "");
	for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
		version_of(resolve, commits[i], entry->path, left->blobs[i]);
	jz_vec_push(&resolve->lefts, left);
	return 0;
}

static int begin_sync(struct jz_resolve *resolve, struct jz_err *err)
{
	struct jz_stopped *stopped = &resolve->stopped;
	char base[JZ_GIT_ID];
	int rc = jz_stopped_read(resolve->ctx->store, stopped, err);

	if (!rc && !stopped->paths.len)
		return jz_fail(err, JZ_E_FINDINGS,
			       _("nothing is left to settle: 'jzbf sync %s' goes on"),
			       stopped->remote);
	if (rc == JZ_E_FINDINGS)
		return jz_fail(err, JZ_E_FINDINGS, _("no record is in conflict"));
	if (rc)
		return rc;
	resolve->sync = true;
	memcpy(resolve->other, stopped->commit, JZ_GIT_ID);
	rc = jz_git_merge_base(resolve->git, resolve->head, resolve->other, base, err);
	for (size_t i = 0; !rc && i < stopped->paths.len; i++)
		rc = add_stopped(resolve, base, stopped->paths.items[i]);
	return rc;
}

int jz_resolve_begin(struct jz_resolve *resolve, struct jz_err *err)
{
	static const char *const others[] = {"MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD"};
	int rc = jz_git_clashes(resolve->git, collect, resolve, err);

	if (!rc)
		rc = jz_git_head(resolve->git, NULL, resolve->head, err);
	if (!rc && !resolve->lefts.len)
		return begin_sync(resolve, err);
	for (size_t i = 0; !rc && !resolve->other[0] && i < JZ_COUNT(others); i++)
		jz_git_resolve(resolve->git, others[i], resolve->other, NULL);
	return rc;
}

int jz_resolve_meet(struct jz_resolve *resolve, struct jz_err *err)
{
	struct jz_store *store = resolve->ctx->store;

	if (resolve->sync)
		return jz_sync_meet(store, resolve->head, resolve->other, &resolve->meets,
				    &resolve->meeting, err);
	return jz_meeting_open(&resolve->meeting, store, resolve->head,
			       resolve->other[0] ? resolve->other : NULL, NULL, err);
}

/* ---- which one ---- */

static bool meant(const struct jz_entry *entry, const char *id, bool psych)
{
	const char *dash = strrchr(entry->id, '-'), *end = dash ? dash + 1 : entry->id;

	if (!strcmp(entry->kind, "file"))
		return !strcmp(entry->id, id);
	return !strcmp(entry->kind, psych ? "psych" : "case") &&
	       (!strcmp(entry->id, id) || !strcmp(end + strspn(end, "0"), id + strspn(id, "0")));
}

int jz_resolve_find(const struct jz_resolve *resolve, const char *id, bool psych,
		    const struct jz_left **out, struct jz_err *err)
{
	const struct jz_left *found = NULL;

	for (size_t i = 0; i < resolve->lefts.len; i++) {
		const struct jz_left *left = resolve->lefts.items[i];

		if (!meant(&left->entry, id, psych))
			continue;
		if (found)
			return jz_fail(err, JZ_E_USAGE, _("several records in conflict end in it"));
		found = left;
	}
	if (!found)
		return jz_fail(err, JZ_E_FINDINGS, _("that record is not in conflict"));
	*out = found;
	return 0;
}

/* ---- keeping ---- */

/* The record goes into the working tree and, as settled, into git's index. */
static int stage(struct jz_resolve *resolve, const char *path, const struct jz_buf *bytes,
		 struct jz_err *err)
{
	const char *workdir = jz_git_workdir(resolve->git);
	const char *local = jz_store_local_dir(resolve->ctx->store);
	jz_autofree char *file = jz_path_join(workdir, path);
	jz_autofree char *aside =
		jz_path_join(local, "resolve.work"); /* no stray file in the tree */
	jz_cleanup(jz_lock_release) struct jz_lock lock = JZ_LOCK_INIT;
	const char *const argv[] = {"git", "add", "--", path, NULL};
	struct jz_run git = {.argv = argv, .dir = workdir, .keep_stderr = true};
	int status = 0, rc = jz_lock_take(local, jz_lock_patience_ms(), &lock, err);

	if (!rc)
		rc = jz_file_replace_by(aside, file, bytes->data, bytes->len, 0644, err);
	if (!rc)
		rc = jz_run(&git, NULL, &status, err);
	if (!rc && status)
		rc = jz_fail(err, JZ_E_IO, _("git did not take '%s'"), path);
	return rc;
}

/* Off the list of the sync, which stays until the next one. */
static int strike(struct jz_resolve *resolve, const struct jz_left *left, struct jz_err *err)
{
	jz_cleanup(jz_stopped_release) struct jz_stopped now = resolve->stopped;

	now.paths = (struct jz_strs)JZ_STRS_INIT;
	for (size_t i = 0; i < resolve->lefts.len; i++) {
		const struct jz_left *other = resolve->lefts.items[i];

		if (other != left)
			jz_strs_addf(&now.paths, "%s %s", other->entry.kind, other->entry.id);
	}
	return jz_stopped_write(resolve->ctx->store, &now, err);
}

int jz_resolve_keep(struct jz_resolve *resolve, const struct jz_left *left,
		    const struct jz_buf *bytes, struct jz_err *err)
{
	int rc;

	if (!resolve->sync)
		return stage(resolve, left->entry.path, bytes, err);
	rc = jz_settled_write(resolve->ctx->store, left->blobs[JZ_VERSION_OURS],
			      left->blobs[JZ_VERSION_THEIRS], bytes, err);
	return rc ? rc : strike(resolve, left, err);
}

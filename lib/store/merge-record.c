#include "lib/store/merge.h"

#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/store-impl.h"

/* ---- what is in force ---- */

static int view_read(void *data, const char *path, struct jz_buf *out, struct jz_err *err)
{
	struct jz_meeting *meeting = data;
	int rc = jz_snapshot_file(meeting->ours, path, out, err);

	if (rc == JZ_E_FINDINGS && meeting->theirs)
		rc = jz_snapshot_file(meeting->theirs, path, out, err);
	return rc;
}

static void blob_of(struct jz_meeting *meeting, const char *commit, char blob[JZ_GIT_ID])
{
	blob[0] = '\0';
	if (*commit)
		jz_git_path_blob(meeting->store->git, commit, "access.yaml", blob, NULL);
}

static int merge_access(struct jz_meeting *meeting, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *base = NULL;
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_merge_release) struct jz_merge merge = {.arena = arena, .path = JZ_BUF_INIT};
	struct jz_node *root;
	int rc = jz_snapshot_at(meeting->store, meeting->base, &base, err);

	if (rc)
		return rc;
	root = jz_merge_trees(&merge, base->access->root, meeting->ours->access->root,
			      meeting->theirs->access->root);
	if (merge.clashes.len)
		return jz_fail(err, JZ_E_CONFLICT, _("both sides changed '%s' at '%s'"),
			       "access.yaml", ((struct jz_clash *)merge.clashes.items[0])->path);
	return jz_access_from_tree(root, &meeting->merged, err);
}

static int choose_access(struct jz_meeting *meeting, const struct jz_access **access,
			 struct jz_err *err)
{
	char base[JZ_GIT_ID], ours[JZ_GIT_ID], theirs[JZ_GIT_ID];
	int rc = jz_git_merge_base(meeting->store->git, meeting->ours->commit,
				   meeting->theirs->commit, meeting->base, err);

	if (rc)
		return rc;
	blob_of(meeting, meeting->base, base);
	blob_of(meeting, meeting->ours->commit, ours);
	blob_of(meeting, meeting->theirs->commit, theirs);
	if (!strcmp(ours, theirs) || !strcmp(base, theirs))
		return 0;
	if (!strcmp(base, ours)) {
		*access = meeting->theirs->access;
		return 0;
	}
	if (!*base)
		return jz_fail(err, JZ_E_CONFLICT, _("the two sides share no history"));
	rc = merge_access(meeting, err);
	*access = meeting->merged;
	return rc;
}

int jz_meeting_open(struct jz_meeting *meeting, struct jz_store *store, const char *ours,
		    const char *theirs, struct jz_err *err)
{
	const struct jz_access *access = NULL;
	int rc;

	memset(meeting, 0, sizeof(*meeting));
	meeting->store = store;
	rc = jz_snapshot_at(store, ours, &meeting->ours, err);
	if (!rc && theirs)
		rc = jz_snapshot_at(store, theirs, &meeting->theirs, err);
	if (rc)
		return rc;
	access = meeting->ours->access;
	if (theirs)
		rc = choose_access(meeting, &access, err);
	meeting->view = (struct jz_keyview){.access = access, .read = view_read, .data = meeting};
	return rc;
}

void jz_meeting_release(struct jz_meeting *meeting)
{
	jz_access_free(meeting->merged);
	jz_snapshot_free(meeting->ours);
	jz_snapshot_free(meeting->theirs);
	memset(meeting, 0, sizeof(*meeting));
}

/* ---- one record ---- */

int jz_record_entry(const char *path, struct jz_entry *out, struct jz_err *err)
{
	struct jz_entry entry = {.kind = ""};
	char own[sizeof(entry.path)];

	if (sscanf(path, "cases/%*[^/]/%*[^/]/%39[^/]/%23[a-z].yaml.gpg", entry.id, entry.kind) !=
		    2 ||
	    jz_record_path(entry.kind, entry.id, own, sizeof(own), NULL) || strcmp(own, path))
		return jz_fail(err, JZ_E_USAGE, _("'%s' is not the path of a record"), path);
	jz_copy(entry.path, sizeof(entry.path), path);
	*out = entry;
	return 0;
}

void jz_merged_init(struct jz_merged *merged)
{
	memset(merged, 0, sizeof(*merged));
	jz_buf_init(&merged->merge.path);
	merged->merge.arena = jz_arena_new();
}

void jz_merged_release(struct jz_merged *merged)
{
	for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
		jz_record_free(merged->versions[i]);
	jz_merge_release(&merged->merge);
	jz_arena_free(merged->merge.arena);
	memset(merged, 0, sizeof(*merged));
}

static int open_version(struct jz_meeting *meeting, const struct jz_entry *entry,
			const struct jz_buf *cipher, struct jz_record **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf plain = JZ_BUF_INIT;
	int rc;

	if (!cipher->len)
		return 0;
	rc = jz_keyring_decrypt(jz_store_keyring(meeting->store), &meeting->view, cipher->data,
				cipher->len, &plain, err);
	return rc ? rc : jz_record_parse(entry, &plain, out, err);
}

static const struct jz_node *root_of(const struct jz_record *record)
{
	return record ? record->root : NULL;
}

int jz_merge_record(struct jz_meeting *meeting, const struct jz_entry *entry,
		    const struct jz_buf ciphers[JZ_VERSION_COUNT], struct jz_merged *merged,
		    struct jz_err *err)
{
	struct jz_record **versions = merged->versions;
	int rc = jz_shape_open(entry->kind, &merged->merge.shape, err);

	for (size_t i = 0; !rc && i < JZ_VERSION_COUNT; i++)
		rc = open_version(meeting, entry, &ciphers[i], &versions[i], err);
	if (rc) {
		jz_err_file(err, entry->path);
		return rc;
	}
	if (!versions[JZ_VERSION_OURS] || !versions[JZ_VERSION_THEIRS])
		return jz_fail(err, JZ_E_CONFLICT,
			       _("one side removed the record '%s' that the other changed"),
			       entry->id);
	merged->root =
		jz_merge_trees(&merged->merge, root_of(versions[JZ_VERSION_BASE]),
			       versions[JZ_VERSION_OURS]->root, versions[JZ_VERSION_THEIRS]->root);
	return 0;
}

static bool psych_exists(struct jz_meeting *meeting, const char *id)
{
	char path[128], blob[JZ_GIT_ID];

	if (jz_record_path("psych", id, path, sizeof(path), NULL))
		return false;
	return !jz_git_path_blob(meeting->store->git, meeting->ours->commit, path, blob, NULL) ||
	       (meeting->theirs &&
		!jz_git_path_blob(meeting->store->git, meeting->theirs->commit, path, blob, NULL));
}

int jz_merge_seal(struct jz_meeting *meeting, struct jz_merged *merged,
		  struct jz_findings *findings, struct jz_buf *cipher, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs people = JZ_STRS_INIT;
	const struct jz_node *assigned;
	const struct jz_record *ours = merged->versions[JZ_VERSION_OURS];
	int rc = jz_record_check(ours->kind, ours->id, merged->root, ours->root,
				 psych_exists(meeting, ours->id), meeting->ours->policy, findings,
				 err);

	if (!rc)
		rc = jz_record_text(ours->kind, merged->root, &text, err);
	assigned = jz_map_get(merged->root, "assigned");
	for (size_t i = 0; !rc && i < jz_seq_len(assigned); i++)
		jz_strs_add(&people, jz_node_text(jz_seq_get(assigned, i)));
	if (!rc)
		rc = jz_access_recipients(meeting->view.access, ours->kind, &people, jz_today(),
					  &to, err);
	if (!rc)
		rc = jz_keyring_encrypt(jz_store_keyring(meeting->store), &meeting->view, &to,
					text.data, text.len, cipher, err);
	if (rc)
		jz_err_file(err, ours->path);
	return rc;
}

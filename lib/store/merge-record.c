#include "lib/store/merge.h"

#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/merge-impl.h"
#include "lib/store/store-impl.h"

/* ---- what is in force ---- */

/* A role secret of the side whose role key is in force; else ours, else theirs. */
static bool theirs_first(const struct jz_meeting *meeting, const char *path)
{
	const struct jz_access *law = meeting->view.access;

	for (int k = 0; meeting->theirs && k < JZ_ROLE_KEY_COUNT; k++)
		if (jz_eq(path, jz_role_secret_path((enum jz_role_key)k)))
			return !jz_eq(law->role_key[k], meeting->ours->access->role_key[k]);
	return false;
}

static int view_read(void *data, const char *path, struct jz_buf *out, struct jz_err *err)
{
	struct jz_meeting *meeting = data;
	bool theirs = theirs_first(meeting, path);
	struct jz_snapshot *first = theirs ? meeting->theirs : meeting->ours;
	struct jz_snapshot *second = theirs ? meeting->ours : meeting->theirs;
	int rc = jz_snapshot_file(first, path, out, err);

	if (rc == JZ_E_FINDINGS && second)
		rc = jz_snapshot_file(second, path, out, err);
	return rc;
}

static void blob_of(struct jz_meeting *meeting, const char *commit, const char *path,
		    char blob[JZ_GIT_ID])
{
	blob[0] = '\0';
	if (*commit)
		jz_git_path_blob(meeting->store->git, commit, path, blob, NULL);
}

static int merge_access(struct jz_meeting *meeting, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_merge_release) struct jz_merge merge = {.arena = arena, .path = JZ_BUF_INIT};
	const struct jz_node *versions[JZ_VERSION_COUNT];
	struct jz_node *root;
	int rc;

	if (!meeting->before)
		return jz_fail(err, JZ_E_CONFLICT, _("the two sides share no history"));
	versions[JZ_VERSION_BASE] = meeting->before->access->root;
	versions[JZ_VERSION_OURS] = meeting->ours->access->root;
	versions[JZ_VERSION_THEIRS] = meeting->theirs->access->root;
	rc = jz_access_merge(&merge, versions, &root, NULL, 0, err);
	if (!rc && merge.clashes.len)
		return jz_fail(err, JZ_E_CONFLICT, _("both sides changed '%s' at '%s'"),
			       "access.yaml", ((struct jz_clash *)merge.clashes.items[0])->path);
	return rc ? rc : jz_access_from_tree(root, &meeting->merged, err);
}

/* Whose version of a file the merge keeps: the changed one; ours where both changed it. */
static struct jz_snapshot *keeper(struct jz_meeting *meeting, const char *path, bool *both)
{
	char base[JZ_GIT_ID], ours[JZ_GIT_ID], theirs[JZ_GIT_ID];

	blob_of(meeting, meeting->base, path, base);
	blob_of(meeting, meeting->ours->commit, path, ours);
	blob_of(meeting, meeting->theirs->commit, path, theirs);
	*both = strcmp(ours, theirs) && strcmp(base, theirs) && strcmp(base, ours);
	return strcmp(ours, theirs) && !strcmp(base, ours) ? meeting->theirs : meeting->ours;
}

static bool another_law(struct jz_meeting *meeting, const struct jz_snapshot *side)
{
	return meeting->merged || !jz_node_equal(meeting->view.access->root, side->access->root);
}

static int choose_law(struct jz_meeting *meeting, struct jz_err *err)
{
	bool both;
	struct jz_snapshot *side = keeper(meeting, "access.yaml", &both);
	int rc = 0;

	if (both && !meeting->merged)
		rc = merge_access(meeting, err);
	if (rc)
		return rc;
	meeting->view.access = meeting->merged ? meeting->merged : side->access;
	meeting->new_law[JZ_VERSION_OURS] = another_law(meeting, meeting->ours);
	meeting->new_law[JZ_VERSION_THEIRS] = another_law(meeting, meeting->theirs);
	meeting->policy = keeper(meeting, "jzbf.yaml", &both)->policy;
	return 0;
}

int jz_meeting_open(struct jz_meeting *meeting, struct jz_store *store, const char *ours,
		    const char *theirs, struct jz_access *settled, struct jz_err *err)
{
	int rc;

	memset(meeting, 0, sizeof(*meeting));
	meeting->store = store;
	meeting->merged = settled;
	rc = jz_snapshot_at(store, ours, &meeting->ours, err);
	if (!rc && theirs)
		rc = jz_snapshot_at(store, theirs, &meeting->theirs, err);
	if (!rc && theirs)
		rc = jz_git_merge_base(store->git, ours, theirs, meeting->base, err);
	if (!rc && *meeting->base)
		rc = jz_snapshot_at(store, meeting->base, &meeting->before, err);
	if (!rc) {
		meeting->policy = meeting->ours->policy;
		meeting->view = (struct jz_keyview){
			.access = meeting->ours->access, .read = view_read, .data = meeting};
	}
	return !rc && theirs ? choose_law(meeting, err) : rc;
}

void jz_meeting_release(struct jz_meeting *meeting)
{
	jz_access_free(meeting->merged);
	jz_snapshot_free(meeting->ours);
	jz_snapshot_free(meeting->theirs);
	jz_snapshot_free(meeting->before);
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

/* The keys that a version was encrypted to are those of its own side. */
static void view_of(struct jz_meeting *meeting, int version, struct jz_keyview *out)
{
	struct jz_snapshot *const sides[] = {meeting->before, meeting->ours, meeting->theirs};

	*out = meeting->view;
	if (sides[version])
		jz_snapshot_view(sides[version], out);
}

static int open_version(struct jz_meeting *meeting, const struct jz_entry *entry, int version,
			const struct jz_buf *cipher, struct jz_record **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf plain = JZ_BUF_INIT;
	struct jz_keyview view;
	int rc;

	if (!cipher->len)
		return 0;
	view_of(meeting, version, &view);
	rc = jz_keyring_decrypt(jz_store_keyring(meeting->store), &view, cipher->data, cipher->len,
				&plain, err);
	return rc ? rc : jz_record_parse(entry, &plain, out, err);
}

static const struct jz_node *root_of(const struct jz_record *record)
{
	return record ? record->root : NULL;
}

int jz_merge_open(struct jz_meeting *meeting, const struct jz_entry *entry,
		  const struct jz_buf ciphers[JZ_VERSION_COUNT], struct jz_merged *merged,
		  struct jz_err *err)
{
	int rc = jz_shape_open(entry->kind, &merged->merge.shape, err);

	for (int i = 0; !rc && i < JZ_VERSION_COUNT; i++)
		rc = open_version(meeting, entry, i, &ciphers[i], &merged->versions[i], err);
	if (rc)
		jz_err_file(err, entry->path);
	return rc;
}

int jz_merge_versions(struct jz_merged *merged, const struct jz_entry *entry, struct jz_err *err)
{
	struct jz_record **versions = merged->versions;

	if (!versions[JZ_VERSION_OURS] || !versions[JZ_VERSION_THEIRS])
		return jz_fail(err, JZ_E_CONFLICT,
			       _("one side removed the record '%s' that the other changed"),
			       entry->id);
	merged->root =
		jz_merge_trees(&merged->merge, root_of(versions[JZ_VERSION_BASE]),
			       versions[JZ_VERSION_OURS]->root, versions[JZ_VERSION_THEIRS]->root);
	return 0;
}

int jz_merge_record(struct jz_meeting *meeting, const struct jz_entry *entry,
		    const struct jz_buf ciphers[JZ_VERSION_COUNT], struct jz_merged *merged,
		    struct jz_err *err)
{
	int rc = jz_merge_open(meeting, entry, ciphers, merged, err);

	return rc ? rc : jz_merge_versions(merged, entry, err);
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

int jz_merge_recipients(const struct jz_meeting *meeting, const char *kind,
			const struct jz_node *root, struct jz_strs *out, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs people = JZ_STRS_INIT;
	const struct jz_node *assigned = jz_map_get(root, "assigned");

	for (size_t i = 0; i < jz_seq_len(assigned); i++) {
		const char *id = jz_node_text(jz_seq_get(assigned, i));

		jz_strs_add(&people, id ? id : "");
	}
	return jz_access_recipients(meeting->view.access, kind, &people, jz_today(), out, err);
}

int jz_merge_seal_tree(struct jz_meeting *meeting, const struct jz_entry *entry,
		       struct jz_node *root, const struct jz_node *before,
		       struct jz_findings *findings, struct jz_buf *cipher, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT;
	int rc = jz_record_check(entry->kind, entry->id, root, before,
				 psych_exists(meeting, entry->id), meeting->policy, findings, err);

	if (!rc)
		rc = jz_record_text(entry->kind, root, &text, err);
	if (!rc)
		rc = jz_merge_recipients(meeting, entry->kind, root, &to, err);
	if (!rc)
		rc = jz_keyring_encrypt(jz_store_keyring(meeting->store), &meeting->view, &to,
					text.data, text.len, cipher, err);
	if (rc)
		jz_err_file(err, entry->path);
	return rc;
}

int jz_merge_seal(struct jz_meeting *meeting, struct jz_merged *merged,
		  struct jz_findings *findings, struct jz_buf *cipher, struct jz_err *err)
{
	const struct jz_record *ours = merged->versions[JZ_VERSION_OURS];
	struct jz_entry entry;
	int rc = jz_record_entry(ours->path, &entry, err);

	return rc ? rc
		  : jz_merge_seal_tree(meeting, &entry, merged->root, ours->root, findings, cipher,
				       err);
}

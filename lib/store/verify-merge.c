/* A merge is judged by both of its sides. */
#include "lib/store/verify-impl.h"

#include <stdio.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/merge.h"
#include "lib/port/yaml.h"
#include "lib/store/store-impl.h"

struct merge {
	struct jz_trial *trial;
	struct jz_strs bases;
	struct jz_map by_path[2]; /* what differs from the first parent, from the second */
};

static bool blob_at(struct jz_trial *trial, const char *commit, const char *path,
		    char blob[JZ_GIT_ID])
{
	if (!jz_git_path_blob(trial->verify->git, commit, path, blob, NULL))
		return true;
	blob[0] = '\0';
	return false;
}

/* ---- renumbered cases ---- */

bool jz_message_renumbered(const char *line, char from[40], char to[40])
{
	static const char trailer[] = "Jzbf-Renumbered: ";
	char end;

	return jz_starts_with(line, trailer) &&
	       sscanf(line + strlen(trailer), "%39[A-Z0-9-] %39[A-Z0-9-]%c", from, to, &end) == 2;
}

/* The id that the message gives a case; false: none. */
static bool new_id(const struct jz_trial *trial, const char *id, char to[40])
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	char from[40];

	jz_strs_split(&lines, trial->commit->message, '\n');
	for (size_t i = 1; i < lines.len; i++)
		if (jz_message_renumbered(lines.items[i], from, to) && !strcmp(from, id))
			return true;
	return false;
}

/* Both sides took a case in under one id since they parted, and the one that gave way stands at a
 * place that neither side had. */
static bool was_renumbered(const struct merge *merge, const struct jz_altered *altered)
{
	struct jz_trial *trial = merge->trial;
	const char *parents = trial->commit->parents;
	char kind[24], id[40], to[40], old[128], place[128], blob[JZ_GIT_ID];

	if (!jz_verify_place(altered->path, kind, id) || !new_id(trial, id, to) ||
	    jz_record_path("case", id, old, sizeof(old), NULL) ||
	    jz_record_path(kind, to, place, sizeof(place), NULL))
		return false;
	for (size_t i = 0; i < merge->bases.len; i++)
		if (blob_at(trial, merge->bases.items[i], old, blob))
			return false;
	for (size_t i = 0; i < 2; i++)
		if (!blob_at(trial, parents + i * JZ_GIT_ID, old, blob) ||
		    blob_at(trial, parents + i * JZ_GIT_ID, place, blob))
			return false;
	return blob_at(trial, trial->commit->id, place, blob);
}

/* The record under its old id, from the parent whose case gave way. */
static int read_old(struct jz_trial *trial, const char *kind, const char *from,
		    struct jz_record **out, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	struct jz_entry entry = {.kind = ""};
	char merged[JZ_GIT_ID], blob[JZ_GIT_ID];
	const char *parents = trial->commit->parents, *side = NULL;
	int rc = jz_record_path(kind, from, entry.path, sizeof(entry.path), err);

	if (rc)
		return rc;
	blob_at(trial, trial->commit->id, entry.path, merged);
	for (size_t i = 0; i < 2; i++)
		if (blob_at(trial, parents + i * JZ_GIT_ID, entry.path, blob) &&
		    strcmp(blob, merged))
			side = parents + i * JZ_GIT_ID;
	if (!side)
		return 0;
	jz_copy(entry.kind, sizeof(entry.kind), kind);
	jz_copy(entry.id, sizeof(entry.id), from);
	blob_at(trial, side, entry.path, entry.blob);
	rc = jz_snapshot_at(trial->verify->store, side, &snapshot, err);
	return rc ? rc : jz_record_read(snapshot, &entry, out, err);
}

/* Ids that the message gives stand for the old ones, and the revision begins again. */
static void rename_ids(const struct jz_trial *trial, struct jz_arena *arena, struct jz_node *node)
{
	char to[40];

	if (node->kind == JZ_STRING && node->len < 40 && new_id(trial, node->text, to)) {
		node->text = jz_arena_strdup(arena, to);
		node->len = (uint32_t)strlen(to);
	}
	for (uint32_t i = 0; node->kind == JZ_SEQ && i < node->len; i++)
		rename_ids(trial, arena, node->items[i]);
	for (uint32_t i = 0; node->kind == JZ_MAP && i < node->len; i++)
		rename_ids(trial, arena, node->pairs[i].value);
}

int jz_verify_renumbered(struct jz_trial *trial, const struct jz_record *record,
			 const struct jz_altered *altered, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	jz_cleanup(jz_record_free_p) struct jz_record *old = NULL;
	struct jz_err why = JZ_ERR_INIT;
	char from[40] = "", to[40] = "";
	bool found = false;
	int rc;

	(void)err;
	jz_strs_split(&lines, trial->commit->message, '\n');
	for (size_t i = 1; !found && trial->parents == 2 && i < lines.len; i++)
		found = jz_message_renumbered(lines.items[i], from, to) && !strcmp(to, record->id);
	if (!found)
		return 0;
	rc = read_old(trial, record->kind, from, &old, &why);
	if (rc || !old)
		return 0; /* not ours to read, or a flaw of the side */
	rename_ids(trial, old->arena, old->root);
	jz_map_set(old->arena, old->root, "revision", jz_node_int(old->arena, record->revision));
	if (!jz_node_equal(old->root, record->root))
		jz_flaw(trial, altered->path, "merge",
			_("the case did not only get another id: it says something else than %s "
			  "said"),
			from);
	return 0;
}

/* ---- settled settings ---- */

static enum jz_side take_theirs(void *data, const struct jz_clash *clash, bool *settled)
{
	(void)data, (void)clash;
	*settled = true;
	return JZ_SIDE_THEIRS;
}

static struct jz_node *read_blob(struct jz_trial *trial, struct jz_arena *arena, const char *blob)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_node *root = NULL;

	if (jz_git_blob(trial->verify->git, blob, JZ_YAML_MAX_BYTES, &text, NULL) ||
	    jz_yaml_read(arena, text.data, text.len, &root, NULL))
		return NULL;
	return root;
}

/* Both sides changed the same places, and somebody took one side for all of them: then the file is
 * that side's. Whoever settles it must be allowed to change it. */
static bool was_settled(const struct merge *merge, const struct jz_altered *altered)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_merge_release) struct jz_merge three = {
		.arena = arena, .path = JZ_BUF_INIT, .choose = take_theirs};
	struct jz_node *base, *dropped, *taken;
	char blob[JZ_GIT_ID];

	if ((!jz_eq(altered->path, "access.yaml") && !jz_eq(altered->path, "jzbf.yaml")) ||
	    merge->bases.len != 1 ||
	    !blob_at(merge->trial, merge->bases.items[0], altered->path, blob))
		return false;
	base = read_blob(merge->trial, arena, blob);
	dropped = read_blob(merge->trial, arena, altered->old_blob);
	taken = read_blob(merge->trial, arena, altered->new_blob);
	if (!base || !dropped || !taken ||
	    !jz_node_equal(jz_merge_trees(&three, base, dropped, taken), taken))
		return false;
	jz_verify_role(merge->trial, altered->path);
	return true;
}

/* ---- what was taken from one side ---- */

/* The other side had not changed it since they parted. */
static void judge_dropped(const struct merge *merge, const struct jz_altered *altered)
{
	char blob[JZ_GIT_ID];

	for (size_t i = 0; i < merge->bases.len; i++) {
		blob_at(merge->trial, merge->bases.items[i], altered->path, blob);
		if (!strcmp(blob, altered->old_blob))
			return;
	}
	if (!was_renumbered(merge, altered) && !was_settled(merge, altered))
		jz_flaw(merge->trial, altered->path, "merge",
			_("the merge drops what one of its sides had changed"));
}

/* side: the parent that it was taken from. */
static int judge_taken(const struct merge *merge, const struct jz_altered *altered, size_t side,
		       struct jz_err *err)
{
	struct jz_trial *trial = merge->trial;
	const struct jz_access *access = trial->parent[side].access;
	char kind[24], id[40];

	judge_dropped(merge, altered);
	if (!*altered->new_blob || !access || !trial->law.access || access == trial->law.access ||
	    !jz_verify_place(altered->path, kind, id))
		return 0;
	return jz_verify_readers(trial, altered, kind, access, err);
}

/* ---- sorting ---- */

static bool both_changed(const struct merge *merge, const struct jz_altered *altered)
{
	char blob[JZ_GIT_ID];

	for (size_t i = 0; i < merge->bases.len; i++) {
		blob_at(merge->trial, merge->bases.items[i], altered->path, blob);
		if (!strcmp(blob, altered->old_blob) || !strcmp(blob, altered->other_blob))
			return false;
	}
	return true;
}

static void index_paths(struct jz_map *map, const struct jz_vec *list)
{
	for (size_t i = 0; i < list->len; i++)
		jz_map_puts(map, ((struct jz_altered *)list->items[i])->path, list->items[i]);
}

/* What differs from both sides is the merge's own doing; what equals one was taken from it. */
static int sort(struct merge *merge, struct jz_vec *one, struct jz_vec *two, struct jz_err *err)
{
	int rc = 0;

	index_paths(&merge->by_path[0], one);
	index_paths(&merge->by_path[1], two);
	for (size_t i = 0; !rc && i < two->len; i++)
		if (!jz_map_gets(&merge->by_path[0], ((struct jz_altered *)two->items[i])->path))
			rc = judge_taken(merge, two->items[i], 0, err);
	for (size_t i = 0; !rc && i < one->len; i++) {
		struct jz_altered *mine = one->items[i];
		const struct jz_altered *theirs = jz_map_gets(&merge->by_path[1], mine->path);

		if (!theirs) {
			rc = judge_taken(merge, mine, 1, err);
			continue;
		}
		memcpy(mine->other_blob, theirs->old_blob, JZ_GIT_ID);
		mine->both = both_changed(merge, mine);
		jz_vec_push(&merge->trial->altered, mine);
		one->items[i] = NULL;
	}
	return rc;
}

int jz_verify_merge(struct jz_trial *trial, struct jz_vec *one, struct jz_vec *two,
		    struct jz_err *err)
{
	struct merge merge = {.trial = trial};
	const char *parents = trial->commit->parents;
	int rc = jz_git_merge_bases(trial->verify->git, parents, parents + JZ_GIT_ID, &merge.bases,
				    err);

	if (!rc)
		rc = sort(&merge, one, two, err);
	jz_strs_release(&merge.bases);
	jz_map_release(&merge.by_path[0], NULL);
	jz_map_release(&merge.by_path[1], NULL);
	return rc;
}

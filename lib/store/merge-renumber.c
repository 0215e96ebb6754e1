/*
 * Two clones took people in under one id. The case that the other side has already keeps it; ours,
 * with its psych file, gets the next free one, and so do all mentions of it in what our side wrote.
 */
#include <stdio.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/merge-impl.h"
#include "lib/store/store-impl.h"

/* ---- mentions ---- */

bool jz_meets_renames(const struct jz_meets *meets)
{
	return meets->renames.len != 0;
}

static bool rename_text(const struct jz_meets *meets, struct jz_arena *arena, struct jz_node *node)
{
	const struct jz_meet *meet = jz_map_find(&meets->renames, node->text, node->len);

	if (!meet)
		return false;
	node->text = jz_arena_strdup(arena, meet->renumbered);
	node->len = (uint32_t)strlen(meet->renumbered);
	return true;
}

bool jz_meets_rename(const struct jz_meets *meets, struct jz_arena *arena, struct jz_node *root)
{
	bool changed = false;

	if (root->kind == JZ_STRING)
		return rename_text(meets, arena, root);
	for (uint32_t i = 0; root->kind == JZ_SEQ && i < root->len; i++)
		changed |= jz_meets_rename(meets, arena, root->items[i]);
	for (uint32_t i = 0; root->kind == JZ_MAP && i < root->len; i++)
		changed |= jz_meets_rename(meets, arena, root->pairs[i].value);
	return changed;
}

/* ---- the next free id ---- */

struct highest {
	long serial;
};

static int look(void *data, const char *path, const char *blob)
{
	struct highest *highest = data;
	struct jz_entry entry;
	long serial;

	(void)blob;
	if (!jz_record_entry(path, &entry, NULL) &&
	    jz_parse_int(strrchr(entry.id, '-') + 1, 1, 99999999, &serial) &&
	    serial > highest->serial)
		highest->serial = serial;
	return 0;
}

/* Counts what both sides have, and what was given out already. */
static int next_id(struct jz_meeting *meeting, const struct jz_meets *meets, const char *id,
		   char out[40], struct jz_err *err)
{
	const char *dash = strchr(id, '-');
	struct highest highest = {0};
	char dir[16];
	int rc;

	snprintf(dir, sizeof(dir), "cases/%.4s", dash + 1);
	rc = jz_git_walk(meeting->store->git, meeting->ours->commit, dir, look, &highest, err);
	if (!rc)
		rc = jz_git_walk(meeting->store->git, meeting->theirs->commit, dir, look, &highest,
				 err);
	for (size_t i = 0; i < meets->renames.len; i++) {
		const char *given = ((struct jz_meet *)meets->renames.slots[i].value)->renumbered;
		long serial;

		if (!strncmp(given, id, (size_t)(dash + 5 - id)) &&
		    jz_parse_int(strrchr(given, '-') + 1, 1, 99999999, &serial) &&
		    serial > highest.serial)
			highest.serial = serial;
	}
	snprintf(out, 40, "%.*s-%04ld", (int)(dash + 5 - id), id, highest.serial + 1);
	return rc;
}

/* ---- moving our records ---- */

static struct jz_meet *at(const struct jz_meets *meets, const char *kind, const char *id)
{
	for (size_t i = 0; i < meets->paths.len; i++) {
		struct jz_meet *meet = meets->paths.items[i];

		if (jz_eq(meet->entry.kind, kind) && !strcmp(meet->entry.id, id))
			return meet;
	}
	return NULL;
}

static void begin_again(struct jz_record *record)
{
	jz_map_set(record->arena, record->root, "revision", jz_node_int(record->arena, 1));
}

/* Our version of a record at its new place; the old one is left to theirs, if they have one. */
static int move(struct jz_meeting *meeting, struct jz_meets *meets, struct jz_meet *old,
		const char *id, struct jz_findings *findings, struct jz_err *err)
{
	jz_cleanup(jz_merged_release) struct jz_merged merged;
	struct jz_meet only = *old, *moved;
	struct jz_record *record;
	char path[128];
	int rc = jz_record_path(old->entry.kind, id, path, sizeof(path), err);

	only.blobs[JZ_VERSION_BASE][0] = only.blobs[JZ_VERSION_THEIRS][0] = '\0';
	jz_merged_init(&merged);
	if (!rc)
		rc = jz_meet_open(meeting, &only, &merged, err);
	if (rc) {
		old->done = true;
		return jz_meet_stopped(meeting, old, rc, err);
	}
	record = merged.versions[JZ_VERSION_OURS];
	jz_meets_rename(meets, record->arena, record->root);
	begin_again(record);
	moved = jz_meets_add(meets, path);
	moved->side = JZ_MEET_OURS;
	moved->done = true;
	rc = jz_meet_seal(meeting, moved, record->root, NULL, findings, err);
	old->done = !old->blobs[JZ_VERSION_THEIRS][0]; /* gone from here */
	old->side = JZ_MEET_THEIRS;
	return rc;
}

static bool collides(const struct jz_meet *meet)
{
	return jz_eq(meet->entry.kind, "case") && meet->side == JZ_MEET_BOTH &&
	       !meet->blobs[JZ_VERSION_BASE][0] && meet->blobs[JZ_VERSION_OURS][0] &&
	       meet->blobs[JZ_VERSION_THEIRS][0] &&
	       strcmp(meet->blobs[JZ_VERSION_OURS], meet->blobs[JZ_VERSION_THEIRS]);
}

int jz_meets_renumber(struct jz_meeting *meeting, struct jz_meets *meets,
		      struct jz_findings *findings, struct jz_err *err)
{
	size_t count = meets->paths.len;
	char next[40];
	int rc = 0;

	/* All ids first: our records may name each other. */
	for (size_t i = 0; !rc && i < count; i++) {
		struct jz_meet *meet = meets->paths.items[i];

		if (!collides(meet))
			continue;
		rc = next_id(meeting, meets, meet->entry.id, next, err);
		if (rc)
			return rc;
		jz_copy(meet->renumbered, sizeof(meet->renumbered), next);
		jz_map_puts(&meets->renames, meet->entry.id, meet);
	}
	for (size_t i = 0; !rc && i < meets->renames.len; i++) {
		struct jz_meet *meet = meets->renames.slots[i].value, *psych;

		rc = move(meeting, meets, meet, meet->renumbered, findings, err);
		psych = at(meets, "psych", meet->entry.id);
		if (!rc && psych && psych->blobs[JZ_VERSION_OURS][0])
			rc = move(meeting, meets, psych, meet->renumbered, findings, err);
	}
	return rc;
}
